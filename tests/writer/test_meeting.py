"""The record of the meeting on a form: which scores it names, in every engine; what is typed and what is not."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.engines import formualizer, libreoffice
from tests.support.forms import appraised, role, sample_measures
from tests.support.meetings import POST, Q4, SHEET, at, meeting_form, meeting_layout, with_meetings
from xlkpi.appraisal.meeting import below
from xlkpi.catalogue.company import company_digest
from xlkpi.form.blocks.meeting import CARRIED, LOW, PREVIOUS, PREVIOUS_ROWS, ROWS, TEXT_COLUMN, TEXTS
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import is_number
from xlkpi.intake.workbook import read
from xlkpi.writer.workbook import workbook
from xlkpi.xlsx.edit import edit

LINE = meeting_layout().address(LOW, TEXT_COLUMN)


@cache
def scores() -> list[float]:
    """The scores of the sample, from the lowest up."""
    results = appraised(sample_measures()).indicators
    return sorted({float(result.score) for result in results if is_number(result.score) and result.weight > 0})


def lines() -> list[float]:
    """Company lines at, a trifle below and above two scores, and at both ends."""
    lowest, middle = scores()[0], scores()[len(scores()) // 2]
    return [0.0, lowest - 0.01, lowest, lowest + 0.01, middle, middle + 0.01, 101.0]


def named(line: float) -> list[str]:
    return [result.label for result in below(appraised(sample_measures()), line)]


def test_a_score_at_the_line_is_not_below_it() -> None:
    lowest = scores()[0]
    assert (named(lowest), named(0.0)) == ([], [])
    assert len(named(lowest + 0.01)) >= 1
    assert len(named(101.0)) == len([r for r in appraised(sample_measures()).indicators if r.weight > 0])


@pytest.mark.parametrize("line", range(7), ids=lambda number: f"line {number}")
def test_the_form_names_what_python_names(tmp_path: Path, line: int) -> None:
    libreoffice.require()
    edge = lines()[line]
    path = tmp_path / "form.xlsx"
    path.write_bytes(meeting_form({}, low=edge))
    (saved,) = libreoffice.recalculate([path], tmp_path / "saved")
    (shown,) = libreoffice.shown(saved, [LINE], sheet=SHEET)
    assert formualizer.evaluate(path, [LINE], sheet=SHEET) == [shown]
    labels, names = words(), named(edge)
    missing = labels("low_causes_missing")
    wanted = labels("list_separator").join(names) + missing if names else labels("low_none", line=f"{edge:g}")
    assert shown == wanted


def test_a_veto_is_named_and_a_written_cause_ends_the_warning(tmp_path: Path) -> None:
    libreoffice.require()
    path = tmp_path / "form.xlsx"
    content = meeting_form({"t:causes": "已写"}, low=1.0)
    path.write_bytes(edit(content, {SHEET: {meeting_layout().address("i:sales_achievement", "score"): "一票否决"}}))
    (saved,) = libreoffice.recalculate([path], tmp_path / "saved")
    assert libreoffice.shown(saved, [LINE], sheet=SHEET) == ["销售额达成率"]
    assert formualizer.evaluate(path, [LINE], sheet=SHEET) == ["销售额达成率"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_is_open_and_what_was_agreed_is_not(language: str) -> None:
    content = workbook([PlannedSheet(SHEET, role(), POST)], with_meetings(), Q4, language)
    sheet = load_workbook(io.BytesIO(content))[SHEET]
    typed = [f"t:{field}" for field in TEXTS] + ["t:held date", "t:held superior", "t:held others"]
    typed += [f"{row} {field}" for row in PREVIOUS_ROWS for field in ("state", "remark")] + ["r:1 owner", "r:1 due"]
    assert [name for name in typed if sheet[at(name)].protection.locked] == []
    agreed = [f"{row} {field}" for row in PREVIOUS_ROWS for field in CARRIED]
    assert [name for name in agreed if not sheet[at(name)].protection.locked] == []
    assert (sheet[at("t:held superior")].value, sheet[at("t:held second_superior")].value) == ("考核员乙", "考核员丙")
    title = meeting_layout().row("meeting title")
    assert words(language)("meeting") in str(sheet[f"B{title}"].value)


def test_the_block_is_not_torn_in_print() -> None:
    content = workbook([PlannedSheet(SHEET, role(), POST)], with_meetings(), Q4)
    sheet = load_workbook(io.BytesIO(content))[SHEET]
    first, last = meeting_layout().row("meeting title"), meeting_layout().rows[ROWS[-1]]
    assert [page.id for page in sheet.row_breaks.brk if first <= page.id < last] == []
    heights = sum(sheet.row_dimensions[row].height or 15 for row in range(first, last + 1))
    assert heights < 700


@pytest.mark.parametrize(("length", "grows"), [(90, False), (250, True)])
def test_a_long_action_of_last_quarter_gets_the_room_it_needs(length: int, *, grows: bool) -> None:
    sheet = load_workbook(io.BytesIO(meeting_form({}, {"p:2 actions": "做" * length})))[SHEET]
    first, second = (sheet.row_dimensions[meeting_layout().rows[f"p:{n}"]].height for n in (1, 2))
    assert (second > first) == grows
    lines = -(-length // 34)  # 73 characters wide, two for each Chinese one
    assert second >= 14.2 * lines


def test_what_was_typed_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    texts = {f"t:{field}": f"{field} 的话" for field in TEXTS}
    agreed = {"p:1 about": "转化率", "p:1 actions": "=改版\n首屏", "p:1 due": "十月底", "p:1 owner": "员工甲"}
    answers = {"p:1 state": "未完成", "p:1 remark": "系统没有上线", "t:held date": "2027/1/8", "t:held others": "人力"}
    new = {"r:3 actions": "每周盘点", "r:3 about": "复购率", "r:3 due": "2027-02-28", "r:3 owner": "考核员乙"}
    path.write_bytes(meeting_form(texts | answers | new, agreed))
    (form,) = read(path, with_meetings()).forms
    meeting = form.meeting
    assert meeting is not None
    assert meeting.texts == {field: f"{field} 的话" for field in TEXTS}
    assert (str(meeting.date), meeting.people) == ("2027-01-08", ("考核员乙", "考核员丙", "人力"))
    (action,) = meeting.previous
    assert (action.about, action.actions, action.due, action.owner) == ("转化率", "=改版\n首屏", "十月底", "员工甲")
    assert (action.state, action.remark, action.place) == ("undone", "系统没有上线", 1)
    (review,) = form.reviews
    assert (review.place, review.due, review.owner) == (3, "2027-02-28", "考核员乙")


def test_old_forms_have_no_record_and_no_owner(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook([PlannedSheet(SHEET, role(), POST)], SHIPPED, Q4))
    (form,) = read(path, SHIPPED).forms
    assert (form.meeting, form.reviews) == (None, ())


def test_the_line_changes_the_digest_of_a_company_that_has_the_block_and_of_no_other() -> None:
    with_block, without = with_meetings().company(), SHIPPED.company()
    assert company_digest(with_block) != company_digest(replace(with_block, low_score=59.0))
    assert company_digest(without) == company_digest(replace(without, low_score=59.0))
    assert PREVIOUS.keys() == {*CARRIED, "state", "remark"}
