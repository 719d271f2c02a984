"""A company's own folder: found, used by every command, and forms that are scored as they were made."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import Workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.own_company import HOST, catalogue_of, change, own_company, role_book
from xlkpi.calc.engine import recalculate
from xlkpi.common.company_folder import VARIABLE, CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.labels import Labels
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)
NUMBERS = {"gmv": [500_000, 600_000, 520_000], "returned": [0.21, 0.22, 0.23], "violations": [1, 0, 0]}
"""1,620,000 of 1,800,000: 90; 22 % is 2 points over 20 %: 96; 1 × 10: 90. Total 45 + 28.8 + 18 = 91.8."""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    company = own_company(tmp_path / "晨光")
    monkeypatch.chdir(company.path)
    return company


def sent(company: CompanyFolder) -> Path:
    """The form of the role, made and filled in."""
    assert run("new", "2026Q4", "--role", HOST).exit_code == FINE
    made = company.issued(QUARTER) / "2026Q4.xlsx"
    cells = typed_cells(catalogue_of(company).role(HOST), NUMBERS, {"name": "林可", "newcomer": "否"})
    filled = company.returned(QUARTER) / "林可.xlsx"
    filled.parent.mkdir(parents=True)
    filled.write_bytes(recalculate(fill(made.read_bytes(), {"抖音主播": cells})))
    return filled


def total(path: Path, *options: str) -> float:
    result = run("score", path, "--json", *options)
    assert result.exit_code == FINE, result.output
    found = json.loads(result.stdout)["sheets"][0]["total"]
    assert isinstance(found, float)
    return found


def told(result: Result) -> str:
    """What a command printed, without the frames of tables."""
    return result.output.replace("\n", "")


# --- the folder -------------------------------------------------------------------------------------------------------


def test_a_folder_is_made_once_and_nothing_in_it_is_changed(tmp_path: Path) -> None:
    made = run("init", tmp_path / "店", "--name", "晨光小店")
    assert made.exit_code == FINE
    names = {path.name for path in (tmp_path / "店").iterdir()}
    assert names == {"公司.xlsx", "岗位", "考核", "历史", "说明.md"}
    change(tmp_path / "店" / "公司.xlsx", {"晨光小店": "别的名称"})
    before = (tmp_path / "店" / "公司.xlsx").read_bytes()
    (tmp_path / "店" / "说明.md").unlink()
    assert "说明.md" in run("init", tmp_path / "店").output
    assert (tmp_path / "店" / "公司.xlsx").read_bytes() == before


def test_it_is_found_from_below_by_the_option_and_by_the_environment(
    company: CompanyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = company.path / "考核"
    below.mkdir(exist_ok=True)
    for place, arguments, variable in (
        (below, (), ""),
        (tmp_path, ("--company", str(company.path)), ""),
        (tmp_path, (), str(company.path)),
        (below, ("--company", str(company.path)), str(tmp_path / "nowhere")),
    ):
        monkeypatch.chdir(place)
        monkeypatch.setenv(VARIABLE, variable)
        listed = run("roles", "--json", *arguments)
        assert [role["id"] for role in json.loads(listed.stdout)] == [HOST]
        assert str(company.path) in listed.stderr
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, "")
    assert len(json.loads(run("roles", "--json").stdout)) == 24
    wrong = run("roles", "--company", tmp_path / "nowhere")
    assert (wrong.exit_code, "没有 公司.xlsx" in wrong.output) == (USAGE, True)


def test_a_quarter_stands_for_its_places(company: CompanyFolder) -> None:
    assert total(sent(company)) == 91.8
    assert run("check", "2026Q4").exit_code == FINE
    collected = run("collect", "2026Q4")
    assert collected.exit_code == FINE, collected.output
    assert (company.summary(QUARTER) / "2026Q4-汇总.xlsx").is_file()
    assert (company.history / "quarter=2026Q4").exists() or any(company.history.glob("*2026Q4*"))
    assert run("guide", "2026Q4", "--format", "html").exit_code == FINE
    assert [path.suffix for path in company.guides(QUARTER).iterdir()] == [".html"]
    assert run("next", "2026Q4").exit_code == FINE
    assert any(company.issued(QUARTER.after).glob("*.xlsx"))


# --- scored as made ---------------------------------------------------------------------------------------------------


def test_a_role_changed_later_changes_no_score_until_the_form_is_renewed(company: CompanyFolder) -> None:
    filled = sent(company)
    change(company.roles / "主播.xlsx", {"每次扣10分": "每次扣30分", "违规次数": "平台违规次数", "退货率": "退款率"})
    assert total(filled) == 91.8
    checked = run("check", filled)
    assert (checked.exit_code, "在发出以后改过" in told(checked)) == (FINE, True)
    assert told(checked).count("改过") == 1
    renewed = run("renew", filled, "-o", company.path / "重发")
    assert renewed.exit_code == FINE, renewed.output
    assert "每次扣30分" in told(renewed)
    assert "平台违规次数" in told(renewed)
    assert total(company.path / "重发" / filled.name) == 87.8  # 1 × 30 instead of 1 × 10, of a weight of 20 %
    assert "改过" not in told(run("check", company.path / "重发"))


def test_rows_that_came_and_went_are_told_and_nothing_typed_is_lost_in_silence(company: CompanyFolder) -> None:
    filled = sent(company)
    book = company.roles / "主播.xlsx"
    change(book, {"违规次数": "开播天数", "violations": "days", "每次扣10分": "按完成率得分", 0: 60, "次": "天"})
    renewed = run("renew", filled, "-o", company.path / "重发")
    assert renewed.exit_code == FINE, renewed.output
    for row in ("新增，待填", "开播天数", "已取消", "违规次数", "填过，没有带过去"):
        assert row in told(renewed)
    sheet = json.loads(run("score", company.path / "重发" / filled.name, "--json").stdout)["sheets"][0]
    assert {one["id"]: one["score"] for one in sheet["indicators"]} == {"gmv": 90, "returned": 96, "days": None}


def test_a_number_in_another_unit_is_not_taken_over(company: CompanyFolder) -> None:
    filled = sent(company)
    change(company.roles / "主播.xlsx", {"元": "万元", 1800000: 180})
    renewed = run("renew", filled, "-o", company.path / "重发")
    assert "填过，没有带过去" in told(renewed)
    sheet = json.loads(run("score", company.path / "重发" / filled.name, "--json").stdout)["sheets"][0]
    assert sheet["indicators"][0]["score"] is None


def test_changed_grades_hold_from_their_quarter(company: CompanyFolder) -> None:
    filled = sent(company)
    grade = {"A 优秀": 85}
    change(company.settings, {"B4": 92}, "等级")  # in the place of 85
    sheet = json.loads(run("score", filled, "--json").stdout)["sheets"][0]
    assert sheet["grade"] == "A 优秀", grade
    checked = run("check", filled)
    assert told(checked).count("等级或设置在发出以后改过") == 1
    assert run("renew", filled, "-o", company.path / "重发").exit_code == FINE
    sheet = json.loads(run("score", company.path / "重发" / filled.name, "--json").stdout)["sheets"][0]
    assert sheet["grade"] == "B 良好"


def test_settings_of_a_later_quarter_leave_this_one_alone(company: CompanyFolder) -> None:
    filled = sent(company)
    cells = {"A20": "甲", "B20": 80, "D20": "2027Q1", "A21": "乙", "D21": "2027Q1"}
    change(company.settings, cells, "等级")
    change(company.settings, {"A15": "触红线时等级最高为", "B15": "乙", "C15": "2027Q1"}, "公司")
    assert "改过" not in told(run("check", filled))
    catalogue = catalogue_of(company)
    assert catalogue.company(None, QUARTER).grade_scale.startswith("S 卓越≥95")
    assert catalogue.company(None, QUARTER.after).grade_scale == catalogue.company().grade_scale == "甲≥80；乙"


def test_a_role_that_is_gone_or_broken_still_scores_what_was_sent(company: CompanyFolder) -> None:
    filled = sent(company)
    change(company.roles / "主播.xlsx", {"每次扣10分": "看情况扣分"})
    assert total(filled) == 91.8
    (company.roles / "主播.xlsx").unlink()
    assert total(filled) == 91.8
    assert run("collect", "2026Q4").exit_code == FINE


def test_a_definition_that_is_gone_is_told_of_every_form(company: CompanyFolder) -> None:
    filled = sent(company)
    change(company.roles / "主播.xlsx", {"每次扣10分": "每次扣30分"})
    for path in company.history.glob("定义/*"):
        path.unlink()
    for arguments in (("check", filled), ("collect", "2026Q4")):
        told_of = run(*arguments)
        assert (told_of.exit_code, "历史里没有了" in told(told_of)) == (PROBLEMS, True)


@pytest.mark.parametrize("how", ["as they were", "changed since", "changed, and what was kept is gone"])
def test_settings_that_are_gone_are_told_of_every_form(how: str, company: CompanyFolder) -> None:
    filled = sent(company)
    if how != "as they were":
        change(company.settings, {"B4": 84}, "等级")
    if how.endswith("gone"):
        (kept,) = company.history.glob("定义/* 公司 *")
        kept.unlink()
    found = [one for one in json.loads(run("check", filled, "--json").stdout) if one["kind"] == "company_gone"]
    gone = how.endswith("gone")
    assert [(one["severity"], one["sheet"]) for one in found] == ([("warning", "抖音主播")] if gone else [])
    assert ("公司设置" in told(run("collect", "2026Q4"))) == gone


def test_a_typed_digest_gets_no_definition_that_was_not_issued_for_the_quarter(company: CompanyFolder) -> None:
    filled = sent(company)
    definition = next(company.history.glob(f"定义/2026Q4 {HOST} *.json"))
    definition.rename(definition.with_name(definition.name.replace("2026Q4", "2026Q3")))
    change(company.roles / "主播.xlsx", {"每次扣10分": "每次扣30分"})
    checked = run("check", filled)
    assert checked.exit_code == PROBLEMS
    assert total(filled) == 91.8  # by the sentence of the form
    assert "评分标准" in told(checked)


def test_a_newer_program_with_other_samples_and_labels_scores_alike(
    company: CompanyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = sent(company)
    said = Labels.__call__

    def otherwise(self: Labels, key: str, /, **values: object) -> str:
        text = said(self, key, **values)
        return text.replace("评分标准", "计分标准").replace("数据录入", "数据填报")

    monkeypatch.setattr(Labels, "__call__", otherwise)
    assert total(filled) == 91.8


def test_workers_get_the_definitions_with_the_catalogue(company: CompanyFolder) -> None:
    filled = sent(company)
    change(company.roles / "主播.xlsx", {"每次扣10分": "每次扣30分"})
    catalogue = catalogue_of(company)
    digests = {HOST: next(company.history.glob(f"定义/2026Q4 {HOST} *.json")).stem.split()[-1]}
    made = catalogue.as_made(QUARTER, digests, "")
    assert made is not catalogue
    assert pickle.loads(pickle.dumps(made)) is made
    one, two = (json.loads(run("collect", "2026Q4", "--jobs", n, "--json", "--overwrite").stdout) for n in ("1", "2"))
    assert (one["people"], len(one["people"])) == (two["people"], 1)
    assert filled.exists()


def test_another_way_of_computing_is_listed_by_renew(company: CompanyFolder) -> None:
    filled = sent(company)
    change(company.roles / "主播.xlsx", {"每月平均": "取最后一月"})
    renewed = run("renew", filled, "-o", company.path / "重发")
    assert renewed.exit_code == FINE
    for words in ("汇总方式", "每月平均", "取最后一月"):
        assert words in told(renewed)


# --- faults -----------------------------------------------------------------------------------------------------------


def test_one_broken_role_keeps_no_other_from_working(company: CompanyFolder) -> None:
    role_book(company.roles / "打包.xlsx", "打包员", "packer")
    (company.roles / "坏.xlsx").write_bytes(b"no workbook")
    change(company.roles / "主播.xlsx", {"每次扣10分": "看情况扣分"})
    made = run("new", "2026Q4", "-o", company.path / "空表.xlsx")
    assert made.exit_code == PROBLEMS
    assert "1 张考核表" in told(made)
    assert "岗位/坏.xlsx" in told(made)
    assert "岗位/主播.xlsx “抖音主播”G10" in told(made).replace(" G10", "G10")


def test_a_slip_in_the_settings_is_told_once_at_its_cell(company: CompanyFolder) -> None:
    filled = sent(company)
    change(company.settings, {"B4": "八十五"}, "等级")
    for arguments in (("check", filled), ("collect", "2026Q4"), ("new", "2027Q1", "--role", HOST)):
        result = run(*arguments)
        assert result.exit_code == PROBLEMS
        assert told(result).count("公司.xlsx “等级” B4：八十五：须为数字") == 1
        assert filled.name not in told(result)


def test_lock_files_of_programs_are_no_roles(company: CompanyFolder) -> None:
    (company.roles / "~$主播.xlsx").write_bytes(b"lock")
    assert run("roles", "--json").exit_code == FINE


def test_numbers_that_were_filled_in_are_not_overwritten_by_empty_forms(company: CompanyFolder) -> None:
    filled = sent(company)
    made = company.issued(QUARTER) / "2026Q4.xlsx"
    assert run("new", "2026Q4", "--role", HOST, "--overwrite").exit_code == FINE
    made.write_bytes(filled.read_bytes())
    spared = run("new", "2026Q4", "--role", HOST, "--overwrite")
    assert spared.exit_code == PROBLEMS
    assert "已经填了 9 格" in told(spared)
    assert made.read_bytes() == filled.read_bytes()


def test_without_a_roster_no_nameless_forms_are_made(company: CompanyFolder) -> None:
    refused = run("new", "2026Q4")
    assert (refused.exit_code, "还没有名册" in told(refused)) == (USAGE, True)
    assert not company.issued(QUARTER).exists()


def test_a_title_is_not_asked_about_while_a_role_is_broken(company: CompanyFolder) -> None:
    roster = (("工号", "姓名", "部门", "岗位", "直接上级"), ("1", "林可", "直播部", "抖音主播", "何总"))
    book = Workbook()
    for row in roster:
        book.worksheets[0].append(row)
    book.save(company.roster)
    change(company.roles / "主播.xlsx", {"每次扣10分": "看情况扣分"})
    made = run("new", "2026Q4")
    assert made.exit_code == PROBLEMS
    assert "“抖音主播” G10" in told(made)
    assert not company.titles.exists()


def test_a_later_scale_without_the_grade_of_the_red_line_says_what_to_add(company: CompanyFolder) -> None:
    cells = {"A20": "甲", "B20": 80, "D20": "2027Q1", "A21": "乙", "D21": "2027Q1"}
    change(company.settings, cells, "等级")
    refused = run("roles")
    assert refused.exit_code == PROBLEMS
    assert "从2027Q1起没有“B 良好”这一级" in told(refused)
    assert "“公司” B8" in told(refused)
