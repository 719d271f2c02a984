"""Quarters, and how the form says them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlkpi.common.quarter import Quarter, period_text
from xlkpi.i18n.labels import words

quarters = st.builds(Quarter, st.integers(1001, 9998), st.integers(1, 4))


@given(quarters)
def test_what_is_printed_reads_back(quarter: Quarter) -> None:
    assert Quarter.parse(str(quarter)) == quarter
    assert Quarter.parse(f" {quarter} ".lower()) == quarter


@given(quarters)
def test_quarters_follow_each_other_without_a_gap(quarter: Quarter) -> None:
    assert quarter.before.after == quarter == quarter.after.before
    assert quarter.before < quarter < quarter.after
    assert quarter.after.months[0] == quarter.months[-1] % 12 + 1


def test_the_fourth_quarter_is_followed_by_the_first_of_the_next_year() -> None:
    assert str(Quarter(2026, 4).after) == "2027Q1"
    assert str(Quarter(2026, 1).before) == "2025Q4"


def test_a_quarter_has_its_three_months() -> None:
    assert [Quarter(2026, n).months for n in (1, 2, 3, 4)] == [(1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12)]


@pytest.mark.parametrize(
    "text",
    ["", "2026", "Q4", "2026Q5", "2026Q0", "2026Q", "2026 第4季度", "26Q4", "2026Q44", "Q4 2026", "2026-Q4", "0999Q1",
     "２０２６Q4", "2026Q4x"],
)  # fmt: skip
def test_anything_else_is_told_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"季度“{text}”应写成 2026Q4 这样的形式")):
        Quarter.parse(text)


def test_spaces_and_case_do_not_matter() -> None:
    assert Quarter.parse(" 2026 q4\n") == Quarter(2026, 4)


def test_the_period_in_the_form() -> None:
    assert period_text(Quarter(2026, 4), words()) == "2026年第4季度（10–12月）"


def test_a_word_that_is_missing_is_an_error_and_no_blank() -> None:
    said = words()
    assert said("yes") == "是"
    assert said("month", month=3) == "3月"
    assert said.lines("guide_steps")[0].startswith("1. ")
    with pytest.raises(KeyError):
        said("no_such_word")
    with pytest.raises(KeyError):
        words("tlh")
