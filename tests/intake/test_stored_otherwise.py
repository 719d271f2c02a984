"""What programs store otherwise than we write it: numbers for texts, texts for numbers, formulas without results."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.archives import parts_of, zipped
from tests.support.catalogues import SHIPPED
from tests.support.forms import layout, role, sample_measures
from xlkpi.appraisal.people import people
from xlkpi.check.run import Checked, check
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.problems import ADVICE, ERROR
from xlkpi.intake.workbook import FilledWorkbook, read
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill
from xlkpi.xlsx.markup import CELL, VALUE, serialized, xml

SHEET = "表1"
QUARTER = Quarter(2026, 4)
Edit = Callable[[openpyxl.Workbook], None]


@cache
def form(number: str, title: str = SHEET) -> bytes:
    """A form of a person of the roster with this staff number, filled with the sample."""
    post = Assignment(number, "张三", "运营部", role().id, "王五", "赵六", start=dt.date(2026, 9, 16))
    content = uncalculated([PlannedSheet(title, role(), post)], SHIPPED, QUARTER)
    return fill(content, {title: typed_cells(role(), sample_measures())})


def edited(content: bytes, edit: Edit) -> bytes:
    book, buffer = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    edit(book)
    book.save(buffer)
    return buffer.getvalue()


def both(content: bytes, folder: Path) -> tuple[FilledWorkbook, Checked]:
    path = folder / "表.xlsx"
    path.write_bytes(content)
    (one,) = check([path], SHIPPED)
    return read(path, SHIPPED), one


def at(row: str, column: str) -> str:
    return layout().address(row, column)


def _in_register(convert: Callable[[Any], Any]) -> Edit:
    """An edit that stores every value of the register as `convert` gives it."""

    def edit(book: openpyxl.Workbook) -> None:
        for row in book[META_SHEET].iter_rows():
            for cell in row[1:]:
                cell.value = convert(cell.value)

    return edit


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) and value.isdecimal() else value


# --- the register -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["1002", "0012", "110101199001011234"])
def test_a_staff_number_that_became_a_number_is_the_same_person(tmp_path: Path, number: str) -> None:
    filled, one = both(edited(form(number), _in_register(_number)), tmp_path)
    assert filled.forms[0].assignment is not None
    assert filled.forms[0].assignment.id == number
    assert [registered.assignment and registered.assignment.id for registered in filled.registered] == [number]
    assert {problem.kind for problem in one.problems} == {"stale", "unsigned"}
    (original,) = both(form(number), tmp_path)[0].forms
    assert len(people([original, *filled.forms], QUARTER)) == 1


def test_a_renamed_sheet_is_found_by_a_number_that_became_one(tmp_path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        _in_register(_number)(book)
        book[SHEET].title = "终稿"

    filled, _ = both(edited(form("0012"), edit), tmp_path)
    assert [(each.sheet, each.assignment and each.assignment.id) for each in filled.forms] == [("终稿", "0012")]


def test_a_title_of_digits_that_became_a_number_names_its_sheet(tmp_path: Path) -> None:
    filled, _ = both(edited(form("E1", "1002"), _in_register(_number)), tmp_path)
    assert [each.sheet for each in filled.forms] == ["1002"]


def test_a_number_on_the_form_that_lost_its_zeros_is_no_other_person(tmp_path: Path) -> None:
    content = fill(form("0012"), {SHEET: {at("person", "employee_id"): 12.0}})
    filled, one = both(content, tmp_path)
    assert filled.forms[0].assignment is not None
    assert filled.forms[0].assignment.id == "0012"
    assert "identity" not in {problem.kind for problem in one.problems}
    _, other = both(fill(form("0012"), {SHEET: {at("person", "employee_id"): 13.0}}), tmp_path)
    assert "identity" in {problem.kind for problem in other.problems}


def test_the_numbers_of_the_register_may_be_texts(tmp_path: Path) -> None:
    as_text = edited(form("1002"), _in_register(lambda value: None if value is None else str(value)))
    (before,), (after,) = both(form("1002"), tmp_path)[0].forms, both(as_text, tmp_path)[0].forms
    assert after.appraisal == before.appraisal
    assert after.appraisal.inputs.red_line_total == 84.99


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        (dt.datetime(2026, 11, 16), dt.date(2026, 11, 16)),
        (46342, dt.date(2026, 11, 16)),
        ("46342", dt.date(2026, 11, 16)),
        (None, None),
    ],
)
def test_a_day_of_the_register_may_be_stored_as_a_date(tmp_path: Path, stored: object, day: dt.date | None) -> None:
    edit = _in_register(lambda value: stored if value == "2026-09-16" else value)
    filled, _ = both(edited(form("1002"), edit), tmp_path)
    assert filled.forms[0].assignment is not None
    assert filled.forms[0].assignment.start == day


def test_a_day_of_the_register_that_is_none_is_told(tmp_path: Path) -> None:
    filled, _ = both(edited(form("1"), _in_register(lambda v: "十一月" if v == "2026-09-16" else v)), tmp_path)
    (problem,) = filled.problems
    assert not filled.forms
    assert "任职日期是“十一月”" in problem.message


# --- cells ------------------------------------------------------------------------------------------------------------

WITHOUT_RESULT = (
    ("m:sales", "m1"),
    ("m:buyers", "quarter"),
    ("i:repurchase", "target"),
    ("i:compliance#2", "target"),
    ("i:repurchase", "weight"),
    ("person", "department"),
    ("i:+1", "actual"),
    ("b:1", "score"),
)


@pytest.mark.parametrize("place", WITHOUT_RESULT, ids=" ".join)
def test_a_formula_without_a_result_is_no_empty_cell(tmp_path: Path, place: tuple[str, str]) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for column, value in (("label", "培训"), ("weight", 0.1), ("rule", "每低1扣5分"), ("target", 3), ("actual", 3)):
            book[SHEET][at("i:+1", column)] = value
        book[SHEET][at(*place)] = "=1+1"

    filled, one = both(edited(form("1"), edit), tmp_path)
    told = [problem for problem in one.problems if problem.cell == at(*place) and problem.severity == ERROR]
    assert ["有公式，但没有结果" in problem.message for problem in told] == [True]
    assert told[0] in filled.problems
    assert (filled.forms == ()) is (place[1] == "weight")


def test_a_formula_whose_result_is_no_text_is_an_empty_cell(tmp_path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[SHEET][at("m:sales", "m1")] = '=""'

    from xlkpi.calc.engine import recalculate

    _, one = both(recalculate(edited(form("1"), edit)), tmp_path)
    assert [p.kind for p in one.problems if p.cell == at("m:sales", "m1")] == ["missing"]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "Err:508"])
def test_an_error_is_no_name(tmp_path: Path, error: str) -> None:
    content = uncalculated([PlannedSheet(SHEET, role())], SHIPPED, QUARTER)

    def edit(book: openpyxl.Workbook) -> None:
        book[SHEET][at("person", "name")] = error
        book[SHEET][at("person", "newcomer")] = error

    filled, one = both(edited(content, edit), tmp_path)
    told = [problem for problem in one.problems if problem.row_id == "person" and problem.severity != ADVICE]
    assert [(problem.cell, problem.kind) for problem in told] == [
        (at("person", "name"), "error_value"),
        (at("person", "newcomer"), "error_value"),
    ]
    assert filled.forms[0].appraisal.inputs.person["name"] == ""


@pytest.mark.parametrize("typed", ['="0012"', "'0012", "0012"])
def test_a_staff_number_may_keep_its_zeros_in_many_ways(tmp_path: Path, typed: str) -> None:
    content = uncalculated([PlannedSheet(SHEET, role())], SHIPPED, QUARTER)
    filled, _ = both(fill(content, {SHEET: {at("person", "employee_id"): typed}}), tmp_path)
    assert filled.forms[0].appraisal.inputs.person["employee_id"] == "0012"


def test_a_number_is_read_as_its_format_shows_it(tmp_path: Path) -> None:
    content = uncalculated([PlannedSheet(SHEET, role())], SHIPPED, QUARTER)

    def edit(book: openpyxl.Workbook) -> None:
        cell = book[SHEET][at("person", "employee_id")]
        cell.value, cell.number_format = 12, '"E"-0000'
        month = book[SHEET][at("m:sales", "m1")]
        month.value, month.number_format = 12, "0000"

    filled, _ = both(edited(content, edit), tmp_path)
    inputs = filled.forms[0].appraisal.inputs
    assert inputs.person["employee_id"] == "E-0012"
    assert inputs.measures["sales"][0] == 12


@pytest.mark.parametrize(
    ("stored", "meant"),
    [
        ("\uff11\uff11\uff18\uff10", "1180"),
        ("\u00a01180", "1180"),
        ("1,180", "1180"),
        ("1180 元", "1180"),
        ("inf", ""),
        ("abc", ""),
    ],
)
@pytest.mark.parametrize("kind", ["n", ""])
def test_a_text_in_a_cell_of_numbers_is_told_there(tmp_path: Path, stored: str, meant: str, kind: str) -> None:
    parts = parts_of(form("1"))
    place, name = at("m:sales", "m1"), "xl/worksheets/sheet1.xml"
    root = xml(parts[name])
    (cell,) = (each for each in root.iter(CELL) if each.get("r") == place)
    for attribute in ("t",) if "t" in cell.attrib else ():
        del cell.attrib[attribute]
    if kind:
        cell.set("t", kind)
    (value,) = cell.iter(VALUE)
    value.text = stored
    filled, _ = both(zipped(parts | {name: serialized(root)}), tmp_path)
    (problem,) = filled.problems
    assert (problem.cell, problem.kind) == (place, "number")
    assert stored in problem.message
    assert f"请改填数字 {meant}" in problem.advice or not meant


def test_a_staff_number_that_lost_digits_is_told(tmp_path: Path) -> None:
    content = uncalculated([PlannedSheet(SHEET, role())], SHIPPED, QUARTER)
    for number, told in ((999_999_999_999_999.0, []), (1e15, [at("person", "employee_id")])):
        filled, _ = both(fill(content, {SHEET: {at("person", "employee_id"): number}}), tmp_path)
        assert [problem.cell for problem in filled.problems] == told
