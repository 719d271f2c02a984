"""An appeal from its form to the ranking, as commands do it, and what the workbook shows by itself."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.appealing import (
    ENDS,
    PAST,
    QUARTER,
    RULER,
    after_the_quarter,
    appeal_of,
    line,
    returned_quarter,
    typed,
)
from tests.support.catalogues import SHIPPED
from tests.support.engines import formualizer, libreoffice
from tests.support.forms import ROLE_ID, sample_measures
from xlkpi.appeals.book import Order, appeal_book
from xlkpi.appeals.contract import COLUMNS
from xlkpi.appeals.reading import AppealFile, read_appeal
from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.inputs import Inputs
from xlkpi.collect.history import COLUMNS as HISTORY_COLUMNS
from xlkpi.collect.history import path_of
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.form.register import APPEAL_SHEET
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.xlsx.archive import unpack


@pytest.fixture(scope="module", autouse=True)
def january() -> Iterator[None]:
    with after_the_quarter():
        yield


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    company = returned_quarter(tmp_path / "晨光")
    monkeypatch.chdir(company.path)
    return company


def appealed(company: CompanyFolder, **changes: Any) -> Path:
    """The appeal of 1001, typed in."""
    assert run("appeal", "2026Q4", "--person", "1001", "--overwrite").exit_code == FINE
    return typed(appeal_of(company), line(**changes))


OPEN = {"verdict": None, "value": None, "day": None, "why": None}


def collected() -> tuple[int, dict[str, Any]]:
    result = run("collect", "2026Q4", "--overwrite", "--json")
    return result.exit_code, json.loads(result.stdout)


def person(found: dict[str, Any], id: str = "1001") -> dict[str, Any]:
    return next(one for one in found["people"] if one["id"] == id)


# --- making it --------------------------------------------------------------------------------------------------------


def test_it_is_made_for_one_person_and_never_over_another(company: CompanyFolder) -> None:
    asked = run("appeal", "2026Q4")
    assert (asked.exit_code, "1001 员工甲" in asked.output) == (USAGE, True)
    nobody = run("appeal", "2026Q4", "--person", "2001")
    assert (nobody.exit_code, "没有“2001”" in nobody.output) == (USAGE, True)
    made = run("appeal", "2026Q4", "--person", "员工甲", "--ruler", RULER, "--until", "2027-01-15")
    assert (made.exit_code, appeal_of(company).parent) == (FINE, company.appeals(QUARTER))
    assert run("appeal", "2026Q4", "--person", "1001").exit_code == USAGE
    read = read_appeal("申诉", appeal_of(company))
    assert isinstance(read, AppealFile)
    assert {(one.ruler, str(one.until)) for one in read.lines} == {(RULER, "2027-01-15")}
    assert not any(one.ruled or one.appealed for one in read.lines)


def test_a_file_of_one_person_needs_no_name(company: CompanyFolder, tmp_path: Path) -> None:
    made = run("appeal", company.returned(QUARTER) / "1002.xlsx", "-o", tmp_path / "申诉")
    assert made.exit_code == FINE, made.output
    assert ["员工乙" in path.name for path in (tmp_path / "申诉").iterdir()] == [True]


def test_it_holds_nothing_of_anybody_else(company: CompanyFolder) -> None:
    path = appealed(company)
    text = html.unescape(b"".join(unpack(path.read_bytes()).values()).decode("utf-8", "replace"))
    assert "员工甲" in text
    assert not any(other in text for other in ("员工乙", "员工丙", "1002", "1003"))
    with zipfile.ZipFile(path) as parts:
        assert "veryHidden" in parts.read("xl/workbook.xml").decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_is_to_be_typed_is_open_and_every_prompt_fits(language: str) -> None:
    role = SHIPPED.role(ROLE_ID, None, language)
    appraisal = appraise(role, Inputs.preset(role, sample_measures(), language=language))
    form = FilledForm("表", appraisal, Assignment("1001", "员工甲", role=role.id))
    book = load_workbook(io.BytesIO(appeal_book(form, QUARTER, SHIPPED, Order())))
    sheet, hidden = book.worksheets
    assert (hidden.title, hidden.sheet_state, sheet.protection.sheet) == (APPEAL_SHEET, "veryHidden", True)
    rows = {row: sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)}
    cells = [sheet.cell(row, column) for row in rows for column in range(1, sheet.max_column + 1)]
    unlocked = {(rows[cell.row or 0], cell.coordinate[0]) for cell in cells if not cell.protection.locked}
    typed = {(f"a:{n}", COLUMNS[id]) for n in (1, 2, 3) for id in ("about", "grounds", "wanted")}
    typed |= {(f"v:{n}", COLUMNS[id]) for n in (1, 2, 3) for id in ("verdict", "value", "ruler", "day", "until", "why")}
    merged = {(f"a:{n}", letter) for n in (1, 2, 3) for letter in "EFGHI"}
    assert unlocked - merged == typed
    for validation in sheet.data_validations.dataValidation:
        assert len(validation.prompt or "") <= 255
        assert len(validation.promptTitle or "") <= 32
        assert len(validation.formula1 or "") <= 255


@pytest.mark.parametrize(
    ("value", "code", "about", "read"), [(0.12, "0%", "退货率", "12%"), (3, "General", "违规次数", "3次")]
)
def test_the_sheet_says_how_a_new_actual_is_read(
    value: float, code: str, about: str, read: str, company: CompanyFolder, tmp_path: Path
) -> None:
    path = appealed(company, value=value, about=about)
    book = load_workbook(path)
    sheet = book.worksheets[0]
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == "v:1")
    sheet[f"E{row}"].number_format = code
    book.save(path)
    cells = [f"C{row}", f"F{row}", f"F{row + 1}"]
    assert formualizer.evaluate(path, cells, sheet=sheet.title) == [about, read, ""]
    libreoffice.require()
    (calculated,) = libreoffice.recalculate([path], tmp_path / "out")
    shown = load_workbook(calculated, data_only=True).worksheets[0]
    assert [shown[cell].value or "" for cell in cells] == [about, read, ""]


def test_an_appeal_among_the_forms_is_no_form_and_is_said_to_be_one(company: CompanyFolder) -> None:
    path = appealed(company)
    path.rename(company.returned(QUARTER) / path.name)
    code, found = collected()
    (problem,) = (problem for problem in found["problems"] if problem["kind"] == "file")
    assert (code, "申诉表" in problem["message"], person(found)["final"]) == (PROBLEMS, True, 91.8)


# --- what comes of it -------------------------------------------------------------------------------------------------


def test_an_open_appeal_is_marked_and_changes_no_score(company: CompanyFolder) -> None:
    assert "appeal_sheet" not in collected()[1]
    appealed(company, **OPEN)
    code, found = collected()
    assert code == FINE, "an open appeal is advice"
    assert [problem["kind"] for problem in found["problems"] if problem["kind"] != "unsigned"] == ["appeal_open"]
    assert (person(found)["final"], person(found)["appeals"][0]["state"]) == (91.8, "open")
    book = load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx")
    assert "申诉" in book.sheetnames
    ranking = [[cell.value for cell in row] for row in book["排名"].iter_rows()]
    assert ["申诉中" in row for row in ranking if "1001" in row] == [True]
    assert not any("申诉中" in row for row in ranking if "1002" in row)


def test_an_overdue_appeal_is_a_warning(company: CompanyFolder) -> None:
    appealed(company, **OPEN, until=PAST)
    code, found = collected()
    assert (code, person(found)["appeals"][0]["overdue"]) == (PROBLEMS, True)


def test_a_ruling_counts_and_both_scores_are_kept(company: CompanyFolder) -> None:
    run("collect", "2026Q4")
    before = run("collect", "2026Q4", "--overwrite")
    assert "申诉" not in before.output
    appealed(company)
    result = run("collect", "2026Q4", "--overwrite")
    assert result.exit_code == FINE, result.output
    assert "91.8 A 优秀 → 93.8 A 优秀" in result.output
    history = pd.read_parquet(path_of(company.history, QUARTER))
    assert list(history.columns) == list(HISTORY_COLUMNS)
    rows = {row["id"]: row for row in history.to_dict("records") if row["indicator"] == "violations"}
    assert [rows["1001"][column] for column in ("score", "score_before", "actual")] == [100.0, 90.0, 0.0]
    assert [rows["1001"][column] for column in ("person_final", "final_before")] == [93.8, 91.8]
    assert all(pd.isna(rows["1002"][column]) for column in ("score_before", "final_before"))
    sheet = load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx")["申诉"]
    values = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    for shown in ("支持", "10月的违规已申诉撤销", "后台记录有误", RULER, 90.0, 100.0, 91.8, 93.8):
        assert shown in values


def test_a_summary_without_appeals_has_no_sheet_for_them(company: CompanyFolder) -> None:
    collected()
    assert "申诉" not in load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx").sheetnames


def test_appeals_of_another_folder_are_read_when_it_is_named(company: CompanyFolder, tmp_path: Path) -> None:
    path = appealed(company)
    (tmp_path / "别处").mkdir()
    path.rename(tmp_path / "别处" / path.name)
    assert person(collected()[1])["final"] == 91.8
    found = run("collect", "2026Q4", "--overwrite", "--json", "--appeals", tmp_path / "别处")
    assert person(json.loads(found.stdout))["final"] == 93.8
    gone = run("collect", "2026Q4", "--overwrite", "--appeals", tmp_path / "nowhere")
    assert (gone.exit_code, "nowhere" in gone.output) == (USAGE, True)


def test_the_guide_shows_own_appeals_and_nobody_elses(company: CompanyFolder) -> None:
    appealed(company, until=ENDS)
    made = run("guide", "2026Q4", "--format", "both")
    assert made.exit_code == FINE, made.output
    pages = {path.name: path for path in company.guides(QUARTER).rglob("*.*")}
    own = next(path for name, path in pages.items() if "员工甲" in name and path.suffix == ".html").read_text("utf-8")
    for shown in ("违规次数", "支持", "90.00", "100.00", "裁决前总分 91.80，裁决后 93.80", "后台记录有误"):
        assert shown in own
    word = next(path for name, path in pages.items() if "员工甲" in name and path.suffix == ".docx")
    assert "裁决前总分 91.80，裁决后 93.80" in _word(word)
    assert len(pages) == 6
    for name, path in pages.items():
        if "员工甲" not in name:
            text = path.read_text("utf-8") if path.suffix == ".html" else _word(path)
            assert "申诉" not in text
            assert "员工甲" not in text


def _word(path: Path) -> str:
    with zipfile.ZipFile(path) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
