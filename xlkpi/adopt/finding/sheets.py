"""Reads the sheets of any file that holds a table (.xlsx, .xls, .csv) as cells with the texts that people see."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

from xlkpi.common.csv_rows import csv_rows
from xlkpi.form.grid import address
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.numbers import is_number, plain, value_text
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import content_of, coordinates, reading
from xlkpi.xlsx.cells import LARGEST_AREA
from xlkpi.xlsx.package import Package
from xlkpi.xlsx.reader import WorkbookReader
from xlkpi.xlsx.shown_numbers import shown_number

Place = tuple[int, int]
"""Row and column, from 0."""
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells, from 0."""

_LARGEST_XLS = 16_000_000
"""Bytes. A reader unpacks an .xls as a whole, before anything of it can be measured."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Cell:
    """What a cell shows. number: where it holds one; percent: whether it is shown in per cent (0.3 as 30%)."""

    text: str
    number: float | None = None
    percent: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet: its cells that are not empty, its merged areas, and what of it is hidden.

    name: "" for a CSV. hidden: whether nobody sees the sheet. formats: whether the formats of its numbers are known.
    notes: what people noted at cells (批注). shapes: the texts of boxes that lie on it.
    """

    name: str
    cells: Mapping[Place, Cell]
    merged: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False
    formats: bool = True
    notes: Mapping[Place, str] = field(default_factory=dict)
    shapes: tuple[str, ...] = ()
    anchors: Mapping[Place, Place] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "anchors", dict(_anchors(self.merged, self.rows, self.columns)))

    @cached_property
    def rows(self) -> int:
        return max((row for row, _ in self.cells), default=-1) + 1

    @cached_property
    def columns(self) -> int:
        return max((column for _, column in self.cells), default=-1) + 1

    @cached_property
    def areas(self) -> Mapping[Place, Area]:
        """The merged area of each first cell."""
        return {(area[0], area[1]): area for area in self.merged}

    def anchor(self, row: int, column: int) -> Place:
        """The cell that a place shows: the first one of its merged area, else itself."""
        return self.anchors.get((row, column), (row, column))

    def cell(self, row: int, column: int) -> Cell | None:
        """What people see at a place, merged cells included; None where it is empty."""
        return self.cells.get(self.anchor(row, column))

    def text(self, row: int, column: int) -> str:
        cell = self.cell(row, column)
        return cell.text if cell else ""

    @cached_property
    def _by_row(self) -> Mapping[int, dict[int, Cell]]:
        rows: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self.cells.items(), key=lambda entry: entry[0]):
            rows.setdefault(row, {})[column] = cell
        return rows

    def row(self, row: int) -> dict[int, Cell]:
        """The cells of a row that it holds itself, by column."""
        return self._by_row.get(row, {})

    def within(self, first: int, last: int) -> Sheet:
        """The columns from `first` to before `last`, in their places."""
        cells = {place: cell for place, cell in self.cells.items() if first <= place[1] < last}
        merged = tuple(area for area in self.merged if first <= area[1] < last)
        notes = {place: text for place, text in self.notes.items() if first <= place[1] < last}
        return replace(self, cells=cells, merged=merged, notes=notes)

    def address(self, place: Place) -> str:
        return address(*place)


def _anchors(merged: tuple[Area, ...], rows: int, columns: int) -> Iterator[tuple[Place, Place]]:
    """Each place of a merged area inside the used range, with the area's first cell."""
    inside = [(top, left, min(bottom, rows - 1), min(right, columns - 1)) for top, left, bottom, right in merged]
    inside = [area for area in inside if area[0] <= area[2] and area[1] <= area[3]]
    if sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in inside) > LARGEST_AREA:
        raise UnreadableError("file", "too_many_cells")
    for top, left, bottom, right in inside:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                yield (row, column), (top, left)


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """The sheets of a file that are not empty. Raises `UnreadableError`, OSError."""
    match path.suffix.lower():
        case ".xlsx" | ".xlsm" | ".xls" | ".et":
            content = content_of(path)
            sheets = _old_book(content) if content.startswith(_OLE) else _book(content)
        case ".csv" | ".txt" | ".tsv":
            sheets = [Sheet("", _text_cells(csv_rows(content_of(path))))]
        case _:
            raise UnreadableError("file", "adopt_format")
    return tuple(sheet for sheet in sheets if sheet.cells)


# --- .xlsx ----------------------------------------------------------------------------------------------------------


def _book(content: bytes) -> list[Sheet]:
    book = WorkbookReader(content)
    if META_SHEET in book.titles:
        raise UnreadableError("file", "adopt_is_form")
    with reading():
        package = Package(content)
    sheets = []
    for title in book.titles:
        stored = book.stored(title)
        cells: dict[Place, Cell] = {}
        for row, values in enumerate(book.rows(title)):
            for column, value in enumerate(values):
                place = row, column
                cell = _cell(value, stored.formats.get(place, ""))
                if text := stored.errors.get(place) or stored.shown.get(place):
                    cell = replace(cell, text=text)
                elif place in stored.uncalculated:
                    cell = Cell(f"={stored.formulas[place]}")
                if cell.text:
                    cells[place] = cell
        with reading():
            root = package.peek(stored.part)
            hidden = _hidden(root)
            merged = tuple(_merged(root))
            notes, shapes = dict(_notes(package, stored.part)), tuple(_shapes(package, stored.part))
        sheets.append(Sheet(title, cells, merged, *hidden, title in book.hidden, notes=notes, shapes=shapes))
    return sheets


def _cell(value: object, code: str = "") -> Cell:
    """A cell. code: of its number format."""
    if is_number(value):
        number = float(value)
        return Cell(_number_text(number, code), number, "%" in code)
    return Cell(re.sub(r"_x000D_|\r\n?", "\n", value_text(value)).strip())


def _number_text(number: float, code: str) -> str:
    """A number with all its digits, and with the words that its format shows: 3次, 180万, 30%."""
    exact = f"{plain(round(number * 100, 10))}%" if "%" in code else value_text(number)
    shown = shown_number(number, code) if code else None
    word = re.sub(r"[\d.,%\s()+-]", "", shown or "")
    if shown is None or not word:
        return exact
    digits = re.sub(r"[^\d.]", "", shown)
    same = digits not in ("", ".") and abs(float(digits) - abs(number)) <= 0.5
    return f"{exact}{word}" if same and shown.rstrip().endswith(word) else shown.strip()


def _merged(root: etree._Element) -> Iterator[Area]:
    for entry in root.iterfind("{*}mergeCells/{*}mergeCell"):
        first, _, last = entry.get("ref", "").partition(":")
        top, left = coordinates(first)
        bottom, right = coordinates(last or first)
        yield top - 1, left - 1, bottom - 1, right - 1


def _hidden(root: etree._Element) -> tuple[frozenset[int], frozenset[int]]:
    """Hidden rows and columns, from 0."""
    rows = {int(row.get("r", "0")) - 1 for row in root.iterfind("{*}sheetData/{*}row") if _is_true(row)}
    columns: set[int] = set()
    for column in filter(_is_true, root.iterfind("{*}cols/{*}col")):
        columns.update(range(int(column.get("min", "1")) - 1, min(int(column.get("max", "1")), 16_384)))
    return frozenset(rows), frozenset(columns)


def _notes(package: Package, part: str) -> Iterator[tuple[Place, str]]:
    """The notes of a sheet; those of a conversation stand in the same part, with an introduction."""
    for kind, target in package.related(part):
        if kind.endswith("/comments") and package.has(target):
            for note in package.peek(target).iter("{*}comment"):
                row, column = coordinates(note.get("ref", ""))
                if text := _text_of(note):
                    yield (row - 1, column - 1), text


def _shapes(package: Package, part: str) -> Iterator[str]:
    for kind, target in package.related(part):
        if kind.endswith("/drawing") and package.has(target):
            yield from filter(None, map(_text_of, package.peek(target).iter("{*}txBody")))


def _text_of(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter("{*}t")).strip()


def _is_true(element: etree._Element) -> bool:
    return element.get("hidden", "0") in ("1", "true")


# --- .xls and .csv --------------------------------------------------------------------------------------------------


def _old_book(content: bytes) -> list[Sheet]:
    """The sheets of an .xls. Its reader tells no formats and nothing hidden."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableError("file", "encrypted")
    if len(content) > _LARGEST_XLS:
        raise UnreadableError("file", "too_large", limit=_LARGEST_XLS // 1_000_000)
    sheets = []
    with reading(CalamineError):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > LARGEST_AREA:
                raise UnreadableError("sheet", "sheet_too_large", rows=sheet.total_height, columns=sheet.total_width)
            rows = sheet.to_python(skip_empty_area=False)
            cells = {
                (row, column): cell
                for row, values in enumerate(rows)
                for column, value in enumerate(values)
                if (cell := _cell(value)).text
            }
            merged = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
            sheets.append(Sheet(name, cells, merged, formats=False))
    return sheets


def _text_cells(rows: list[list[str]]) -> dict[Place, Cell]:
    cells = {}
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if text := value.replace("\r\n", "\n").strip():
                cells[row, column] = Cell(text, float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None)
    return cells
