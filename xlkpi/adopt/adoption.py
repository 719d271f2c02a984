"""Adopts the appraisal tables of a file: each table becomes the draft of a role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from xlkpi.adopt.drafts import Origin, draft_of
from xlkpi.adopt.finding.headings import seen_headings
from xlkpi.adopt.finding.sheets import Sheet, read_sheets
from xlkpi.adopt.finding.tables import tables_of
from xlkpi.catalogue.workbooks.draft import RoleDraft
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter

_MOST_CELLS = 50_000
"""A sheet with more cells than this holds data, and no appraisal table. A table has 200."""


@dataclass(frozen=True)
class Adopted:
    """A table that became a draft. sheet: "" for a CSV. headings: the cells of its headings, such as A3:K3."""

    draft: RoleDraft
    sheet: str
    headings: str


@dataclass(frozen=True)
class Adoption:
    """What was found in a file.

    without: sheets without a table, and what their best row says instead of headings. hidden: sheets that are hidden
    and were read all the same. sheets: the names of all sheets.
    """

    tables: tuple[Adopted, ...]
    without: tuple[tuple[str, tuple[str, ...]], ...]
    hidden: tuple[str, ...]
    sheets: tuple[str, ...]


def adopt(path: Path, quarter: Quarter, wanted: Collection[str] = (), id: str = "") -> Adoption:
    """The roles of the tables in a file (.xlsx, .xls, .csv).

    quarter: from which a role holds whose table names none. wanted: only these sheets. id: of the role, where the file
    has one table. Raises `UnreadableError`, OSError.
    """
    sheets = read_sheets(path)
    tables: list[Adopted] = []
    without: list[tuple[str, tuple[str, ...]]] = []
    for sheet in sheets:
        if wanted and sheet.name not in wanted:
            continue
        small = len(sheet.cells) <= _MOST_CELLS
        found = _tables(sheet, Origin(shown_name(path), path.stem, quarter, id)) if small else []
        tables += found
        if not found:
            without.append((sheet.name, seen_headings(sheet)))
    hidden = tuple(sheet.name for sheet in sheets if sheet.hidden)
    return Adoption(tuple(tables), tuple(without), hidden, tuple(sheet.name for sheet in sheets))


def _tables(sheet: Sheet, origin: Origin) -> list[Adopted]:
    adopted = []
    for table in tables_of(sheet):
        first, last = table.header.columns[0].number, table.header.columns[-1].number
        area = f"{sheet.address((table.header.top, first))}:{sheet.address((table.header.bottom, last))}"
        adopted.append(Adopted(draft_of(table, origin), sheet.name, area))
    return adopted
