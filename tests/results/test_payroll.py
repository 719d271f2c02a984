"""The table for payroll: the company's columns, texts that stay texts, and nobody in it without a settled result."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.own_company import catalogue_of, change
from tests.support.results import COEFFICIENTS, FINALS, GRADES, QUARTER, STAFF, Staff, company_with_results, returned
from xlkpi.catalogue.appraising.results import ExportColumn
from xlkpi.collect import history
from xlkpi.collect.history import open_appeals
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.results.payroll.files import payroll_book, payroll_csv
from xlkpi.results.payroll.rows import Payroll, payroll
from xlkpi.results.people import results_of


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> CompanyFolder:
    company = company_with_results(tmp_path_factory.mktemp("payroll") / "晨光")
    returned(company)
    assert run("collect", "2026Q4", "--company", str(company.path)).exit_code == PROBLEMS
    return company


def read_csv(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # by which Excel knows the encoding
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_everyone_with_a_result_is_in_it_and_the_others_are_told(
    collected: CompanyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(collected.path)
    made = run("payroll", "2026Q4", "-o", tmp_path / "工资.csv")
    assert made.exit_code == PROBLEMS
    assert "006 员工己：没有总分" in made.output
    header, *rows = read_csv(tmp_path / "工资.csv")
    assert header == ["工号", "姓名", "部门", "岗位", "总分", "等级", "系数", "季度", "在岗天数"]
    paid = [one for one in STAFF if FINALS[one.id] is not None]
    assert rows == [
        [
            one.id, one.name, "直播部", "抖音主播", f"{FINALS[one.id]:g}", GRADES[one.id],
            f"{COEFFICIENTS[GRADES[one.id]]:g}", "2026Q4", "92",
        ]
        for one in paid
    ]  # fmt: skip
    assert run("payroll", "2026Q4").exit_code == PROBLEMS
    book = load_workbook(collected.summary(QUARTER) / "2026Q4-工资.xlsx")
    assert [sheet.title for sheet in book] == ["工资", "未列入"]
    assert (book["工资"]["A2"].value, book["工资"]["A2"].data_type) == ("001", "s")
    assert (book["工资"]["E3"].value, book["工资"]["G3"].value) == (91.8, 1.2)
    assert book["未列入"]["B2"].value == "员工己"
    assert run("payroll", "2026Q4").exit_code == USAGE  # never over an existing file


def test_the_company_names_the_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = company_with_results(tmp_path / "晨光")
    returned(company, STAFF[:1])
    cells: dict[Any, Any] = {
        "A3": "人员编码", "B3": "工号", "A4": "考核得分", "B4": "总分", "A5": "发放项目", "B5": "固定文字",
        "C5": "+季度奖",
        "A6": "系数", "B6": "系数", "A7": "原等级", "B7": "校准前等级", "A8": "名次", "B8": "排名",
    }  # fmt: skip
    change(company.settings, cells, "导出")
    monkeypatch.chdir(company.path)
    assert run("collect", "2026Q4").exit_code == FINE
    assert run("payroll", "2026Q4", "-o", "工资.csv").exit_code == FINE
    assert read_csv(Path("工资.csv")) == [
        ["人员编码", "考核得分", "发放项目", "系数", "原等级", "名次"],
        ["001", "100", "'+季度奖", "1.5", "S 卓越", "1"],
    ]
    assert run("payroll", "2026Q4", "-o", "工资.xlsx").exit_code == FINE
    cell = load_workbook("工资.xlsx").worksheets[0]["C2"]
    assert (cell.value, cell.data_type) == ("+季度奖", "s")
    change(company.settings, {"B4": "得分"}, "导出")
    wrong = run("payroll", "2026Q4", "-o", "再来.csv")
    assert (wrong.exit_code, "“导出” B4" in wrong.output) == (PROBLEMS, True)
    change(company.settings, {"B4": "总分"}, "导出")
    change(company.settings, {"按等级": "不用"}, "公司")
    without = run("payroll", "2026Q4", "-o", "再来.csv")
    assert (without.exit_code, "“绩效系数”是“不用”" in without.output) == (PROBLEMS, True)
    assert run("payroll", "2026Q4", "-o", "工资.txt").exit_code == USAGE


@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula_in_a_spreadsheet(text: str) -> None:
    table = Payroll((ExportColumn("姓名", "name"),), ((text,),), ())
    assert (
        next(iter(list(csv.reader(io.StringIO(payroll_csv(table).decode("utf-8-sig"), newline="")))[1])) == f"'{text}"
    )
    cell = load_workbook(
        io.BytesIO(payroll_book(Payroll((ExportColumn("姓名", "name"),), (("=1+1",),), ())))
    ).worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_an_open_appeal_a_doubled_number_and_an_unknown_grade_are_not_paid(collected: CompanyFolder) -> None:
    catalogue, rows = catalogue_of(collected), history.load_quarter(collected.history, QUARTER)
    rows.loc[rows["id"] == "001", "open_appeals"] = 1
    rows.loc[rows["id"] == "003", "id"] = "002"
    rows.loc[rows["id"] == "004", ["person_grade", "coefficient"]] = ["Z 未定", None]
    appealed = open_appeals(rows)
    assert appealed == {("001", "员工甲")}
    table = payroll(results_of(rows, QUARTER), QUARTER, catalogue, None, appealed)
    assert [row[0] for row in table.rows] == ["005"]
    reasons = {one.name: one.reason for one in table.apart}
    assert "申诉" in reasons["员工甲"]
    assert "几个人" in reasons["员工乙"]
    assert "几个人" in reasons["员工丙"]
    assert "没有绩效系数" in reasons["员工丁"]


def test_coefficients_changed_after_collecting_are_told(collected: CompanyFolder) -> None:
    catalogue, rows = catalogue_of(collected), history.load_quarter(collected.history, QUARTER)
    rows.loc[rows["id"] == "001", "coefficient"] = 1.6
    rows.loc[rows["id"] == "002", "coefficient"] = None
    table = payroll(results_of(rows, QUARTER), QUARTER, catalogue, None, frozenset())
    assert [row[0] for row in table.rows] == ["003", "004", "005"]
    reasons = {one.name: one.reason for one in table.apart}
    assert "汇总时是1.6，现在是1.5" in reasons["员工甲"]
    assert "汇总时是—，现在是1.2" in reasons["员工乙"]


def test_who_is_on_the_roster_and_was_not_collected_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = company_with_results(tmp_path / "晨光")
    returned(company, STAFF[:1])
    roster = "工号,姓名,部门,岗位,直接上级\n001,员工甲,直播部,抖音主播,考核员孙\n009,员工壬,直播部,抖音主播,考核员孙\n"
    (company.path / "名册.csv").write_text(roster, "utf-8")
    monkeypatch.chdir(company.path)
    assert run("collect", "2026Q4").exit_code == FINE
    made = run("payroll", "2026Q4", "--roster", "名册.csv")
    assert (made.exit_code, "009 员工壬：没有汇总到考核表" in made.output) == (PROBLEMS, True)
    assert Staff("001", "员工甲", "考核员孙", 180) == STAFF[0]
