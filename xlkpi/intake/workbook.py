"""Reads a filled workbook by row and column ids: its inputs only, never the values that its formulas show.

A returned file is untrusted. Whatever cannot be read becomes a `Problem` with file, sheet and cell; the rest is
read all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xlkpi.appraisal.filled import FilledForm
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.files import shown_name
from xlkpi.form.captions import with_captions
from xlkpi.form.grid import find_sheets, grid_of
from xlkpi.form.layout import needed_rows
from xlkpi.form.register import Registered, language_in, quarter_in, registered_forms
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import WARNING, Place, Problem, UnreadableError
from xlkpi.intake.claims import claimed_otherwise
from xlkpi.intake.reading import FormReading, read_events, read_form, read_reviews
from xlkpi.xlsx.archive import content_of
from xlkpi.xlsx.reader import WorkbookReader


@dataclass(frozen=True)
class Workbook:
    """A returned workbook with the forms found in it.

    catalogue: its roles were used to read the forms. problems: of whole sheets; a reading has those of its cells.
    strays: sheets that look like forms but are not registered.
    """

    file: str
    catalogue: Catalogue
    book: WorkbookReader
    settings: Mapping[str, object]
    readings: tuple[FormReading, ...]
    problems: tuple[Problem, ...]
    strays: tuple[str, ...]
    registered: tuple[Registered, ...] = ()

    @property
    def quarter(self) -> str | None:
        quarter = self.settings.get("quarter")
        return quarter if isinstance(quarter, str) else None

    @property
    def language(self) -> str:
        return language_in(self.settings)


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
            read_reviews(reading.grid),
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
    )


def open_workbook(content: bytes, file: str, catalogue: Catalogue) -> Workbook:
    """Read every form of a workbook with the roles of the catalogue. file: its name, for the problems.

    Raises `UnreadableError` where it is none of ours.
    """
    book = WorkbookReader(content)
    settings, sheets = registered_forms(book)
    language = language_in(settings)
    roles: dict[str, Role] = {}
    problems: list[Problem] = []
    for registered in sheets:
        try:
            roles[registered.role] = catalogue.role(registered.role, quarter_in(settings), language)
        except CatalogueError as error:
            problems.append(Problem.at(Place(file, registered.title), "role", language, error=error))
    located = find_sheets(book, sheets, {id: frozenset(needed_rows(role)) for id, role in roles.items()})
    company = catalogue.company(language)
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
            grid = grid_of(book, title or registered.title)
            if grid.has("person", "employee_id"):
                found[-1] = registered = registered.with_number(grid.text("person", "employee_id"))
            role = roles[registered.role]
            readings.append(read_form(file, title or registered.title, registered, role, grid, settings, company))
        except UnreadableError as error:
            with_names = with_captions(error, roles[registered.role], words(language))
            problems.append(with_names.problem(file, registered.title, language))
    return Workbook(file, catalogue, book, settings, tuple(readings), tuple(problems), located.strays, tuple(found))


@dataclass(frozen=True)
class FilledWorkbook:
    """A filled workbook: its scored forms and its problems.

    lite: whether it has its functions for xlwings Lite. language: of the forms.
    """

    quarter: str | None
    forms: tuple[FilledForm, ...]
    problems: tuple[Problem, ...]
    registered: tuple[Registered, ...] = ()
    lite: bool = False
    language: str = HANS
