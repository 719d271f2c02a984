"""Reads an appeal workbook that came back, by row and column id. It is untrusted: what it shows of the result is held
against the form, and nothing in it is a score.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from xlkpi.appeals.contract import (
    ANCHORS,
    COLUMNS,
    CONTRACT,
    LINES,
    RULED,
    TYPED,
    line_id,
    ruling_id,
)
from xlkpi.form.grid import Grid
from xlkpi.form.names import plain_text
from xlkpi.form.register import APPEAL_SHEET, language_in
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value, value_text
from xlkpi.i18n.problems import ERROR, Place, Problem, UnreadableError
from xlkpi.roster.faults import FieldError
from xlkpi.roster.fields import day
from xlkpi.xlsx.archive import attempt, content_of
from xlkpi.xlsx.reader import WorkbookReader


@dataclass(frozen=True)
class Line:
    """One appeal and its ruling, as typed. value: the new actual, and the number format of its cell."""

    number: int
    about: str
    grounds: str
    wanted: str
    verdict: str
    value: Value
    format: str
    ruler: str
    day: dt.date | None
    until: dt.date | None
    why: str

    @property
    def appealed(self) -> bool:
        """Whether the person typed anything."""
        return bool(self.about or self.grounds or self.wanted)

    @property
    def ruled(self) -> bool:
        """Whether somebody ruled, or began to: who rules and until when may stand there before."""
        return bool(self.verdict or self.why or self.day) or self.value not in (None, "")


@dataclass(frozen=True, eq=False)
class AppealFile:
    """An appeal workbook. settings: of its hidden sheet. problems: with one of them that is an error nothing counts."""

    name: str
    path: Path
    sheet: str
    language: str
    settings: Mapping[str, str]
    grid: Grid | None = None
    lines: tuple[Line, ...] = ()
    problems: tuple[Problem, ...] = ()

    def problem(
        self, row: str | None, column: str | None, kind: str, severity: str = ERROR, /, **values: object
    ) -> Problem:
        """A problem at a cell of the sheet, or of all of it."""
        cell = None
        if self.grid is not None and row is not None and column is not None and self.grid.has(row, column):
            cell = self.grid.address(row, column)
        return Problem.at(Place(self.name, self.sheet, cell, row, column), kind, self.language, severity, **values)


def read_appeal(name: str, path: Path, language: str = HANS) -> AppealFile | Problem | None:
    """The appeal in a file; None where the file is something else; a problem where it cannot be read.

    name, language: for problems.
    """
    return attempt(name, language, partial(_read, name, path))


def _read(name: str, path: Path) -> AppealFile | None:
    book = WorkbookReader(content_of(path))
    if APPEAL_SHEET not in book.titles:
        return None
    rows = [row for row in book.rows(APPEAL_SHEET) if len(row) > 1]
    settings = {str(key): value_text(value) for key, value, *_ in rows}
    language = language_in(settings)
    if settings.get("contract") != str(CONTRACT):
        raise UnreadableError("file", "appeal_contract").of(language)
    for title in book.titles:
        if title == APPEAL_SHEET:
            continue
        try:
            grid = Grid(book.rows(title), book.stored(title), frozenset(COLUMNS), ANCHORS)
        except UnreadableError:
            continue
        return _with_lines(AppealFile(name, path, title, language, settings, grid), grid)
    raise UnreadableError("file", "appeal_gone").of(language)


def _with_lines(file: AppealFile, grid: Grid) -> AppealFile:
    problems = [*_missing(file, grid)]
    lines: list[Line] = []
    if not problems:
        problems += _uncalculated(file, grid)
        for number in range(1, LINES + 1):
            line, faults = _line(file, grid, number)
            lines.append(line)
            problems += faults
    return AppealFile(
        file.name, file.path, file.sheet, file.language, file.settings, grid, tuple(lines), tuple(problems)
    )


def _missing(file: AppealFile, grid: Grid) -> Iterator[Problem]:
    """Rows and columns that are gone, or there twice: which number is whose is not known."""
    rows = ["person", *(id(number) for number in range(1, LINES + 1) for id in (line_id, ruling_id))]
    columns = ("employee_id", "name", "indicator", "target", "actual", "score", "weight", *TYPED, *RULED)
    if any(id not in grid.row for id in rows) or any(id not in grid.column for id in columns) or grid.doubled_rows:
        yield file.problem(None, None, "appeal_damaged")


def _places() -> Iterator[tuple[str, str]]:
    for number in range(1, LINES + 1):
        yield from ((line_id(number), column) for column in TYPED)
        yield from ((ruling_id(number), column) for column in RULED)


def _uncalculated(file: AppealFile, grid: Grid) -> Iterator[Problem]:
    for place in _places():
        if grid.place(*place) in grid.uncalculated | grid.errors.keys():
            yield file.problem(*place, "appeal_uncalculated")


def _line(file: AppealFile, grid: Grid, number: int) -> tuple[Line, list[Problem]]:
    mine, theirs = line_id(number), ruling_id(number)
    days: dict[str, dt.date | None] = {}
    faults: list[Problem] = []
    for column in ("day", "until"):
        try:
            days[column] = day(grid.raw(theirs, column), f"appeal_{column}", words(file.language))
        except FieldError:
            days[column] = None
            faults.append(file.problem(theirs, column, "appeal_no_date", value=_text(grid, theirs, column)))
    place = grid.place(theirs, "value")
    about, grounds, wanted = (_text(grid, mine, column) for column in TYPED)
    verdict, ruler, why = (_text(grid, theirs, column) for column in ("verdict", "ruler", "why"))
    value, shape = grid(theirs, "value"), grid.formats.get(place, "")
    line = Line(number, about, grounds, wanted, verdict, value, shape, ruler, days["day"], days["until"], why)
    return line, faults


def _text(grid: Grid, row: str, column: str) -> str:
    value = grid(row, column)
    if isinstance(value, float) and "%" in grid.formats.get(grid.place(row, column), ""):
        return f"{value * 100:.10g}%"
    return plain_text(grid.text(row, column))
