"""From a roster to forms: faults at their cells, posts for a part of a quarter, people with two posts."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from tests.support.archives import parts_of, zipped
from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.forms import Shown, differences, layout, role, sample_measures
from tests.support.paths import CASES
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.cli import main
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import Value, round_half_up
from xlkpi.intake.workbook import read
from xlkpi.roster.grouping import grouped
from xlkpi.roster.reader import read_roster
from xlkpi.writer.sheets.roster import roster_book
from xlkpi.writer.workbook import sheets_of_assignments, sheets_of_roles, uncalculated
from xlkpi.xlsx.edit import fill, patch

QUARTER = Quarter(2026, 4)
FAULTS = tomllib.loads((CASES / "rosters" / "faults.toml").read_text("utf-8"))["case"]
FORM = role().id


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case["what"])
def test_every_fault_is_told_at_its_cell_and_the_other_rows_are_read(tmp_path: Path, case: dict[str, Any]) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\n".join(case["rows"]), "utf-8-sig")
    roster = read_roster(path, SHIPPED, QUARTER)
    assert [problem.cell or "" for problem in roster.problems] == case.get("cells", [])
    for problem, said, advised in zip(
        roster.problems, case.get("says", []), case.get("advises", [""] * 9), strict=False
    ):
        assert said in problem.message
        assert advised in problem.advice
        assert problem.file == "r.csv"
        assert problem.severity == case.get("severity", "error")
    assert len(roster.assignments) == case["read"]


def test_what_a_workbook_holds_is_read_as_it_is_meant(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名册"
    sheet.append(["姓名", "工号", "岗位", "任职开始日", "任职结束日", "目标:uv_growth", "部门"])
    sheet.append(["=1+1", "0012", "电商运营", dt.date(2026, 11, 16), "2026/11/20", 0.25, "NA"])
    sheet["A2"].data_type = "s"
    sheet.append(["甲\u202e\n乙", 12.0, "電商營運", None, None, "#N/A", None])
    sheet.append(["丙", 12.5, FORM, None, None, "12.5%", None])
    book.save(tmp_path / "r.xlsx")
    roster = read_roster(tmp_path / "r.xlsx", SHIPPED, QUARTER)
    assert [
        (assignment.id, assignment.name, assignment.department, assignment.start, assignment.end, assignment.targets)
        for assignment in roster.assignments
    ] == [
        ("0012", "=1+1", "NA", dt.date(2026, 11, 16), dt.date(2026, 11, 20), {"uv_growth": 0.25}),
        ("12.5", "丙", "", None, None, {"uv_growth": 0.125}),
    ]
    (problem,) = roster.problems
    assert (problem.sheet, problem.cell) == ("名册", "F3")
    assert "#N/A" in problem.message


def _roster_book(path: Path, *rows: list[Any], formats: dict[str, str] | None = None) -> Path:
    """A workbook that holds a roster, as a script writes it: formulas have no results."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名册"
    sheet.append(["工号", "姓名", "岗位", "部门", "直接上级"])
    for row in rows:
        sheet.append(row)
    for address, code in (formats or {}).items():
        sheet[address].number_format = code
    book.save(path)
    return path


@pytest.mark.parametrize("column", range(5))
@pytest.mark.parametrize("formula", ["=VLOOKUP(A2,Z:Z,1,0)", "#N/A", "#REF!"])
def test_a_cell_without_a_result_is_no_name_and_no_department(tmp_path: Path, column: int, formula: str) -> None:
    row: list[Any] = ["1", "甲", "店长", "一部", "上级"]
    row[column] = formula
    roster = read_roster(_roster_book(tmp_path / "r.xlsx", row, ["2", "乙", "店长", "", ""]), SHIPPED, QUARTER)
    assert [assignment.id for assignment in roster.assignments] == ["2"]
    (problem,) = roster.problems
    assert (problem.cell, problem.severity) == (f"{'ABCDE'[column]}2", "error")
    assert (formula if formula.startswith("#") else "有公式，但没有结果") in problem.message


def test_an_error_outside_of_all_rows_is_none_of_the_roster(tmp_path: Path) -> None:
    path = _roster_book(tmp_path / "r.xlsx", ["1", "甲", "店长", "", ""])
    parts, name = parts_of(path.read_bytes()), "xl/worksheets/sheet1.xml"
    outside = b'</sheetData><c r="Z90" t="e"><v>#N/A</v></c>'
    path.write_bytes(zipped(parts | {name: parts[name].replace(b"</sheetData>", outside)}))
    roster = read_roster(path, SHIPPED, QUARTER)
    assert ([assignment.id for assignment in roster.assignments], roster.problems) == (["1"], ())


def test_formulas_below_the_last_person_are_no_person(tmp_path: Path) -> None:
    waiting = [None, None, None, "=VLOOKUP(A3,Z:Z,1,0)", "#N/A"]
    roster = read_roster(_roster_book(tmp_path / "r.xlsx", ["1", "甲", "店长", "", ""], waiting), SHIPPED, QUARTER)
    assert ([assignment.id for assignment in roster.assignments], roster.problems) == (["1"], ())


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    path = _roster_book(tmp_path / "r.xlsx", ["1", "甲", "店长", '=""', '="上"&"级"'])
    path.write_bytes(recalculate(path.read_bytes()))
    roster = read_roster(path, SHIPPED, QUARTER)
    assert [(a.department, a.superior) for a in roster.assignments] == [("", "上级")]
    assert roster.problems == ()


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1, "0000", "0001"),
        (12345, "0000", "12345"),
        (7, '"E"000', "E007"),
        (7, "E000", "7"),  # scientific, not the letter
        (1002, "000\\-000", "001-002"),
        (7, "[$-804]0000;@", "0007"),
        (7, "0", "7"),
        (7, "00.0", "7"),
        (7.5, "0000", "7.5"),
        (1234, "#,##0", "1234"),
        ("7", "0000", "7"),
        (999_999_999_999_999, "General", "999999999999999"),
    ],
)
def test_a_staff_number_is_read_as_it_is_shown(tmp_path: Path, value: Any, code: str, shown: str) -> None:
    path = _roster_book(tmp_path / "r.xlsx", [value, "甲", "店长", None, None], formats={"A2": code})
    roster = read_roster(path, SHIPPED, QUARTER)
    assert ([assignment.id for assignment in roster.assignments], roster.problems) == ([shown], ())


def test_targets_and_days_are_read_as_they_are_stored(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["工号", "姓名", "岗位", "目标:投诉", "目标:UV增长率", "任职开始日"])
    sheet.append([7, "甲", "电商运营", None, 1, 20261116])
    for address, code in {"A2": '0"号"', "E2": '0"次"', "F2": "0000-00-00"}.items():
        sheet[address].number_format = code
    book.save(tmp_path / "r.xlsx")
    roster = read_roster(tmp_path / "r.xlsx", SHIPPED, QUARTER)
    assert [problem.cell for problem in roster.problems] == ["D1"]
    assert [(each.id, each.start, each.targets) for each in roster.assignments] == [
        ("7号", dt.date(2026, 11, 16), {"uv_growth": 1.0})
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.10101199001011e17, "超过15位"),
        (1e15, "超过15位"),
        ("1.10101E+17", "超过15位"),
        (dt.date(2026, 1, 2), "成了日期"),
    ],
)
def test_a_staff_number_that_was_lost_is_refused(tmp_path: Path, value: Any, said: str) -> None:
    roster = read_roster(_roster_book(tmp_path / "r.xlsx", [value, "甲", "店长", "", ""]), SHIPPED, QUARTER)
    assert roster.assignments == ()
    (problem,) = roster.problems
    assert problem.cell == "A2"
    assert said in problem.message


@pytest.mark.parametrize("written", ['="0001"', '"=""0001"""', "'0001", "0001", "\t0001", ' ="0001" '])
def test_a_csv_may_keep_digits_text_in_many_ways(tmp_path: Path, written: str) -> None:
    (tmp_path / "r.csv").write_text(f"工号,姓名,岗位\n{written},甲,店长\n", "utf-8")
    (assignment,) = read_roster(tmp_path / "r.csv", SHIPPED).assignments
    assert (assignment.id, assignment.name) == ("0001", "甲")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_may_have_any_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "r.csv").write_text("工号\t姓名\t岗位\n1\t甲\t店长\n", encoding)
    assert [assignment.name for assignment in read_roster(tmp_path / "r.csv", SHIPPED).assignments] == ["甲"]


@pytest.mark.parametrize(
    ("name", "content"), [("r.xlsx", b"x"), ("r.xls", b""), ("r.csv", b""), ("r.csv", b"\xff\xff")]
)
def test_a_file_that_is_no_roster_is_a_problem(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    roster = read_roster(tmp_path / name, SHIPPED)
    assert not roster.assignments
    (problem,) = roster.problems
    assert problem.advice


def test_a_form_is_no_roster(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(uncalculated(sheets_of_roles([role()], SHIPPED), SHIPPED, Quarter(2026, 4)))
    roster = read_roster(tmp_path / "表.xlsx", SHIPPED)
    assert [problem.message for problem in roster.problems] == ["这是考核表，不是名册"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_empty_roster_reads_back_as_its_example_and_as_nothing_without(tmp_path: Path, language: str) -> None:
    path = tmp_path / "r.xlsx"
    path.write_bytes(roster_book(SHIPPED, language))
    roster = read_roster(path, SHIPPED, QUARTER)
    assert ([assignment.id for assignment in roster.assignments], roster.problems) == (["0001"], ())
    book = load_workbook(path)
    sheet = book.worksheets[0]
    for cell in sheet[3]:
        cell.value = None
    for validation in sheet.data_validations.dataValidation:
        assert len(validation.prompt) <= 255
        assert len(validation.promptTitle) <= 32
    book.save(path)
    assert read_roster(path, SHIPPED, QUARTER) == type(roster)((), (), language)


# --- forms ------------------------------------------------------------------------------------------------------------

POSTS = (
    Assignment("1", "甲", "一部", FORM, "上级", start=dt.date(2026, 11, 16), targets={"uv_growth": 0.1}),
    Assignment("2", "乙", "一部", FORM, "上级", end=dt.date(2026, 11, 15)),
    Assignment("2", "乙", "二部", FORM, "上级", start=dt.date(2026, 11, 16)),
    Assignment("3", "甲", "一部", FORM, "上级"),
    Assignment("4", "=1+1", "一部", FORM, "上级", start=dt.date(2026, 12, 31)),
)
TITLES = ["甲 1", "乙", "乙 电商运营", "甲 3", "=1+1"]


@cache
def _filled(empty: str = "") -> bytes:
    """The forms of POSTS with a sample in the months in post; `empty`: a title whose form stays empty."""
    typed: dict[str, dict[str, Value]] = {}
    sheets = sheets_of_assignments(POSTS, SHIPPED)
    for sheet in sheets:
        assert sheet.assignment is not None
        inside = sheet.assignment.months(QUARTER)
        months = [month in inside for month in ("m1", "m2", "m3")]
        measures = {
            id: [value if len(values) == 1 or asked else None for value, asked in zip(values, months, strict=False)]
            for id, values in sample_measures().items()
        }
        measures["sales"] = [v and float(v) * (0.6 if sheet.title == "乙" else 1) for v in measures["sales"]]  # type: ignore[arg-type]
        typed[sheet.title] = typed_cells(sheet.role, measures if sheet.title != empty else {})
    return fill(uncalculated(sheets, SHIPPED, QUARTER), typed)


def _summary(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name("汇总").to_python(skip_empty_area=False)


def _checked(path: Path) -> None:
    filled = read(path, SHIPPED)
    assert not filled.problems
    assert [form.sheet for form in filled.forms] == TITLES
    for form in filled.forms:
        assert form.appraisal.complete
        assert not differences(Shown(path, form.sheet), form.appraisal)
    finals = [float(form.appraisal.final) for form in filled.forms]  # type: ignore[arg-type]
    together = round_half_up((finals[1] * 46 + finals[2] * 46) / 92)
    assert finals[1] != finals[2]
    rows = _summary(path)
    assert [(row[2], row[5]) for row in rows[4:8]] == [
        ("甲 1", finals[0]),
        ("乙", together),
        ("甲 3", finals[3]),
        ("=1+1", finals[4]),
    ]
    everyone = [finals[0], together, finals[3], finals[4]]
    assert [row[7] for row in rows[4:8]] == [1 + sum(other > mine for other in everyone) for mine in everyone]
    assert [(row[1], row[5], row[6]) for row in rows[11:13]] == [
        (46, form.appraisal.final, form.appraisal.grade) for form in filled.forms[1:3]
    ]
    assert rows[5][4] == "电商运营 → 电商运营"
    assert rows[5][6] in {grade.name for grade in SHIPPED.company().grades}
    assert sorted(row[12] for row in rows[4:8]) == ["=1+1", "乙", "甲 1", "甲 3"]
    for title, rank in (("乙", rows[5][7]), ("乙 电商运营", rows[5][7])):
        assert Shown(path, title)("final", "rank") == f"排名 {rank:g}/4"


def test_parts_of_a_quarter_score_alike_in_all_engines(tmp_path: Path) -> None:
    content = _filled()
    python, twins = tmp_path / "python.xlsx", tmp_path / "twins.xlsx"
    python.write_bytes(recalculate(content))
    twins.write_bytes(patch(content, evaluate(content, functions=False)))
    _checked(python)
    _checked(twins)
    libreoffice.require()
    (result,) = libreoffice.recalculate([python], tmp_path / "libreoffice")
    _checked(result)


def test_the_chart_names_people_where_a_roster_does() -> None:
    book = load_workbook(io.BytesIO(_filled()))
    (chart,) = book["汇总"]._charts
    assert chart.series[0].cat.numRef.f == "'汇总'!$M$5:$M$8"


def test_a_crossed_red_line_of_one_post_holds_the_grade_of_both(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    sales = {layout().address("m:sales", m): v for m, v in zip(("m1", "m2"), sample_measures()["sales"], strict=False)}
    severe = {layout().address("m:severe_violations", "m3"): 1.0}
    path.write_bytes(recalculate(fill(_filled(), {"乙": sales, "乙 电商运营": severe})))
    person = _summary(path)[5]
    assert person[5] >= 85
    assert person[6] == SHIPPED.company().red_line_grade


def test_two_posts_have_no_result_while_one_has_none(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(recalculate(_filled("乙")))
    rows = _summary(path)
    assert (rows[5][5], rows[5][6], rows[5][7]) == ("", "", "")
    assert rows[12][5] != ""
    assert rows[4][7] != ""


def test_months_outside_the_post_are_not_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(recalculate(_filled("甲 1")))
    sheet = load_workbook(path)["甲 1"]
    cells = [sheet[layout().address("m:sales", month)] for month in ("m1", "m2", "m3")]
    assert [cell.protection.locked for cell in cells] == [True, False, False]
    assert [cell.value for cell in cells] == [None, None, None]
    assert cells[0].fill.fgColor.rgb != cells[1].fill.fgColor.rgb
    shown = Shown(path, "甲 1")
    assert shown("m:sales", "weighted") == "待填2格"
    assert shown("person", "period") == "2026-11-16 至 2026-12-31（46天）"
    monthly, once = len(layout().monthly), sum(not measure.optional for measure in layout().quarterly)
    assert shown("grade", "filled") == f"已填 0/{2 * monthly + once}"
    assert (shown("i:uv_growth", "target"), Shown(path, "甲 3")("i:uv_growth", "target")) == (0.1, 0.2)
    assert not sheet[layout().address("i:uv_growth", "target")].protection.locked


# --- files ------------------------------------------------------------------------------------------------------------


def _grouped(by: str, *assignments: Assignment) -> dict[str, list[str]]:
    return {
        name: [assignment.id for assignment in members]
        for name, members in grouped(assignments, QUARTER, by, "zh-Hans").items()
    }


def test_files_are_named_after_their_group() -> None:
    assert _grouped("superior", *POSTS, Assignment("5", "戊", superior="a/b"), Assignment("6", "己")) == {
        "2026Q4-上级.xlsx": ["1", "2", "2", "3", "4"],
        "2026Q4-a b.xlsx": ["5"],
        "2026Q4-己.xlsx": ["6"],
    }
    assert list(_grouped("department", *POSTS)) == ["2026Q4-一部.xlsx", "2026Q4-二部.xlsx"]
    assert _grouped("none", *POSTS) == {"2026Q4-考核表.xlsx": ["1", "2", "2", "3", "4"]}
    assert _grouped("person", *POSTS) == {
        "2026Q4-甲 1.xlsx": ["1"],
        "2026Q4-乙.xlsx": ["2", "2"],
        "2026Q4-甲 3.xlsx": ["3"],
        "2026Q4-=1+1.xlsx": ["4"],
    }


def test_two_hundred_people_of_one_superior_have_sheets_of_their_own() -> None:
    assignments = [Assignment(str(n), "甲" * 40, role=FORM, superior="上级") for n in range(200)]
    titles = [sheet.title for sheet in sheets_of_assignments(assignments, SHIPPED)]
    assert len(set(titles)) == 200
    assert titles[7] == "甲" * 28 + "… 7"
    assert len(_grouped("superior", *assignments)) == 1


def _new(folder: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["new", "2026Q4", *arguments, "-o", str(folder)])
    return result.exit_code, result.output


def test_new_writes_the_rows_that_are_right_and_ends_with_1_for_the_others(tmp_path: Path) -> None:
    roster = tmp_path / "r.csv"
    roster.write_text("工号,姓名,岗位,直接上级,备注\n1,a/b,店长,上级,\n2,乙,没有,上级,\n3,=丙,店长,,\n", "utf-8")
    code, said = _new(tmp_path / "out", "--roster", str(roster), "--by", "person", "--lang", "en")
    assert code == 1
    assert "r.csv C3" in said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["2026Q4-=丙.xlsx", "2026Q4-a b.xlsx"]
    book = load_workbook(tmp_path / "out" / "2026Q4-a b.xlsx")
    assert book.sheetnames[:2] == ["a b", words("en")("summary")]
    assert not any("丙" in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    code, said = _new(tmp_path / "out", "--roster", str(roster), "--by", "person")
    assert code == 2
    assert "已存在" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--roster", "r.csv", "--role", "x"], "不能一起用"),
        (["--by", "none"], "--by 要和 --roster 一起用"),
        (["--roster", "r.csv"], "没有这个文件"),
    ],
)
def test_new_says_how_it_is_called(tmp_path: Path, arguments: list[str], said: str) -> None:
    code, output = _new(tmp_path / "out", *arguments)
    assert code == 2
    assert said in output
    code, output = _new(tmp_path / "out.xlsx", "--roster", "r.csv")
    assert (code, "须为文件夹" in output) == (2, True)
