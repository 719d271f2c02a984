"""不计分事项 in returned forms: every kind of tampering is found at its cell, and nothing else is said."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import exceptions as made
from xlkpi.calc.engine import recalculate
from xlkpi.check.refresh import refresh
from xlkpi.check.run import check
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.layout import part_id
from xlkpi.i18n.problems import ADVICE, UNSIGNED, Problem
from xlkpi.xlsx.edit import Formula, edit

GOOD = ("开店率", "数据缺失", "拓展部换系统", "考核员丙")
APPROVED = ("销售达成率", "不适用", "借调到总部", "考核员丙")


def problems(content: bytes, folder: Path) -> list[Problem]:
    path = folder / "表.xlsx"
    path.write_bytes(content)
    (one,) = check([path], made.catalogue())
    return [problem for problem in one.problems if problem.kind != UNSIGNED]


def graver(content: bytes, folder: Path) -> set[tuple[str, str | None]]:
    """Kind and cell of everything that is more than advice."""
    return {(p.kind, p.cell) for p in problems(content, folder) if p.severity != ADVICE}


def at(line: int, field: str) -> str:
    return made.layout().address(f"x:{line}", EXCEPTION_COLUMNS[field])


def test_a_good_form_has_no_findings(tmp_path: Path) -> None:
    assert not problems(recalculate(made.form()), tmp_path)
    assert not problems(recalculate(made.form(APPROVED)), tmp_path)


def test_data_that_is_said_to_be_missing_is_not_asked_for(tmp_path: Path) -> None:
    line = ("差错", "数据缺失", "审计未完成", "考核员丙")
    empty = {"errors": []}
    assert not problems(recalculate(made.form(line, measures=empty)), tmp_path)
    assert {p.kind for p in problems(recalculate(made.form(measures=empty)), tmp_path)} == {"missing"}


def test_data_that_another_indicator_reads_is_asked_for(tmp_path: Path) -> None:
    """已开店数 is also read by 培训效率."""
    line = ("开店率", "不适用", "借调", "考核员丙")
    found = problems(recalculate(made.form(line, measures={"opened": [], "planned": []})), tmp_path)
    assert [(p.kind, p.row_id) for p in found] == [("missing", "m:planned"), ("missing", "m:opened")]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (("销售达成率", "不适用", "", "考核员丙"), "reason"),
        (("销售达成率", "不适用", "借调", ""), "approver"),
        (("销售达成率", "", "借调", "考核员丙"), "situation"),
        (("", "不适用", "借调", "考核员丙"), "indicator"),
        (("销售额", "不适用", "借调", "考核员丙"), "indicator"),
        (("销售*", "不适用", "借调", "考核员丙"), "indicator"),
        (("销售达成率", "免考", "借调", "考核员丙"), "situation"),
        (("销售达成率", "不适用", "借调", "员工甲"), "approver"),
    ],
)
def test_a_line_that_is_not_right_is_told_at_its_cell(line: made.Line, field: str, tmp_path: Path) -> None:
    assert graver(recalculate(made.form(line)), tmp_path) == {("exception", at(1, field))}


def test_one_indicator_in_two_lines(tmp_path: Path) -> None:
    found = graver(recalculate(made.form(APPROVED, APPROVED)), tmp_path)
    score = made.layout().address("i:revenue", "score")
    assert found == {("exception", at(1, "indicator")), ("exception", at(2, "indicator")), ("unscored", score)}


def test_missing_data_that_keeps_a_form_from_a_total(tmp_path: Path) -> None:
    line = ("销售达成率", "数据缺失", "系统故障", "考核员丙")
    assert graver(recalculate(made.form(line)), tmp_path) == {
        ("exception", made.layout().address("i:revenue", "score"))
    }


def test_a_score_of_the_quarter_before_is_told_where_it_counts(tmp_path: Path) -> None:
    cell = made.layout().address("i:opening", "carried")
    found = problems(recalculate(made.form(GOOD, carried={"opening": 80})), tmp_path)
    assert [(p.kind, p.cell, p.severity) for p in found] == [("carried", cell, ADVICE)]
    assert not problems(recalculate(made.form(carried={"opening": 80})), tmp_path)


@pytest.mark.parametrize("carried", [{"revenue": 100}, {"finished": 60}])
def test_a_hidden_score_that_the_program_never_wrote(carried: Mapping[str, float], tmp_path: Path) -> None:
    (id,) = carried
    cell = made.layout().address(part_id(id), "carried")
    assert graver(recalculate(made.form(APPROVED, carried=carried)), tmp_path) == {("carried", cell)}


@pytest.mark.parametrize(
    ("row", "column", "content", "kind"),
    [
        ("i:opening", "effective", 0.5, "overwritten"),
        ("i:opening", "applies", "不适用", "overwritten"),
        ("i:opening", "exception", "不适用", "overwritten"),
        ("i:opening", "score", 100.0, "overwritten"),
        ("x:1", "applies", "不适用", "overwritten"),
        ("x:1", "receipt", "已生效", "overwritten"),
        ("i:opening", "exception", Formula('"不适用"'), "formula"),
        ("i:revenue", "applies", Formula('"不适用"'), "formula"),
        ("x:2", "applies", Formula("E43"), "formula"),
    ],
)
def test_what_is_typed_over_formulas(row: str, column: str, content: Any, kind: str, tmp_path: Path) -> None:
    cell = made.layout().address(row, column)
    form = recalculate(edit(made.form(APPROVED), {"表1": {cell: content}}))
    assert (kind, cell) in graver(form, tmp_path)


def test_a_formula_in_place_of_a_name(tmp_path: Path) -> None:
    cell = at(1, "indicator")
    form = recalculate(edit(made.form(APPROVED), {"表1": {cell: Formula('"销售"&"达成率"')}}))
    assert cell in {problem.cell for problem in problems(form, tmp_path)}


@pytest.mark.parametrize("row", ["x:1", "x:2", "x:3"])
def test_a_deleted_line(row: str, tmp_path: Path) -> None:
    """Somebody deletes its id; deleting the sheet row leaves broken formulas beside."""
    cell = f"A{made.layout().rows[row]}"
    form = edit(recalculate(made.form(APPROVED)), {"表1": {cell: None}})
    assert ("row_deleted", row) in {(p.kind, p.row_id) for p in problems(form, tmp_path)}


@pytest.mark.parametrize("column", ["carried", "exception"])
def test_a_deleted_column(column: str, tmp_path: Path) -> None:
    cell = f"{made.layout().address('i:opening', column)[0]}1"
    form = edit(recalculate(made.form(APPROVED)), {"表1": {cell: None}})
    assert ("column_deleted", column) in {(p.kind, p.column_id) for p in problems(form, tmp_path)}


def test_a_stored_score_that_does_not_follow_from_the_lines(tmp_path: Path) -> None:
    """A line is typed by a program that does not calculate."""
    form = edit(recalculate(made.form()), {"表1": made.typed_lines(APPROVED)})
    assert any(kind == "stale" for kind, _ in graver(form, tmp_path))


def test_a_refresh_keeps_what_lines_say(tmp_path: Path) -> None:
    """The rule of an indicator that is not scored by it is edited, and of one that keeps its old score."""
    rule = made.layout().address("i:opening", "rule")
    content = edit(made.form(GOOD, carried={"opening": 72.345}), {"表1": {rule: "每低10个百分点扣1分"}})
    path = tmp_path / "表.xlsx"
    refreshed = refresh(content, "表.xlsx", made.catalogue())
    path.write_bytes(refreshed.content)
    assert not refreshed.problems
    found = problems(refreshed.content, tmp_path)
    assert [(p.kind, p.row_id) for p in found] == [("rule", "i:opening"), ("carried", "i:opening")]
