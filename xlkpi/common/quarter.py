"""The quarter (2026Q4): its months, its first and last day, the quarters before and after it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from xlkpi.i18n.labels import Labels
from xlkpi.i18n.message_files import FAULTS, MessageError


@dataclass(frozen=True, order=True)
class Quarter:
    """A calendar quarter; prints as 2026Q4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Read 2026Q4 (any case). Raises `MessageError` with what to write."""
        match = re.fullmatch(r"\s*([1-9][0-9]{3})\s*[Qq]([1-4])\s*", text)
        if match is None:
            raise MessageError(FAULTS.message("quarter", text=text))
        return cls(int(match[1]), int(match[2]))

    @property
    def months(self) -> tuple[int, int, int]:
        """Its three months as numbers from 1 to 12."""
        first = 3 * self.number - 2
        return first, first + 1, first + 2

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, self.months[0], 1)

    @property
    def last_day(self) -> dt.date:
        return self.after.first_day - dt.timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has: 90 to 92."""
        return (self.last_day - self.first_day).days + 1

    @property
    def before(self) -> Quarter:
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def after(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


MONTHS = ("m1", "m2", "m3")
"""The column ids of a quarter's months."""


def month_names(quarter: Quarter, labels: Labels) -> list[str]:
    """The names of a quarter's months in the language of `labels`: 10, 11, 12, or Oct, Nov, Dec."""
    names = labels("months").split()
    return [names[month - 1] for month in quarter.months]


def period_text(quarter: Quarter, labels: Labels) -> str:
    """The quarter as a form names it: 2026年第4季度（10–12月）, Q4 2026 (Oct–Dec)."""
    first, _, last = month_names(quarter, labels)
    return labels("period", year=quarter.year, number=quarter.number, first=first, last=last)
