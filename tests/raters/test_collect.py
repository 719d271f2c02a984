"""From the raters' workbooks to the forms, through files only."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support import raters
from tests.support.raters import QUARTER
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter

EXPECTED = {
    ("员工甲天", "s:teamwork", "others"): 62.86,  # (80×20＋40×15)÷35: three peers, two of other departments
    ("员工甲天", "s:teamwork", "self"): "优秀",
    ("员工甲天", "m:design_points", "quarter"): 8.75,
    ("员工丙玄", "s:initiative", "others"): 85.71,  # (90×20＋80×15)÷35
    ("员工丙玄", "s:initiative", "self"): "优秀",
    ("员工丁黄", "s:teamwork", "others"): 100,
    ("员工戊宇", "s:teamwork", "others"): "无",
    ("主播组长乙地", "s:initiative", "others"): "无",
    ("主播组长乙地", "m:design_points", "quarter"): None,
}


@pytest.fixture(scope="module")
def collected(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> CompanyFolder:
    path = tmp_path_factory.mktemp("collected") / "公司"
    shutil.copytree(prepared, path)
    company = CompanyFolder(path)
    result = raters.run(company, "raters", "collect", QUARTER, "--in-place")
    assert result.exit_code == 0, result.output
    assert "没有人评的 8 项" in result.output
    assert "只有一个人评：员工丁黄" in result.output
    assert "填入 15 格" in result.output
    return company


def report(company: CompanyFolder) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(company.ratings(Quarter.parse(QUARTER)) / "评价汇总.xlsx")
    return {sheet.title: [tuple(c.value for c in row[1:]) for row in sheet.iter_rows()] for sheet in book.worksheets}


def test_forms_hold_what_the_ratings_come_to(collected: CompanyFolder) -> None:
    cells = raters.form_cells(collected)
    assert {place: cells[place] for place in EXPECTED} == EXPECTED


def test_notes_say_how_many_and_never_who(collected: CompanyFolder) -> None:
    notes = set()
    for path in (collected.path / "考核" / QUARTER / "发出").glob("*.xlsx"):
        for sheet in load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                notes |= {cell.comment.text for cell in row if cell.comment and "填入：" in cell.comment.text}
    assert notes == {
        "填入：他人评：5人", "填入：他人评：3人", "填入：他人评", "填入：他人评：没有人评", "填入：自评，取自评价表",
        "填入：评分，取自评价表",
    }  # fmt: skip


def test_the_report_shows_no_group_below_three(collected: CompanyFolder) -> None:
    sheets = report(collected)
    assert list(sheets) == ["评价汇总", "未交回", "提示", "备注", "问题"]
    rows = {(row[1], row[3]): row for row in sheets["评价汇总"]}
    of = dict(
        zip(("self", "peers", "subordinates", "departments", "others", "all", "count"), range(4, 11), strict=True)
    )
    first = rows["员工甲天", "团队配合"]
    assert [first[of[key]] for key in of] == ["优秀", None, None, None, "62.86（5人）", 62.86, 5]
    few = rows["员工丁黄", "团队配合"]
    assert [few[of[key]] for key in of] == [None, None, None, None, None, 100, None]
    assert rows["员工戊宇", "团队配合"][of["all"]] == "无"
    hints = {row[1]: row[2] for row in sheets["提示"] if row[0] and row[0] != "工号"}
    assert "2 项" in str(hints["考核员癸月"])
    assert "自评比他人评高 37.14 分" in str(hints["员工甲天"])


def test_forms_with_ratings_are_fine_for_check_and_collect(collected: CompanyFolder, tmp_path: Path) -> None:
    shutil.copytree(collected.path, tmp_path / "公司")
    company = CompanyFolder(tmp_path / "公司")
    place = company.path / "考核" / QUARTER
    shutil.copytree(place / "发出", place / "收回")
    found = json.loads(raters.run(company, "check", QUARTER, "--json").stdout)
    assert [problem for problem in found if problem["kind"] == "rated"] == []
    assert [p for p in found if p["row_id"] in ("s:teamwork", "s:initiative") and p["column_id"] == "others"] == []


def test_a_second_run_finds_everything_there(collected: CompanyFolder, tmp_path: Path) -> None:
    shutil.copytree(collected.path, tmp_path / "公司")
    result = raters.run(CompanyFolder(tmp_path / "公司"), "raters", "collect", QUARTER, "--in-place")
    assert "填入 0 格，原来就一样 15 格" in result.output


def test_a_later_rating_takes_the_place_of_what_an_earlier_run_wrote(company: CompanyFolder) -> None:
    path = raters.returned(company) / raters.sent(company)["员工甲天"].name
    kept = path.read_bytes()
    path.unlink()
    result = raters.run(company, "raters", "collect", QUARTER, "--in-place")
    assert (result.exit_code, "没有交回的评价人 1 位：员工甲天" in result.output) == (1, True)
    assert raters.form_cells(company)["员工丁黄", "s:teamwork", "others"] == "无"
    path.write_bytes(kept)
    assert raters.run(company, "raters", "collect", QUARTER, "--in-place").exit_code == 0
    cells = raters.form_cells(company)
    assert {place: cells[place] for place in EXPECTED} == EXPECTED


def test_copies_are_written_and_the_forms_stay(company: CompanyFolder, tmp_path: Path) -> None:
    folder = company.path / "考核" / QUARTER / "发出"
    before = {path.name: path.read_bytes() for path in folder.glob("*.xlsx")}
    raters.run(company, "raters", "collect", QUARTER, "-o", str(company.path / "考核" / QUARTER / "填好"))
    assert {path.name: path.read_bytes() for path in folder.glob("*.xlsx")} == before
    cells = raters.form_cells(company, "填好")
    assert {place: cells[place] for place in EXPECTED} == EXPECTED
    again = raters.run(company, "raters", "collect", QUARTER, "-o", str(company.path / "考核" / QUARTER / "填好"))
    assert (again.exit_code, "文件已存在" in again.output) == (2, True)


def test_without_a_place_nothing_is_filled_in(company: CompanyFolder) -> None:
    result = raters.run(company, "raters", "collect", QUARTER)
    assert "还没有填进考核表" in result.output
    assert raters.form_cells(company)["员工甲天", "s:teamwork", "others"] is None
    assert report(company)["评价汇总"]


def test_ratings_that_are_not_anonymous_are_shown_by_kind(company: CompanyFolder) -> None:
    raters.settings(company, {"评价不记名": "否"})
    found = json.loads(raters.run(company, "raters", "collect", QUARTER, "--json").stdout)
    (first,) = [
        one for one in found["results"]
        if (one["id"], one["row"], one["rated_by"]) == ("0101", "s:teamwork", "others")
    ]  # fmt: skip
    assert first["groups"] == [
        {"kinds": ["peers"], "count": 3, "points": "80"}, {"kinds": ["departments"], "count": 2, "points": "40"},
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "level"), [("zh-Hant", "優秀"), ("en", "excellent")])
def test_raters_may_answer_in_another_language(language: str, level: str, company: CompanyFolder) -> None:
    shutil.rmtree(company.ratings(Quarter.parse(QUARTER)) / "发出")
    assert raters.run(company, "raters", "make", QUARTER, "--lang", language).exit_code == 0
    raters.answer(company, "员工甲天", lambda name, item: level)
    name = next(path.name for path in raters.returned(company).glob("*评价-员工甲天*"))
    if language == "en":
        (raters.returned(company) / name).unlink()
    result = raters.run(company, "raters", "collect", QUARTER, "--in-place")
    assert result.exit_code == 0, result.output
    cells = raters.form_cells(company)
    assert {place: cells[place] for place in EXPECTED} == EXPECTED
