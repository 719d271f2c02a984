"""不计分事项 through files only: HR's table, forms, what is collected, and the next quarter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, run
from tests.support import exceptions as made
from tests.support.catalogues import SHIPPED
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.toml import read_toml
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.company.init import make_company
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.layout import Layout, part_id
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value
from xlkpi.role_books.book import role_book
from xlkpi.role_books.draft import draft_of
from xlkpi.xlsx.edit import edit, fill

Q4 = Quarter(2026, 4)
PEOPLE = {"001": "员工甲", "002": "员工乙", "003": "员工丙"}
HEADERS = ("工号", "姓名", "岗位", "指标", "情形", "原因", "批准人", "季度")


def table(path: Path, *rows: Sequence[Any]) -> None:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    """A company whose forms have the block, its role in a workbook, its roster of three."""
    make_company(tmp_path / "晨光", "晨光小店", SHIPPED)
    company = CompanyFolder(tmp_path / "晨光")
    book = load_workbook(company.settings)
    row = next(row for row in book["公司"].iter_rows() if row[0].value == "表上有不计分事项")
    row[1].value = "是"
    book.save(company.settings)
    company.roles.mkdir(exist_ok=True)
    data = read_toml(made.CASES / f"{made.ROLE}.toml")
    (company.roles / "拓店.xlsx").write_bytes(role_book([draft_of(data)]))
    people = [(id, name, "拓展部", "拓店专员", "考核员乙") for id, name in PEOPLE.items()]
    table(company.roster, ("工号", "姓名", "部门", "岗位", "直接上级"), *people)
    monkeypatch.chdir(company.path)
    return company


def exempt(company: CompanyFolder, *rows: Sequence[Any]) -> None:
    table(company.exemptions, HEADERS, *rows)


def issued(company: CompanyFolder, quarter: Quarter = Q4) -> Path:
    (path,) = company.issued(quarter).glob("*.xlsx")
    return path


def layout(company: CompanyFolder) -> Layout:
    catalogue = Catalogue.of_company(company)
    return Layout(catalogue.role(made.ROLE, Q4), catalogue.company(None, Q4).blocks)


def returned(company: CompanyFolder, cells: Mapping[str, Mapping[str, Value]] | None = None) -> None:
    """The issued forms filled in; cells: by name, typed over that."""
    usual = typed_cells(layout(company).role, made.MEASURES)
    path = company.returned(Q4) / "考核员乙.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    filled = fill(issued(company).read_bytes(), dict.fromkeys(PEOPLE.values(), usual))
    path.write_bytes(recalculate(edit(filled, {name: dict(own) for name, own in (cells or {}).items()})))


def line(company: CompanyFolder, number: int, texts: made.Line) -> dict[str, Value]:
    where = layout(company)
    return {
        where.address(f"x:{number}", column): text or None
        for column, text in zip(EXCEPTION_COLUMNS.values(), texts, strict=True)
    }


def collected(company: CompanyFolder) -> dict[str, Any]:
    result = run("collect", "2026Q4", "--json", "--overwrite")
    assert result.exit_code in (FINE, PROBLEMS), result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def told(found: dict[str, Any], kind: str) -> list[tuple[str, str]]:
    return [(p["sheet"], p["cell"]) for p in found["problems"] if p["kind"] == kind and p["severity"] != "advice"]


OF_HR = ("001", "员工甲", "拓店专员", "销售达成率", "不适用", "借调到总部", "考核员丙", "2026Q4")


def test_new_writes_the_empty_table_of_hr_once(company: CompanyFolder) -> None:
    made_first = run("new", "2026Q4")
    assert made_first.exit_code == FINE, made_first.output
    assert "不计分.xlsx" in made_first.output
    rows = [[cell.value for cell in row] for row in load_workbook(company.exemptions).worksheets[0].iter_rows()]
    assert tuple(rows[1]) == HEADERS
    content = company.exemptions.read_bytes()
    again = run("new", "2026Q4", "--overwrite")
    assert (again.exit_code, company.exemptions.read_bytes()) == (FINE, content)


def test_what_hr_approved_is_on_the_form_and_listed(company: CompanyFolder) -> None:
    exempt(company, OF_HR, (*OF_HR[:-1], "2027Q1"))
    assert run("new", "2026Q4").exit_code == FINE
    where = layout(company)
    sheet = load_workbook(issued(company))["员工甲"]
    for column, text in zip(
        EXCEPTION_COLUMNS.values(), ("销售达成率", "不适用", "借调到总部", "考核员丙"), strict=True
    ):
        assert sheet[where.address("x:1", column)].value == text
    own = ("项目完成率", "数据缺失", "系统未上线", "考核员乙")
    returned(company, {"员工乙": line(company, 1, own)})
    found = collected(company)
    totals = {person["name"]: person["total"] for person in found["people"]}
    assert totals == {"员工甲": 87.78, "员工乙": 79, "员工丙": 87.89}
    kept = ("name", "indicator", "situation", "score", "approver", "approved")
    assert [tuple(one[key] for key in kept) for one in found["excepted"]] == [
        ("员工甲", "revenue", "not_applicable", "不适用", "考核员丙", "hr"),
        ("员工乙", "finished", "missing", 0.0, "考核员乙", "superior"),
    ]
    # What HR has not approved is asked about.
    assert told(found, "exemption") == [("员工乙", where.address("x:1", EXCEPTION_COLUMNS["indicator"]))]
    (summary,) = company.summary(Q4).glob("*.xlsx")
    rows = [[cell.value for cell in row] for row in load_workbook(summary)["不计分"].iter_rows()]
    listed = [[value for value in row if value] for row in rows if PEOPLE.keys() & {*row}]
    assert [(row[1], row[-1]) for row in listed] == [("员工甲", "人力资源批准"), ("员工乙", "表上批准")]


@pytest.mark.parametrize(
    ("number", "typed", "row", "field"),
    [
        (1, ("", "", "", ""), "x:1", "indicator"),
        (1, ("开店率", "不适用", "借调到总部", "考核员丙"), "x:1", "indicator"),
        (1, ("销售达成率", "数据缺失", "借调到总部", "考核员丙"), "x:1", "situation"),
        (1, ("销售达成率", "不适用", "别的原因", "考核员丙"), "x:1", "reason"),
        (1, ("销售达成率", "不适用", "借调到总部", "别人"), "x:1", "approver"),
    ],
)
def test_hrs_line_changed_or_removed_is_found(
    company: CompanyFolder, number: int, typed: made.Line, row: str, field: str
) -> None:
    exempt(company, OF_HR)
    assert run("new", "2026Q4").exit_code == FINE
    returned(company, {"员工甲": line(company, number, typed)})
    cell = layout(company).address(row, EXCEPTION_COLUMNS[field])
    times = 2 if typed[0] == "开店率" else 1  # HR's line is gone, and another one stands there that HR does not know
    assert told(collected(company), "exemption") == [("员工甲", cell)] * times


def test_what_hr_approves_after_the_forms_were_sent_is_asked_for(company: CompanyFolder) -> None:
    assert run("new", "2026Q4").exit_code == FINE
    returned(company)
    exempt(company, OF_HR)
    cell = layout(company).address("x:1", EXCEPTION_COLUMNS["indicator"])
    assert told(collected(company), "exemption") == [("员工甲", cell)]


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        ((*OF_HR[:3], "销售额", *OF_HR[4:]), "D2", "没有“销售额”这个指标"),
        ((*OF_HR[:4], "免考", *OF_HR[5:]), "E2", "情形“免考”不是"),
        ((*OF_HR[:5], None, *OF_HR[6:]), "F2", "没有填原因"),
        ((*OF_HR[:6], None, *OF_HR[7:]), "G2", "没有填批准人"),
        ((*OF_HR[:7], "去年"), "H2", "“去年”不是季度"),
        ((*OF_HR[:2], "主播", *OF_HR[3:]), "C2", "没有“主播”这个岗位"),
        (("999", *OF_HR[1:]), "D2", "名册里没有工号“999”"),
    ],
)
def test_a_faulty_row_of_hr_is_told_at_its_cell(
    company: CompanyFolder, row: tuple[Any, ...], cell: str, words: str
) -> None:
    exempt(company, row)
    result = run("new", "2026Q4")
    said = result.output.replace("\n", "").replace(" ", "")
    assert words.replace(" ", "") in said
    assert cell in said
    assert issued(company).is_file()


def test_scores_of_the_quarter_before_go_into_the_next_form_and_are_held(company: CompanyFolder) -> None:
    """`next` from the returned forms, `new` from the history: the same hidden score; typed over, collect finds it."""
    assert run("new", "2026Q4").exit_code == FINE
    returned(company, {"员工甲": line(company, 1, ("开店率", "不适用", "借调", "考核员丙"))})
    collected(company)
    where = layout(company)
    cell = where.address(part_id("opening"), "carried")
    for command in (("next", "2026Q4"), ("new", "2027Q1", "--overwrite")):
        assert run(*command).exit_code in (FINE, PROBLEMS)
        (path,) = company.issued(Q4.after).glob("*.xlsx")
        book = load_workbook(path)
        # Whoever had no score has none to keep, and lines are not carried over.
        assert {name: book[name][cell].value for name in PEOPLE.values()} == {
            "员工甲": None,
            "员工乙": 90,
            "员工丙": 90,
        }
        assert book["员工甲"][where.address("x:1", "group")].value is None
    usual = typed_cells(where.role, made.MEASURES)
    missing = line(company, 1, ("开店率", "数据缺失", "换系统", "考核员丙"))
    filled = fill(path.read_bytes(), dict.fromkeys(PEOPLE.values(), usual | missing))
    back = company.returned(Q4.after) / "考核员乙.xlsx"
    back.parent.mkdir(parents=True)
    back.write_bytes(recalculate(edit(filled, {"员工乙": {cell: 100.0}, "员工甲": {cell: 100.0}})))
    result = run("collect", "2027Q1", "--json")
    found = json.loads(result.stdout)
    assert sorted(told(found, "carried")) == [("员工乙", cell), ("员工甲", cell)]
    changed = next(
        p for p in found["problems"] if p["kind"] == "carried" and p["sheet"] == "员工乙" and p["severity"] == "error"
    )
    assert "100" in changed["message"]
    assert "90" in changed["message"]
    assert "87.89" in changed["advice"]
