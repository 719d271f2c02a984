"""Returned forms with ratings: what is missing is told by who owes it, and what was tampered with at its cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import openpyxl
import pytest

from tests.support.ratings import (
    BOTH,
    FIRST,
    SECOND,
    SHEET,
    THIRD,
    THREE,
    Ratings,
    address,
    changed,
    company_with,
    layout_of,
    rated,
)
from xlkpi.calc.engine import recalculate
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check.run import check_workbook
from xlkpi.form.layout import LETTER
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Problem
from xlkpi.intake.workbook import Workbook, open_workbook

GOOD: Ratings = {FIRST: ("良好", "优秀", 90), SECOND: ("合格", "良好", 80), THIRD: ("优秀", "优秀", "无")}


@cache
def company(shares: Shares = THREE) -> Catalogue:
    return company_with(Path(mkdtemp()), shares)


@cache
def good(shares: Shares = THREE) -> bytes:
    return recalculate(rated(company(shares), GOOD))


def opened(content: bytes, shares: Shares = THREE) -> Workbook:
    return open_workbook(content, "表.xlsx", company(shares))


def told(content: bytes, shares: Shares = THREE) -> list[Problem]:
    """What `check` says, but for advice."""
    return [problem for problem in check_workbook(opened(content, shares)) if problem.severity != ADVICE]


def places(problems: list[Problem]) -> set[tuple[str, str | None, str | None, str]]:
    return {(p.kind, p.row_id, p.column_id, p.severity) for p in problems}


def total(content: bytes, shares: Shares = THREE) -> object:
    (reading,) = opened(content, shares).readings
    return None if reading.appraisal is None else reading.appraisal.total


def saved(content: bytes, change: Callable[[Any], object]) -> bytes:
    """As another program saves it after a change to the sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book[SHEET])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("shares", [THREE, BOTH, Shares()])
def test_a_good_form_is_fine(shares: Shares) -> None:
    assert told(good(shares), shares) == []
    problems = {problem.kind for problem in check_workbook(opened(good(shares), shares))}
    assert problems <= {"unsigned"}


# --- missing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "rater", "who"),
    [(FIRST, "self", "本人"), (SECOND, "lead", "直接上级"), (THIRD, "others", "其他评价人")],
)
def test_a_missing_rating_is_told_by_who_owes_it(row: str, rater: str, who: str) -> None:
    content = recalculate(changed(good(), company(), {f"s:{row} {rater}": None}))
    (problem,) = told(content)
    assert (problem.kind, problem.row_id, problem.column_id, problem.severity) == ("missing", f"s:{row}", rater, ERROR)
    assert problem.cell == address(company(), f"s:{row}", rater)
    assert who in problem.advice
    assert total(content) is None or total(content) == ""


def test_what_does_not_count_is_not_missing() -> None:
    """Neither a self-rating with share 0 nor the others where nobody else rates."""
    cells = {f"s:{row} {rater}": None for row in GOOD for rater in ("self", "others")}
    content = recalculate(changed(good(Shares()), company(Shares()), cells))
    assert told(content, Shares()) == []
    assert total(content, Shares()) == total(good(Shares()), Shares())


# --- tampered with ----------------------------------------------------------------------------------------------------

TYPED: list[tuple[str, str, object, set[tuple[str, str, str]]]] = [
    ("a self-rating that is no level", f"s:{FIRST} self", "很好", {("level", f"s:{FIRST}", "self")}),
    ("a number as self-rating", f"s:{FIRST} self", 95.0, {("level", f"s:{FIRST}", "self")}),
    ("a level that the rule lacks", f"s:{SECOND} lead", "卓越", {("level", f"s:{SECOND}", "lead")}),
    ("points of others above the scale", f"s:{FIRST} others", 100.5, {("others", f"s:{FIRST}", "others")}),
    ("negative points of others", f"s:{FIRST} others", -1.0, {("others", f"s:{FIRST}", "others")}),
    ("a level as points of others", f"s:{FIRST} others", "优秀", {("others", f"s:{FIRST}", "others")}),
    ("points of others as text", f"s:{FIRST} others", "90", {("others", f"s:{FIRST}", "others")}),
]


@pytest.mark.parametrize(("place", "value", "found"), [case[1:] for case in TYPED], ids=[case[0] for case in TYPED])
def test_what_is_no_rating_is_told_at_its_cell(place: str, value: Any, found: set[tuple[str, str, str]]) -> None:
    content = recalculate(changed(good(), company(), {place: value}))
    assert places(told(content)) == {(*one, ERROR) for one in found}
    assert str(total(content)).startswith("#KPI")


def test_a_combined_score_that_was_typed_is_told_and_does_not_count() -> None:
    """In the block and in the row of the indicator: neither is read."""
    for row in (f"s:{FIRST}", f"i:{FIRST}"):
        content = recalculate(changed(good(), company(), {f"{row} score": 100.0}))
        assert ("overwritten", row, "score", ERROR) in places(told(content))
        assert total(content) == total(good())


def test_a_word_typed_into_the_row_of_the_measure_is_told_and_does_not_count() -> None:
    """The superior's word is read where the superior chose it."""
    content = recalculate(changed(good(), company(), {f"m:rating_{FIRST} quarter": "优秀", f"s:{FIRST} lead": None}))
    assert places(told(content)) == {
        ("overwritten", f"m:rating_{FIRST}", "quarter", ERROR),
        ("missing", f"s:{FIRST}", "lead", ERROR),
    }
    assert total(content) is None
    better = recalculate(changed(good(), company(), {f"m:rating_{SECOND} quarter": "优秀"}))
    assert places(told(better)) == {("overwritten", f"m:rating_{SECOND}", "quarter", ERROR)}
    assert total(better) == total(good())


def test_a_formula_with_other_shares_is_told_and_does_not_count() -> None:
    """As somebody makes who counts the superior alone."""
    layout = layout_of(company())
    row = layout.rows[f"i:{FIRST}"]

    def heavier(sheet: Any) -> None:
        for column in ("score", "native"):
            cell = sheet[f"{LETTER[column]}{row}"]
            assert "0.3*" in cell.value
            cell.value = cell.value.replace("0.3*", "0.7*").replace("0.5*", "0.1*")

    content = recalculate(saved(good(), heavier))
    kinds = places(told(content))
    assert {("formula", f"i:{FIRST}", "score", ERROR), ("formula", f"i:{FIRST}", "native", ERROR)} <= kinds
    assert total(content) == total(good())


def test_shares_changed_in_the_header_have_no_effect() -> None:
    header = layout_of(company()).row("ratings header")

    def said(sheet: Any) -> None:
        sheet[f"J{header}"], sheet[f"K{header}"] = "自评 90%", "上级评 10%"

    content = recalculate(saved(good(), said))
    assert total(content) == total(good())
    assert not {kind for kind, *_ in places(told(content))} & {"formula", "stale"}


def _delete(row: str) -> Callable[[Any], object]:
    def delete(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.delete_rows(layout_of(company()).rows[row])

    return delete


def test_a_deleted_row_leaves_no_score() -> None:
    content = saved(good(), _delete(f"s:{SECOND}"))
    assert ("row_deleted", f"s:{SECOND}", None, ERROR) in places(told(content))
    assert total(content) is None


def test_who_deletes_the_whole_block_gets_no_other_score() -> None:
    """Without the ids of rows and columns a form looks like one without ratings; a word typed for it must not count."""

    def without(sheet: Any) -> None:
        for column in "JKL":
            sheet[f"{column}1"] = str(sheet[f"{column}1"].value).rpartition("/")[0]
        for row in GOOD:
            sheet[f"A{layout_of(company()).rows[f's:{row}']}"] = None
            sheet[address(company(), f"m:rating_{row}", "quarter")] = "优秀"

    content = saved(good(), without)
    kinds = places(told(content))
    assert {("row_deleted", f"s:{row}", None, ERROR) for row in GOOD} <= kinds
    assert {("column_deleted", None, rater, ERROR) for rater in ("self", "lead", "others")} <= kinds
    assert total(content) is None


@pytest.mark.parametrize("rater", ["self", "lead", "others"])
def test_a_changed_column_id_leaves_no_score(rater: str) -> None:
    content = saved(good(), lambda sheet: sheet.__setitem__(f"{LETTER[rater]}1", "x"))
    assert ("column_deleted", None, rater, ERROR) in places(told(content))
    assert total(content) is None


def test_exchanged_column_ids_are_told() -> None:
    """The superior's ratings would count as the person's."""

    def exchange(sheet: Any) -> None:
        ids = [str(sheet[f"{column}1"].value) for column in "JK"]
        sheet["J1"], sheet["K1"] = (ids[0].replace("self", "lead"), ids[1].replace("lead", "self"))

    content = saved(good(), exchange)
    found = [p for p in told(content) if p.kind in ("formula", "formula_many", "stale", "identity", "moved")]
    assert found, places(told(content))


@pytest.mark.parametrize("first", ["D", "B"])
def test_a_row_that_was_moved_leaves_no_score(first: str) -> None:
    """As sorting by the label leaves it: the ids stay, and the ratings would be those of another indicator."""

    def exchange(sheet: Any) -> None:
        rows = [layout_of(company()).rows[f"s:{row}"] for row in (FIRST, SECOND)]
        for column in range(ord(first), ord("Q") + 1):
            one, other = (sheet[f"{chr(column)}{row}"] for row in rows)
            if not any(isinstance(cell, openpyxl.cell.cell.MergedCell) for cell in (one, other)):
                one.value, other.value = other.value, one.value

    content = saved(good(), exchange)
    assert {("moved", f"s:{row}", "label", ERROR) for row in (FIRST, SECOND)} <= places(told(content))
    assert total(content) is None


def test_a_doubled_row_leaves_no_score() -> None:
    layout = layout_of(company())
    content = saved(good(), lambda sheet: sheet.__setitem__(f"A{layout.row('events')}", f"s:{FIRST}"))
    assert ("doubled", f"s:{FIRST}", None, ERROR) in places(told(content))
    assert total(content) is None


def test_a_rating_behind_a_formula_is_told() -> None:
    """A formula that gives a level may give another one tomorrow."""
    row = layout_of(company()).rows[f"s:{FIRST}"]
    content = recalculate(saved(good(), lambda sheet: sheet.__setitem__(f"K{row}", '=IF(TODAY()>1,"优秀","合格")')))
    found = [p for p in check_workbook(opened(content)) if (p.row_id, p.column_id) == (f"s:{FIRST}", "lead")]
    assert [p.kind for p in found] == ["typed_formula"]
    assert {p.severity for p in found} <= {WARNING, ADVICE, ERROR}


def test_a_form_made_without_ratings_is_asked_about_where_they_are_wanted(tmp_path: Path) -> None:
    """It must not count by the superior's word alone without a word."""
    from tests.support.catalogues import SHIPPED
    from tests.support.ratings import QUARTER, RATED
    from xlkpi.form.planned import PlannedSheet
    from xlkpi.writer.workbook import uncalculated

    content = uncalculated([PlannedSheet(SHEET, SHIPPED.role(RATED, QUARTER))], SHIPPED, QUARTER)
    assert ("row_deleted", f"s:{FIRST}", None, ERROR) in places(told(content))
