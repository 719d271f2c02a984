"""Every slip in a role workbook is told at its cell, in words of the workbook, and keeps no other role from working."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.paths import CASES
from tests.support.role_books import find, good, opened, saved
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.catalogue.workbooks.role_book import RoleBook, RoleSheet, read_role_book, versions

FAULTS = tomllib.loads((CASES / "role_books" / "faults.toml").read_text("utf-8"))["fault"]
FILE = "岗位/测试.xlsx"
OF_FILES = re.compile(r"measures|indicators|target_formula|effective_|aggregate|further|TOML|\btrue\b|\[\[|lint")
"""Words of role files, which people who edit workbooks have never seen."""


def changed(case: dict[str, Any]) -> tuple[bytes, str]:
    """The workbook with the slip, and the address at which it must be told."""
    book = opened(case.get("book", "online"))
    sheet: Worksheet = book.worksheets[0]
    place = find(sheet, case["block"], case["row"], case["column"])
    told = find(sheet, *case["at"]) if "at" in case else place
    if "also" in case:
        column, _, value = case["also"].partition("=")
        sheet[find(sheet, case["block"], case["row"], column)].value = value or None
    if case.get("clear"):  # all of the row but the first column
        for cell in sheet[place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")][1:]:
            cell.value = None
    elif case.get("swap"):  # the row goes below the next one
        row = sheet[place].row
        for above, below in zip(sheet[row], sheet[row + 1], strict=True):
            above.value, below.value = below.value, above.value
        place = told = find(sheet, *case["at"])
        cells = {cell.value: cell.coordinate for cell in sheet["B"] if cell.value}
        told = cells["投诉次数"].replace("B", "A")
    else:
        sheet[place].value = case.get("value")
        if "format" in case:
            sheet[place].number_format = case["format"]
    return saved(book), told


def faults_of(sheet: RoleSheet) -> tuple[Fault, ...]:
    try:
        versions(sheet)
    except CatalogueError as error:
        return error.faults
    return ()


def read(content: bytes) -> RoleBook:
    book = read_role_book(content, FILE)
    assert not book.faults
    return book


@pytest.mark.parametrize("book", ["online", "simple"])
def test_the_good_workbooks_have_no_faults(book: str) -> None:
    assert [faults_of(sheet) for sheet in read(good(book)).sheets] == [(), ()]


@pytest.mark.parametrize("case", FAULTS, ids=[case["name"] for case in FAULTS])
def test_a_slip_is_told_at_its_cell(case: dict[str, Any]) -> None:
    content, told = changed(case)
    first, second = read(content).sheets
    faults = faults_of(first)
    lines = [str(fault) for fault in faults]
    assert any(fault.cell == told and case["words"] in str(fault) for fault in faults), (told, lines)
    assert all(line.startswith(f"{FILE} “{first.sheet}” ") for line in lines)
    assert len(faults) == 1 or case.get("more"), lines
    assert not any(OF_FILES.search(line) for line in lines), lines
    assert not faults_of(second), "the other role still works"


def test_there_are_many_slips() -> None:
    assert len(FAULTS) >= 60
    assert len({case["name"] for case in FAULTS}) == len(FAULTS)
