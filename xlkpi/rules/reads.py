"""What the clauses of a rule read of a form, and what they need of it before they can score."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

from xlkpi.rules.model import Bands, Basis, Condition, Count, Full, Inverse, Levels, Linear, Meet, Ratio, Step, Subject

if TYPE_CHECKING:
    from xlkpi.rules.rule import Rule


class Need(Enum):
    """What a rule needs of its inputs before it can score; checked in the order of `Rule.needs` by every engine."""

    ACTUAL_NUMBER = "actual number"
    ACTUAL_LEVEL = "actual level"
    TARGET_NUMBER = "target number"
    COUNT = "count"
    POSITIVE_TARGET = "positive target"
    INVERTIBLE = "invertible"


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Every condition of the rule: of bands, cliffs and vetoes."""
    if isinstance(rule.base, Bands):
        yield from (band.condition for band in rule.base.bands)
    yield from (cliff.condition for cliff in rule.cliffs)
    yield from rule.vetoes


def measures_of(rule: Rule) -> Iterator[int]:
    """The measures that the clauses read, repeated as they are."""
    if not isinstance(rule.base, (Full, Bands)):
        yield rule.base.measure
    yield from (adjustment.measure for adjustment in rule.adjustments)
    yield from (condition.measure for condition in conditions_of(rule))


def divided_by_target(rule: Rule) -> Iterator[int]:
    """Measures whose achievement or relative distance is taken: their target must be above 0."""
    base = rule.base
    if isinstance(base, Ratio) or (isinstance(base, Linear) and base.subject is Subject.ACHIEVEMENT):
        yield base.measure
    if isinstance(base, Bands) and any(band.points is None for band in base.bands):
        yield base.measure
    for condition in conditions_of(rule):
        if condition.subject is Subject.ACHIEVEMENT:
            yield condition.measure
    for adjustment in rule.adjustments:
        if isinstance(adjustment, Step) and adjustment.basis is Basis.RELATIVE:
            yield adjustment.measure


def compared_with_target(rule: Rule) -> Iterator[int]:
    """Measures whose target, or own base in its stead, is read at all."""
    yield from divided_by_target(rule)
    if isinstance(rule.base, (Inverse, Meet)):
        yield rule.base.measure
    yield from (adjustment.measure for adjustment in rule.adjustments if isinstance(adjustment, Step))


def needs_of(rule: Rule) -> Iterator[tuple[Need, int]]:
    """What the rule needs of which measure, in the one order in which every engine checks it."""
    by_level = {rule.base.measure} if isinstance(rule.base, Levels) else set()
    counted = {adjustment.measure for adjustment in rule.adjustments if isinstance(adjustment, Count)}
    if isinstance(rule.base, Bands) and rule.base.counting:
        counted.add(rule.base.measure)
    divided = set(divided_by_target(rule))
    every = range(rule.measures)
    yield from ((Need.ACTUAL_LEVEL if m in by_level else Need.ACTUAL_NUMBER, m) for m in every)
    yield from ((Need.TARGET_NUMBER, m) for m in every if rule.reads_target(m))
    yield from ((Need.COUNT, m) for m in every if m in counted)
    yield from ((Need.POSITIVE_TARGET, m) for m in every if m in divided and rule.reads_target(m))
    if isinstance(rule.base, Inverse):
        yield Need.INVERTIBLE, rule.base.measure
