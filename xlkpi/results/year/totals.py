"""The year of everyone: the finals of the quarters, weighted by the company and by days in post.

Total = Σ final × (days in post ÷ days of the quarter) × weight ÷ Σ (days in post ÷ days of the quarter) × weight, over
the quarters in post, rounded half up to two decimals. A quarter in post without a result leaves no total: it is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from xlkpi.appraisal.people import ranks
from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.collect.history import open_appeals
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.numbers import round_half_up
from xlkpi.results.people import Result, Who, results_of
from xlkpi.scoring.grades import grade, write_grade_scale

COUNTED, AWAY, NO_RESULT, DOUBT = "counted", "away", "no_result", "doubt"
"""A quarter counts; nobody was in post; somebody was and has no result; it is not known which of the two."""


@dataclass(frozen=True)
class Part:
    """A person's quarter. days: in post; 0 where the quarter does not count. appealed: whether an appeal is open."""

    quarter: Quarter
    state: str
    days: int = 0
    final: float | None = None
    grade: str = ""
    appealed: bool = False


@dataclass(frozen=True)
class Yearly:
    """A person's year. Department and superior are the latest. parts: of every collected quarter, in order.

    doubled: whether the staff number has several names. total: None where it cannot be settled, and then rank, too.
    """

    id: str
    name: str
    department: str
    superior: str
    parts: tuple[Part, ...]
    doubled: bool = False
    total: float | None = None
    grade: str | None = None
    coefficient: float | None = None
    rank: int | None = None

    @property
    def open_quarters(self) -> tuple[Part, ...]:
        """The quarters that keep the year from a total."""
        return tuple(part for part in self.parts if part.state in (NO_RESULT, DOUBT))

    @property
    def settled(self) -> bool:
        """Whether nothing stands against the total."""
        return self.total is not None and not any(part.appealed for part in self.parts)


@dataclass(frozen=True)
class Year:
    """A year. weights: of the collected quarters. absent: the quarters of which the history has nothing. people: the
    best first, at the end those without a total.
    """

    year: int
    weights: Mapping[Quarter, float]
    absent: tuple[Quarter, ...]
    people: tuple[Yearly, ...]
    coefficients: Coefficients


def quarters_of(year: int) -> tuple[Quarter, ...]:
    """The four quarters of a year."""
    return tuple(Quarter(year, number) for number in range(1, 5))


def year_of(
    year: int,
    rows: Mapping[Quarter, pd.DataFrame],
    rosters: Mapping[Quarter, Sequence[Assignment]],
    catalogue: Catalogue,
) -> Year:
    """The year from the history of its quarters. rosters: of its quarters, none without a roster.

    Weights, grades and coefficients are the company's as of the last quarter that was collected. Raises
    `CatalogueError`.
    """
    collected = [quarter for quarter in quarters_of(year) if not rows[quarter].empty]
    absent = tuple(quarter for quarter in quarters_of(year) if quarter not in collected)
    coefficients = Coefficients(catalogue, (collected or [Quarter(year, 4)])[-1])
    weights = {quarter: coefficients.settings.weights[quarter.number - 1] for quarter in collected}
    appealed = {quarter: open_appeals(rows[quarter]) for quarter in collected}
    results = {quarter: {r.who: r for r in results_of(rows[quarter], quarter)} for quarter in collected}
    everyone = dict.fromkeys(who for of_quarter in results.values() for who in of_quarter)
    numbers = [id for id, _ in everyone]
    people = []
    for who in everyone:
        of = {quarter: results[quarter].get(who) for quarter in collected}
        parts = tuple(replace(part, appealed=who in appealed[part.quarter]) for part in _parts(who, of, rosters))
        latest = [result for result in of.values() if result][-1]
        doubled = bool(who[0]) and numbers.count(who[0]) > 1
        people.append(Yearly(*who, latest.department, latest.superior, parts, doubled))
    people += _never_collected(numbers, collected, rosters)
    scored = [_scored(person, weights, coefficients) for person in people]
    places = ranks([person.total for person in scored])
    ranked = [replace(person, rank=rank) for person, rank in zip(scored, places, strict=True)]
    ranked.sort(key=lambda person: (person.rank is None, person.rank or 0, person.id, person.name))
    return Year(year, weights, absent, tuple(ranked), coefficients)


def _parts(
    who: Who, results: Mapping[Quarter, Result | None], rosters: Mapping[Quarter, Sequence[Assignment]]
) -> list[Part]:
    here = [quarter for quarter, result in results.items() if result is not None]
    parts = []
    for quarter, result in results.items():
        if result is None:
            parts.append(Part(quarter, _absence(who, quarter, here, results, rosters)))
        elif result.final is None:
            parts.append(Part(quarter, NO_RESULT))
        elif result.days == 0:
            parts.append(Part(quarter, AWAY))
        else:
            parts.append(Part(quarter, COUNTED, result.days, result.final, result.grade))
    return parts


def _absence(
    who: Who,
    quarter: Quarter,
    here: Sequence[Quarter],
    results: Mapping[Quarter, Result | None],
    rosters: Mapping[Quarter, Sequence[Assignment]],
) -> str:
    """Why somebody has no result in a quarter, as far as it is known."""
    if quarter in rosters:
        return NO_RESULT if who[0] in _in_post(rosters[quarter], quarter) else AWAY
    later = [each for each in here if each > quarter]
    if not later:
        return AWAY
    if any(each < quarter for each in here):
        return DOUBT
    begun = (results[later[0]] or results[here[0]]).start  # type: ignore[union-attr]
    return NO_RESULT if begun and dt.date.fromisoformat(begun) <= quarter.last_day else AWAY


def _in_post(roster: Sequence[Assignment], quarter: Quarter) -> dict[str, Assignment]:
    return {one.id: one for one in roster if one.days(quarter)}


def _never_collected(
    numbers: Sequence[str], collected: Sequence[Quarter], rosters: Mapping[Quarter, Sequence[Assignment]]
) -> list[Yearly]:
    """Those of the roster of whom the history has nothing in the whole year."""
    posts = {quarter: _in_post(rosters.get(quarter, ()), quarter) for quarter in collected}
    gone = {id: one for of_quarter in posts.values() for id, one in of_quarter.items() if id not in numbers}
    return [
        Yearly(
            id,
            one.name,
            one.department,
            one.superior,
            tuple(Part(quarter, NO_RESULT if id in posts[quarter] else AWAY) for quarter in collected),
        )
        for id, one in gone.items()
    ]


def _scored(person: Yearly, weights: Mapping[Quarter, float], coefficients: Coefficients) -> Yearly:
    parts = [part for part in person.parts if weights[part.quarter]]
    if person.doubled or any(part.state in (NO_RESULT, DOUBT) for part in parts):
        return person
    total = weighted([part for part in parts if part.final is not None], weights)
    if total is None:
        return person
    name = grade(total, write_grade_scale(coefficients.own))
    return replace(person, total=total, grade=name, coefficient=coefficients.of(name, total))


def weighted(parts: Sequence[Part], weights: Mapping[Quarter, float]) -> float | None:
    """The total of these quarters, which have results; None where nothing counts.

    In the order in which the workbook's formula calculates.
    """
    points = parts_weight = 0.0
    for part in parts:
        points += float(part.final or 0) * part.days / part.quarter.days * weights[part.quarter]
        parts_weight += part.days / part.quarter.days * weights[part.quarter]
    return round_half_up(points / parts_weight) if parts_weight else None
