"""What the overview counts of each person: the final score, lost points by indicator, marks, and the whole quarter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.appraisal.appraise import Appraisal
from xlkpi.appraisal.people import Person
from xlkpi.collect.collection import Collection, Ranked
from xlkpi.collect.marks import marks_of
from xlkpi.collect.overview.past import days_of
from xlkpi.i18n.numbers import is_number
from xlkpi.i18n.problems import Problem
from xlkpi.scoring.reasons import VETOES


@dataclass(frozen=True, eq=False)
class Record:
    """A person of the quarter.

    whole: in post on every day of the quarter. lost: indicator → points of the person's total that it cost, 0 where it
    applied and cost nothing; of a person without a final score, and of one with a veto, empty. vetoes: the indicators
    that made the total 0.
    """

    ranked: Ranked
    roles: frozenset[str]
    whole: bool
    lost: Mapping[str, float]
    vetoes: tuple[str, ...]
    marks: tuple[Problem, ...]

    @property
    def person(self) -> Person:
        return self.ranked.person

    @property
    def final(self) -> float | None:
        return float(self.person.final) if is_number(self.person.final) else None


def records_of(collection: Collection, language: str) -> list[Record]:
    """Everyone in the order of the ranking. language: of the indicators' labels."""
    marks, whole = marks_of(collection), days_of(collection.quarter)
    label_of: dict[str, Mapping[str, str]] = {}
    for form in (form for ranked in collection.ranking for form in ranked.person.forms):
        role = form.appraisal.role.id
        if role not in label_of:
            label_of[role] = {i.id: i.label for i in collection.role(role, language).indicators}
    records = []
    for ranked in collection.ranking:
        person = ranked.person
        lost, vetoes = _lost(person, label_of) if person.complete else ({}, ())
        roles = frozenset(form.appraisal.role.id for form in person.forms)
        is_whole = sum(person.days) >= whole
        records.append(Record(ranked, roles, is_whole, lost, vetoes, marks.get(id(person), ())))
    return records


def _lost(person: Person, label_of: Mapping[str, Mapping[str, str]]) -> tuple[dict[str, float], tuple[str, ...]]:
    """Lost points by indicator, each form weighted by its days as in the person's total; and the vetoes."""
    days, lost, vetoes = sum(person.days), dict[str, float](), []
    for form, in_post in zip(person.forms, person.days, strict=True):
        labels = label_of[form.appraisal.role.id]
        for id, points in lost_points(form.appraisal).items():
            label = labels.get(id) or next(r.label for r in form.appraisal.indicators if r.id == id)
            if points is None:
                vetoes.append(label)
            else:
                lost[label] = lost.get(label, 0.0) + points * (in_post / days if days else 0.0)
    return ({}, tuple(vetoes)) if vetoes else (lost, ())


def lost_points(appraisal: Appraisal) -> dict[str, float | None]:
    """Indicator → points of the form's weighted total that it cost; None for a veto.

    Without those that do not count in the total or have no score.
    """
    weights = sum(result.weight for result in appraisal.indicators)
    lost: dict[str, float | None] = {}
    for result in appraisal.indicators:
        if result.weight <= 0:
            continue
        if result.score in VETOES:
            lost[result.id] = None
        elif is_number(result.score):
            lost[result.id] = max(0.0, 100 - float(result.score)) * result.weight / weights
    return lost
