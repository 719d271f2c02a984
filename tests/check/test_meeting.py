"""What `check` says of the record of the meeting: each fault at its cell, nothing of a good one, what was tampered."""

from __future__ import annotations

import io
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.catalogues import SHIPPED
from tests.support.forms import role
from tests.support.meetings import POST, Q4, SHEET, at, meeting_form, meeting_layout, place, with_meetings
from tests.support.paths import CASES
from xlkpi.calc.engine import recalculate
from xlkpi.check.run import check
from xlkpi.form.blocks.meeting import LOW, ROWS, TEXT_COLUMN
from xlkpi.form.layout import Layout
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.problems import ADVICE, WARNING, Problem
from xlkpi.writer.workbook import workbook
from xlkpi.xlsx.edit import Formula, edit, fill

_CASES = tomllib.loads((CASES / "meetings" / "faults.toml").read_text("utf-8"))["case"]
PREVIOUS = {
    "p:1 about": "支付转化率", "p:1 actions": "改版首屏", "p:1 due": "2026-10-31", "p:1 owner": "员工甲",
    "p:2 actions": "老客户回访", "p:2 owner": "考核员乙",
}  # fmt: skip
RECORD = {
    "p:1 state": "完成", "p:2 state": "部分完成", "t:held date": "2027-01-08", "t:strengths": "流量增长",
    "t:opinion": "人手不足", "t:comment": "继续努力", "t:causes": "没有验证", "t:plan": "提高转化",
    "t:training": "数据",
    "r:1 actions": "每周盘点", "r:1 about": "销售额达成率", "r:1 due": "2027-02-28", "r:1 owner": "员工甲",
}  # fmt: skip


@cache
def good() -> bytes:
    return meeting_form(RECORD, PREVIOUS)


def told(content: bytes, folder: Path, low: float | None = None) -> list[Problem]:
    path = folder / "表.xlsx"
    path.write_bytes(content)
    (one,) = check([path], with_meetings(low), Q4)
    return [problem for problem in one.problems if problem.kind != "unsigned"]


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["name"])
def test_each_fault_is_told_at_its_cell(tmp_path: Path, case: dict[str, Any]) -> None:
    cells = {at(name): value if value != "" else None for name, value in case["set"].items()}
    content = fill(good(), {SHEET: cells}) if cells else good()
    found = told(recalculate(content) if at("t:causes") in cells else content, tmp_path)
    assert sorted((p.row_id, p.column_id) for p in found) == sorted(map(place, case.get("at", ())))
    assert sorted(p.cell for p in found if p.cell) == sorted(map(at, case.get("at", ())))
    assert {problem.kind for problem in found} <= {"meeting"}
    assert all(word in p.message + p.advice for p in found for word in case.get("words", ()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_with_a_good_record_is_fine_in_every_language(tmp_path: Path, language: str) -> None:
    states = {"zh-Hant": "完成", "en": "Done"}
    label = next(
        indicator.label
        for indicator in with_meetings().role(POST.role, Q4, language).indicators
        if indicator.id == "sales_achievement"
    )
    answers = {name: states.get(language, "完成") for name in ("p:1 state", "p:2 state")}
    content = meeting_form({**RECORD, **answers, "r:1 about": label}, PREVIOUS, language)
    assert told(content, tmp_path) == []


def test_a_blank_form_is_not_asked_about_a_meeting(tmp_path: Path) -> None:
    content = workbook([PlannedSheet(SHEET, role(), POST)], with_meetings(), Q4)
    assert "meeting" not in {problem.kind for problem in told(content, tmp_path)}


@pytest.mark.parametrize(("line", "asked"), [(100.0, True), (0.0, False)])
def test_the_line_is_the_companys(tmp_path: Path, line: float, *, asked: bool) -> None:
    content = meeting_form({**RECORD, "t:causes": None}, PREVIOUS, low=line)  # type: ignore[dict-item]
    assert [problem.row_id for problem in told(content, tmp_path, line)] == ["t:causes"] * asked


def test_a_form_made_with_another_line_shows_another_formula(tmp_path: Path) -> None:
    found = told(meeting_form(RECORD, PREVIOUS, low=10.0), tmp_path)
    assert {(p.kind, p.row_id) for p in found if p.severity != ADVICE} == {("formula", LOW)}


# --- tampering --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["没有低于60分的指标。", None])
@pytest.mark.parametrize("column", [TEXT_COLUMN, "native"])
def test_the_line_of_low_scores_typed_over_is_found(tmp_path: Path, column: str, text: str | None) -> None:
    content = edit(good(), {SHEET: {meeting_layout().address(LOW, column): text}})
    assert (LOW, column, "overwritten") in [(p.row_id, p.column_id, p.kind) for p in told(content, tmp_path)]


def test_a_formula_of_low_scores_that_names_none_is_found(tmp_path: Path) -> None:
    content = recalculate(edit(good(), {SHEET: {meeting_layout().address(LOW, "native"): Formula('""')}}))
    assert (LOW, "native", "formula") in [(p.row_id, p.column_id, p.kind) for p in told(content, tmp_path)]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_was_deleted_is_found(tmp_path: Path, row: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(good()))
    sheet: Any = book[SHEET]
    for range_ in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(range_))
    sheet.delete_rows(meeting_layout().rows[row])
    saved = io.BytesIO()
    book.save(saved)
    gone = [problem for problem in told(saved.getvalue(), tmp_path) if problem.kind == "row_deleted"]
    assert [(problem.row_id, problem.severity) for problem in gone] == [(row, WARNING)]
    assert not {row, row.partition(":")[2]} & set(re.findall(r"[a-z:]+", gone[0].message))


def test_a_row_that_was_added_under_an_id_of_the_block_is_found(tmp_path: Path) -> None:
    layout = meeting_layout()
    content = edit(good(), {SHEET: {f"A{layout.last_row + 2}": "t:opinion", f"E{layout.last_row + 2}": "另一个意见"}})
    assert ("doubled", "t:opinion") in [(p.kind, p.row_id) for p in told(content, tmp_path)]


def test_words_beside_a_text_that_were_changed_are_told(tmp_path: Path) -> None:
    content = fill(good(), {SHEET: {f"B{meeting_layout().rows['t:opinion']}": "主管意见"}})
    (found,) = told(content, tmp_path)
    assert (found.kind, found.row_id) == ("label", "t:opinion")


def test_a_form_without_the_block_is_as_it_was() -> None:
    assert not any(row.startswith(("p:", "t:")) for row in Layout(SHIPPED.role(POST.role)).rows)
