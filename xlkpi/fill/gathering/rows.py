"""The rows of a table: whose they are, when, and which cells of them hold numbers that are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from xlkpi.common.quarter import Quarter
from xlkpi.fill.mapping.headers import HeaderRow
from xlkpi.fill.mapping.model import (
    DAY,
    MEASURE,
    MONTH,
    NAME,
    NUMBER,
    POST,
    SHOP,
    UNIT,
    UNUSED,
    VALUES,
    Column,
    TableMapping,
)
from xlkpi.fill.mapping.suggest import Labels
from xlkpi.fill.people import People
from xlkpi.fill.tables import periods
from xlkpi.fill.tables.numbers import number_in
from xlkpi.fill.tables.periods import Period, period_written
from xlkpi.fill.tables.table import Cell, Table
from xlkpi.fill.targets import Form
from xlkpi.fill.words import total_words, whole_quarter
from xlkpi.roster.header import folded

_LONGEST_WORD = 12
"""Characters of a word for a row that adds others up."""


@dataclass(frozen=True)
class Wanted:
    """What tables are read for: people, their forms, and the quarter.

    labels: of the forms; company: of all roles, which a table may name as well.
    """

    forms: Sequence[Form]
    people: People
    labels: Labels
    company: Labels
    quarter: Quarter

    def period(self, cell: object, *, shows_day: bool, month: bool) -> Period | None:
        """The period that a cell names; None for anything else."""
        if isinstance(cell, str) and whole_quarter(cell):
            return Period(self.quarter.first_day, self.quarter.last_day, periods.QUARTER)
        return period_written(cell, self.quarter, shows_day=shows_day, month=month)


class Who(NamedTuple):
    """What a row says about whose it is, each as text, "" where there is no such column."""

    number: str
    name: str
    shop: str
    post: str


@dataclass(frozen=True)
class When:
    """When a row's numbers are from. period: None where the row does not say.

    foreign: of another quarter. crosses: in two months or two quarters, so that nobody can say how much is in which.
    """

    period: Period | None
    foreign: bool = False
    crosses: bool = False


@dataclass
class Rows:
    """The rows of one table. at: the column of each kind; values: columns with numbers, and the month of each.

    period_at: the column that says when; None without one.
    """

    wanted: Wanted
    table: Table
    header: HeaderRow
    mapping: TableMapping
    at: dict[str, int] = field(default_factory=dict)
    values: list[tuple[int, Column, Period | None]] = field(default_factory=list)
    _telling: list[int] = field(default_factory=list)
    _totals: dict[str, bool] = field(default_factory=dict)
    _whens: dict[tuple[object, bool], When] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {folded(column.header): column for column in self.mapping.columns}
        unused: list[int] = []
        for at, text in self.header.named:
            column = known.get(folded(text), Column(text, UNUSED))
            if column.kind in VALUES and column.question:  # its measure is one that nobody knows, which is told
                continue
            if column.kind in VALUES:
                month = self.wanted.period(column.month, shows_day=True, month=True) if column.month else None
                self.values.append((at, column, month))
            elif column.kind == UNUSED:
                unused.append(at)
            else:
                self.at.setdefault(column.kind, at)
        sample = [*self][:50]
        self._telling = [at for at in unused if not all(_is_number(self.table.cell(row, at)) for row in sample)]
        self.period_at = self.at.get(DAY, self.at.get(MONTH))

    def __iter__(self) -> Iterator[int]:
        """The numbers of the rows below the headers that are not empty."""
        first = self.header.row + 1
        rows = self.table.rows
        return (row for row in range(first, len(rows)) if any(cell not in (None, "") for cell in rows[row]))

    def text(self, row: int, kind: str) -> str:
        """The cell of a kind of column, "" without such a column."""
        at = self.at.get(kind)
        return "" if at is None else self.table.text(row, at)

    def who(self, row: int) -> Who:
        """Whose a row is."""
        if self.at.keys().isdisjoint((NAME, SHOP, POST)):
            return Who(self.text(row, NUMBER), "", "", "")
        return Who(self.text(row, NUMBER), self.text(row, NAME), self.text(row, SHOP), self.text(row, POST))

    def filled(self, row: int) -> list[tuple[int, Column, Period | None]]:
        """The cells of a row that hold something for a form."""
        return [value for value in self.values if self.table.cell(row, value[0]) is not None]

    def is_total(self, row: int, who: Who) -> bool:
        """Whether a row adds others up."""
        if self._says_total(self.table.text(row, 0)) or any(map(self._says_total, (who.number, who.name, who.shop))):
            return True
        return self.period_at is not None and self._says_total(self.table.text(row, self.period_at))

    def _says_total(self, text: str) -> bool:
        found = self._totals.get(text)
        if found is None:
            found = self._totals[text] = len(text) <= _LONGEST_WORD and folded(text) in total_words()
        return found

    def when(self, row: int) -> When | None:
        """When a row's numbers are from; None where its cell cannot be read, although nothing else says when."""
        at = self.period_at
        if at is None:
            return When(None)
        place = row, at
        key = self.table.cell(row, at), place in self.table.months
        if key not in self._whens:
            period = self.wanted.period(key[0], shows_day=not key[1], month=DAY not in self.at)
            self._whens[key] = self._when(period)
        found = self._whens[key]
        if found.period is None and not all(month is not None for _, _, month in self.values):
            return None
        return found

    def _when(self, period: Period | None) -> When:
        if period is None:
            return When(None)
        quarter = self.wanted.quarter
        crosses = not period.within(quarter)
        crosses |= period.kind == periods.WEEK and period.first.month != period.last.month
        return When(period, not period.meets(quarter), crosses)

    def telling(self, row: int, who: Who) -> int:
        """A number that two rows share only where they agree in all but their numbers."""
        when = None if self.period_at is None else self.table.text(row, self.period_at)
        others = [self.table.text(row, at) for at in (*self._telling, *self._of_measure)]
        return hash((who, when, *others))

    @property
    def _of_measure(self) -> list[int]:
        return [self.at[kind] for kind in (MEASURE, UNIT) if kind in self.at]


def _is_number(cell: object) -> bool:
    return cell is None or number_in(cell).number is not None


def place_of_who(rows: Rows, row: int, who: Who) -> Cell:
    """The cell that says whose a row is."""
    texts = {NUMBER: who.number, NAME: who.name, SHOP: who.shop}
    return row, next((rows.at[kind] for kind, text in texts.items() if text and kind in rows.at), 0)
