"""What goes into a form comes out of it: over rosters, roles and languages, and whatever people do to the sheets."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell

from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import LETTER, Layout, measure_id, part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import Value
from xlkpi.intake.workbook import FilledWorkbook, read
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)
ROLES = ("web-editor", "operations-specialist", "admin-supervisor", "warehouse-specialist")
HALF = dt.date(2026, 11, 16)

_names = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40).map(str.strip)
names = _names.filter(bool) | st.sampled_from(["=1+1", "a/b", "'", "0012", "甲" * 40])
assignments = st.builds(
    Assignment, names, names, names, st.sampled_from(ROLES), names, names, st.sampled_from([None, HALF]), st.none()
)
numbers = st.integers(0, 10**9).map(float) | st.floats(0, 1e6).map(lambda number: round(number, 4)) | st.none()
habits = st.sets(st.sampled_from(["labels renamed", "columns hidden", "sheets reordered", "rows moved"]))


def _typed(draw: st.DrawFn, assignment: Assignment, language: str) -> dict[str, list[Value]]:
    role = SHIPPED.role(assignment.role, language=language)
    months = assignment.months(QUARTER)
    typed: dict[str, list[Value]] = {}
    for measure in role.measures:
        values = st.sampled_from(role.levels[measure.id]) if measure.id in role.levels else numbers
        columns = ("m1", "m2", "m3") if measure.monthly else ("quarter",)
        typed[measure.id] = [draw(values) if column == "quarter" or column in months else None for column in columns]
    return typed


@cache
def _empty(language: str, made: tuple[tuple[object, ...], ...]) -> bytes:
    sheets = [
        PlannedSheet(f"表{n}", SHIPPED.role(str(assignment[3])), Assignment(*assignment))
        for n, assignment in enumerate(made)
    ]  # type: ignore[arg-type]
    return uncalculated(sheets, SHIPPED, QUARTER, language)


def _handled(content: bytes, what: set[str], role: str) -> bytes:
    """The workbook after somebody's handling, saved by another writer."""
    if not what:
        return content
    book = load_workbook(io.BytesIO(content))
    sheet, layout = book["表0"], Layout(SHIPPED.role(role))
    if "labels renamed" in what:
        for row in layout.rows.values():
            if row > 8 and not isinstance(cell := sheet[f"{LETTER['label']}{row}"], MergedCell):
                cell.value = "改过的名称"
    if "columns hidden" in what:
        sheet.column_dimensions[LETTER["unit"]].hidden = True
    if "sheets reordered" in what:
        book.move_sheet(book.worksheets[-2], -(len(book.worksheets) - 2))
    if "rows moved" in what:
        sheet.insert_rows(9, 2)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cells(assignment: Assignment, typed: dict[str, list[Value]]) -> dict[str, Value]:
    layout = Layout(SHIPPED.role(assignment.role))
    cells: dict[str, Value] = {}
    for measure in SHIPPED.role(assignment.role).measures:
        columns = ("m1", "m2", "m3") if measure.monthly else ("quarter",)
        for column, value in zip(columns, typed[measure.id], strict=True):
            if value is not None:
                cells[layout.address(measure_id(measure.id), column)] = value
    return cells


def _came_back(filled: FilledWorkbook, made: list[Assignment], typed: list[dict[str, list[Value]]]) -> None:
    assert [form.assignment for form in filled.forms] == made
    for form, assignment, given_values in zip(filled.forms, made, typed, strict=True):
        inputs = form.appraisal.inputs
        assert {id: list(values) for id, values in inputs.measures.items()} == given_values
        assert inputs.person["name"] == assignment.name
        assert inputs.months == assignment.months(QUARTER)
        role = SHIPPED.role(assignment.role, language=inputs.language)
        assert inputs.rules == {indicator.id: indicator.rule_text for indicator in role.indicators}
        for indicator in role.indicators:
            assert list(inputs.targets[indicator.id]) == [
                None if part.target_formula else part.target for part in indicator.parts
            ], part_id(indicator.id)


@given(st.data())
@settings(max_examples=12, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_what_is_typed_comes_back(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(LANGUAGES))
    made = data.draw(st.lists(assignments, min_size=1, max_size=2, unique_by=lambda assignment: assignment.id))
    typed = [data.draw(st.composite(_typed)(assignment, language)) for assignment in made]
    keys = tuple((p.id, p.name, p.department, p.role, p.superior, p.second_superior, p.start, p.end) for p in made)
    cells = {
        f"表{n}": _cells(assignment, values) for n, (assignment, values) in enumerate(zip(made, typed, strict=True))
    }
    path = tmp_path_factory.mktemp("property") / "form.xlsx"
    path.write_bytes(_handled(fill(_empty(language, keys), cells), data.draw(habits), made[0].role))
    _came_back(read(path, SHIPPED), made, typed)


def test_what_is_typed_comes_back_from_libreoffice(tmp_path: Path) -> None:
    made = [
        Assignment("001", "=1+1", "a/b", "web-editor", "上级", "", HALF, None),
        Assignment("0012", "甲" * 40, "部门", "operations-specialist", "'", "", None, None),
    ]
    typed: list[dict[str, list[Value]]] = []
    for assignment in made:
        role = SHIPPED.role(assignment.role)
        typed.append(
            {
                m.id: [role.levels[m.id][0]] if m.id in role.levels
                else [float(7 * n) if f"m{n}" in assignment.months(QUARTER) else None for n in (1, 2, 3)] if m.monthly
                else [12.5]
                for m in role.measures
            }
        )  # fmt: skip
    keys = tuple((p.id, p.name, p.department, p.role, p.superior, p.second_superior, p.start, p.end) for p in made)
    cells = {
        f"表{n}": _cells(assignment, values) for n, (assignment, values) in enumerate(zip(made, typed, strict=True))
    }
    path = tmp_path / "form.xlsx"
    path.write_bytes(fill(_empty("zh-Hans", keys), cells))
    (saved,) = libreoffice.recalculate([path], tmp_path / "saved")
    _came_back(read(saved, SHIPPED), made, typed)
