"""Reads a workbook: its sheets, their values, stored errors and formulas; opened under the limits of `archive`."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial

from python_calamine import CalamineError, CalamineWorkbook

from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import for_readers, hidden_sheets, may_hold_cells, reading, unpacked
from xlkpi.xlsx.cells import StoredCells, stored_cells, with_texts_for_numbers, without_large_sheets
from xlkpi.xlsx.plain.workbook import plain_sheets
from xlkpi.xlsx.usual import Parts, without_blanks


class WorkbookReader:
    """The sheets of a workbook; hidden: the names of those that nobody sees.

    Raises `UnreadableError` where they cannot be read.
    """

    def __init__(self, content: bytes) -> None:
        parts = unpacked(content, may_hold_cells)
        with reading():
            plain = plain_sheets(parts)
        if plain is None:
            self._stored, self._values = by_two_readers(parts)
        else:
            self._stored, self._values = plain, {title: cells.grid for title, cells in plain.items()}
        self.titles = list(self._stored)
        with reading():
            self.hidden = hidden_sheets(parts)

    def stored(self, title: str) -> StoredCells:
        """The errors and formulas of a sheet; empty ones for a sheet that was not measured."""
        return self._stored.get(title, StoredCells())

    def rows(self, title: str) -> list[list[object]]:
        """The values of a sheet by rows from A1. Raises `UnreadableError` where it is missing, damaged or too large."""
        if title not in self.titles:
            raise UnreadableError("sheet_gone", "sheet_gone")
        self.stored(title).check_area()
        try:
            return self._values[title]()
        except CalamineError:
            raise UnreadableError("sheet", "sheet_damaged") from None


Grid = Callable[[], list[list[object]]]


def by_two_readers(parts: Parts) -> tuple[Mapping[str, StoredCells], Mapping[str, Grid]]:
    """What is stored in the sheets, read from their XML, and their values, read by calamine."""
    with reading():
        parts = without_blanks(parts)
    stored = stored_cells(parts)
    with reading(CalamineError):
        readable = with_texts_for_numbers(without_large_sheets(parts, stored), stored)
        book = CalamineWorkbook.from_filelike(io.BytesIO(for_readers(readable)))

    def values(title: str) -> list[list[object]]:
        return book.get_sheet_by_name(title).to_python(skip_empty_area=False)  # type: ignore[return-value]

    return stored, {title: partial(values, title) for title in stored}
