"""A company of 60 people through two quarters, every step by its command, saved by a real spreadsheet in between.

docs/quarter.zh.md walks through the same steps.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED
from tests.support.company import measures
from tests.support.engines import libreoffice
from tests.support.forms import Shown
from xlkpi.cli import main
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout, measure_id, part_id
from xlkpi.i18n.numbers import Value, is_number, round_half_up
from xlkpi.intake.workbook import read
from xlkpi.roster.reader import read_roster
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)
ROLES = (
    "ecommerce-operations", "customer-service", "operations-specialist", "brand-manager", "store-manager",
    "warehouse-specialist", "sales-manager", "web-editor",
)  # fmt: skip
SUPERIORS = tuple(f"上级{name}" for name in "甲乙丙丁戊己庚")
PEOPLE = 60
MOVED = "P007"
"""Changed role in the middle of the quarter: two posts."""


def _run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result.output


def _roster(path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["工号", "姓名", "部门", "岗位", "直接上级", "任职开始", "任职结束"])
        for n in range(1, PEOPLE + 1):
            id, role = f"P{n:03}", SHIPPED.role(ROLES[n % len(ROLES)]).title
            name = "=1+1" if n == 3 else "示例重名" if n in (10, 20) else f"示例{n:03}"
            line = [id, name, f"部门{n % 5 + 1}", role, SUPERIORS[n % len(SUPERIORS)]]
            if id == MOVED:
                rows.writerow([*line, "", "2026-11-15"])
                rows.writerow([*line[:3], SHIPPED.role(ROLES[0]).title, line[4], "2026-11-16", ""])
            else:
                rows.writerow([*line, "", ""])
    return path


def _typed(assignment: Assignment, number: int) -> dict[str, Value]:
    """What the person's manager types: the role's sample, a little different for everyone."""
    role = SHIPPED.role(assignment.role)
    layout = Layout(role)
    given = measures(role.id, 0.9 + number % 7 * 0.03)
    months = assignment.months(QUARTER)
    cells: dict[str, Value] = {}
    for measure in role.measures:
        columns = ("m1", "m2", "m3") if measure.monthly else ("quarter",)
        for column, value in zip(columns, given.get(measure.id, ()), strict=False):
            if column == "quarter" or column in months:
                cells[layout.address(measure_id(measure.id), column)] = value
    return cells | {
        layout.address(part_id(id), "target"): value for id, value in SHIPPED.samples()[role.id].targets.items()
    }


def _fill(folder: Path) -> None:
    """Type into every workbook, then let LibreOffice open, calculate and save them all."""
    number = 0
    for path in sorted(folder.glob("*.xlsx")):
        cells: dict[str, dict[str, Value]] = {}
        for form in read(path, SHIPPED).forms:
            assert form.assignment
            number += 1
            cells[form.sheet] = _typed(form.assignment, number)
        path.write_bytes(fill(path.read_bytes(), cells))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder after the first quarter's forms were made, filled and saved by LibreOffice."""
    libreoffice.require()
    folder = tmp_path_factory.mktemp("company")
    _run("new", "2026Q4", "--roster", _roster(folder / "名册.csv"), "-o", folder / "发出")
    made = sorted((folder / "发出").glob("*.xlsx"))
    assert len(made) == len(SUPERIORS)
    _fill(folder / "发出")
    libreoffice.recalculate(made, folder / "2026Q4")
    return folder


def _collected(folder: Path) -> dict[str, Any]:
    output = folder / "2026Q4-汇总.xlsx"
    told: dict[str, Any] = json.loads(
        _run("collect", folder / "2026Q4", "-o", output, "--roster", folder / "名册.csv", "--json", "--overwrite")
    )
    return told


def test_everyone_has_a_form_and_nothing_that_came_back_is_wrong(company: Path) -> None:
    roster = read_roster(company / "名册.csv", SHIPPED, QUARTER)
    assert not roster.problems
    files = sorted((company / "2026Q4").glob("*.xlsx"))
    assignments = [form.assignment for path in files for form in read(path, SHIPPED).forms]
    assert sorted((p.id, p.role) for p in assignments if p) == sorted((p.id, p.role) for p in roster.assignments)
    problems = json.loads(CliRunner().invoke(main, ["check", *map(str, files), "--json"]).output)
    assert [p for p in problems if p["severity"] != "advice"] == []


def test_totals_are_those_that_the_spreadsheet_shows(company: Path) -> None:
    """LibreOffice knows the built-in twins only: an independent recomputation of every form."""
    told = _collected(company)
    assert len(told["people"]) == PEOPLE
    shown: dict[str, list[tuple[float, int]]] = {}
    for path in sorted((company / "2026Q4").glob("*.xlsx")):
        book = CalamineWorkbook.from_path(str(path))
        for form in read(path, SHIPPED).forms:
            assert form.assignment
            final = Shown(book, form.sheet)("final", "score")
            assert is_number(final), (path.name, form.sheet)
            shown.setdefault(form.assignment.id, []).append((float(final), form.assignment.days(QUARTER)))
    assert len(shown[MOVED]) == 2
    for person in told["people"]:
        parts = shown[person["id"]]
        expected = round_half_up(sum(final * days for final, days in parts) / sum(days for _, days in parts))
        assert person["final"] == pytest.approx(expected), person["id"]
    finals = sorted((person["final"] for person in told["people"]), reverse=True)
    for person in told["people"]:
        assert person["rank"] == 1 + sum(other > person["final"] for other in finals)
    assert {line["state"] for line in told["board"]} == {"received"}


def test_guides_for_everyone(company: Path) -> None:
    _collected(company)
    _run("guide", company / "2026Q4", "-o", company / "指南", "--format", "html")
    pages = sorted((company / "指南").glob("*/*.html"))
    assert len(pages) == PEOPLE
    assert {page.parent.name for page in pages} == set(SUPERIORS)
    assert sum(MOVED in page.read_text("utf-8") for page in pages) == 1


def test_the_next_quarter_begins_with_what_this_one_ended_with(company: Path) -> None:
    _run("next", company / "2026Q4", "-o", company / "2027Q1")
    made = sorted((company / "2027Q1").glob("*.xlsx"))
    assert len(made) == len(SUPERIORS)
    forms = {form.assignment.id: form for path in made for form in read(path, SHIPPED).forms if form.assignment}
    # The first of the two posts has ended.
    assert sum(len(read(path, SHIPPED).forms) for path in made) == PEOPLE
    before = next(
        form
        for path in sorted((company / "2026Q4").glob("*.xlsx"))
        for form in read(path, SHIPPED).forms
        if form.assignment and form.assignment.role == "ecommerce-operations" and form.assignment.id != MOVED
    )
    assert before.assignment
    values = before.appraisal.inputs.measures
    carried = forms[before.assignment.id].appraisal.inputs.measures
    assert carried["uv_prev"] == [sum(values["uv"])]  # type: ignore[arg-type]
    assert carried["stock_open"] == list(values["stock_close"])
    assert list(carried["sales"]) == [None, None, None]
    assert (company / "2027Q1" / "变更说明.md").exists()


def test_history_grows_by_a_quarter_and_trends_read_it(company: Path) -> None:
    _collected(company)
    folder = company / "第二季"
    _run("next", company / "2026Q4", "-o", folder)
    for path in folder.glob("*.xlsx"):
        forms = read(path, SHIPPED).forms
        cells = {form.sheet: _second(form.assignment, n) for n, form in enumerate(forms) if form.assignment}
        path.write_bytes(fill(path.read_bytes(), cells))
    _run("collect", folder, "-o", company / "2027Q1-汇总.xlsx", code=1)  # signatures and the like are not planted
    _run("trend", company / "历史", "-o", company / "趋势.xlsx")
    text = " ".join(
        str(cell.value)
        for sheet in load_workbook(company / "趋势.xlsx").worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
    assert "2026Q4" in text
    assert "2027Q1" in text


def _second(assignment: Assignment, number: int) -> dict[str, Value]:
    role = SHIPPED.role(assignment.role)
    layout = Layout(role)
    given = measures(role.id, 1 + number % 3 * 0.02)
    return {
        layout.address(measure_id(measure.id), column): value
        for measure in role.measures
        if not measure.previous
        for column, value in zip(
            ("m1", "m2", "m3") if measure.monthly else ("quarter",), given.get(measure.id, ()), strict=False
        )
    }


def test_posts_end_on_the_day_that_the_roster_says(company: Path) -> None:
    assignments = [p for p in read_roster(company / "名册.csv", SHIPPED, QUARTER).assignments if p.id == MOVED]
    assert [(p.start, p.end, p.days(QUARTER)) for p in assignments] == [
        (None, dt.date(2026, 11, 15), 46),
        (dt.date(2026, 11, 16), None, 46),
    ]
