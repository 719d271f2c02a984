"""Finds what is missing in a form without a final score, so that its guide can list it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlkpi.appraisal.appraise import Appraisal
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Indicator
from xlkpi.common.quarter import MONTHS, Quarter, month_names
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import is_number
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.reasons import is_refusal


@dataclass(frozen=True)
class Missing:
    """Something without which there is no final score. label: measure or indicator. what: its cells, or a reason."""

    label: str
    what: str


def missing(appraisal: Appraisal, quarter: Quarter) -> list[Missing]:
    """What is missing in a form; nothing where it has a final score."""
    if is_number(appraisal.final):
        return []
    labels = words(appraisal.inputs.language)
    by_row = [
        *_empty_ratings(appraisal, labels),
        *_empty_measures(appraisal, quarter, labels),
        *_unscored(appraisal, labels),
    ]
    # If no row is at fault, the events are, or there are no weights.
    return by_row or [Missing(labels("final"), str(appraisal.final or appraisal.total or ""))]


def _empty_ratings(appraisal: Appraisal, labels: Labels) -> Iterator[Missing]:
    """Ratings that an indicator without a score waits for."""
    if (shares := appraisal.inputs.shares) is None:
        return
    rated = {indicator.id for indicator in appraisal.role.rated}
    for result in appraisal.indicators:
        if result.id not in rated or result.rating is None or result.score not in (None, ""):
            continue
        given = zip(("self", "lead", "others"), vars(result.rating).values(), shares.by_rater, strict=True)
        lacking = [labels(who) for who, value, share in given if share > 0 and value in (None, "")]
        yield Missing(result.label, labels("list_separator").join(lacking))


def _empty_measures(appraisal: Appraisal, quarter: Quarter, labels: Labels) -> Iterator[Missing]:
    """Empty cells of measures that an indicator without a score reads."""
    inputs = appraisal.inputs
    empty = {result.id for result in appraisal.indicators if result.score in (None, "")}
    needed = {operand.measure for i in appraisal.role.indicators if i.id in empty for operand in _operands(i)}
    needed -= inputs.rated(appraisal.role).keys()
    months = zip(MONTHS, month_names(quarter, labels), strict=True)
    names = {id: labels("month", month=name) for id, name in months if id in inputs.months}
    for measure in appraisal.role.measures:
        if measure.id not in needed or measure.optional or (inputs.newcomer and measure.newcomer is not None):
            continue
        value_of = dict(zip(MONTHS, [*inputs.measures.get(measure.id, ()), *[None] * 3], strict=False))
        cell_names = names if measure.monthly else {MONTHS[0]: labels("quarter_value")}
        cells = [name for id, name in cell_names.items() if value_of[id] in (None, "")]
        if cells:
            yield Missing(measure.label, labels("list_separator").join(cells))


def _operands(indicator: Indicator) -> Iterator[Operand]:
    yield from indicator.operands
    for part in indicator.parts:
        if part.target_formula is not None:
            yield from part.target_formula.operands


def _unscored(appraisal: Appraisal, labels: Labels) -> Iterator[Missing]:
    """Refused scores, half-filled spare rows, and empty targets that a rule reads."""
    indicators = {indicator.id: indicator for indicator in appraisal.role.indicators}
    spare = {spare.id: spare for spare in appraisal.inputs.spare}
    for result in appraisal.indicators:
        if is_refusal(result.score):
            yield Missing(result.label, str(result.score))
        elif result.score not in (None, ""):
            continue
        elif result.situation:
            yield Missing(result.label, result.receipt or "")
        elif result.id in spare:
            row = spare[result.id]
            cells = {"weight": row.weight, "rule": row.rule, "actual": row.actual, "target": row.target}
            lacking = [labels(key) for key, value in cells.items() if value in (None, "")]
            yield Missing(result.label or labels("spare"), labels("list_separator").join(lacking))
        else:
            parts = indicators[result.id].parts
            rule = parse(appraisal.inputs.rules[result.id], appraisal.inputs.units[result.id] or None)
            for number, (part, target) in enumerate(zip(parts, result.target, strict=True)):
                if part.target_formula is None and target in (None, "") and rule.reads_target(number):
                    yield Missing(part.label, labels("target"))
