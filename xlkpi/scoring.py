"""Scoring: rule + actual + target → score. Pure arithmetic on floats, the same in every engine.

Scores are on the 100 scale, unrounded; rates are fractions (0.12 is 12%). Two conventions keep Python, Excel, WPS
and LibreOffice equal, and the built-in formulas of `rules.native` follow them letter by letter:

- whole steps are ``floor(round(gap / step, 9))``: 0.95 − 0.90 is one step of 0.05 although its binary value is less;
- a number reaches an edge where ``round(number - edge, 9) >= 0``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from numbers import Real
from typing import Any

from xlkpi.rules import reasons
from xlkpi.rules.language import Said, language_of
from xlkpi.rules.parse import parse
from xlkpi.rules.rule import (
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
NOT_APPLICABLE = frozenset({"不适用", "不適用", "n/a"})

Value = float | str | None


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


def distance(side: Side, actual: float, target: float) -> float:
    """How far the actual is short of, over, or on either side of the target; negative on the good side."""
    if side is Side.SHORT:
        return target - actual
    return actual - target if side is Side.OVER else abs(actual - target)


def count_steps(gap: float, step: float, part: PartStep = PartStep.NOTHING) -> float:
    """How many steps a gap makes (≥ 0): whole ones, begun ones, or exactly."""
    steps = gap / step
    if part is PartStep.NOTHING:
        steps = math.floor(round(steps, 9))
    elif part is PartStep.WHOLE:
        steps = math.ceil(round(steps, 9))
    return max(0, steps)


def step_points(step: Step, actual: float, target: float) -> float:
    """Points of one step clause (≥ 0)."""
    size, free = float(step.step), float(step.free)
    if step.basis is Basis.RELATIVE:
        size, free = size * target, free * target
    points = count_steps(distance(step.side, actual, target) - free, size, step.part) * float(step.points)
    return points if step.limit is None else min(float(step.limit), points)


def count_points(count: Count, actual: float) -> float:
    """Points of so many occurrences (≥ 0)."""
    times = max(0.0, actual - count.allowance)
    points = times * float(count.points)
    if count.together is not None:
        reached, total = count.together
        if times >= reached:
            points = float(total) + (times - reached) * float(count.points)
    return points if count.limit is None else min(float(count.limit), points)


def holds(condition: Condition, number: float) -> bool:
    """Whether a number lies in the condition's interval."""
    if condition.low is not None:
        above = round(number - float(condition.low.value), 9)
        if above < 0 or (above == 0 and not condition.low_closed):
            return False
    if condition.high is not None:
        below = round(float(condition.high.value) - number, 9)
        if below < 0 or (below == 0 and not condition.high_closed):
            return False
    return True


def interpolate(linear: Linear, number: float) -> float:
    """Points on the straight lines between the ends, flat beyond them."""
    ends = [(float(amount.value), float(points)) for amount, points in linear.points]
    if round(number - ends[0][0], 9) <= 0:
        return ends[0][1]
    for (x0, y0), (x1, y1) in pairwise(ends):
        if round(number - x1, 9) <= 0:
            return y0 + (number - x0) * (y1 - y0) / (x1 - x0)
    return ends[-1][1]


# --- the whole rule -------------------------------------------------------------------------------------------------


def evaluate(rule: Rule, actuals: Sequence[Value], targets: Sequence[Value]) -> Outcome | None:
    """Apply a rule to the actuals and targets of its measures, in the order of the measures.

    Returns None where a cell that a clause reads is empty (None or ""). Raises `ScoreError` for the first need of
    the rule that the inputs do not meet.
    """
    if len(actuals) < rule.measures:
        raise ScoreError(reasons.TOO_FEW_MEASURES)
    if any(_blank(actuals[m]) or (rule.reads_target(m) and _blank(targets[m])) for m in range(rule.measures)):
        return None
    try:
        for need, measure in rule.needs:
            _require(rule, need, actuals[measure], targets[measure])
        return _Inputs(rule, actuals, targets).outcome()
    except (OverflowError, ZeroDivisionError):  # beyond what a float holds; a target of 0 was refused before
        raise ScoreError(reasons.TOO_LARGE) from None


class _Inputs:
    """A rule beside checked numbers."""

    def __init__(self, rule: Rule, actuals: Sequence[Value], targets: Sequence[Value]) -> None:
        self.rule, self.actuals, self.targets = rule, actuals, targets
        self.scale = float(rule.scale)

    def actual(self, measure: int) -> float:
        return float(self.actuals[measure])  # type: ignore[arg-type]

    def target(self, measure: int) -> float:
        origin = self.rule.origin(measure)
        return float(self.targets[measure] if origin is None else origin.value)  # type: ignore[arg-type]

    def number(self, subject: Subject, measure: int) -> float:
        actual = self.actual(measure)
        return actual if subject is Subject.VALUE else actual / self.target(measure)

    def holds(self, condition: Condition) -> bool:
        return holds(condition, self.number(condition.subject, condition.measure))

    def outcome(self) -> Outcome:
        rule = self.rule
        if any(self.holds(veto) for veto in rule.vetoes):
            return Outcome(VETO, 0.0)
        base = self.capped(self.base())
        deductions, bonuses = self.points(bonus=False), self.points(bonus=True)
        decided = next((cliff.points for cliff in rule.cliffs if self.holds(cliff.condition)), None)
        reached = max(float(rule.floor), self.capped(base - deductions + bonuses))
        score = reached if decided is None else float(decided)
        if rule.only_deducts:
            deducted = deductions
        elif rule.cliffs or any(not adjustment.bonus for adjustment in rule.adjustments):
            deducted = max(0.0, base - score)
        else:
            deducted = 0.0
        if not (math.isfinite(base) and math.isfinite(score) and math.isfinite(deducted)):
            raise ScoreError(reasons.TOO_LARGE)
        return Outcome(score * 100 / self.scale, deducted * 100 / self.scale)

    def capped(self, points: float) -> float:
        return points if self.rule.cap is None else min(float(self.rule.cap), points)

    def points(self, *, bonus: bool) -> float:
        return sum(
            step_points(a, self.actual(a.measure), self.target(a.measure))
            if isinstance(a, Step)
            else count_points(a, self.actual(a.measure))
            for a in self.rule.adjustments
            if a.bonus is bonus
        )

    def base(self) -> float:
        base = self.rule.base
        match base:
            case Full():
                return self.scale
            case Ratio(measure):
                return self.actual(measure) / self.target(measure) * self.scale
            case Inverse(measure):
                actual, target = self.actual(measure), self.target(measure)
                if actual == 0:
                    return self.scale if target == 0 else float(self.rule.cap or 0)
                return target / actual * self.scale
            case Bands(bands):
                number = self.number(base.subject, base.measure)
                # Bands cover every value once, so only their lower ends need comparing, from the top.
                reached = (band for band in reversed(bands[1:]) if holds(band.condition.lower_end, number))
                band = next(reached, bands[0])
                if band.points is None:
                    return self.number(Subject.ACHIEVEMENT, base.measure) * self.scale
                return float(band.points)
            case Linear(subject, _, measure):
                return interpolate(base, self.number(subject, measure))
            case Meet(points, otherwise, at_least, measure):
                ahead = self.actual(measure) - self.target(measure)
                met = round(ahead if at_least else -ahead, 9) >= 0
                return float(points if met else otherwise)
            case Levels(levels, measure):
                return next(float(p) for name, p in levels if name.lower() == str(self.actuals[measure]).lower())


def _blank(value: Value) -> bool:
    return value is None or value == ""


def is_number(value: object) -> bool:
    """Whether a cell holds a finite number; a boolean is none, nor is a date."""
    if type(value) is float:  # what cells hold; the abstract classes below are slow to ask
        return math.isfinite(value)
    return isinstance(value, Real | Decimal) and not isinstance(value, bool) and math.isfinite(value)


def _require(rule: Rule, need: Need, actual: Value, target: Value) -> None:
    if _meets(rule, need, actual, target):
        return
    read = {Need.ACTUAL_NUMBER: actual, Need.ACTUAL_LEVEL: actual, Need.TARGET_NUMBER: target}.get(need)
    if reasons.is_refusal(read):
        raise ScoreError(reasons.PASSED, text=read)
    raise ScoreError(reasons.NEED[need])


def _meets(rule: Rule, need: Need, actual: Any, target: Any) -> bool:
    match need:
        case Need.ACTUAL_NUMBER:
            return is_number(actual)
        case Need.TARGET_NUMBER:
            return is_number(target)
        case Need.ACTUAL_LEVEL:
            assert isinstance(rule.base, Levels)
            return isinstance(actual, str) and actual.lower() in {name.lower() for name, _ in rule.base.levels}
        case Need.COUNT:
            return bool(actual >= 0 and round(actual - round(actual), 9) == 0)
        case Need.POSITIVE_TARGET:
            return bool(target > 0)
        case Need.INVERTIBLE:
            # A rule's own base stands in for the target, and is above 0.
            return bool(actual >= 0 and (rule.origin(rule.base.measure) or target > 0 or target == actual == 0))  # type: ignore[union-attr]


# --- the public functions -------------------------------------------------------------------------------------------

Cells = Value | Sequence[Value]


def as_list(cells: Cells) -> list[Value]:
    """The values of one cell or of a range, one per measure."""
    if isinstance(cells, Sequence) and not isinstance(cells, str):
        return list(cells)
    return [cells]


def kpi_score(actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None) -> float | str | None:
    """Score an indicator.

    actual, target: a number, or one per measure where the rule names several; rates as fractions.
    rule: the sentence of the form (评分标准) or a `Rule`. unit: the row's unit; "%" makes a bare 每低5% mean
    percentage points.

    Returns the score on the 100 scale, unrounded; the text 一票否决 where a veto holds; None where a cell that a
    clause reads is empty. Raises `RuleError` for the sentence, `ScoreError` for the numbers.
    """
    outcome = appraise(actual, target, rule, unit)
    if outcome is None:
        return None
    if outcome.score == VETO and isinstance(rule, str):
        return reasons.veto(language_of(rule))
    return outcome.score


def appraise(actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None) -> Outcome | None:
    """As `kpi_score`, with what was deducted."""
    parsed = parse(rule, unit) if isinstance(rule, str) else rule
    actuals, targets = as_list(actual), as_list(target)
    targets += [None] * (len(actuals) - len(targets))
    return evaluate(parsed, actuals, targets)


def step_deduct(
    actual: float | None,
    target: float | None,
    step: float,
    points: float,
    side: str = "short",
    basis: str = "absolute",
) -> float | None:
    """Points to deduct (≥ 0, unclipped) for every whole `step` that the actual is away from the target.

    side: "short" (below the target, the default) or "over". basis: "absolute" (the default; for rates `step` is in
    percentage points, 0.05) or "relative" (`step` is a share of the target, which must be above 0).
    Returns None where actual or target is empty. Raises `ScoreError`.
    """
    if side not in ("short", "over") or basis not in ("absolute", "relative"):
        raise ScoreError(reasons.SIDE_OR_BASIS)
    if not (is_number(step) and is_number(points) and step > 0 and points >= 0):
        raise ScoreError(reasons.STEP_AND_POINTS)
    rule = Rule(adjustments=(Step(Side(side), Decimal(repr(float(step))), Decimal(repr(float(points))), Basis(basis)),))
    outcome = evaluate(rule, [actual], [target])
    return None if outcome is None else outcome.deducted


def deduct_by_rule(actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None) -> float | None:
    """The deductions of a rule that does nothing but deduct from 100 down to 0 (≥ 0, unclipped, 100 scale).

    Any other rule raises `ScoreError`: its score does not follow from its deductions.
    """
    parsed = parse(rule, unit) if isinstance(rule, str) else rule
    if not parsed.only_deducts:
        raise ScoreError(reasons.NOT_ONLY_DEDUCTING)
    outcome = appraise(actual, target, parsed)
    return None if outcome is None else outcome.deducted


def weighted_total(scores: Sequence[Value], weights: Sequence[Value], partial: bool = False) -> float | None:
    """Σ score × weight ÷ Σ weight over the rows with weight > 0, rounded half up to 2 decimals.

    Rows marked 不适用 (不適用, n/a) are left out; 一票否决 (一票否決, veto) makes the total 0; an empty score makes
    it None, unless `partial`, which divides by the weights of what is filled. Raises `ScoreError` for a score that is
    a `#KPI` text or no number, and where nothing has a weight.
    """
    rows = [
        (score, weight)
        for score, weight in zip(scores, map(_weight, weights), strict=True)
        if weight > 0 and str(score).lower() not in NOT_APPLICABLE
    ]
    if not rows:
        raise ScoreError(reasons.NO_WEIGHTS)
    for score, _ in rows:
        if reasons.is_refusal(score):
            raise ScoreError(reasons.PASSED, text=score)
        if not (_blank(score) or score in reasons.VETOES or is_number(score)):
            raise ScoreError(reasons.SCORE_NOT_NUMBER)
    if any(score in reasons.VETOES for score, _ in rows):
        return 0.0
    filled = [(float(score), weight) for score, weight in rows if not _blank(score)]  # type: ignore[arg-type]
    if not filled or (len(filled) < len(rows) and not partial):
        return None
    return round_half_up(sum(score * weight for score, weight in filled) / sum(weight for _, weight in filled))


def round_half_up(number: float, places: int = 2) -> float:
    """Round half away from zero as spreadsheets do: on the 15 digits that they hold."""
    if not abs(number) < 1e15:  # no digits behind the point are left, or it is not a number
        return number
    return float(Decimal(f"{number:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _weight(value: Value) -> float:
    """A weight as a number, 0 where the cell is empty."""
    if _blank(value):
        return 0.0
    if not is_number(value):
        if reasons.is_refusal(value):
            raise ScoreError(reasons.PASSED, text=value)
        raise ScoreError(reasons.WEIGHT_NOT_NUMBER)
    return float(value)  # type: ignore[arg-type]
