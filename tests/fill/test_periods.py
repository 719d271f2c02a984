"""How tables write days, weeks, months, quarters, and numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlkpi.common.quarter import Quarter
from xlkpi.fill.tables.numbers import number_in
from xlkpi.fill.tables.periods import DAY, month_in_header, period_written

QUARTER = Quarter(2026, 4)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2050, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-10", "2026-10-01", "2026-10-31"), ("202610", "2026-10-01", "2026-10-31"),
        ("10月", "2026-10-01", "2026-10-31"), ("十二月", "2026-12-01", "2026-12-31"),
        ("2026年2月份", "2026-02-01", "2026-02-28"), ("Oct", "2026-10-01", "2026-10-31"),
        ("2026/10/05-2026/10/11", "2026-10-05", "2026-10-11"), ("2026年第41周", "2026-10-05", "2026-10-11"),
        ("第四季度", "2026-10-01", "2026-12-31"), ("2026Q3", "2026-07-01", "2026-09-30"),
        ("２０２６－１０－０１", "2026-10-01", "2026-10-01"), ("2026-10-01 23:59:59", "2026-10-01", "2026-10-01"),
    ],
)  # fmt: skip
def test_periods_are_read(text: str, first: str, last: str) -> None:
    period = period_written(text, QUARTER)
    assert period is not None
    assert (str(period.first), str(period.last)) == (first, last)


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "Oct-26", "10", "10-01", "合计", "", "2026", "第5季度"])
def test_what_is_no_period_is_not_taken_for_one(text: str) -> None:
    assert period_written(text, QUARTER) is None


@given(DAYS)
def test_every_way_of_writing_a_day_gives_the_day(day: dt.date) -> None:
    serial = (day - dt.date(1899, 12, 30)).days
    written = (f"{day}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日", day, serial)
    for text in written:
        period = period_written(text, QUARTER)
        assert period is not None
        assert (period.first, period.last, period.kind) == (day, day, DAY), text


@pytest.mark.parametrize(
    ("header", "month", "rest"),
    [
        ("10月销售额", 10, "销售额"),
        ("销售额(11月)", 11, "销售额"),
        ("2026年12月 销售额", 12, "销售额"),
        ("销售额", None, "销售额"),
    ],
)
def test_months_in_headers(header: str, month: int | None, rest: str) -> None:
    period, label = month_in_header(header, QUARTER)
    assert (period and period.first.month, label) == (month, rest)


@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 4)))
def test_numbers_are_read_as_they_are_written(number: float) -> None:
    for text in (f"{number}", f"{number:,.4f}", f" {number:.4f} "):
        assert number_in(text).number == pytest.approx(number, abs=1e-4)
    percent = number_in(f"{number:.4f}%")
    assert percent.whole
    assert percent.number == pytest.approx(number / 100, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "fault"),
    [("-", "no_data"), ("N/A", "no_data"), ("#N/A", "error"), ("(1,234)", "bracketed"), ("1-3", "no_number"),
     ("三百万", "no_number"), ("12/5", "no_number"), ("约50", "no_number"), ("1 2 3", "no_number")],
)  # fmt: skip
def test_what_may_mean_two_things_is_no_number(text: str, fault: str) -> None:
    read = number_in(text)
    assert (read.number, read.fault) == (None, fault)
