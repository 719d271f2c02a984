"""Scores a filled form: inputs → scores, total, grade, alerts. Pure.

The form's formulas show the same results; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from xlkpi.appraisal.exceptions import EMPTY, IN_FORCE, judged
from xlkpi.appraisal.inputs import Inputs, Spare, operand_values
from xlkpi.appraisal.ratings import Rating, score_of
from xlkpi.appraisal.states import State, effective_weights, states_of
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Alert, Indicator, Part, Role
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS, language_of
from xlkpi.i18n.messages import LocalizedError
from xlkpi.i18n.numbers import Value, is_number, plain, round_half_up
from xlkpi.rules.model import RuleError
from xlkpi.scoring import grades, reasons, scores
from xlkpi.scoring.receipt import receipt_of
from xlkpi.scoring.scorer import VETO, ScoreError
from xlkpi.scoring.scores import weighted_total


class Written(NamedTuple):
    """What a receipt tells: most are never read, and making one takes longer than scoring."""

    actuals: tuple[Value, ...]
    targets: tuple[Value, ...]
    rule: str
    unit: str | None
    language: str

    def text(self) -> str:
        outcome = scores.appraise(self.actuals, self.targets, self.rule, self.unit)
        assert outcome is not None, "it was scored"
        rule = scores.rule_of(self.rule, self.unit)
        return receipt_of(outcome, self.actuals, self.targets, rule, self.unit, self.language)


@dataclass(frozen=True, slots=True)
class IndicatorResult:
    """The result of one indicator: a `#KPI …` text for what cannot be computed, None for what is empty."""

    id: str
    label: str
    applies: bool
    weight: float
    """Effective weight in the total, in per cent."""
    actual: tuple[Value, ...]
    target: tuple[Value, ...]
    score: Value
    deducted: float | None
    written: Written | str | None
    """How the score was reached: as a text, or what that is told of when somebody reads it."""
    rating: Rating | None = None
    """What people think of it, on a form with ratings."""
    situation: str = ""
    """One of `SITUATIONS` where the score, or that there is none, does not come from the rule for that reason."""

    @property
    def receipt(self) -> str | None:
        """How the score was reached, for people; None where there is nothing to tell."""
        return self.written.text() if isinstance(self.written, Written) else self.written


@dataclass(frozen=True)
class Appraisal:
    """The result of one form. total: the weighted total; final: the total with events; grade: of `final`."""

    role: Role
    inputs: Inputs
    indicators: tuple[IndicatorResult, ...]
    total: Value
    final: Value
    grade: str | None
    alerts: tuple[tuple[str, str], ...]
    """(alert id, text)."""

    @property
    def complete(self) -> bool:
        """Whether there is a final score, and with it a grade."""
        return is_number(self.final)


def appraise(role: Role, inputs: Inputs, values: Mapping[Operand, Value] | None = None) -> Appraisal:
    """Score a form; what cannot be scored holds its `#KPI …` text, in the language of the form or of the rule.

    values: the `operand_values` of the inputs, where they are known.
    """
    values = operand_values(role, inputs) if values is None else values
    states = states_of(role, inputs, values)
    weights = effective_weights(role, inputs, states)
    results = tuple(
        _indicator(role, inputs, indicator, values, states[indicator.id], weights[indicator.id])
        for indicator in role.indicators
    )
    results += tuple(_spare(spare, inputs) for spare in inputs.spare if spare.used)
    total: Value
    try:
        total = weighted_total([result.score for result in results], [result.weight for result in results])
    except ScoreError as error:
        total = _refused(error, inputs.language)
    labels = words(inputs.language)
    ruled = {**values, **dict(_ruled_operands(role, inputs))}
    raised = [alert for alert in role.alerts if _holds(alert, ruled, role)]
    alerts = (*_alerts(raised, inputs, states, labels), *_vetoes(results, labels))
    vetoed = any(result.score in reasons.VETOES and result.weight > 0 for result in results)
    final = _final(total, inputs, vetoed=vetoed)
    ceiling = inputs.red_line_total if any(alert.red_line for alert in raised) else None
    grade = graded(final, [ceiling], inputs.grade_scale or grades.DEFAULT_GRADES)
    return Appraisal(role, inputs, results, total, final, grade, alerts)


def _final(total: Value, inputs: Inputs, *, vetoed: bool) -> Value:
    """The total with the events added, never below 0; events do not count beside a veto."""
    if not is_number(total) or vetoed:
        return total
    events = [event for event in inputs.events if event not in (None, "")]
    if not all(is_number(event) for event in events):
        return reasons.cell_text(reasons.EVENT_NOT_NUMBER, inputs.language)
    added = max(-inputs.events_limit, min(inputs.events_limit, sum(map(float, events))))
    return max(0.0, round_half_up(float(total) + added))


def graded(final: Value, ceilings: Iterable[float | None], scale: str) -> str | None:
    """The grade of a final, limited by the lowest ceiling of crossed red lines; None where there is no final."""
    if not is_number(final):
        return None
    points = min([float(final), *(ceiling for ceiling in ceilings if ceiling is not None)])
    try:
        return grades.grade(points, scale)
    except RuleError as error:
        return _refused(error, language_of(scale))


def _refused(error: LocalizedError, language: str) -> str:
    """The `#KPI …` text of an error, in this language."""
    return reasons.cell_text(error.told(language).message)


def _evaluate(expression: Expression, values: Mapping[Operand, Value], role: Role, language: str) -> Value:
    try:
        return expression.evaluate(values, role.labels)
    except ScoreError as error:
        return _refused(error, language)


# --- indicators -----------------------------------------------------------------------------------------------------


def _target(part: Part, typed: Value, values: Mapping[Operand, Value], role: Role, language: str) -> Value:
    return typed if part.target_formula is None else _evaluate(part.target_formula, values, role, language)


def _indicator(
    role: Role, inputs: Inputs, indicator: Indicator, values: Mapping[Operand, Value], state: State, weight: float
) -> IndicatorResult:
    rating = None if inputs.shares is None else inputs.ratings.get(indicator.id, Rating())
    actuals: list[Value]
    if rating is not None and indicator in role.rated:
        # What was ruled is in the place of the superior's rating; those of the others count on.
        rating = replace(rating, superior=inputs.rulings.get((indicator.id, 0), rating.superior))
        actuals = [rating.superior]
    else:
        # The actual of a rated indicator is a word, which arithmetic would refuse.
        rated = bool(indicator.levels)
        actuals = [
            values[part.actual.operands[0]] if rated else _evaluate(part.actual, values, role, inputs.language)
            for part in indicator.parts
        ]
    actuals = [inputs.rulings.get((indicator.id, part), actual) for part, actual in enumerate(actuals)]
    typed = inputs.targets[indicator.id]
    pairs = zip(indicator.parts, typed, strict=True)
    targets = [_target(part, value, values, role, inputs.language) for part, value in pairs]
    score: Value
    deducted: float | None = None
    receipt: Written | str | None = None
    if state.by_rule:
        rule, unit = inputs.rules[indicator.id], inputs.units[indicator.id]
        if rating is not None and inputs.shares is not None and indicator in role.rated:
            score, deducted, receipt = _rated(rating, inputs.shares, rule, unit, inputs.language)
        else:
            score, deducted, receipt = _scored(actuals, targets, rule, unit, inputs.language)
    else:
        score, receipt = state.score, state.receipt
    return IndicatorResult(
        indicator.id,
        indicator.label,
        state.counts,
        weight,
        tuple(actuals),
        tuple(targets),
        score,
        deducted,
        receipt,
        rating,
        state.situation,
    )


def _spare(spare: Spare, inputs: Inputs) -> IndicatorResult:
    actual = inputs.rulings.get((spare.id, 0), spare.actual)
    score: Value = None
    deducted: float | None = None
    receipt: Written | None = None
    if spare.weight in (None, "") or actual in (None, "") or not spare.rule:
        pass
    elif not spare.weighs:
        score = reasons.cell_text(reasons.WEIGHT_NOT_SHARE, inputs.language)
    else:
        score, deducted, receipt = _scored([actual], [spare.target], spare.rule, spare.unit, inputs.language)
    return IndicatorResult(
        spare.id, spare.label, True, 100 * spare.share, (actual,), (spare.target,), score, deducted, receipt
    )


def _scored(
    actuals: Sequence[Value], targets: Sequence[Value], sentence: str, unit: str, language: str
) -> tuple[Value, float | None, Written | None]:
    """(score, deduction, receipt) as cells show them."""
    try:
        outcome = scores.appraise(actuals, targets, sentence, unit or None)
    except RuleError as error:
        return reasons.unreadable(error), None, None
    except ScoreError as error:
        return _refused(error, language_of(sentence)), None, None
    if outcome is None:
        return None, None, None
    receipt = Written(tuple(actuals), tuple(targets), sentence, unit or None, language)
    vetoed = outcome.score == VETO
    return reasons.veto(language_of(sentence)) if vetoed else outcome.score, outcome.deducted, receipt


def _ruled_operands(role: Role, inputs: Inputs) -> Iterator[tuple[Operand, Value]]:
    """The measures that are themselves an actual on which was ruled: alerts read what was ruled, too."""
    for (id, part), value in inputs.rulings.items():
        actuals = [one.actual for indicator in role.indicators if indicator.id == id for one in indicator.parts]
        if part < len(actuals) and actuals[part].text.strip() in map(str, actuals[part].operands):
            yield actuals[part].operands[0], value


def _rated(
    rating: Rating, shares: Shares, sentence: str, unit: str, language: str
) -> tuple[Value, float | None, str | None]:
    """As `_scored`, of what several people think."""
    try:
        scored = score_of(rating, shares, sentence, unit or None, language)
    except RuleError as error:
        return reasons.unreadable(error), None, None
    except ScoreError as error:
        return _refused(error, language_of(sentence)), None, None
    return (None, None, None) if scored is None else (scored[0], 0.0, scored[1])


def _holds(alert: Alert, values: Mapping[Operand, Value], role: Role) -> bool:
    return any(_evaluate(condition, values, role, HANS) == 1 for condition in alert.when)


def _alerts(
    raised: Iterable[Alert], inputs: Inputs, states: Mapping[str, State], labels: Labels
) -> list[tuple[str, str]]:
    alerts = [(alert.id, alert.text) for alert in raised]
    own = {"weight_moved": not all(state.counts for state in states.values())}
    own["missing_open"] = any(state.blocked for state in states.values())
    lines = judged(inputs.exceptions or (), inputs.labels, inputs.language)
    own["exceptions_open"] = any(line.state not in (EMPTY, IN_FORCE) for line in lines)
    alerts += [(key, labels(key)) for key, holds in own.items() if holds]
    return alerts


def _vetoes(results: Sequence[IndicatorResult], labels: Labels) -> list[tuple[str, str]]:
    """An alert for each veto that holds, with the total without the vetoed indicators."""
    others = [result for result in results if result.score not in reasons.VETOES]
    if len(others) == len(results):
        return []
    try:
        without = weighted_total([r.score for r in others], [r.weight for r in others], partial=True)
    except ScoreError:
        without = None
    beside = "" if without is None else labels("veto_beside", total=plain(without))
    vetoed = (result for result in results if result.score in reasons.VETOES)
    return [("veto", labels("veto_alert", label=result.label) + beside) for result in vetoed]
