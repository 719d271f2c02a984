"""Prepares a rule for scoring: whether the cells meet its needs, and its arithmetic as a function of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from xlkpi.i18n.messages import LocalizedError
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.rules.model import Levels
from xlkpi.rules.row import doubtful_up_to
from xlkpi.rules.rule import Need, Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.arithmetic import Arithmetic, Plainly, arithmetic_of, plainly_of

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
        self.only_deducts, self.scale = rule.only_deducts, float(rule.scale)
        self.edges = rule.rate_edges
        self._rule = rule
        self._measures = rule.measures
        self._numbers = tuple(measure for need, measure in rule.needs if need is Need.ACTUAL_NUMBER)
        self._targets = tuple(measure for need, measure in rule.needs if need is Need.TARGET_NUMBER)
        self._further = tuple(
            (need, m) for need, m in rule.needs if need not in (Need.ACTUAL_NUMBER, Need.TARGET_NUMBER)
        )

    @cached_property
    def _arithmetic(self) -> Arithmetic:
        return arithmetic_of(self._rule)

    @cached_property
    def plainly(self) -> Plainly:
        """(score, deducted) of what a host hands over, where it is plain: as `outcome`, without its questions."""
        return plainly_of(self._rule, self._arithmetic, doubtful_up_to(self.edges))

    def outcome(self, actuals: list[Any], targets: list[Any]) -> tuple[float | str, float] | None:
        """(score, deducted) of cells: one actual and one target per measure. Both lists are changed.

        A plain tuple, because this runs for every cell; `Outcome(*…)` gives it names. Returns None where a cell that a
        clause reads is empty (None or ""). Raises `ScoreError` for the first need of the rule that the cells do not
        meet, and for filled cells beyond the rule's measures.
        """
        measures = self._measures
        if len(actuals) < measures:
            raise ScoreError(reasons.TOO_FEW_MEASURES)
        if len(actuals) > measures or len(targets) > measures:
            self._refuse_further(actuals, targets)
        try:
            for cells, read in (actuals, self._numbers), (targets, self._targets):
                for measure in read:
                    number = cells[measure]
                    if not is_number(number):
                        self._refuse(actuals, targets)
                        return None
                    cells[measure] = float(number)
            for need, measure in self._further:
                if not self._met(need, measure, actuals, targets):
                    self._refuse(actuals, targets)
                    return None
            return self._arithmetic(*actuals[:measures], *targets[:measures])
        except ScoreError:
            raise
        except (OverflowError, ZeroDivisionError, ValueError):  # beyond what a float holds: ∞, 1 ÷ 0, ∞ ÷ ∞
            if self._any_blank(actuals, targets):
                return None
            raise ScoreError(reasons.TOO_LARGE) from None

    def _met(self, need: Need, m: int, actuals: Sequence[Any], targets: Sequence[Any]) -> bool:
        """Whether the cells of a measure meet a need; those before it in the order of the needs are met."""
        actual, target = actuals[m], targets[m]
        match need:
            case Need.ACTUAL_NUMBER:
                return is_number(actual)
            case Need.TARGET_NUMBER:
                return is_number(target)
            case Need.ACTUAL_LEVEL:
                assert isinstance(self._rule.base, Levels)
                return isinstance(actual, str) and actual.lower() in {
                    name.lower() for name, _ in self._rule.base.levels
                }
            case Need.COUNT:
                return bool(actual >= 0 and round(actual - round(actual), 9) == 0)
            case Need.POSITIVE_TARGET:
                return bool(target > 0)
            case Need.INVERTIBLE:  # the rule's own base, where it has one, stands in for the target, and is above 0
                return bool(actual >= 0 and (self._rule.origin(m) or target > 0 or target == actual == 0))

    def _refuse(self, actuals: Sequence[Value], targets: Sequence[Value]) -> None:
        """Raise `ScoreError` for the first need that is not met; return where a cell is empty, which is no error."""
        if self._any_blank(actuals, targets):
            return
        for need, measure in self._rule.needs:  # every engine checks them in this order
            if not self._met(need, measure, actuals, targets):
                raise _refusal(need, actuals[measure], targets[measure])

    def _refuse_further(self, actuals: Sequence[Value], targets: Sequence[Value]) -> None:
        """Refuse filled cells beyond the measures: the score of the first ones would pass for that of all."""
        further = (*actuals[self._measures :], *targets[self._measures :])
        if any(value is not None and value != "" for value in further):
            raise ScoreError(reasons.TOO_MANY_MEASURES)

    def _any_blank(self, actuals: Sequence[Value], targets: Sequence[Value]) -> bool:
        read = [*(actuals[m] for m in range(self._measures)), *(targets[m] for m in self._targets)]
        return any(value is None or value == "" for value in read)


def _refusal(need: Need, actual: Value, target: Value) -> ScoreError:
    read = {Need.ACTUAL_NUMBER: actual, Need.ACTUAL_LEVEL: actual, Need.TARGET_NUMBER: target}.get(need)
    if reasons.is_refusal(read):
        return ScoreError(reasons.PASSED, text=read)
    return ScoreError(reasons.NEED[need])
