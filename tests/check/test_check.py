"""Checking returned forms: every planted fault at its cell, no false alarm, no good value lost; the marked copy."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import tomllib
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.cell import column_index_from_string, get_column_letter

from tests.support.archives import parts_of
from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.forms import layout, role, sample_measures
from tests.support.paths import CASES
from xlkpi.appraisal.inputs import Inputs
from xlkpi.calc.engine import recalculate
from xlkpi.check.context import CheckedForm
from xlkpi.check.formulas.identity import Identities
from xlkpi.check.refresh import refresh
from xlkpi.check.run import Checked, check
from xlkpi.cli import main
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.agreement import SIGNED
from xlkpi.form.layout import LETTER
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import number_meant
from xlkpi.i18n.problems import ADVICE, WARNING, Problem, UnreadableError
from xlkpi.intake.workbook import Workbook, open_workbook, read
from xlkpi.next_quarter.plan import NothingToFollowError, following
from xlkpi.writer.workbook import sheets_of_roles, uncalculated
from xlkpi.xlsx.annotate import mark, marks_of
from xlkpi.xlsx.edit import Formula, edit, fill
from xlkpi.xlsx.function_names import called_functions

SHEET = "表1"
POST = Assignment("E001", "张三", "运营部", role().id, "王五", "赵六")
Q4 = Quarter(2026, 4)


@cache
def good_form() -> bytes:
    """One form of the sample, of a person of the roster, calculated."""
    content = uncalculated([PlannedSheet(SHEET, role(), POST)], SHIPPED, Q4)
    return recalculate(fill(content, {SHEET: typed_cells(role(), sample_measures())}))


def checked(content: bytes, folder: Path, quarter: Quarter | None = None) -> Checked:
    path = folder / "表.xlsx"
    path.write_bytes(content)
    (one,) = check([path], SHIPPED, quarter)
    return one


def graver(one: Checked) -> list[Problem]:
    return [problem for problem in one.problems if problem.severity != ADVICE]


# --- no false alarms --------------------------------------------------------------------------------------------------


@cache
def samples(language: str) -> bytes:
    """All roles, filled with their samples and calculated."""
    roles, found = list(SHIPPED.roles().values()), SHIPPED.samples(language)
    sheets = sheets_of_roles(roles, SHIPPED, language)
    typed = {
        sheet.title: typed_cells(sheet.role, sample.measures, sample.person, sample.targets)
        for sheet in sheets
        for sample in [found[sheet.role.id]]
    }
    return recalculate(fill(uncalculated(sheets, SHIPPED, Q4, language), typed))


@pytest.mark.parametrize("language", LANGUAGES)
def test_good_forms_are_fine(tmp_path: Path, language: str) -> None:
    one = checked(samples(language), tmp_path, Q4)
    assert {problem.kind for problem in one.problems} == {"unsigned"}
    assert one.fine


def test_a_good_form_that_libreoffice_saved_is_fine(tmp_path: Path) -> None:
    libreoffice.require()
    (tmp_path / "good.xlsx").write_bytes(good_form())
    (saved,) = libreoffice.recalculate([tmp_path / "good.xlsx"], tmp_path / "saved")
    formulas = open_workbook(saved.read_bytes(), "", SHIPPED).book.stored(SHEET).formulas
    assert formulas != open_workbook(good_form(), "", SHIPPED).book.stored(SHEET).formulas, (
        "it spells formulas its own way"
    )
    (one,) = check([saved], SHIPPED, Q4)
    assert graver(one) == []


INVISIBLE = ["{} ", "\u200b{}", "{}\ufeff", "\u00a0{}", "{}\r\n", "  {}", "{}_x000D_"]


@pytest.mark.parametrize("change", INVISIBLE)
@pytest.mark.parametrize("place", ["m:uv label", "i:uv_growth unit", "person name", "final definition"])
def test_a_difference_that_nobody_sees_is_no_finding(tmp_path: Path, change: str, place: str) -> None:
    text = openpyxl.load_workbook(io.BytesIO(good_form()))[SHEET][_address(place)].value
    content = fill(good_form(), {SHEET: {_address(place): change.format(text)}})
    found = [p for p in checked(content, tmp_path).problems if p.row_id == place.split()[0]]
    assert [p for p in found if p.kind in ("label", "unit", "identity", "grades")] == []


@pytest.mark.parametrize("place", ["i:uv_growth weight", "i:uv_growth target"])
def test_a_number_that_differs_is_shown_so_that_it_looks_different(tmp_path: Path, place: str) -> None:
    was = float(openpyxl.load_workbook(io.BytesIO(good_form()))[SHEET][_address(place)].value)
    for by in (1e-3, 1e-5, 1e-8):
        content = fill(good_form(), {SHEET: {_address(place): was + by}})
        (problem,) = [p for p in checked(content, tmp_path).problems if p.kind in ("weights", "target")]
        numbers = re.findall(r"\d+(?:\.\d+)?%", problem.message)
        assert len(numbers) == len(set(numbers)) == 2, problem.message


def _shifted(row: int) -> Callable[[openpyxl.Workbook], None]:
    """Rows inserted as a spreadsheet does it: what lies below moves, and every reference to it."""

    def shift(book: openpyxl.Workbook) -> None:
        sheet = book[SHEET]
        for line in sheet.iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    parts = re.split(r'("(?:[^"]|"")*")', str(cell.value))
                    parts[::2] = [re.sub(r"(\$?[A-Z]+\$?)(\d+)\b(?!\()", _moved, part) for part in parts[::2]]
                    cell.value = "".join(parts)
        sheet.insert_rows(row, 2)

    def _moved(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + 2}" if int(match[2]) >= row else match[0]

    return shift


def _harmless(book: openpyxl.Workbook) -> None:
    sheet = book[SHEET]
    for letter in "DEFGH":
        sheet.column_dimensions[letter].hidden = True
    book.move_sheet(SHEET, 2)
    book.create_sheet("我的笔记", 0)["A1"] = "随便写的"
    sheet[layout().address("m:uv", "remark")] = "双十一"
    sheet["B2"] = "考核表"
    sheet[layout().address("m:buyers", "quarter")] = "=16000*2"


@pytest.mark.parametrize("change", [_harmless, _shifted(20), _shifted(60)], ids=["harmless", "entry", "scoring"])
def test_what_does_no_harm_is_no_fault(tmp_path: Path, change: Callable[[openpyxl.Workbook], None]) -> None:
    content = recalculate(_saved(good_form(), change))
    assert [p for p in graver(checked(content, tmp_path)) if p.kind != "stale"] == []


def test_actions_that_name_their_indicator_are_fine(tmp_path: Path) -> None:
    for indicator in role().indicators[:3]:
        typed = {_address("r:1 unit"): "每周复盘", _address("r:1 score"): indicator.label}
        assert graver(checked(recalculate(fill(good_form(), {SHEET: typed})), tmp_path)) == []


def test_a_result_that_events_keep_away_is_not_stale(tmp_path: Path) -> None:
    content = recalculate(fill(good_form(), {SHEET: {layout().address("b:1", "score"): "加三分"}}))
    assert [problem.kind for problem in graver(checked(content, tmp_path))] == ["number"]
    (form,) = read(tmp_path / "表.xlsx", SHIPPED).forms
    assert (form.appraisal.total, form.appraisal.grade, form.appraisal.complete) == (93.85, None, False)


def test_a_form_whose_rows_were_sorted_is_fine(tmp_path: Path) -> None:
    """As a spreadsheet leaves it: formulas follow the rows."""
    sorted_role = replace(role(), measures=role().measures[::-1], indicators=role().indicators)
    content = uncalculated([PlannedSheet(SHEET, sorted_role, POST)], SHIPPED, Q4)
    typed = typed_cells(sorted_role, sample_measures())
    content = _registered(3, _digest())(recalculate(fill(content, {SHEET: typed})))
    one = checked(content, tmp_path)
    assert {problem.kind for problem in one.problems} <= {"unsigned", "label"}


def _digest() -> str:
    return open_workbook(good_form(), "", SHIPPED).readings[0].registered.digest


def test_a_refreshed_form_tells_of_its_rule_only(tmp_path: Path) -> None:
    cells = {
        layout().address("i:repurchase", "rule"): "每低1个百分点扣1分",
        layout().address("i:uv_growth", "unit"): "率",
    }
    cells |= {layout().address("final", "definition"): "优≥90；良"}
    refreshed = refresh(fill(good_form(), {SHEET: cells}), "表.xlsx", SHIPPED)
    found = graver(checked(refreshed.content, tmp_path))
    assert sorted((problem.kind, problem.row_id) for problem in found) == [
        ("grades", "final"),
        ("rule", "i:repurchase"),
        ("unit", "i:uv_growth"),
    ]
    assert "refresh" not in next(problem.advice for problem in found if problem.kind == "rule")


def test_a_form_with_moved_rows_has_no_score_and_says_so_everywhere(tmp_path: Path) -> None:
    content = EDITS["exchange"]("m:uv", "m:sales", "B", "Q")(good_form())
    one = checked(content, tmp_path)
    assert "不影响计分" not in "".join(problem.advice for problem in one.problems)
    filled = read(tmp_path / "表.xlsx", SHIPPED)
    assert (filled.forms, [problem.kind for problem in filled.problems]) == ((), ["moved", "moved"])
    with pytest.raises(NothingToFollowError) as nothing:
        following([tmp_path / "表.xlsx"], SHIPPED, None, "zh-Hans")
    assert [problem.kind for problem in nothing.value.problems] == ["moved", "moved"]


def _without_register(book: openpyxl.Workbook) -> None:
    _added(book, "甲五", "1005")
    del book[META_SHEET]


def test_forms_that_were_moved_into_a_workbook_of_their_own_are_told_by_name(tmp_path: Path) -> None:
    one = checked(_saved(good_form(), _without_register), tmp_path)
    (problem,) = read(tmp_path / "表.xlsx", SHIPPED).problems
    assert one.problems == (problem,)
    assert [word for word in ("张三 E001", "甲五 1005") if word not in problem.message] == []
    assert "不要删去" in problem.advice


def _emptied(book: openpyxl.Workbook) -> None:
    sheet = book.copy_worksheet(book[SHEET])
    for place in typed_cells(role(), sample_measures()):
        sheet[place] = None


def test_only_an_empty_copy_may_be_deleted(tmp_path: Path) -> None:
    stray = [p for p in checked(_saved(good_form(), _emptied), tmp_path).problems if p.kind == "copied"]
    assert ["可以删去" in problem.advice for problem in stray] == [True]
    assert [p.kind for p in read(tmp_path / "表.xlsx", SHIPPED).problems] == ["copied"]


def test_a_refresh_leaves_a_form_with_moved_rows_as_it_is() -> None:
    content = EDITS["exchange"]("i:uv_growth", "i:repurchase", "B", "Q")(good_form())
    refreshed = refresh(content, "表.xlsx", SHIPPED)
    assert ({problem.kind for problem in refreshed.problems}, refreshed.changes) == ({"moved"}, ())


def test_rules_that_were_exchanged_on_purpose_score(tmp_path: Path) -> None:
    content = EDITS["exchange"]("i:uv_growth", "i:repurchase", "H", "H")(good_form())
    assert {problem.kind for problem in graver(checked(content, tmp_path))} >= {"moved"}
    anew = refresh(content, "表.xlsx", SHIPPED).content
    assert "moved" not in {problem.kind for problem in checked(anew, tmp_path).problems}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_and_column_has_a_name_that_people_can_read(language: str) -> None:
    content = uncalculated(
        [PlannedSheet(SHEET, SHIPPED.role(role().id, language=language), POST)], SHIPPED, Q4, language
    )
    workbook = open_workbook(content, "表.xlsx", SHIPPED)
    formulas = workbook.book.stored(SHEET).formulas
    form = CheckedForm(workbook.readings[0], formulas, workbook.settings, workbook.catalogue)
    places = {*form.expected[0].formulas, *form.expected[0].constants}
    shown = {form.column_label(row, column) for row, column in places} | {form.label(row) for row, _ in places}
    shown |= {form.column_label("", column) for column in LETTER}
    assert len(shown) > 60
    assert [name for name in shown if "{" in name or not name] == []


# --- planted faults ---------------------------------------------------------------------------------------------------


def _saved(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """As another program saves it after a change."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _on_sheet(change: Callable[[Any], object]) -> Callable[[bytes], bytes]:
    return lambda content: _saved(content, lambda book: change(book[SHEET]) and None)


def _address(place: str) -> str:
    return layout().address(*place.split(" "))


def _delete_row(sheet: Any, row: str) -> None:
    for range_ in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(range_))
    sheet.delete_rows(layout().rows[row] if row else 1)


def _exchange(sheet: Any, row: str, other: str, first: str, last: str) -> None:
    """Exchange the cells of two rows, as sorting these columns does."""
    lines = [sheet[f"{first}{layout().rows[id]}:{last}{layout().rows[id]}"][0] for id in (row, other)]
    for cell, its_other in zip(*lines, strict=True):
        if not any(isinstance(one, MergedCell) for one in (cell, its_other)):
            cell.value, its_other.value = its_other.value, cell.value


def _registered(column: int, value: str) -> Callable[[bytes], bytes]:
    rows = openpyxl.load_workbook(io.BytesIO(good_form()))[META_SHEET].iter_rows(values_only=True)
    row = 1 + [row[0] for row in rows].index("sheet")
    return lambda content: fill(content, {META_SHEET: {f"{'ABCD'[column]}{row}": value}})


def _copied(book: openpyxl.Workbook) -> None:
    book.copy_worksheet(book[SHEET])


def _added(book: openpyxl.Workbook, name: str, number: str) -> None:
    sheet = book.copy_worksheet(book[SHEET])
    sheet.title, sheet[_address("person name")], sheet[_address("person employee_id")] = name, name, number


def _set_meta(book: openpyxl.Workbook, key: str, value: object) -> None:
    for row in book[META_SHEET].iter_rows():
        if row[0].value == key:
            row[1].value = value


def _rename(book: openpyxl.Workbook, title: str) -> None:
    book[SHEET].title = title


def _delete_sheet(book: openpyxl.Workbook) -> None:
    del book[SHEET]


EDITS: dict[str, Callable[..., Callable[[bytes], bytes]]] = {
    "type_error": lambda place, value: _on_sheet(lambda sheet: sheet.__setitem__(_address(place), value)),
    "delete_row": lambda row: _on_sheet(lambda sheet: _delete_row(sheet, row)),
    "delete_column": lambda id: _on_sheet(lambda sheet: sheet.delete_cols(column_index_from_string(LETTER[id]))),
    "double_row": lambda row, id: lambda content: fill(content, {SHEET: {f"A{layout().rows[row]}": id}}),
    "double_column": lambda id: lambda content: fill(content, {SHEET: {f"{LETTER['next']}1": f"next/{id}"}}),
    "exchange": lambda *cells: _on_sheet(lambda sheet: _exchange(sheet, *cells)),
    "delete_sheet": lambda: lambda content: _saved(content, _delete_sheet),
    "rename_sheet": lambda title: lambda content: _saved(content, lambda book: _rename(book, title)),
    "copy_sheet": lambda: lambda content: _saved(content, _copied),
    "add_sheet": lambda *who: lambda content: _saved(content, lambda book: _added(book, *who)),
    "set_meta": lambda key, value: lambda content: _saved(content, lambda book: _set_meta(book, key, value)),
    "set_registered": _registered,
}


def _content(value: Any) -> Any:
    if value == "":
        return None
    if isinstance(value, str) and value.startswith("="):
        return Formula(value[1:])
    return float(value) if type(value) is int else value


def typed_wrongly(fault: Mapping[str, Any]) -> dict[str, Any]:
    """What a fault sets, by address."""
    return {_address(place): _content(value) for place, value in fault["set"].items()}


def _spoiled(fault: Mapping[str, Any]) -> bytes:
    content = good_form()
    if "set" in fault:
        content = edit(content, {SHEET: typed_wrongly(fault)})
    if "edit" in fault:
        name, *arguments = fault["edit"]
        content = EDITS[name](*arguments)(content)
    return content


FAULTS = [
    fault
    for path in sorted((CASES / "faults").glob("*.toml"))
    for fault in tomllib.loads(path.read_text("utf-8"))["fault"]
]


def test_the_planted_faults_are_many() -> None:
    assert len({fault["kind"] for fault in FAULTS}) >= 25
    assert len({fault["name"] for fault in FAULTS}) == len(FAULTS)


def _places(fault: Mapping[str, Any]) -> set[tuple[str | None, str | None]]:
    """(row id, column id) of what must be reported."""
    places = fault.get("at", " ")
    split = [place.partition(" ") for place in ([places] if isinstance(places, str) else places)]
    return {(row or None, column or None) for row, _, column in split}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["name"])
def test_every_planted_fault_is_reported_at_its_cell(tmp_path: Path, fault: Mapping[str, Any]) -> None:
    """And whatever else is wrong, every cell that was not spoiled is read as it stands."""
    content = _spoiled(fault)
    found = checked(content, tmp_path, Q4).problems
    try:
        kept = [*open_workbook(content, "表.xlsx", SHIPPED).readings]
    except UnreadableError:
        kept = []
    reported = [p for p in found if (p.kind, p.severity) == (fault["kind"], fault.get("severity", "error"))]
    told = [p for p in reported if (p.row_id, p.column_id) in _places(fault)]
    assert {(p.row_id, p.column_id) for p in told} == _places(fault)
    for problem in told:
        assert [word for word in fault["words"] if word not in problem.message + problem.advice] == []
        if problem.row_id and problem.column_id:
            assert (problem.sheet, problem.cell) == (SHEET, layout().address(problem.row_id, problem.column_id))
    follows = {"stale", *fault.get("also", ())}
    assert [p for p in found if p not in told and p.severity != ADVICE and p.kind not in follows] == []
    if fault["kind"] in UNREAD and not any(row for row, _ in _places(fault)):
        assert kept == []
    else:
        _nothing_is_lost(kept[0].inputs, {*fault.get("set", {}), *fault.get("edit", ["", ""])[1:]})


UNREAD = ("sheet_gone", "identity", "role", "contract")
"""Kinds that leave nothing to read, where they are told of no row."""


def _nothing_is_lost(inputs: Inputs, spoiled: set[Any]) -> None:
    (good,) = open_workbook(good_form(), "", SHIPPED).readings
    for measure, values in good.inputs.measures.items():
        columns = ("m1", "m2", "m3") if len(values) == 3 else ("quarter",)
        for column, value, was in zip(columns, inputs.measures[measure], values, strict=True):
            if not spoiled & {f"m:{measure}", f"m:{measure} {column}", column}:
                assert value == was, (measure, column)
    for what in ("targets", "rules", "units", "weights"):
        for id, was in getattr(good.inputs, what).items():
            if not any(str(place).split(" ")[0] == f"i:{id}" for place in spoiled):
                assert getattr(inputs, what)[id] == was, (what, id)


def test_a_deleted_row_does_not_bury_everything_else(tmp_path: Path) -> None:
    """openpyxl leaves the formulas below as they are: hundreds are wrong then, and told together."""
    content = _saved(good_form(), lambda book: book[SHEET].delete_rows(layout().row("monthly")))
    found = [problem for problem in graver(checked(content, tmp_path)) if problem.kind == "formula"]
    assert len(found) == 1
    assert int(re.findall(r"起有(\d+)格公式改了", found[0].message)[0]) > 100


def test_a_form_without_results_is_told_once(tmp_path: Path) -> None:
    (found,) = graver(checked(_saved(good_form(), lambda book: None), tmp_path))
    assert (found.kind, found.cell) == ("stale", layout().address("final", "score"))
    assert "重新计算为93.85分" in found.message


# --- several files, the command ---------------------------------------------------------------------------------------


def _values(content: bytes) -> bytes:
    """The workbook as a program saves it that keeps the results of formulas only."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_form_of_results_only_is_told_once(tmp_path: Path) -> None:
    content = _values(good_form())
    (problem,) = graver(checked(content, tmp_path))
    assert (problem.kind, problem.cell, problem.severity) == ("overwritten", None, WARNING)
    wrong = _values(edit(good_form(), {SHEET: {_address("total score"): 99.5}}))
    first, second = graver(checked(wrong, tmp_path))
    assert (first.kind, second.kind, second.cell) == ("overwritten", "stale", _address("total score"))


def test_many_formulas_that_became_values_are_told_once(tmp_path: Path) -> None:
    places = [f"{column}{row}" for column in "MNORS" for row in (layout().rows[f"i:{i.id}"] for i in role().indicators)]
    places.append(_address("final rank"))
    values = openpyxl.load_workbook(io.BytesIO(good_form()), data_only=True)[SHEET]
    content = edit(good_form(), {SHEET: {place: values[place].value for place in places}})
    (problem,) = graver(checked(content, tmp_path))
    assert (problem.kind, problem.cell) == ("overwritten", _address("final rank"))
    assert f"有{len(places)}格公式" in problem.message


def test_what_the_xls_format_cannot_hold_is_told_once(tmp_path: Path) -> None:
    stored = open_workbook(good_form(), "", SHIPPED).book.stored(SHEET).formulas
    lost = [f"{get_column_letter(c + 1)}{r + 1}" for (r, c), formula in stored.items() if called_functions(formula)]
    content = recalculate(edit(good_form(), {SHEET: dict.fromkeys(lost, Formula("NA()"))}))
    (problem,) = graver(checked(content, tmp_path))
    assert problem.kind == "formula"
    assert f"有{len(lost)}格计分公式没有了" in problem.message
    assert "xlkpi refresh" in problem.advice


def _run(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["check", *map(str, arguments)])


def test_the_command_tells_of_every_file_and_ends_with_1_for_a_bad_one(tmp_path: Path) -> None:
    good, bad, none, gone = (tmp_path / f"{name}.xlsx" for name in ("good", "bad", "none", "gone"))
    good.write_bytes(good_form())
    bad.write_bytes(fill(good_form(), {SHEET: {_address("m:uv m2"): None}}))
    none.write_bytes(b"x")
    assert _run(good).exit_code == 0
    run = _run(gone, none, bad, good)
    assert run.exit_code == 1
    assert [
        word for word in ("没有这个文件", "不是能打开的", "K12", "“访客数UV”没有填") if word not in run.output
    ] == []
    found = json.loads(_run(none, bad, "--json").stdout)
    shape = "file sheet cell row_id column_id kind message advice severity".split()
    assert all(list(problem) == shape for problem in found)
    assert [p["file"] for p in found if p["severity"] == "error"] == ["none.xlsx", "bad.xlsx"]
    assert _run(good, "--quarter", "2026Q3").exit_code == 1
    for wrong in ([], [good, "--quarter", "4"], [good, bad, "--mark", tmp_path / "m.xlsx"], [good, "--mark", good]):
        assert _run(*wrong).exit_code == 2


def test_one_workbook_at_a_time_is_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[weakref.ref[Workbook]] = []
    living: list[int] = []

    def watched(*arguments: Any) -> Workbook:
        living.append(sum(one() is not None for one in opened))
        workbook = open_workbook(*arguments)
        opened.append(weakref.ref(workbook))
        return workbook

    monkeypatch.setattr("xlkpi.check.run.open_workbook", watched)
    paths = [tmp_path / f"{number}.xlsx" for number in range(4)]
    for path in paths:
        path.write_bytes(good_form())
    assert len(check(paths, SHIPPED)) == len(opened) == 4
    assert max(living) <= 1


def test_files_of_several_quarters(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.xlsx" for number in range(3)]
    for path in paths:
        path.write_bytes(good_form())
    paths[1].write_bytes(_spoiled({"edit": ["set_meta", "quarter", "2026Q3"]}))
    assert [[p.kind for p in one.problems if p.sheet is None] for one in check(paths, SHIPPED)] == [[], ["quarter"], []]


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_speak_the_language_of_the_form(tmp_path: Path, language: str) -> None:
    content = uncalculated([PlannedSheet("x", role())], SHIPPED, Q4, language)
    message = next(p.message for p in checked(content, tmp_path).problems if p.row_id == "m:uv")
    said = {"zh-Hans": "三个月都没有填", "zh-Hant": "三個月都沒有填", "en": "empty in all three months"}
    assert said[language] in message


# --- the marked copy --------------------------------------------------------------------------------------------------


def _bad_form() -> bytes:
    cells = {"m:uv m2": None, "i:repurchase weight": 0.08, "i:uv_growth label": "UV", "m:sales m1": "三百万"}
    return fill(good_form(), {SHEET: {_address(place): value for place, value in cells.items()}})


def _without_notes(book: openpyxl.Workbook) -> None:
    for line in book[SHEET].iter_rows():
        for cell in line:
            if cell.comment is not None:
                cell.comment = None


@pytest.mark.parametrize("notes", [True, False], ids=["notes", "no notes"])
def test_the_marked_copy_has_notes_and_is_otherwise_the_original(tmp_path: Path, notes: bool) -> None:
    content = _bad_form() if notes else _saved(_bad_form(), _without_notes)
    problems = checked(content, tmp_path).problems
    marked = mark(content, marks_of(problems))
    before, after = parts_of(content), parts_of(marked)
    changed = {name for name in after if before.get(name) != after[name]}
    patched = (
        r"xl/styles\.xml|xl/worksheets/(sheet1\.xml|_rels/.*)|xl/.*omments.*|xl/drawings/.*\.vml|\[Content_Types\]\.xml"
    )
    assert before.keys() <= after.keys()
    assert [name for name in changed if not re.fullmatch(patched, name)] == []
    old, new = (openpyxl.load_workbook(io.BytesIO(one))[SHEET] for one in (content, marked))
    at = {problem.cell: problem for problem in problems if problem.cell}
    for line in old.iter_rows():
        for cell in line:
            copy = new[cell.coordinate]
            assert copy.value == cell.value
            for what in ("font", "border", "number_format", "alignment", "protection"):
                assert repr(getattr(copy, what)) == repr(getattr(cell, what))
            note, was = (one.comment.text if one.comment else "" for one in (copy, cell))
            if cell.coordinate in at:
                assert copy.fill.fgColor.rgb in ("FFFFC7CE", "FFFFE699")
                assert note.startswith(was)
                assert at[cell.coordinate].message in note
            else:
                assert (repr(copy.fill), note) == (repr(cell.fill), was)
    assert new[_address("m:uv m2")].fill.fgColor.rgb == "FFFFC7CE"
    assert new[_address("i:repurchase weight")].fill.fgColor.rgb == "FFFFE699"
    assert len(new.data_validations.dataValidation) == len(old.data_validations.dataValidation)
    (read_old,), (read_new,) = (open_workbook(one, "", SHIPPED).readings for one in (content, marked))
    assert read_old.inputs == read_new.inputs


def test_the_original_is_never_touched(tmp_path: Path) -> None:
    path, out = tmp_path / "表.xlsx", tmp_path / "标注.xlsx"
    path.write_bytes(_bad_form())
    assert _run(path, "--mark", out).exit_code == 1
    assert path.read_bytes() == _bad_form()
    first = out.read_bytes()
    assert _run(path, "--mark", out).exit_code == 2
    assert out.read_bytes() == first
    assert _run(path, "--mark", out, "--overwrite").exit_code == 1


# --- small parts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("７", "元", 7), ("1,200元", "元", 1200), ("3.5万", "元", 35000), ("１２％", "%", 0.12), ("-3 次", "次", -3),
        ("12", "%", 12), ("12%", "元", None), ("约100", "元", None), ("1,20", "元", None), ("三百", "元", None),
        ("10-12", "次", None), ("", "元", None), ("￥99", "元", 99), ("2亿元", "元", 2e8),
    ],
)  # fmt: skip
def test_a_number_typed_as_text_is_recognised(text: str, unit: str, number: float | None) -> None:
    assert number_meant(text, unit) == number


def test_formulas_are_compared_by_what_they_say() -> None:
    made = Identities({0: "a", 1: "b"}, {0: "x", 1: "y"})
    moved = Identities({4: "b", 7: "a"}, {2: "x", 3: "y"})
    assert made.canonical('IF(A1:B2>0.0000001,"A1",A2)') == moved.canonical('if( $C$5:D8 > 1E-7 , "A1", C5)')
    assert (
        made.canonical("KPI_SCORE(A1)") == made.canonical("[1]!kpi_score(A1)") == made.canonical("_xll.KPI_SCORE(A1)")
    )
    assert made.canonical("'汇总'!H5") == made.canonical("Summary!$H$9")
    for one, other in (("A1", "A2"), ("A1", "B1"), ('"A1"', '"A2"'), ("A1+1", "A1+2"), ("SUM(A1:A2)", "SUM(A1:A1)")):
        assert made.canonical(one) != made.canonical(other)


def test_dates_in_the_cases_are_dates() -> None:
    assert any(isinstance(fault.get("edit", [None])[-1], dt.date) for fault in FAULTS)


# --- signatures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("superior", ["", "赵六"])
def test_nobody_signs_for_a_superior_that_there_is_not(superior: str, tmp_path: Path) -> None:
    content = uncalculated([PlannedSheet(SHEET, role(), replace(POST, second_superior=superior))], SHIPPED, Q4)
    rows = layout().rows
    signed = {
        f"{LETTER[SIGNED[who]]}{rows[row]}": f"{name} 2026-10-08"
        for who, name in (("employee", "张 三"), ("superior", "王五"))
        for row in ("c:targets", "c:result")
    }
    form = recalculate(fill(content, {SHEET: typed_cells(role(), sample_measures()) | signed}))
    one = checked(form, tmp_path, Q4)
    assert [problem.kind for problem in one.problems] == (["unsigned"] if superior else [])
