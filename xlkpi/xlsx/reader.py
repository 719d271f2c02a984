"""A workbook as a file: its sheets, their values, stored errors and formulas. Opened under limits."""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineWorkbook

from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import for_readers, reading, unpack, with_cells
from xlkpi.xlsx.cells import StoredCells, fitting, stored_cells


class WorkbookReader:
    """A workbook's sheets. Raises `UnreadableError` where there is no reading them."""

    def __init__(self, content: bytes) -> None:
        parts = unpack(content, with_cells)
        self._stored = stored_cells(parts)
        with reading(CalamineError):
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(for_readers(fitting(parts, self._stored))))
            self.titles = self._book.sheet_names

    def stored(self, title: str) -> StoredCells:
        """The errors and formulas of a sheet."""
        return self._stored.get(title, StoredCells())

    def rows(self, title: str) -> list[list[object]]:
        """The values from A1 on. Raises `UnreadableError` where the sheet is missing or damaged."""
        if title not in self.titles:
            raise UnreadableError("sheet", "sheet_gone")
        self.stored(title).check_area()
        try:
            return self._book.get_sheet_by_name(title).to_python(skip_empty_area=False)  # type: ignore[return-value]
        except CalamineError:
            raise UnreadableError("sheet", "sheet_damaged") from None
