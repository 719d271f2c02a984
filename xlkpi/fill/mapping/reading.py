"""Reads the mapping workbook as people corrected it: what the columns of tables are, and whose shops are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.fill.findings import FAULT, Findings
from xlkpi.fill.mapping.headers import best_header, header_rows
from xlkpi.fill.mapping.model import (
    COLUMNS,
    DATA,
    MONTHS_OF,
    SHOP_COLUMNS,
    UNUSED,
    VALUE,
    Column,
    LineFault,
    Mappings,
    TableMapping,
)
from xlkpi.fill.mapping.suggest import Labels
from xlkpi.fill.tables.periods import period_written
from xlkpi.fill.tables.table import Table, read_tables
from xlkpi.fill.words import label_and_unit, mapping_word, near, scale_of, table_words, whole_quarter
from xlkpi.i18n.numbers import number_written
from xlkpi.roster.header import folded

_NUMBER = re.compile(r"[\s,\uff0c\u3001;\uff1b/]+")
"""Between the staff numbers of one shop."""
_ANY_QUARTER = Quarter(2000, 1)
"""For reading a month without a year."""


def read_mappings(path: Path, labels: Labels, findings: Findings) -> Mappings:
    """What a mapping workbook says; what cannot be read is a fault at its cell.

    Raises `TableError`, `UnreadableError`, OSError.
    """
    tables = {table.sheet: table for table in read_tables(path)}
    columns, shops = (tables.get(mapping_word(key)) for key in ("sheet", "shops"))
    if columns is None:
        found = tuple(filter(None, tables))
        findings.add(FAULT, "fill_map_no_sheet", shown_name(path), wanted=mapping_word("sheet"), found=found)
        return Mappings()
    return Mappings(tuple(_tables_in(columns, labels, findings)), {} if shops is None else _shops_in(shops, findings))


@dataclass(frozen=True)
class _Sheet:
    """A sheet of the mapping workbook below its headers. at: column of each field."""

    table: Table
    first: int
    at: Mapping[str, int]

    def text(self, row: int, field: str) -> str:
        return self.table.text(row, self.at[field]) if field in self.at else ""


def _sheet(table: Table, fields: Sequence[str], needed: Sequence[str], findings: Findings) -> _Sheet | None:
    names = {folded(mapping_word(field)): field for field in fields}
    header = best_header(header_rows(table), lambda text: folded(text) in names)
    at = {names[folded(text)]: column for column, text in (header.named if header else ()) if folded(text) in names}
    missing = tuple(mapping_word(field) for field in needed if field not in at)
    if missing or header is None:
        findings.add(FAULT, "fill_map_no_column", table.file, table.sheet, columns=missing)
        return None
    return _Sheet(table, header.row + 1, at)


def _tables_in(table: Table, labels: Labels, findings: Findings) -> Iterator[TableMapping]:
    sheet = _sheet(table, COLUMNS, ("table", "header", "kind"), findings)
    if sheet is None:
        return
    columns: dict[str, list[Column]] = defaultdict(list)
    faults: dict[str, list[LineFault]] = defaultdict(list)
    for row in range(sheet.first, len(table.rows)):
        header = sheet.text(row, "header")
        if not header:
            continue
        name = sheet.text(row, "table")
        columns[name].append(_Row(sheet, row, labels, findings, faults[name]).column(header))
    yield from (TableMapping(name, tuple(found), faults=tuple(faults[name])) for name, found in columns.items())


@dataclass(frozen=True)
class _Row:
    """A row of the mapping workbook while it is read. unknown: takes the fault of a measure that nobody knows."""

    sheet: _Sheet
    row: int
    labels: Labels
    findings: Findings
    unknown: list[LineFault]

    def column(self, header: str) -> Column:
        kinds = {folded(word): kind for kind, word in table_words()["kinds"].items()}
        said = self.sheet.text(self.row, "kind")
        kind = kinds.get(folded(said), "") if said else UNUSED
        if not kind:
            self._fault("kind", "fill_map_kind", text=said, choices=tuple(table_words()["kinds"].values()))
            return Column(header, UNUSED, question=True)
        measure = self._measure(kind)
        unit = self.sheet.text(self.row, "unit")
        month = self.sheet.text(self.row, "month")
        if kind == MONTHS_OF and not month:
            month = label_and_unit(header)[0]
        if month and not (whole_quarter(month) or period_written(month, _ANY_QUARTER, month=True)):
            self._fault("month", "fill_map_month", text=month)
            return Column(header, UNUSED, question=True)
        strange = bool(measure) and folded(measure) not in self.labels.known
        return Column(header, kind, measure, month, unit, self._factor(), self._how(), question=strange)

    def _measure(self, kind: str) -> str:
        said = self.sheet.text(self.row, "measure")
        if kind not in (DATA, MONTHS_OF, VALUE):
            return ""
        if not said:
            if kind == DATA:
                self._fault("measure", "fill_map_no_measure")
            return ""
        if folded(said) not in self.labels.known:
            found = near(said, list(self.labels.known.values()))
            table, at = self.sheet.table, (self.row, self.sheet.at["measure"])
            values = {"text": said, **({"near": found} if found else {})}
            key = "fill_map_measure_near" if found else "fill_map_measure"
            self.unknown.append(LineFault(table.file, table.sheet, at, key, values))
        return said

    def _factor(self) -> float | None:
        said = self.sheet.text(self.row, "factor")
        factor = (number_written(said) or scale_of(said)) if said else None
        if said and not factor:
            self._fault("factor", "fill_map_factor", text=said)
        return factor or None

    def _how(self) -> str:
        said = self.sheet.text(self.row, "how")
        known = {folded(word): how for how, word in table_words()["how"].items()}
        if said and folded(said) not in known:
            self._fault("how", "fill_map_how", text=said, choices=tuple(table_words()["how"].values()))
        return str(known.get(folded(said), ""))

    def _fault(self, field: str, key: str, **values: object) -> None:
        table = self.sheet.table
        at = (self.row, self.sheet.at.get(field, 0))
        self.findings.add(FAULT, key, table.file, table.sheet, at, **values)


def _shops_in(table: Table, findings: Findings) -> dict[str, tuple[str, ...]]:
    sheet = _sheet(table, SHOP_COLUMNS, ("shop", "number"), findings)
    shops: dict[str, list[str]] = defaultdict(list)
    if sheet is None:
        return {}
    for row in range(sheet.first, len(table.rows)):
        shop, numbers = sheet.text(row, "shop"), sheet.text(row, "number")
        if shop and not numbers:
            findings.add(FAULT, "fill_map_shop_nobody", table.file, table.sheet, (row, sheet.at["number"]), shop=shop)
        elif shop:
            shops[folded(shop)] += filter(None, _NUMBER.split(numbers))
    return {shop: tuple(dict.fromkeys(numbers)) for shop, numbers in shops.items()}


def shops_as_written(path: Path) -> dict[str, tuple[str, ...]]:
    """The shops of a mapping workbook by their names as written, and their staff numbers, also without any."""
    shops: dict[str, list[str]] = defaultdict(list)
    for table in read_tables(path):
        sheet = _sheet(table, SHOP_COLUMNS, ("shop", "number"), Findings())
        if sheet is None or table.sheet != mapping_word("shops"):
            continue
        for row in range(sheet.first, len(table.rows)):
            if shop := sheet.text(row, "shop"):
                shops[shop] += filter(None, _NUMBER.split(sheet.text(row, "number")))
    return {shop: tuple(dict.fromkeys(numbers)) for shop, numbers in shops.items()}


def lines_as_written(path: Path) -> list[dict[str, str]]:
    """The lines about columns in a mapping workbook, each by field as written, also what cannot be understood."""
    lines: list[dict[str, str]] = []
    for table in read_tables(path):
        if table.sheet != mapping_word("sheet"):
            continue
        sheet = _sheet(table, COLUMNS, ("table", "header", "kind"), Findings())
        if sheet is not None:
            found = (
                {field: sheet.text(row, field) for field in COLUMNS} for row in range(sheet.first, len(table.rows))
            )
            lines += [line for line in found if line["header"]]
    return lines
