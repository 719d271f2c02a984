"""Writing a quarter's forms, compared with XlsxWriter and with openpyxl.

XlsxWriter writes the same sheets in a plain loop: one call for every cell with its value and style, then widths,
heights, merged cells, validations, notes, protection and print areas; no values of formulas, no conditional formats, no
chart. The contents are looked up beforehand, outside the timing.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import lcm
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from benchmarks.measure import Row, most_memory, ratio, spent
from tests.support.cell_by_cell import written
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import target_key
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.languages import HANS
from xlkpi.writer.workbook import sheets_of_assignments, write_workbook

SHIPPED = Catalogue.shipped()
TITLE = "A quarter's forms: 360 of all roles in turn, 10 to a workbook, processor time of one form"
QUARTER, FORMS, MANY, A_BOOK, MEMORY = Quarter(2026, 4), 360, 2000, 10, 300
ROLES = tuple(SHIPPED.roles(QUARTER))
KIND = lcm(len(ROLES), A_BOOK) // A_BOOK
"""After so many workbooks every role, and every order of them, was there: what is first made of each kind is over."""
OTHERS = 4
"""The other libraries write one workbook of so many."""


def books(forms: int, agreed: bool = False) -> Iterator[list[PlannedSheet]]:
    """The forms of each workbook; agreed: with targets of their own."""
    for start in range(0, forms, A_BOOK):
        assignments = [_post(number, ROLES[number % len(ROLES)], agreed) for number in range(start, start + A_BOOK)]
        yield sheets_of_assignments(assignments, SHIPPED, quarter=QUARTER)


def _post(number: int, role: str, agreed: bool) -> Assignment:
    assignment = Assignment(
        f"{number:05}", f"员工{number}", f"部门{number % 7}", role, f"上级{number // A_BOOK}", "总经理"
    )
    keys = [target_key(indicator.id) for indicator in SHIPPED.role(role).indicators] if agreed else []
    return replace(assignment, targets=dict.fromkeys(keys, 1 + number / 100000.0))


def write(folder: Path, sheets: Sequence[PlannedSheet]) -> None:
    path = folder / f"{sheets[0].title}.xlsx"
    write_workbook(path, sheets, SHIPPED, QUARTER, overwrite=True)


def rows() -> Iterator[Row]:
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        folder = Path(name)
        loop = Loop(next(books(A_BOOK)))
        same, own, by_loop, by_cell = [], [], [], []
        for number, (sheets, agreed) in enumerate(zip(books(FORMS), books(FORMS, agreed=True), strict=True)):
            same.append(spent(lambda sheets=sheets: write(folder, sheets)))
            own.append(spent(lambda sheets=agreed: write(folder, sheets)))
            if number % OTHERS == 0:  # slower, and as slow for every workbook
                by_loop.append(spent(lambda sheets=sheets: loop.write(folder, sheets)))
                by_cell.append(spent(lambda sheets=sheets: written(sheets, SHIPPED, QUARTER, HANS)))
    xlsxwriter_took, openpyxl_took = (sum(times) / len(times) / A_BOOK for times in (by_loop, by_cell))
    new = sum(same[KIND:]) / len(same[KIND:]) / A_BOOK
    agreed = sum(own[KIND:]) / len(own[KIND:]) / A_BOOK
    yield ratio("with values, beside XlsxWriter in a loop, without them", new, xlsxwriter_took, 1.0)
    yield ratio("with values, beside openpyxl cell by cell, without them", new, openpyxl_took, 0.2)
    yield ratio("each with its own targets, beside XlsxWriter", agreed, xlsxwriter_took, 1.0)
    yield ratio("each with its own targets, beside openpyxl", agreed, openpyxl_took, 0.1)
    first = (sum(same[:KIND]) / A_BOOK - new * KIND) / len(ROLES)
    yield ratio("the first form of a role, beside openpyxl: its template is made", first, openpyxl_took)
    yield from many(MANY)


def many(forms: int) -> Iterator[Row]:
    """Write so many forms in a process of their own: the last 500 compared with the second 500, and the memory."""
    program = f"from benchmarks.generation import grow; grow({forms})"
    output = run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    seconds, memory = json.loads(output)
    yield ratio(f"one of the last 500 of {forms:,}, beside one of the second 500", seconds[-1], seconds[1], 1.1)
    yield Row(f"memory for {forms:,} forms", memory, MEMORY, unit="MB")


def grow(forms: int) -> None:
    """Print as JSON the seconds per form for every 500 forms, and the most memory in MB."""
    seconds: list[float] = []
    with TemporaryDirectory(prefix="xlkpi-bench-") as name:
        for number, sheets in enumerate(books(forms)):
            if number % (500 // A_BOOK) == 0:
                seconds.append(0.0)
            seconds[-1] += spent(lambda sheets=sheets: write(Path(name), sheets)) / 500
    print(json.dumps([seconds, most_memory()]))


# --- the loop for XlsxWriter ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetContents:
    """What to write on a sheet; rows and columns from 0."""

    cells: list[tuple[int, int, object, str, int]]
    heights: dict[int, float]
    widths: dict[int, tuple[float, bool]]
    merged: list[tuple[int, int, int, int]]
    validations: list[tuple[tuple[int, int, int, int], dict[str, Any]]]
    notes: list[tuple[int, int, str]]
    area: tuple[int, int, int, int]


class Loop:
    """Writes workbooks like a given one with XlsxWriter, in a plain loop."""

    def __init__(self, like: Sequence[PlannedSheet]) -> None:
        self._formats: list[dict[str, Any]] = []
        self._format_numbers: dict[str, int] = {}
        roles = [SHIPPED.role(id, QUARTER) for id in ROLES]
        assignments = [Assignment(role.id, role.id, role=role.id) for role in roles]
        all_roles = self._contents(
            written(sheets_of_assignments(assignments, SHIPPED, quarter=QUARTER), SHIPPED, QUARTER, HANS)
        )
        whole = self._contents(written(like, SHIPPED, QUARTER, HANS))
        self._forms = dict(zip((role.id for role in roles), all_roles.values(), strict=False))
        self._others = dict(list(whole.items())[len(like) :])
        self._titles = list(whole)[: len(like)]  # the formulas of 汇总 name them

    def write(self, folder: Path, sheets: Sequence[PlannedSheet]) -> None:
        book = xlsxwriter.Workbook(folder / "loop.xlsx")
        formats = [book.add_format(format) for format in self._formats]
        forms = {title: self._forms[sheet.role.id] for title, sheet in zip(self._titles, sheets, strict=True)}
        for title, contents in (forms | self._others).items():
            sheet = book.add_worksheet(title)
            for column, (width, hidden) in contents.widths.items():
                sheet.set_column(column, column, width, None, {"hidden": hidden})
            for row, height in contents.heights.items():
                sheet.set_row(row, height)
            for place in contents.merged:
                sheet.merge_range(*place, "")
            for row, column, value, kind, number in contents.cells:
                if value is None:
                    sheet.write_blank(row, column, None, formats[number])
                elif kind == "f":
                    sheet.write_formula(row, column, value, formats[number])
                elif kind == "n":
                    sheet.write_number(row, column, value, formats[number])
                else:
                    sheet.write_string(row, column, value, formats[number])
            for place, validation in contents.validations:
                sheet.data_validation(*place, validation)
            for row, column, text in contents.notes:
                sheet.write_comment(row, column, text)
            sheet.protect()
            sheet.print_area(*contents.area)
            sheet.set_landscape()
        book.close()

    def _contents(self, content: bytes) -> dict[str, SheetContents]:
        return {sheet.title: self._sheet(sheet) for sheet in load_workbook(io.BytesIO(content))}

    def _sheet(self, sheet: Worksheet) -> SheetContents:
        cells = [cell for row in sheet.iter_rows() for cell in row]
        return SheetContents(
            [
                (cell.row - 1, cell.column - 1, cell.value, cell.data_type, self._format(cell))
                for cell in cells
                if cell.has_style or cell.value is not None
            ],
            {row - 1: dimension.height for row, dimension in sheet.row_dimensions.items() if dimension.height},
            {dimension.min - 1: (dimension.width, dimension.hidden) for dimension in sheet.column_dimensions.values()},
            [_place(str(merged)) for merged in sheet.merged_cells.ranges],
            [(_place(str(v.sqref).split()[0]), _validation(v)) for v in sheet.data_validations.dataValidation],
            [(cell.row - 1, cell.column - 1, cell.comment.text) for cell in cells if cell.comment],
            _place(sheet.dimensions),
        )

    def _format(self, cell: Cell) -> int:
        font, align, side = cell.font, cell.alignment, cell.border.left
        format = {
            "font_name": font.name, "font_size": font.sz, "bold": bool(font.b), "italic": bool(font.i),
            "num_format": cell.number_format, "locked": bool(cell.protection.locked), "valign": "vcenter",
            "text_wrap": bool(align.wrap_text), "shrink": bool(align.shrink_to_fit), "indent": int(align.indent or 0),
        }  # fmt: skip
        if font.color is not None and isinstance(font.color.rgb, str):
            format["font_color"] = "#" + font.color.rgb[2:]
        if align.horizontal not in (None, "general"):
            format["align"] = align.horizontal
        if cell.fill.fill_type:
            format |= {"pattern": 1, "bg_color": "#" + cell.fill.fgColor.rgb[2:]}
        if side is not None and side.style:
            format |= {"border": 1, "border_color": "#" + side.color.rgb[2:]}
        key = repr(format)
        if key not in self._format_numbers:
            self._format_numbers[key] = len(self._formats)
            self._formats.append(format)
        return self._format_numbers[key]


def _place(cells: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(cells)
    return top - 1, left - 1, bottom - 1, right - 1


def _validation(validation: Any) -> dict[str, Any]:
    messages = {
        "input_title": validation.promptTitle, "input_message": validation.prompt, "error_title": validation.errorTitle,
        "error_message": validation.error, "error_type": validation.errorStyle or "stop",
    }  # fmt: skip
    if validation.type == "list":
        return messages | {"validate": "list", "source": validation.formula1.strip('"').split(",")}
    if validation.type == "decimal":
        return messages | {
            "validate": "decimal", "criteria": "between", "minimum": float(validation.formula1),
            "maximum": float(validation.formula2),
        }  # fmt: skip
    return messages | {"validate": "any"}
