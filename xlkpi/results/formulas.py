"""Formulas of workbooks about results: a coefficient by points, and what belongs to a name or a total."""

from __future__ import annotations

from collections.abc import Sequence

from xlkpi.catalogue.appraising.results import Results
from xlkpi.i18n.numbers import plain
from xlkpi.scoring.grades import Grade


def coefficient_by_points(total: str, settings: Results) -> str:
    """The coefficient of the total in a cell: total ÷ 100 within the limits, "" where the cell has no number."""
    value = f"MAX({plain(settings.lowest)},ROUND({total}/100,4))"
    limited = value if settings.highest is None else f"MIN({plain(settings.highest)},{value})"
    return f'IF(ISNUMBER({total}),{limited},"")'


def grade_of(total: str, grades: Sequence[Grade]) -> str:
    """The grade of the total in a cell, as `scoring.grades.grade` decides."""
    formula = text(grades[-1].name)
    for grade in reversed(grades[:-1]):
        formula = f"IF(ROUND({total}-{plain(grade.at_least or 0)},9)>=0,{text(grade.name)},{formula})"
    return formula


def coefficient_by_grade(name: str, worth: Sequence[tuple[str, float | None]]) -> str:
    """The coefficient of the grade in a cell. worth: grade and coefficient."""
    formula = '""'
    for grade, coefficient in reversed(worth):
        if coefficient is not None:
            formula = f"IF({name}={text(grade)},{plain(coefficient)},{formula})"
    return formula


def text(value: str) -> str:
    """A text as a constant of a formula."""
    return '"' + value.replace('"', '""') + '"'
