"""What a rule comes to, in exact fractions: what its meaning is measured against.

`scoring` does the same in floats, and quickly. Here readings of one sentence are compared with each other, and an
example is found that tells them apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from xlkpi.rules.model import (
    Adjustment,
    Bands,
    Basis,
    Condition,
    Count,
    Full,
    Inverse,
    Levels,
    Linear,
    Meet,
    PartStep,
    Ratio,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.rule import Need, Rule

VETO = "veto"
Number = Fraction | Decimal | int


def score(rule: Rule, actuals: Sequence[Number], targets: Sequence[Number | None]) -> Fraction | str | None:
    """The score on the 100 scale, `VETO`, or None where the rule needs something else of these numbers."""
    given = [Fraction(actual) for actual in actuals]
    aims = [None if target is None else Fraction(target) for target in targets]
    if isinstance(rule.base, Levels) or not all(_met(need, m, given, aims, rule) for need, m in rule.needs):
        return None
    for measure, amount in rule.origins:
        aims[measure] = Fraction(amount.value)
    if any(_holds(veto, given, aims) for veto in rule.vetoes):
        return VETO
    for cliff in rule.cliffs:
        if _holds(cliff.condition, given, aims):
            return Fraction(cliff.points) * 100 / Fraction(rule.scale)
    found = _capped(rule, _base(rule, given, aims))
    for adjustment in rule.adjustments:
        points = _points(adjustment, given, aims)
        found += points if adjustment.bonus else -points
    return max(Fraction(rule.floor), _capped(rule, found)) * 100 / Fraction(rule.scale)


def _capped(rule: Rule, points: Fraction) -> Fraction:
    return points if rule.cap is None else min(Fraction(rule.cap), points)


def _met(need: Need, m: int, actuals: Sequence[Fraction], targets: Sequence[Fraction | None], rule: Rule) -> bool:
    target = targets[m]
    match need:
        case Need.TARGET_NUMBER:
            return target is not None
        case Need.COUNT:
            return actuals[m] >= 0 and actuals[m].denominator == 1
        case Need.POSITIVE_TARGET:
            return target is not None and target > 0
        case Need.INVERTIBLE:
            if rule.origin(m):
                return actuals[m] >= 0
            return actuals[m] >= 0 and target is not None and (target > 0 or target == actuals[m] == 0)
    return True


def _number(subject: Subject, m: int, actuals: Sequence[Fraction], targets: Sequence[Fraction | None]) -> Fraction:
    actual, target = actuals[m], targets[m]
    if subject is Subject.VALUE:
        return actual
    assert target is not None
    match subject:
        case Subject.OVER:
            return actual - target
        case Subject.SHORT:
            return target - actual
    return actual / target


def _holds(condition: Condition, actuals: Sequence[Fraction], targets: Sequence[Fraction | None]) -> bool:
    number = _number(condition.subject, condition.measure, actuals, targets)
    low, high = condition.low, condition.high
    if low is not None and (number < low.value or (number == low.value and not condition.low_closed)):
        return False
    return high is None or number < high.value or (number == high.value and condition.high_closed)


def _base(rule: Rule, actuals: Sequence[Fraction], targets: Sequence[Fraction | None]) -> Fraction:
    base, scale = rule.base, Fraction(rule.scale)
    match base:
        case Full(points):
            return scale if points is None else Fraction(points)
        case Ratio(m):
            return _number(Subject.ACHIEVEMENT, m, actuals, targets) * scale
        case Inverse(m):
            target = targets[m]
            assert target is not None
            if actuals[m] == 0:
                return scale if target == 0 else Fraction(rule.cap or 0)
            return target / actuals[m] * scale
        case Meet(points, otherwise, at_least, m):
            ahead = _number(Subject.OVER if at_least else Subject.SHORT, m, actuals, targets)
            return Fraction(points if ahead >= 0 else otherwise)
        case Bands(bands):
            for band in bands:
                if _holds(band.condition, actuals, targets):
                    ratio = band.points is None
                    return (
                        _number(Subject.ACHIEVEMENT, base.measure, actuals, targets) * scale
                        if ratio
                        else Fraction(band.points or 0)
                    )
            raise AssertionError("bands cover every value")
        case Linear(subject, ends, m):
            return _line([(Fraction(a.value), Fraction(p)) for a, p in ends], _number(subject, m, actuals, targets))
    raise AssertionError("levels are no numbers")


def _line(ends: list[tuple[Fraction, Fraction]], x: Fraction) -> Fraction:
    if x <= ends[0][0]:
        return ends[0][1]
    for (x0, y0), (x1, y1) in itertools.pairwise(ends):
        if x <= x1:
            return y0 + (x - x0) * (y1 - y0) / (x1 - x0)
    return ends[-1][1]


def _points(adjustment: Adjustment, actuals: Sequence[Fraction], targets: Sequence[Fraction | None]) -> Fraction:
    points = _step(adjustment, actuals, targets) if isinstance(adjustment, Step) else _count(adjustment, actuals)
    return points if adjustment.limit is None else min(Fraction(adjustment.limit), points)


def _step(step: Step, actuals: Sequence[Fraction], targets: Sequence[Fraction | None]) -> Fraction:
    target = targets[step.measure]
    assert target is not None
    gap = actuals[step.measure] - target
    gap = {Side.SHORT: -gap, Side.OVER: gap, Side.EITHER: abs(gap)}[step.side]
    unit = target if step.basis is Basis.RELATIVE else Fraction(1)
    steps = (gap - Fraction(step.free) * unit) / (Fraction(step.step) * unit)
    match step.part:
        case PartStep.NOTHING:
            steps = Fraction(floor(steps))
        case PartStep.WHOLE:
            steps = Fraction(ceil(steps))
    return max(Fraction(0), steps) * Fraction(step.points)


def _count(count: Count, actuals: Sequence[Fraction]) -> Fraction:
    times = max(Fraction(0), actuals[count.measure] - count.allowance)
    if count.together is None or times < count.together[0]:
        return times * Fraction(count.points)
    return Fraction(count.together[1]) + (times - count.together[0]) * Fraction(count.points)


# --- telling two rules apart ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """Numbers for which two rules score differently."""

    actual: Fraction
    target: Fraction | None
    scores: tuple[Fraction | str | None, Fraction | str | None]


def example(one: Rule, other: Rule, target: Decimal | None = None, *, rate: bool = False) -> Example | None:
    """Numbers that tell two rules of one measure apart, near the target; None where none are found."""
    if max(one.measures, other.measures) > 1:
        return None
    rules = (one, other)
    targets: list[Fraction | None] = [None]
    if one.reads_target(0) or other.reads_target(0):
        shown_as_rate = rate or any(rule.shows_percent(0) for rule in rules)
        targets = [Fraction(number) for number in ((target,) if target is not None else _TARGETS[shown_as_rate])]
    for least in _LEAST_DIFFERENCES:
        for aim in targets:
            for actual in sorted(_candidates(rules, aim, rate), key=lambda a: (abs(a - (aim or 0)), a)):
                first, second = (score(rule, [actual], [aim]) for rule in rules)
                if first is not None and second is not None and _differ(first, second, least):
                    return Example(actual, aim, (first, second))
    return None


def _differ(first: Fraction | str, second: Fraction | str, least: Fraction) -> bool:
    """Whether two scores are so many points apart at least; a veto is apart from every number."""
    if isinstance(first, str) or isinstance(second, str):
        return first != second
    return abs(first - second) >= least


_LEAST_DIFFERENCES = (Fraction(1, 2), Fraction(1, 100))
"""Points by which the scores of an example differ, so that a reader sees it: the first if any numbers do."""

_TARGETS = {
    True: (Decimal("0.8"), Decimal("0.03"), Decimal(1)),
    False: (Decimal(100), Decimal(10), Decimal(3), Decimal("0.8")),
}


def _candidates(rules: Sequence[Rule], target: Fraction | None, rate: bool) -> set[Fraction]:
    found = {actual for rule in rules for actual in _edges(rule, target or Fraction(0))}
    grain = Fraction(1, 100) if rate or any(rule.shows_percent(0) for rule in rules) else Fraction(1)
    return {near for edge in found for near in (edge, edge - grain, edge + grain) if near >= 0} | {
        grain * n for n in range(5)
    }


def _edges(rule: Rule, target: Fraction) -> Iterator[Fraction]:
    origin = rule.origin(0)
    aim = target if origin is None else Fraction(origin.value)
    yield aim
    for subject, amount in rule.bounds(0):
        value = Fraction(amount.value)
        yield _back(subject, value, aim)
    for adjustment in rule.adjustments:
        if isinstance(adjustment, Count):
            yield from (Fraction(adjustment.allowance + n) for n in (1, 2, 3))
            continue
        unit = aim if adjustment.basis is Basis.RELATIVE else Fraction(1)
        for steps in (1, 2, 3):
            gap = (Fraction(adjustment.free) + steps * Fraction(adjustment.step)) * unit
            yield from (aim - gap, aim + gap)


def _back(subject: Subject, number: Fraction, target: Fraction) -> Fraction:
    """The actual at which a subject looks at this number."""
    match subject:
        case Subject.VALUE:
            return number
        case Subject.OVER:
            return target + number
        case Subject.SHORT:
            return target - number
    return number * target
