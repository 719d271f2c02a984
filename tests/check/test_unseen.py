"""What is typed where nobody looks is told at its cell; what honest people do is not."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.check.test_check import SHEET, checked, good_form
from tests.support.archives import parts_of
from tests.support.forms import layout
from xlkpi.calc.engine import recalculate
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Problem
from xlkpi.xlsx.archive import pack
from xlkpi.xlsx.edit import Formula, edit, patch


def _at(place: str) -> str:
    return layout().address(*place.split())


def _with_formula(place: str, formula: str, stored: object = None) -> bytes:
    """The good form with a formula in a typed cell; stored: the result in the file, None for the right one."""
    content = recalculate(edit(good_form(), {SHEET: {_at(place): Formula(formula)}}))
    if stored is None:
        return content
    return _stored(content, {_at(place): stored})


def _stored(content: bytes, values: Mapping[str, object], sheet: str = SHEET) -> bytes:
    """The workbook with other stored results of some formulas."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)

    def value(title: str, row: int, column: int) -> object:
        cell = book[title].cell(row, column)
        given = values.get(cell.coordinate) if title == sheet else None
        return given if given is not None else "" if cell.value is None else cell.value

    return patch(content, value)


def _edited(content: bytes, change: Callable[[Any], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return recalculate(buffer.getvalue())


def _told(content: bytes, folder: Path, *kinds: str) -> list[Problem]:
    return [problem for problem in checked(content, folder).problems if problem.kind in kinds]


# --- formulas ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "formula", "severity"),
    [
        ("m:buyers quarter", "16000*2", ADVICE),
        ("m:sales m2", "J10", ADVICE),
        ("m:sales m3", "SUM(J10:K10)/2", ADVICE),
        ("m:sales m3", "ROUND(AVERAGE(J10:K10),0)", ADVICE),
        ("i:repurchase target", "0.2+0.1", ADVICE),
        ("i:repurchase weight", "7%", ADVICE),
        ("b:1 score", "1+1", ADVICE),
        ("m:sales m2", "汇总!B5*3000000", WARNING),
        ("m:sales m2", "YEAR(TODAY())*1500", WARNING),
        ("m:sales m2", "IF(NOW()>1,3000000,0)", WARNING),
        ("m:sales m2", "OFFSET(J10,0,0)", WARNING),
        ("m:sales m2", "3000000+RAND()", WARNING),
        ("m:sales m2", "ROUNDUP(J10/2,0)", WARNING),
    ],
)
def test_a_formula_in_a_typed_cell_is_told_with_its_text(
    place: str, formula: str, severity: str, tmp_path: Path
) -> None:
    (problem,) = _told(_with_formula(place, formula), tmp_path, "typed_formula")
    assert (problem.cell, problem.severity) == (_at(place), severity)
    assert f"={formula}" in problem.message


@pytest.mark.parametrize(
    ("formula", "stored"),
    [
        ("1500000*2", 9e6),
        ("J10", 9e6),
        ("SUM([1]明细!$A$1:$A$9)", 3e6),
        ("SUM(明细[额])", 3e6),
        ("1/0", 3e6),
        ("甲*2", 3e6),
    ],
)
def test_a_stored_result_that_nothing_confirms_is_a_warning(formula: str, stored: float, tmp_path: Path) -> None:
    content = edit(good_form(), {SHEET: {_at("m:sales m2"): Formula(formula)}})
    (problem,) = _told(_stored(content, {_at("m:sales m2"): stored}), tmp_path, "typed_formula")
    assert (problem.cell, problem.severity) == (_at("m:sales m2"), WARNING)
    assert f"“{stored:.0f}”" in problem.message


def test_a_formula_in_a_field_of_the_person_is_told(tmp_path: Path) -> None:
    (problem,) = _told(_with_formula("person name", '"张"&"三"'), tmp_path, "typed_formula")
    assert (problem.cell, problem.severity) == (_at("person name"), ADVICE)


def test_many_formulas_are_told_once(tmp_path: Path) -> None:
    places = [f"m:{id} {month}" for id in ("sales", "uv", "pv", "orders", "buyers") for month in ("m1", "m2", "m3")]
    known = [place for place in places if place.split()[0] in layout().rows]
    rows = [row for row in layout().rows if row.startswith("m:")]
    monthly = [f"{row} {month}" for row in rows[:8] for month in ("m1", "m2", "m3")]
    edits = {_at(place): Formula("1000+1") for place in {*known, *monthly}}
    told = _told(recalculate(edit(good_form(), {SHEET: edits})), tmp_path, "typed_formula")
    assert len([problem for problem in told if problem.severity == ADVICE]) == 1


# --- number formats ---------------------------------------------------------------------------------------------------


def _formatted(place: str, code: str, value: float | None = None) -> bytes:
    def change(book: Any) -> None:
        cell = book[SHEET][_at(place)]
        cell.number_format = code
        cell.value = cell.value if value is None else value

    return _edited(good_form(), change)


@pytest.mark.parametrize(
    ("place", "code", "value", "severity"),
    [
        ("m:sales m1", '"3000000"', 9e6, WARNING),
        ("m:sales m1", "\\3\\0\\0", None, WARNING),
        ("m:sales m1", ";;;", None, WARNING),
        ("m:sales m1", '""', None, WARNING),
        ("m:sales m1", "#,##0,", None, WARNING),
        ("m:sales m1", '0"0"', None, WARNING),
        ("m:sales m1", '[>1000]"1000";0', None, WARNING),
        ("m:sales m1", "0%", None, None),  # the same number in per cent
        ("i:repurchase target", '"20%"', None, WARNING),
        ("i:repurchase target", "0", 0.3, ADVICE),
        ("i:repurchase weight", '"9%"', None, WARNING),
        ("i:+1 actual", '"5"', 8.0, WARNING),
        ("b:1 score", '"+1"', 5.0, WARNING),
        ("total score", '"99.00"', None, WARNING),
        ("i:uv_growth actual", ";;;", None, WARNING),
    ],
)
def test_a_format_that_shows_another_number_is_told(
    place: str, code: str, value: float | None, severity: str | None, tmp_path: Path
) -> None:
    told = _told(_formatted(place, code, value), tmp_path, "format")
    assert [(p.cell, p.severity) for p in told] == ([(_at(place), severity)] if severity else [])


@pytest.mark.parametrize(
    "code",
    ["General", "0", "0.00", "#,##0", "#,##0.00", "¥#,##0", '[$¥-804]#,##0.00', '#,##0"元"', "0_ ", "_ * #,##0_ ",
     "[Red]0", '0\\.0,"万"', "#,##0;[Red]-#,##0", "0.00E+00", "@", '0!.0,"万"'],
)  # fmt: skip
def test_an_honest_format_is_no_finding(code: str, tmp_path: Path) -> None:
    assert _told(_formatted("m:sales m1", code, 1_200_000.0), tmp_path, "format") == []


# --- rows, cells, sheets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "value"), [("b:1", "score", 5), ("events", "score", 5), ("events", "score", "5分")]
)
def test_points_in_a_row_of_ones_own_are_told(row: str, column: str, value: object, tmp_path: Path) -> None:
    place = layout().rows[row] + 1

    def change(book: Any) -> None:
        sheet = book[SHEET]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(place)
        sheet[f"C{place}"], sheet[f"M{place}"] = "专项奖", value

    (problem,) = _told(_edited(good_form(), change), tmp_path, "own_row")
    assert (problem.cell, problem.severity) == (f"M{place}", WARNING)
    assert "没有计入" in problem.message


def test_an_indicator_in_a_row_of_ones_own_is_told(tmp_path: Path) -> None:
    place = layout().rows["i:repurchase"] + 1

    def change(book: Any) -> None:
        sheet = book[SHEET]
        sheet.insert_rows(place)
        sheet[f"D{place}"], sheet[f"F{place}"] = "自己的指标", 0.1

    (problem,) = _told(_edited(good_form(), change), tmp_path, "own_row")
    assert problem.cell == f"F{place}"


def _doubled(content: bytes, cell: str, value: str, *, row: bool) -> bytes:
    parts = parts_of(content)
    name = "xl/worksheets/sheet1.xml"
    text = parts[name].decode()
    found = re.search(rf'<c r="{cell}".*?(?:</c>|/>)', text)
    assert found
    copy = f'<c r="{cell}"><v>{value}</v></c>'
    if row:
        end = text.index("</row>", found.end()) + len("</row>")
        number = re.sub(r"\D", "", cell)
        text = text[:end] + f'<row r="{number}">{copy}</row>' + text[end:]
    else:
        text = text[: found.end()] + copy + text[found.end() :]
    return pack({**parts, name: text.encode()})


@pytest.mark.parametrize("row", [False, True])
def test_a_cell_that_stands_in_the_file_twice_is_told(row: bool, tmp_path: Path) -> None:
    (problem,) = _told(_doubled(good_form(), _at("m:sales m1"), "9000000", row=row), tmp_path, "cell_twice")
    assert (problem.cell, problem.severity) == (_at("m:sales m1"), ERROR)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("ids", [True, False])
def test_a_hidden_form_behind_a_visible_copy_is_told(state: str, ids: bool, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        copy = book.copy_worksheet(book[SHEET])
        copy.title = "考核表"
        if not ids:
            for row in range(1, copy.max_row + 1):
                copy.cell(row, 1).value = None
        book[SHEET].sheet_state = state

    (problem,) = _told(_edited(good_form(), change), tmp_path, "hidden_form")
    assert (problem.sheet, problem.severity) == (SHEET, ERROR)
    assert "考核表" in problem.message


def test_a_hidden_form_alone_is_no_finding(tmp_path: Path) -> None:
    content = _edited(good_form(), lambda book: setattr(book[SHEET], "sheet_state", "hidden"))
    assert _told(content, tmp_path, "hidden_form") == []


# --- stored results ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("m:sales quarter", 5.0),
        ("i:uv_growth actual", 0.5),
        ("i:uv_growth achievement", 2.5),
        ("i:uv_growth receipt", "实际25%，目标20%，扣0分，得100分"),
        ("i:uv_growth weighted", 40.0),
        ("i:repurchase deducted", 1.0),
        ("i:uv_growth next", "已到顶"),
        ("total weighted", 99.0),
        ("total receipt", "很好"),
        ("events score", 5.0),
        ("m:sales weighted", "✗"),
    ],
)
def test_an_edited_result_is_told_at_its_cell_only(place: str, value: object, tmp_path: Path) -> None:
    (problem,) = _told(_stored(good_form(), {_at(place): value}), tmp_path, "stale")
    assert (problem.cell, problem.severity) == (_at(place), WARNING)


def test_what_follows_from_an_edited_result_is_not_told_as_well(tmp_path: Path) -> None:
    values = {"i:uv_growth actual": 0.5, "i:uv_growth achievement": 2.5, "i:uv_growth receipt": "实际50%"}
    told = _told(_stored(good_form(), {_at(place): value for place, value in values.items()}), tmp_path, "stale")
    assert {problem.cell for problem in told} == {_at("i:uv_growth actual"), _at("i:uv_growth receipt")}


@pytest.mark.parametrize(("cell", "value"), [("F5", 99.5), ("G5", "S 卓越"), ("C5", "李四"), ("H5", 3.0), ("O5", 99.5)])
def test_an_edited_result_of_the_summary_is_told(cell: str, value: object, tmp_path: Path) -> None:
    told = _told(_stored(good_form(), {cell: value}, "汇总"), tmp_path, "stale")
    assert (told[0].sheet, cell in {problem.cell for problem in told}) == ("汇总", True)


@pytest.mark.parametrize("sheet", ["'?'", "'汇总'", "'不在'"])
def test_a_formula_of_the_summary_that_names_another_sheet_stays_what_it_is(sheet: str, tmp_path: Path) -> None:
    def add(book: Any) -> None:
        book["汇总"]["A400"] = f"='{SHEET}'!{_at('total score')}&\"'{SHEET}'!\"&COUNT({sheet}!A1)"

    content = _edited(good_form(), add)
    assert _told(content, tmp_path, "stale") == []
    told = _told(_stored(content, {"A400": "1"}, "汇总"), tmp_path, "stale")
    assert [problem.cell for problem in told] == (["A400"] if sheet == "'汇总'" else [])


def test_a_number_changed_without_calculation_is_one_line_beside_its_scores(tmp_path: Path) -> None:
    content = edit(good_form(), {SHEET: {_at("m:sales m1"): 2_000_000.0}})
    told = _told(content, tmp_path, "stale")
    assert len([problem for problem in told if problem.sheet == SHEET and problem.column_id != "score"]) <= 2
    assert [problem for problem in told if problem.sheet == "汇总"] == []
