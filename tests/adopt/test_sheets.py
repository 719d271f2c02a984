"""Cells as people see them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment

from xlkpi.adopt.adoption import adopt
from xlkpi.adopt.finding.sheets import read_sheets
from xlkpi.common.quarter import Quarter


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.3, "0%", "30%"), (0.985, "0%", "98.5%"), (3, '0"次"', "3次"), (180, '0.00"万"', "180万"),
        (2, '"≤"0"次"', "≤2次"),
        (1_800_000, '0!.0,"万"', "180.0万"), (1_800_000, "#,##0", "1800000"), (12.5, "General", "12.5"),
        (7, "000", "007"),
        ("是", "General", "是"), (" a\r\nb ", "General", "a\nb"), (dt.date(2026, 9, 1), "yyyy-mm-dd", "2026-09-01"),
        (True, "General", "True"), (500, '"¥"#,##0', "¥500"),
    ],
)  # fmt: skip
def test_cells_have_the_texts_that_people_see(value: object, code: str, text: str, tmp_path: Path) -> None:
    book = Workbook()
    cell = book.active["B2"]  # type: ignore[index]
    cell.value, cell.number_format = value, code
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_sheets(tmp_path / "a.xlsx")
    assert sheet.text(1, 1) == text


def test_words_of_number_formats_count(tmp_path: Path) -> None:
    book = Workbook()
    for row in [
        ("KPI", "权重", "目标值", "评分标准"),
        ("GMV", 0.6, 180, "按完成率得分"),
        ("客诉", 0.4, 2, "每超1次扣5分"),
    ]:
        book.active.append(row)  # type: ignore[union-attr]
    book.active["C2"].number_format = '0"万"'  # type: ignore[index]
    book.active["C3"].number_format = '"≤"0"次"'  # type: ignore[index]
    book.save(tmp_path / "主播.xlsx")
    data = adopt(tmp_path / "主播.xlsx", Quarter(2026, 4)).tables[0].draft.data["indicators"]
    assert [(one["target"], one["unit"]) for one in data] == [(1_800_000, "元"), (2, "次")]
    assert data[1]["lower_is_better"] is True


def test_notes_of_cells_are_not_lost(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [("KPI", "权重", "目标值", "评分标准"), ("客诉", "100%", "2次", "每超1次扣5分")]:
        sheet.append(row)
    sheet["C2"].comment = Comment("以平台判定为准", "某人")
    sheet["A1"].comment = Comment("2025年版", "某人")
    book.save(tmp_path / "客服.xlsx")
    draft = adopt(tmp_path / "客服.xlsx", Quarter(2026, 4)).tables[0].draft
    assert [*draft.unread.values()] == ["目标值的批注：以平台判定为准"]
    assert "A1 的批注：2025年版" in draft.left
