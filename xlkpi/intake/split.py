"""Workbooks that were split into files, such as one for each person: what is gone from one file came in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xlkpi.common.assignment import Assignment
from xlkpi.i18n.problems import Problem
from xlkpi.intake.received import ReceivedFile


def without_split_sheets(received: Sequence[ReceivedFile]) -> list[ReceivedFile]:
    """The files, without the problems of sheets that are gone from them and that came in another file."""
    came = {key for file in received for key in _came(file)}

    def stays(file: ReceivedFile, problem: Problem) -> bool:
        forms = (form for form in file.filled.registered if form.title == problem.sheet)
        if problem.kind != "sheet_gone" or not file.filled.forms:  # a file without any form is told, whatever else came
            return True
        return not any(_key(file, form.assignment, form.title) in came for form in forms)

    return [
        replace(file, problems=tuple(problem for problem in file.problems if stays(file, problem))) for file in received
    ]


def _came(file: ReceivedFile) -> Iterator[object]:
    """The forms that could be read in a file."""
    for form in file.filled.forms:
        yield _key(file, form.assignment, form.sheet)


def _key(file: ReceivedFile, assignment: Assignment | None, title: str) -> object:
    """What is the same for a form in every file: its post, or without a roster its place in the workbook."""
    if assignment is not None:
        return file.quarter, assignment.id, assignment.role
    return file.quarter, file.filled.registered, title
