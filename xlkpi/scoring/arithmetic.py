"""The arithmetic of each clause of a rule: turns a clause into a function of floats, on the rule's own scale.

Rates are fractions (0.12 is 12%). Two conventions keep Python, Excel, WPS and LibreOffice equal; the built-in formulas
of `scoring.formula` follow them exactly:

- whole steps are ``floor(round(gap / step, 9))``: 0.95 − 0.90 is one step of 0.05, although its binary value is less
  (spreadsheets round to 15 digits, and so do we);
- a number reaches an edge where ``round(number - edge, 9) >= 0``.

A clause is read once, and its function is called for every cell. The function takes the actuals and targets of all
measures, and uses those of its own measure. A target is the measure's own base (以6为基准) where the rule has one;
where no clause reads the target, it may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import ceil, floor
from typing import Any, TypeVar

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
from xlkpi.rules.rule import Rule

T = TypeVar("T")
OfCells = Callable[[Sequence[Any], Sequence[Any]], T]
"""A function of the actuals and the targets: one of each per measure."""


def _rounded(steps: float) -> float:
    """Rounded to 9 decimals, but to 15 digits from a million steps on: spreadsheets hold no more digits."""
    return round(steps, 9) if -1e6 < steps < 1e6 else float(f"{steps:.15g}")


_DISTANCE: dict[Side, Callable[[float, float], float]] = {
    Side.SHORT: lambda actual, target: target - actual,
    Side.OVER: lambda actual, target: actual - target,
    Side.EITHER: lambda actual, target: abs(actual - target),
}
_STEPS: dict[PartStep, Callable[[float], float]] = {
    PartStep.NOTHING: lambda steps: floor(_rounded(steps)),
    PartStep.WHOLE: lambda steps: ceil(_rounded(steps)),
    PartStep.PRO_RATA: lambda steps: steps,
}


def distance(side: Side, actual: float, target: float) -> float:
    """How far the actual is below, above, or on either side of the target; negative on the good side."""
    return _DISTANCE[side](actual, target)


def count_steps(gap: float, step: float, part: PartStep = PartStep.NOTHING) -> float:
    """How many steps a gap makes (≥ 0): whole steps only, begun steps counted whole, or the exact quotient."""
    return max(0, _STEPS[part](gap / step))


def points_of(adjustment: Adjustment) -> OfCells[float]:
    """The points (≥ 0) of a step clause or an occurrence clause, within its limit."""
    points = _step(adjustment) if isinstance(adjustment, Step) else _count(adjustment)
    if adjustment.limit is None:
        return points
    limit = float(adjustment.limit)
    return lambda actuals, targets: min(limit, points(actuals, targets))


def _step(step: Step) -> OfCells[float]:
    m, size, free, each = step.measure, float(step.step), float(step.free), float(step.points)
    distance, steps = _DISTANCE[step.side], _STEPS[step.part]
    if step.basis is not Basis.RELATIVE:
        return lambda actuals, targets: max(0, steps((distance(actuals[m], targets[m]) - free) / size)) * each

    def points(actuals: Sequence[Any], targets: Sequence[Any]) -> float:
        target = targets[m]
        return max(0, steps((distance(actuals[m], target) - free * target) / (size * target))) * each

    return points


def _count(count: Count) -> OfCells[float]:
    m, allowance, each = count.measure, count.allowance, float(count.points)
    if count.together is None:
        return lambda actuals, _: max(0.0, actuals[m] - allowance) * each
    reached, total = count.together[0], float(count.together[1])

    def points(actuals: Sequence[Any], _: object) -> float:
        times = max(0.0, actuals[m] - allowance)
        return float(total + (times - reached) * each if times >= reached else times * each)

    return points


def number_of(subject: Subject, m: int) -> OfCells[float]:
    """What a condition or an interpolation looks at: the actual itself or the achievement."""
    if subject is Subject.VALUE:
        return lambda actuals, _: actuals[m]
    return lambda actuals, targets: actuals[m] / targets[m]


def interval(condition: Condition) -> Callable[[float], bool]:
    """Whether a number lies in the condition's interval."""
    low, high = (None if end is None else float(end.value) for end in (condition.low, condition.high))
    low_open, high_open = not condition.low_closed, not condition.high_closed

    def holds(number: float) -> bool:
        if low is not None:
            above = round(number - low, 9)
            if above < 0 or (above == 0 and low_open):
                return False
        if high is not None:
            below = round(high - number, 9)
            if below < 0 or (below == 0 and high_open):
                return False
        return True

    return holds


def condition_of(condition: Condition) -> OfCells[bool]:
    """Whether a condition holds."""
    holds, number = interval(condition), number_of(condition.subject, condition.measure)
    return lambda actuals, targets: holds(number(actuals, targets))


def base_of(rule: Rule) -> OfCells[float]:
    """The points that a rule starts from, before its cap."""
    base, scale = rule.base, float(rule.scale)
    match base:
        case Full():
            return lambda _, __: scale
        case Ratio(m):
            return lambda actuals, targets: actuals[m] / targets[m] * scale
        case Inverse(m):
            return _inverse(m, scale, float(rule.cap or 0))
        case Bands():
            return _bands(base, scale)
        case Linear():
            return _linear(base)
        case Meet(points, otherwise, at_least, m):
            met, missed, ahead = float(points), float(otherwise), _DISTANCE[Side.OVER if at_least else Side.SHORT]
            return lambda actuals, targets: met if round(ahead(actuals[m], targets[m]), 9) >= 0 else missed
        case Levels(levels, m):
            awarded = {name.lower(): float(points) for name, points in levels}
            return lambda actuals, _: awarded[actuals[m].lower()]


def _inverse(m: int, scale: float, cap: float) -> OfCells[float]:
    def points(actuals: Sequence[Any], targets: Sequence[Any]) -> float:
        actual, target = actuals[m], targets[m]
        if actual == 0:
            return scale if target == 0 else cap
        return float(target / actual * scale)

    return points


def _bands(base: Bands, scale: float) -> OfCells[float]:
    m, number = base.measure, number_of(base.subject, base.measure)
    lowest, *above = [None if band.points is None else float(band.points) for band in base.bands]
    # Bands cover every value once, so only their lower ends need comparing, from the top.
    ends = [interval(band.condition.lower_end) for band in base.bands[1:]]
    downwards = list(zip(ends, above, strict=True))[::-1]

    def points(actuals: Sequence[Any], targets: Sequence[Any]) -> float:
        x, awarded = number(actuals, targets), lowest
        for reached, points in downwards:
            if reached(x):
                awarded = points
                break
        return float(actuals[m] / targets[m] * scale) if awarded is None else awarded

    return points


def _linear(base: Linear) -> OfCells[float]:
    """Straight lines between the ends, flat beyond them."""
    number = number_of(base.subject, base.measure)
    ends = [(float(amount.value), float(points)) for amount, points in base.points]
    (first, lowest), (_, highest) = ends[0], ends[-1]
    lines = [(x0, y0, x1, y1) for (x0, y0), (x1, y1) in pairwise(ends)]

    def points(actuals: Sequence[Any], targets: Sequence[Any]) -> float:
        x = number(actuals, targets)
        if round(x - first, 9) <= 0:
            return lowest
        for x0, y0, x1, y1 in lines:
            if round(x - x1, 9) <= 0:
                return y0 + (x - x0) * (y1 - y0) / (x1 - x0)
        return highest

    return points
