"""Gathers the numbers of a table: which row is whose, when, and into which cell of which form it goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlkpi.catalogue.role import Measure
from xlkpi.common.quarter import MONTHS
from xlkpi.fill.findings import FAULT, NOTE, Findings
from xlkpi.fill.gathering.piles import Entry, Pile, RateRange, Source
from xlkpi.fill.gathering.rows import Rows, When, Who, place_of_who
from xlkpi.fill.gathering.units import UnitFound, Units
from xlkpi.fill.gathering.values import value_at
from xlkpi.fill.mapping.model import (
    DATA,
    MEASURE,
    UNIT,
    Column,
)
from xlkpi.fill.people import Forms, Found, NotFound
from xlkpi.fill.tables import periods
from xlkpi.fill.tables.periods import Period
from xlkpi.fill.targets import QUARTER, Form
from xlkpi.fill.words import label_and_unit, near
from xlkpi.i18n.numbers import plain
from xlkpi.roster.header import folded


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
    """Reads the rows of one table into a source. file: the number of the table, for its entries."""

    rows: Rows
    source: Source
    file: int
    findings: Findings
    _people: dict[Who, Found | NotFound] = field(default_factory=dict)
    _ways: dict[tuple[int, str], list[_Way]] = field(default_factory=dict)
    _held: set[int] = field(default_factory=set)
    _found_units: dict[tuple[str, str, str, str], UnitFound] = field(default_factory=dict)
    _foreign: int = 0

    def __post_init__(self) -> None:
        self.wanted, self.table = self.rows.wanted, self.rows.table
        self._fixed = {
            at: folded(column.measure) for at, column, _ in self.rows.values if column.kind == DATA or column.measure
        }
        self._said: dict[str, str] = {}
        self._units = Units(self.table, self.rows.header)
        self._numbers = {id(form): number for number, form in enumerate(self.wanted.forms)}

    # --- rows ---------------------------------------------------------------------------------------------------------

    def gather(self) -> None:
        """Read every row below the headers."""
        for row in self.rows:
            self._row(row)
        header = self.rows.header.row
        taken = {header for _, _, _, header in self.source.piles}
        for at, column, _ in self.rows.values:
            if column.kind == DATA and column.header not in taken and at in self._held:
                values = {"header": column.header, "label": column.measure}
                self._tell(NOTE, "fill_column_nobody", (header, at), **values)
        if self._foreign:
            self._tell(NOTE, "fill_other_quarter", None, count=self._foreign, quarter=str(self.wanted.quarter))

    def _row(self, row: int) -> None:
        rows, who = self.rows, self.rows.who(row)
        if rows.is_total(row, who):
            self._tell(NOTE, "fill_total_row", (row, 0))
            return
        filled = rows.filled(row)
        if not filled:
            return
        found = self._find(who)
        if isinstance(found, NotFound):
            self._tell(FAULT, found.key, place_of_who(rows, row, who), **found.values)
            return
        when = self._when(row, found)
        if when is None:
            return
        again = self._again(row, who)
        for at, column, month in filled:
            self._value(row, at, column, month or when.period, found, again=again)

    def _when(self, row: int, found: Found) -> When | None:
        """When a row's numbers are from; None where it is of no use, which is told."""
        when, at = self.rows.when(row), self.rows.period_at or 0
        text = self.table.text(row, at)
        if when is None:
            key = "fill_no_day" if text else "fill_day_empty"
            self._tell(FAULT, key, (row, at), **({"text": text} if text else {}))
        elif when.foreign:
            self._foreign += 1
            return None
        elif when.crosses:
            self._tell(FAULT, "fill_crosses", (row, at), text=text)
        else:
            period = when.period
            if period is not None and period.kind in (periods.DAY, periods.WEEK):
                self.source.cover(period.first.toordinal(), period.last.toordinal())
            return when
        self._block(found)
        return None

    def _tell(self, kind: str, key: str, place: tuple[int, int] | None, **values: object) -> None:
        self.findings.add(kind, key, self.table.file, self.table.sheet, place, **values)

    def _find(self, who: Who) -> Found | NotFound:
        if who not in self._people:
            found = self.wanted.people.find(who.number, who.name, who.shop)
            self._people[who] = _of_post(found, who.post) if isinstance(found, Found) and who.post else found
        return self._people[who]

    def _block(self, found: Found) -> None:
        """Leave out all numbers of these people from this source: without the row they would not be whole."""
        self.source.blocked |= {self._numbers[id(form)] for forms in found.people for form in forms}

    def _again(self, row: int, who: Who) -> tuple[int, int] | None:
        """An earlier row that is about the same person, shop, days and all else that is not a number."""
        here = self.file, row
        earlier = self.source.seen.setdefault(self.rows.telling(row, who), here)
        return None if earlier == here else earlier

    # --- values -------------------------------------------------------------------------------------------------------

    def _value(
        self, row: int, at: int, column: Column, period: Period | None, found: Found, *, again: tuple[int, int] | None
    ) -> None:
        label, unit = self._label(row, at, column)
        if not label or period is None:
            return
        if column.month and not period.meets(self.wanted.quarter):
            self._foreign += 1
            return
        self._held.add(at)
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
        if at in self._fixed:
            return self._fixed[at], ""
        said = self.rows.text(row, MEASURE)
        if said in self._said:
            return self._said[said], self.rows.text(row, UNIT)
        label, unit = label_and_unit(said)
        for text in (said, label):
            if folded(text) in self.wanted.company.known:
                if text == said:
                    self._said[said] = folded(text)
                return folded(text), unit if text == label != said else self.rows.text(row, UNIT)
        found = near(said, list(self.wanted.company.known.values()))
        key = "fill_measure_empty" if not said else "fill_no_measure_near" if found else "fill_no_measure"
        self._tell(FAULT, key, (row, self.rows.at.get(MEASURE, at)), text=said, near=found)
        return "", ""

    def _shown(self, label: str) -> str:
        return self.wanted.company.known.get(label, label)

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
            self._tell(FAULT, "fill_same_row", (row, at), row=again[1] + 1, label=measure.label)
        read = self._read(row, at, column, unit, way)
        if read is None:
            pile.blocked = True
            return
        pile.kinds.add(period.kind)
        ends = period.first.toordinal(), period.last.toordinal()
        pile.entries.append(Entry(*ends, *read, self.file, row))

    def _read(self, row: int, at: int, column: Column, unit: str, way: _Way) -> tuple[float | str, bool] | None:
        """The value of a cell and whether its size is known; None where it cannot be read, which is told."""
        cell = value_at(self.table, (row, at), way.form, way.measure)
        if cell.value is None:
            self._tell(FAULT, cell.fault, (row, at), **cell.values)
            return None
        if isinstance(cell.value, str):
            return cell.value, True
        return (cell.value, True) if cell.whole else self._sized(cell.value, column, unit, way, (row, at))

    def _unit(self, at: int, column: Column, unit: str, wanted: str) -> UnitFound:
        """What numbers of a column are multiplied by, found once."""
        key = column.header, column.unit, unit, wanted
        if key not in self._found_units:
            found = self._found_units[key] = self._units.find(column, unit, wanted)
            if found.of_table and found.factor not in (None, 1.0):
                header = self.rows.header.row, at
                values = {"unit": found.of_table, "factor": plain(found.factor or 1.0)}
                self._tell(NOTE, "fill_unit_taken", header, header=column.header, **values)
        return self._found_units[key]

    def _sized(
        self, number: float, column: Column, unit: str, way: _Way, place: tuple[int, int]
    ) -> tuple[float, bool] | None:
        """A number as the form wants it, as far as that is known; None where its unit is in doubt, which is told."""
        wanted = way.measure.unit
        if column.factor is not None:
            return number * column.factor, True
        found = self._unit(
            place[1], column, "" if unit == "%" else unit, wanted
        )  # a column of units has the form's % as well
        if found.fault:
            at = place if found.fault == "fill_unit" else (self.rows.header.row, place[1])
            told = {"label": way.measure.label, **found.values}
            told |= {} if found.fault == "fill_unit" else {"header": column.header}
            self._tell(FAULT, found.fault, at, **told)
            return None
        if found.factor is not None:
            if wanted == "%" and found.factor != 1.0:
                self._rate(number, column, way, place, said=True)
            return number * found.factor, True
        if wanted != "%":
            return number, True
        self._rate(number, column, way, place, said=False)
        return number, False

    def _rate(self, number: float, column: Column, way: _Way, place: tuple[int, int], *, said: bool) -> None:
        """Note a plain number of a rate: whether it is a fraction is decided by all of its column."""
        key = column.header, folded(way.measure.label)
        if key not in self.source.rates:
            header = self.file, self.rows.header.row, place[1]
            self.source.rates[key] = RateRange(way.measure, number, number, header, said)
        self.source.rates[key].said &= said
        self.source.rates[key].add(number, (self.file, *place))


def _of_post(found: Found, post: str) -> Found:
    """Only the forms of a post, where a person has one of it."""
    people = tuple(tuple(form for form in forms if folded(post) in _titles(form)) or forms for forms in found.people)
    return Found(people, found.by_shop)


def _titles(form: Form) -> tuple[str, ...]:
    return folded(form.role.title), folded(form.original.title)


def _days(form: Form) -> tuple[int, int]:
    """First and last day of a form, as ordinals."""
    quarter = form.quarter
    first, last = quarter.first_day, quarter.last_day
    if form.assignment is not None:
        first, last = form.assignment.within(quarter)
    return first.toordinal(), last.toordinal()


def _named(period: Period) -> str:
    return f"{period.first:%Y-%m}" if period.kind == periods.MONTH else f"{period.first} \u2013 {period.last}"
