"""What is told about tables and forms while numbers are brought in: where, what, and what to do.

One cause is told once, at its first cell, with the number of rows that it concerns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlkpi.form.grid import address
from xlkpi.i18n.message_files import COMMANDS

FAULT, CONFLICT, NOTE = "fault", "conflict", "note"
"""Something that could not be placed or read; two numbers for one cell; something worth knowing."""

_Key = tuple[str, str, str, str | None, tuple[tuple[str, object], ...]]


@dataclass(frozen=True)
class Finding:
    """One thing that is told. kind: `FAULT`, `CONFLICT` or `NOTE`. cell: the first; count: of the cells or rows."""

    kind: str
    file: str
    sheet: str | None
    cell: str
    message: str
    count: int = 1
    key: str = ""
    """Of the message."""

    @property
    def where(self) -> str:
        """File, sheet and cell."""
        return " ".join(filter(None, (self.file, self.sheet, self.cell)))


class Findings:
    """Collects what is to be told."""

    def __init__(self) -> None:
        self._cells: dict[_Key, tuple[str, int, object]] = {}

    def add(
        self,
        kind: str,
        key: str,
        file: str,
        sheet: str | None = None,
        place: tuple[int, int] | str | None = None,
        /,
        **values: object,
    ) -> None:
        """Tell the message `key`. place: row and column from 0, or an address; equal messages are told once.

        Messages that differ in `row` only are equal: the first is told.
        """
        row = values.pop("row", None)
        id = (kind, key, file, sheet, tuple(values.items()))
        if id in self._cells:
            cell, count, row = self._cells[id]
            self._cells[id] = cell, count + 1, row
            return
        cell = "" if place is None else place if isinstance(place, str) else address(*place)
        self._cells[id] = cell, 1, row

    def __iter__(self) -> Iterator[Finding]:
        for (kind, key, file, sheet, values), (cell, count, row) in self._cells.items():
            message = COMMANDS(key, **dict(values), row=row)
            if count > 1:
                message = COMMANDS("fill_more_rows", message=message, count=count)
            yield Finding(kind, file, sheet, cell, message, count, key)

    def __len__(self) -> int:
        return len(self._cells)

    def any(self, *kinds: str) -> bool:
        """Whether something of these kinds was found."""
        return any(id[0] in kinds for id in self._cells)
