"""The values in new workbooks: from the loaded one that others were evaluated in, as from one loaded for itself."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from formualizer import Workbook

from tests.support.catalogues import SHIPPED
from xlkpi.calc.engine import evaluated, recalculate
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import part_id, target_key
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import Preset
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import UnreadableError
from xlkpi.writer import cached_values
from xlkpi.writer.workbook import sheets_of_assignments, uncalculated, workbook
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.edit import Values
from xlkpi.xlsx.reader import WorkbookReader
from xlkpi.xlsx.usual import Parts

SUMMARY, NAME_COLUMN = words(HANS)("summary"), 3
Q4 = Quarter(2026, 4)
OTHER, ROLE = list(SHIPPED.roles(Q4))[:2]
INDICATORS = [indicator.id for indicator in SHIPPED.role(ROLE).indicators]
FIRST, LAST = target_key(INDICATORS[0]), target_key(INDICATORS[-1])
PEOPLE: tuple[tuple[str, str, Mapping[str, float]], ...] = (
    ("员工甲", ROLE, {}),
    ("员工乙", ROLE, {target_key(id): 0.37 for id in INDICATORS}),
    ("_x0041_员工", ROLE, {FIRST: 12}),
    ("员工\x01丙", ROLE, {FIRST: 12, LAST: 0}),
    ("=1+1", OTHER, {}),
    ("2026", ROLE, {}),
    (" <员工> & 甲\r", OTHER, {}),
    ("员工甲", ROLE, {target_key(id): -0.37 for id in INDICATORS}),
)
"""Names, roles and own targets; in this order, each leaves something behind that the next one has not."""


def _planned(size: int) -> list[list[PlannedSheet]]:
    posts = [
        Assignment(str(number), name, f"部门{number}", role, targets=targets)
        for number, (name, role, targets) in enumerate(PEOPLE)
    ]
    groups = [posts[start : start + size] for start in range(0, len(posts), size)]
    return [sheets_of_assignments(group, SHIPPED, quarter=Q4) for group in groups]


def _made(sheets: list[PlannedSheet]) -> Parts:
    """A workbook's parts, but for the one with the time."""
    return {name: part for name, part in unpack(workbook(sheets, SHIPPED, Q4)).items() if name != "docProps/core.xml"}


def _alone(sheets: list[PlannedSheet]) -> Parts:
    """The same, made while no workbook is loaded."""
    cached_values._values_alone.cache_clear()
    cached_values._loaded_book.cache_clear()
    return _made(sheets)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_every_workbook_is_as_if_it_were_the_only_one(size: int) -> None:
    planned = _planned(size)
    alone = [*map(_alone, planned)]
    assert [*map(_made, planned)] == alone


def test_the_values_are_those_of_the_whole_workbook_evaluated() -> None:
    for sheets in _planned(4):
        made, evaluated = workbook(sheets, SHIPPED, Q4), recalculate(uncalculated(sheets, SHIPPED, Q4))
        assert _values(made) == _values(evaluated)


def _values(content: bytes) -> dict[str, list[list[object]]]:
    book = WorkbookReader(content)
    return {title: book.rows(title) for title in book.titles}


def test_threads_of_one_worker_do_not_mix_their_people_up() -> None:
    planned = _planned(2)
    alone = [*map(_alone, planned)]
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(_made, planned * 4)] == alone * 4


def test_what_stands_in_for_a_formula_is_gone_on_the_next_form() -> None:
    (before, after), *_ = _planned(2)
    preset = {(part_id(INDICATORS[0]), "score"): Preset(77.0)}
    between = PlannedSheet(before.title, before.role, before.assignment, preset)
    alone = [_alone([before]), _alone([between]), _alone([after])]
    cached_values._values_alone.cache_clear()
    assert [_made([before]), _made([between]), _made([after])] == alone
    assert alone[0] != alone[1] != alone[2]


def test_after_a_workbook_that_the_engine_gave_up_the_next_one_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    before, _, given_up, after = _planned(2)
    alone = _alone(after)
    _alone(before)

    def give_up(book: Workbook) -> Values:
        if SUMMARY in book.sheet_names:
            book.set_value(SUMMARY, FIRST_ROW, NAME_COLUMN, "left in the middle")
            raise UnreadableError("file", "damaged")
        return evaluated(book)

    monkeypatch.setattr(cached_values, "evaluated", give_up)
    with pytest.raises(UnreadableError):
        _made(given_up)
    monkeypatch.undo()
    assert _made(after) == alone
