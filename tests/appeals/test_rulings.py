"""What becomes of an appeal: every ruling, everything that may be missing or wrong in it, as cases."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.appealing import QUARTER, line, returned_quarter, typed
from tests.support.catalogues import SHIPPED
from tests.support.forms import ROLE_ID, Measures, appraised, sample_measures
from tests.support.own_company import catalogue_of
from tests.support.paths import CASES, ROOT
from xlkpi.appeals.book import Order, appeal_book
from xlkpi.appeals.contract import COLUMNS
from xlkpi.appeals.hearing import Hearing, appeals_in, heard
from xlkpi.appraisal.appraise import Appraisal, appraise
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.inputs import Inputs
from xlkpi.appraisal.ratings import Rating
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.collect.collection import Collection, collect
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.intake.received import ReceivedFile, find_files, receive_all
from xlkpi.intake.workbook import FilledWorkbook

CASE = tomllib.loads((CASES / "appeals" / "rulings.toml").read_text("utf-8"))
TODAY = dt.date(2027, 1, 12)
COMPLETE: dict[str, Any] = {"day": dt.date(2027, 1, 10), "until": dt.date(2027, 1, 15)}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> CompanyFolder:
    """The quarter, and an empty appeal of everybody."""
    company = returned_quarter(tmp_path_factory.mktemp("appeals") / "晨光")
    folder = company.path / "空"
    folder.mkdir()
    for form in forms(received_of(company)):
        assert form.assignment is not None
        content = appeal_book(form, QUARTER, catalogue_of(company), Order())
        (folder / f"{form.assignment.id}.xlsx").write_bytes(content)
    return company


@pytest.fixture(scope="module")
def received(company: CompanyFolder) -> list[ReceivedFile]:
    return received_of(company)


def received_of(company: CompanyFolder) -> list[ReceivedFile]:
    return list(receive_all(find_files([company.returned(QUARTER)]), catalogue_of(company)))


def forms(received: list[ReceivedFile] | tuple[ReceivedFile, ...]) -> list[FilledForm]:
    return [form for file in received for form in file.filled.forms]


def hearing(received: list[ReceivedFile], folder: Path, today: dt.date = TODAY) -> Hearing:
    appeals, problems = appeals_in(folder)
    assert not problems
    return heard(received, QUARTER, appeals, today)


def told(hearing: Hearing) -> list[str]:
    return [" ".join(filter(None, (p.kind, p.row_id, p.column_id))) for p in hearing.problems]


def of(hearing: Hearing, id: str = "1001") -> FilledForm:
    return next(form for form in forms(hearing.received) if form.assignment is not None and form.assignment.id == id)


def collected(hearing: Hearing, company: CompanyFolder) -> Collection:
    return collect(hearing.received, QUARTER, catalogue_of(company))


def appeal(
    company: CompanyFolder, folder: Path, cells: dict[str, Any], name: str = "申诉.xlsx", id: str = "1001"
) -> Path:
    folder.mkdir(exist_ok=True)
    return typed(company.path / "空" / f"{id}.xlsx", cells, folder / name)


@pytest.mark.parametrize("name", CASE)
def test_a_ruling_counts_or_it_is_said_at_its_cell_why_not(
    name: str, company: CompanyFolder, received: list[ReceivedFile], tmp_path: Path
) -> None:
    case = CASE[name]
    cells = line(**COMPLETE) | {key: None if value == "" else value for key, value in case.get("cells", {}).items()}
    path = appeal(company, tmp_path / "申诉", cells)
    shape(path, case.get("formats", {}))
    found = hearing(received, path.parent, case.get("today", TODAY))
    form = of(found)
    assert told(found) == case["told"]
    states = case.get("states", [case["state"]] if "state" in case else [])
    assert [one.state for one in form.appeals if one.state != "open" or "open" in states] == states
    assert any(one.overdue for one in form.appeals) == case.get("overdue", False)
    final = case.get("final", 91.8)
    assert form.appraisal.final == pytest.approx(final, abs=1e-9)
    assert (form.before is None) or form.before.final == 91.8
    if "score" in case:
        assert form.appeals[0].score == pytest.approx(case["score"], abs=1e-9)
    places = [problem for problem in found.problems if problem.column_id]
    assert all(problem.cell and problem.cell[0] == COLUMNS[str(problem.column_id)] for problem in places)


def shape(path: Path, formats: dict[str, str]) -> None:
    """Set number formats of cells."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    for key, code in formats.items():
        row, column = key.split()
        sheet[f"{COLUMNS[column]}{rows[row]}"].number_format = code
    if formats:
        book.save(path)


def test_every_kind_of_finding_about_a_line_has_a_case() -> None:
    source = (ROOT / "xlkpi" / "appeals" / "ruling.py").read_text("utf-8")
    kinds = set(re.findall(r'"(appeal_[a-z_]+)"', source))
    cases = {entry.split()[0] for case in CASE.values() for entry in case["told"]}
    assert kinds - cases == {"appeal_damaged", "appeal_level", "appeal_off"}, "tested below"


# --- the file ---------------------------------------------------------------------------------------------------------


def test_rows_that_were_moved_are_read_all_the_same(
    company: CompanyFolder, received: list[ReceivedFile], tmp_path: Path
) -> None:
    path = appeal(company, tmp_path / "申诉", line(**COMPLETE))
    book = load_workbook(path)
    book.worksheets[0].insert_rows(5)
    book.worksheets[0].title = "我的申诉"
    book.save(path)
    assert of(hearing(received, path.parent)).appraisal.final == 93.8


@pytest.mark.parametrize("damage", ["row gone", "row twice", "ids gone", "hidden sheet", "other quarter", "other role"])
def test_a_damaged_file_counts_for_nothing(
    damage: str, company: CompanyFolder, received: list[ReceivedFile], tmp_path: Path
) -> None:
    path = appeal(company, tmp_path / "申诉", line(**COMPLETE))
    book = load_workbook(path)
    sheet, hidden = book.worksheets
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    settings = {hidden.cell(row, 1).value: hidden.cell(row, 2) for row in range(1, hidden.max_row + 1)}
    if damage == "row gone":
        sheet.delete_rows(rows["v:3"])
    elif damage == "row twice":
        sheet.cell(rows["v:2"], 1).value = "v:1"
    elif damage == "ids gone":
        sheet.delete_rows(1)
    elif damage == "hidden sheet":
        settings["contract"].value = 9
    elif damage == "other quarter":
        settings["quarter"].value = "2026Q3"
    else:
        settings["role"].value = "nobody"
    book.save(path)
    appeals, unread = appeals_in(path.parent)
    found = heard(received, QUARTER, appeals, TODAY)
    kinds = {
        "row gone": "appeal_damaged", "row twice": "appeal_damaged", "ids gone": "file", "hidden sheet": "file",
        "other quarter": "appeal_quarter", "other role": "appeal_unknown",
    }  # fmt: skip
    assert {problem.kind for problem in (*unread, *found.problems)} == {kinds[damage]}
    assert all(problem.severity == "error" for problem in (*unread, *found.problems))
    assert of(found).appraisal.final == 91.8
    assert [one.state for one in of(found).appeals] == (["unsettled"] if damage.startswith("row") else [])


def test_other_files_in_the_folder_are_told(company: CompanyFolder, tmp_path: Path) -> None:
    shutil.copy(company.returned(QUARTER) / "1001.xlsx", tmp_path / "考核表.xlsx")
    (tmp_path / "坏.xlsx").write_text("不是工作簿", "utf-8")
    appeals, problems = appeals_in(tmp_path)
    assert not appeals
    assert sorted(problem.kind for problem in problems) == ["file", "no_appeal"]


def test_a_form_changed_since_the_appeal_is_asked_about(
    company: CompanyFolder, received: list[ReceivedFile], tmp_path: Path
) -> None:
    path = appeal(company, tmp_path / "申诉", line(**COMPLETE))
    numbers = next(file for file in received if file.name == "1002.xlsx")
    moved = [_as(file, numbers) if file.name == "1001.xlsx" else file for file in received]
    found = hearing(moved, path.parent)
    assert told(found) == ["appeal_changed person final"]
    form = of(found)
    assert (form.before, form.appraisal.final, [one.state for one in form.appeals]) == (None, 96.0, ["unsettled"])


def _as(file: ReceivedFile, numbers: ReceivedFile) -> ReceivedFile:
    """A file whose form has the numbers of another one."""
    (form,), (other,) = file.filled.forms, numbers.filled.forms
    inputs = replace(form.appraisal.inputs, measures=other.appraisal.inputs.measures)
    changed = replace(form, appraisal=appraise(form.appraisal.role, inputs))
    return replace(file, filled=replace(file.filled, forms=(changed,)))


# --- several files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "state", "final", "kinds"),
    [
        ({}, "upheld", 93.8, []),
        ({"value": 2}, "unsettled", 91.8, ["appeal_twice", "appeal_twice"]),
        ({"verdict": "不支持", "value": None}, "unsettled", 91.8, ["appeal_twice", "appeal_twice"]),
        ({"verdict": None, "value": None, "why": None, "day": None}, "upheld", 93.8, ["appeal_open"]),
        ({"why": None}, "unsettled", 91.8, ["appeal_no_why"]),
    ],
)
def test_of_two_rulings_that_differ_neither_counts(
    second: dict[str, Any],
    state: str,
    final: float,
    kinds: list[str],
    company: CompanyFolder,
    received: list[ReceivedFile],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "申诉"
    appeal(company, folder, line(**COMPLETE), "a.xlsx")
    appeal(company, folder, line(**{**COMPLETE, **second}), "b.xlsx")
    found = hearing(received, folder)
    form = of(found)
    assert sorted(problem.kind for problem in found.problems) == kinds
    assert ([one.state for one in form.appeals], form.appraisal.final) == ([state], final)
    for name in ("a.xlsx", "b.xlsx"):
        for problem in found.problems:
            if problem.kind == "appeal_twice" and problem.file.endswith(name):
                assert ("b.xlsx" if name == "a.xlsx" else "a.xlsx") in problem.message


def test_two_files_about_two_indicators_count_together(
    company: CompanyFolder, received: list[ReceivedFile], tmp_path: Path
) -> None:
    folder = tmp_path / "申诉"
    appeal(company, folder, line(**COMPLETE), "a.xlsx")
    appeal(company, folder, line(**COMPLETE, about="退货率", value=0.2), "b.xlsx")
    assert of(hearing(received, folder)).appraisal.final == 95.0


def test_the_ranking_is_by_what_was_ruled_and_both_scores_are_kept(
    company: CompanyFolder, received: list[ReceivedFile], tmp_path: Path
) -> None:
    folder = tmp_path / "申诉"
    appeal(company, folder, line(**COMPLETE, value=0), "甲.xlsx")
    appeal(company, folder, line(**COMPLETE, value=9), "丙.xlsx", id="1003")  # 9 × 10 off: 10; 50 + 30 + 2 = 82
    ranking = collected(hearing(received, folder), company).ranking
    assert [(one.rank, one.person.id, one.person.final, one.person.final_before) for one in ranking] == [
        (1, "1002", 96.0, 96.0),
        (2, "1001", 93.8, 91.8),
        (3, "1003", 82.0, 100.0),
    ]


def test_a_copy_of_the_form_is_still_a_copy(
    company: CompanyFolder, received: list[ReceivedFile], tmp_path: Path
) -> None:
    shutil.copytree(company.returned(QUARTER), tmp_path / "收回")
    shutil.copy(tmp_path / "收回" / "1001.xlsx", tmp_path / "收回" / "1001 副本.xlsx")
    twice = list(receive_all(find_files([tmp_path / "收回"]), catalogue_of(company)))
    folder = tmp_path / "申诉"
    appeal(company, folder, line(**COMPLETE))
    collection = collected(hearing(twice, folder), company)
    assert sorted(entry.state for entry in collection.entries) == ["counted", "counted", "counted", "same"]
    assert {ranked.person.id: ranked.person.final for ranked in collection.ranking}["1001"] == 93.8


# --- forms of other roles ---------------------------------------------------------------------------------------------


def judged(appraisal: Appraisal, tmp_path: Path, cells: dict[str, Any], role: str) -> tuple[FilledForm, list[str]]:
    """What becomes of an appeal against a form, and what is told."""
    form = FilledForm("表", appraisal, Assignment("1001", "员工甲", role=role))
    file = ReceivedFile("表.xlsx", tmp_path / "表.xlsx", None, FilledWorkbook(str(QUARTER), (form,), ()))
    path = tmp_path / "申诉" / "申诉.xlsx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(appeal_book(form, QUARTER, SHIPPED, Order()))
    typed(path, cells)
    found = heard([file], QUARTER, appeals_in(path.parent)[0], TODAY)
    return of(found), told(found)


@pytest.mark.parametrize(("severe", "alerts", "kinds"), [(0, [], []), (1, ["severe_violation"], ["appeal_red_line"])])
def test_a_further_measure_is_ruled_and_its_red_line_goes_with_it(
    severe: int, alerts: list[str], kinds: list[str], tmp_path: Path
) -> None:
    measures: Measures = {**sample_measures(), "severe_violations": [1, 0, 0]}
    before = appraised(measures)
    assert "severe_violation" in [id for id, _ in before.alerts]
    about = "严重违规" if severe == 0 else "UV增长率"
    value = 0 if severe == 0 else 0.2
    form, found = judged(before, tmp_path, line(**COMPLETE, about=about, value=value), ROLE_ID)
    assert [appeal.state for appeal in form.appeals] == ["upheld"]
    assert [id for id, _ in form.appraisal.alerts if id == "severe_violation"] == alerts
    assert [entry.split()[0] for entry in found] == kinds
    if severe == 0:
        as_typed = appraised(sample_measures())
        assert (form.appraisal.final, form.appraisal.grade) == (as_typed.final, as_typed.grade)


def test_what_does_not_count_cannot_be_ruled(tmp_path: Path) -> None:
    before = appraised({**sample_measures(), "organic_uv": [0, 0, 0]})
    off = [result.label for result in before.indicators if not result.applies]
    assert off, "the sample must have an indicator that does not apply"
    form, found = judged(before, tmp_path, line(**COMPLETE, about=off[0], value=1), ROLE_ID)
    assert "appeal_off v:1 value" in found
    assert (form.before, form.appraisal.final) == (None, before.final)


def test_a_ruling_on_what_several_people_rated_is_the_superiors_rating(tmp_path: Path) -> None:
    """优秀 of the person, 合格 of the superior, 50 points of others; ruled: 良好 in place of 合格."""
    role = SHIPPED.role("web-editor")
    rated = next(iter(role.rated))
    shares = Shares(self=0.2, superior=0.5, peers=0.3)
    ratings = {indicator.id: Rating("优秀", "合格", 50.0) for indicator in role.rated}
    before = appraise(role, Inputs.preset(role, {}, shares=shares, ratings=ratings))
    scores = {result.id: result.score for result in before.indicators}
    form, found = judged(before, tmp_path, line(**COMPLETE, about=rated.label, value="良好"), role.id)
    assert found == []
    (appeal,) = form.appeals
    assert (appeal.state, appeal.score_before) == ("upheld", scores[rated.id])
    as_ruled = {**ratings, rated.id: Rating("优秀", "良好", 50.0)}
    combined = appraise(role, Inputs.preset(role, {}, shares=shares, ratings=as_ruled))
    expected = next(result.score for result in combined.indicators if result.id == rated.id)
    assert appeal.score == expected != scores[rated.id]
    others = {result.id: result.score for result in form.appraisal.indicators if result.id != rated.id}
    assert others == {id: score for id, score in scores.items() if id != rated.id}
    wrong, told_of = judged(before, tmp_path, line(**COMPLETE, about=rated.label, value="很好"), role.id)
    assert (told_of, wrong.before) == (["appeal_level v:1 value"], None)
