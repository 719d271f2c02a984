"""What was gathered from tables: for every cell of a form the numbers that go into it, and where each comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from xlkpi.catalogue.role import Measure
from xlkpi.fill.mapping.model import Column
from xlkpi.fill.targets import Form


class Entry(NamedTuple):
    """One number of a table: for which days, and where it stands.

    first, last: ordinals of days. whole: how large the number is needs no more deciding. file: number of the table;
    row: from 0.
    """

    first: int
    last: int
    value: float | str
    whole: bool
    file: int
    row: int


@dataclass
class Pile:
    """The numbers for one cell of a form from one column. kinds: of their periods. blocked: one of them is in doubt."""

    form: Form
    measure: Measure
    cell: str
    column: Column
    kinds: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    blocked: bool = False


HIGHEST_FRACTION, NEARLY_NONE = 1.5, 0.01
"""A number above is per cent; one up to the second is too small to tell."""
_FAR, _AMIDST = 20, 1.5
"""How many times smaller than all others is far from them, and how many times more or less is still amidst them."""


@dataclass
class RateRange:
    """The plain numbers of one measure of rates in a column, of which nobody said whether 12 or 0.12 is 12%."""

    measure: Measure
    low: float
    high: float
    place: tuple[int, int, int]
    """Number of the table, row and column of the header."""
    said: bool = False
    """Whether the header says that all are per cent."""
    large: list[float] = field(default_factory=list)
    """The least and the greatest of the numbers that can only be per cent."""
    small: dict[tuple[int, int, int], float] = field(default_factory=dict)
    """The numbers that can be fractions as well as per cent, by number of the table, row and column."""

    def add(self, number: float, cell: tuple[int, int, int]) -> None:
        """Take a number of a cell in (number of the table, row, column)."""
        self.low, self.high = min(self.low, number), max(self.high, number)
        if abs(number) > HIGHEST_FRACTION:
            self.large = [min(number, *self.large, number), max(number, *self.large, number)]
        elif abs(number) > NEARLY_NONE:
            self.small[cell] = number

    @property
    def doubtful(self) -> list[tuple[int, int, int]]:
        """The cells that may be fractions among numbers in per cent, or the other way round: 0.989 below 98.9.

        Where the header says per cent, only those that as per cent would be far from all others, and as fractions
        amidst them.
        """
        if not self.large:
            return []
        if not self.said:
            return list(self.small)
        least, greatest = self.large
        return [
            cell
            for cell, number in self.small.items()
            if number < least / _FAR and least / _AMIDST <= number * 100 <= greatest * _AMIDST
        ]


PileKey = tuple[int, str, str, str]
"""Of a pile: the number of the form, measure, cell and header."""


@dataclass
class Source:
    """Tables of one kind, which count as one: the same columns, such as an export for each week.

    first, last: of all days in them. rates: by header and label. seen: rows by what says whose and when they are.
    """

    piles: dict[PileKey, Pile] = field(default_factory=dict)
    first: int = dt.date.max.toordinal()
    last: int = 0
    rates: dict[tuple[str, str], RateRange] = field(default_factory=dict)
    seen: dict[int, tuple[int, int]] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    """The numbers of the forms of people with a row that cannot be read."""

    def cover(self, first: int, last: int) -> None:
        """Note the days of a row."""
        self.first, self.last = min(self.first, first), max(self.last, last)
