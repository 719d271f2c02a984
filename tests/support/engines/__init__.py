"""The spreadsheet engines that the tests hold against Python.

Both take workbooks as files and give back what the cells show: numbers as floats, texts, booleans, `#DIV/0!` and its
like as text, None where a cell is empty.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook

CellContent = float | str | bool | dt.date | None
Shown = float | str | bool | None


def skip_without(lacking: str) -> None:
    """Skip the test where something is lacking (the reason, or nothing); fail it where CI promises that it is there."""
    if lacking and os.environ.get("CI") == "true":
        pytest.fail(lacking, pytrace=False)
    if lacking:
        pytest.skip(lacking)


def write_cells(path: Path, cells: Mapping[str, CellContent], sheet: str = "Sheet1") -> None:
    """Write a workbook of one sheet; a text that begins with = is a formula."""
    book = Workbook()
    (worksheet,) = book.worksheets
    worksheet.title = sheet
    for address, content in cells.items():
        worksheet[address] = content
    book.save(path)
