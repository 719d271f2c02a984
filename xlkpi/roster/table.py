"""The cells of a roster file, .xlsx or .csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlkpi.form.register import META_SHEET
from xlkpi.i18n.problems import Problem, UnreadableError
from xlkpi.xlsx.archive import content_of
from xlkpi.xlsx.cells import LARGEST_AREA
from xlkpi.xlsx.reader import WorkbookReader

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class TableOf:
    """The rows of a file from its first cell on, and the sheet that they stand on (None: CSV)."""

    sheet: str | None
    rows: Rows


class NoRosterError(Exception):
    """A file that is no roster; `advice` says what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message, self.advice = message, advice

    def problem(self, file: str) -> Problem:
        return Problem(file, None, None, None, None, "file", self.message, self.advice)


def read_table(path: Path) -> TableOf:
    """Read the first sheet of a workbook, or a CSV. Raises `NoRosterError`, `UnreadableError`, OSError."""
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return _workbook(content_of(path))
        case ".csv" | ".txt" | ".tsv":
            return TableOf(None, _csv(content_of(path)))
    raise NoRosterError("名册须为 .xlsx 或 .csv", "请用Excel打开后另存为 .xlsx 再试")


def _workbook(content: bytes) -> TableOf:
    book = WorkbookReader(content)
    if META_SHEET in book.titles:
        raise NoRosterError("这是考核表，不是名册", "请给出名册；xlkpi roster-template 给出空名册")
    sheet = book.titles[0]
    rows = [list(row) for row in book.rows(sheet)]
    for (row, column), error in book.stored(sheet).errors.items():
        rows[row][column] = error  # an empty cell would pass for one that nobody filled in
    return TableOf(sheet, rows)


def _csv(content: bytes) -> Rows:
    text = _decoded(content)
    head = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=head.count)
    if text.count(delimiter) + text.count("\n") > LARGEST_AREA:
        raise UnreadableError("file", "too_many_cells")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NoRosterError(f"CSV读不出来（{error}）", "请用Excel打开后另存为 .xlsx 再试") from None


def _decoded(content: bytes) -> str:
    """UTF-8, what Excel in China writes, or its “Unicode text”."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoRosterError("CSV的编码不是UTF-8，也不是GB18030", "请用Excel打开后另存为 .xlsx 再试")
