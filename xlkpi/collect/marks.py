"""Errors and warnings beside the results that they are about, and who is expected but has no result to rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.appraisal.people import Person
from xlkpi.collect.board import MISSING, BoardLine
from xlkpi.collect.collection import Collection
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.problems import ADVICE, ERROR, Problem
from xlkpi.intake.received import UNDECIDED, ReceivedFile

UNSETTLED = "undecided"
"""The state of a line whose forms were saved at one moment and say different things; else as on the board."""
_SAID_BESIDE = frozenset(("incomplete", "duplicate"))
"""The kinds that the ranking and the board tell in their own words."""
_OF_OTHERS = frozenset(("file", "sheet_gone", "stray", "role", "not_read"))
"""The kinds about what could not be read in a file; they say nothing of the forms that could."""


def marks_of(collection: Collection) -> dict[int, tuple[Problem, ...]]:
    """`id` of a person → the errors and warnings about the forms that count, errors first; without those who have none.

    Problems of a whole file, such as a date in the future, are about everyone in it.
    """
    by_sheet: dict[tuple[str, str], list[Problem]] = {}
    by_file: dict[str, list[Problem]] = {}
    for problem in collection.problems:
        if problem.severity == ADVICE or problem.kind in _SAID_BESIDE:
            continue
        if problem.sheet not in (None, META_SHEET):
            by_sheet.setdefault((problem.file, str(problem.sheet)), []).append(problem)
        elif problem.kind not in _OF_OTHERS:
            by_file.setdefault(problem.file, []).append(problem)
    found: dict[int, tuple[Problem, ...]] = {}
    for ranked in collection.ranking:
        entries = collection.entries_of(ranked.person)
        files = dict.fromkeys(entry.file.name for entry in entries)
        problems = [p for entry in entries for p in by_sheet.get((entry.file.name, entry.form.sheet), ())]
        problems += (problem for file in files for problem in by_file.get(file, ()))
        if problems:
            found[id(ranked.person)] = tuple(sorted(problems, key=lambda problem: problem.severity != ERROR))
    return found


def has_error(person: Person, marks: Mapping[int, tuple[Problem, ...]]) -> bool:
    """Whether one of the person's marks is an error."""
    return any(problem.severity == ERROR for problem in marks.get(id(person), ()))


@dataclass(frozen=True)
class Unranked:
    """A line of the board without a form that counts. state: missing, unreadable, or `UNSETTLED`."""

    line: BoardLine
    state: str


def unranked(collection: Collection) -> list[Unranked]:
    """Who is expected, or came, without a form that counts: those who are missing in the ranking."""
    return [Unranked(line, _state(line)) for line in collection.lines if line.entry is None]


def _state(line: BoardLine) -> str:
    if line.state != MISSING and any(copy.state == UNDECIDED for copy in line.copies):
        return UNSETTLED
    return line.state


def unread_files(collection: Collection) -> list[tuple[ReceivedFile, str]]:
    """The files that cannot be read at all, so that nobody knows whose forms they hold, and why."""
    found = []
    for file in collection.received:
        if not file.readable and not file.filled.forms:
            reason = next((problem.message for problem in file.problems if problem.severity == ERROR), "")
            found.append((file, reason))
    return found
