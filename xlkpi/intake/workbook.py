"""Reads a filled workbook by row and column ids: its inputs only, never the values that its formulas show.

A returned file is untrusted. Whatever cannot be read becomes a `Problem` with file, sheet and cell; the rest is
read all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlkpi.appraisal.filled import FilledForm
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common import caches
from xlkpi.common.files import shown_name
from xlkpi.form.captions import with_captions
from xlkpi.form.grid import grid_of
from xlkpi.form.layout import needed_rows
from xlkpi.form.register import Registered, as_made, language_in, quarter_in, settings_digest
from xlkpi.form.sheets import FoundSheets, Stray, find_sheets, registered_in
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ERROR, WARNING, Place, Problem, UnreadableError
from xlkpi.intake.claims import claimed_otherwise
from xlkpi.intake.reading import FormReading, read_events, read_form, read_signed
from xlkpi.xlsx.archive import content_of
from xlkpi.xlsx.reader import WorkbookReader


@dataclass(frozen=True)
class Workbook:
    """A returned workbook with the forms found in it.

    catalogue: its roles were used to read the forms. problems: of whole sheets; a reading has those of its cells.
    """

    file: str
    catalogue: Catalogue
    book: WorkbookReader
    settings: Mapping[str, object]
    readings: tuple[FormReading, ...]
    problems: tuple[Problem, ...]
    registered: tuple[Registered, ...] = ()

    @property
    def quarter(self) -> str | None:
        quarter = self.settings.get("quarter")
        return quarter if isinstance(quarter, str) else None

    @property
    def language(self) -> str:
        return language_in(self.settings)


_MANY_ROWS, _MANY_CHARACTERS = 2_000, 500_000
"""Rows of a form, and characters of its formulas, from which on it is huge: one has 130 and 41,000."""


def read(path: Path, catalogue: Catalogue) -> FilledWorkbook:
    """Read and score every form of a workbook. A file that is none of ours is a problem. Raises OSError."""
    try:
        return scored(open_workbook(content_of(path), shown_name(path), catalogue))
    except UnreadableError as error:
        return FilledWorkbook(None, (), (error.problem(shown_name(path)),), language=error.language or HANS)


def scored(workbook: Workbook) -> FilledWorkbook:
    """Every form of an opened workbook that can be scored, and the problems of all forms."""
    forms = (
        FilledForm(
            reading.sheet,
            appraisal,
            reading.registered.assignment,
            read_events(reading.grid),
            reading.reviews,
            reading.agreement,
            reading.meeting,
            read_signed(reading.grid),
        )
        for reading in workbook.readings
        if (appraisal := reading.appraisal)
    )
    problems = (problem for reading in workbook.readings for problem in reading.problems)
    return FilledWorkbook(
        workbook.quarter,
        tuple(forms),
        (*workbook.problems, *problems),
        workbook.registered,
        "lite" in workbook.settings,
        workbook.language,
        settings_digest(workbook.settings),
    )


def open_workbook(content: bytes, file: str, catalogue: Catalogue) -> Workbook:
    """Read every form of a workbook with the roles of the catalogue. file: its name, for the problems.

    Raises `UnreadableError` where it is none of ours.
    """
    caches.begin()
    book = WorkbookReader(content)
    settings, sheets = registered_in(book)
    language = language_in(settings)
    catalogue = as_made(catalogue, settings, sheets)
    roles: dict[str, Role] = {}
    problems: list[Problem] = []
    for registered in sheets:
        try:
            roles[registered.role] = catalogue.role(registered.role, quarter_in(settings), language)
        except CatalogueError as error:
            problems.append(Problem.at(Place(file, registered.title), "role", language, error=error))
    located = find_sheets(book, sheets, {id: frozenset(needed_rows(role)) for id, role in roles.items()})
    company = catalogue.company(language, quarter_in(settings))
    problems += claimed_otherwise(file, book, company, language)
    readings: list[FormReading] = []
    found: list[Registered] = []
    for registered, title in located.forms:
        found.append(registered)
        if registered.role not in roles:
            continue
        if title is not None and title != registered.title:
            problems.append(Problem.at(Place(file, title), "renamed", language, WARNING, title=registered.title))
        try:
            stored = book.stored(title or registered.title)
            if stored.rows > _MANY_ROWS or stored.characters > _MANY_CHARACTERS:
                caches.say_huge()
            grid = grid_of(book, title or registered.title)
            if grid.has("person", "employee_id"):
                found[-1] = registered = registered.with_number(grid.text("person", "employee_id"))
            role = roles[registered.role]
            readings.append(read_form(file, title or registered.title, registered, role, grid, settings, company))
        except UnreadableError as error:
            with_names = with_captions(error, roles[registered.role], words(language))
            problems.append(with_names.problem(file, registered.title, language))
    problems += (_stray_problem(file, stray, located, language) for stray in located.strays)
    problems += _hidden_forms(file, book, located, roles, language)
    return Workbook(file, catalogue, book, settings, tuple(readings), tuple(problems), tuple(found))


def _hidden_forms(
    file: str, book: WorkbookReader, located: FoundSheets, roles: Mapping[str, Role], language: str
) -> Iterator[Problem]:
    """An error for a hidden form beside a visible sheet with the same rows, which everybody takes for the form."""
    forms = {title for _, title in located.forms}
    for registered, title in located.forms:
        role = roles.get(registered.role)
        if title not in book.hidden or role is None:
            continue
        number = registered.assignment.id if registered.assignment else ""
        others = {stray.title for stray in located.strays if stray.id not in ("", number)}
        for visible in (each for each in book.titles if each not in forms | others | book.hidden):
            if _shows(book, visible, role):
                yield Problem.at(Place(file, title), "hidden_form", language, ERROR, visible=visible)
                break


def _shows(book: WorkbookReader, title: str, role: Role) -> bool:
    """Whether most of the role's measures and indicators stand on a sheet."""
    if not book.stored(title).fits:
        return False
    texts = {str(cell).strip() for row in book.rows(title) for cell in row if isinstance(cell, str)}
    labels = {measure.label for measure in role.measures} | {indicator.label for indicator in role.indicators}
    return len(labels & texts) > len(labels) / 2


def _stray_problem(file: str, stray: Stray, located: FoundSheets, language: str) -> Problem:
    """A sheet that does not count: a copy of a form of this workbook, or the form of somebody else."""
    place = Place(file, stray.title)
    same = next((title for form, title in located.forms if form.assignment and form.assignment.id == stray.id), None)
    if not stray.filled:
        return Problem.at(place, "copied", language, WARNING)
    if same is not None:
        return Problem.at(place, "copied", language, WARNING, "copied_filled", title=same)
    return Problem.at(place, "stray", language, ERROR, whose=stray.whose)


@dataclass(frozen=True)
class FilledWorkbook:
    """A filled workbook: its scored forms and its problems.

    lite: whether it has its functions for xlwings Lite. language: of the forms. company: digest of the settings that it
    was made with, "" where it has none.
    """

    quarter: str | None
    forms: tuple[FilledForm, ...]
    problems: tuple[Problem, ...]
    registered: tuple[Registered, ...] = ()
    lite: bool = False
    language: str = HANS
    company: str = ""
