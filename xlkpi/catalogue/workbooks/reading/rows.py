"""Reads the cells of one row of a block, and collects what is wrong in them."""

from __future__ import annotations

import datetime as dt
import hashlib
import keyword
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlkpi.catalogue.units import is_percent
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.blocks import Block, CellFault
from xlkpi.catalogue.workbooks.reading.grid import Grid, address, folded
from xlkpi.catalogue.workbooks.reading.names import UnknownNameError, in_ids
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import BOOKS, MessageError
from xlkpi.i18n.numbers import is_number, number_meant, plain
from xlkpi.xlsx.cells import is_error_text

_QUARTER = re.compile(r"(\d{4})年?(?:第|-|/)?(?:Q?([1-4])|([一二三四]))(?:季度?)?")
_UNLIKELY = 10
"""Rates from here on (1000%) are asked about: 95 in a cell of per cent is 9500%."""
_NUMERALS = "一二三四"
_ID = re.compile("[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass
class Notes:
    """What is found on the way: faults, and the cell of every key that a fault of the role's data may name."""

    faults: list[CellFault] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)


def id_for(label: str) -> str:
    """The id of an entry whose 代号 is empty: it follows from the name, and is the same for the same name."""
    name = folded(label)
    if _ID.fullmatch(name) and not keyword.iskeyword(name):  # `and` is no name in arithmetic
        return name
    return f"n_{hashlib.sha256(name.encode()).hexdigest()[:10]}"


def tidy(number: float) -> float:
    """A whole number as int, as role files write it."""
    return int(number) if float(number).is_integer() else number


def quarter_text(text: str) -> str:
    """A quarter as 2026Q4; a text that is none as it is."""
    match = _QUARTER.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper())
    if match is None:
        return text
    number = match[2] or str(_NUMERALS.index(match[3]) + 1)
    try:
        return str(Quarter.parse(f"{match[1]}Q{number}"))
    except MessageError:
        return text


@dataclass(frozen=True)
class Row:
    """One row of a block. A column that the block does not have reads as empty."""

    grid: Grid
    block: Block
    number: int
    notes: Notes

    def place(self, field: str) -> str:
        """The address of a cell; of the row's first filled one where the block has no such column."""
        column = self.block.columns.get(field)
        if column is None:
            column = min(self.block.columns.values(), default=0)
        return address(self.number, column)

    def has(self, field: str) -> bool:
        """Whether the block has a column of this field."""
        return field in self.block.columns

    def value(self, field: str) -> object:
        column = self.block.columns.get(field)
        return "" if column is None else self.grid.value(self.number, column)

    def is_filled(self, field: str) -> bool:
        """Whether anything stands in a cell, also an error or a formula without a result."""
        value = self.value(field)
        filled = bool(value.strip()) if isinstance(value, str) else value is not None
        return filled or (self.number, self.block.columns.get(field)) in self.grid.uncalculated

    def text(self, field: str) -> str:
        """A cell as text; notes a fault where a formula has no result or an error."""
        column = self.block.columns.get(field)
        if column is None:
            return ""
        text = self.grid.text(self.number, column)
        if is_error_text(text):
            self.wrong(field, "error_name" if text == "#NAME?" else "error_value", text)
            return ""
        if not text and (self.number, column) in self.grid.uncalculated:
            self.wrong(field, "uncalculated")
        return text

    def needed(self, field: str) -> str:
        """A text that must be there; notes a fault where it is not."""
        text = self.text(field)
        if not text and field in self.block.columns:
            self.wrong(field, "empty", heading=words.heading(self.block.name, field))
        return text

    def unit(self) -> str:
        """The unit of the row; per cent as %, in whatever width it is typed."""
        text = self.text("unit")
        return "%" if is_percent(text) else text

    def wrong(self, field: str, key: str, text: str = "", /, **values: object) -> None:
        """Note a fault at a cell; the first one counts."""
        place = self.place(field)
        if all(fault.cell != place for fault in self.notes.faults):
            self.notes.faults.append(CellFault(place, BOOKS.message(key, **values), text))

    def is_empty(self) -> bool:
        """Whether no column of the block has anything in this row."""
        return not any(self.grid.text(self.number, column) for column in self.block.columns.values())

    # --- kinds of values ----------------------------------------------------------------------------------------------

    def number_of(self, field: str, unit: str) -> float | None:
        """A number in the unit of its row, rates as fractions; None where the cell is empty or faulty."""
        text, value = self.text(field), self.value(field)
        if not text or folded(text) in words.blanks():
            return None
        heading = words.heading(self.block.name, field)
        rate = is_percent(unit)
        if is_number(value):
            shown = self.grid.in_percent(self.number, self.block.columns[field])
            return self._checked(field, float(value), rate, shown)
        if isinstance(value, dt.date | dt.time | dt.timedelta | bool):
            self.wrong(field, "date" if not isinstance(value, bool) else "no_number", text, heading=heading)
            return None
        typed = unicodedata.normalize("NFKC", text)
        meant = number_meant(text, "%" if "%" in typed else unit)
        if meant is None:
            self.wrong(field, "no_number", text, heading=heading)
            return None
        return self._checked(field, meant, rate, "%" in typed)

    def _checked(self, field: str, number: float, rate: bool, in_percent: bool) -> float | None:
        """The number, unless it may as well be in per cent or not."""
        if rate and not in_percent and abs(number) >= 1:
            self.wrong(field, "percent_missing", plain(number), number=plain(number))
            return None
        if rate and in_percent and abs(number) >= _UNLIKELY:
            shown, meant = f"{plain(round(number * 100, 8))}%", f"{plain(round(number, 8))}%"
            self.wrong(field, "percent_twice", shown, meant=meant)
            return None
        if in_percent and not rate and number and self.text("unit"):
            shown = f"{plain(round(number * 100, 8))}%"
            self.wrong(field, "percent_unit", shown, unit=self.text("unit"))
            return None
        return tidy(round(number, 12))

    def yes(self, field: str) -> bool | None:
        """是 or 否; None where the cell is empty."""
        value, text = self.value(field), self.text(field)
        if isinstance(value, bool):
            return value
        if not text:
            return None
        choice = words.chosen("yes_no").get(folded(text))
        if choice is None:
            self.wrong(field, "choice", text, choices=words.choices("yes_no"))
        return None if choice is None else choice == "yes"

    def choice(self, field: str, kind: str) -> str | None:
        """The choice that a word of a list stands for; None where the cell is empty or faulty."""
        text = self.text(field)
        choice = words.chosen(kind).get(folded(text)) if text else None
        if text and choice is None:
            self.wrong(field, "choice", text, choices=words.choices(kind))
        return choice

    def formula(self, field: str, names: Mapping[str, str]) -> str | None:
        """The arithmetic of a cell; None where the cell is empty or has a name that is not known."""
        text = self.text(field)
        return self.parsed(field, text, names) if text else None

    def parsed(self, field: str, text: str, names: Mapping[str, str]) -> str | None:
        """The arithmetic of a text of this cell."""
        try:
            return in_ids(text.removeprefix("="), names)
        except UnknownNameError as error:
            place = self.place(field)
            if all(fault.cell != place for fault in self.notes.faults):
                self.notes.faults.append(CellFault(place, error.message, text))
            return None

    def period(self) -> dict[str, str]:
        """First and last quarter of the entry, as role files have them; without those that are not written."""
        ends = ("effective_from", "effective_to")
        return {end: quarter_text(text) for end in ends if (text := self.text(end))}

    def keep_places(self, entry: Mapping[str, Any], table: str, name: str, keys: Mapping[str, str]) -> None:
        """Note the cell of every key of an entry. table, name: as faults name it. keys: key → field."""
        first, last = (entry.get(f"effective_{end}", "") for end in ("from", "to"))
        period = f" {first}–{last}" if first or last else ""
        label = next(field for field in ("label", "heading", "path", "text") if field in words.columns(self.block.name))
        for stem in (f"{table}[{name}]", f"{table}[{name}{period}]"):
            self.notes.places[stem] = self.place(label)
            for key, column in keys.items():
                written = key != "id" or self.text("id")
                self.notes.places[f"{stem}.{key}"] = self.place(column if written else label)
