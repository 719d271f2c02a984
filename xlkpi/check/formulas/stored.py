"""The stored values of a sheet's cells, as formulas read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from xlkpi.check.formulas.functions import FormulaError, Plain, Unknown
from xlkpi.xlsx.cells import StoredCells

Elsewhere = Callable[[str, int, int], Plain]
"""Sheet, row and column from 0 → the value of a cell of another sheet."""


def unknown(sheet: str, row: int, column: int) -> Plain:
    """Nothing is known of the cells of other sheets. Raises `Unknown`."""
    raise Unknown


class SheetValues(dict[Any, Plain]):
    """Row and column from 0, after the name of the sheet where a formula names it → the value; None for an empty cell.

    Looking up a cell raises `FormulaError` for an error, and `Unknown` for one whose value is not known: without a
    result, a day or a time, and on a sheet that `elsewhere` does not know.
    """

    def __init__(
        self, title: str, rows: Sequence[Sequence[object]], stored: StoredCells, elsewhere: Elsewhere = unknown
    ) -> None:
        """title: of the sheet; formulas may name it, too. rows: its values from A1."""
        super().__init__(stored.values())
        self._title, self._rows, self._stored, self._elsewhere = title, rows, stored, elsewhere

    def __missing__(self, place: Any) -> Plain:
        if len(place) == 2:
            self[place] = value = self._read(*place)
            return value
        sheet, row, column = place
        return self[row, column] if sheet == self._title else self._elsewhere(sheet, row, column)

    def _read(self, row: int, column: int) -> Plain:
        place, rows = (row, column), self._rows
        if place in self._stored.uncalculated:
            raise Unknown
        if place in self._stored.errors:
            raise FormulaError(self._stored.errors[place])
        value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
        if value == "":  # which a formula may show, and then it is not empty
            return "" if place in self._stored.formulas else None
        if isinstance(value, str | bool | int | float):
            return value
        raise Unknown  # days and times
