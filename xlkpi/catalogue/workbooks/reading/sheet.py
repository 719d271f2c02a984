"""Reads the sheet of a role into the data that a role file has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.blocks import Block, Blocks, CellFault, blocks_of
from xlkpi.catalogue.workbooks.reading.grid import Grid, address, folded
from xlkpi.catalogue.workbooks.reading.groups import derived_groups, groups_of, note_places
from xlkpi.catalogue.workbooks.reading.indicators import indicators_of, is_total
from xlkpi.catalogue.workbooks.reading.measures import measures_of
from xlkpi.catalogue.workbooks.reading.rows import Notes, Row, id_for, quarter_text
from xlkpi.catalogue.workbooks.reading.weights import settle_weights, weight_of
from xlkpi.i18n.message_files import BOOKS

_OR = re.compile("[\n;；]|或者|或")
_FORBIDDEN = re.compile(r'[\s/\\:*?"<>|\[\]]')
"""What a role's id may not have: it is part of file names."""


@dataclass(frozen=True)
class SheetData:
    """What a sheet says: the role's data, where each key stands, and what cannot be read."""

    data: Mapping[str, Any]
    places: Mapping[str, str]
    faults: tuple[CellFault, ...]


def read_sheet(grid: Grid, title: str) -> SheetData:
    """Read a sheet. title: its name, which is the role's where no other is written."""
    found = blocks_of(grid)
    notes = Notes([*found.faults])
    for block in found.blocks:
        notes.places.setdefault(block.name, block.place)
    data = _head(grid, found, title, notes)
    if guidance := [*_guidance(grid, found)]:
        data["guidance"] = guidance
    if duties := [_duty(row) for row in rows_of(grid, found, "duties", notes)]:
        data["duties"] = duties
    indicator_rows = [row for row in rows_of(grid, found, "indicators", notes) if not is_total(row)]
    measures = measures_of(rows_of(grid, found, "measures", notes), indicator_rows)
    indicators = indicators_of(indicator_rows, measures)
    groups = groups_of(rows_of(grid, found, "groups", notes))
    settle_weights(indicators, groups)
    note_places(indicators)
    data["groups"] = [group.entry for group in groups] or derived_groups(indicators)
    data["measures"] = measures.entries
    data["indicators"] = [indicator.entry for indicator in indicators]
    if alerts := [_alert(row, measures.names) for row in rows_of(grid, found, "alerts", notes)]:
        data["alerts"] = alerts
    if not found.named("indicators"):
        notes.faults.append(CellFault(notes.places[""], BOOKS.message("no_indicators")))
    for name in ("measures", "groups"):
        notes.places.setdefault(name, notes.places.get("indicators", notes.places[""]))
    return SheetData(data, notes.places, tuple(notes.faults))


def rows_of(grid: Grid, found: Blocks, name: str, notes: Notes) -> list[Row]:
    """The rows of the blocks of a name that have anything in them."""
    rows = (Row(grid, block, number, notes) for block in found.named(name) for number in block.rows)
    return [row for row in rows if not row.is_empty()]


# --- head -------------------------------------------------------------------------------------------------------------


_NEAR = 4
"""Columns from a name of the head to its value, at most: people insert some between them."""


def _head(grid: Grid, found: Blocks, title: str, notes: Notes) -> dict[str, Any]:
    cells = {field: place for row in found.head for field, place in _pairs(grid, row)}
    columns = {field: column for field, (_, column) in cells.items()}
    values = {field: Row(grid, Block("head", row, columns, ()), row, notes) for field, (row, _) in cells.items()}

    def text(field: str) -> str:
        return values[field].text(field) if field in values else ""

    for field, (row, column) in cells.items():
        notes.places[field] = address(row, column)
    first = next((row for row in range(len(grid.rows)) if grid.filled(row)), 0)
    notes.places[""] = notes.places.get("title", address(first, grid.filled(first)[0]))
    name = text("title") or title.strip()
    if _FORBIDDEN.search(text("id")):
        values["id"].wrong("id", "role_id", text("id"))
    data: dict[str, Any] = {
        "id": _FORBIDDEN.sub("", text("id")) or role_id(name),
        "title": name,
        "source": text("source") or words.default("source"),
    }
    if quarter := text("effective_from"):
        data["effective_from"] = quarter_text(quarter)
    elif "effective_from" in values:
        values["effective_from"].wrong("effective_from", "no_start")
    else:
        notes.faults.append(CellFault(notes.places[""], BOOKS.message("no_start")))
    if "compare_periods" in values and values["compare_periods"].yes("compare_periods") is False:
        data["compare_periods"] = False
    if "all_rated" in values and values["all_rated"].yes("all_rated"):
        data["all_rated"] = True
    if "missing" in values and (missing := values["missing"].choice("missing", "missing")) is not None:
        data["missing"] = missing
    return data


def role_id(title: str) -> str:
    """The id of a role whose 代号 is empty: its title, as far as a file may be named so."""
    return _FORBIDDEN.sub("", unicodedata.normalize("NFKC", title)) or id_for(title)


def _pairs(grid: Grid, row: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """The names in a row of the head, and the places of their values: the next cell, or a filled one near by.

    What stands far from a name is somebody's own column.
    """
    known = words.headings("head")
    filled = grid.filled(row)
    names = [column for column in filled if folded(grid.text(row, column)) in known]
    for column in names:
        following = [other for other in filled if column < other <= column + _NEAR]
        place = following[0] if following and following[0] not in names else column + 1
        yield known[folded(grid.text(row, column))], (row, place)


# --- duties, guidance, groups, alerts ---------------------------------------------------------------------------------


def _guidance(grid: Grid, found: Blocks) -> Iterator[str]:
    """The texts below the title, in its column: what stands beside is somebody's own."""
    for block in found.named("guidance"):
        column = grid.filled(block.header)[0]
        yield from filter(None, (grid.text(row, column) for row in block.rows))


def _duty(row: Row) -> dict[str, Any]:
    entry: dict[str, Any] = {"heading": row.needed("heading"), "text": row.needed("text")}
    if (share := weight_of(row, "share")) is not None:
        entry["share"] = share.value
    entry |= row.period()
    keys = {key: key for key in ("heading", "text", "share", "effective_from", "effective_to")}
    row.keep_places(entry, "duties", entry["heading"], keys)
    return entry


def _alert(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    text = row.needed("text")
    entry: dict[str, Any] = {"id": row.text("id") or id_for(text), "text": text}
    conditions = [part for part in _OR.split(row.needed("when")) if part.strip()]
    entry["when"] = [row.parsed("when", condition, names) or "" for condition in conditions]
    if row.yes("red_line"):
        entry["red_line"] = True
    entry |= row.period()
    keys = {key: key for key in ("id", "text", "when", "red_line", "effective_from", "effective_to")}
    row.keep_places(entry, "alerts", entry["id"], keys)
    return entry
