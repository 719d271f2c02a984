"""The hidden sheet `_xlkpi`, written and read here: settings of the workbook, and a register of its forms.

A row is a key and its values: `contract`, `quarter`, `language`, the company's settings, and one row `sheet` per form
with title, role, digest of the role and, for a form made from a roster, the assignment.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from xlkpi.catalogue.company import BY_DAYS
from xlkpi.catalogue.versions.digest import digest
from xlkpi.common.assignment import Assignment
from xlkpi.common.person import IDENTITY_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.numbers import is_number, number_written, stored_as, value_text
from xlkpi.i18n.problems import UnreadableError
from xlkpi.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.form.planned import PlannedSheet
    from xlkpi.xlsx.reader import WorkbookReader

CONTRACT_VERSION = 1
META_SHEET = "_xlkpi"
APPEAL_SHEET = "_xlkpi_appeal"
"""The hidden sheet of an appeal, which is no form."""

_NUMBERS = ("contract", "events_limit", "red_line_total")
"""The settings that are numbers."""
_NUMBER_AT = 3 + list(IDENTITY_FIELDS.values()).index("id")
"""Where the staff number stands among the cells of a form's row."""
_MOST_FORMS = 1_000
"""Forms of a workbook, at most: every missing one is searched for among all other sheets."""


@dataclass(frozen=True)
class Registered:
    """A form as `_xlkpi` registers it. digest: of the role that the form was written from.

    stored_number: the staff number where a program stored it as a number: it may have lost zeros or digits.
    """

    title: str
    role: str
    digest: str
    assignment: Assignment | None
    stored_number: float | None = None

    def has_number(self, text: str) -> bool:
        """Whether a text on the form is the registered staff number, or is stored as the same number."""
        if self.assignment is not None and text == self.assignment.id:
            return True
        return stored_as(text, self.stored_number)

    def with_number(self, text: str) -> Registered:
        """The same form with the staff number as the form shows it, where that is the registered one in full."""
        if self.assignment is None or not self.has_number(text):
            return self
        return replace(self, assignment=replace(self.assignment, id=text), stored_number=None)


def registered_forms(book: WorkbookReader) -> tuple[dict[str, object], list[Registered]]:
    """The settings of a workbook by key, and its registered forms. Raises `UnreadableError` where there are none."""
    if APPEAL_SHEET in book.titles:
        raise UnreadableError("file", "appeal_here")
    if META_SHEET not in book.titles:
        raise UnreadableError("file", "no_meta", sheet=META_SHEET)
    settings: dict[str, object] = {}
    sheets: list[Registered] = []
    for key, *values in book.rows(META_SHEET):
        if key == "sheet" and len(values) >= 2:
            sheets.append(_registered(values, language_in(settings)))
        elif values:
            settings[str(key)] = setting_value(str(key), values[0])
    language = language_in(settings)
    contract = settings.get("contract")
    if contract != CONTRACT_VERSION:
        shown = f"{contract:g}" if isinstance(contract, float) else contract
        key = "contract" if shown else "no_contract"
        raise UnreadableError("contract", key, contract=shown, ours=CONTRACT_VERSION).of(language)
    if not sheets:
        raise UnreadableError("file", "no_forms", sheet=META_SHEET).of(language)
    if len(sheets) > _MOST_FORMS:
        raise UnreadableError("file", "too_many_cells").of(language)
    titles = Counter(form.title for form in sheets)
    for title in (title for title, count in titles.items() if count > 1):
        raise UnreadableError("file", "registered_twice", title=title, sheet=META_SHEET).of(language)
    return settings, sheets


def setting_value(key: str, value: object) -> object:
    """A setting; where a program has stored a number as text, the number."""
    if key in _NUMBERS and isinstance(value, str) and (number := number_written(value)) is not None:
        return number
    return value


def _registered(row: Sequence[object], language: str) -> Registered:
    """A form from its row: title, role, digest, then the cells of `_assignment_row`.

    Raises `UnreadableError` for a day that cannot be read: without it the form would count for the whole quarter.
    """
    count = len(IDENTITY_FIELDS)
    title, role, digest, *rest = [*map(value_text, row), *[""] * (6 + count)]
    identity: dict[str, Any] = dict(zip(IDENTITY_FIELDS.values(), rest, strict=False))
    start, end = (_day(text, title, language) for text in rest[count : count + 2])
    share = number_written(rest[count + 2])
    identity["share"] = share if share is not None and 0 < share < 1 else 1.0
    assignment = Assignment(**identity, role=role, start=start, end=end) if identity["id"] else None
    number = row[_NUMBER_AT] if len(row) > _NUMBER_AT else None
    return Registered(title, role, digest, assignment, float(number) if is_number(number) else None)


def _day(text: str, title: str, language: str) -> dt.date | None:
    """A day in ISO form, or as the number that spreadsheets store."""
    try:
        if re.fullmatch(r"\d{5}", text):
            return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        error = UnreadableError("file", "registered_day", title=title, day=text, sheet=META_SHEET)
        raise error.of(language) from None


def language_in(settings: Mapping[str, object]) -> str:
    """The language of the workbook; simplified Chinese where it names no valid one."""
    language = settings.get("language")
    return language if language in LANGUAGES else HANS


def language_of_workbook(content: bytes) -> str:
    """The language of a workbook's forms; simplified Chinese where it is none of ours or cannot be read."""
    from xlkpi.xlsx.reader import WorkbookReader  # here, since who writes forms needs no reader

    try:
        settings, _ = registered_forms(WorkbookReader(content))
    except UnreadableError as error:
        return error.language or HANS
    return language_in(settings)


def meta_rows(
    sheets: Sequence[PlannedSheet], catalogue: Catalogue, quarter: Quarter, language: str, lite: str | None = None
) -> list[Sequence[float | str | None]]:
    """The rows of `_xlkpi`. lite: the package for xlwings Lite, None for a workbook without it."""
    company = catalogue.company(language, quarter)
    ceiling = company.red_line_total
    reduced = any(form.assignment and form.assignment.is_reduced(quarter) for form in sheets)
    return [
        ("contract", CONTRACT_VERSION),
        ("xlkpi", __version__),
        ("quarter", str(quarter)),
        ("language", language),
        ("events_limit", float(company.events_limit)),
        ("red_line_total", None if ceiling is None else float(ceiling)),
        *([("company", catalogue.company_digest(quarter))] if catalogue.keeps else []),
        *([] if lite is None else [("lite", lite)]),
        *([("part_quarter", BY_DAYS)] if company.part_quarter == BY_DAYS and reduced else []),
        *(("sheet", form.title, form.role.id, digest(form.role), *_assignment_row(form.assignment)) for form in sheets),
    ]


def _assignment_row(assignment: Assignment | None) -> tuple[str, ...]:
    """The person, field by field, then first and last day, and the share of working time where it is not all of it.

    Nothing without an assignment.
    """
    if assignment is None:
        return ()
    dates = ("" if day is None else day.isoformat() for day in (assignment.start, assignment.end))
    share = (f"{assignment.share:g}",) if assignment.share < 1 else ()
    return (*vars(assignment.identity).values(), *dates, *share)


def prorates(settings: Mapping[str, object]) -> bool:
    """Whether targets of a workbook's forms were reduced for a part of the quarter."""
    return settings.get("part_quarter") == BY_DAYS


def as_made(catalogue: Catalogue, settings: Mapping[str, object], forms: Sequence[Registered]) -> Catalogue:
    """The catalogue with what the forms of a workbook were made of, as far as that was kept."""
    quarter = quarter_in(settings)
    if quarter is None:
        return catalogue
    roles = {form.role: form.digest for form in reversed(forms)}
    return catalogue.as_made(quarter, roles, settings_digest(settings))


def settings_digest(settings: Mapping[str, object]) -> str:
    """The digest of the company's settings that a workbook was made with; "" where it has none."""
    return value_text(settings.get("company"))


def quarter_in(settings: Mapping[str, object]) -> Quarter | None:
    """The quarter of a workbook; None where it names no valid one."""
    try:
        return Quarter.parse(str(settings.get("quarter")))
    except ValueError:
        return None
