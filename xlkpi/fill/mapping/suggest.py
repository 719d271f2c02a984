"""Drafts what the columns of a table are, from its headers and its first rows.

Only a header that is exactly known is taken for what it says. A near one is named in a remark, for people to decide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xlkpi.common.quarter import Quarter
from xlkpi.fill.mapping.headers import HeaderRow
from xlkpi.fill.mapping.model import (
    DATA,
    DAY,
    MEASURE,
    MONTH,
    MONTHS_OF,
    NAME,
    NUMBER,
    SHOP,
    UNUSED,
    VALUE,
    VALUES,
    Column,
    TableMapping,
)
from xlkpi.fill.tables.numbers import number_in
from xlkpi.fill.tables.periods import month_in_header, period_written
from xlkpi.fill.tables.table import Table
from xlkpi.fill.words import factor_of, header_kinds, label_and_unit, near, table_words, total_words, whole_quarter
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.roster.header import folded

_SAMPLE = 200
"""Rows that tell what a column holds."""
_MOST_SHOPS = 500
_MOST_NAMES = 4
"""Labels that a hint names."""


@dataclass(frozen=True)
class Labels:
    """The labels of the measures that forms have: folded label → label, and → their units."""

    known: Mapping[str, str]
    units: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, measures: Iterable[tuple[str, str]]) -> Labels:
        """From (label, unit) of every measure."""
        known: dict[str, str] = {}
        units: dict[str, frozenset[str]] = {}
        for label, unit in measures:
            key = folded(label)
            known[key], units[key] = label, units.get(key, frozenset()) | {unit}
        return cls(known, units)

    def joined(self, others: Labels) -> Labels:
        """These labels and others; units of a label that both have are those of these."""
        return Labels({**others.known, **self.known}, {**others.units, **self.units})


def is_known(header: str, labels: Labels, quarter: Quarter) -> bool:
    """Whether a header says what its column is."""
    return _meaning(header, labels, quarter).kind != UNUSED


def drafted(table: Table, header: HeaderRow, labels: Labels, quarter: Quarter) -> TableMapping:
    """What the columns of a table may be, with remarks on what is to be looked at."""
    columns = [_with_example(_meaning(text, labels, quarter), table, header, at) for at, text in header.named]
    columns = [_with_near(column, labels, quarter) if column.kind == UNUSED else column for column in columns]
    columns = [_with_names(column, table, header, labels) for column in columns]
    columns = [_with_rate(column, table, header, labels) for column in columns]
    return TableMapping(table.name, tuple(_settled(columns, table, header, quarter)), written=False)


def _meaning(header: str, labels: Labels, quarter: Quarter) -> Column:
    """What a header says by itself."""
    label, unit = label_and_unit(header)
    month, rest = month_in_header(label, quarter)
    bare = folded(label)
    if folded(header) in labels.known or bare in labels.known:
        known = labels.known.get(folded(header)) or labels.known[bare]
        return _data(header, known, "" if folded(header) in labels.known else unit, labels)
    if (kind := header_kinds().get(folded(header)) or header_kinds().get(bare)) is not None:
        return Column(header, kind, unit=unit)
    if whole_quarter(header) or (month is not None and not rest):
        return Column(header, MONTHS_OF, month=label, unit=unit)
    if month is not None and folded(rest) in labels.known:
        return replace(_data(header, labels.known[folded(rest)], unit, labels), month=_month_text(label, rest))
    return Column(header, UNUSED, unit=unit)


def _month_text(label: str, rest: str) -> str:
    return label.replace(rest, "").strip(table_words()["words"]["between"])


def _data(header: str, label: str, unit: str, labels: Labels) -> Column:
    """A column of one measure; the unit beside the header says how its numbers are written."""
    wanted = labels.units.get(folded(label), frozenset())
    if unit and wanted and all(factor_of(unit, each) is None for each in wanted):
        remark = COMMANDS("fill_unit_asked", unit=unit, wanted=tuple(sorted(wanted)))
        return Column(header, DATA, label, unit=unit, remark=remark, question=True)
    return Column(header, DATA, label, unit=unit)


def _with_example(column: Column, table: Table, header: HeaderRow, at: int) -> Column:
    texts = (table.text(row, at) for row in range(header.row + 1, min(len(table.rows), header.row + _SAMPLE)))
    return replace(column, example=next(filter(None, texts), "")[:40])


def _with_near(column: Column, labels: Labels, quarter: Quarter) -> Column:
    """A column that is not known, with the label that may be meant where it holds numbers, as its measure."""
    if not column.example or number_in(column.example).number is None:
        return column
    if folded(column.header) in header_kinds():  # a column that tables have beside their data: 序号
        return column
    label = label_and_unit(column.header)[0]
    month, rest = month_in_header(label, quarter)
    found = near(rest if month is not None else label, list(labels.known.values()))
    key = "fill_month" if month is not None else "fill_column"
    remark = (
        COMMANDS(f"{key}_near", near=found) if found else COMMANDS(f"{key}_unknown") + _of_unit(column.unit, labels)
    )
    return replace(column, measure=found, remark=remark)


def _of_unit(unit: str, labels: Labels) -> str:
    """The measures whose unit goes with that of a header, as a hint; "" without any."""
    fit = (label for key, label in labels.known.items() if any(_goes(unit, each) for each in labels.units.get(key, ())))
    names = tuple(sorted(fit, key=len)[:_MOST_NAMES]) if unit else ()
    return COMMANDS("fill_of_unit", unit=unit, names=names) if names else ""


def _goes(unit: str, wanted: str) -> bool:
    return factor_of(unit, wanted) is not None


def _with_names(column: Column, table: Table, header: HeaderRow, labels: Labels) -> Column:
    """A column that is not known but holds names of measures: it may be a long table."""
    if column.kind != UNUSED or column.remark or not column.example:
        return column
    texts = dict.fromkeys(_sample(column, table, header))
    named = [text for text in texts if {folded(text), folded(label_and_unit(text)[0])} & labels.known.keys()]
    return replace(column, remark=COMMANDS("fill_is_measure", names=tuple(named[:3]))) if named else column


def _with_rate(column: Column, table: Table, header: HeaderRow, labels: Labels) -> Column:
    """A column of a rate in plain numbers, of which its header does not say whether 12 or 0.12 is 12%."""
    if column.kind != DATA or column.unit or column.remark:
        return column
    at = header.texts.index(column.header)
    read = (number_in(table.cell(row, at), percent_format=(row, at) in table.percent) for row in _rows(table, header))
    plain = any(each.number not in (None, 0) and not each.whole for each in read)
    rate = labels.units.get(folded(column.measure)) == frozenset(("%",))
    return replace(column, remark=COMMANDS("fill_rate_draft", example=column.example)) if rate and plain else column


def _rows(table: Table, header: HeaderRow) -> range:
    """The rows that tell what a column holds."""
    return range(header.row + 1, min(len(table.rows), header.row + _SAMPLE))


def _sample(column: Column, table: Table, header: HeaderRow) -> Iterator[str]:
    at = header.texts.index(column.header)
    return filter(None, (table.text(row, at) for row in _rows(table, header)))


def _settled(columns: list[Column], table: Table, header: HeaderRow, quarter: Quarter) -> Iterator[Column]:
    """The columns in the light of each other, with the questions that are open."""
    kinds = {column.kind for column in columns}
    long = MEASURE in kinds
    twice = doubled_kinds(columns)
    lone = [c for c in columns if c.kind == UNUSED and c.example and number_in(c.example).number is not None]
    for column in columns:
        if column.kind in twice:
            values = {"headers": twice[column.kind], "kind": table_words()["kinds"][column.kind]}
            yield replace(column, remark=COMMANDS("fill_kind_twice", **values), question=True)
        elif column.kind == MONTHS_OF and not long:
            yield replace(column, remark=COMMANDS("fill_which_measure"), question=True)
        elif column.kind == VALUE and not long:
            yield Column(column.header, UNUSED, example=column.example, remark=COMMANDS("fill_value_alone"))
        elif long and not kinds & {VALUE, MONTHS_OF} and column in lone and len(lone) == 1:
            yield replace(column, remark=COMMANDS("fill_is_value"), question=True)
        elif column.kind == DAY and _only_first_days(table, header, column, quarter):
            yield replace(column, remark=COMMANDS("fill_days_or_months"), question=True)
        else:
            yield column


def doubled_kinds(columns: Iterable[Column]) -> dict[str, tuple[str, ...]]:
    """The kinds that only one column can be and several are, and their headers: of 主播 and 运营, whose is the row?"""
    headers: dict[str, list[str]] = {}
    for column in columns:
        if column.kind not in (*VALUES, UNUSED):
            headers.setdefault(column.kind, []).append(column.header)
    return {kind: tuple(found) for kind, found in headers.items() if len(found) > 1}


def _only_first_days(table: Table, header: HeaderRow, column: Column, quarter: Quarter) -> bool:
    """Whether all days of a column are first or last days of months: each may stand for its month."""
    at = header.texts.index(column.header)
    rows = range(header.row + 1, len(table.rows))
    cells = ((row, table.cell(row, at)) for row in rows[:_SAMPLE])
    found = [period_written(cell, quarter, shows_day=(row, at) not in table.months) for row, cell in cells]
    days = {period.first for period in found if period is not None and period.kind == "day"}
    firsts = all(day.day == 1 for day in days)
    lasts = all((day + dt.timedelta(days=1)).day == 1 for day in days)
    return bool(days) and (firsts or lasts)


def lacking(mapping: TableMapping) -> list[str]:
    """Keys of messages about what a mapping lacks to be used: whose the rows are, when, and which numbers."""
    missing = []
    if not mapping.of_kind(NUMBER, NAME, SHOP):
        missing.append("fill_lacks_person")
    values = mapping.of_kind(*VALUES)
    if not values:
        missing.append("fill_lacks_values")
    dated = mapping.of_kind(DAY, MONTH) or all(column.month for column in values)
    if values and not dated:
        missing.append("fill_lacks_month")
    return missing


def unmapped(mapping: TableMapping, headers: Sequence[str]) -> list[str]:
    """The headers that a mapping says nothing about."""
    known = {folded(column.header) for column in mapping.columns}
    return [header for header in headers if header and folded(header) not in known]


def shops_in(table: Table, header: HeaderRow, mapping: TableMapping) -> list[str]:
    """The shops that a table names, where nothing else says whose its rows are; no rows that add others up."""
    shops = mapping.of_kind(SHOP)
    if not shops or mapping.of_kind(NUMBER, NAME):
        return []
    at = header.texts.index(shops[0].header)
    found = dict.fromkeys(table.text(row, at) for row in range(header.row + 1, len(table.rows)))
    return [shop for shop in found if shop and folded(shop) not in total_words()][:_MOST_SHOPS]
