"""What an improvement guide (改进指南) says of one person's quarter: facts from the forms, in numbers.

Where points were lost and why, what one more step would bring, what is missing, the quarters before, what was agreed.
It judges nothing and advises nothing. `generate.guide_pages` puts it on paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlkpi.ahead import Ahead, ahead
from xlkpi.appraisal import Appraisal, IndicatorResult
from xlkpi.catalogue import Indicator
from xlkpi.expression import MONTHS, Operand
from xlkpi.generate.ahead import AheadText
from xlkpi.intake import Form, Review
from xlkpi.people import Person
from xlkpi.quarter import Quarter
from xlkpi.report import ranks
from xlkpi.rules.parse import parse
from xlkpi.rules.reasons import VETOES, is_refusal
from xlkpi.rules.rule import Rule, Subject
from xlkpi.scoring import ScoreError, Value, is_number, kpi_score
from xlkpi.words import Words, month_names, words

if TYPE_CHECKING:
    import pandas as pd

PAST_QUARTERS = 4
"""How many quarters before this one a guide tells."""


@dataclass(frozen=True)
class Loss:
    """An indicator that scored less than 100, or a veto. lost: points of the weighted total, None for a veto."""

    place: int
    result: IndicatorResult
    lost: float | None


@dataclass(frozen=True)
class NextStep:
    """What the next step or band of one measure would bring, all else unchanged.

    text: as the form says it under 距下一档. score, total: points more of the indicator and of the weighted total; None
    where the number at which it begins cannot be scored.
    """

    label: str
    text: str
    score: float | None
    total: float | None


@dataclass(frozen=True)
class Mean:
    """A dimension and its mean score by weight; None where none of its indicators has a score."""

    label: str
    score: float | None
    results: tuple[IndicatorResult, ...]


@dataclass(frozen=True)
class Missing:
    """What keeps the result away: where, and what there."""

    label: str
    what: str


@dataclass(frozen=True)
class Past:
    """The quarters before in the same role: one row for the final score, the grade, and every indicator.

    quarters: from the oldest on, this one last. rows: label and one value a quarter.
    """

    quarters: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Value, ...]], ...]


@dataclass(frozen=True)
class FormGuide:
    """One form of the person. lost, above: points of the weighted total under and beyond 100, unrounded."""

    form: Form
    days: int
    missing: tuple[Missing, ...]
    dimensions: tuple[Mean, ...]
    losses: tuple[Loss, ...]
    lost: float
    above: float
    steps: tuple[NextStep, ...]
    past: Past | None

    @property
    def appraisal(self) -> Appraisal:
        return self.form.appraisal

    @property
    def vetoed(self) -> bool:
        return any(loss.lost is None for loss in self.losses)

    @property
    def reviews(self) -> tuple[tuple[str, Review], ...]:
        """What was agreed, each with the indicator that stands on its line of the form."""
        lines = [loss for loss in self.losses if loss.lost is not None and loss.lost >= _SHOWN]
        labels = dict(enumerate((loss.result.label for loss in lines), start=1))
        return tuple((labels.get(review.place, ""), review) for review in self.form.reviews)


@dataclass(frozen=True)
class Guide:
    """One person's quarter. rank: among the `of` persons of the same run that have a result; None without one."""

    quarter: Quarter
    language: str
    person: Person
    forms: tuple[FormGuide, ...]
    rank: int | None
    of: int


_SHOWN = 0.005
"""The least loss that the form lists."""


def guides(people: Sequence[Person], quarter: Quarter, history: pd.DataFrame | None = None) -> list[Guide]:
    """The guides of everyone of a quarter. history: as `xlkpi.history.load` gives it."""
    places = ranks([person.final for person in people])
    of = sum(place is not None for place in places)
    return [_guide(person, quarter, place, of, history) for person, place in zip(people, places, strict=True)]


def _guide(person: Person, quarter: Quarter, rank: int | None, of: int, history: pd.DataFrame | None) -> Guide:
    language = person.forms[-1].appraisal.inputs.language
    forms = tuple(
        _form(form, days, person, quarter, history) for form, days in zip(person.forms, person.days, strict=True)
    )
    return Guide(quarter, language, person, forms, rank, of)


def _form(form: Form, days: int, person: Person, quarter: Quarter, history: pd.DataFrame | None) -> FormGuide:
    appraisal = form.appraisal
    weights = sum(result.weight for result in appraisal.indicators)
    shares = {result.id: result.weight / weights if weights else 0.0 for result in appraisal.indicators}
    counted = [result for result in appraisal.indicators if shares[result.id] > 0]
    losses = [(result, _below(result) * shares[result.id]) for result in counted if _below(result) > 0]
    vetoes = [(result, None) for result in counted if result.score in VETOES]
    ordered = sorted(losses, key=lambda loss: -round(loss[1], 9))  # the form lists equal ones in its own order too
    return FormGuide(
        form,
        days,
        tuple(_missing(appraisal, quarter)),
        tuple(_dimensions(appraisal)),
        tuple(Loss(place, result, lost) for place, (result, lost) in enumerate([*vetoes, *ordered], start=1)),
        sum(lost for _, lost in losses),
        sum(_above(result) * shares[result.id] for result in counted),
        tuple(sorted(_steps(appraisal, shares), key=lambda step: -(step.total or 0.0))),
        None if history is None else _past(form, person, quarter, history),
    )


def _below(result: IndicatorResult) -> float:
    return max(0.0, 100.0 - float(result.score)) if is_number(result.score) else 0.0  # type: ignore[arg-type]


def _above(result: IndicatorResult) -> float:
    return max(0.0, float(result.score) - 100.0) if is_number(result.score) else 0.0  # type: ignore[arg-type]


def _dimensions(appraisal: Appraisal) -> Iterator[Mean]:
    """The top-level groups in the order of the form; what was added on the form stands last."""
    added = words(appraisal.inputs.language)("spare")
    dimension = {indicator.id: indicator.dimension for indicator in appraisal.role.indicators}
    groups: dict[str, list[IndicatorResult]] = {}
    for result in appraisal.indicators:
        groups.setdefault(dimension.get(result.id, added), []).append(result)
    for label, results in groups.items():
        scored = [(float(r.score), r.weight) for r in results if is_number(r.score) and r.weight > 0]  # type: ignore[arg-type]
        weight = sum(weight for _, weight in scored)
        mean = sum(score * weight for score, weight in scored) / weight if weight else None
        yield Mean(label, mean, tuple(results))


# --- what is missing --------------------------------------------------------------------------------------------------


def _missing(appraisal: Appraisal, quarter: Quarter) -> Iterator[Missing]:
    """Nothing for a form that has a result."""
    if is_number(appraisal.final):
        return
    said, found = words(appraisal.inputs.language), False
    for missing in (*_empty_measures(appraisal, quarter, said), *_unscored(appraisal, said)):
        found = True
        yield missing
    if not found:  # no indicator's fault: the events, or no weights at all
        yield Missing(said("final"), str(appraisal.final or appraisal.total or ""))


def _empty_measures(appraisal: Appraisal, quarter: Quarter, said: Words) -> Iterator[Missing]:
    inputs = appraisal.inputs
    empty = {result.id for result in appraisal.indicators if result.score in (None, "")}
    asked = {operand.measure for i in appraisal.role.indicators if i.id in empty for operand in _operands(i)}
    months = zip(MONTHS, month_names(quarter, said), strict=True)
    names = {id: said("month", month=name) for id, name in months if id in inputs.months}
    for measure in appraisal.role.measures:
        if measure.id not in asked or measure.optional or (inputs.newcomer and measure.newcomer is not None):
            continue
        given = dict(zip(MONTHS, [*inputs.measures.get(measure.id, ()), *[None] * 3], strict=False))
        asked_for = names if measure.monthly else {MONTHS[0]: said("quarter_value")}
        cells = [name for id, name in asked_for.items() if given[id] in (None, "")]
        if cells:
            yield Missing(measure.label, said("list_separator").join(cells))


def _operands(indicator: Indicator) -> Iterator[Operand]:
    yield from indicator.operands
    for part in indicator.parts:
        if part.target_formula is not None:
            yield from part.target_formula.operands


def _unscored(appraisal: Appraisal, said: Words) -> Iterator[Missing]:
    """Targets that were not filled in, spare rows begun, and what cannot be scored."""
    indicators = {indicator.id: indicator for indicator in appraisal.role.indicators}
    spare = {spare.id: spare for spare in appraisal.inputs.spare}
    for result in appraisal.indicators:
        if is_refusal(result.score):
            yield Missing(result.label, str(result.score))
        elif result.score not in (None, ""):
            continue
        elif result.id in spare:
            begun = spare[result.id]
            cells = {"weight": begun.weight, "rule": begun.rule, "actual": begun.actual, "target": begun.target}
            lacking = [said(key) for key, value in cells.items() if value in (None, "")]
            yield Missing(result.label or said("spare"), said("list_separator").join(lacking))
        else:
            parts = indicators[result.id].parts
            rule = parse(appraisal.inputs.rules[result.id], appraisal.inputs.units[result.id] or None)
            for number, (part, target) in enumerate(zip(parts, result.target, strict=True)):
                if part.target_formula is None and target in (None, "") and rule.reads_target(number):
                    yield Missing(part.label, said("target"))


# --- one more step ----------------------------------------------------------------------------------------------------


def _steps(appraisal: Appraisal, shares: dict[str, float]) -> Iterator[NextStep]:
    said = words(appraisal.inputs.language)
    for result in appraisal.indicators:
        if not is_number(result.score) or shares[result.id] <= 0 or result.receipt == said("unmet_receipt"):
            continue
        sentence, units, labels = _row(appraisal, result)
        rule = parse(sentence, units[0] or None)
        for measure, label in enumerate(labels[: len(rule.labels)]):
            actual, target = result.actual[measure], result.target[measure]
            if not is_number(actual) or (rule.reads_target(measure) and not is_number(target)):
                continue
            aim = _aim(rule, measure, target)
            found = ahead(rule, measure, float(actual), aim)  # type: ignore[arg-type]
            if found is None:
                continue
            gain = _gain(rule, result, measure, found, aim)
            text = AheadText(units[measure], said).text(found, float(actual), aim)  # type: ignore[arg-type]
            yield NextStep(label, text, gain, None if gain is None else gain * shares[result.id])


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
    return float(target) if is_number(target) else 0.0  # type: ignore[arg-type]


def _gain(rule: Rule, result: IndicatorResult, measure: int, found: Ahead, aim: float) -> float | None:
    """The score where the next step begins, less the score now: caps, floors and the other clauses take part."""
    actuals = list(result.actual)
    actuals[measure] = _there(found, float(actuals[measure]), aim)  # type: ignore[arg-type]
    try:
        score = kpi_score(actuals, result.target, rule)
    except ScoreError:
        return None
    return float(score) - float(result.score) if is_number(score) else None  # type: ignore[arg-type]


def _there(found: Ahead, actual: float, aim: float) -> float:
    """A number with which the next step is reached: its edge, or just beyond an edge that does not count itself."""
    edge = found.edge * aim if found.subject is Subject.ACHIEVEMENT else found.edge
    away = abs(actual - aim) if found.deviation else actual
    # Small against every step, large against the rounding of steps to 9 decimals.
    beyond = 1e-6 * (max(abs(edge), abs(edge - away)) or 1.0)
    number = edge + {">": beyond, "<": -beyond}.get(found.sign, 0.0)
    if not found.deviation:
        return number
    return aim + number if actual >= aim else aim - number


# --- the quarters before ----------------------------------------------------------------------------------------------


def _past(form: Form, person: Person, quarter: Quarter, history: pd.DataFrame) -> Past | None:
    """The person's quarters before in this role; None where there are none."""
    if not person.id:
        return None
    appraisal = form.appraisal
    mine = history[(history["id"].astype(str) == person.id) & (history["role"] == appraisal.role.id)]
    mine = mine[mine["quarter"].astype(str) < str(quarter)]
    quarters = sorted(map(str, mine["quarter"].unique()))[-PAST_QUARTERS:]
    if not quarters:
        return None
    of_quarter = {past: mine[mine["quarter"].astype(str) == past] for past in quarters}
    scores = {
        past: {str(row.indicator): _value(row.score) for row in rows.itertuples()} for past, rows in of_quarter.items()
    }
    said = words(appraisal.inputs.language)
    finals = [_value(rows["final"].iloc[-1]) for rows in of_quarter.values()]
    grades = [_value(rows["grade"].iloc[-1]) for rows in of_quarter.values()]
    rows: list[tuple[str, tuple[Value, ...]]] = [
        (said("final"), (*finals, appraisal.final)),
        (said("grade"), (*grades, appraisal.grade)),
    ]
    for result in appraisal.indicators:
        before = [scores[past].get(result.id) for past in quarters]
        if any(value is not None for value in before):
            rows.append((result.label, (*before, result.score)))
    return Past((*quarters, str(quarter)), tuple(rows))


def _value(cell: object) -> Value:
    """A cell of the frame; None for what pandas has for nothing."""
    if cell is None or cell != cell:
        return None
    return float(cell) if is_number(cell) else str(cell)  # type: ignore[arg-type]
