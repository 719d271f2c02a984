"""The received forms of a quarter that have a next form, and what is said of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlkpi.appraisal.people import identity
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.problems import ERROR, Place, Problem
from xlkpi.intake.counting import copy_problem
from xlkpi.intake.reading import NOT_SCORED
from xlkpi.intake.received import UNDECIDED, ReceivedFile, ReceivedForm


@dataclass(frozen=True)
class Duplicate:
    """A form that another file has too. used: the file that counts."""

    file: str
    sheet: str
    name: str
    used: str


def told(problem: Problem) -> bool:
    """Whether a problem is told by itself: those of single cells appear where they keep a value from being carried."""
    return problem.cell is None or problem.kind in ("setting", *NOT_SCORED)


def not_followed(files: Sequence[ReceivedFile], entries: Sequence[ReceivedForm], quarter: Quarter) -> Iterator[Problem]:
    """Files of another quarter, and forms of which it is not decided which one counts."""
    for file in files:
        if file.quarter != quarter:
            yield Problem.at(Place(file.name), "quarter", file.filled.language, ERROR, "next_quarter", quarter=quarter)
    for entry in entries:
        if entry.state == UNDECIDED:
            yield copy_problem(entry, entries, entry.file.filled.language)


def chosen_forms(entries: Sequence[ReceivedForm]) -> tuple[list[tuple[Path, ReceivedForm]], list[Duplicate]]:
    """The forms that count, each with the path of the workbook that its next form goes into, and their copies.

    The path is that of the file with the shortest name, because copies have longer names.
    """
    groups: dict[ReceivedForm, list[ReceivedForm]] = {}
    for entry in entries:
        groups.setdefault(entry.instead or entry, []).append(entry)
    chosen: list[tuple[Path, ReceivedForm]] = []
    duplicates: list[Duplicate] = []
    for counted, group in groups.items():
        paths = (entry.file.path for entry in group)
        chosen.append((min(paths, key=lambda path: (len(path.name), path.name)), counted))
        duplicates += [
            Duplicate(copy.file.name, copy.form.sheet, identity(copy.form).name, counted.file.name)
            for copy in group
            if copy is not counted
        ]
    return sorted(chosen, key=lambda pair: pair[0]), duplicates
