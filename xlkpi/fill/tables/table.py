"""Reads tables: CSV, workbooks, Parquet; every cell keeps its place for messages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from xlkpi.common.csv_rows import csv_rows
from xlkpi.common.files import shown_name
from xlkpi.form.grid import address
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.numbers import value_text
from xlkpi.i18n.problems import UnreadableError
from xlkpi.roster.table import Rows
from xlkpi.xlsx.archive import content_of
from xlkpi.xlsx.cells import LARGEST_AREA, StoredCells
from xlkpi.xlsx.reader import WorkbookReader

SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".parquet")
_TEXTS = (".csv", ".txt", ".tsv")
_BOOKS = (".xlsx", ".xlsm")
_TOO_LARGE = ("too_many_cells", "too_large", "sheet_too_large")
_LARGEST_PARQUET = 512_000_000
"""Bytes of a Parquet file's columns, unpacked."""
_NOT_SHOWN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')

Cell = tuple[int, int]
"""Row and column from 0."""


@dataclass(frozen=True, eq=False)
class Table:
    """The cells of one sheet or file, from its first cell on.

    sheet: None for a file without sheets. errors: texts of errors by place. uncalculated: formulas without a result.
    shown: whole numbers that their format shows otherwise, such as 0001. percent: cells shown in per cent. months:
    dates of which the day is not shown.
    """

    file: str
    sheet: str | None
    rows: Rows
    errors: Mapping[Cell, str] = field(default_factory=dict)
    uncalculated: Set[Cell] = frozenset()
    shown: Mapping[Cell, str] = field(default_factory=dict)
    percent: Set[Cell] = frozenset()
    months: Set[Cell] = frozenset()

    @property
    def name(self) -> str:
        """What people call it: the name of its file without ending."""
        return Path(self.file).stem

    def cell(self, row: int, column: int) -> object:
        """The content of a cell; the text of an error; None for an empty cell and one outside of the table."""
        if (row, column) in self.errors:
            return self.errors[row, column]
        cells = self.rows[row]
        value = cells[column] if column < len(cells) else None
        return None if value == "" else value

    def text(self, row: int, column: int) -> str:
        """A cell as text, as it is shown where that keeps zeros."""
        cells = self.rows[row]
        if column < len(cells) and isinstance(cells[column], str) and not self.errors:
            return str(cells[column]).strip()
        shown = self.shown.get((row, column))
        return (shown or value_text(self.cell(row, column))).strip()


class TableError(Exception):
    """A file that is no table: the key of a message, and its values."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def read_tables(path: Path) -> list[Table]:
    """The tables of a file: the visible sheets of a workbook, else one.

    Raises `TableError`, `UnreadableError`, OSError.
    """
    suffix, name = path.suffix.lower(), shown_name(path)
    try:
        if suffix in _TEXTS:
            return [Table(name, None, csv_rows(content_of(path)))]
        if suffix in _BOOKS:
            return list(_sheets(name, WorkbookReader(content_of(path))))
        if suffix == ".parquet":
            return [Table(name, None, _parquet(content_of(path)))]
    except UnreadableError as error:
        if error.key in _TOO_LARGE:
            raise TableError("fill_table_large") from None
        raise
    raise TableError("fill_table_format")


def _sheets(name: str, book: WorkbookReader) -> Iterator[Table]:
    if META_SHEET in book.titles:
        raise TableError("fill_table_is_form")
    for title in book.titles:
        if title in book.hidden:
            continue
        stored = book.stored(title)
        rows = book.rows(title)
        yield Table(
            name, title, rows, _errors(rows, stored), stored.uncalculated, stored.shown,
            _formatted(stored, lambda code: "%" in code), _formatted(stored, _without_day),
        )  # fmt: skip


def _errors(rows: Rows, stored: StoredCells) -> Mapping[Cell, str]:
    return {place: text for place, text in stored.errors.items() if place[0] < len(rows)}


def _formatted(stored: StoredCells, wanted: Callable[[str], bool]) -> Set[Cell]:
    """The cells whose number format is such a one."""
    codes = {code: wanted(_NOT_SHOWN.sub("", code).lower()) for code in set(stored.formats.values())}
    return frozenset(place for place, code in stored.formats.items() if codes[code])


def _without_day(code: str) -> bool:
    return "d" not in code and "m" in code and ("y" in code or "mmm" in code) and "h" not in code


def _parquet(content: bytes) -> Rows:
    from pyarrow import ArrowException, parquet  # here: it takes a while to load

    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        meta = file.metadata
        size = sum(meta.row_group(number).total_byte_size for number in range(meta.num_row_groups))
        if meta.num_rows * max(1, meta.num_columns) > LARGEST_AREA or size > _LARGEST_PARQUET:
            raise TableError("fill_table_large")
        columns = file.read()
        return rows_of(columns.column_names, [column.to_pylist() for column in columns.columns])
    except (ArrowException, OSError, ValueError) as error:
        raise TableError("fill_table_parquet") from error


def rows_of(headers: Sequence[str], columns: Sequence[Sequence[object]]) -> Rows:
    """The rows of columns, the headers first."""
    return [list(headers), *map(list, zip(*columns, strict=True))]


def place_of(row: int, column: int) -> str:
    """The address of a cell of a table, for people."""
    return address(row, column)
