"""Made-up tables of companies: a compact text becomes a real .xlsx, .xls or .csv file.

A line is a row, | separates its cells. < merges a cell with the one left of it, ^ with the one above; ⏎ is a line
break; 30% is a rate, 30 a number, '30% and '30 are texts.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.engines.libreoffice import save_as
from tests.support.paths import ROOT

CASES = ROOT / "tests" / "cases" / "adopt"
LEFT, ABOVE = "<", "^"


@cache
def adopt_case(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def cells_of(text: str) -> list[list[str]]:
    """The cells of a table in its compact form."""
    lines = text.strip("\n").split("\n")
    return [[cell.strip().replace("⏎", "\n") for cell in line.split("|")] for line in lines]


def value_of(text: str) -> tuple[object, str]:
    """The value of a cell and its number format."""
    if text.startswith("'"):
        return text[1:], "General"
    if match := re.fullmatch(r"(-?\d+(?:\.\d+)?)%", text):
        decimals = len(match[1].partition(".")[2])
        return float(match[1]) / 100, "0%" if not decimals else f"0.{'0' * decimals}%"
    if re.fullmatch(r"-?\d+", text):
        return int(text), "General"
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text), "General"
    return text or None, "General"


def shown_text(text: str, path: Path | None = None) -> str:
    """What people see in a cell. path: of the case; of an .xls the number formats are not told."""
    value, code = value_of(text)
    if path is not None and adopt_case(path)["file"] == "xls" and code != "General":
        return str(value)
    return text.removeprefix("'")


def table_file(path: Path, folder: Path) -> Path:
    """The file of a case, written into a folder."""
    case = adopt_case(path)
    target = folder / f"{case.get('name', path.stem)}.{case['file']}"
    match case["file"]:
        case "csv":
            target.write_bytes(_csv(case))
        case "xls":
            source = target.with_suffix(".xlsx")
            source.write_bytes(workbook(case))
            save_as(source, target, "MS Excel 97", {})
            source.unlink()
        case _:
            target.write_bytes(workbook(case))
    return target


def _csv(case: Mapping[str, Any]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=case.get("delimiter", ","))
    for row in cells_of(case["sheets"][0]["cells"]):
        writer.writerow("" if cell in (LEFT, ABOVE) else shown_text(cell) for cell in row)
    return out.getvalue().encode(case.get("encoding", "utf-8"))


def workbook(case: Mapping[str, Any]) -> bytes:
    """The workbook of a case as .xlsx."""
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for entry in case["sheets"]:
        sheet = book.create_sheet(entry["name"])
        rows = cells_of(entry["cells"])
        for number, row in enumerate(rows, start=1):
            for column, text in enumerate(row, start=1):
                if text and text not in (LEFT, ABOVE):
                    value, code = value_of(text)
                    sheet.cell(number, column, value).number_format = code
        for area in merged_areas(rows):
            sheet.merge_cells(area)
        _hide(sheet, entry)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _hide(sheet: Worksheet, entry: Mapping[str, Any]) -> None:
    for row in entry.get("hidden_rows", ()):
        sheet.row_dimensions[row].hidden = True
    for letter in entry.get("hidden_columns", ()):
        sheet.column_dimensions[letter].hidden = True
    if entry.get("hidden"):
        sheet.sheet_state = "hidden"


def merged_areas(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The merged areas of a table, such as A1:C1."""

    def mark(row: int, column: int) -> str:
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""

    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            if text in (LEFT, ABOVE):
                continue
            right, bottom = column, row
            while mark(row, right + 1) == LEFT:
                right += 1
            while mark(bottom + 1, column) == ABOVE:
                bottom += 1
            if (right, bottom) != (column, row):
                yield f"{get_column_letter(column + 1)}{row + 1}:{get_column_letter(right + 1)}{bottom + 1}"
