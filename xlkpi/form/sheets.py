"""Finds the forms of a returned workbook, also on renamed sheets, and says whose its other sheets are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlkpi.common.quarter import MONTHS
from xlkpi.form.grid import Grid, grid_of
from xlkpi.form.register import Registered, registered_forms
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.reader import WorkbookReader


def registered_in(book: WorkbookReader) -> tuple[dict[str, object], list[Registered]]:
    """As `registered_forms`; where sheets were moved into a workbook that is none of ours, the error says whose."""
    try:
        return registered_forms(book)
    except UnreadableError as error:
        people = tuple(stray.whose for stray in _sheets_like_forms(book, book.titles))
        if error.key != "no_meta" or not people:
            raise
        raise UnreadableError("file", "sheets_moved", people=people) from None


@dataclass(frozen=True)
class Stray:
    """A sheet that looks like a form and is not registered in its workbook.

    id: the staff number on it, "" without. whose: name, number and post, or else its title. filled: whether somebody
    typed numbers into it.
    """

    title: str
    grid: Grid
    id: str
    whose: str
    filled: bool


def _sheets_like_forms(book: WorkbookReader, titles: Sequence[str]) -> Iterator[Stray]:
    for title in titles:
        if grid := _form_grid(book, title):
            id, name, post = (_text(grid, field) for field in ("employee_id", "name", "post"))
            whose = " ".join(filter(None, (name, id, post))) if name or id else title
            yield Stray(title, grid, id, whose, _filled(book, title, grid))


def _text(grid: Grid, field: str) -> str:
    return grid.text("person", field).strip() if grid.has("person", field) else ""


def _filled(book: WorkbookReader, title: str, grid: Grid) -> bool:
    formulas = book.stored(title).formulas
    places = ((row, column) for row in grid.row if row.startswith("m:") for column in (*MONTHS, "quarter"))
    typed: Iterator[Value] = (
        grid(*place) for place in places if grid.has(*place) and grid.place(*place) not in formulas
    )
    return any(value is not None for value in typed)


@dataclass(frozen=True)
class FoundSheets:
    """forms: the sheet of every registered form, None where it is gone. strays: other sheets that look like forms."""

    forms: tuple[tuple[Registered, str | None], ...]
    strays: tuple[Stray, ...]


def find_sheets(
    book: WorkbookReader, registered: Sequence[Registered], rows_of: Mapping[str, frozenset[str]]
) -> FoundSheets:
    """Find the sheets of the registered forms; a renamed sheet is recognised by its row ids and staff number.

    rows_of: by role, the row ids that its forms must have.
    """
    registered_titles = {form.title for form in registered}
    others = [title for title in book.titles if title not in registered_titles]
    strays = {stray.title: stray for stray in _sheets_like_forms(book, others)}
    titles = frozenset(book.titles)
    forms: list[tuple[Registered, str | None]] = []
    for form in registered:
        title: str | None = form.title
        if title not in titles:
            rows = rows_of.get(form.role)
            title = next((other for other, stray in strays.items() if _is_form(titles, stray, form, rows)), None)
            if title is not None:
                del strays[title]
        forms.append((form, title))
    return FoundSheets(tuple(forms), tuple(strays.values()))


def _form_grid(book: WorkbookReader, title: str) -> Grid | None:
    """The cells of a sheet that looks like a form, else None."""
    try:
        grid = grid_of(book, title)
    except UnreadableError:
        return None
    return grid if {"person", "final"} <= grid.row.keys() else None


_COPY = re.compile(r"(.+?)(?: ?\(\d+\)|_\d+)")  # how Excel and LibreOffice name copies of a sheet


def _is_form(titles: frozenset[str], stray: Stray, form: Registered, rows: frozenset[str] | None) -> bool:
    """Whether a sheet under another name is the registered form."""
    copy = _COPY.fullmatch(stray.title)
    if rows is None or (copy and copy[1] in titles):
        return False
    if len(rows & stray.grid.row.keys()) < 0.8 * len(rows):
        return False
    if form.assignment is None or not stray.grid.has("person", "employee_id"):
        return True
    return form.has_number(stray.id)
