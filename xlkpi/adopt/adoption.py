"""Adopts the appraisal tables of a file: each table becomes the draft of a role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from xlkpi.adopt.drafts import Origin, draft_of
from xlkpi.adopt.finding.headings import seen_headings
from xlkpi.adopt.finding.sheets import Sheet, read_sheets
from xlkpi.adopt.finding.tables import tables_of
from xlkpi.catalogue.workbooks.draft import Question, RoleDraft
from xlkpi.catalogue.workbooks.reading.sheet import role_id
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import COMMANDS

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

    without: sheets without a table, and what their best row says instead of headings. same: sheets with the role of a
    sheet before them, word for word. hidden: sheets that are hidden and were read all the same. sheets: all names.
    """

    tables: tuple[Adopted, ...]
    without: tuple[tuple[str, tuple[str, ...]], ...]
    same: tuple[tuple[str, str], ...]
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
    apart, same = _apart(tables)
    return Adoption(apart, tuple(without), same, hidden, tuple(sheet.name for sheet in sheets))


def _apart(tables: list[Adopted]) -> tuple[tuple[Adopted, ...], tuple[tuple[str, str], ...]]:
    """The tables without those that say a role again, which sheets of one for each person do; these as (sheet, other).

    Where another table says another role under the same title, it is called after its sheet, and that is a question.
    """
    kept: dict[str, Adopted] = {}
    same: list[tuple[str, str]] = []
    for adopted in tables:
        before = kept.get(adopted.draft.data["id"])
        if before is not None and _is_same(before.draft, adopted.draft):
            same.append((adopted.sheet, before.sheet))
            continue
        renamed = adopted
        while renamed.draft.data["id"] in kept:
            renamed = replace(adopted, draft=_renamed(adopted, len(kept) + 1 if renamed is not adopted else 0))
        kept[renamed.draft.data["id"]] = renamed
    return tuple(kept.values()), tuple(same)


def _is_same(one: RoleDraft, other: RoleDraft) -> bool:
    names = (one.data.keys() | other.data.keys()) - {"source"}
    return all(one.data.get(name) == other.data.get(name) for name in names)


def _renamed(adopted: Adopted, number: int) -> RoleDraft:
    draft, title = adopted.draft, adopted.draft.data["title"]
    where = adopted.sheet or adopted.headings
    name = COMMANDS("adopt_title_and_sheet", title=title, sheet=f"{where}{number or ''}")
    question = Question("title", COMMANDS("adopt_same_title", title=title, name=name), (name,))
    return replace(
        draft, data={**draft.data, "title": name, "id": role_id(name)}, questions=(question, *draft.questions)
    )


def _tables(sheet: Sheet, origin: Origin) -> list[Adopted]:
    adopted: list[Adopted] = []
    tables = tables_of(sheet)
    for table in tables:
        first, last = table.header.columns[0].number, table.header.columns[-1].number
        area = f"{sheet.address((table.header.top, first))}:{sheet.address((table.header.bottom, last))}"
        adopted.append(Adopted(draft_of(table, origin), sheet.name, area))
    rows = {row for table in tables for item in table.items for row in item.rows}
    notes = ((place, text) for place, text in sheet.notes.items() if place[0] not in rows)
    beside = [COMMANDS("adopt_noted", cell=sheet.address(place), text=text) for place, text in notes]
    beside += [COMMANDS("adopt_shape", text=text) for text in sheet.shapes]
    if adopted and beside:
        draft = adopted[0].draft
        adopted[0] = replace(adopted[0], draft=replace(draft, left=(*draft.left, *beside)))
    return adopted
