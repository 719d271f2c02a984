"""Reads the sheet 待确认 of a role workbook: which of its questions nobody has answered yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from xlkpi.catalogue.toml import Fault
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.at_cells import cell_of
from xlkpi.catalogue.workbooks.reading.grid import Grid, address, folded, place_of
from xlkpi.i18n.message_files import BOOKS

_TOP = 20
"""Rows in which the headings are looked for."""


class AskedSheet(Protocol):
    """The sheet of a role, as far as questions need it."""

    @property
    def file(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def places(self) -> Mapping[str, str]: ...


def open_questions(grid: Grid, file: str, sheets: Sequence[AskedSheet], grids: Mapping[str, Grid]) -> Iterator[Fault]:
    """The questions that are still open: the cell of the answer is as it was, and nobody wrote 已确认 beside them.

    grid: of the sheet 待确认. grids: of the sheets of roles, by name. A sheet without the columns that later releases
    write says nothing: there nobody can tell which questions are open.
    """
    for header in range(min(_TOP, len(grid.rows))):
        if at := _columns(grid, header):
            break
    else:
        return
    for row in range(header + 1, len(grid.rows)):
        texts = {name: grid.text(row, column) for name, column in at.items()}
        if texts["cell"] and texts["text"] and folded(texts["state"]) not in words.chosen("settled"):
            yield from _if_open(texts, file, address(row, at["text"]), sheets, grids)


def _columns(grid: Grid, row: int) -> dict[str, int]:
    """The columns of the headings in a row; none unless all of them are there."""
    columns = {folded(grid.text(row, column)): column for column in grid.filled(row)}
    headings = {name: folded(heading) for name, heading in words.question_columns().items()}
    complete = columns.keys() >= set(headings.values())
    return {name: columns[heading] for name, heading in headings.items()} if complete else {}


def _if_open(
    texts: Mapping[str, str], file: str, asked_at: str, sheets: Sequence[AskedSheet], grids: Mapping[str, Grid]
) -> Iterator[Fault]:
    names = {"sheet": words.sheet("questions"), "state": words.question_columns()["state"]}
    names["settled"] = words.choice("settled", "yes")
    key, role = texts["key"], texts["role"]
    named = [one for one in sheets if one.sheet == role] or [one for one in sheets if one.title == role]
    entry = key.partition("]")[0] + "]" if "[" in key else ""
    if not named or (entry and entry not in named[0].places):
        yield Fault(file, "", BOOKS.message("question_lost", **names), "", words.sheet("questions"), asked_at)
        return
    sheet = named[0]
    cell = cell_of(key, sheet.places)
    if folded(grids[sheet.sheet].text(*place_of(cell))) == folded(texts["before"]):
        message = BOOKS.message("question_open", question=texts["text"], **names)
        yield Fault(file, key, message, "", sheet.sheet, cell)
