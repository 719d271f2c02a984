"""Computes for each measure where the next step or band begins, and what reaching it would bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from xlkpi.analysis.next_step import NextEdge, next_step
from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.rules.model import Subject
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.scores import kpi_score
from xlkpi.writer.formulas.next_step import NextStepText


@dataclass(frozen=True)
class NextStep:
    """What the next step or band of one measure would bring, with all else unchanged.

    text: the text of the form's column 距下一档. score, total: additional points of the indicator and of the weighted
    total; None where the number at which the step begins cannot be scored; total is None also while a veto holds.
    """

    label: str
    text: str
    score: float | None
    total: float | None


def steps(appraisal: Appraisal, shares: Mapping[str, float], *, vetoed: bool) -> list[NextStep]:
    """The next steps of a form, the most rewarding first.

    shares: indicator → share of the weighted total, 0 to 1. vetoed: the total is 0, whatever a step brings.
    """
    gains = [
        (step, (step.score or 0.0) * shares[result.id])
        for result in appraisal.indicators
        if shares[result.id] > 0
        for step in _steps(appraisal, result)
    ]
    gains.sort(key=lambda pair: -pair[1])
    return [step if vetoed or step.score is None else replace(step, total=gain) for step, gain in gains]


def _steps(appraisal: Appraisal, result: IndicatorResult) -> Iterator[NextStep]:
    """The next step of every measure of an indicator, without its gain in the total."""
    form_labels = words(appraisal.inputs.language)
    if not is_number(result.score) or result.situation or result.receipt == form_labels("unmet_receipt"):
        return
    sentence, units, labels = _row(appraisal, result)
    rule = parse(sentence, units[0] or None)
    for measure, label in enumerate(labels[: len(rule.labels)]):
        actual, target = result.actual[measure], result.target[measure]
        if not is_number(actual) or (rule.reads_target(measure) and not is_number(target)):
            continue
        aim = _aim(rule, measure, target)
        edge = next_step(rule, measure, float(actual), aim)
        if edge is not None:
            text = NextStepText(units[measure], form_labels).text(edge, float(actual), aim)
            yield NextStep(label, text, _gain(rule, result, measure, edge, aim), None)


def _row(appraisal: Appraisal, result: IndicatorResult) -> tuple[str, list[str], list[str]]:
    """The sentence of an indicator, and the unit and label of each of its measures."""
    inputs = appraisal.inputs
    for spare in inputs.spare:
        if spare.id == result.id:
            return spare.rule, [spare.unit], [spare.label]
    indicator = next(indicator for indicator in appraisal.role.indicators if indicator.id == result.id)
    units = [inputs.units[result.id], *(part.unit for part in indicator.parts[1:])]
    labels = [result.label, *(f"{result.label} · {part.label}" for part in indicator.parts[1:])]
    return inputs.rules[result.id], units, labels


def _aim(rule: Rule, measure: int, target: Value) -> float:
    """The number that steps are counted from: the rule's own base, else the target."""
    origin = rule.origin(measure)
    if origin is not None:
        return float(origin.value)
    return float(target) if is_number(target) else 0.0


def _gain(rule: Rule, result: IndicatorResult, measure: int, edge: NextEdge, aim: float) -> float | None:
    """The score at the next step minus the score now, by the whole rule with caps, floors and other clauses."""
    actuals = list(result.actual)
    actuals[measure] = _reached(edge, float(actuals[measure]), aim)  # type: ignore[arg-type]
    try:
        score = kpi_score(actuals, result.target, rule)
    except ScoreError:
        return None
    return float(score) - float(result.score) if is_number(score) else None  # type: ignore[arg-type]


def _reached(edge: NextEdge, actual: float, aim: float) -> float:
    """An actual that reaches the next step: the edge itself, or just beyond an edge that is excluded."""
    position = edge.edge * aim if edge.subject is Subject.ACHIEVEMENT else edge.edge
    current = abs(actual - aim) if edge.deviation else actual
    # Small compared with every step, large compared with the rounding of steps to 9 decimals.
    beyond = 1e-6 * (max(abs(position), abs(position - current)) or 1.0)
    number = position + {">": beyond, "<": -beyond}.get(edge.sign, 0.0)
    if not edge.deviation:
        return number
    return aim + number if actual >= aim else aim - number
