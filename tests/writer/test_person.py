"""Whose form it is: written from the roster, read back, never a formula."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.forms import role
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import LETTER, PERSON_ROW
from xlkpi.form.planned import PlannedSheet
from xlkpi.intake.workbook import read
from xlkpi.writer.workbook import write_workbook

QUARTER = Quarter(2026, 4)


@pytest.mark.parametrize(
    ("start", "end", "days", "months"),
    [
        (None, None, 92, ("m1", "m2", "m3")),
        (dt.date(2026, 10, 1), dt.date(2026, 12, 31), 92, ("m1", "m2", "m3")),
        (dt.date(2026, 11, 16), None, 46, ("m2", "m3")),
        (None, dt.date(2026, 11, 15), 46, ("m1", "m2")),
        (dt.date(2026, 12, 31), None, 1, ("m3",)),
        (None, dt.date(2026, 9, 30), 0, ()),
        (dt.date(2027, 1, 1), None, 0, ()),
        (dt.date(2020, 1, 1), dt.date(2030, 1, 1), 92, ("m1", "m2", "m3")),
    ],
)
def test_a_post_counts_its_days_and_asks_for_its_months(
    start: dt.date | None, end: dt.date | None, days: int, months: tuple[str, ...]
) -> None:
    assignment = Assignment("001", "示例", start=start, end=end)
    assert (assignment.days(QUARTER), assignment.months(QUARTER)) == (days, months)


@pytest.mark.parametrize("name", ["示例员工", "=1+1", "+7", "-x", "@a", "a/b", "'", "0012", "甲" * 40])
def test_a_post_comes_back_as_it_was_written_and_never_as_a_formula(tmp_path: Path, name: str) -> None:
    assignment = Assignment(name, name, name, role().id, name, name, dt.date(2026, 11, 16), None)
    path = tmp_path / "form.xlsx"
    write_workbook(path, [PlannedSheet("表1", role(), assignment)], SHIPPED, QUARTER)
    (form,) = read(path, SHIPPED).forms
    assert form.assignment == assignment
    assert form.appraisal.inputs.person["name"] == name
    sheet = load_workbook(path)["表1"]
    assert sheet[f"{LETTER['name']}{PERSON_ROW}"].data_type == "s"
    assert sheet[f"{LETTER['name']}{PERSON_ROW}"].protection.locked
