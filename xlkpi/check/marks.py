"""Turns problems into marks for a copy of the workbook: one mark for each cell that has problems."""

from __future__ import annotations

from collections.abc import Sequence

from xlkpi.i18n.problems import ERROR, Problem
from xlkpi.xlsx.annotate import Mark


def marks_of(problems: Sequence[Problem]) -> dict[str, dict[str, Mark]]:
    """The marks of all problems that have a cell: sheet → address → mark."""
    marks: dict[str, dict[str, Mark]] = {}
    for problem in problems:
        if problem.sheet is None or problem.cell is None:
            continue
        cells = marks.setdefault(problem.sheet, {})
        text, before = f"{problem.message}\n→ {problem.advice}", cells.get(problem.cell)
        red = problem.severity == ERROR
        cells[problem.cell] = Mark(f"{before.text}\n{text}", before.red or red) if before else Mark(text, red)
    return marks
