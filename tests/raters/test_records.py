"""Returned forms held against the record of ratings: what the superior types over is told, with both values."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.support import raters
from tests.support.raters import QUARTER, settings
from xlkpi.cli import main
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.form.records.rated import Rated, RatedError, path_of, read_rated, record_rated


@pytest.fixture(scope="module")
def filled(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forms with ratings, sent back."""
    path = tmp_path_factory.mktemp("records") / "公司"
    shutil.copytree(prepared, path)
    raters.run(CompanyFolder(path), "raters", "collect", QUARTER, "--in-place")
    shutil.copytree(path / "考核" / QUARTER / "发出", path / "考核" / QUARTER / "收回")
    return path


def copied(filled: Path, tmp_path: Path) -> CompanyFolder:
    shutil.copytree(filled, tmp_path / "公司")
    return CompanyFolder(tmp_path / "公司")


def type_over(company: CompanyFolder, person: str, row: str, column: str, value: object) -> None:
    """Type into a cell of a returned form."""
    for path in (company.path / "考核" / QUARTER / "收回").glob("*.xlsx"):
        book = load_workbook(path)
        for sheet in book.worksheets:
            ids: dict[str, Any] = {id: cell for cell in sheet[1] for id in str(cell.value or "").split("/")}
            rows = {str(line[0].value): line[0].row for line in sheet.iter_rows()}
            if "person" not in rows or sheet.cell(rows["person"], ids["name"].column).value != person:
                continue
            sheet.cell(rows[row], ids[column].column).value = value
            book.save(path)


def rated(company: CompanyFolder) -> list[dict[str, Any]]:
    found = json.loads(raters.run(company, "check", QUARTER, "--json").stdout)
    return [problem for problem in found if problem["kind"] == "rated"]


@pytest.mark.parametrize(
    ("person", "row", "column", "value", "said"),
    [
        ("员工甲天", "s:teamwork", "others", 95, "“团队配合”的评价现在是 95，汇总的是 62.86"),
        ("员工甲天", "s:teamwork", "others", "无", "“团队配合”的评价现在是 无，汇总的是 62.86"),
        ("员工甲天", "s:teamwork", "self", "合格", "“团队配合”的自评现在是“合格”，登记的是“优秀”"),
        ("员工甲天", "m:design_points", "quarter", 10, "“设计分”的评价现在是 10，汇总的是 8.75"),
        ("员工戊宇", "s:teamwork", "others", 90, "“团队配合”的评价现在是 90，汇总的是 无"),
        ("员工甲天", "s:teamwork", "others", None, "汇总为 62.86，表上还空着"),
    ],
    ids=["others", "nobody", "self", "points", "made up", "emptied"],
)
def test_what_is_typed_over_is_told_with_both_values(
    person: str, row: str, column: str, value: object, said: str, filled: Path, tmp_path: Path
) -> None:
    company = copied(filled, tmp_path)
    type_over(company, person, row, column, value)
    (problem,) = rated(company)
    assert said in problem["message"]
    assert (problem["row_id"], problem["column_id"]) == (row, column)
    assert problem["severity"] == ("advice" if value is None else "warning")
    assert problem["cell"]


def test_what_was_not_touched_is_fine(filled: Path) -> None:
    assert rated(CompanyFolder(filled)) == []


def test_collect_tells_it_too_and_the_record_is_not_its_own_fault(filled: Path, tmp_path: Path) -> None:
    company = copied(filled, tmp_path)
    type_over(company, "员工甲天", "s:teamwork", "self", "合格")
    found = json.loads(raters.run(company, "collect", QUARTER, "--json").stdout)
    (problem,) = [problem for problem in found["problems"] if problem["kind"] == "rated"]
    assert "登记的是“优秀”" in problem["message"]


@pytest.mark.parametrize("damage", ["edited", "damaged"])
def test_a_record_that_somebody_edited_is_told(damage: str, filled: Path, tmp_path: Path) -> None:
    company = copied(filled, tmp_path)
    record = path_of(company.history, Quarter.parse(QUARTER))
    text = record.read_text("utf-8")
    record.write_text(text.replace("62.86", "92.86") if damage == "edited" else text[:-20], "utf-8")
    result = raters.run(company, "check", QUARTER, "--json")
    (problem,) = [problem for problem in json.loads(result.stdout) if problem["kind"] == "rated"]
    assert problem["file"] == record.name
    assert ("被人改过" if damage == "edited" else "读不了") in problem["message"]
    assert result.exit_code == 1
    again = raters.run(company, "raters", "collect", QUARTER)
    assert "这次重新写" in again.output
    assert rated(company) == []


@pytest.mark.parametrize("shares", ["as forms have them", "none for others"])
def test_ratings_without_their_record_are_told(shares: str, filled: Path, tmp_path: Path) -> None:
    """A rating that nobody gave (无) is none, and where others have no share nothing of theirs counts."""
    company = copied(filled, tmp_path)
    path_of(company.history, Quarter.parse(QUARTER)).unlink()
    if shares == "none for others":
        for definition in company.history.glob("定义/*公司*"):
            definition.unlink()
        settings(company, {"上级评占比": 0.9, "同级评占比": 0, "下级评占比": 0, "其他部门评占比": 0})
        assert rated(company) == []
        return
    cells = raters.form_cells(company, "收回")
    others = [value for (_, row, column), value in cells.items() if row.startswith("s:") and column == "others"]
    given = [value for value in others if value != "无"]
    assert 0 < len(given) < len(others)
    found = rated(company)
    told = [problem["message"].split("他人评是 ")[1].split("，")[0] for problem in found]
    assert sorted(told) == sorted(map("{:g}".format, given))
    assert {(problem["severity"], problem["column_id"]) for problem in found} == {("warning", "others")}
    assert all(problem["cell"] for problem in found)
    collected = json.loads(raters.run(company, "collect", QUARTER, "--json").stdout)
    assert len([one for one in collected["problems"] if one["kind"] == "rated"]) == len(found)


def test_without_a_companys_folder_nobody_misses_a_record(filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled / "考核" / QUARTER / "收回", tmp_path / "收回")
    book = next((tmp_path / "收回").glob("*.xlsx"))
    checked = CliRunner().invoke(main, ["check", str(book), "--json"])
    assert [problem for problem in json.loads(checked.stdout) if problem["kind"] == "rated"] == []


def test_what_somebody_typed_stays_unless_it_is_to_be_replaced(filled: Path, tmp_path: Path) -> None:
    company = copied(filled, tmp_path)
    type_over(company, "员工甲天", "s:teamwork", "others", 95)
    place = company.path / "考核" / QUARTER / "收回"
    result = raters.run(company, "raters", "collect", QUARTER, str(place), "--in-place")
    assert (result.exit_code, "已填 95，评价是 62.86，没有改" in result.output) == (1, True)
    assert raters.form_cells(company, "收回")["员工甲天", "s:teamwork", "others"] == 95
    raters.run(company, "raters", "collect", QUARTER, str(place), "--in-place", "--replace")
    assert raters.form_cells(company, "收回")["员工甲天", "s:teamwork", "others"] == 62.86


def test_levels_that_give_other_points_on_a_form_are_not_filled_in(company: CompanyFolder) -> None:
    place = company.path / "考核" / QUARTER
    shutil.copytree(place / "发出", place / "收回")
    type_over(company, "员工甲天", "i:teamwork", "rule", "优秀得100分；良好得95分；合格得60分；不合格得0分")
    result = raters.run(company, "raters", "collect", QUARTER, str(place / "收回"), "--in-place")
    assert "表上评分标准的等级和分数与岗位文件不同，没有填" in result.output
    cells = raters.form_cells(company, "收回")
    assert cells["员工甲天", "s:teamwork", "others"] is None
    assert cells["员工甲天", "s:initiative", "others"] == 62.86


def test_a_record_reads_back(tmp_path: Path) -> None:
    quarter = Quarter.parse(QUARTER)
    own = [Rated("001", "host", "", "s:x", "others", 62.86), Rated("001", "host", "2026-11-01", "s:x", "self", 1.0)]
    own.append(Rated("002", "host", "", "s:x", "others", None))
    assert read_rated(tmp_path, quarter) == []
    record_rated(tmp_path, quarter, own)
    assert read_rated(tmp_path, quarter) == own
    path_of(tmp_path, quarter).rename(path_of(tmp_path, quarter.before))
    with pytest.raises(RatedError):  # the record of another quarter
        read_rated(tmp_path, quarter.before)
