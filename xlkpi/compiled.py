"""Rule → functions of floats: what each clause comes to, made ready once and called for every cell.

Scores are unrounded; rates are fractions (0.12 is 12%). Two conventions keep Python, Excel, WPS and LibreOffice equal,
and the built-in formulas of `rules.native` follow them letter by letter:

- whole steps are ``floor(round(gap / step, 9))``: 0.95 − 0.90 is one step of 0.05 although its binary value is less;
- a number reaches an edge where ``round(number - edge, 9) >= 0``.

A clause becomes a function of the actuals and targets of all measures and looks at those of its own. A target is the
measure's own base where the rule has one, and whatever the cell holds where no clause reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, isfinite
from numbers import Real
from typing import Any, TypeVar

from xlkpi.rules import reasons
from xlkpi.rules.language import Said
from xlkpi.rules.rule import (
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
    Need,
    PartStep,
    Ratio,
    Rule,
    Side,
    Step,
    Subject,
)

VETO = reasons.VETO
"""What `Outcome` calls a veto; a cell shows it in the language of the rule."""

Value = float | str | None
T = TypeVar("T")
OfCells = Callable[[Sequence[Any], Sequence[Any]], T]
"""A function of the actuals and the targets, one per measure."""


class ScoreError(Said):
    """Inputs that cannot be scored; the text says why, and a cell shows it after `#KPI `.

    Where an input is the `#KPI …` of another cell, the text is that.
    """


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule makes of its inputs.

    `score` is on the 100 scale (above 100 only where the rule says so) or the text 一票否决.
    `deducted` is on the 100 scale too: the sum of the deductions where the rule does nothing else, otherwise what
    the score lies below its base, where something was deducted.
    """

    score: float | str
    deducted: float


# --- one clause at a time, on the rule's own scale ------------------------------------------------------------------


_DISTANCE: dict[Side, Callable[[float, float], float]] = {
    Side.SHORT: lambda actual, target: target - actual,
    Side.OVER: lambda actual, target: actual - target,
    Side.EITHER: lambda actual, target: abs(actual - target),
}
_STEPS: dict[PartStep, Callable[[float], float]] = {
    PartStep.NOTHING: lambda steps: floor(round(steps, 9)),
    PartStep.WHOLE: lambda steps: ceil(round(steps, 9)),
    PartStep.PRO_RATA: lambda steps: steps,
}


def distance(side: Side, actual: float, target: float) -> float:
    """How far the actual is short of, over, or on either side of the target; negative on the good side."""
    return _DISTANCE[side](actual, target)


def count_steps(gap: float, step: float, part: PartStep = PartStep.NOTHING) -> float:
    """How many steps a gap makes (≥ 0): whole ones, begun ones, or exactly."""
    return max(0, _STEPS[part](gap / step))


def points_of(adjustment: Adjustment) -> OfCells[float]:
    """The points (≥ 0) of a step or of occurrences."""
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


def _number(subject: Subject, m: int) -> OfCells[float]:
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


def _condition(condition: Condition) -> OfCells[bool]:
    holds, number = interval(condition), _number(condition.subject, condition.measure)
    return lambda actuals, targets: holds(number(actuals, targets))


def _base(rule: Rule) -> OfCells[float]:
    """The points that a rule begins with, before its cap."""
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
    m, number = base.measure, _number(base.subject, base.measure)
    lowest, *above = [None if band.points is None else float(band.points) for band in base.bands]
    # Bands cover every value once, so only their lower ends need comparing, from the top.
    ends = [interval(band.condition.lower_end) for band in base.bands[1:]]
    downwards = list(zip(ends, above, strict=True))[::-1]

    def points(actuals: Sequence[Any], targets: Sequence[Any]) -> float:
        looked_at, awarded = number(actuals, targets), lowest
        for reached, points in downwards:
            if reached(looked_at):
                awarded = points
                break
        return float(actuals[m] / targets[m] * scale) if awarded is None else awarded

    return points


def _linear(base: Linear) -> OfCells[float]:
    """Straight lines between the ends, flat beyond them."""
    number = _number(base.subject, base.measure)
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


# --- the whole rule -------------------------------------------------------------------------------------------------


class Compiled:
    """A rule as functions of the cells of its measures."""

    def __init__(self, rule: Rule) -> None:
        self.only_deducts = rule.only_deducts
        self._measures = rule.measures
        # In the order in which every engine checks them.
        self._needs = tuple((_meets(rule, need, measure), need, measure) for need, measure in rule.needs)
        rated = {rule.base.measure} if isinstance(rule.base, Levels) else set()
        self._numbers = tuple(measure for measure in range(rule.measures) if measure not in rated)
        self._targets = tuple(measure for measure in range(rule.measures) if rule.reads_target(measure))
        self._origins = tuple((measure, float(amount.value)) for measure, amount in rule.origins)
        self._vetoes = tuple(map(_condition, rule.vetoes))
        self._base = _base(rule)
        self._deductions = tuple(points_of(adjustment) for adjustment in rule.adjustments if not adjustment.bonus)
        self._bonuses = tuple(points_of(adjustment) for adjustment in rule.adjustments if adjustment.bonus)
        self._cliffs = tuple((_condition(cliff.condition), float(cliff.points)) for cliff in rule.cliffs)
        self._cap = None if rule.cap is None else float(rule.cap)
        self._floor, self._scale = float(rule.floor), float(rule.scale)

    def outcome(self, actuals: Sequence[Value], targets: Sequence[Value]) -> Outcome | None:
        """What the rule makes of its cells, one actual and one target per measure.

        Returns None where a cell that a clause reads is empty (None or ""). Raises `ScoreError` for the first need
        of the rule that the cells do not meet.
        """
        if len(actuals) < self._measures:
            raise ScoreError(reasons.TOO_FEW_MEASURES)
        try:
            for met, need, measure in self._needs:
                if not met(actuals, targets):
                    # What is empty meets no need, so only here somebody has to look for it.
                    if self._any_blank(actuals, targets):
                        return None
                    raise _refusal(need, actuals[measure], targets[measure])
            return self._score(list(actuals), list(targets))
        except (OverflowError, ZeroDivisionError):  # beyond what a float holds; a target of 0 was refused before
            if self._any_blank(actuals, targets):
                return None
            raise ScoreError(reasons.TOO_LARGE) from None

    def _any_blank(self, actuals: Sequence[Value], targets: Sequence[Value]) -> bool:
        read = [*(actuals[m] for m in range(self._measures)), *(targets[m] for m in self._targets)]
        return any(value is None or value == "" for value in read)

    def _score(self, actuals: list[Any], targets: list[Any]) -> Outcome:
        for measure in self._numbers:
            actuals[measure] = float(actuals[measure])
        for measure in self._targets:
            targets[measure] = float(targets[measure])
        for measure, own in self._origins:
            targets[measure] = own
        for holds in self._vetoes:
            if holds(actuals, targets):
                return Outcome(VETO, 0.0)
        cap = self._cap
        base = self._base(actuals, targets)
        if cap is not None:
            base = min(cap, base)
        deductions = bonuses = 0.0
        for points in self._deductions:
            deductions += points(actuals, targets)
        for points in self._bonuses:
            bonuses += points(actuals, targets)
        score = base - deductions + bonuses
        if cap is not None:
            score = min(cap, score)
        score = max(self._floor, score)
        for holds, decided in self._cliffs:
            if holds(actuals, targets):
                score = decided
                break
        deducted = 0.0
        if self.only_deducts:
            deducted = deductions
        elif self._cliffs or self._deductions:
            deducted = max(0.0, base - score)
        if not (isfinite(base) and isfinite(score) and isfinite(deducted)):
            raise OverflowError
        return Outcome(score * 100 / self._scale, deducted * 100 / self._scale)


def _refusal(need: Need, actual: Value, target: Value) -> ScoreError:
    read = {Need.ACTUAL_NUMBER: actual, Need.ACTUAL_LEVEL: actual, Need.TARGET_NUMBER: target}.get(need)
    if reasons.is_refusal(read):
        return ScoreError(reasons.PASSED, text=read)
    return ScoreError(reasons.NEED[need])


def is_number(value: object) -> bool:
    """Whether a cell holds a finite number; a boolean is none, nor is a date."""
    if type(value) is float:  # what cells hold; the abstract classes below are slow to ask
        return isfinite(value)
    return isinstance(value, Real | Decimal) and not isinstance(value, bool) and isfinite(value)


def _meets(rule: Rule, need: Need, m: int) -> OfCells[bool]:
    """Whether the cells of a measure meet a need of the rule."""
    match need:
        case Need.ACTUAL_NUMBER:
            return lambda actuals, _: is_number(actuals[m])
        case Need.TARGET_NUMBER:
            return lambda _, targets: is_number(targets[m])
        case Need.ACTUAL_LEVEL:
            assert isinstance(rule.base, Levels)
            known = {name.lower() for name, _ in rule.base.levels}
            return lambda actuals, _: isinstance(actuals[m], str) and actuals[m].lower() in known
        case Need.COUNT:
            return lambda actuals, _: actuals[m] >= 0 and round(actuals[m] - round(actuals[m]), 9) == 0
        case Need.POSITIVE_TARGET:
            return lambda _, targets: targets[m] > 0
        case Need.INVERTIBLE:
            if rule.origin(m):  # the rule's own base stands in for the target, and is above 0
                return lambda actuals, _: actuals[m] >= 0
            return lambda actuals, targets: actuals[m] >= 0 and (targets[m] > 0 or targets[m] == actuals[m] == 0)
