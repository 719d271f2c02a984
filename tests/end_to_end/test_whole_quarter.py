"""A whole quarter of forty people through files and commands only, as docs/whole-quarter.zh.md tells it.

Targets agreed, numbers, ratings by seven circles of people, meetings, an appeal, calibration, payroll, the archive, the
next quarter and the year. Every total was worked out by hand on that page.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas
import pytest
from openpyxl import Workbook, load_workbook

from tests.support.appealing import typed as type_appeal
from tests.support.engines import formualizer, libreoffice
from tests.support.raters import run
from tests.support.whole_quarter import (
    NOBODY,
    QUARTER,
    Person,
    data,
    meeting,
    name_of,
    people,
    rated,
    ratings,
    signed,
    table,
    type_into,
    whole_company,
    worked_out,
)
from xlkpi.calc.engine import recalculate
from xlkpi.calc.sandbox import recalculated
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import MONTHS
from xlkpi.form.grid import grid_of
from xlkpi.xlsx.reader import WorkbookReader

Q3, Q4 = str(QUARTER), str(QUARTER.after)
FINE, PROBLEMS = 0, 1
APPEALED, CALIBRATED = "E009", {"E010": "A 优秀", "E028": "A 优秀"}
BY_NAME = {person.name: person for person in people()}


def test_the_page_works_its_totals_out() -> None:
    for person in people():
        assert rounded(worked_out(person.sum)) == person.total, person


def rounded(number: float) -> float:
    return float(Decimal(repr(round(number, 9))).quantize(Decimal("0.01"), ROUND_HALF_UP))


def go(company: CompanyFolder, *arguments: str, code: int = FINE) -> str:
    """Run a command, and return what it prints; with --json that alone."""
    result = run(company, *arguments)
    assert result.exit_code == code, result.output
    return result.stdout if "--json" in arguments else result.output


def typed_by_all(company: CompanyFolder, quarter: str, cells: Any) -> None:
    """Everybody types the same kind of cells; quarter: whose returned forms."""
    for path in forms(company, quarter):
        type_into(path, {person.name: cells(person) for person in people()})


def forms(company: CompanyFolder, quarter: str) -> list[Path]:
    return sorted((company.path / "考核" / quarter / "收回").glob("*.xlsx"))


def send_back(company: CompanyFolder, quarter: str) -> None:
    """The forms come back as they were sent; what follows is typed into them."""
    target = company.path / "考核" / quarter / "收回"
    target.mkdir(parents=True)
    for path in (company.path / "考核" / quarter / "发出").glob("*.xlsx"):
        shutil.copy(path, target)


def finals(company: CompanyFolder) -> dict[str, float]:
    """Staff number → total, as collected."""
    output = json.loads(go(company, "collect", Q3, "--overwrite", "--json"))
    return {one["id"]: one["final"] for one in output["people"]}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company, all forms having come back: agreed, filled in, rated, met, signed, and saved by LibreOffice."""
    libreoffice.require()
    company = whole_company(tmp_path_factory.mktemp("quarter") / "晨星")
    approve(company)
    go(company, "new", Q3)
    send_back(company, Q3)
    typed_by_all(company, Q3, lambda person: signed(person, "targets", "2026-07-02"))
    assert "已商定40人" in go(company, "agree", Q3)
    typed_by_all(company, Q3, lambda person: {**data(person), **rated(person)})
    go(company, "raters", "make", Q3)
    answer(company)
    told = go(company, "raters", "collect", Q3, str(forms(company, Q3)[0].parent), "--in-place", code=PROBLEMS)
    assert "没有交回的评价人 2 位：员工027、员工021" in told
    typed_by_all(
        company, Q3, lambda person: {**meeting(person, "2026-10-12"), **signed(person, "result", "2026-10-14")}
    )
    for path in libreoffice.recalculate(forms(company, Q3), company.path.parent / "saved"):
        shutil.copy(path, forms(company, Q3)[0].parent)
    return company.path


@pytest.fixture
def company(filled: Path, tmp_path: Path) -> CompanyFolder:
    """A copy of it."""
    shutil.copytree(filled, tmp_path / "晨星")
    return CompanyFolder(tmp_path / "晨星")


def approve(company: CompanyFolder) -> None:
    """HR approves that an indicator of one person does not count."""
    book = Workbook()
    for line in (
        ("工号", "姓名", "岗位", "指标", "情形", "原因", "批准人", "季度"),
        ("E021", name_of("E021"), "客服", "首次响应", "不适用", "客服系统换新，没有记录", "人力资源何", Q3),
    ):
        book.worksheets[0].append(line)
    book.save(company.exemptions)


def answer(company: CompanyFolder) -> None:
    """The raters choose a level for everybody they rate, and send their workbooks back; two do not."""
    given, folder = ratings(), company.ratings(QUARTER)
    (folder / "收回").mkdir(parents=True)
    for path in (folder / "发出").glob("*.xlsx"):
        rater = "E" + path.stem.rpartition("员工")[2]
        if rater in given:
            book = load_workbook(path)
            for row in book.worksheets[0].iter_rows(min_row=5):
                for person, level in given[rater].items():
                    if row[2].value == name_of(person):
                        row[8].value = level
            book.save(folder / "收回" / path.name)


def test_every_total_is_the_one_of_the_page_in_every_program(company: CompanyFolder) -> None:
    expected = {person.id: person.total for person in people()}
    assert "没有问题" in go(company, "check", Q3)
    assert finals(company) == expected
    for path in forms(company, Q3):
        book = WorkbookReader(path.read_bytes())
        sheets = [title for title in book.titles if title in BY_NAME]
        places = {title: grid_of(book, title).address("final", "score") for title in sheets}
        shown = {title: grid_of(book, title)("final", "score") for title in sheets}  # by LibreOffice
        for found in (
            shown,
            *(formualizer.on_sheets(path, places, functions=with_ours) for with_ours in (True, False)),
        ):
            assert {BY_NAME[title].id: total for title, total in found.items()} == {
                BY_NAME[title].id: pytest.approx(expected[BY_NAME[title].id], abs=1e-9) for title in sheets
            }


def test_what_is_changed_afterwards_is_told_with_both_numbers(company: CompanyFolder) -> None:
    (path,) = (path for path in forms(company, Q3) if "员工001" in path.name)
    type_into(
        path,
        {
            name_of("E010"): {("i:gmv", "target"): 900_000},
            name_of("E005"): {("s:team", "others"): 95},
            name_of("E011"): {("s:team", "self"): "优秀"},
        },
    )
    path.write_bytes(recalculate(path.read_bytes()))
    told = go(company, "check", Q3, "--json", code=PROBLEMS)
    messages = {problem["sheet"]: problem["message"] for problem in json.loads(told)}
    assert all(text in messages[name_of("E010")] for text in ("90万", "100万", "按商定得95分", "按表上得100.56分"))
    assert all(text in messages[name_of("E005")] for text in ("95", "80"))
    assert all(text in messages[name_of("E011")] for text in ("自评", "优秀", "合格"))


def test_what_is_typed_later_is_calculated_everywhere_on_the_form(company: CompanyFolder) -> None:
    """No formula of ours keeps the value that the office program stored before."""
    (path,) = (path for path in forms(company, Q3) if "员工001" in path.name)
    name = name_of("E010")
    later = {("k:1", "group"): "GMV", ("k:1", "definition"): "每周大促", ("t:causes", "definition"): None}
    type_into(path, {name: {**later, **{("m:gmv", month): 1 for month in MONTHS}}})
    result = recalculated(path.read_bytes())
    assert (result.kept, result.resting) == ((), ())
    grid = grid_of(WorkbookReader(result.content), name)
    assert str(grid("t:low", "definition")).startswith("GMV")
    assert "抓手：每周大促" in "".join(map(str, grid.rows[grid.row["r:1"]]))


def test_from_the_appeal_to_the_year(company: CompanyFolder) -> None:
    before = finals(company)
    assert finals_after_appeal(company) == before | {APPEALED: 79.1}
    workbook = calibrated(company)
    told = go(company, "collect", Q3, "--overwrite", "--calibration", str(workbook))
    assert all(f"{id} {name_of(id)}" in told for id in CALIBRATED)
    go(company, "payroll", Q3)
    paid = load_workbook(next(company.summary(QUARTER).glob("*工资*")), data_only=True).worksheets[0]
    rows = [[cell.value for cell in row] for row in paid.iter_rows()]
    (header,) = (row for row in rows if "工号" in row)
    columns = {name: header.index(name) for name in ("工号", "等级", "系数")}
    lines = {row[columns["工号"]]: row for row in rows if str(row[columns["工号"]]).startswith("E0")}
    coefficients = {grade: float(number) for grade, number in table("等级")}
    assert len(lines) == len(people())
    for id, row in lines.items():
        assert row[columns["系数"]] == coefficients[row[columns["等级"]]]
        assert CALIBRATED.get(id, row[columns["等级"]]) == row[columns["等级"]]
    go(company, "finalise", Q3, "--by", "人力资源何", "--no-pdf")
    assert "已由人力资源何" in go(company, "collect", Q3, "--overwrite", code=PROBLEMS)
    assert "都没有变" in go(company, "finalise", Q3, "--check")
    results_changed_after_closing(company)
    next_quarter(company)
    year = json.loads(go(company, "year", "2026", "--json"))
    fourth = {role: float(total) for role, *_, total in table("岗位（第四季度）")}
    totals = {person.id: person.total for person in people()} | {APPEALED: 79.1}
    assert {one["id"]: one["total"] for one in year["people"]} == {
        person.id: rounded((totals[person.id] + fourth[person.role]) / 2) for person in people()
    }


def results_changed_after_closing(company: CompanyFolder) -> None:
    """Somebody writes other results into the history of the closed quarter: nothing is made of them."""
    path = company.history / f"quarter={Q3}" / "part.parquet"
    content, rows = path.read_bytes(), pandas.read_parquet(path)
    rows.loc[rows["id"] == APPEALED, ["person_final", "person_total"]] = 99.0
    rows.to_parquet(path)
    for command in (("payroll", Q3, "--overwrite"), ("year", "2026"), ("calibrate", Q3, "--overwrite")):
        go(company, *command, code=PROBLEMS)
    assert "历史里这一季的结果不在，或改过" in go(company, "finalise", Q3, "--check", code=PROBLEMS)
    path.write_bytes(content)
    assert "都没有变" in go(company, "finalise", Q3, "--check")


def finals_after_appeal(company: CompanyFolder) -> dict[str, float]:
    """An appeal is open at first, and changes nothing; then it is upheld."""
    go(company, "appeal", Q3, "--person", APPEALED, "--ruler", "张总", "--until", "2099-12-31")
    (path,) = company.appeals(QUARTER).glob("*.xlsx")
    type_appeal(path, {"a:1 about": "退货率", "a:1 grounds": "后台的退货里有60单是测试单", "a:1 wanted": "22%"})
    assert "还没有裁决" in go(company, "collect", Q3, "--overwrite")
    ruling = {"verdict": "支持", "value": 0.22, "ruler": "张总", "day": dt.date(2026, 10, 20), "why": "测试单不算退货"}
    type_appeal(path, {f"v:1 {field}": value for field, value in ruling.items()})
    return finals(company)


def calibrated(company: CompanyFolder) -> Path:
    """The calibration workbook with two grades changed."""
    go(company, "calibrate", Q3)
    (path,) = company.summary(QUARTER).glob("*校准*")
    book = load_workbook(path)
    for row in book["校准"].iter_rows():
        if row[1].value in CALIBRATED:
            row[8].value, row[9].value, row[10].value = CALIBRATED[row[1].value], "与同岗位横向比较", "张总"
    book.save(path)
    return path


def next_quarter(company: CompanyFolder) -> None:
    """The next quarter brings the actions back, and is filled in as its table says."""
    go(company, "next", Q3)
    send_back(company, Q4)
    for path in forms(company, Q4):
        book = WorkbookReader(path.read_bytes())
        grids = [grid_of(book, title) for title in book.titles if title in BY_NAME]
        assert grids
        assert all(grid("p:1", "definition") == "每周复盘一次" for grid in grids)
    typed_by_all(company, Q4, lambda person: signed(person, "targets", "2026-10-05"))
    go(company, "agree", Q4)
    usual = {role: (first, second) for role, first, second, *_ in table("岗位（第四季度）")}

    def cells(person: Person) -> Mapping[tuple[str, str], Any]:
        numbers = data(replace(person, data=usual[person.role]))
        levels = rated(replace(person, own="良好", superior="良好")) | {(f"s:{person.indicator}", "others"): NOBODY}
        done = {("p:1", "receipt"): "完成"}
        return {**numbers, **levels, **done, **meeting(person, "2027-01-12"), **signed(person, "result", "2027-01-14")}

    typed_by_all(company, Q4, cells)
    for path in forms(company, Q4):
        path.write_bytes(recalculate(path.read_bytes()))
    go(company, "collect", Q4)


def test_nobody_is_shown_what_is_not_theirs(company: CompanyFolder) -> None:
    """In a person's guide there is nobody else's name but the superiors', and no other total."""
    go(company, "guide", Q3, "--format", "html")
    pages = list(company.guides(QUARTER).rglob("*.html"))
    assert len(pages) == len(people())
    names = set(BY_NAME)
    for page in pages:
        text = page.read_text("utf-8")
        (own,) = (name for name in names if name in page.name)
        others = names - {own, BY_NAME[own].lead}
        assert [name for name in others if name in text] == []
