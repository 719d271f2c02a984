"""A form in every valid spelling of the file format is one form: scored, checked, marked, refreshed, calculated."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest

from tests.support.archives import parts_of, zipped
from tests.support.catalogues import SHIPPED
from tests.support.forms import layout, role, rule_cell, sample_measures
from tests.support.spellings import SPELLINGS
from xlkpi.calc.engine import recalculate
from xlkpi.check.refresh import refresh
from xlkpi.check.run import Checked, check
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.problems import ADVICE
from xlkpi.intake.workbook import read
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.annotate import mark, marks_of
from xlkpi.xlsx.archive import coordinates, unpack
from xlkpi.xlsx.edit import edit, fill
from xlkpi.xlsx.function_names import called_functions
from xlkpi.xlsx.markup import FORMULA, MAIN, serialized, xml
from xlkpi.xlsx.reader import WorkbookReader

SHEET = "表1"
spelling = pytest.mark.parametrize("spelling", SPELLINGS)


@cache
def form() -> bytes:
    post = Assignment("1002", "张三", "运营部", role().id, "王五")
    content = uncalculated([PlannedSheet(SHEET, role(), post)], SHIPPED, Quarter(2026, 4))
    return recalculate(fill(content, {SHEET: typed_cells(role(), sample_measures())}))


def spelt(name: str, content: bytes) -> bytes:
    before = parts_of(content)
    after = SPELLINGS[name](before)
    assert after != before
    return zipped(after)


def checked(content: bytes, folder: Path) -> Checked:
    path = folder / "表.xlsx"
    path.write_bytes(content)
    (one,) = check([path], SHIPPED)
    return one


def cell(row: str, column: str) -> str:
    return layout().address(row, column)


@spelling
def test_a_form_reads_and_checks_the_same(tmp_path: Path, spelling: str) -> None:
    one = checked(spelt(spelling, form()), tmp_path)
    assert {problem.kind for problem in one.problems} == {"unsigned"}
    filled = read(tmp_path / "表.xlsx", SHIPPED)
    assert [(each.sheet, each.appraisal.total) for each in filled.forms] == [(SHEET, 93.85)]
    assert WorkbookReader(spelt(spelling, form())).stored(SHEET).formulas


@spelling
def test_what_is_stale_or_wrong_is_found(tmp_path: Path, spelling: str) -> None:
    wrong = {cell("m:sales", "m1"): 1.0, cell("m:uv", "m2"): "一百"}
    one = checked(spelt(spelling, fill(form(), {SHEET: wrong})), tmp_path)
    assert {"stale", "number"} <= {problem.kind for problem in one.problems}


@spelling
def test_an_error_in_a_cell_is_found(tmp_path: Path, spelling: str) -> None:
    book, saved = openpyxl.load_workbook(io.BytesIO(form())), io.BytesIO()
    book[SHEET][cell("m:sales", "m1")] = "#DIV/0!"
    book.save(saved)
    one = checked(spelt(spelling, recalculate(saved.getvalue())), tmp_path)
    assert [p.cell for p in one.problems if p.kind == "error_value"] == [cell("m:sales", "m1")]


def _opened(content: bytes) -> openpyxl.Workbook:
    """The workbook, opened by a strict reader; what stands in it is in the usual namespaces."""
    assert not [name for name, data in parts_of(content).items() if b"purl.oclc.org" in data or "\\" in name]
    return openpyxl.load_workbook(io.BytesIO(content))


CANNOT_OPEN = ("a sheet w", "a sheet that is not there", "a sheet of macros", "no styles", "styles without lists")
"""Beginnings of the spellings that openpyxl does not open, whoever wrote them."""


def _found(content: bytes, name: str, address: str) -> object:
    if name.startswith(CANNOT_OPEN):
        rows = WorkbookReader(content).rows(SHEET)
        return rows[int(address[1:]) - 1][ord(address[0]) - ord("A")]
    return _opened(content)[SHEET][address].value


@spelling
def test_a_recalculated_form_holds_its_new_results(tmp_path: Path, spelling: str) -> None:
    content = recalculate(spelt(spelling, fill(form(), {SHEET: {cell("m:sales", "m1"): 1.0}})))
    assert "stale" not in {problem.kind for problem in checked(content, tmp_path).problems}
    assert _found(content, spelling, cell("m:sales", "m1")) == 1


@spelling
def test_a_refreshed_form_follows_its_sentence(tmp_path: Path, spelling: str) -> None:
    sentence = "每低3个百分点扣4分，最多扣20分"
    refreshed = refresh(spelt(spelling, edit(form(), {SHEET: {rule_cell("uv_growth"): sentence}})), "表", SHIPPED)
    assert [change.after for change in refreshed.changes] == [sentence]
    problems = checked(refreshed.content, tmp_path).problems
    assert {problem.kind for problem in problems} == {"unsigned", "rule"}
    assert _found(refreshed.content, spelling, rule_cell("uv_growth")) == sentence


@spelling
def test_a_marked_copy_has_its_marks(tmp_path: Path, spelling: str) -> None:
    content = spelt(spelling, fill(form(), {SHEET: {cell("m:uv", "m2"): None}}))
    marked = mark(content, marks_of(checked(content, tmp_path).problems))
    assert _found(marked, spelling, cell("m:sales", "m1")) == sample_measures()["sales"][0]
    comments = [data for name, data in unpack(marked).items() if name.lower().startswith("xl/comments")]
    assert f'ref="{cell("m:uv", "m2")}"'.encode() in b"".join(comments)


def _without_empty_cells(content: bytes) -> bytes:
    """As programs save a form that keep no cells but those that hold something."""
    parts = parts_of(content)
    root = xml(parts["xl/worksheets/sheet1.xml"])
    for row in root.iter(f"{{{MAIN}}}row"):
        for empty in [each for each in row if len(each) == 0]:
            row.remove(empty)
    return zipped(parts | {"xl/worksheets/sheet1.xml": serialized(root)})


def test_a_form_whose_empty_cells_were_dropped_is_checked_marked_and_refreshed(tmp_path: Path) -> None:
    spare = {"label": "直播场次", "rule": "每低1扣5分", "target": 20.0, "actual": 18.0, "weight": 0.1}
    typed = {cell("i:+1", column): value for column, value in spare.items()} | {cell("m:uv", "m2"): None}
    content = _without_empty_cells(fill(form(), {SHEET: typed}))
    problems = checked(content, tmp_path).problems
    assert [problem.cell for problem in problems if problem.kind == "missing"] == [cell("m:uv", "m2")]
    assert _opened(mark(content, marks_of(problems)))[SHEET][cell("m:uv", "m2")].comment is not None
    refreshed = refresh(content, "表", SHIPPED)
    assert [change.after for change in refreshed.changes] == ["每低1扣5分"]
    sheet = _opened(refreshed.content)[SHEET]
    assert sheet[cell("i:+1", "compiled")].value == "每低1扣5分"
    assert [each.coordinate for row in sheet.iter_rows() for each in row] == sorted(
        {each.coordinate for row in sheet.iter_rows() for each in row}, key=coordinates
    )


@pytest.mark.parametrize("column", ["weight", "newcomer", "m2", "quarter", "native", "effective", "score"])
def test_a_refresh_names_the_column_that_is_gone(column: str) -> None:
    ids = cell("m:uv", column)[0] + "1"
    refreshed = refresh(fill(form(), {SHEET: {ids: None}}), "表", SHIPPED)
    (problem,) = refreshed.problems
    assert problem.message.startswith("找不到“销售额达成率”一行的“")
    assert column not in problem.message


# --- calls of our functions -------------------------------------------------------------------------------------------


def _single(formula: str) -> str:
    """Excel's @ before a call, as it saves it."""
    call = re.search(r"\b(?:KPI_\w+|STEP_DEDUCT|WEIGHTED_TOTAL)\(", formula)
    assert call is not None
    depth, end = 0, call.end() - 1
    for end in range(call.end() - 1, len(formula)):
        depth += {"(": 1, ")": -1}.get(formula[end], 0)
        if depth == 0:
            break
    return f"{formula[: call.start()]}_xlfn.SINGLE({formula[call.start() : end + 1]}){formula[end + 1 :]}"


def _prefixed(prefix: str) -> Callable[[str], str]:
    return lambda formula: re.sub(r"\b(?=KPI_|STEP_DEDUCT|WEIGHTED_TOTAL)", prefix, formula)


def _google(formula: str) -> str:
    """How Google writes a formula that it does not know, with the value that it shows."""
    quoted = formula.replace('"', '""')
    return f'IFERROR(__xludf.DUMMYFUNCTION("{quoted}"),93.85)'


CALLS: dict[str, Callable[[str], str]] = {
    "@": _single,
    "@ before everything": lambda formula: f"_xlfn.SINGLE({formula})",
    "@ and a prefix": lambda formula: _prefixed("_xludf.")(_single(formula)),
    "_xludf.": _prefixed("_xludf."),
    "_xll.": _prefixed("_xll."),
    "_xlfn._xludf.": _prefixed("_xlfn._xludf."),
    "Google": _google,
}


def _with_calls(content: bytes, spell: Callable[[str], str]) -> bytes:
    parts = parts_of(content)
    root = xml(parts["xl/worksheets/sheet1.xml"])
    for formula in root.iter(FORMULA):
        if called_functions(formula.text or ""):
            formula.text = spell(formula.text or "")
    return zipped(parts | {"xl/worksheets/sheet1.xml": serialized(root)})


@pytest.mark.parametrize("spell", CALLS.values(), ids=CALLS)
def test_a_call_may_be_spelt_otherwise(tmp_path: Path, spell: Callable[[str], str]) -> None:
    content = _with_calls(form(), spell)
    assert content != form()
    assert {problem.kind for problem in checked(content, tmp_path).problems} == {"unsigned"}
    stale = _with_calls(fill(form(), {SHEET: {cell("m:sales", "m1"): 2_000_000.0}}), spell)
    assert "stale" in {problem.kind for problem in checked(stale, tmp_path).problems}
    assert all(problem.severity == ADVICE for problem in checked(recalculate(stale), tmp_path).problems)
    refreshed = refresh(content, "表", SHIPPED)
    assert (refreshed.changes, refreshed.problems) == ((), ())
    assert {problem.kind for problem in checked(refreshed.content, tmp_path).problems} == {"unsigned"}


@pytest.mark.parametrize("spell", CALLS.values(), ids=CALLS)
def test_another_call_is_a_changed_formula_however_it_is_spelt(tmp_path: Path, spell: Callable[[str], str]) -> None:
    def changed(formula: str) -> str:
        return spell(formula.replace("KPI_SCORE(", "KPI_SCORE(5+"))

    told = [problem.kind for problem in checked(_with_calls(form(), changed), tmp_path).problems]
    assert told.count("formula") == formula_count()


@cache
def formula_count() -> int:
    """How many changes of formulas are told for all scores of the form: as many as where nothing is spelt otherwise."""
    plain = _with_calls(form(), lambda formula: formula.replace("KPI_SCORE(", "KPI_SCORE(5+"))
    with TemporaryDirectory() as folder:
        count = [problem.kind for problem in checked(plain, Path(folder)).problems].count("formula")
    assert count
    return count


def test_a_form_of_ours_keeps_the_bytes_of_its_parts() -> None:
    assert unpack(form()) == parts_of(form())
