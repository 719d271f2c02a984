"""Targets of a roster: what people write, in the unit of the indicator."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.support.catalogues import SHIPPED
from xlkpi.common.quarter import Quarter
from xlkpi.roster.reader import read_roster
from xlkpi.roster.targets import target_number

QUARTER = Quarter(2026, 4)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("90万", "元", 900_000),
        ("90 萬", "元", 900_000),
        ("1.2亿", "元", 120_000_000),
        ("1.15万", "元", 11_500),
        ("1,234", "元", 1234),
        ("￥5,000", "元", 5000),
        ("¥5,000.5元", "元", 5000.5),
        ("5000块", "元", 5000),
        ("-3万", "元", -30_000),
        (".5", "元", 0.5),
        ("90", "万元", 90),
        ("90万", "万元", 90),
        ("90万元", "万元", 90),
        ("1.2亿", "万元", 12_000),
        ("900000元", "万元", 90),
        ("￥5,000", "万元", None),
        ("￥5万", "万元", 5),
        ("3亿", "亿元", 3),
        ("12%", "%", 0.12),
        ("0.12", "%", 0.12),
        ("12", "%", 12),
        ("12％", "％", 0.12),
        ("12%", "元", None),
        ("12%", "万元", None),
        ("3次", "次", 3),
        ("3万次", "次", 30_000),
        ("3次", "人", None),
        ("￥3", "次", None),
        ("5千克", "千克", 5),
        ("5 CNY", "CNY", 5),
        ("$5", "USD", 5),
        ("5 times", "times", 5),
        ("1,23", "元", None),
        ("1.2.3", "元", None),
        ("九十万", "元", None),
        ("90w", "元", None),
        ("≥95%", "%", None),
        ("80-90万", "元", None),
        ("", "元", None),
        ("万", "元", None),
        (True, "元", None),
        (None, "元", None),
        (900_000, "元", 900_000),
    ],
)
def test_a_target_is_read_in_its_unit(text: object, unit: str, number: float | None) -> None:
    assert target_number(text, unit) == number


@given(st.integers(-(10**9), 10**9), st.sampled_from(["元", "次", "万元", "%"]))
def test_a_plain_number_is_itself_in_any_unit(number: int, unit: str) -> None:
    assert target_number(f"{number:,}", unit) == target_number(str(number), unit) == number


@given(st.integers(1, 10**6))
def test_ten_thousands_are_ten_thousands(number: int) -> None:
    assert target_number(f"{number}万", "元") == number * 10_000 == target_number(f"{number * 10_000}元", "元")


@pytest.mark.parametrize(
    ("value", "code", "read"),
    [(900_000, '0!.0,"万"', True), (90, '0"万"', False), (900_000, "#,##0", True), (5000, '"￥"#,##0', True)],
)
def test_a_number_that_its_format_shows_as_another_is_asked_about(
    tmp_path: Path, value: float, code: str, read: bool
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["工号", "姓名", "岗位", "目标:销售目标的完成"])
    sheet.append(["1", "甲", "销售部经理", value])
    sheet["D2"].number_format = code
    book.save(tmp_path / "r.xlsx")
    roster = read_roster(tmp_path / "r.xlsx", SHIPPED, QUARTER)
    assert [each.targets["sales"] for each in roster.assignments] == ([value] if read else [])
    assert [problem.cell for problem in roster.problems] == ([] if read else ["D2"])
    if not read:
        assert "现在是“90万”" in roster.problems[0].message
