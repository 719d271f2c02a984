"""Tables on the sheets of a company's workbooks: lines below a row of headings, read by heading."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlkpi.catalogue.toml import Fault
from xlkpi.catalogue.workbooks.reading.grid import address
from xlkpi.i18n.message_files import FAULTS, Message
from xlkpi.i18n.numbers import is_number, plain
from xlkpi.rules.spelling import normalise

_TOP = 20
"""Rows in which headings are looked for."""


@dataclass(frozen=True)
class Line:
    """One line of a table. row: from 1. columns: heading → column from 0. values: heading → content."""

    file: str
    sheet: str
    row: int
    columns: Mapping[str, int]
    values: Mapping[str, object]

    def get(self, heading: str) -> object:
        """The content below a heading; None where there is none, or no such column."""
        return self.values.get(heading)

    def cell(self, heading: str) -> str:
        """The address of the cell below a heading."""
        return address(self.row - 1, self.columns.get(heading, 0))


def fault_at(line: Line, heading: str, message: Message) -> Fault:
    """A fault at the cell of a line below a heading."""
    return Fault(line.file, "", message, text_of(line.get(heading)), line.sheet, line.cell(heading))


def lines_of(
    file: str,
    sheet: str,
    rows: Mapping[str, Sequence[Sequence[object]]],
    headings: Sequence[str],
    faults: list[Fault],
) -> Iterator[Line]:
    """The lines of a sheet that are not empty. headings: that its first line of the table must have.

    rows: sheet → its rows. A missing sheet, or one without the headings, is added to `faults`.
    """
    if sheet not in rows:
        near = difflib.get_close_matches(sheet, rows, 1)
        faults.append(Fault(file, "", FAULTS.message("no_sheet", sheet=sheet, near=tuple(near) or tuple(rows))))
        return
    wanted = {normalise(heading) for heading in headings}
    found = (top for top, row in enumerate(rows[sheet][:_TOP]) if wanted <= {normalise(text_of(cell)) for cell in row})
    top = next(found, None)
    if top is None:
        faults.append(Fault(file, "", FAULTS.message("no_headings", headings=tuple(headings)), sheet=sheet))
        return
    columns = {name: place for place, name in reversed([*enumerate(map(text_of, rows[sheet][top]))]) if name}
    for number, row in enumerate(rows[sheet][top + 1 :], start=top + 2):
        if any(text_of(cell) for cell in row):
            values = {name: row[place] for name, place in columns.items() if place < len(row)}
            yield Line(file, sheet, number, columns, values)


def text_of(content: object) -> str:
    """A cell's content as text without spaces around it; a whole number without its .0."""
    if content is None:
        return ""
    return plain(float(content)) if is_number(content) else str(content).strip()


def rate_of(content: object) -> float | None:
    """A number, also one typed as text or with %; None for anything else."""
    if is_number(content):
        return float(content)
    text = normalise(text_of(content)).replace(",", "")
    factor = 0.01 if text.endswith("%") else 1
    try:
        return float(text.rstrip("% ")) * factor
    except ValueError:
        return None
