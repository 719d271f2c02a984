"""Reads days, weeks, months and quarters as tables write them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from xlkpi.common.quarter import Quarter
from xlkpi.fill.words import table_words
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES

DAY, WEEK, MONTH, QUARTER = "day", "week", "month", "quarter"


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included. kind: `DAY`, `WEEK` (any run of days), `MONTH` or `QUARTER`."""

    first: dt.date
    last: dt.date
    kind: str

    def within(self, quarter: Quarter) -> bool:
        return quarter.first_day <= self.first and self.last <= quarter.last_day

    def meets(self, quarter: Quarter) -> bool:
        """Whether it shares a day with a quarter."""
        return self.first <= quarter.last_day and quarter.first_day <= self.last


def day_of(day: dt.date) -> Period:
    """A day."""
    return Period(day, day, DAY)


def month_of(year: int, month: int) -> Period:
    """A month. Raises ValueError for a month that there is not."""
    first = dt.date(year, month, 1)
    return Period(first, first.replace(day=monthrange(year, month)[1]), MONTH)


def _quarter(quarter: Quarter) -> Period:
    return Period(quarter.first_day, quarter.last_day, QUARTER)


_DAY = re.compile(
    r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?|(?P<m2>\d{2})(?P<d2>\d{2}))"
    r"(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?:\(?(?:星期|周)[一二三四五六日天]\)?)?"
)
_DAY_OF_YEAR = re.compile(r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]")
_MONTH = re.compile(r"(?P<y>\d{4})(?:[-/.年](?P<m>\d{1,2})月?|(?P<m2>\d{2}))(?:份)?")
_MONTH_ALONE = re.compile(r"(?P<m>\d{1,2})月(?:份)?")
_QUARTER = re.compile(r"(?:(?P<y>\d{4})年?[-/]?)?(?:Q(?P<q>[1-4])|第?(?P<n>[1-4一二三四])季度?)", re.IGNORECASE)
_WEEK = re.compile(r"(?P<y>\d{4})年?[-/]?(?:W(?P<w>\d{1,2})|第(?P<n>\d{1,2})周)", re.IGNORECASE)
_RANGE = re.compile(r"(?P<first>\d[^~至到]*?\d日?)(?:~|至|到|--| - |-(?=\d{4}))(?P<last>\d.*)")
_SPACES = re.compile(r"(?<=\d)\s+(?=[年月日])|(?<=[年月])\s+")
_IN_HEADER = r"(?P<month>(?:\d{4}[-/.年])?\d{1,2}月(?:份)?)"
_MONTH_FIRST = re.compile(_IN_HEADER + r"[-_的 ]*(?P<rest>\D.*)")
_MONTH_LAST = re.compile(r"(?P<rest>.*?\D)[-_( ]*" + _IN_HEADER + r"\)?")
_SERIAL = re.compile(r"[34]\d{4}|5[0-5]\d{3}")
"""Excel's number of a day, from 1982 to 2052."""


def period_written(cell: object, quarter: Quarter, *, shows_day: bool = True, month: bool = False) -> Period | None:
    """The period that a cell names; None for anything else.

    quarter: gives the year of a month or day without one. shows_day: whether the format of a date shows its day.
    month: the column has months, so that a date stands for its month, and 10 for October.
    """
    found = _written(cell, quarter, month=month)
    if found is not None and found.kind == DAY and (month or not shows_day):
        return month_of(found.first.year, found.first.month)
    return found


def _written(cell: object, quarter: Quarter, *, month: bool) -> Period | None:
    if isinstance(cell, dt.datetime):
        return day_of(cell.date())
    if isinstance(cell, dt.date):
        return day_of(cell)
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    try:
        return _of_text(text, quarter, month=month)
    except ValueError:  # 2026-13, 2026-02-30
        return None


def _of_text(text: str, quarter: Quarter, *, month: bool) -> Period | None:
    text = _SPACES.sub("", text)
    if month and re.fullmatch(r"1[0-2]|0?[1-9]", text):
        return month_of(quarter.year, int(text))
    if text.casefold() in _month_names():
        return month_of(quarter.year, _month_names()[text.casefold()])
    if match := _DAY.fullmatch(text):
        return day_of(dt.date(int(match["y"]), int(match["m"] or match["m2"]), int(match["d"] or match["d2"])))
    if match := _DAY_OF_YEAR.fullmatch(text):
        return day_of(dt.date(quarter.year, int(match["m"]), int(match["d"])))
    if match := _MONTH.fullmatch(text):
        return month_of(int(match["y"]), int(match["m"] or match["m2"]))
    if match := _MONTH_ALONE.fullmatch(text):
        return month_of(quarter.year, int(match["m"]))
    if match := _QUARTER.fullmatch(text):
        number = match["q"] or match["n"]
        chinese = {word: str(place) for place, word in enumerate(table_words()["words"]["quarters"], start=1)}
        return _quarter(Quarter(int(match["y"] or quarter.year), int(chinese.get(number, number))))
    if match := _WEEK.fullmatch(text):
        monday = dt.date.fromisocalendar(int(match["y"]), int(match["w"] or match["n"]), 1)
        return Period(monday, monday + dt.timedelta(days=6), WEEK)
    if _SERIAL.fullmatch(text):
        return day_of(dt.date(1899, 12, 30) + dt.timedelta(days=int(text)))
    return _range(text, quarter)


def _range(text: str, quarter: Quarter) -> Period | None:
    match = _RANGE.fullmatch(text)
    ends = [_of_text(match[name].strip(), quarter, month=False) for name in ("first", "last")] if match else []
    if len(ends) == 2 and all(end is not None and end.kind == DAY for end in ends):
        first, last = (end.first for end in ends if end is not None)
        if first <= last:
            return Period(first, last, WEEK)
    return None


@cache
def _month_names() -> Mapping[str, int]:
    """Names of months in small letters: October, Oct, 十月."""
    names = {name: number for number, name in enumerate(table_words()["words"]["months"], start=1)}
    for language in LANGUAGES:
        named = enumerate(words(language)("months").split(), start=1)
        names |= {name.casefold(): number for number, name in named if not name.isdecimal()}
    full = "january february march april may june july august september october november december".split()
    return names | {name: number for number, name in enumerate(full, start=1)}


def month_in_header(header: str, quarter: Quarter) -> tuple[Period | None, str]:
    """The month or quarter that a header names, and what else it says: 10月销售额 → October, 销售额."""
    text = unicodedata.normalize("NFKC", header).strip()
    if (whole := period_written(text, quarter)) is not None and whole.kind in (MONTH, QUARTER):
        return whole, ""
    found = _MONTH_FIRST.fullmatch(text) or _MONTH_LAST.fullmatch(text)
    if found:
        return period_written(found["month"], quarter), found["rest"].strip("-_( ")
    return None, header.strip()
