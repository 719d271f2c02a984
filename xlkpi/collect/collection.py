"""Many workbooks into one result: what was received, what of it counts, and who stands where.

Every file is read and scored again in Python. Of several forms for one post the newest complete one counts; whatever
does not count stands in `Collection` with the reason: nothing received is left out silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xlkpi.appraisal.people import Person, people, ranks
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.collect import board
from xlkpi.collect.board import BoardLine
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import is_number
from xlkpi.i18n.problems import Problem
from xlkpi.intake.counting import entries_of
from xlkpi.intake.received import COUNTED, ReceivedFile, ReceivedForm


@dataclass(frozen=True)
class Ranked:
    """A person with a rank: 1-1-3, None without a result."""

    rank: int | None
    person: Person


@dataclass(frozen=True)
class Collection:
    """A quarter collected. catalogue: the company whose it is.

    ranking: everyone, the best first; ties are ordered by the weighted total without events, then by name. entries:
    every form received. lines: the board. problems name files as `ReceivedFile.name` does.
    """

    catalogue: Catalogue
    quarter: Quarter
    received: tuple[ReceivedFile, ...]
    entries: tuple[ReceivedForm, ...]
    ranking: tuple[Ranked, ...]
    lines: tuple[BoardLine, ...]
    problems: tuple[Problem, ...]
    roster: bool
    """Whether a roster said who was expected."""
    language: str
    """Of the problems that are not of one form."""

    def role(self, id: str, language: str) -> Role:
        """A role as of the quarter, in a language. Raises `CatalogueError`."""
        return self.catalogue.role(id, self.quarter, language)

    def entries_of(self, person: Person) -> list[ReceivedForm]:
        """The forms of a person with their files."""
        return [next(entry for entry in self.entries if entry.form is form) for form in person.forms]


# --- files ----------------------------------------------------------------------------------------------------------


# --- what counts ----------------------------------------------------------------------------------------------------


def collect(
    received: Sequence[ReceivedFile],
    quarter: Quarter,
    catalogue: Catalogue,
    expected: Sequence[Assignment] | None = None,
    language: str = HANS,
) -> Collection:
    """What a quarter's files come to. `expected` is the roster; without it the files' own registrations say who is."""
    entries = entries_of(received, quarter)
    counted = [entry.form for entry in entries if entry.state == COUNTED]
    ranking = _ranked(people(counted, quarter, catalogue.company().grade_scale))
    lines = board.lines(received, entries, quarter, expected)
    problems = [problem for file in received for problem in file.problems]
    problems += board.problems(entries, lines, language, roster=expected is not None)
    problems += _doubtful(ranking, entries, language)
    return Collection(
        catalogue,
        quarter,
        tuple(received),
        tuple(entries),
        tuple(ranking),
        tuple(lines),
        tuple(problems),
        expected is not None,
        language,
    )


def _ranked(persons: Sequence[Person]) -> list[Ranked]:
    places = ranks([person.final for person in persons])
    found = [Ranked(rank, person) for rank, person in zip(places, persons, strict=True)]

    def order(ranked: Ranked) -> tuple[float, float, str, str]:
        person = ranked.person
        total = float(person.total) if is_number(person.total) else 0.0
        return ranked.rank or len(found) + 1, -total, person.name, person.id

    return sorted(found, key=order)


def _doubtful(ranking: Sequence[Ranked], entries: Sequence[ReceivedForm], language: str) -> Iterator[Problem]:
    """People of whom it is not certain who they are."""
    places = {id(entry.form): entry for entry in entries}
    numbers = Counter(ranked.person.id for ranked in ranking if ranked.person.id)
    for ranked in ranking:
        person, entry = ranked.person, places[id(ranked.person.forms[0])]
        if numbers[person.id] > 1:
            yield entry.problem("identity", language, "doubt_number", id=person.id, name=person.name)
        elif not (person.id or person.name):
            yield entry.problem("identity", language, "doubt_nameless")
        elif len(person.forms) > 1 and any(form.assignment is None for form in person.forms):
            yield entry.problem("identity", language, "doubt_days", name=person.name, count=len(person.forms))
