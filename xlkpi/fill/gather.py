"""Gathers the numbers of a table: which row is whose, when, and into which cell of which form it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xlkpi.catalogue.role import Measure
from xlkpi.common.quarter import MONTHS, Quarter
from xlkpi.fill.findings import FAULT, NOTE, Findings
from xlkpi.fill.mapping.headers import HeaderRow
from xlkpi.fill.mapping.model import (
    DATA,
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
from xlkpi.fill.people import Forms, Found, NotFound, People
from xlkpi.fill.piles import Entry, Pile, RateRange, Source
from xlkpi.fill.tables import periods
from xlkpi.fill.tables.numbers import Read, number_in
from xlkpi.fill.tables.periods import Period, period_written
from xlkpi.fill.tables.table import Table
from xlkpi.fill.targets import QUARTER, Form
from xlkpi.fill.words import label_and_unit, near, total_words, unit_meant, whole_quarter
from xlkpi.roster.header import folded


@dataclass(frozen=True)
class Wanted:
    """What tables are read for: people, their labels, and the quarter. forms: all, by their number."""

    forms: Sequence[Form]
    people: People
    labels: Labels
    quarter: Quarter

    def period(self, cell: object, *, shows_day: bool, month: bool) -> Period | None:
        if isinstance(cell, str) and whole_quarter(cell):
            return Period(self.quarter.first_day, self.quarter.last_day, periods.QUARTER)
        return period_written(cell, self.quarter, shows_day=shows_day, month=month)


@dataclass(frozen=True)
class _Way:
    """A cell of a form that takes a measure's numbers of some days (ordinals)."""

    number: int
    form: Form
    measure: Measure
    first: int
    last: int


@dataclass
class Gathering:
    """Reads one table into a source. file: the number of the table, for its entries."""

    wanted: Wanted
    table: Table
    header: HeaderRow
    mapping: TableMapping
    source: Source
    file: int
    findings: Findings
    _people: dict[tuple[str, str, str, str], Found | NotFound] = field(default_factory=dict)
    _periods: dict[object, Period | None] = field(default_factory=dict)
    _ways: dict[tuple[int, str], list[_Way]] = field(default_factory=dict)
    _numbers: dict[int, int] = field(default_factory=dict)
    _foreign: int = 0

    def __post_init__(self) -> None:
        self._numbers = {id(form): number for number, form in enumerate(self.wanted.forms)}
        self._at: dict[str, int] = {}
        self._values: list[tuple[int, Column, Period | None]] = []
        texts: list[int] = []
        known = {folded(column.header): column for column in self.mapping.columns}
        for at, text in self.header.named:
            column = known.get(folded(text), Column(text, UNUSED))
            if column.kind in VALUES:
                month = self.wanted.period(column.month, shows_day=True, month=True) if column.month else None
                self._values.append((at, column, month))
            elif column.kind == UNUSED:
                texts.append(at)
            else:
                self._at.setdefault(column.kind, at)
        first = self.header.row + 1
        sample = range(first, min(len(self.table.rows), first + 50))
        self._telling = [at for at in texts if not all(_is_number(self.table.cell(row, at)) for row in sample)]

    # --- rows ---------------------------------------------------------------------------------------------------------

    def gather(self) -> None:
        """Read every row below the headers."""
        for row in range(self.header.row + 1, len(self.table.rows)):
            if any(cell not in (None, "") for cell in self.table.rows[row]):
                self._row(row)
        if self._foreign:
            self._tell(NOTE, "fill_other_quarter", None, count=self._foreign, quarter=str(self.wanted.quarter))

    def _row(self, row: int) -> None:
        number, name, shop, post = (self._text(row, kind) for kind in (NUMBER, NAME, SHOP, POST))
        if self._is_total(row, number, name, shop):
            self._tell(NOTE, "fill_total_row", (row, 0))
            return
        filled = [value for value in self._values if self.table.cell(row, value[0]) is not None]
        if not filled:
            return
        found = self._find(number, name, shop, post)
        if isinstance(found, NotFound):
            at = next(
                (self._at[kind] for kind in (NUMBER, NAME, SHOP) if kind in self._at and self._text(row, kind)), 0
            )
            self._tell(FAULT, found.key, (row, at), **found.values)
            return
        period, problem = self._period(row)
        if problem:
            self._block(found)
            return
        if period is not None and not period.meets(self.wanted.quarter):
            self._foreign += 1
            return
        if period is not None and not self._inside(row, period):
            self._block(found)
            return
        again = self._again(row, number, name, shop, period)
        for at, column, month in filled:
            self._value(row, at, column, month or period, found, again=again)

    def _text(self, row: int, kind: str) -> str:
        at = self._at.get(kind)
        return "" if at is None else self.table.text(row, at)

    def _tell(self, kind: str, key: str, place: tuple[int, int] | None, **values: object) -> None:
        self.findings.add(kind, key, self.table.file, self.table.sheet, place, **values)

    def _is_total(self, row: int, *texts: str) -> bool:
        dated = [self.table.text(row, self._at[kind]) for kind in (DAY, MONTH) if kind in self._at]
        first = self.table.text(row, 0)
        return any(folded(text) in total_words() for text in (*texts, *dated, first) if text and len(text) < 12)

    def _find(self, number: str, name: str, shop: str, post: str) -> Found | NotFound:
        key = number, name, shop, post
        if key not in self._people:
            found = self.wanted.people.find(number, name, shop)
            self._people[key] = _of_post(found, post) if isinstance(found, Found) and post else found
        return self._people[key]

    def _block(self, found: Found) -> None:
        """Leave out all numbers of these people from this source: without the row they would not be whole."""
        self.source.blocked |= {self._numbers[id(form)] for forms in found.people for form in forms}

    def _again(self, row: int, number: str, name: str, shop: str, period: Period | None) -> tuple[int, int] | None:
        """An earlier row that is about the same person, shop, days and all else that is not a number."""
        told = [self.table.text(row, at) for at in self._telling]
        measure = self._text(row, MEASURE)
        key = hash((number, name, shop, period, measure, *told))
        earlier = self.source.seen.setdefault(key, (self.file, row))
        return None if earlier == (self.file, row) else earlier

    # --- periods ------------------------------------------------------------------------------------------------------

    def _period(self, row: int) -> tuple[Period | None, bool]:
        """The period of a row, None where its columns say it; and whether it cannot be read."""
        kind = DAY if DAY in self._at else MONTH
        at = self._at.get(kind)
        if at is None:
            return None, False
        cell = self.table.cell(row, at)
        place = row, at
        key = (cell, place in self.table.months)
        if key not in self._periods:
            shows_day = place not in self.table.months
            self._periods[key] = self.wanted.period(cell, shows_day=shows_day, month=kind == MONTH)
        period = self._periods[key]
        if period is None and all(month is not None for _, _, month in self._values):
            return None, False
        if period is None:
            self._tell(
                FAULT, "fill_no_day" if cell is not None else "fill_day_empty", place, text=self.table.text(row, at)
            )
        return period, period is None

    def _inside(self, row: int, period: Period) -> bool:
        """Whether a period lies in the quarter, and weeks in one month."""
        quarter = self.wanted.quarter
        crosses = not period.within(quarter)
        crosses |= period.kind == periods.WEEK and period.first.month != period.last.month
        if crosses:
            at = self._at[DAY if DAY in self._at else MONTH]
            self._tell(FAULT, "fill_crosses", (row, at), text=self.table.text(row, at))
            return False
        if period.kind in (periods.DAY, periods.WEEK):
            self.source.cover(period.first.toordinal(), period.last.toordinal())
        return True

    # --- values -------------------------------------------------------------------------------------------------------

    def _value(
        self, row: int, at: int, column: Column, period: Period | None, found: Found, *, again: tuple[int, int] | None
    ) -> None:
        label, unit = self._label(row, at, column)
        if not label or period is None:
            return
        if not period.meets(self.wanted.quarter):
            self._foreign += 1
            return
        for forms in found.people:
            ways = [way for way in self._ways_of(forms, label) if self._takes(way, period)]
            if not ways:
                self._nowhere(row, at, column, forms, label, period)
            elif len(ways) > 1:
                self._tell(FAULT, "fill_two_posts", (row, at), who=forms[0].who, label=self._shown(label))
                self._block(found)
            else:
                self._put(row, at, column, unit, ways[0], period, again)

    def _label(self, row: int, at: int, column: Column) -> tuple[str, str]:
        """The folded label of a value's measure, and the unit beside it; "" where there is none, which is told."""
        if column.kind == DATA or column.measure:
            return folded(column.measure), ""
        said = self._text(row, MEASURE)
        label, unit = label_and_unit(said)
        for text in (said, label):
            if folded(text) in self.wanted.labels.known:
                return folded(text), unit if text == label != said else self._text(row, UNIT)
        found = near(said, list(self.wanted.labels.known.values()))
        key = "fill_measure_empty" if not said else "fill_no_measure_near" if found else "fill_no_measure"
        self._tell(FAULT, key, (row, self._at.get(MEASURE, at)), text=said, near=found)
        return "", ""

    def _shown(self, label: str) -> str:
        return self.wanted.labels.known.get(label, label)

    def _ways_of(self, forms: Forms, label: str) -> list[_Way]:
        key = id(forms), label
        if key not in self._ways:
            self._ways[key] = [
                _Way(self._numbers[id(form)], form, measure, *_days(form))
                for form in forms
                for measure in form.by_label.get(label, ())
            ]
        return self._ways[key]

    def _takes(self, way: _Way, period: Period) -> bool:
        """Whether a form takes the numbers of a period: those of days in the role, of months with such a day."""
        return way.first <= period.last.toordinal() and period.first.toordinal() <= way.last

    def _nowhere(self, row: int, at: int, column: Column, forms: Forms, label: str, period: Period) -> None:
        """Tell why a person's number goes nowhere. A wide table has columns that are not everybody's."""
        has = self._ways_of(forms, label)
        if has and period.kind in (periods.DAY, periods.WEEK):
            self._tell(NOTE, "fill_outside_post", (row, at), who=forms[0].who)
        elif has:
            self._tell(FAULT, "fill_month_outside_post", (row, at), who=forms[0].who, month=_named(period))
        elif column.kind != DATA:
            who, role = forms[0].who, forms[0].role.title
            self._tell(FAULT, "fill_not_theirs", (row, at), who=who, role=role, label=self._shown(label))

    def _put(
        self, row: int, at: int, column: Column, unit: str, way: _Way, period: Period, again: tuple[int, int] | None
    ) -> None:
        measure = way.measure
        cell = QUARTER
        if measure.monthly:
            if period.kind == periods.QUARTER:
                self._tell(FAULT, "fill_quarter_for_month", (row, at), label=measure.label)
                return
            cell = MONTHS[period.first.month - self.wanted.quarter.months[0]]
        key = way.number, measure.id, cell, column.header
        pile = self.source.piles.get(key)
        if pile is None:
            pile = self.source.piles[key] = Pile(way.form, measure, cell, column)
        if again is not None and not column.how:
            pile.blocked = True
            self._tell(FAULT, "fill_same_row", (row, at), other=again[1] + 1, label=measure.label)
        read = self._read(row, at, column, unit, way)
        if read is None:
            pile.blocked = True
            return
        pile.kinds.add(period.kind)
        ends = period.first.toordinal(), period.last.toordinal()
        pile.entries.append(Entry(*ends, *read, self.file, row))

    def _read(self, row: int, at: int, column: Column, unit: str, way: _Way) -> tuple[float | str, bool] | None:
        """The value of a cell and whether its size is known; None where it cannot be read, which is told."""
        measure, levels = way.measure, way.form.role.levels.get(way.measure.id)
        if levels:
            text = self.table.text(row, at)
            level = next((level for level in levels if folded(level) == folded(text)), None)
            if level is None:
                self._tell(FAULT, "fill_level", (row, at), text=text, label=measure.label, levels=levels)
                return None
            return level, True
        rate = measure.unit == "%"
        place = row, at
        cell = self.table.cell(row, at)
        if place in self.table.uncalculated:
            self._tell(FAULT, "fill_uncalculated", place, label=measure.label)
            return None
        read = number_in(cell, percent_format=rate and place in self.table.percent)
        if not rate and isinstance(cell, str) and cell.strip().endswith(("%", "\uff05")):
            read = Read(fault="percent")
        if read.number is None:
            self._tell(
                FAULT, f"fill_{read.fault or 'no_number'}", place, text=self.table.text(row, at), label=measure.label
            )
            return None
        return self._sized(read.number, column, unit, rate=rate, whole=read.whole, way=way, at=at)

    def _sized(
        self, number: float, column: Column, unit: str, *, rate: bool, whole: bool, way: _Way, at: int
    ) -> tuple[float, bool]:
        """A number as the form wants it, as far as that is known."""
        meant = unit_meant(unit) if unit else None
        factor = meant.factor if meant is not None and meant.rate == rate and unit != "%" else column.factor
        if whole or (factor is None and not rate):
            return number, True
        if factor is not None:
            return number * factor, True
        key = column.header, folded(way.measure.label)
        if key not in self.source.rates:
            self.source.rates[key] = RateRange(way.measure, number, number, (self.file, self.header.row, at))
        self.source.rates[key].add(number)
        return number, False


def _is_number(cell: object) -> bool:
    return cell is None or number_in(cell).number is not None


def _of_post(found: Found, post: str) -> Found:
    """Only the forms of a post, where a person has one of it."""
    people = tuple(
        tuple(form for form in forms if folded(form.role.title) == folded(post)) or forms for forms in found.people
    )
    return Found(people, found.by_shop)


def _days(form: Form) -> tuple[int, int]:
    """First and last day of a form, as ordinals."""
    quarter = form.quarter
    first, last = quarter.first_day, quarter.last_day
    if form.assignment is not None:
        first, last = form.assignment.within(quarter)
    return first.toordinal(), last.toordinal()


def _named(period: Period) -> str:
    return f"{period.first:%Y-%m}" if period.kind == periods.MONTH else f"{period.first} \u2013 {period.last}"
