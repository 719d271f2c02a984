"""Reads a workbook: its sheets, their values, stored errors and formulas; opened under the limits of `archive`."""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineWorkbook

from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import for_readers, hidden_sheets, may_hold_cells, reading, unpack
from xlkpi.xlsx.cells import StoredCells, stored_cells, with_texts_for_numbers, without_large_sheets


class WorkbookReader:
    """The sheets of a workbook; hidden: the names of those that nobody sees.

    Raises `UnreadableError` where they cannot be read.
    """

    def __init__(self, content: bytes) -> None:
        parts = unpack(content, may_hold_cells)
        self._stored = stored_cells(parts)
        with reading(CalamineError):
            readable = with_texts_for_numbers(without_large_sheets(parts, self._stored), self._stored)
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(for_readers(readable)))
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
            return self._book.get_sheet_by_name(title).to_python(skip_empty_area=False)  # type: ignore[return-value]
        except CalamineError:
            raise UnreadableError("sheet", "sheet_damaged") from None
