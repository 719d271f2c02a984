"""The templates of all sheets of a workbook, cached: each is written when it is first needed.

Writing one takes as long as twenty forms, so a process that shares its work out sends the other processes those that it
has: `for_workers`.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.caches import ByIdentity
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import RATINGS, Layout
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.writer.blocks.canvas import Canvas, layout_of
from xlkpi.writer.sheets.form import write_role_sheet
from xlkpi.writer.sheets.instructions import write_instructions
from xlkpi.writer.sheets.rule_wordings import write_wordings
from xlkpi.writer.sheets.summary import SummaryLine, write_summary
from xlkpi.xlsx.write.template import SheetTemplate, captured

Days = tuple[dt.date | None, dt.date | None, bool]
"""First and last day, None where open; whether part time."""

_FORMS, _OTHERS = 128, 32  # templates in the caches; that of a form takes half a megabyte


_received: dict[tuple[object, ...], SheetTemplate] = {}
"""Templates that another process has written, by what they are templates of."""


@dataclass(frozen=True)
class FormTemplate:
    """The template of a form, and its layout."""

    template: SheetTemplate
    layout: Layout


def form_template(
    role: Role, catalogue: Catalogue, quarter: Quarter, language: str, assignment: Assignment | None
) -> FormTemplate:
    """The template of a form in this role; assignments with the same `template_days` share it.

    assignment: None without a roster. Raises ValueError for an assignment without a day in the quarter.
    """
    return _form(ByIdentity(role), catalogue, quarter, language, template_days(assignment, quarter))


def template_days(assignment: Assignment | None, quarter: Quarter) -> Days | None:
    """First and last day, and part time, as far as a template depends on them.

    Assignments with days in the same months give the same, and so do all that cover the whole quarter.
    None without a roster. Raises ValueError for an assignment without a day in the quarter.
    """
    if assignment is None:
        return None
    if not assignment.is_part(quarter):
        return None, None, assignment.share < 1
    first, last = assignment.within(quarter)
    if last < first:
        raise ValueError(f"an assignment without a day in {quarter}")
    return first.replace(day=2), last.replace(day=2), assignment.share < 1


def template_assignment(days: Days | None) -> Assignment | None:
    """A nobody's assignment with these days, for writing a template."""
    if days is None:
        return None
    start, end, part_time = days
    return Assignment("", "", start=start, end=end, share=0.5 if part_time else 1.0)


@lru_cache(_FORMS)
def _form(
    role: ByIdentity[Role], catalogue: Catalogue, quarter: Quarter, language: str, days: Days | None
) -> FormTemplate:
    labels, assignment = words(language), template_assignment(days)
    translated, company = catalogue.translated(role.value, language), catalogue.company(language, quarter)

    def write(sheet: Worksheet) -> None:
        write_role_sheet(Canvas(sheet, translated, company, quarter, labels, FIRST_ROW, assignment))

    template = _received.get((role, catalogue, quarter, language, days)) or captured("form", write)
    return FormTemplate(template, layout_of(translated, company))


def summary_template(
    people: tuple[SummaryLine, ...], catalogue: Catalogue, quarter: Quarter, language: str
) -> SheetTemplate:
    """The template of the sheet 汇总; the titles in `people` are placeholders, so that groups of one size share it."""
    return _summary(people, catalogue, quarter, language)


@lru_cache(_OTHERS)
def _summary(people: tuple[SummaryLine, ...], catalogue: Catalogue, quarter: Quarter, language: str) -> SheetTemplate:
    labels, company = words(language), catalogue.company(language, quarter)
    return captured(labels("summary"), lambda sheet: write_summary(sheet, people, company, quarter, labels))


def instructions_template(catalogue: Catalogue, quarter: Quarter, language: str, *, rated: bool) -> SheetTemplate:
    """The template of the sheet 填写说明. rated: whether a form of the workbook has ratings to fill in."""
    return _instructions(catalogue, quarter, language, rated)


@lru_cache(_OTHERS)
def _instructions(catalogue: Catalogue, quarter: Quarter, language: str, rated: bool) -> SheetTemplate:
    labels, company = words(language), catalogue.company(language, quarter)
    received = _received.get((catalogue, quarter, language, rated))
    return received or captured(labels("guide"), lambda sheet: write_instructions(sheet, company, labels, rated=rated))


@lru_cache(_OTHERS)
def rule_wordings_template(language: str) -> SheetTemplate:
    """The template of the sheet 评分标准写法."""
    labels = words(language)
    return _received.get((language,)) or captured(labels("wordings"), lambda sheet: write_wordings(sheet, labels))


def for_workers(
    assignments: Iterable[Assignment], catalogue: Catalogue, quarter: Quarter, language: str
) -> Callable[[], None]:
    """What another process must call to have the templates for these assignments. Raises `UnknownRoleError`."""
    posts = {(post.role, template_days(post, quarter)): post for post in assignments}
    forms: dict[tuple[str, Days | None], SheetTemplate] = {}
    others: dict[tuple[object, ...], SheetTemplate] = {(language,): rule_wordings_template(language)}
    for key, post in posts.items():
        form = form_template(catalogue.role(post.role, quarter), catalogue, quarter, language, post)
        forms[key], rated = form.template, bool(form.layout.span(RATINGS))
        others[catalogue, quarter, language, rated] = instructions_template(catalogue, quarter, language, rated=rated)
    packed = pickle.dumps((forms, others))  # here: once for all workers
    return partial(_receive, packed, catalogue, quarter, language)


def _receive(packed: bytes, catalogue: Catalogue, quarter: Quarter, language: str) -> None:
    forms, others = pickle.loads(packed)
    for (role, days), template in forms.items():
        _received[ByIdentity(catalogue.role(role, quarter)), catalogue, quarter, language, days] = template
    _received.update(others)
