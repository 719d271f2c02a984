"""Makes one number of those gathered for a cell: sums, means and last values; or tells why it cannot be made.

Nothing is guessed: rates of which nobody knows whether 12 is 12%, months that are not over, and numbers that can be
added up as well as averaged are asked about.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from xlkpi.catalogue.role import Measure
from xlkpi.common.quarter import MONTHS
from xlkpi.fill.findings import FAULT, NOTE, Findings
from xlkpi.fill.gathering.piles import Entry, Pile, RateRange, Source
from xlkpi.fill.mapping.model import LAST, MEAN, SHOPS_LAST, SHOPS_MEAN, SUM
from xlkpi.fill.tables import periods
from xlkpi.fill.tables.table import Table
from xlkpi.fill.targets import QUARTER, CellKey, Form
from xlkpi.fill.words import is_added, is_ratio
from xlkpi.form.grid import address
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import number_text, plain
from xlkpi.roster.header import folded

_HIGHEST_RATE = 2.0
"""A rate above 200% is not taken for one, where its measure names no highest."""
_MOST_CELLS = 10
"""Cells that a question lists."""
_MOST_RANGES = 3
"""Runs of rows that a source names; more are told by their first and last row."""


@dataclass(frozen=True)
class Origin:
    """Where a value comes from. file, sheet: of the (first) table. files: of how many tables. rows: of the first table.

    count: of all rows. how: they became one (one of `HOW`), "" for a single one.
    """

    file: str
    sheet: str | None
    rows: tuple[tuple[int, int], ...]
    count: int
    how: str = ""
    files: int = 1

    def in_language(self, language: str) -> str:
        """In one line, for notes and receipts."""
        where = " ".join(filter(None, (self.file, self.sheet)))
        if self.files > 1:
            where = COMMANDS("fill_files", language, first=where, count=self.files)
        values = {"where": where, "rows": self._rows(language), "count": self.count}
        if not self.how:
            return COMMANDS("fill_origin", language, **values)
        return COMMANDS("fill_origin_many", language, how=COMMANDS(f"fill_how_{self.how}", language), **values)

    def _rows(self, language: str) -> str:
        if len(self.rows) > _MOST_RANGES:
            return COMMANDS("fill_rows_between", language, first=self.rows[0][0], last=self.rows[-1][1])
        return ", ".join(f"{first}" if first == last else f"{first}\u2013{last}" for first, last in self.rows)

    @property
    def text(self) -> str:
        return self.in_language(HANS)


@dataclass(frozen=True)
class Candidate:
    """A value for a cell of a form."""

    form: Form
    measure: Measure
    cell: str
    value: float | str
    origin: Origin

    @property
    def key(self) -> CellKey:
        return self.measure.id, self.cell


@dataclass
class Settling:
    """Turns the piles of one source into values. partial: whether months that are not over are filled in."""

    source: Source
    tables: Sequence[Table]
    findings: Findings
    partial: bool = False

    def candidates(self) -> Iterator[Candidate]:
        """The values that could be made; everything else is told."""
        scales = self._scales()
        for (number, _, _, header), pile in self.source.piles.items():
            undecided = (header, _label(pile)) in scales and scales[header, _label(pile)] is None
            if pile.blocked or not pile.entries or number in self.source.blocked or undecided:
                continue
            entries = _scaled(pile.entries, scales.get((header, _label(pile))) or 1.0)
            value, how = self._value(pile, entries)
            if value is not None:
                yield Candidate(pile.form, pile.measure, pile.cell, value, self._origin(entries, how))

    # --- rates --------------------------------------------------------------------------------------------------------

    def _scales(self) -> Mapping[tuple[str, str], float | None]:
        """By header and label what plain rates are multiplied by; None where it is in doubt, which is told."""
        scales: dict[tuple[str, str], float | None] = {}
        for key, found in self.source.rates.items():
            doubtful = found.doubtful
            scales[key] = None if doubtful else 1.0 if found.said else _scale(found)
            if doubtful:
                self._mixed(key[0], found, doubtful)
            elif scales[key] is None:
                self._rate_asked(key[0], found)
        return scales

    def _mixed(self, header: str, found: RateRange, cells: Sequence[tuple[int, int, int]]) -> None:
        """Ask about numbers that look like fractions in a column of per cent."""
        first = cells[0]
        same = [cell for cell in cells if cell[0] == first[0]]
        number, table = found.small[first], self.tables[first[0]]
        values = {
            "header": header,
            "label": found.measure.label,
            "large": plain(found.large[1]),
            "small": plain(number),
            "percent": f"{plain(number)}%",
            "fraction": number_text(number, True, words()),
            "cells": tuple(address(row, column) for _, row, column in same[:_MOST_CELLS]),
            "count": len(cells),
        }
        key = "fill_rate_mixed_said" if found.said else "fill_rate_mixed"
        self.findings.add(FAULT, key, table.file, table.sheet, first[1:], **values)

    def _rate_asked(self, header: str, found: RateRange) -> None:
        file, row, column = found.place
        table, labels = self.tables[file], words()
        shown = {
            "one": plain(found.high),
            "percent": f"{plain(found.high)}%",
            "fraction": number_text(found.high, True, labels),
        }
        values = {"header": header, "label": found.measure.label, **shown}
        self.findings.add(FAULT, "fill_rate_asked", table.file, table.sheet, (row, column), **values)

    # --- one number of several ----------------------------------------------------------------------------------------

    def _value(self, pile: Pile, entries: Sequence[Entry]) -> tuple[float | str | None, str]:
        """The value and how it was made; None where it could not be made, which is told."""
        if len(pile.kinds) > 1 and not pile.kinds <= {periods.DAY, periods.WEEK}:
            return self._asked(pile, entries, "fill_kinds_mixed")
        if not self._whole(pile, entries):
            return None, ""
        first = entries[0].value
        if len(entries) == 1:
            return first, ""
        if any(isinstance(entry.value, str) for entry in entries):
            same = all(entry.value == first for entry in entries)
            return (first, "") if same else self._asked(pile, entries, "fill_levels_differ")
        how = pile.column.how or pile.measure.aggregate
        if not pile.column.how:
            if is_ratio(pile.measure.label, pile.measure.unit):
                return self._asked(pile, entries, "fill_rate_parts")
            # A role need not say how a number that is entered once a quarter is made of several.
            if how == SUM and (pile.cell == QUARTER or not is_added(pile.measure.unit)):
                return self._asked(pile, entries, "fill_how_asked", count=len(entries))
        if how in (MEAN, LAST) and len({entry.first for entry in entries}) < len(entries):
            return self._asked(pile, entries, "fill_same_day", day=str(_day(entries)))
        return _joined(entries, how), how

    def _asked(self, pile: Pile, entries: Sequence[Entry], key: str, **values: object) -> tuple[None, str]:
        table = self.tables[entries[0].file]
        self.findings.add(
            FAULT, key, table.file, table.sheet, (entries[0].row, 0), header=pile.column.header,
            label=pile.measure.label, **values,
        )  # fmt: skip
        return None, ""

    def _whole(self, pile: Pile, entries: Sequence[Entry]) -> bool:
        """Whether the numbers cover the days that the cell stands for; gaps between are only noted."""
        needed_first, needed_last = _needed(pile)
        if pile.kinds <= {periods.DAY, periods.WEEK}:
            first, last = self.source.first, self.source.last
            gone = (needed_last - last if last < needed_last else 0) + (
                first - needed_first if first > needed_first else 0
            )
            if gone and not self.partial:
                values = {"month": _month_text(pile), "first": str(_date(first)), "last": str(_date(last))}
                self._partial(entries, "fill_partial", **values)
                return False
            self._gaps(pile, entries, needed_first, needed_last)
        elif pile.cell == QUARTER and pile.kinds == {periods.MONTH}:
            months = {_date(entry.first).month for entry in entries}
            missing = [
                month
                for id, month in zip(MONTHS, pile.form.quarter.months, strict=True)
                if id in pile.form.months and month not in months
            ]
            if missing and not self.partial:
                self._partial(
                    entries,
                    "fill_months_missing",
                    who=pile.form.who,
                    label=pile.measure.label,
                    months=tuple(map(str, missing)),
                )
                return False
        return True

    def _partial(self, entries: Sequence[Entry], key: str, **values: object) -> None:
        table = self.tables[entries[0].file]
        self.findings.add(FAULT, key, table.file, table.sheet, (entries[0].row, 0), **values)

    def _gaps(self, pile: Pile, entries: Sequence[Entry], first: int, last: int) -> None:
        days = set[int]()
        for entry in entries:
            days.update(range(entry.first, entry.last + 1))
        missing = last - first + 1 - len(days)
        if missing > 0:
            table = self.tables[entries[0].file]
            values = {"who": pile.form.who, "month": _month_text(pile), "days": missing}
            self.findings.add(NOTE, "fill_gaps", table.file, table.sheet, (entries[0].row, 0), **values)

    def _origin(self, entries: Sequence[Entry], how: str) -> Origin:
        files = {entry.file for entry in entries}
        first = entries[0].file
        rows = runs([entry.row + 1 for entry in entries if entry.file == first])
        return Origin(self.tables[first].file, self.tables[first].sheet, rows, len(entries), how, len(files))


def _label(pile: Pile) -> str:
    return folded(pile.measure.label)


def _scale(found: RateRange) -> float | None:
    """1 for fractions, 0.01 for per cent; None where the range of the measure allows both, or neither."""
    low = found.measure.low if found.measure.low is not None else -_HIGHEST_RATE
    high = found.measure.high if found.measure.high is not None else _HIGHEST_RATE
    if found.low == found.high == 0:
        return 1.0
    fits = [scale for scale in (1.0, 0.01) if low <= found.low * scale and found.high * scale <= high]
    return fits[0] if len(fits) == 1 else None


def _scaled(entries: Sequence[Entry], scale: float) -> Sequence[Entry]:
    if scale == 1.0:
        return entries
    return [
        entry if entry.whole or isinstance(entry.value, str) else entry._replace(value=entry.value * scale)
        for entry in entries
    ]


def _needed(pile: Pile) -> tuple[int, int]:
    """The days that a cell stands for, as ordinals: those of its month, or of the quarter, in the role."""
    quarter = pile.form.quarter
    first, last = quarter.first_day, quarter.last_day
    if pile.cell != QUARTER:
        month = periods.month_of(quarter.year, quarter.months[MONTHS.index(pile.cell)])
        first, last = month.first, month.last
    if pile.form.assignment is not None:
        start, end = pile.form.assignment.within(quarter)
        first, last = max(first, start), min(last, end)
    return first.toordinal(), last.toordinal()


def _joined(entries: Sequence[Entry], how: str) -> float:
    """Several numbers as one."""
    numbers = [(entry.first, float(entry.value)) for entry in entries]
    if how in (SHOPS_MEAN, SHOPS_LAST):
        days: dict[int, list[float]] = defaultdict(list)
        for day, number in numbers:
            days[day].append(number)
        numbers = [(day, fsum(same)) for day, same in days.items()]
        how = MEAN if how == SHOPS_MEAN else LAST
    if how == LAST:
        return max(numbers)[1]
    total = fsum(number for _, number in numbers)
    return total if how == SUM else total / len(numbers)


def _day(entries: Sequence[Entry]) -> dt.date:
    """The first day for which there are several numbers."""
    seen = set[int]()
    return _date(next(entry.first for entry in entries if entry.first in seen or seen.add(entry.first)))  # type: ignore[func-returns-value]


def _date(ordinal: int) -> dt.date:
    return dt.date.fromordinal(ordinal)


def _month_text(pile: Pile) -> str:
    if pile.cell == QUARTER:
        return str(pile.form.quarter)
    return f"{pile.form.quarter.year}-{pile.form.quarter.months[MONTHS.index(pile.cell)]:02}"


def runs(rows: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The runs of rows that follow each other, by their first and last row."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return tuple(found)
