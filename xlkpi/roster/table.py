"""Reads the cells of a roster file, .xlsx or .csv."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from xlkpi.form.register import META_SHEET
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import content_of
from xlkpi.xlsx.cells import LARGEST_AREA, is_error_text
from xlkpi.xlsx.reader import WorkbookReader

_SAMPLE = 10_000
"""Characters of a CSV that tell its delimiter."""

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class FileTable:
    """The rows of a file, from its first cell on. sheet: the sheet that they are on; None for CSV.

    By place, from 0: errors (#N/A), formulas without a result (uncalculated), and whole numbers that their format shows
    otherwise, such as 0001 (shown).
    """

    sheet: str | None
    rows: Rows
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: Set[tuple[int, int]] = frozenset()
    shown: Mapping[tuple[int, int], str] = field(default_factory=dict)


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
    return FileTable(sheet, rows, _errors(rows), stored.uncalculated, stored.shown)


def _errors(rows: Rows) -> dict[tuple[int, int], str]:
    return {
        (number, at): str(cell) for number, row in enumerate(rows) for at, cell in enumerate(row) if is_error_text(cell)
    }


def csv_rows(content: bytes) -> Rows:
    """The rows of a CSV in any of the encodings that Excel writes. Raises `UnreadableError`."""
    text = _decoded(content)
    delimiter = max(",;\t", key=lambda delimiter: _columns(text, delimiter))
    if text.count(delimiter) + text.count("\n") > LARGEST_AREA:
        raise UnreadableError("file", "too_many_cells")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableError("file", "roster_csv", error=error) from None


def _columns(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first lines have the same number of delimiters, and that number: titles have none, or others."""
    lines = re.sub('"[^"]*"', "", text[:_SAMPLE]).splitlines()
    counts = Counter(filter(None, (line.count(delimiter) for line in lines)))
    return max(((lines, count) for count, lines in counts.items()), default=(0, 0))


def _decoded(content: bytes) -> str:
    """The text of a file in UTF-8, in GB 18030 (CSV of a Chinese Excel) or in UTF-16 (Excel's “Unicode text”)."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("file", "roster_encoding")
