"""No text is cut: every text of every filled form is measured against its cell with the font's own metrics."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from functools import cache, lru_cache

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from PIL import ImageFont

from tests.support.catalogues import SHIPPED
from xlkpi.cli import main
from xlkpi.form.layout import COLUMNS
from xlkpi.i18n.languages import LANGUAGES

PIXELS_PER_POINT = 96 / 72
MARGIN = 5.0  # pixels that a cell keeps free at its sides, together
INDENT = 9.0


# The fonts to measure with, by that of the cells, and the height of their lines as a multiple of their size. Noto Sans
# CJK is wider and taller than Microsoft YaHei and JhengHei: what fits here fits there. Carlito has Calibri's widths.
FONTS = {"Calibri": ("Carlito", 1.22)}
CHINESE = ("Noto Sans CJK SC", 1.45)


@cache
def _font_file(name: str) -> str:
    try:
        found = subprocess.run(
            ["fc-match", "-f", "%{family}|%{file}", name], capture_output=True, text=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        found = ""
    family, _, file = found.partition("|")
    if name not in family:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"the font {name} is not installed")
    return file


@lru_cache(maxsize=16)
def _font(name: str, points: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_font_file(name), round(points * PIXELS_PER_POINT * 10))  # tenths of pixels


@lru_cache(maxsize=8192)
def _advance(text: str, name: str, points: float) -> float:
    return _font(name, points).getlength(text) / 10


def _lines(text: str, name: str, points: float, room: float) -> int:
    """Lines that a text takes when it is broken between any two characters, Latin words kept whole."""
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0.0
        for word in _words(paragraph):
            width = _advance(word, name, points)
            if used and used + width > room and word != " ":
                lines += 1
                used = 0.0
            used += width
            if used > room:  # a word longer than a line is broken anywhere
                lines += int(used / room)
                used %= room
    return lines


def _words(text: str) -> Iterator[str]:
    word = ""
    for character in text:
        if character.isascii() and not character.isspace():
            word += character
            continue
        if word:
            yield word
        word = ""
        yield character
    if word:
        yield word


def _shown(cell: Cell) -> str:
    value, shape = cell.value, str(cell.number_format)
    if isinstance(value, str) or value is None:
        return value or ""
    number = float(value)  # type: ignore[arg-type]
    if shape.endswith("%"):
        return f"{number * 100:.{shape.count('0') - 1}f}%"
    decimals = len(shape.split(";")[0].partition(".")[2].rstrip("_ "))
    return f"{number:,.{decimals}f}"


def _width(sheet: Worksheet, first: int, last: int) -> float:
    widths = {column.letter: column.width for column in COLUMNS}
    if sheet["A1"].value != "id":
        dimensions = sheet.column_dimensions
        widths = {letter: 0 if d.hidden else d.width for letter, d in dimensions.items()}
    return sum(widths.get(get_column_letter(column), 8.43) * 7 + 5 for column in range(first, last + 1))


def _cut(sheet: Worksheet) -> Iterator[str]:
    merged = {area.start_cell.coordinate: area for area in sheet.merged_cells.ranges}
    for row in sheet.iter_rows():
        for cell in row:
            if not isinstance(cell, Cell):
                continue
            text = _shown(cell)
            framed = cell.border.left is not None and cell.border.left.style  # others spill into empty neighbours
            if not text or not framed or cell.row == 1 or _width(sheet, cell.column, cell.column) == 5:
                continue
            area = merged.get(cell.coordinate)
            last_column, last_row = (area.max_col, area.max_row) if area else (cell.column, cell.row)
            points = float(cell.font.size)
            name, line_height = FONTS.get(str(cell.font.name), CHINESE)
            room = _width(sheet, cell.column, last_column) - MARGIN - INDENT * (cell.alignment.indent or 0)
            if not cell.alignment.wrap_text:
                # A number that is a trifle too wide shows as ###, and other fonts have wider digits.
                spare = 1.1 if isinstance(cell.value, int | float) else 1.0
                if not cell.alignment.shrink_to_fit and _advance(text, name, points) * spare > room:
                    yield f"{sheet.title}!{cell.coordinate}: too narrow for {text}"
                continue
            heights = (sheet.row_dimensions[number].height or 15.0 for number in range(cell.row, last_row + 1))
            lines = _lines(text, name, points, room)
            if lines * points * line_height > sum(heights) + 1:
                yield f"{sheet.title}!{cell.coordinate}: {lines} lines of {text} do not fit"


@pytest.fixture(scope="module", params=LANGUAGES)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The forms of all roles in one language, filled."""
    folder = tmp_path_factory.mktemp("demo")
    assert CliRunner().invoke(main, ["demo", str(folder), "--lang", request.param]).exit_code == 0
    (path,) = folder.glob("*.xlsx")
    return load_workbook(path, data_only=True)


def test_no_text_is_cut_in_a_filled_form(demo: Workbook) -> None:
    assert len(demo.worksheets) == len(SHIPPED.roles()) + len(["summary", "guidance", "wordings", "meta"])
    cut = [line for sheet in demo.worksheets if sheet.sheet_state == "visible" for line in _cut(sheet)]
    assert not cut, "\n".join(cut)


def test_every_sheet_prints_one_page_wide(demo: Workbook) -> None:
    for sheet in demo.worksheets:
        if sheet.sheet_state == "visible":
            assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
            assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0), sheet.title
