"""The review meeting over two quarters, through files and commands only: agreed, carried over, answered, collected."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, run
from tests.support.own_company import HOST, catalogue_of, change, own_company
from xlkpi.calc.engine import recalculate
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import HELD, HELD_CELLS, OWNER_COLUMN, PREVIOUS, TEXT_COLUMN
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.layout import Layout, measure_id
from xlkpi.i18n.numbers import Value
from xlkpi.xlsx.edit import fill

Q4 = Quarter(2026, 4)
Q1 = Q4.after
ROSTER = """工号,姓名,部门,岗位,直接上级,隔级上级
E1,员工甲,直播部,抖音主播,考核员乙,考核员丙
E2,员工丁,直播部,抖音主播,考核员乙,考核员丙
"""
NUMBERS = {"gmv": [500_000, 600_000, 520_000], "returned": [0.21, 0.22, 0.23], "violations": [3, 1, 1]}
"""Five violations: 50 points for that indicator, below 60."""
AGREED = {
    ("r:1", TYPED_TEXT["actions"]): "每周复盘违规，=1+1 不是公式",
    ("r:1", TYPED_TEXT["about"]): "违规次数",
    ("r:1", TYPED_TEXT["due"]): "2027-02-28",
    ("r:1", OWNER_COLUMN): "员工甲",
    ("r:2", TYPED_TEXT["actions"]): "退货原因逐单登记",
    ("r:2", TYPED_TEXT["about"]): "退货率",
    ("r:2", TYPED_TEXT["due"]): "2027-03-31",
    ("r:2", OWNER_COLUMN): "考核员乙",
}
SAID = {
    (HELD, HELD_CELLS["date"]): "2027-01-08",
    ("t:strengths", TEXT_COLUMN): "成交额稳定",
    ("t:opinion", TEXT_COLUMN): "只对本人说的话",
    ("t:comment", TEXT_COLUMN): "规则要背熟",
    ("t:causes", TEXT_COLUMN): "新平台规则不熟",
    ("t:plan", TEXT_COLUMN): "零违规",
    ("t:training", TEXT_COLUMN): "平台规则培训",
}
Cells = Mapping[tuple[str, str], Value]


def _company(folder: Path) -> CompanyFolder:
    company = own_company(folder / "晨光")
    settings = load_workbook(company.settings)
    row = next(row for row in settings["公司"].iter_rows() if row[0].value == "表上有面谈记录")
    change(company.settings, {f"B{row[0].row}": "是"}, "公司")
    (company.path / "名册.csv").write_text(ROSTER, "utf-8-sig")
    return company


def done(*arguments: object, code: int = FINE) -> str:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.stdout


def typed(company: CompanyFolder, quarter: Quarter, forms: Mapping[str, Cells]) -> Path:
    """The quarter's only workbook, filled in and returned. forms: sheet → cells, besides the numbers."""
    (made,) = company.issued(quarter).glob("*.xlsx")
    catalogue = catalogue_of(company)
    layout = Layout(catalogue.role(HOST), catalogue.company().blocks)
    cells = {}
    for number, (sheet, own) in enumerate(forms.items()):
        cells[sheet] = {
            layout.address(measure_id(id), month): value + number * 1000 * (id == "gmv")
            for id, values in NUMBERS.items()
            for month, value in zip(("m1", "m2", "m3"), values, strict=True)
        } | {layout.address(*place): value for place, value in own.items()}
    returned = company.returned(quarter) / made.name
    returned.parent.mkdir(parents=True, exist_ok=True)
    returned.write_bytes(recalculate(fill(made.read_bytes(), cells)))
    return returned


def problems(quarter: Quarter) -> list[tuple[str, str, str, str]]:
    """Sheet, kind, row and column of what `collect` finds, but for missing signatures."""
    told = json.loads(run("collect", quarter, "--json", "--overwrite").stdout)["problems"]
    return [(p["sheet"], p["kind"], p["row_id"], p["column_id"]) for p in told if p["kind"] != "unsigned"]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> CompanyFolder:
    """The company after a quarter in which one of two met, and the forms of the next one were made."""
    with pytest.MonkeyPatch.context() as patch:
        company = _company(tmp_path_factory.mktemp("company"))
        patch.chdir(company.path)
        done("new", "2026Q4", "--roster", "名册.csv")
        typed(company, Q4, {"员工甲": AGREED | SAID, "员工丁": {}})
        done("collect", "2026Q4", code=PROBLEMS)
        done("next", "2026Q4")
    return company


@pytest.fixture
def first_quarter(made_once: CompanyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    """A copy of it to work in."""
    shutil.copytree(made_once.path, tmp_path / "晨光")
    monkeypatch.chdir(tmp_path / "晨光")
    return CompanyFolder(tmp_path / "晨光")


def test_what_was_agreed_comes_back_with_who_and_when(first_quarter: CompanyFolder) -> None:
    (made,) = first_quarter.issued(Q1).glob("*.xlsx")
    catalogue = catalogue_of(first_quarter)
    layout = Layout(catalogue.role(HOST), catalogue.company().blocks)
    sheet = load_workbook(made)["员工甲"]
    shown = [
        [sheet[layout.address(f"p:{n}", PREVIOUS[field])].value for field in ("about", "actions", "due", "owner")]
        for n in (1, 2, 3)
    ]
    assert shown == [
        ["违规次数", "每周复盘违规，=1+1 不是公式", "2027-02-28", "员工甲"],
        ["退货率", "退货原因逐单登记", "2027-03-31", "考核员乙"],
        [None] * 4,
    ]
    assert all(sheet[layout.address("p:1", PREVIOUS[field])].protection.locked for field in ("actions", "owner"))
    assert not sheet[layout.address("p:1", PREVIOUS["state"])].protection.locked
    report = next(first_quarter.issued(Q1).glob("*.md")).read_text("utf-8")
    assert "上季行动2条" in report


def test_the_summary_says_who_met_and_who_has_not(first_quarter: CompanyFolder) -> None:
    book = load_workbook(first_quarter.summary(Q4) / "2026Q4-汇总.xlsx")
    rows = {row[3]: row for row in book["面谈"].iter_rows(values_only=True) if row[3] in ("员工甲", "员工丁")}
    texts = [[str(cell.value) for cell in row if cell.value] for row in book["面谈"].iter_rows()]
    (met,) = (row for row in texts if "已面谈" in row)
    (open_,) = (row for row in texts if "未面谈" in row)
    assert {"员工甲", "2027-01-08", "考核员乙、考核员丙", "违规次数", "新平台规则不熟", "平台规则培训"} <= set(met)
    assert {"员工丁", "违规次数（没有写原因）"} <= set(open_)
    assert any({"2027-02-28", "员工甲", "违规次数"} <= set(row) for row in texts)
    assert rows
    assert book["面谈"].auto_filter.ref


def test_the_guide_shows_it_to_the_person_alone(first_quarter: CompanyFolder) -> None:
    done("guide", "2026Q4", "--format", "html")
    done("guide", "2026Q4", "--format", "docx", "--overwrite")
    pages = {path.stem: path.read_text("utf-8") for path in first_quarter.guides(Q4).rglob("*.html")}
    written = {path.stem: _docx(path) for path in first_quarter.guides(Q4).rglob("*.docx")}
    for texts in (pages, written):
        for text in (*SAID.values(), "每周复盘违规，=1+1 不是公式", "2027-02-28", "考核员乙、考核员丙"):
            assert str(text) in texts["员工甲"], text
        assert "只对本人说的话" not in texts["员工丁"]


def _docx(path: Path) -> str:
    document = Document(str(path))
    return "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)


def test_the_next_quarter_asks_what_became_of_it(first_quarter: CompanyFolder) -> None:
    typed(first_quarter, Q1, {"员工甲": {}, "员工丁": {}})
    found = problems(Q1)
    asked = [("员工甲", "meeting", f"p:{n}", PREVIOUS["state"]) for n in (1, 2)]
    causes = [(sheet, "meeting", "t:causes", TEXT_COLUMN) for sheet in ("员工甲", "员工丁")]
    opened = [(sheet, "meeting", HELD, HELD_CELLS["date"]) for sheet in ("员工甲", "员工丁")]
    assert sorted(found) == sorted([*asked, *causes, *opened])
    states = {("p:1", PREVIOUS["state"]): "完成", ("p:2", PREVIOUS["state"]): "部分完成"}
    later = {**SAID, (HELD, HELD_CELLS["date"]): "2027-04-02"}
    typed(first_quarter, Q1, {"员工甲": states | later, "员工丁": later})
    assert problems(Q1) == []
    done("guide", "2027Q1", "--format", "html")
    page = next(path for path in first_quarter.guides(Q1).rglob("员工甲.html")).read_text("utf-8")
    assert "退货原因逐单登记" in page
    assert "部分完成" in page
    sheets: dict[str, Any] = {}
    for form in json.loads(done("score", next(first_quarter.returned(Q1).iterdir()), "--json"))["sheets"]:
        sheets[form["sheet"]] = form["meeting"]
    assert [action["state"] for action in sheets["员工甲"]["previous"]] == ["done", "partly"]
    assert (sheets["员工丁"]["previous"], sheets["员工丁"]["plan"]) == ([], "零违规")


ANSWERED = {("p:1", PREVIOUS["state"]): "完成", ("p:2", PREVIOUS["state"]): "完成"}
LATER = {**SAID, (HELD, HELD_CELLS["date"]): "2027-04-02"}


@pytest.mark.parametrize("known_by", ["issued", "history"])
@pytest.mark.parametrize(
    ("sheet", "place", "text"),
    [
        ("员工甲", ("p:1", PREVIOUS["actions"]), "随便做做"),
        ("员工甲", ("p:2", PREVIOUS["due"]), "2027-12-31"),
        ("员工甲", ("p:1", PREVIOUS["owner"]), "考核员乙"),
        ("员工甲", ("p:1", PREVIOUS["about"]), ""),
        ("员工丁", ("p:1", PREVIOUS["actions"]), "从没商定过的行动"),
    ],
)
def test_an_action_that_was_changed_is_found(
    first_quarter: CompanyFolder, sheet: str, place: tuple[str, str], text: str, known_by: str
) -> None:
    if known_by == "history":
        for record in first_quarter.history.rglob("*2027Q1*"):
            shutil.rmtree(record) if record.is_dir() else record.unlink()
    forms: dict[str, Cells] = {"员工甲": ANSWERED | LATER, "员工丁": LATER}
    extra = {("p:1", PREVIOUS["state"]): "完成"} if sheet == "员工丁" else {}
    typed(first_quarter, Q1, forms | {sheet: {**forms[sheet], **extra, place: text}})
    assert problems(Q1) == [(sheet, "issued", *place)]


def test_a_block_that_was_deleted_is_found(first_quarter: CompanyFolder) -> None:
    returned = typed(first_quarter, Q1, {"员工甲": ANSWERED | LATER, "员工丁": LATER})
    book = load_workbook(returned)
    for row in book["员工丁"].iter_rows(max_col=1):
        if str(row[0].value).startswith(("p:", "t:")):
            row[0].value = None
    book.save(returned)
    assert ("员工丁", "row_deleted", HELD, None) in [found for found in problems(Q1) if found[0] == "员工丁"]


def test_without_the_block_nothing_is_carried_and_nothing_asked(first_quarter: CompanyFolder) -> None:
    settings = load_workbook(first_quarter.settings)["公司"]
    row = next(row for row in settings.iter_rows() if row[0].value == "表上有面谈记录")
    change(first_quarter.settings, {f"B{row[0].row}": "否"}, "公司")
    done("next", "2026Q4", "--overwrite")
    (made,) = first_quarter.issued(Q1).glob("*.xlsx")
    ids = [cell.value for (cell,) in load_workbook(made)["员工甲"].iter_rows(max_col=1)]
    assert [id for id in ids if str(id).startswith(("p:", "t:"))] == []
    assert "上季行动" not in next(first_quarter.issued(Q1).glob("*.md")).read_text("utf-8")


@pytest.mark.parametrize("known_by", ["issued", "history"])
def test_actions_that_were_emptied_are_found(first_quarter: CompanyFolder, known_by: str) -> None:
    if known_by == "history":
        for record in first_quarter.history.rglob("*2027Q1*"):
            shutil.rmtree(record) if record.is_dir() else record.unlink()
    empty = {("p:2", PREVIOUS[field]): "" for field in ("about", "actions", "due", "owner")}
    typed(first_quarter, Q1, {"员工甲": {("p:1", PREVIOUS["state"]): "完成", **LATER, **empty}, "员工丁": LATER})
    assert problems(Q1) == [
        ("员工甲", "issued", "p:2", PREVIOUS[field]) for field in ("about", "actions", "due", "owner")
    ]
