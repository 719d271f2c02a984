"""People: whose forms belong together, and what they come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.forms import appraised, sample_measures
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import Person, mean_by_days, people, red_line
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.numbers import Value

QUARTER = Quarter(2026, 4)
FIRST_PART, SECOND_PART = (None, dt.date(2026, 10, 31)), (dt.date(2026, 11, 1), None)


def form(
    id: str,
    name: str = "",
    *,
    final: Value = 80.0,
    total: Value = 80.0,
    typed: bool = False,
    dates: tuple[dt.date | None, dt.date | None] = (None, None),
    department: str = "",
    crossed: bool = False,
    scale: str = "A≥85；B≥60；C",
) -> FilledForm:
    """A form with a result of its own, by the roster or typed."""
    person = {"employee_id": id, "name": name, "department": department} if typed else {}
    measures = sample_measures() | ({"severe_violations": [1, 0, 0]} if crossed else {})
    appraisal = appraised(measures, person=person, grade_scale=scale)
    appraisal = replace(appraisal, final=final, total=total, grade="own grade")
    assignment = None if typed else Assignment(id, name, department, "ecommerce-operations", "", "", *dates)
    return FilledForm("表", appraisal, assignment)


@pytest.mark.parametrize(
    ("finals", "days", "together"),
    [
        ([80.0], [92], 80.0),
        ([80.0], [0], 80.0),
        ([None], [92], None),
        (["#KPI 销售额"], [92], "#KPI 销售额"),
        ([80.0, 90.0], [46, 46], 85.0),
        ([80.0, 90.0], [31, 61], 86.63),  # (80×31 + 90×61) ÷ 92 = 86.6304…
        ([80.0, 80.01], [1, 1], 80.01),  # a half is rounded up
        ([70.0, 80.0, 90.0], [1, 1, 2], 82.5),
        ([80.0, None], [46, 46], None),
        ([80.0, ""], [46, 46], None),
        ([80.0, "#KPI 销售额"], [46, 46], "#KPI 销售额"),
        ([None, "#KPI 销售额"], [46, 46], None),
        ([80.0, 90.0], [0, 92], 90.0),
        ([80.0, 90.0], [0, 0], None),
    ],
)
def test_results_are_weighed_by_days_in_post(finals: Sequence[Value], days: Sequence[int], together: Value) -> None:
    assert mean_by_days(finals, days) == together


def test_one_form_is_taken_as_it_is() -> None:
    (person,) = people([form("001", "甲", department="一部")], QUARTER)
    assert (person.id, person.name, person.department) == ("001", "甲", "一部")
    assert (person.final, person.grade, person.days, person.complete) == (80.0, "own grade", (92,), True)


def test_two_posts_are_one_person_in_the_order_of_the_dates() -> None:
    later = form("001", "甲", final=90.0, total=88.0, dates=SECOND_PART, department="二部")
    earlier = form("001", "甲", final=80.0, total=80.0, dates=FIRST_PART, department="一部")
    (person,) = people([later, earlier], QUARTER)
    assert person.forms == (earlier, later)
    assert (person.days, person.department) == ((31, 61), "二部")
    assert (person.total, person.final, person.grade) == (85.3, 86.63, "A")


def test_a_person_with_an_empty_form_has_no_result() -> None:
    forms = [form("001", dates=FIRST_PART), form("001", dates=SECOND_PART, final=None, total=None)]
    (person,) = people(forms, QUARTER)
    assert (person.final, person.grade, person.complete) == (None, None, False)


def test_a_red_line_in_one_post_keeps_the_grade_down() -> None:
    clean, crossed = (
        form("001", final=95.0, dates=d, crossed=c) for d, c in ((FIRST_PART, False), (SECOND_PART, True))
    )
    assert (red_line(clean.appraisal), red_line(crossed.appraisal)) == (False, True)
    assert crossed.appraisal.inputs.red_line_total == 84.99
    (person,) = people([clean, crossed], QUARTER)
    assert (person.final, person.grade) == (95.0, "B")


def test_grades_without_a_scale_on_the_form_and_with_a_broken_one() -> None:
    def grade(scale: str) -> str | None:
        forms = [form("001", final=80.0, dates=dates, scale=scale) for dates in (FIRST_PART, SECOND_PART)]
        (person,) = people(forms, QUARTER, "好≥80；差")
        return person.grade

    assert grade("") == "好"
    assert str(grade("好；差≥80")).startswith("#KPI ")


def _names(found: Sequence[Person]) -> list[tuple[str, str, int]]:
    return [(person.id, person.name, len(person.forms)) for person in found]


@pytest.mark.parametrize(
    ("forms", "found"),
    [
        ([form("1", "甲"), form("2", "甲")], [("1", "甲", 1), ("2", "甲", 1)]),  # two people of one name
        ([form("1", "甲", typed=True), form("1", " 甲 ", typed=True)], [("1", "甲", 2)]),
        ([form("1", "甲", typed=True), form("1", "乙", typed=True)], [("1", "甲", 1), ("1", "乙", 1)]),
        ([form("1", "甲"), form("1", "甲", typed=True)], [("1", "甲", 2)]),
        ([form("1", "甲", typed=True), form("1", "甲")], [("1", "甲", 2)]),
        ([form("1", "甲"), form("1", "乙", typed=True)], [("1", "甲", 1), ("1", "乙", 1)]),
        ([form("1", "甲"), form("1", "甲（新）")], [("1", "甲（新）", 2)]),  # the roster's number is the person
        ([form("", "甲", typed=True), form("", "甲", typed=True)], [("", "甲", 2)]),
        ([form("", "", typed=True), form("", "", typed=True)], [("", "", 1), ("", "", 1)]),
        ([], []),
    ],
)
def test_whose_forms_belong_together(forms: list[FilledForm], found: list[tuple[str, str, int]]) -> None:
    assert _names(people(forms, QUARTER)) == found
