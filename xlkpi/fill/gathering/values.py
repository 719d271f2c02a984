"""Reads what a cell of a table says for a measure: a number or a level; or why it says nothing that can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

from xlkpi.catalogue.role import Measure
from xlkpi.fill.tables.numbers import number_in
from xlkpi.fill.tables.table import Cell, Table
from xlkpi.fill.targets import Form
from xlkpi.roster.header import folded


@dataclass(frozen=True)
class CellValue:
    """What a cell says. whole: how large the number is needs no more deciding.

    value: None where the cell is of no use; then `fault` is the key of a message, and `values` are its values.
    """

    value: float | str | None = None
    whole: bool = False
    fault: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def value_at(table: Table, place: Cell, form: Form, measure: Measure) -> CellValue:
    """The value of a cell that is not empty, for a measure of a form."""
    levels = form.role.levels.get(measure.id)
    text, values = table.text(*place), {"label": measure.label}
    if levels:
        level = next((level for level in levels if folded(level) == folded(text)), None)
        if level is None:
            return CellValue(fault="fill_level", values={"text": text, **values, "levels": levels})
        return CellValue(level, whole=True)
    if place in table.uncalculated:
        return CellValue(fault="fill_uncalculated", values=values)
    rate = measure.unit == "%"
    cell = table.cell(*place)
    read = number_in(cell, percent_format=rate and place in table.percent)
    if not rate and isinstance(cell, str) and normalize("NFKC", text).endswith("%"):
        return CellValue(fault="fill_percent", values={"text": text, **values})
    if read.number is None:
        return CellValue(fault=f"fill_{read.fault or 'no_number'}", values={"text": text, **values})
    return CellValue(read.number, read.whole)
