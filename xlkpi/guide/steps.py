"""What a guide says of one more step: where the next step or band of a measure begins, and what it would bring."""

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
    """What the next step or band of one measure would bring, all else unchanged.

    text: as the form says it under 距下一档. score, total: points more of the indicator and of the weighted total; None
    where the number at which it begins cannot be scored; total also while a veto holds.
    """

    label: str
    text: str
    score: float | None
    total: float | None


def steps(appraisal: Appraisal, shares: Mapping[str, float], *, vetoed: bool) -> list[NextStep]:
    """The next steps of a form, those that bring most first.

    shares: of the weighted total by indicator, 0 to 1. While a veto holds the total is 0, whatever a step brings.
    """
    found = [
        (step, (step.score or 0.0) * shares[result.id])
        for result in appraisal.indicators
        if shares[result.id] > 0
        for step in _steps(appraisal, result)
    ]
    found.sort(key=lambda one: -one[1])
    return [step if vetoed or step.score is None else replace(step, total=more) for step, more in found]


def _steps(appraisal: Appraisal, result: IndicatorResult) -> Iterator[NextStep]:
    """The next step of every measure of an indicator, without what it brings to the total."""
    said = words(appraisal.inputs.language)
    if not is_number(result.score) or result.receipt == said("unmet_receipt"):
        return
    sentence, units, labels = _row(appraisal, result)
    rule = parse(sentence, units[0] or None)
    for measure, label in enumerate(labels[: len(rule.labels)]):
        actual, target = result.actual[measure], result.target[measure]
        if not is_number(actual) or (rule.reads_target(measure) and not is_number(target)):
            continue
        aim = _aim(rule, measure, target)
        found = next_step(rule, measure, float(actual), aim)
        if found is not None:
            text = NextStepText(units[measure], said).text(found, float(actual), aim)
            yield NextStep(label, text, _gain(rule, result, measure, found, aim), None)


def _row(appraisal: Appraisal, result: IndicatorResult) -> tuple[str, list[str], list[str]]:
    """The rule of an indicator, and the unit and label of each of its measures."""
    inputs = appraisal.inputs
    for spare in inputs.spare:
        if spare.id == result.id:
            return spare.rule, [spare.unit], [spare.label]
    indicator = next(indicator for indicator in appraisal.role.indicators if indicator.id == result.id)
    units = [inputs.units[result.id], *(part.unit for part in indicator.parts[1:])]
    labels = [result.label, *(f"{result.label} · {part.label}" for part in indicator.parts[1:])]
    return inputs.rules[result.id], units, labels


def _aim(rule: Rule, measure: int, target: Value) -> float:
    origin = rule.origin(measure)
    if origin is not None:
        return float(origin.value)
    return float(target) if is_number(target) else 0.0


def _gain(rule: Rule, result: IndicatorResult, measure: int, found: NextEdge, aim: float) -> float | None:
    """The score where the next step begins, less the score now: caps, floors and the other clauses take part."""
    actuals = list(result.actual)
    actuals[measure] = _there(found, float(actuals[measure]), aim)  # type: ignore[arg-type]
    try:
        score = kpi_score(actuals, result.target, rule)
    except ScoreError:
        return None
    return float(score) - float(result.score) if is_number(score) else None  # type: ignore[arg-type]


def _there(found: NextEdge, actual: float, aim: float) -> float:
    """A number with which the next step is reached: its edge, or just beyond an edge that does not count itself."""
    edge = found.edge * aim if found.subject is Subject.ACHIEVEMENT else found.edge
    away = abs(actual - aim) if found.deviation else actual
    # Small against every step, large against the rounding of steps to 9 decimals.
    beyond = 1e-6 * (max(abs(edge), abs(edge - away)) or 1.0)
    number = edge + {">": beyond, "<": -beyond}.get(found.sign, 0.0)
    if not found.deviation:
        return number
    return aim + number if actual >= aim else aim - number
