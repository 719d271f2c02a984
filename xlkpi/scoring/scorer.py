"""Prepares a rule for scoring: its needs and clauses become functions, which are called for every cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from xlkpi.i18n.messages import LocalizedError
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.rules.model import Levels
from xlkpi.rules.rule import Need, Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.arithmetic import OfCells, base_of, condition_of, points_of

VETO = reasons.VETO
"""The score of an `Outcome` where a veto holds; a cell shows it in the language of the rule."""


class ScoreError(LocalizedError):
    """Inputs that cannot be scored; the message says why, and a cell shows it after `#KPI `.

    Where an input is the `#KPI …` of another cell, the message is that text.
    """


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of scoring by a rule.

    score: on the 100 scale (above 100 only where the rule says so), or the text 一票否决. deducted: points on the
    rule's own scale, as its sentence says them; the sum of the deductions if the rule only deducts, else base − score
    (≥ 0) if it has deductions or cliffs.
    """

    score: float | str
    deducted: float


class Scorer:
    """A rule as functions of the cells of its measures."""

    def __init__(self, rule: Rule) -> None:
        self.only_deducts = rule.only_deducts
        self.edges = rule.rate_edges
        self._measures = rule.measures
        # Every engine checks them in this order.
        self._needs = tuple((_meets(rule, need, measure), need, measure) for need, measure in rule.needs)
        self._numbers = tuple(measure for need, measure in rule.needs if need is Need.ACTUAL_NUMBER)
        self._targets = tuple(measure for need, measure in rule.needs if need is Need.TARGET_NUMBER)
        self._further = tuple(
            met for met, need, _ in self._needs if need not in (Need.ACTUAL_NUMBER, Need.TARGET_NUMBER)
        )
        self._origins = tuple((measure, float(amount.value)) for measure, amount in rule.origins)
        self._vetoes = tuple(map(condition_of, rule.vetoes))
        self._base = base_of(rule)
        self._deductions = tuple(points_of(adjustment) for adjustment in rule.adjustments if not adjustment.bonus)
        self._bonuses = tuple(points_of(adjustment) for adjustment in rule.adjustments if adjustment.bonus)
        self._cliffs = tuple((condition_of(cliff.condition), float(cliff.points)) for cliff in rule.cliffs)
        self._cap = None if rule.cap is None else float(rule.cap)
        self._floor, self.scale = float(rule.floor), float(rule.scale)

    def outcome(self, actuals: list[Any], targets: list[Any]) -> tuple[float | str, float] | None:
        """(score, deducted) of cells: one actual and one target per measure. Both lists are changed.

        A plain tuple, because this runs for every cell; `Outcome(*…)` gives it names. Returns None where a cell that a
        clause reads is empty (None or ""). Raises `ScoreError` for the first need of the rule that the cells do not
        meet, and for filled cells beyond the rule's measures.
        """
        if len(actuals) < self._measures:
            raise ScoreError(reasons.TOO_FEW_MEASURES)
        if len(actuals) > self._measures or len(targets) > self._measures:
            self._refuse_further(actuals, targets)
        try:
            for cells, measures in (actuals, self._numbers), (targets, self._targets):
                for measure in measures:
                    number = cells[measure]
                    if not is_number(number):
                        self._refuse(actuals, targets)
                        return None
                    cells[measure] = float(number)
            for met in self._further:
                if not met(actuals, targets):
                    self._refuse(actuals, targets)
                    return None
            return self._score(actuals, targets)
        except ScoreError:
            raise
        except (OverflowError, ZeroDivisionError, ValueError):  # beyond what a float holds: ∞, 1 ÷ 0, ∞ ÷ ∞
            if self._any_blank(actuals, targets):
                return None
            raise ScoreError(reasons.TOO_LARGE) from None

    def _refuse(self, actuals: Sequence[Value], targets: Sequence[Value]) -> None:
        """Raise `ScoreError` for the first need that is not met; return where a cell is empty, which is no error."""
        if self._any_blank(actuals, targets):
            return
        for met, need, measure in self._needs:
            if not met(actuals, targets):
                raise _refusal(need, actuals[measure], targets[measure])

    def _refuse_further(self, actuals: Sequence[Value], targets: Sequence[Value]) -> None:
        """Refuse filled cells beyond the measures: the score of the first ones would pass for that of all."""
        further = (*actuals[self._measures :], *targets[self._measures :])
        if any(value is not None and value != "" for value in further):
            raise ScoreError(reasons.TOO_MANY_MEASURES)

    def _any_blank(self, actuals: Sequence[Value], targets: Sequence[Value]) -> bool:
        read = [*(actuals[m] for m in range(self._measures)), *(targets[m] for m in self._targets)]
        return any(value is None or value == "" for value in read)

    def _score(self, actuals: list[Any], targets: list[Any]) -> tuple[float | str, float]:
        """A veto or cliff that holds decides; otherwise base → cap → deductions → bonuses → cap → floor."""
        for measure, own in self._origins:
            targets[measure] = own
        for holds in self._vetoes:
            if holds(actuals, targets):
                return VETO, 0.0
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
        if self.scale != 100:  # else there is nothing to rescale, nor to round on the way
            score = score * 100 / self.scale
        if not (isfinite(base) and isfinite(score) and isfinite(deducted)):
            raise OverflowError
        return score, deducted


def _refusal(need: Need, actual: Value, target: Value) -> ScoreError:
    read = {Need.ACTUAL_NUMBER: actual, Need.ACTUAL_LEVEL: actual, Need.TARGET_NUMBER: target}.get(need)
    if reasons.is_refusal(read):
        return ScoreError(reasons.PASSED, text=read)
    return ScoreError(reasons.NEED[need])


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
