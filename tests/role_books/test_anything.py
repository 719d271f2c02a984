"""Whatever stands on a sheet, it becomes a role or faults at cells: never an error of ours, never a silent guess."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.support.role_books import good, opened, saved
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.role_book import read_role_book, versions
from xlkpi.role_books.book import role_book
from xlkpi.role_books.check import check_books, marked
from xlkpi.role_books.draft import draft_of

HEADINGS = sorted({words.heading(block, field) for block in words.BLOCKS for field in words.columns(block)})
TITLES = [words.title(block) for block in (*words.BLOCKS, "guidance")]
HEAD = [words.heading("head", field) for field in words.columns("head")]
TEXTS = st.one_of(
    st.sampled_from([*HEADINGS, *TITLES, *HEAD]),
    st.sampled_from("2026Q4 2026年第4季度 明年 30% 3万 ≥95% 是 每月合计 └退货 % 次 业绩/销售".split()),
    st.sampled_from("销售额 销售额÷访客数 （销售额 销售额第3个月>5且访客数>1 「 =1+1 #REF! 每次扣5分".split()),
    st.text(max_size=6).filter(lambda text: not re.search("[\x00-\x1f\ufffe\uffff]|[\ud800-\udfff]", text)),
)  # fmt: skip
VALUES = st.one_of(
    st.none(), TEXTS, TEXTS, st.booleans(), st.integers(-5, 400), st.floats(-1e20, 1e20),
    st.just(dt.datetime(2026, 1, 2)), st.just(dt.time(8, 30)),
)  # fmt: skip
ADDRESS = re.compile(r"[A-Z]+[0-9]+")


def read_whole(content: bytes) -> None:
    """Read a workbook to its end, check it and mark it."""
    book = read_role_book(content, "岗位/x.xlsx")
    assert not [fault for fault in book.faults if fault.message.key == "unforeseen"]
    for sheet in book.sheets:
        with suppress(CatalogueError):
            role = versions(sheet)[-1].role
            again = read_role_book(role_book([draft_of(sheet.data)]), "x").sheets[0]
            assert versions(again)[-1].role == role
    (checked,) = check_books([("岗位/x.xlsx", content)])
    assert all(ADDRESS.fullmatch(problem.cell or "A1") for problem in checked.problems)
    assert all(problem.cell for problem in checked.problems if problem.sheet)
    marked(content, checked)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(VALUES, max_size=7), min_size=1, max_size=12))
def test_any_cells_are_read(lines: list[list[Any]]) -> None:
    book = Workbook()
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(line, start=1):
            cell = book.worksheets[0].cell(row, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    read_whole(saved(book))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 21), VALUES), min_size=1, max_size=5))
def test_good_sheets_with_any_cells_changed_are_read(changes: list[tuple[int, int, Any]]) -> None:
    book = opened("simple")
    for row, column, value in changes:
        cell = book.worksheets[0].cell(row, column)
        with suppress(AttributeError):  # the covered part of merged cells
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    read_whole(saved(book))


def test_the_good_one_is() -> None:
    read_whole(good("simple"))
