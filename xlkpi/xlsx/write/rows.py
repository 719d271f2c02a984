"""Rows of plain values on openpyxl's sheets: held and written without an object for every cell.

A cell of openpyxl takes 450 bytes, and one with a link four times as much; 100,000 forms have ten million cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from openpyxl.compat import safe_string
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.xlsx.package import OFFICE

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink: its text, a target file, and a location in that file such as '表1'!J9."""

    text: str
    target: str
    location: str | None = None


TableValue = None | str | int | float | datetime | Link


class PlainRow(NamedTuple):
    """A row: its number in the sheet, its height in points, openpyxl's style of each cell, and the values."""

    number: int
    height: float
    looks: Sequence[Any]
    values: Sequence[TableValue]


class PlainRows:
    """The plain rows of one sheet, from top to bottom; all begin in one column. A text never becomes a formula."""

    def __init__(self, first: int) -> None:
        self.rows: list[PlainRow] = []
        self._first, self._widest = first, 0
        self._looks: dict[tuple[int, ...], Sequence[Any]] = {}

    def add(self, number: int, height: float, looks: Sequence[Any], values: Sequence[TableValue]) -> None:
        """Add a row below the others."""
        same = self._looks.setdefault(tuple(map(id, looks)), tuple(looks))  # one for all rows of a table
        self.rows.append(PlainRow(number, height, same, tuple(values)))
        self._widest = max(self._widest, len(values))

    def corners(self) -> list[tuple[int, int]]:
        """First row and column, last row and column; none without rows."""
        if not self.rows:
            return []
        return [(self.rows[0].number, self._first), (self.rows[-1].number, self._first + self._widest - 1)]

    def written(self, row: PlainRow, style: Callable[[Any], int]) -> bytes:
        """The XML of a row. style: the number of a style in the workbook."""
        cells = "".join(
            f'<c r="{get_column_letter(column)}{row.number}" s="{style(look)}" {_content(value)}</c>'
            for column, (look, value) in enumerate(zip(row.looks, row.values, strict=True), self._first)
        )
        return _ascii(f'<row r="{row.number}" ht="{safe_string(row.height)}" customHeight="1">{cells}</row>')

    def links(self) -> Iterator[tuple[str, Link]]:
        """The address of every link, and the link."""
        for row in self.rows:
            for column, value in enumerate(row.values, self._first):
                if isinstance(value, Link):
                    yield f"{get_column_letter(column)}{row.number}", value


_ROWS: WeakKeyDictionary[Worksheet, PlainRows] = WeakKeyDictionary()


def plain_rows(sheet: Worksheet, first: int = 1) -> PlainRows:
    """The plain rows of a sheet, which `saved` writes beside its cells. first: the column in which they begin."""
    return _ROWS.setdefault(sheet, PlainRows(first))


def hyperlink(address: str, link: Link, id: str) -> bytes:
    """The XML of a link in its sheet. id: of its relationship."""
    location = "" if link.location is None else f' location="{_escaped(link.location)}"'
    return _ascii(f'<hyperlink xmlns:r="{OFFICE}" ref="{address}"{location} r:id="{id}"/>')


def relationships(links: Iterator[tuple[str, Link]], id: Callable[[int], str]) -> Iterator[bytes]:
    """The XML of the relationships of a sheet's links."""
    yield _ascii(f'<Relationships xmlns="{_RELATIONS}">')
    for number, (_, link) in enumerate(links, start=1):
        target = f'Target="{_escaped(link.target)}" TargetMode="External"'
        yield _ascii(f'<Relationship Type="{OFFICE}/hyperlink" {target} Id="{id(number)}"/>')
    yield b"</Relationships>"


def _content(value: TableValue) -> str:
    """The type and the content of a cell, as openpyxl writes them."""
    if isinstance(value, Link):
        value = value.text
    if value is None:
        return 't="n">'
    if not isinstance(value, str):
        return f't="n"><v>{safe_string(to_excel(value) if isinstance(value, datetime) else value)}</v>'
    if not value:
        return 't="inlineStr">'
    space = ' xml:space="preserve"' if value != value.strip() else ""
    return f't="inlineStr"><is><t{space}>{_escaped(value, _IN_TEXT)}</t></is>'


_IN_TEXT, _IN_ATTRIBUTE = re.compile("[&<>\r]"), re.compile('[&<>"\t\n\r]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def _escaped(text: str, special: re.Pattern[str] = _IN_ATTRIBUTE) -> str:
    return special.sub(lambda found: _ENTITIES.get(found[0]) or f"&#{ord(found[0])};", text)


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")
