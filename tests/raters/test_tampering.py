"""Raters' workbooks that came back are untrusted: what is not as it was sent is told, and does not count."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support import raters
from tests.support.archives import parts_of, zipped
from tests.support.raters import QUARTER
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.raters.asked import asked_of
from xlkpi.raters.listing.listed import read_list
from xlkpi.raters.reading.received import receive
from xlkpi.raters.reading.returned import Expected, ReturnedFile, read_returned
from xlkpi.roster.reader import read_roster

RATER = "员工丙玄"
"""Rates two people in four rows: 5 and 6 of the first, 7 and 8 are the own ones."""
NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def expected(prepared: Path) -> Expected:
    company, quarter = CompanyFolder(prepared), Quarter.parse(QUARTER)
    catalogue = Catalogue.of_company(company)
    people = read_roster(company.roster, catalogue, quarter).assignments
    listed = read_list(company.raters, people, ["设计"], ["peers", "subordinates", "departments"])

    @cache
    def asked(language: str) -> Any:
        return asked_of(listed.pairs, people, catalogue, quarter, language)

    return Expected(quarter, frozenset({"晨光小店"}), listed.raters, asked)


@pytest.fixture(scope="module")
def answered(prepared: Path) -> bytes:
    company = CompanyFolder(prepared)
    return (raters.returned(company) / raters.sent(company)[RATER].name).read_bytes()


def changed(content: bytes, edit: Callable[[Any], None]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    edit(book)
    return raters.saved(book)


def read(content: bytes, expected: Expected, edit: Callable[[Any], None] = lambda book: None) -> ReturnedFile:
    return read_returned(changed(content, edit), "回.xlsx", NOW, expected)


def at(address: str, value: object) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        book.worksheets[0][address] = value

    return edit


def hidden(key: str, value: object) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        for row in book["_xlkpi_rater"].iter_rows():
            if row[0].value == key:
                row[1].value = value

    return edit


def test_an_untouched_workbook_is_fine(answered: bytes, expected: Expected) -> None:
    found = read(answered, expected)
    assert (found.rater, found.complete, found.problems) == ("0102", True, ())
    assert [answer.points for answer in found.answers] == [100] * 4


def test_what_is_left_empty_is_missing_and_no_fault(answered: bytes, expected: Expected) -> None:
    found = read(answered, expected, at("I5", None))
    assert (len(found.answers), len(found.missing), found.problems) == (3, 1, ())


@pytest.mark.parametrize(
    ("edit", "said", "cell", "count"),
    [
        (at("I5", "很好"), "没有这个等级", "I5", 3),
        (at("I5", 100), "没有这个等级", "I5", 3),
        (at("I5", "=UPPER(I6)"), "是公式", "I5", 3),
        (at("A5", "v:2026Q4|0102|0104|douyin-host||s:teamwork|peers"), "不在这位评价人的名单里", "I5", 3),
        (at("A5", "v:2026Q4|0103|0101|douyin-host||s:teamwork|peers"), "是别的评价人的", "I5", 3),
        (at("A5", "v:2026Q3|0102|0101|douyin-host||s:teamwork|peers"), "2026Q3的评价", "I5", 3),
        (at("A5", "别的"), "自己加的", "I5", 3),
        (at("C5", "员工丁黄"), "看到的是“员工丁黄 团队配合”", "B5", 3),
        (at("B5", "0103"), "看到的是", "B5", 3),
        (at("F5", "主动性"), "看到的是", "B5", 3),
        (at("I9", "优秀"), "自己加的", "I9", 4),
        (lambda book: book.worksheets[0].delete_rows(5), "少了 1 行：员工甲天", None, 3),
    ],
    ids=["level", "number", "formula", "person", "rater's row", "quarter", "no id", "name", "staff number", "item",
         "added row", "deleted row"],
)  # fmt: skip
def test_a_row_that_is_not_as_sent_does_not_count(
    edit: Callable[[Any], None], said: str, cell: str | None, count: int, answered: bytes, expected: Expected
) -> None:
    found = read(answered, expected, edit)
    (problem, *_) = [problem for problem in found.problems if said in problem.message]
    assert (problem.file, problem.cell) == ("回.xlsx", cell)
    assert len(found.answers) == count


def test_a_doubled_row_counts_only_where_both_say_the_same(answered: bytes, expected: Expected) -> None:
    def doubled(value: str) -> Callable[[Any], None]:
        def edit(book: Any) -> None:
            sheet = book.worksheets[0]
            for column in range(1, 11):
                sheet.cell(9, column).value = sheet.cell(5, column).value
            sheet["I9"] = value

        return edit

    same, other = (read(answered, expected, doubled(value)) for value in ("优秀", "良好"))
    assert (len(same.answers), same.problems[0].severity) == (4, "warning")
    assert (len(other.answers), other.problems[0].severity, other.problems[0].cell) == (3, "error", "I9")


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (hidden("quarter", "2026Q3"), "2026Q3的评价"),
        (hidden("company", "别家公司"), "“别家公司”的评价表"),
        (hidden("rater", "0999"), "不在名单里"),
        (hidden("rater", "0103"), "里面却是"),
        (hidden("contract", 9), "版本是9"),
        (at("B2", "2026Q4 评价表　评价人：员工丁黄（0103）"), "里面却是“2026Q4 评价表"),
        (lambda book: book.remove(book["_xlkpi_rater"]), "不是评价表"),
        (lambda book: book.worksheets[0].delete_rows(1), "找不到各列的代号"),
    ],
    ids=["quarter", "company", "not listed", "for somebody else", "contract", "title", "hidden sheet", "ids"],
)
def test_a_file_that_is_not_the_raters_own_does_not_count(
    edit: Callable[[Any], None], said: str, answered: bytes, expected: Expected
) -> None:
    found = read(answered, expected, edit)
    assert said in found.problems[0].message
    assert (found.rater, found.answers) == ("", ())


def test_rows_of_a_colleague_under_the_own_name_do_not_count(
    answered: bytes, expected: Expected, prepared: Path
) -> None:
    company = CompanyFolder(prepared)
    other = load_workbook(raters.returned(company) / raters.sent(company)["员工丁黄"].name).worksheets[0]

    def edit(book: Any) -> None:
        for row in range(5, 9):
            for column in range(1, 11):
                book.worksheets[0].cell(row, column).value = other.cell(row, column).value

    found = read(answered, expected, edit)
    assert "可能替别人交的" in found.problems[0].advice
    assert found.answers == ()


@pytest.mark.parametrize("typed", [10.5, -1, "8分", "80%", "八"])
def test_points_outside_of_the_scale_do_not_count(typed: object, prepared: Path, expected: Expected) -> None:
    company = CompanyFolder(prepared)
    content = (raters.returned(company) / raters.sent(company)["考核员辛荒"].name).read_bytes()
    found = read(content, expected, at("I5", typed))
    assert "须为0到10的数" in found.problems[0].message
    assert (found.answers, len(found.missing)) == ((), 1)


@pytest.mark.parametrize("typed", [0, 10, "9.5", "８"])
def test_points_on_the_scale_count(typed: object, prepared: Path, expected: Expected) -> None:
    company = CompanyFolder(prepared)
    content = (raters.returned(company) / raters.sent(company)["考核员辛荒"].name).read_bytes()
    found = read(content, expected, at("I5", typed))
    assert (len(found.answers), found.problems) == (1, ())


# --- several files of one rater ---------------------------------------------------------------------------------------


def saved_at(content: bytes, day: int, edit: Callable[[Any], None]) -> bytes:
    """The workbook as changed and saved on a day of November: openpyxl would write the present time."""
    parts = parts_of(changed(content, edit))
    time = rb"\g<1>2026-11-%02dT00:00:00Z" % day
    core = re.sub(rb"(dcterms:modified[^>]*>)[^<]*", time, parts["docProps/core.xml"])
    return zipped(parts | {"docProps/core.xml": core})


@pytest.mark.parametrize(
    ("first", "second", "counts", "said"),
    [
        ((1, "优秀"), (2, "良好"), "second", "交了几个文件"),
        ((2, "优秀"), (1, "良好"), "first", "交了几个文件"),
        ((1, "优秀"), (2, None), "first", "交了几个文件"),  # the newest complete one
        ((1, "优秀"), (2, "优秀"), "second", "内容一样"),
        ((1, "优秀"), (1, "良好"), None, "都不算"),
    ],
)
def test_of_a_file_sent_twice_one_counts(
    first: Any, second: Any, counts: str | None, said: str, answered: bytes, expected: Expected, tmp_path: Path
) -> None:
    for name, (day, value) in {"first": first, "second": second}.items():
        (tmp_path / f"{name}.xlsx").write_bytes(saved_at(answered, day, at("I5", value)))
    received = receive([(path.stem, path) for path in sorted(tmp_path.iterdir())], expected)
    assert any(said in problem.message for problem in received.problems)
    own = [answer for answer in received.answers if answer.cell == "I5"]
    value = {"first": first, "second": second}[counts][1] if counts else None
    assert [list(answer.asked.item.levels)[int(answer.value)] for answer in own] == ([value] if value else [])
    assert ("0102" in received.silent) == (counts is None)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"not a workbook"])
def test_anything_else_is_told(content: bytes, expected: Expected) -> None:
    found = read_returned(content, "回.xlsx", NOW, expected)
    assert (found.rater, len(found.problems)) == ("", 1)
    assert "程序出错" not in found.problems[0].message


def test_a_form_among_the_ratings_is_told(prepared: Path, expected: Expected) -> None:
    form = next((prepared / "考核" / QUARTER / "发出").glob("*.xlsx")).read_bytes()
    found = read_returned(form, "表.xlsx", NOW, expected)
    assert "这是考核表" in found.problems[0].message
