"""The year of everyone: worked by hand, in Python, and by the formulas of the workbook."""

from __future__ import annotations

import io
import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.catalogues import SHIPPED
from tests.support.engines import formualizer
from tests.support.paths import CASES
from tests.support.results import by_libreoffice, company_with_results, set_setting
from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.collect import history
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.results.year.book import year_book, year_remarks
from xlkpi.results.year.totals import Year, quarters_of, year_of

WORKED = tomllib.loads((CASES / "year" / "worked.toml").read_text("utf-8"))
NAMES = {"001": "员工甲", "002": "员工乙", "003": "员工丙"}
YEAR = quarters_of(2026)


def rows(quarter: Quarter, finals: Mapping[str, tuple[float | str, int]], start: str = "") -> pd.DataFrame:
    """A quarter's history. finals: staff number → total ("" for none) and days in post."""
    given = [
        {
            "id": id, "name": NAMES[id], "department": "直播部", "superior": "考核员孙", "role": "host", "start": start,
            "days": days, "indicator": "gmv", "person_final": None if final == "" else float(final),
            "person_grade": "" if final == "" else "B 良好",
        }
        for id, (final, days) in finals.items()
    ]  # fmt: skip
    return history._typed(pd.DataFrame(given)) if given else history._typed(pd.DataFrame())


def frames(case: Mapping[str, Any]) -> dict[Quarter, pd.DataFrame]:
    return {
        quarter: rows(
            quarter,
            {id: of[f"Q{quarter.number}"] for id, of in case["people"].items() if f"Q{quarter.number}" in of},
            case.get("start", ""),
        )
        for quarter in YEAR
    }


def rosters(case: Mapping[str, Any]) -> dict[Quarter, list[Assignment]]:
    """On the roster of every quarter; those who are not in post began after it."""
    if "roster" not in case:
        return {}
    return {
        quarter: [
            Assignment(id, NAMES[id], start=None if f"Q{quarter.number}" in of else quarter.after.first_day)
            for id, of in case["roster"].items()
        ]
        for quarter in YEAR
    }


def worked(case: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> Year:
    if "weights" in case:
        made = Coefficients.__init__

        def weighted(self: Coefficients, catalogue: Catalogue, quarter: Quarter) -> None:
            made(self, catalogue, quarter)
            self.settings = replace(self.settings, weights=tuple(case["weights"]))

        monkeypatch.setattr(Coefficients, "__init__", weighted)
    return year_of(2026, frames(case), rosters(case), SHIPPED)


@pytest.mark.parametrize("case", WORKED.values(), ids=list(WORKED))
def test_totals_are_those_worked_by_hand(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    year, labels = worked(case, monkeypatch), words()
    assert {p.id: p.total for p in year.people if p.total is not None} == case["total"]
    grades = {person.id: person.grade for person in year.people}
    assert all(grades[id] == grade for id, grade in case.get("grade", {}).items())
    remarks = {person.id: "\n".join(year_remarks(person, year, labels)) for person in year.people}
    assert all(text in remarks[id] for id, text in case.get("says", {}).items()), remarks
    assert all((person.total is None) == bool(person.rank is None) for person in year.people)


@pytest.mark.parametrize("case", WORKED.values(), ids=list(WORKED))
def test_the_formulas_of_the_workbook_come_to_the_same(
    case: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    year = worked(case, monkeypatch)
    path = tmp_path / "年度.xlsx"
    path.write_bytes(year_book(year, "晨光", "zh-Hans"))
    sheet = load_workbook(path).worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[2].value == "工号")
    letters = {str(cell.value): cell.column_letter for cell in header}
    first = header[0].row + 1
    cells = [
        f"{letter}{row}"
        for row in range(first, first + len(year.people))
        for letter in ("B", letters["年度总分"], letters["等级"])
    ]
    expected: list[object] = []
    for person in year.people:
        has = person.total is not None
        expected += [person.rank, person.total, person.grade] if has else ["—"] * 3
    title = sheet.title
    assert formualizer.evaluate(path, cells, sheet=title) == expected
    assert by_libreoffice(path, cells, title) == expected


# --- the command ------------------------------------------------------------------------------------------------------


def company_with_year(path: Path) -> CompanyFolder:
    company = company_with_results(path)
    finals = {
        1: {"001": (80, 90), "002": (90, 90)},
        2: {"001": (90, 91), "002": ("", 91)},
        4: {"001": (95, 92), "002": (90, 92)},
    }
    for number, of_quarter in finals.items():
        quarter = Quarter(2026, number)
        history.write(company.history, quarter, rows(quarter, of_quarter))  # type: ignore[arg-type]
    return company


def test_a_year_is_told_with_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = company_with_year(tmp_path / "晨光")
    set_setting(company, "第四季度在年度里的权重", 2)
    monkeypatch.chdir(company.path)
    made = run("year", "2026", "-o", "年度.xlsx")
    assert made.exit_code == PROBLEMS
    told = made.output.replace("\n", "")
    assert "002 员工乙：2026Q2在岗，没有总分" in told
    assert "没有算进去的季度：2026Q3" in told
    data = json.loads(run("year", "2026", "--json").stdout)
    # (80 + 90 + 2 × 95) ÷ 4 = 90, A, for which the company pays 1.2
    assert [(p["id"], p["total"], p["grade"], p["coefficient"], p["rank"]) for p in data["people"]] == [
        ("001", 90.0, "A 优秀", 1.2, 1),
        ("002", None, None, None, None),
    ]
    assert data["absent"] == ["2026Q3"]
    assert [quarter["weight"] for quarter in data["quarters"]] == [1, 1, 2]
    assert [q["state"] for q in data["people"][1]["quarters"]] == ["counted", "no_result", "counted"]
    sheet = load_workbook("年度.xlsx").worksheets[0]
    header = next(row for row in sheet.iter_rows() if row[2].value == "工号")
    (letter,) = (cell.column_letter for cell in header if cell.value == "绩效系数")
    assert by_libreoffice(Path("年度.xlsx").absolute(), [f"{letter}{header[0].row + 1}"], sheet.title) == [1.2]
    assert run("year", "2026", "-o", "年度.xlsx").exit_code == USAGE
    assert run("year", "2025").exit_code == USAGE
    assert run("year", "26").exit_code == USAGE


def test_a_settled_year_is_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = company_with_results(tmp_path / "晨光")
    history.write(company.history, YEAR[0], rows(YEAR[0], {"001": (80, 90)}))
    monkeypatch.chdir(company.path)
    assert run("year", "2026").exit_code == FINE


def test_one_number_with_two_names_and_an_open_appeal_are_told() -> None:
    first, second = rows(YEAR[0], {"001": (80, 90), "003": (70, 90)}), rows(YEAR[1], {"001": (80, 91), "003": (70, 91)})
    second.loc[second["id"] == "001", "name"] = "员工癸"
    second.loc[second["id"] == "003", "open_appeals"] = 1
    empty = rows(YEAR[2], {})
    year = year_of(2026, dict(zip(YEAR, (first, second, empty, empty), strict=True)), {}, SHIPPED)
    assert [(person.name, person.total) for person in year.people] == [
        ("员工丙", 70.0),
        ("员工甲", None),
        ("员工癸", None),
    ]
    assert not year.people[0].settled
    remarks = ["\n".join(year_remarks(person, year, words())) for person in year.people]
    assert "申诉还没有裁决：2026Q2" in remarks[0]
    books = [load_workbook(io.BytesIO(year_book(year, "晨光", language))).worksheets[0] for language in LANGUAGES]
    assert [book.title for book in books] == ["2026年度", "2026年度", "2026"]
    assert all("工号001有几个姓名" in remark for remark in remarks[1:])


def test_results_of_an_older_history_are_read(tmp_path: Path) -> None:
    """Histories of earlier versions have neither coefficients nor computed grades."""
    from xlkpi.results.people import results_of

    old = rows(YEAR[0], {"001": (80, 90)}).drop(columns=["coefficient", "computed_grade", "open_appeals"])
    history.path_of(tmp_path, YEAR[0]).parent.mkdir(parents=True)
    old.to_parquet(history.path_of(tmp_path, YEAR[0]))
    (result,) = results_of(history.load_quarter(tmp_path, YEAR[0]), YEAR[0])
    assert (result.final, result.grade, result.calibrated, result.coefficient) == (80.0, "B 良好", False, None)
