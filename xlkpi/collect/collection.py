"""Combines a quarter's received files into one result: which forms count, the ranking, the board, the problems.

The forms have been scored again in Python. Of several forms for one assignment the newest complete one counts. A form
that does not count stays in `Collection` with the reason: nothing received is left out silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlkpi.appraisal.appealed import Appealed
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import Person, people, ranks
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.collect import board
from xlkpi.collect.against.others import alike
from xlkpi.collect.board import BoardLine
from xlkpi.collect.exceptions.listed import Excepted
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.records.agreed import Agreements
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import is_number
from xlkpi.i18n.problems import Problem
from xlkpi.intake.counting import entries_of
from xlkpi.intake.received import COUNTED, ReceivedFile, ReceivedForm
from xlkpi.intake.since import changed_since
from xlkpi.intake.split import without_split_sheets


@dataclass(frozen=True)
class Ranked:
    """A person and the rank, where equals share one (1, 1, 3); None without a final score."""

    rank: int | None
    person: Person


@dataclass(frozen=True)
class Collection:
    """A collected quarter of the company whose catalogue it is.

    ranking: everyone, the best first; equals are ordered by the weighted total without events, then by name. entries:
    every received form. lines: the board. problems: files are named as in `ReceivedFile`. roster: whether a roster said
    who was expected. language: of the problems that do not belong to one form. agreements: the record of agreed targets
    of a company that agrees them; None for another.
    """

    catalogue: Catalogue
    quarter: Quarter
    received: tuple[ReceivedFile, ...]
    entries: tuple[ReceivedForm, ...]
    ranking: tuple[Ranked, ...]
    lines: tuple[BoardLine, ...]
    problems: tuple[Problem, ...]
    roster: bool
    language: str
    agreements: Agreements | None = None
    excepted: tuple[Excepted, ...] = ()
    """The indicators of the forms that count which their rule did not score."""

    @property
    def appeals(self) -> list[tuple[Person, FilledForm, Appealed]]:
        """The appeals against forms that count, in the order of the ranking."""
        forms = ((ranked.person, form) for ranked in self.ranking for form in ranked.person.forms)
        return [(person, form, appeal) for person, form in forms for appeal in form.appeals]

    def role(self, id: str, language: str) -> Role:
        """A role as of the quarter, in a language. Raises `CatalogueError`."""
        return self.catalogue.role(id, self.quarter, language)

    def entries_of(self, person: Person) -> list[ReceivedForm]:
        """The received forms of a person."""
        return [self._entry_of[id(form)] for form in person.forms]

    @cached_property
    def _entry_of(self) -> Mapping[int, ReceivedForm]:
        return {id(entry.form): entry for entry in self.entries}


def collect(
    received: Sequence[ReceivedFile],
    quarter: Quarter,
    catalogue: Catalogue,
    expected: Sequence[Assignment] | None = None,
    language: str = HANS,
) -> Collection:
    """Combine a quarter's files.

    expected: the assignments of the roster; without it those that the files register. language: of the problems that do
    not belong to one form. Raises `CatalogueError`.
    """
    received = without_split_sheets(received)
    catalogue = as_most_were_made(received, quarter, catalogue)
    entries = entries_of(received, quarter)
    counted = [entry.form for entry in entries if entry.state == COUNTED]
    ranking = _ranked(people(counted, quarter, catalogue.company(None, quarter).grade_scale))
    lines = board.lines(received, entries, quarter, expected)
    problems = [problem for file in received for problem in file.problems]
    problems += board.problems(entries, lines, language, roster=expected is not None)
    problems += _doubtful(ranking, entries, language)
    problems += alike(entries)
    problems += changed_since([catalogue], language)
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


def as_most_were_made(received: Sequence[ReceivedFile], quarter: Quarter, catalogue: Catalogue) -> Catalogue:
    """The catalogue with the roles and settings that most forms of the quarter were made of."""
    files = [file for file in received if file.quarter == quarter]
    made = Counter((form.role, form.digest) for file in files for form in file.filled.registered)
    settings = Counter(file.filled.company for file in files for _ in file.filled.registered)
    roles = {role: digest for (role, digest), _ in reversed(made.most_common())}
    return catalogue.as_made(quarter, roles, settings.most_common(1)[0][0] if settings else "")


def _ranked(persons: Sequence[Person]) -> list[Ranked]:
    places = ranks([person.final for person in persons])
    everyone = [Ranked(rank, person) for rank, person in zip(places, persons, strict=True)]

    def order(ranked: Ranked) -> tuple[float, float, str, str]:
        person = ranked.person
        total = float(person.total) if is_number(person.total) else 0.0
        return ranked.rank or len(everyone) + 1, -total, person.name, person.id

    return sorted(everyone, key=order)


def _doubtful(ranking: Sequence[Ranked], entries: Sequence[ReceivedForm], language: str) -> Iterator[Problem]:
    """Problems of people who are not identified for certain: doubled or missing numbers, forms without dates."""
    entry_of = {id(entry.form): entry for entry in entries}
    numbers = Counter(ranked.person.id for ranked in ranking if ranked.person.id)
    for ranked in ranking:
        person, entry = ranked.person, entry_of[id(ranked.person.forms[0])]
        if numbers[person.id] > 1:
            yield entry.problem("identity", language, "doubt_number", id=person.id, name=person.name)
        elif not (person.id or person.name):
            yield entry.problem("identity", language, "doubt_nameless")
        elif len(person.forms) > 1 and any(form.assignment is None for form in person.forms):
            yield entry.problem("identity", language, "doubt_days", name=person.name, count=len(person.forms))
