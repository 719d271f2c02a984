"""Reads the cells of a returned workbook by (row id, column id), and finds its forms even if sheets were renamed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlkpi.form.register import Registered
from xlkpi.i18n.numbers import Value, value_text
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.cells import StoredCells
from xlkpi.xlsx.reader import WorkbookReader


class Grid:
    """The cells of a sheet by (row id, column id). Raises `UnreadableError` where the sheet has no ids."""

    def __init__(self, rows: Sequence[Sequence[object]], stored: StoredCells) -> None:
        self.rows, self.errors, self.uncalculated, self.shown = rows, stored.errors, stored.uncalculated, stored.shown
        self._columns = _places([id for ids in rows[:1] for id in map(str, ids)])
        if "id" not in self._columns:
            raise UnreadableError("identity", "no_column_ids")
        self.id_column = self._columns["id"][0]
        self._rows = _places([str(row[self.id_column]) for row in rows])
        # An id in several places does not say which cell is meant.
        self.column = {id: places[0] for id, places in self._columns.items() if len(places) == 1}
        self.row = {id: places[0] for id, places in self._rows.items() if len(places) == 1}
        self.doubled_columns = {id: places for id, places in self._columns.items() if len(places) > 1}
        self.doubled_rows = {id: places for id, places in self._rows.items() if len(places) > 1}

    def has(self, row_id: str, column_id: str) -> bool:
        """Whether there is exactly one such cell."""
        return row_id in self.row and column_id in self.column

    def place(self, row_id: str, column_id: str) -> tuple[int, int]:
        """Row and column from 0. Raises `UnreadableError` where an id is missing or doubled."""
        row, column = self.row.get(row_id), self.column.get(column_id)
        if row is None or column is None:
            raise self._gone(row_id, column_id)
        return row, column

    def _gone(self, row_id: str, column_id: str) -> UnreadableError:
        for doubled, id, key in (
            (self.doubled_rows, row_id, "rows_doubled"),
            (self.doubled_columns, column_id, "columns_doubled"),
        ):
            if id in doubled:
                return UnreadableError("doubled", key, row_id, column_id, id=id)
        return UnreadableError("identity", "cell_gone", row_id, column_id, row=row_id, column=column_id)

    def address(self, row_id: str, column_id: str) -> str:
        """The address of the cell in this file, such as J9. Raises as `place`."""
        return address(*self.place(row_id, column_id))

    def raw(self, row_id: str, column_id: str) -> object:
        """The stored value; the text of an error, None for an empty cell. Raises as `place`."""
        return self._raw(*self.place(row_id, column_id))

    def __call__(self, row_id: str, column_id: str) -> Value:
        """The value: None for an empty cell, a number, or text (an error, a date, a boolean). Raises as `place`."""
        return _value(self._raw(*self.place(row_id, column_id)))

    def get(self, row_id: str, column_id: str) -> Value:
        """The value; None for a missing cell, too."""
        row, column = self.row.get(row_id), self.column.get(column_id)
        return None if row is None or column is None else _value(self._raw(row, column))

    def _raw(self, row: int, column: int) -> object:
        value = self.errors[row, column] if (row, column) in self.errors else self.rows[row][column]
        return None if value == "" else value

    def text(self, row_id: str, column_id: str) -> str:
        """The value as text; "" for an empty cell, a number as its format shows its zeros. Raises as `place`."""
        place = self.place(row_id, column_id)
        return self.shown.get(place) or value_text(_value(self._raw(*place)))


def grid_of(book: WorkbookReader, title: str) -> Grid:
    """The cells of a sheet. Raises `UnreadableError` where the sheet is missing, damaged or has no ids."""
    return Grid(book.rows(title), book.stored(title))


def _value(raw: object) -> Value:
    if raw is None or isinstance(raw, (float, str)):
        return raw
    if isinstance(raw, bool):
        return str(raw).upper()
    return raw.isoformat(" ") if isinstance(raw, dt.datetime) else raw if isinstance(raw, int) else str(raw)


def address(row: int, column: int) -> str:
    """The address (A1) of a row and column counted from 0."""
    from openpyxl.utils.cell import get_column_letter

    return f"{get_column_letter(column + 1)}{row + 1}"


def _places(cells: Sequence[str]) -> dict[str, list[int]]:
    """The indices of the cells with each id; a cell may hold several ids, joined by /."""
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        for id in filter(None, cell.split("/")):
            places.setdefault(id, []).append(place)
    return places


# --- sheets under another name ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FoundSheets:
    """forms: the sheet of every registered form, None where it is gone. strays: other sheets that look like forms."""

    forms: tuple[tuple[Registered, str | None], ...]
    strays: tuple[str, ...]


def find_sheets(
    book: WorkbookReader, registered: Sequence[Registered], rows_of: Mapping[str, frozenset[str]]
) -> FoundSheets:
    """Find the sheets of the registered forms; a renamed sheet is recognised by its row ids and staff number.

    rows_of: by role, the row ids that its forms must have.
    """
    registered_titles = {form.title for form in registered}
    others = (title for title in book.titles if title not in registered_titles)
    strays = {title: grid for title in others if (grid := _form_grid(book, title))}
    titles = frozenset(book.titles)
    forms: list[tuple[Registered, str | None]] = []
    for form in registered:
        title: str | None = form.title
        if title not in titles:
            rows = rows_of.get(form.role)
            title = next((stray for stray, grid in strays.items() if _is_form(titles, stray, grid, form, rows)), None)
            if title is not None:
                del strays[title]
        forms.append((form, title))
    return FoundSheets(tuple(forms), tuple(strays))


def _form_grid(book: WorkbookReader, title: str) -> Grid | None:
    """The cells of a sheet that looks like a form, else None."""
    try:
        grid = grid_of(book, title)
    except UnreadableError:
        return None
    return grid if {"person", "final"} <= grid.row.keys() else None


_COPY = re.compile(r"(.+?)(?: ?\(\d+\)|_\d+)")  # how Excel and LibreOffice name copies of a sheet


def _is_form(titles: frozenset[str], title: str, grid: Grid, form: Registered, rows: frozenset[str] | None) -> bool:
    """Whether a sheet under another name is the registered form."""
    copy = _COPY.fullmatch(title)
    if rows is None or (copy and copy[1] in titles):
        return False
    if len(rows & grid.row.keys()) < 0.8 * len(rows):
        return False
    if form.assignment is None or not grid.has("person", "employee_id"):
        return True
    return form.has_number(grid.text("person", "employee_id"))
