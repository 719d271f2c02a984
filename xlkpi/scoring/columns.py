"""The arithmetic of `arithmetic` and `scorer` for whole columns of numbers (NumPy).

Every operation of a single row is done in the same order, so that both give the same float. Only rounding differs:
NumPy rounds to decimals by multiplying, which is not exact. A number rounded to 9 decimals is only tested for reaching
0 or a whole number, so a comparison with `ZERO` replaces the rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from itertools import pairwise
from math import inf, nan
from operator import add
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
)
from xlkpi.rules.rule import Need, Rule
from xlkpi.scoring.arithmetic import ZERO, distance

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
OfColumns = Callable[[list[Any], list[Any]], Any]
"""A function of the actuals and the targets: a column of each per measure."""

_NEAR = 1e-9
"""A number further than this from a whole number is not rounded to it; a nearer one is compared exactly."""

_MANY = 1e6
"""From this many steps on, single rows round to 15 digits instead of 9 decimals."""


class Scored(NamedTuple):
    """The scores of columns: as `Outcome`, but a veto is score 0.

    Where `sure` is False the row must be scored by itself: an input is no number, does not meet a need of the rule, or
    is too large.
    """

    score: Any
    deducted: Any
    veto: Any
    sure: Mask


class Columns:
    """A rule as a function of the columns of its measures: all of one length, NaN where a cell is no number."""

    def __init__(self, rule: Rule) -> None:
        self.measures = rule.measures
        self.levels = rule.base if isinstance(rule.base, Levels) else None
        self.targets = tuple(measure for need, measure in rule.needs if need is Need.TARGET_NUMBER)
        self._only_deducts = rule.only_deducts
        self._needs = tuple(_meets(rule, need, measure) for need, measure in rule.needs)
        self._origins = tuple((measure, float(amount.value)) for measure, amount in rule.origins)
        self.vetoes = tuple(map(_condition_of, rule.vetoes))
        self._base = _base_of(rule)
        self._deductions = tuple(_points_of(adjustment) for adjustment in rule.adjustments if not adjustment.bonus)
        self._bonuses = tuple(_points_of(adjustment) for adjustment in rule.adjustments if adjustment.bonus)
        self._cliffs = tuple((_condition_of(cliff.condition), float(cliff.points)) for cliff in rule.cliffs)
        self._cap = inf if rule.cap is None else float(rule.cap)
        self._floor, self._scale = float(rule.floor), float(rule.scale)

    def awarded(self, texts: Iterable[object]) -> Numbers:
        """The actuals that `score` takes for a rule with `levels`: the points of each text, NaN for any other."""
        assert self.levels is not None
        points = {name.lower(): float(number) for name, number in self.levels.levels}
        return np.array([points.get(text.lower(), nan) if isinstance(text, str) else nan for text in texts])

    def score(self, actuals: list[Any], targets: list[Any]) -> Scored:
        """Score every row, in the order of operations of `Scorer.outcome`. Both lists are changed."""
        with np.errstate(all="ignore"):  # the results of rows that are not sure are not used
            return self._score(actuals, targets)

    def _score(self, actuals: list[Any], targets: list[Any]) -> Scored:
        sure = self._needs[0](actuals, targets)
        for met in self._needs[1:]:
            sure &= met(actuals, targets)
        for measure, own in self._origins:
            targets[measure] = own
        base = self._base(actuals, targets)
        if self._cap < inf:
            base = np.minimum(self._cap, base)
        deductions: Any = 0.0
        score = base
        if self._deductions:
            deductions = reduce(add, (points(actuals, targets) for points in self._deductions))
            score = base - deductions
        if self._bonuses:
            score = score + reduce(add, (points(actuals, targets) for points in self._bonuses))
        sure &= np.isfinite(score)
        if self._cap < inf:
            score = np.minimum(self._cap, score)
        score = np.maximum(self._floor, score)
        for holds, decided in reversed(self._cliffs):  # in reverse, so that the first that holds decides
            score = np.where(holds(actuals, targets), decided, score)
        deducted: Any = 0.0
        if self._only_deducts:
            deducted = deductions
        elif self._cliffs or self._deductions:
            deducted = np.maximum(0.0, base - score)
        if self._scale != 100:
            score = score * 100 / self._scale
            sure &= np.isfinite(score) & np.isfinite(deducted)
        veto: Any = False
        for holds in self.vetoes:
            veto |= holds(actuals, targets)
        if self.vetoes:
            score, deducted = np.where(veto, 0.0, score), np.where(veto, 0.0, deducted)
        return Scored(score, deducted, veto, sure)


def _meets(rule: Rule, need: Need, m: int) -> OfColumns:
    """Whether the cells of a measure meet a need of the rule."""
    match need:
        case Need.ACTUAL_NUMBER | Need.ACTUAL_LEVEL:
            return lambda actuals, _: np.isfinite(actuals[m])
        case Need.TARGET_NUMBER:
            return lambda _, targets: np.isfinite(targets[m])
        case Need.COUNT:
            return lambda actuals, _: (actuals[m] >= 0) & (np.abs(actuals[m] - np.rint(actuals[m])) <= ZERO)
        case Need.POSITIVE_TARGET:
            return lambda _, targets: targets[m] > 0
        case Need.INVERTIBLE:
            if rule.origin(m):
                return lambda actuals, _: actuals[m] >= 0
            return lambda actuals, targets: (
                (actuals[m] >= 0) & ((targets[m] > 0) | ((targets[m] == 0) & (actuals[m] == 0)))
            )


# --- adjustments ----------------------------------------------------------------------------------------------------


def _points_of(adjustment: Adjustment) -> OfColumns:
    points = _step(adjustment) if isinstance(adjustment, Step) else _count(adjustment)
    if adjustment.limit is None:
        return points
    limit = float(adjustment.limit)
    return lambda actuals, targets: np.minimum(limit, points(actuals, targets))


def _step(step: Step) -> OfColumns:
    m, side, size, free, each = step.measure, step.side, float(step.step), float(step.free), float(step.points)
    relative, counted = step.basis is Basis.RELATIVE, _STEPS[step.part]
    most = inf if step.part is PartStep.PRO_RATA else _MANY

    def points(actuals: Any, targets: Any) -> Any:
        unit = targets[m] if relative else 1.0
        gap: Any = distance(side, actuals[m], targets[m])
        steps = (gap - free * unit if free else gap) / (size * unit)
        if not (steps.max() < most and steps.min() > -inf):  # NaN beyond these ends, so that the row is not sure
            steps = np.where((steps < most) & (steps > -inf), steps, nan)
        return np.maximum(0.0, counted(steps)) * each

    return points


def _ended(steps: Numbers) -> Numbers:
    """``floor(round(steps, 9))``"""
    whole = np.floor(steps + _NEAR)
    beyond = whole - steps > ZERO
    if beyond.any():
        whole -= beyond
    return whole


def _begun(steps: Numbers) -> Numbers:
    """``ceil(round(steps, 9))``"""
    whole = np.ceil(steps - _NEAR)
    short = steps - whole > ZERO
    if short.any():
        whole += short
    return whole


_STEPS: dict[PartStep, Callable[[Numbers], Numbers]] = {
    PartStep.NOTHING: _ended,
    PartStep.WHOLE: _begun,
    PartStep.PRO_RATA: lambda steps: steps,
}


def _count(count: Count) -> OfColumns:
    m, allowance, each = count.measure, count.allowance, float(count.points)
    reached, total = (inf, 0.0) if count.together is None else (count.together[0], float(count.together[1]))

    def points(actuals: Any, _: object) -> Any:
        times = np.maximum(0.0, actuals[m] - allowance) if allowance else actuals[m]  # a count is ≥ 0
        if reached == inf:
            return times * each
        late = times >= reached
        return late * total + (times - late * reached) * each

    return points


# --- conditions and bases -------------------------------------------------------------------------------------------


def _interval(condition: Condition) -> Callable[[Any], Any]:
    low, high = (None if end is None else float(end.value) for end in (condition.low, condition.high))

    def beyond(gap: Any, closed: bool) -> Any:
        return gap >= -ZERO if closed else gap > ZERO

    def holds(number: Any) -> Any:
        if low is None:
            return beyond(high - number, condition.high_closed)
        above = beyond(number - low, condition.low_closed)
        return above if high is None else above & beyond(high - number, condition.high_closed)

    return holds


def _condition_of(condition: Condition) -> OfColumns:
    holds, m, subject = _interval(condition), condition.measure, condition.subject
    return lambda actuals, targets: holds(subject.of(actuals[m], targets[m]))


def _base_of(rule: Rule) -> OfColumns:
    base, scale = rule.base, float(rule.scale)
    match base:
        case Full(start):
            full = scale if start is None else float(start)
            return lambda _, __: full
        case Ratio(m):
            return lambda actuals, targets: actuals[m] / targets[m] * scale
        case Inverse(m):
            cap = float(rule.cap or 0)

            def inverse(actuals: Any, targets: Any) -> Any:
                actual, target = actuals[m], targets[m]
                return np.where(actual == 0, np.where(target == 0, scale, cap), target / actual * scale)

            return inverse
        case Bands():
            return _bands(base, scale)
        case Linear():
            return _linear(base)
        case Meet(points, otherwise, at_least, m):
            met, missed, ahead = float(points), float(otherwise), Side.OVER if at_least else Side.SHORT
            return lambda actuals, targets: np.where(distance(ahead, actuals[m], targets[m]) >= -ZERO, met, missed)
        case Levels(_, m):
            return lambda actuals, _: actuals[m]


def _bands(base: Bands, scale: float) -> OfColumns:
    m, subject = base.measure, base.subject
    lowest, *above = [None if band.points is None else float(band.points) for band in base.bands]
    ends = [_interval(band.condition.lower_end) for band in base.bands[1:]]
    upwards = list(zip(ends, above, strict=True))

    def points(actuals: Any, targets: Any) -> Any:
        x: Any = subject.of(actuals[m], targets[m])
        ratio = actuals[m] / targets[m] * scale if None in (lowest, *above) else None
        awarded: Any = ratio if lowest is None else lowest
        for reached, points in upwards:
            here: Any = ratio if points is None else points
            awarded = np.where(reached(x), here, awarded)
        return awarded

    return points


def _linear(base: Linear) -> OfColumns:
    m, subject = base.measure, base.subject
    ends = [(float(amount.value), float(points)) for amount, points in base.points]
    lines = [(x0, y0, y1 - y0, x1 - x0) for (x0, y0), (x1, y1) in pairwise(ends)]
    flat = [(x, y, 0.0, 1.0) for x, y in (ends[0], ends[-1])]
    starts, heights, rises, runs = np.array([flat[0], *lines, flat[1]]).T

    def points(actuals: Any, targets: Any) -> Any:
        x: Any = subject.of(actuals[m], targets[m])
        line = np.zeros(len(x), np.intp)
        for end, _ in ends:
            line += x - end > ZERO
        return heights[line] + (x - starts[line]) * rises[line] / runs[line]

    return points
