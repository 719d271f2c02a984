"""Grades calibrated in a workbook: what counts, what is found at its cell, and what everybody sees of it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.engines import formualizer, libreoffice
from tests.support.own_company import catalogue_of
from tests.support.paths import CASES
from tests.support.results import (
    COEFFICIENTS,
    FINALS,
    GRADES,
    QUARTER,
    STAFF,
    Staff,
    by_libreoffice,
    company_with_results,
    returned,
    set_setting,
    type_into,
)
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.role import Alert
from xlkpi.collect import history
from xlkpi.collect.collection import Collection, collect
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.i18n.languages import EN, HANT
from xlkpi.i18n.problems import UnreadableError
from xlkpi.intake.received import find_files, receive_all
from xlkpi.results.calibration.book import calibration_book
from xlkpi.results.calibration.content import content_of
from xlkpi.results.calibration.reading import read_calibration

TAMPERED = tomllib.loads((CASES / "calibration" / "tampering.toml").read_text("utf-8"))
WHO = {one.id: (one.id, one.name) for one in STAFF}


def collected(company: CompanyFolder) -> Collection:
    received = list(receive_all(find_files([company.returned(QUARTER)]), catalogue_of(company)))
    return collect(received, QUARTER, catalogue_of(company))


def written(company: CompanyFolder, collection: Collection, language: str = "zh-Hans") -> bytes:
    rows = history.frame(collection)
    catalogue = catalogue_of(company)
    return calibration_book(content_of(rows, rows.head(0), QUARTER, catalogue, language), language)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompanyFolder, Collection, bytes]:
    """A company, its collected quarter, and the calibration workbook as it was made."""
    company = company_with_results(tmp_path_factory.mktemp("results") / "晨光")
    returned(company)
    collection = collected(company)
    return company, collection, written(company, collection)


Made = tuple[CompanyFolder, Collection, bytes]


def typed(content: bytes, folder: Path, cells: dict[str, object], *, recalculated: bool = False) -> bytes:
    path = folder / "校准.xlsx"
    path.write_bytes(content)
    type_into(path, {address: None if value == "" else value for address, value in cells.items()})
    return recalculate(path.read_bytes()) if recalculated else path.read_bytes()


@pytest.mark.parametrize("case", TAMPERED.values(), ids=list(TAMPERED))
def test_what_is_wrong_is_found_at_its_cell_and_changes_nothing(
    made: Made, case: dict[str, Any], tmp_path: Path
) -> None:
    _, collection, content = made
    content = typed(content, tmp_path, case["cells"], recalculated=case.get("recalculated", False))
    changes, problems = read_calibration(content, "校准.xlsx", collection)
    assert {who[0]: grade for who, (grade, _) in changes.items()} == case.get("counts", {})
    if "says" not in case:
        assert problems == []
        return
    places = [problem.cell for problem in problems]
    assert places[0] == case.get("at"), [problem.message for problem in problems]
    assert all(text in problems[0].message for text in case["says"]), problems[0].message
    assert all(problem.file == "校准.xlsx" and problem.sheet == "校准" for problem in problems)


def test_an_untouched_workbook_says_nothing_also_as_libreoffice_saves_it(made: Made, tmp_path: Path) -> None:
    _, collection, content = made
    assert read_calibration(content, "校准.xlsx", collection) == ({}, [])
    libreoffice.require()
    path = tmp_path / "校准.xlsx"
    path.write_bytes(content)
    type_into(path, {"I9": "A 优秀", "J9": "与同岗位比较", "K9": "总经理"})
    (saved,) = libreoffice.recalculate([path], tmp_path / "saved")
    changes, problems = read_calibration(saved.read_bytes(), "校准.xlsx", collection)
    assert (list(changes), problems) == ([WHO["004"]], [])


@pytest.mark.parametrize("language", [HANT, EN])
def test_every_language_reads_back(made: Made, tmp_path: Path, language: str) -> None:
    company, collection, _ = made
    content = written(company, collection, language)
    (tmp_path / "x.xlsx").write_bytes(content)
    sheet = load_workbook(tmp_path / "x.xlsx").worksheets[0].title
    type_into(tmp_path / "x.xlsx", {"I9": "A 优秀", "J9": "as others", "K9": "总经理"}, sheet)
    changes, problems = read_calibration((tmp_path / "x.xlsx").read_bytes(), "x.xlsx", collection)
    assert (list(changes), problems) == ([WHO["004"]], [])


def test_moved_rows_and_a_renamed_sheet_read_back(made: Made, tmp_path: Path) -> None:
    _, collection, content = made
    path = tmp_path / "校准.xlsx"
    path.write_bytes(content)
    type_into(path, {"I9": "A 优秀", "J9": "与同岗位比较", "K9": "总经理"})
    book = load_workbook(path)
    sheet = book["校准"]
    for column in "ABCDEFGHIJK":
        upper, lower = sheet[f"{column}6"], sheet[f"{column}9"]
        upper.value, lower.value = lower.value, upper.value
    sheet.title = "终稿"
    book.save(path)
    changes, problems = read_calibration(path.read_bytes(), "校准.xlsx", collection)
    assert (list(changes), problems) == ([WHO["004"]], [])


# --- older, other, none of ours ---------------------------------------------------------------------------------------


def test_a_result_that_changed_since_is_not_calibrated(made: Made, tmp_path: Path) -> None:
    _, collection, content = made
    ranking = [
        replace(ranked, person=replace(ranked.person, final=76.0)) if ranked.person.id == "004" else ranked
        for ranked in collection.ranking
    ]
    later = replace(collection, ranking=tuple(ranking))
    content = typed(content, tmp_path, {"I9": "A 优秀", "J9": "复核", "K9": "总经理"})
    changes, (problem,) = read_calibration(content, "校准.xlsx", later)
    assert changes == {}
    assert (problem.cell, "那时是75" in problem.message, "现在是76" in problem.message) == ("G9", True, True)


def test_people_collected_later_or_not_any_more_are_told(made: Made) -> None:
    _, collection, content = made
    without = replace(collection, ranking=tuple(r for r in collection.ranking if r.person.id != "003"))
    _, (problem,) = read_calibration(content, "校准.xlsx", without)
    assert (problem.cell, "员工丙" in problem.message) == ("C8", True)
    extra = replace(collection.ranking[0], person=replace(collection.ranking[0].person, id="009", name="员工壬"))
    _, (problem,) = read_calibration(content, "校准.xlsx", replace(collection, ranking=(*collection.ranking, extra)))
    assert "没有校准：员工壬" in problem.message


def test_a_workbook_of_another_quarter_or_of_somebody_else_is_refused(made: Made, tmp_path: Path) -> None:
    company, collection, content = made
    other = replace(collection, quarter=QUARTER.after)
    with pytest.raises(UnreadableError, match="2026Q4的，汇总的是2027Q1"):
        read_calibration(content, "校准.xlsx", other)
    with pytest.raises(UnreadableError, match="不是 xlkpi calibrate 生成的校准表"):
        read_calibration(company.settings.read_bytes(), "公司.xlsx", collection)
    path = tmp_path / "校准.xlsx"
    path.write_bytes(content)
    book = load_workbook(path)
    book.copy_worksheet(book["校准"]).title = "校准二稿"
    book.save(path)
    with pytest.raises(UnreadableError, match="校准、校准二稿"):
        read_calibration(path.read_bytes(), "校准.xlsx", collection)
    del book["校准二稿"]
    book["校准"].delete_rows(1)
    book.save(path)
    with pytest.raises(UnreadableError, match="隐藏的第1行"):
        read_calibration(path.read_bytes(), "校准.xlsx", collection)


# --- formulas ---------------------------------------------------------------------------------------------------------


def test_formulas_show_what_python_makes_of_the_grades(made: Made, tmp_path: Path) -> None:
    _, _, content = made
    path = tmp_path / "校准.xlsx"
    path.write_bytes(content)
    type_into(path, {"I9": "A 优秀", "I7": "B 良好"})
    after = GRADES | {"004": "A 优秀", "002": "B 良好"}
    cells = [f"{column}{row}" for row in range(6, 12) for column in "LM"]
    expected: list[object] = []
    for id in GRADES:
        expected += [after[id], COEFFICIENTS[after[id]] if after[id] else ""]
    assert formualizer.evaluate(path, cells, sheet="校准") == expected
    assert by_libreoffice(path, cells, "校准") == expected


def test_grades_of_each_superior_follow_the_proposals(made: Made, tmp_path: Path) -> None:
    _, _, content = made
    path = tmp_path / "校准.xlsx"
    path.write_bytes(content)
    sheet = load_workbook(path)["各上级"]
    rows = {sheet[f"B{row}"].value: row for row in range(1, sheet.max_row + 1)}
    # 乙 and 丙 A, 甲 S: (100 + 91.8 + 87) ÷ 3 = 92.93. 丁 75 and 戊 68: 71.5. All five: 421.8 ÷ 5 = 84.36.
    shown = {
        name: [sheet[f"{column}{rows[name]}"].value for column in "CDEG"] for name in ("考核员孙", "考核员周", "全公司")
    }
    assert shown == {"考核员孙": [3, 3, 92.93, 8.57], "考核员周": [3, 2, 71.5, -12.86], "全公司": [6, 5, 84.36, 0.0]}
    # 标准差: 丁 and 戊 lie 3.5 from 71.5
    assert sheet[f"F{rows['考核员周']}"].value == 3.5
    type_into(path, {"I9": "A 优秀", "I7": "B 良好"})
    cells = [f"{column}{rows[name]}" for name in ("考核员孙", "考核员周", "全公司") for column in "OPQRS"]
    expected = [1, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1, 2, 1, 1, 0]
    assert formualizer.evaluate(path, cells, sheet="各上级") == expected
    assert by_libreoffice(path, cells, "各上级") == expected


# --- the commands -----------------------------------------------------------------------------------------------------


def test_a_quarter_is_calibrated_and_everybody_sees_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = company_with_results(tmp_path / "晨光")
    returned(company)
    monkeypatch.chdir(company.path)
    assert run("collect", "2026Q4").exit_code == PROBLEMS  # 己 has not filled in the form
    made = run("calibrate", "2026Q4")
    assert made.exit_code == FINE, made.output
    path = company.summary(QUARTER) / "2026Q4-校准.xlsx"
    type_into(path, {"I9": "A 优秀", "J9": "与同岗位比较", "K9": "总经理"})
    told = json.loads(run("collect", "2026Q4", "--calibration", path, "--overwrite", "--json").stdout)
    (one,) = (person for person in told["people"] if person["id"] == "004")
    assert (one["grade"], one["computed_grade"], one["final"], one["coefficient"]) == ("A 优秀", "B 良好", 75, 1.2)
    assert one["calibration"] == {"computed": "B 良好", "reason": "与同岗位比较", "approver": "总经理"}
    assert [change["id"] for change in told["changes"]] == ["004"]
    assert {p["id"]: p["rank"] for p in told["people"]} == {
        "001": 1,
        "002": 2,
        "003": 3,
        "004": 4,
        "005": 5,
        "006": None,
    }
    kept = history.load_quarter(company.history, QUARTER).drop_duplicates("id").set_index("id")
    assert list(kept.loc["004", ["person_grade", "computed_grade", "coefficient"]]) == ["A 优秀", "B 良好", 1.2]
    assert list(kept.loc["005", ["person_grade", "computed_grade", "coefficient"]]) == ["C 待改进", "C 待改进", 0.8]
    ranking = load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx")["排名"]
    text = "\n".join(str(cell.value) for row in ranking.iter_rows() for cell in row if cell.value is not None)
    assert "按分数的等级" in text
    assert "等级校准：B 良好 → A 优秀，理由：与同岗位比较（批准人：总经理）" in text
    # Made again, the workbook has the calibration; collected without it, everybody is told.
    assert run("calibrate", "2026Q4", "-o", "再来.xlsx").exit_code == FINE
    again = load_workbook("再来.xlsx")["校准"]
    assert [again[f"{column}9"].value for column in "HIJK"] == ["B 良好", "A 优秀", "与同岗位比较", "总经理"]
    without = run("collect", "2026Q4", "--overwrite")
    assert "这次没有：员工丁" in without.output.replace("\n", "")


def test_a_calibration_that_cannot_be_used_stops_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = company_with_results(tmp_path / "晨光")
    returned(company, STAFF[:2])
    monkeypatch.chdir(company.path)
    refused = run("collect", "2026Q4", "--calibration", company.settings)
    assert (refused.exit_code, "不是 xlkpi calibrate 生成的校准表" in refused.output) == (USAGE, True)
    assert not company.summary(QUARTER).exists()
    assert not company.history.joinpath("quarter=2026Q4").exists()
    nothing = run("calibrate", "2026Q4")
    assert (nothing.exit_code, "先汇总" in nothing.output) == (USAGE, True)


@pytest.mark.parametrize(
    ("final", "lowest", "highest", "expected"),
    [
        (91.8, 0, None, 0.918),
        (68, 0.7, 1.1, 0.7),
        (70, 0.7, 1.1, 0.7),
        (70.01, 0.7, 1.1, 0.7001),
        (110, 0.7, 1.1, 1.1),
        (111, 0, 1.1, 1.1),
    ],
)
def test_coefficients_by_points_have_limits(
    tmp_path: Path, final: float, lowest: float, highest: float | None, expected: float
) -> None:
    from xlkpi.catalogue.appraising.coefficients import Coefficients

    company = company_with_results(tmp_path / "晨光", "按分数")
    set_setting(company, "按分数的系数最低", lowest)
    set_setting(company, "按分数的系数最高", highest)
    assert Coefficients(catalogue_of(company), QUARTER).of("B 良好", final) == expected
    assert Coefficients(catalogue_of(company), QUARTER).of(None, None) is None


def test_a_company_without_coefficients_sees_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = company_with_results(tmp_path / "晨光", "不用")
    returned(company, [Staff("001", "员工甲", "考核员孙", 180)])
    monkeypatch.chdir(company.path)
    assert run("collect", "2026Q4").exit_code == FINE
    ranking = load_workbook(company.summary(QUARTER) / "2026Q4-汇总.xlsx")["排名"]
    headers = [cell.value for row in ranking.iter_rows() for cell in row]
    assert "绩效系数" not in headers
    assert "按分数的等级" not in headers
    kept = history.load_quarter(company.history, QUARTER)
    assert kept["coefficient"].isna().all()
    assert FINALS["001"] == kept["person_final"].iloc[0]


def test_the_guide_has_the_calibrated_grade_and_not_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = company_with_results(tmp_path / "晨光")
    returned(company, STAFF[3:5])
    monkeypatch.chdir(company.path)
    run("collect", "2026Q4")
    run("calibrate", "2026Q4")
    path = company.summary(QUARTER) / "2026Q4-校准.xlsx"
    type_into(path, {"I6": "A 优秀", "J6": "与同岗位比较", "K6": "总经理"})
    run("collect", "2026Q4", "--calibration", path, "--overwrite", "--html", "概览.html")
    assert run("guide", "2026Q4", "--format", "html").exit_code == FINE
    pages = {page.stem: page.read_text("utf-8") for page in company.guides(QUARTER).rglob("*.html")}
    one, other = (next(text for name, text in pages.items() if who in name) for who in ("员工丁", "员工戊"))
    assert "A 优秀（校准后；按分数为 B 良好）" in one
    assert "与同岗位比较" not in one
    assert not any(text in other for text in ("A 优秀", "校准", "员工丁"))
    board = Path("概览.html").read_text("utf-8")
    assert "与同岗位比较" not in board
    # Results that changed since are not calibrated any more.
    returned(company, [replace(STAFF[3], breaches=1), STAFF[4]])
    run("guide", "2026Q4", "--format", "html", "--overwrite")
    changed = next(page for page in company.guides(QUARTER).rglob("*.html") if "员工丁" in page.stem)
    assert "校准后" not in changed.read_text("utf-8")


def test_a_red_line_keeps_the_grade_down(made: Made, tmp_path: Path) -> None:
    """With the ceiling B, a grade up to B is accepted and a better one is not."""
    _, collection, content = made
    (ranked,) = (each for each in collection.ranking if each.person.id == "005")
    (form,) = ranked.person.forms
    role = replace(
        form.appraisal.role, alerts=(Alert("breach", "严重违规", (Expression("violations > 0"),), red_line=True),)
    )
    inputs = replace(form.appraisal.inputs, red_line_total=84.99)
    appraisal = replace(form.appraisal, role=role, inputs=inputs, alerts=(("breach", "严重违规"),))
    person = replace(ranked.person, forms=(replace(form, appraisal=appraisal),))
    ranking = tuple(replace(ranked, person=person) if each is ranked else each for each in collection.ranking)
    crossed = replace(collection, ranking=ranking)
    for proposal, expected in (("B 良好", ["005"]), ("A 优秀", []), ("D 不合格", ["005"])):
        content = typed(content, tmp_path, {"I10": proposal, "J10": "复核", "K10": "总经理"})
        changes, problems = read_calibration(content, "校准.xlsx", crossed)
        assert [id for id, _ in changes] == expected
        assert [problem.cell for problem in problems] == ([] if expected else ["I10"])
        assert all("触红线，等级最高为B 良好" in problem.message for problem in problems)
