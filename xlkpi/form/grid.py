"""Reads the cells of a sheet of a returned workbook by (row id, column id)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from xlkpi.common.caches import kept_if_small
from xlkpi.form.layout import LETTER
from xlkpi.i18n.numbers import Value, value_text
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.cells import CellTexts, StoredCells
from xlkpi.xlsx.reader import WorkbookReader

_TOP = 20
"""Rows in which the column ids are looked for: people insert some above, for a letterhead."""
_FEWEST = 3
"""Ids of columns that a row must hold to be the one with the ids: fewer may be somebody's words."""
_COLUMN_IDS = frozenset(LETTER)
_ROW_IDS = frozenset(("person", "final", "grade", "engine", "total"))
"""Ids of rows that every form has."""


@dataclass(frozen=True, eq=False)
class Ids:
    """Where the ids of a sheet stand; forms of one role share the object, and with it what is found out from it.

    row, column: id → the one place where it stands, from 0. doubled_rows, doubled_columns: id → its several places,
    which do not say which cell is meant. headers: the row of column ids, as it stands in the sheet. families: of the
    rows, such as b of b:1.
    """

    row: Mapping[str, int]
    column: Mapping[str, int]
    doubled_rows: Mapping[str, Sequence[int]]
    doubled_columns: Mapping[str, Sequence[int]]
    headers: Sequence[str]
    families: Set[str]


class Grid:
    """The cells of a sheet by (row id, column id). Raises `UnreadableError` where the sheet has no ids.

    columns, anchors: column ids that the sheet may have, and row ids of which it has some; by default those of a form.
    id_row, id_column: where the column ids and the row ids stand, from 0.
    """

    def __init__(
        self,
        rows: Sequence[Sequence[object]],
        stored: StoredCells,
        columns: Set[str] = _COLUMN_IDS,
        anchors: Set[str] = _ROW_IDS,
    ) -> None:
        self.rows, self.errors, self.uncalculated, self.shown = rows, stored.errors, stored.uncalculated, stored.shown
        self.twice, self._stored = stored.twice, stored
        top = [_known(row, columns) for row in rows[:_TOP]]
        # Not the first row with "id": somebody may have typed it.
        self.id_row = max(range(len(top)), key=top.__getitem__, default=0)
        headers = tuple(map(str, rows[self.id_row])) if top else ()
        found = _places(headers)
        known = columns & found.keys()
        if len(known) < _FEWEST:
            raise UnreadableError("identity", "no_column_ids")
        below = rows[self.id_row + 1 :]
        self.id_column = found["id"][0] if "id" in known else _id_column(below, anchors)
        above = ("",) * (self.id_row + 1)
        self.ids = ids = _ids(headers, (*above, *(str(row[self.id_column]) for row in below)))
        if anchors.isdisjoint(ids.row) and anchors.isdisjoint(ids.doubled_rows):
            raise UnreadableError("identity", "no_row_ids")
        self.row, self.column = ids.row, ids.column
        self.doubled_rows, self.doubled_columns = ids.doubled_rows, ids.doubled_columns

    @property
    def formats(self) -> CellTexts:
        """The codes of the number formats of cells, but for General."""
        return self._stored.formats

    def has(self, row_id: str, column_id: str) -> bool:
        """Whether there is exactly one such cell."""
        return row_id in self.row and column_id in self.column

    def has_family(self, row_id: str) -> bool:
        """Whether there is a row of this one's family (`b:1` of `b:`): the first of a block may be deleted."""
        return row_id.partition(":")[0] in self.ids.families

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
                return UnreadableError("doubled", key, row_id, column_id, label=id)
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
        if row is None or column is None:
            return None
        value = self.rows[row][column]
        return value if value.__class__ is float else _value(self._raw(row, column))

    def _raw(self, row: int, column: int) -> object:
        value = self.errors[row, column] if (row, column) in self.errors else self.rows[row][column]
        return None if value == "" else value

    def text(self, row_id: str, column_id: str) -> str:
        """The value as text; "" for an empty cell, a number as its format shows its zeros. Raises as `place`."""
        row, column = place = self.place(row_id, column_id)
        value = self.rows[row][column]
        if value.__class__ is str and place not in self.errors:  # no format shows a text otherwise
            return value
        return self.shown.get(place) or value_text(_value(self._raw(row, column)))


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


def _id_column(rows: Sequence[Sequence[object]], anchors: Set[str]) -> int:
    """The column with the most of the anchors, where no header says which one it is."""
    columns = range(max(map(len, rows), default=1))
    return max(columns, key=lambda column: len(anchors & {str(row[column]) for row in rows}))


def _known(row: Sequence[object], ids: Set[str]) -> int:
    """How many of the ids stand in a row."""
    texts = [cell for cell in row if cell.__class__ is str]
    joined = {id for text in texts if "/" in text for id in text.split("/")}
    return len(ids & joined.union(texts))


@kept_if_small(256, 50_000, lambda headers, cells: sum(map(len, headers)) + sum(map(len, cells)) + len(cells))
def _ids(headers: tuple[str, ...], cells: tuple[str, ...]) -> Ids:
    """The ids of a row of column ids, and of a column of row ids."""
    columns, rows = _places(headers), _places(cells)
    row, column = ({id: at[0] for id, at in places.items() if len(at) == 1} for places in (rows, columns))
    doubled_rows, doubled_columns = ({id: at for id, at in all.items() if len(at) > 1} for all in (rows, columns))
    families = frozenset(id.partition(":")[0] for id in row if ":" in id)
    return Ids(row, column, doubled_rows, doubled_columns, headers, families)


@kept_if_small(256, 50_000, lambda cells: sum(map(len, cells)) + len(cells))
def _places(cells: tuple[str, ...]) -> Mapping[str, Sequence[int]]:
    """The indices of the cells with each id; a cell may hold several, joined by /."""
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        for id in filter(None, cell.split("/")):
            places.setdefault(id, []).append(place)
    return places
