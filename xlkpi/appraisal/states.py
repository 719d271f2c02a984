"""How each indicator of a form counts: by its rule, with a fixed score, or not at all. Pure.

In this order: a line of 不计分事项; a newcomer without values of the period before; the role's condition; a divisor
that is 0 because there was no occasion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xlkpi.appraisal.exceptions import IN_FORCE, MISSING, NO_OCCASION, NOT_APPLICABLE, judged, situation_words
from xlkpi.appraisal.inputs import Inputs
from xlkpi.catalogue.appraising.policies import BLOCK, CARRY_OVER, FULL, LEAVE_OUT, NOTHING, ZERO
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number, plain, round_half_up
from xlkpi.scoring import reasons
from xlkpi.scoring.scorer import ScoreError


@dataclass(frozen=True)
class State:
    """How an indicator counts.

    by_rule: whether its rule scores it; else `score` is what its cell shows, and `receipt` why. counts: whether it has
    a weight. situation: one of `SITUATIONS` where that is the reason, else "". lines: places of the lines that say so.
    """

    by_rule: bool = True
    counts: bool = True
    score: Value = None
    receipt: str | None = None
    situation: str = ""
    lines: tuple[int, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether its data is missing, and the role wants no total without it."""
        return not self.by_rule and self.score is None


def states_of(role: Role, inputs: Inputs, values: Mapping[Operand, Value]) -> dict[str, State]:
    """The state of every indicator of the role."""
    lines: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for line in judged(inputs.exceptions or (), inputs.labels, inputs.language):
        if line.state == IN_FORCE:
            lines[line.indicator].append((line.line.place, line.situation))
    deciding = _Deciding(role, inputs, values)
    return {indicator.id: deciding.state(indicator, lines[indicator.id]) for indicator in role.indicators}


class _Deciding:
    def __init__(self, role: Role, inputs: Inputs, values: Mapping[Operand, Value]) -> None:
        self.role, self.inputs, self.values = role, inputs, values
        self.labels = words(inputs.language)

    def state(self, indicator: Indicator, lines: Sequence[tuple[int, str]]) -> State:
        if not lines:
            return self._without_line(indicator)
        places = tuple(place for place, _ in lines)
        if len(lines) > 1:
            return State(False, score=self._refused(reasons.EXCEPTION_TWICE), lines=places)
        situation = lines[0][1]
        if situation == NOT_APPLICABLE:
            state = self._left_out(situation)
        elif situation == MISSING:
            state = self._missing(indicator)
        else:
            state = self._no_occasion(indicator) or State(False, score=self._refused(reasons.NO_OCCASION))
        return replace(state, situation=situation, lines=places)

    def _without_line(self, indicator: Indicator) -> State:
        if self.inputs.newcomer:
            before = self.role.newcomer_conditions(indicator)
            if any(self.values[Operand(measure)] in (None, "") for measure in before):
                return State(False, counts=False, score=self.labels("not_applicable"))
        if indicator.applies is not None:
            try:
                met = indicator.applies.evaluate(self.values, self.role.labels)
            except ScoreError as error:
                return State(False, score=reasons.cell_text(error.told(self.inputs.language).message))
            if met is not None and not met:  # an empty condition means "applies"
                return self._unmet(indicator)
        return self._by_divisor(indicator)

    def _unmet(self, indicator: Indicator) -> State:
        if indicator.unmet == "redistribute":
            return State(False, counts=False, score=self.labels("not_applicable"))
        return State(False, score=0.0, receipt=self.labels("unmet_receipt"))

    def _by_divisor(self, indicator: Indicator) -> State:
        """By the rule, unless a divisor of an actual is 0."""
        rated = bool(indicator.levels)
        if rated or not any(part.actual.divides_by_zero(self.values) for part in indicator.parts):
            return State()
        if state := self._no_occasion(indicator):
            return replace(state, situation=NO_OCCASION)
        if self.inputs.exceptions is None:  # the cell of the actual says that it divides by 0
            return State()
        return State(False, score=self._refused(reasons.ZERO_OCCASION))

    def _missing(self, indicator: Indicator) -> State:
        policy, carried = self.role.if_missing(indicator), self.inputs.carried.get(indicator.id)
        if policy == LEAVE_OUT:
            return self._left_out(MISSING)
        if policy == ZERO:
            return State(False, score=0.0, receipt=self.labels("missing_zero"))
        if policy == CARRY_OVER and is_number(carried):
            told = (self.labels(key) for key in ("missing_carried", "receipt_score", "receipt_mark"))
            text, between, mark = told
            return State(False, score=float(carried), receipt=f"{text}{between}{plain(round_half_up(carried))}{mark}")
        assert policy in (BLOCK, CARRY_OVER)
        return State(False, receipt=self.labels("missing_block"))

    def _no_occasion(self, indicator: Indicator) -> State | None:
        """What the role says; None where it says nothing."""
        if indicator.no_occasion == LEAVE_OUT:
            return self._left_out(NO_OCCASION)
        if indicator.no_occasion in (FULL, NOTHING):
            score = 100.0 if indicator.no_occasion == FULL else 0.0
            return State(False, score=score, receipt=self.labels(f"no_occasion_{indicator.no_occasion}"))
        return None

    def _left_out(self, situation: str) -> State:
        receipt = self.labels("moved_situation", situation=situation_words(self.inputs.language)[situation])
        return State(False, counts=False, score=self.labels("not_applicable"), receipt=receipt)

    def _refused(self, reason: str) -> str:
        return reasons.cell_text(reason, self.inputs.language)


def effective_weights(role: Role, inputs: Inputs, states: Mapping[str, State]) -> dict[str, float]:
    """Weights in per cent of the total; that of an indicator that does not count goes to the rest of its group."""
    groups: dict[str, list[str]] = defaultdict(list)
    for indicator in role.indicators:
        groups[indicator.group].append(indicator.id)
    weights: dict[str, float] = {}
    for ids in groups.values():
        total = sum(inputs.weights[id] for id in ids)
        counting = sum(inputs.weights[id] for id in ids if states[id].counts)
        for id in ids:
            counts = states[id].counts and counting > 0
            weights[id] = 100 * inputs.weights[id] * (total / counting) if counts else 0.0
    return weights
