"""A quarter with ratings in a company's own folder: made, rated, checked, collected, told, followed by the next.

Worked out by hand, with shares 30/50/20. 服务: good 80, excellent 100, others 90: 24 + 50 + 18 = 92; weight 40%.
GMV: 1,620,000 of 1,800,000: 90; weight 60%. Total 54 + 36.8 = 90.8.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, run
from tests.support.own_company import catalogue_of, change
from xlkpi.calc.engine import recalculate
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.xlsx.edit import edit

Q4, Q1 = Quarter(2026, 4), Quarter(2027, 1)
HOST, SHEET = "host", "员工甲"
_HEADINGS = ("维度", "指标", "代号", "定义/公式", "权重", "目标值", "评分标准", "单位", "数据来源", "汇总方式")
_ROWS = (
    ("业绩", "GMV", "gmv", "直播间成交额", "60%", 1800000, "按完成率得分，封顶120分", "元", "财务", "每月合计"),
    (
        "态度",
        "服务",
        "service",
        "对客户的态度",
        "40%",
        None,
        "优秀得100分；良好得80分；合格得60分；不合格得0分",
        "等级",
        "直接上级",
        "按季填",
    ),
)
RATED = {"s:service self": "良好", "s:service lead": "优秀", "s:service others": 90.0}
NUMBERS = {"m:gmv m1": 500_000.0, "m:gmv m2": 600_000.0, "m:gmv m3": 520_000.0}


def _roles(company: CompanyFolder, service: str = _ROWS[1][6]) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    rows = [_ROWS[0], (*_ROWS[1][:6], service, *_ROWS[1][7:])]
    for row in (
        ("岗位名称", "主播"),
        ("代号", HOST),
        ("生效季度", "2026Q1"),
        ("各项都写看法", "是"),
        (),
        ("指标",),
        _HEADINGS,
    ):
        sheet.append(row)
    for row in rows:
        sheet.append(row)
    book.save(company.roles / "主播.xlsx")


def _settings(company: CompanyFolder, **contents: object) -> None:
    """Change settings by their name in 公司.xlsx."""
    book = load_workbook(company.settings)
    for row in book["公司"].iter_rows():
        if row[0].value in contents:
            row[1].value = contents[str(row[0].value)]
    book.save(company.settings)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    path = tmp_path / "晨光"
    assert run("init", path, "--name", "晨光小店").exit_code == FINE
    company = CompanyFolder(path)
    for file in company.roles.glob("*.xlsx"):
        file.unlink()
    _roles(company)
    shares = {"自评占比": 0.3, "上级评占比": 0.5, "同级评占比": 0.2}
    _settings(company, 表上有自评和多方评价="是", **shares)
    roster = Workbook()
    for row in (("工号", "姓名", "部门", "岗位", "直接上级"), ("001", SHEET, "直播部", "主播", "考核员乙")):
        roster.worksheets[0].append(row)
    roster.save(company.roster)
    monkeypatch.chdir(path)
    return company


def _made(company: CompanyFolder) -> Path:
    result = run("new", "2026Q4")
    assert result.exit_code == FINE, result.output
    (made,) = company.issued(Q4).glob("*.xlsx")
    return made


def _layout(company: CompanyFolder, quarter: Quarter = Q4) -> Layout:
    catalogue = catalogue_of(company)
    settings = catalogue.company(None, quarter)
    return Layout(catalogue.role(HOST, quarter), settings.blocks, settings.notes, settings.ratings.shares)


def _returned(company: CompanyFolder, made: Path, cells: dict[str, object]) -> Path:
    layout = _layout(company)
    typed = {layout.address(*place.split()): value for place, value in cells.items()}
    back = company.returned(Q4) / made.name
    back.parent.mkdir(parents=True, exist_ok=True)
    back.write_bytes(recalculate(edit(made.read_bytes(), {SHEET: typed})))  # type: ignore[arg-type]
    return back


def _scored(path: Path) -> dict[str, object]:
    result = run("score", path, "--json")
    (sheet,) = json.loads(result.stdout)["sheets"]
    return sheet  # type: ignore[no-any-return]


def test_a_quarter_with_ratings(company: CompanyFolder) -> None:
    made = _made(company)
    waiting = _returned(company, made, {**NUMBERS, "s:service lead": "优秀"})
    told = run("check", waiting)
    assert told.exit_code == PROBLEMS
    for word in ("服务·自评", "服务·他人评", "本人", "其他评价人"):
        assert word in told.output.replace("\n", "")
    back = _returned(company, made, {**NUMBERS, **RATED, "s:gmv self": 100.0, "s:gmv lead": 85.0})
    found = run("check", back, "--json")  # typed by hand: no record says where the rating by others comes from
    warned = [(one["row_id"], one["column_id"]) for one in json.loads(found.stdout) if one["severity"] != "advice"]
    assert warned == [("s:service", "others")]
    scored = _scored(back)
    assert scored["total"] == 90.8
    gmv, service = scored["indicators"]  # type: ignore[misc]
    assert service["ratings"] == {"self": "良好", "superior": "优秀", "others": 90.0}
    assert service["score"] == 92
    assert service["receipt"] == "自评良好80×30%＋上级评优秀100×50%＋他人评90×20%＝92"
    assert (gmv["score"], gmv["ratings"]["superior"]) == (90, 85)

    assert run("collect", "2026Q4").exit_code == PROBLEMS
    assert run("guide", "2026Q4").exit_code == FINE
    pages = "".join(path.read_text("utf-8") for path in company.path.rglob("*.html"))
    assert service["receipt"] in pages

    followed = run("next", "2026Q4")
    assert followed.exit_code == FINE, followed.output
    following = next(
        path for path in company.issued(Q1).rglob("*.xlsx") if "员工甲" in str(load_workbook(path).sheetnames)
    )
    (sheet,) = (page for page in load_workbook(following) if page["A1"].value == "id")
    layout = _layout(company, Q1)
    for place in (*RATED, "s:gmv self", "s:gmv lead"):
        assert sheet[layout.address(*place.split())].value is None


def test_shares_changed_since_score_as_the_forms_were_made(company: CompanyFolder) -> None:
    """And it is told that the company's settings have changed."""
    made = _made(company)
    back = _returned(company, made, {**NUMBERS, **RATED})
    _settings(company, 自评占比=0.5, 上级评占比=0.3)
    assert _scored(back)["total"] == 90.8
    assert "公司" in run("check", back).output


def test_a_company_that_turns_ratings_off_scores_forms_as_they_were_made(company: CompanyFolder) -> None:
    made = _made(company)
    back = _returned(company, made, {**NUMBERS, **RATED})
    _settings(company, 表上有自评和多方评价="否")
    assert _scored(back)["total"] == 90.8


def test_a_company_that_turns_ratings_on_scores_earlier_forms_by_the_superior(company: CompanyFolder) -> None:
    _settings(company, 表上有自评和多方评价="否")
    made = _made(company)
    layout = _layout(company)
    assert not layout.rated
    back = _returned(company, made, {**NUMBERS, "m:service quarter": "良好"})
    _settings(company, 表上有自评和多方评价="是")
    assert _scored(back)["total"] == 86


def test_fill_leaves_a_level_that_a_rating_shows_alone(company: CompanyFolder) -> None:
    """Its cell is a formula; the data owner is not asked for it."""
    _made(company)
    asked = run("request", "2026Q4")
    assert asked.exit_code == FINE, asked.output
    books = [path for path in company.path.rglob("*.xlsx") if "财务" in path.name or "直接上级" in path.name]
    assert [path.name for path in books if "直接上级" in path.name] == []
    assert books


def test_the_settings_show_shares_in_per_cent(company: CompanyFolder) -> None:
    sheet = load_workbook(company.settings)["公司"]
    formats = {row[0].value: row[1].number_format for row in sheet.iter_rows() if "占比" in str(row[0].value)}
    assert {formats[name] for name in ("自评占比", "上级评占比", "同级评占比", "下级评占比", "其他部门评占比")} == {
        "0%"
    }


def test_an_unknown_share_is_refused_at_its_cell(company: CompanyFolder) -> None:
    change(company.settings, {0.5: 0.6})
    result = run("new", "2026Q4")
    assert result.exit_code == PROBLEMS or result.exit_code > 0
    assert "占比" in result.output.replace("\n", "")
