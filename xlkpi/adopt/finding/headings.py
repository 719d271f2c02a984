"""Finds the headings of tables: one row or two, by the words that companies use, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from xlkpi.adopt.finding.sheets import Sheet
from xlkpi.adopt.words import kind_of, pattern

MORE = "more"
"""The kind of a column over which the heading of the one before is merged."""
_NAMED = frozenset(("label", "item", "content"))
"""A table of indicators has a column of one of these kinds …"""
_SAID = frozenset(("weight", "points", "rule", "standard", "target", "group_weight", "level"))
"""… and one of these."""
NAMELESS = ("target", "definition", "group")
"""… else the first of these names what weights and rules are about."""
_LONGEST = 20
"""Characters of a heading, without what stands in brackets."""


@dataclass(frozen=True)
class Column:
    """A column of a table. kind: as in adopt.toml, or `MORE`; "" for an unknown one. number: from 0."""

    number: int
    heading: str
    kind: str


@dataclass(frozen=True)
class Header:
    """The headings of a table: its first and last row, from 0, and its columns from left to right."""

    top: int
    bottom: int
    columns: tuple[Column, ...]

    def of(self, *kinds: str) -> tuple[Column, ...]:
        """The columns of these kinds."""
        return tuple(column for column in self.columns if column.kind in kinds)

    def heading(self, column: int) -> str:
        return next((one.heading for one in self.columns if one.number == column), "")


def headers_of(sheet: Sheet) -> list[Header]:
    """The headers on a sheet, from top to bottom."""
    found: list[Header] = []
    row = 0
    while row < sheet.rows:
        header = _header_at(sheet, row)
        if header is None:
            row += 1
        else:
            found.append(header)
            row = header.bottom + 1
    return found


def side_by_side(sheet: Sheet) -> list[Sheet]:
    """The sheet, or its parts where tables stand beside each other with an empty column between them."""
    headers = headers_of(sheet)
    if not headers:
        return [sheet]
    filled = {column for _, column in sheet.cells}
    parts: list[list[Column]] = [[]]
    for column in headers[0].columns:
        if column.number in filled or column.kind == MORE:
            parts[-1].append(column)
        elif parts[-1]:
            parts.append([])
    parts = [part for part in parts if part]
    if len(parts) < 2 or not all(_is_header(column.kind for column in part) for part in parts):
        return [sheet]
    starts = [0, *(part[0].number for part in parts[1:]), sheet.columns]
    return [sheet.within(first, last) for first, last in pairwise(starts)]


def seen_headings(sheet: Sheet) -> tuple[str, ...]:
    """The texts of the row that looks most like headings, for the message that there are none."""
    rows = [[cell.text for cell in sheet.row(row).values()] for row in range(min(sheet.rows, 60))]
    named = [sum(kind_of(text) != "" for text in texts) for texts in rows]
    return tuple(rows[named.index(max(named))][:12]) if any(named) else ()


def _header_at(sheet: Sheet, row: int) -> Header | None:
    """The header that begins in a row: alone, or with the row below, over which its headings are split or merged."""
    alone, below = _kinds(sheet, row), _kinds(sheet, row + 1)
    if row + 1 < sheet.rows and _looks_like_headings(sheet, row) and _splits(sheet, row):
        together = {column: below.get(column) or alone.get(column, "") for column in {**alone, **below}}
        if _is_header(together.values()):
            return Header(row, row + 1, _columns(sheet, row, row + 1, together))
    if _is_header(alone.values()) and _looks_like_headings(sheet, row):
        return Header(row, row, _columns(sheet, row, row, alone))
    return None


def _kinds(sheet: Sheet, row: int) -> dict[int, str]:
    """Column → kind of the heading that people see there."""
    texts = {column: sheet.text(row, column) for column in range(sheet.columns)}
    return {column: kind for column, text in texts.items() if (kind := kind_of(text))}


def _is_header(kinds: Iterable[str]) -> bool:
    named = set(kinds)
    if named & _NAMED:
        return bool(named & _SAID) and len(named) >= 2
    return bool(named & {"weight", "points"}) and bool(named & {"rule", "standard"}) and bool(named & set(NAMELESS))


def _looks_like_headings(sheet: Sheet, row: int) -> bool:
    """Whether a row has only short texts, at least two, of which most are known headings."""
    texts = [cell.text for cell in sheet.row(row).values()]
    plain = [pattern("in_brackets").sub("", text) for text in texts]
    known = sum(kind_of(text) != "" for text in texts)
    short = sum(len(text) <= _LONGEST and not pattern("no_heading").search(text) for text in plain)
    levels = sum(kind_of(text) == "level" for text in texts)
    return (short + levels) * 4 >= len(texts) * 3 and known >= 2 and known * 2 >= len(texts)


def _splits(sheet: Sheet, row: int) -> bool:
    """Whether the row below belongs to the headings of a row: its texts stand under merged or missing ones."""
    below = sheet.row(row + 1)
    if not below or any(len(cell.text) > _LONGEST or cell.number is not None for cell in below.values()):
        return False
    known = sum(kind_of(cell.text) != "" for cell in below.values())
    if known * 2 < len(below):
        return False
    wide = {
        column
        for column in below
        if (area := sheet.areas.get(sheet.anchor(row, column))) is not None and area[3] > area[1]
    }
    under = {column for column in below if column in wide or not sheet.text(row, column)}
    return under == set(below) or (known >= 2 and len(under) * 2 >= len(below))


def _columns(sheet: Sheet, top: int, bottom: int, kinds: dict[int, str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    for number in range(sheet.columns):
        texts = dict.fromkeys(filter(None, (sheet.text(row, number) for row in range(top, bottom + 1))))
        heading = "/".join(" ".join(text.split()) for text in texts)
        anchor = sheet.anchor(bottom, number)
        # A heading merged over several columns is that of the first; the others hold more of the same.
        kind = MORE if heading and anchor[1] != number else kinds.get(number, "")
        taken = sum(re.sub(r" \d+$", "", column.heading) == heading for column in columns)
        columns.append(Column(number, f"{heading} {taken + 1}" if heading and taken else heading, kind))
    return tuple(columns)
