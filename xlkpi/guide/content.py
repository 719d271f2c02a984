"""The content of an improvement guide (改进指南): the facts of one person's quarter, taken from the forms.

They are: where points were lost and why, what one more step would bring, what is missing, earlier quarters, and what
was agreed. A guide gives no judgement and no advice. `render` makes the files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
from xlkpi.appraisal.filled import FilledForm, Review
from xlkpi.appraisal.people import Person, ranks
from xlkpi.common.quarter import Quarter
from xlkpi.guide.missing import Missing, missing
from xlkpi.guide.past import Past, Records
from xlkpi.guide.steps import NextStep, steps
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import is_number
from xlkpi.scoring.reasons import VETOES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Loss:
    """An indicator that scored less than 100, or a veto.

    place: 1 for a veto, else for the largest loss. lost: points of the weighted total; None for a veto.
    """

    place: int
    result: IndicatorResult
    lost: float | None


@dataclass(frozen=True)
class Mean:
    """A dimension and its weighted mean score; None where none of its indicators has a score."""

    label: str
    score: float | None
    results: tuple[IndicatorResult, ...]


@dataclass(frozen=True)
class FormGuide:
    """One form of the person.

    days: of the quarter in this assignment. lost, above: points of the weighted total below and above 100, unrounded.
    """

    form: FilledForm
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
        """The agreed actions, each with the indicator chosen for it; else the one on its line, and a word of it."""
        lines = [loss for loss in self.losses if loss.lost is not None and loss.lost >= _SHOWN]
        on_line = {place: loss.result.label for place, loss in enumerate(lines, start=1)}
        by_place = partial(words(self.appraisal.inputs.language), "by_place")
        return tuple(
            (review.about or by_place(label=on_line.get(review.place, "—")), review) for review in self.form.reviews
        )


@dataclass(frozen=True)
class Guide:
    """One person's quarter. rank: among the `of` people with a final score; None without a final score."""

    quarter: Quarter
    language: str
    person: Person
    forms: tuple[FormGuide, ...]
    rank: int | None
    of: int


_SHOWN = 0.005
"""Points. The form lists losses from here on."""


def guides(people: Sequence[Person], quarter: Quarter, history: pd.DataFrame | None = None) -> list[Guide]:
    """The guides of everyone in a quarter. history: as `xlkpi.collect.history.load` gives it, with `past.READ`."""
    places = ranks([person.final for person in people])
    ranked = sum(place is not None for place in places)
    records = None if history is None else Records(history)
    return [_guide(person, quarter, place, ranked, records) for person, place in zip(people, places, strict=True)]


def _guide(person: Person, quarter: Quarter, rank: int | None, of: int, records: Records | None) -> Guide:
    language = person.forms[-1].appraisal.inputs.language
    forms = tuple(
        _form(form, days, person, quarter, records) for form, days in zip(person.forms, person.days, strict=True)
    )
    return Guide(quarter, language, person, forms, rank, of)


def _form(form: FilledForm, days: int, person: Person, quarter: Quarter, records: Records | None) -> FormGuide:
    appraisal = form.appraisal
    weights = sum(result.weight for result in appraisal.indicators)
    shares = {result.id: result.weight / weights if weights else 0.0 for result in appraisal.indicators}
    counted = [result for result in appraisal.indicators if shares[result.id] > 0]
    losses = [(result, _below(result) * shares[result.id]) for result in counted if _below(result) > 0]
    vetoes = [(result, None) for result in counted if result.score in VETOES]
    ordered = sorted(losses, key=lambda loss: -round(loss[1], 9))  # equal losses stay in the form's order
    return FormGuide(
        form,
        days,
        tuple(missing(appraisal, quarter)),
        tuple(_dimensions(appraisal)),
        tuple(Loss(place, result, lost) for place, (result, lost) in enumerate([*vetoes, *ordered], start=1)),
        sum(lost for _, lost in losses),
        sum(_above(result) * shares[result.id] for result in counted),
        tuple(steps(appraisal, shares, vetoed=bool(vetoes))),
        None if records is None else records.past(appraisal, person, quarter),
    )


def _below(result: IndicatorResult) -> float:
    return max(0.0, 100.0 - float(result.score)) if is_number(result.score) else 0.0


def _above(result: IndicatorResult) -> float:
    return max(0.0, float(result.score) - 100.0) if is_number(result.score) else 0.0


def _dimensions(appraisal: Appraisal) -> Iterator[Mean]:
    """The top-level groups in the order of the form; spare rows come last."""
    spare = words(appraisal.inputs.language)("spare")
    dimension = {indicator.id: indicator.dimension for indicator in appraisal.role.indicators}
    groups: dict[str, list[IndicatorResult]] = {}
    for result in appraisal.indicators:
        groups.setdefault(dimension.get(result.id, spare), []).append(result)
    for label, results in groups.items():
        scored = [(float(r.score), r.weight) for r in results if is_number(r.score) and r.weight > 0]
        weight = sum(weight for _, weight in scored)
        mean = sum(score * weight for score, weight in scored) / weight if weight else None
        yield Mean(label, mean, tuple(results))
