"""Reads the cells of a roster file, .xlsx or .csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from xlkpi.common.csv_rows import csv_rows
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import content_of
from xlkpi.xlsx.cells import is_error_text
from xlkpi.xlsx.reader import WorkbookReader

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class FileTable:
    """The rows of a file, from its first cell on. sheet: the sheet that they are on; None for CSV.

    By place, from 0: errors (#N/A), formulas without a result (uncalculated), and whole numbers that their format shows
    otherwise, such as 0001 (shown); number formats (formats).
    """

    sheet: str | None
    rows: Rows
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: Set[tuple[int, int]] = frozenset()
    shown: Mapping[tuple[int, int], str] = field(default_factory=dict)
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)


def read_table(path: Path) -> FileTable:
    """Read the first sheet of a workbook, or a CSV. Raises `UnreadableError`, OSError."""
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return _workbook(content_of(path))
        case ".csv" | ".txt" | ".tsv":
            rows = csv_rows(content_of(path))
            return FileTable(None, rows, _errors(rows))
    raise UnreadableError("file", "roster_format")


def _workbook(content: bytes) -> FileTable:
    book = WorkbookReader(content)
    if META_SHEET in book.titles:
        raise UnreadableError("file", "roster_is_form")
    sheet = book.titles[0]
    rows, stored = [list(row) for row in book.rows(sheet)], book.stored(sheet)
    for (row, column), error in stored.errors.items():
        if row < len(rows) and column < len(rows[row]):  # another reader may not find what stands outside of rows
            rows[row][column] = error  # else the cell would look like one that nobody filled in
    return FileTable(sheet, rows, _errors(rows), stored.uncalculated, stored.shown, stored.formats)


def _errors(rows: Rows) -> dict[tuple[int, int], str]:
    return {
        (number, at): str(cell) for number, row in enumerate(rows) for at, cell in enumerate(row) if is_error_text(cell)
    }
