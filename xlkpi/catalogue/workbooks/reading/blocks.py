"""Finds the blocks of a role's sheet by their titles and headings, wherever they stand."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.grid import Grid, address, folded
from xlkpi.i18n.message_files import BOOKS, Message

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "duties": ("heading", "text"),
    "measures": ("label", "unit"),
    "groups": ("path", "weight"),
    "indicators": ("label", "weight", "rule"),
    "alerts": ("text", "when"),
}
"""The columns without which a block says nothing."""
_ALSO_NEEDED: Mapping[str, tuple[str, ...]] = {"indicators": ("unit",)}
"""Further columns that every entry needs, but that no block is known by."""
_OUTPUT = frozenset({"reading", "originals", "unread"})
_WITH_REMARK = 2
_NEAR = 0.6
"""How alike a heading must be to one that is missing, to be taken for a slip."""


@dataclass(frozen=True)
class CellFault:
    """One thing wrong at a cell. text: what stands there."""

    cell: str
    message: Message
    text: str = ""


@dataclass(frozen=True)
class Block:
    """A block of a sheet.

    header: the row of its headings; of guidance: of its title. columns: field → column. rows: those with its entries.
    """

    name: str
    header: int
    columns: Mapping[str, int]
    rows: tuple[int, ...]

    @property
    def place(self) -> str:
        """The address of its first heading."""
        return address(self.header, min(self.columns.values(), default=0))


@dataclass(frozen=True)
class Blocks:
    """The blocks of a sheet in order, the rows above them, and what is wrong with titles and headings."""

    head: tuple[int, ...]
    blocks: tuple[Block, ...]
    faults: tuple[CellFault, ...]

    def named(self, name: str) -> tuple[Block, ...]:
        """The blocks of a name: usually one, none where the role has no such entries."""
        return tuple(block for block in self.blocks if block.name == name)


def blocks_of(grid: Grid) -> Blocks:
    """Find the blocks of a sheet."""
    filled = [row for row in range(len(grid.rows)) if grid.filled(row)]
    marks = [*_marks(grid, filled)]
    first = marks[0][0] if marks else len(grid.rows)
    blocks: list[Block] = []
    faults: list[CellFault] = []
    for number, (row, name, columns) in enumerate(marks):
        following = marks[number + 1] if number + 1 < len(marks) else (len(grid.rows), "", None)
        rows = tuple(inside for inside in filled if row < inside < following[0])
        if columns is not None or name == "guidance":
            blocks.append(Block(name, row, columns or {}, rows))
        elif following[1] != name or following[2] is None:
            headings = tuple(words.heading(name, field) for field in _NEEDED[name])
            where = address(row, grid.filled(row)[0])
            faults.append(CellFault(where, BOOKS.message("no_headings", block=words.title(name), names=headings)))
    for block in blocks:
        faults += _heading_faults(grid, block)
    return Blocks(tuple(row for row in filled if row < first), tuple(blocks), tuple(faults))


def _marks(grid: Grid, filled: list[int]) -> Iterator[tuple[int, str, Mapping[str, int] | None]]:
    """The rows that begin something: a title (without columns) or headings, with the name of the block."""
    expected = ""
    for row in filled:
        found = _headings(grid, row, expected)
        if found is not None:
            yield row, *found
            expected = ""
        elif name := _title(grid, row):
            yield row, name, None
            expected = name


def _title(grid: Grid, row: int) -> str:
    """The block whose title stands in a row, alone or with one remark beside it; "" for any other row."""
    columns = grid.filled(row)
    return words.titles().get(folded(grid.text(row, columns[0])), "") if len(columns) <= _WITH_REMARK else ""


def _headings(grid: Grid, row: int, expected: str) -> tuple[str, Mapping[str, int]] | None:
    """The block that a row has the headings of, and their columns. expected: the block whose title stands above."""
    found: dict[str, dict[str, int]] = {}
    for block in words.BLOCKS:
        columns: dict[str, int] = {}
        for column in grid.filled(row):
            field = words.headings(block).get(folded(grid.text(row, column)))
            if field is not None:
                columns.setdefault(field, column)
        found[block] = columns
    if expected in found and len(found[expected]) >= 2:
        return expected, found[expected]
    complete = [block for block, columns in found.items() if _identifies(block, columns)]
    best = max(complete, key=lambda block: len(found[block]), default=None)
    return None if best is None else (best, found[best])


def _identifies(block: str, columns: Mapping[str, int]) -> bool:
    """Whether headings are so many of a block's that no row of entries is taken for them."""
    needed = sum(field in columns for field in _NEEDED[block])
    if block == "indicators":
        return "label" in columns and needed >= 2 and len(columns) >= 3
    if block == "measures":
        return needed == 2 and len(columns) >= 3 and "rule" not in columns
    return needed == len(_NEEDED[block])


def _heading_faults(grid: Grid, block: Block) -> Iterator[CellFault]:
    if block.name == "guidance":
        return
    seen: set[str] = set()
    known = words.headings(block.name)
    missing = [field for field in words.columns(block.name) if field not in block.columns and field not in _OUTPUT]
    for column in grid.filled(block.header):
        text = grid.text(block.header, column)
        field = known.get(folded(text))
        where = address(block.header, column)
        if field in seen:
            yield CellFault(where, BOOKS.message("heading_twice"), text)
        elif field is None and (near := _nearest(text, block.name, missing)):
            missing.remove(near)
            values = {"block": words.title(block.name), "heading": words.heading(block.name, near)}
            yield CellFault(where, BOOKS.message("heading_near", **values), text)
        if field is not None:
            seen.add(field)
    for field in (*_NEEDED[block.name], *_ALSO_NEEDED.get(block.name, ())):
        if field in missing:
            values = {"block": words.title(block.name), "heading": words.heading(block.name, field)}
            yield CellFault(block.place, BOOKS.message("no_column", **values))


def _nearest(text: str, block: str, missing: list[str]) -> str | None:
    """The missing field whose heading a text is nearly."""
    by_heading = {folded(words.heading(block, field)): field for field in missing}
    near = difflib.get_close_matches(folded(text), [name for name in by_heading if len(name) > 1], 1, _NEAR)
    return by_heading[near[0]] if near else None
