"""Reads role workbooks (.xlsx): one sheet is one role. Faults name file, sheet and cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xlkpi.catalogue.role import Version
from xlkpi.catalogue.role_file import versions_of
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.at_cells import at_cell
from xlkpi.catalogue.workbooks.questions import open_questions
from xlkpi.catalogue.workbooks.reading.grid import Grid, place_of
from xlkpi.catalogue.workbooks.reading.sheet import read_sheet
from xlkpi.i18n.message_files import BOOKS, PROBLEMS
from xlkpi.i18n.problems import UnreadableError, unforeseen
from xlkpi.xlsx.reader import WorkbookReader

_FORMS = "_xlkpi"
"""The hidden sheet of forms that were given out: such a workbook is no role."""


@dataclass(frozen=True)
class RoleSheet:
    """A sheet with a role.

    file: as messages name it. id: the role's. data: as in a role file. places: key of a fault → address of its cell;
    "" is the place of the whole role. faults: what cannot be read on the sheet; `versions` raises them too. readings:
    address → what stands there under 程序怎样理解.
    """

    file: str
    sheet: str
    id: str
    data: Mapping[str, Any]
    places: Mapping[str, str] = field(repr=False)
    faults: tuple[Fault, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def title(self) -> str:
        """The role's title."""
        return str(self.data["title"])


@dataclass(frozen=True)
class RoleBook:
    """A role workbook: its sheets with roles, what is wrong with the whole file, and its open questions."""

    sheets: tuple[RoleSheet, ...]
    faults: tuple[Fault, ...] = ()
    questions: tuple[Fault, ...] = ()


def read_role_book(content: bytes, file: str) -> RoleBook:
    """The roles of a workbook. file: its name for messages, such as 岗位/客服.xlsx.

    Raises nothing for what is wrong in it: a file or sheet that cannot be read is a fault, and keeps no other sheet
    from being read.
    """
    try:
        return _read(content, file)
    except UnreadableError as error:
        return RoleBook((), (_unreadable(error, file),))
    except BaseException as error:  # a panic in a Rust reader is not an Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return RoleBook((), (_unreadable(unforeseen(error), file),))


def _read(content: bytes, file: str) -> RoleBook:
    book = WorkbookReader(content)
    if _FORMS in book.titles:
        return RoleBook((), (Fault(file, "", BOOKS.message("is_form")),))
    sheets: list[RoleSheet] = []
    faults: list[Fault] = []
    grids: dict[str, Grid] = {}
    for title in filter(_may_be_role, book.titles):
        try:
            stored = book.stored(title)
            grid = Grid(book.rows(title), stored.formats, stored.errors, stored.uncalculated)
        except UnreadableError as error:
            faults.append(_unreadable(error, file, title))
            continue
        grids[title] = grid
        if any(map(grid.filled, range(len(grid.rows)))):
            sheets.append(_role_sheet(grid, file, title))
    if not sheets and not faults:
        faults.append(Fault(file, "", BOOKS.message("no_roles")))
    questions: list[Fault] = []
    if (asked := words.sheet("questions")) in book.titles:
        try:
            questions += open_questions(Grid(book.rows(asked)), file, sheets, grids)
        except UnreadableError as error:
            faults.append(_unreadable(error, file, asked))
    return RoleBook(tuple(_with_doubled(sheets)), tuple(faults), tuple(questions))


def versions(sheet: RoleSheet) -> tuple[Version, ...]:
    """The versions of a sheet's role, oldest first. Raises `CatalogueError`, whose faults name their cells."""
    try:
        read = versions_of(dict(sheet.data), sheet.file, sheet.id)
    except CatalogueError as error:
        further = (at_cell(fault, sheet.sheet, sheet.places) for fault in error.faults)
        raise CatalogueError([*sheet.faults, *(fault for fault in further if not _told(fault, sheet))]) from None
    if sheet.faults:
        raise CatalogueError(sheet.faults)
    return read


def _told(fault: Fault, sheet: RoleSheet) -> bool:
    """Whether the sheet's own faults say it already: at the same cell, as what the same row lacks, or as a column."""
    if fault.message.key == "needed" and _lacks_column(fault, sheet):
        return True
    known = {other.cell for other in sheet.faults}
    rows = {_row(cell) for cell in known} if fault.message.key == "needed" else set()
    return fault.cell in known or _row(fault.cell) in rows


def _lacks_column(fault: Fault, sheet: RoleSheet) -> bool:
    """Whether an entry lacks what belongs into a column that is not there: that is told once, at the headings."""
    entry, _, field = fault.key.rpartition(".")
    block, _, id = entry.partition("[")
    indicator = sheet.places.get(f"indicators[{id}")
    if indicator and indicator == sheet.places.get(entry):  # data that the row of an indicator says
        block = "indicators"
    if block not in words.BLOCKS or field not in words.columns(block):
        return False
    wanted = words.title(block), words.heading(block, field)
    messages = (other.message for other in sheet.faults if other.message.key in ("no_column", "heading_near"))
    return any((message.values["block"], message.values["heading"]) == wanted for message in messages)


def _row(cell: str) -> str:
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _may_be_role(title: str) -> bool:
    return not title.startswith("_") and title not in map(words.sheet, ("instructions", "questions"))


def _unreadable(error: UnreadableError, file: str, sheet: str = "") -> Fault:
    return Fault(file, "", PROBLEMS.message(error.key, **error.values), sheet=sheet)


def _role_sheet(grid: Grid, file: str, title: str) -> RoleSheet:
    read = read_sheet(grid, title)
    faults = (Fault(file, "", fault.message, fault.text, title, fault.cell) for fault in read.faults)
    cells = (cell for key, cell in read.places.items() if key.endswith(".reading"))
    readings = {cell: grid.text(*place_of(cell)) for cell in cells}
    return RoleSheet(file, title, str(read.data["id"]), read.data, read.places, tuple(faults), readings)


def _with_doubled(sheets: list[RoleSheet]) -> Iterator[RoleSheet]:
    """The sheets; one whose role another sheet before it has gets a fault."""
    seen: dict[str, str] = {}
    for sheet in sheets:
        other = seen.setdefault(sheet.id, sheet.sheet)
        if other == sheet.sheet:
            yield sheet
            continue
        message = BOOKS.message("role_twice", other=other)
        place = sheet.places.get("id") or sheet.places[""]
        fault = Fault(sheet.file, "id", message, "", sheet.sheet, place)
        yield replace(sheet, faults=(*sheet.faults, fault))
