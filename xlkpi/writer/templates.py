"""The templates that a quarter's workbooks are printed with: each is written when it is first wanted, and then kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.identity import ByIdentity
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.sheets.form import write_role_sheet
from xlkpi.writer.sheets.instructions import write_instructions
from xlkpi.writer.sheets.rule_wordings import write_wordings
from xlkpi.writer.sheets.summary import SummaryLine, write_summary
from xlkpi.xlsx.write.template import SheetTemplate, captured

Days = tuple[dt.date | None, dt.date | None]

_FORMS, _OTHERS = 128, 32  # templates kept; a form's takes half a megabyte


@dataclass(frozen=True)
class FormTemplate:
    """A form's template, and where everything stands on it."""

    template: SheetTemplate
    layout: Layout


def form_template(
    role: Role, catalogue: Catalogue, quarter: Quarter, language: str, assignment: Assignment | None
) -> FormTemplate:
    """The template of everyone's form in the role whose days in the quarter make it look like this one's.

    post: None where no roster knows the person. Raises ValueError for a post without a day in the quarter.
    """
    return _form(ByIdentity(role), catalogue, quarter, language, days_of(assignment, quarter))


def days_of(assignment: Assignment | None, quarter: Quarter) -> Days | None:
    """What a form's shape has of the days in post: the same for all of the same months, be it the whole quarter or a
    part of it. None where no roster knows the person. Raises ValueError for a post without a day in the quarter."""
    if assignment is None:
        return None
    if not assignment.is_part(quarter):
        return None, None
    first, last = assignment.within(quarter)
    if last < first:
        raise ValueError(f"a post without a day in {quarter}")
    return first.replace(day=2), last.replace(day=2)


def nameless(days: Days | None) -> Assignment | None:
    """A post of such days, that is nobody's."""
    return None if days is None else Assignment("", "", start=days[0], end=days[1])


@lru_cache(_FORMS)
def _form(
    role: ByIdentity[Role], catalogue: Catalogue, quarter: Quarter, language: str, days: Days | None
) -> FormTemplate:
    said, assignment = words(language), nameless(days)
    translated, of = catalogue.translated(role.it, language), catalogue.company(language)
    layouts: list[Layout] = []

    def write(sheet: Worksheet) -> None:
        form = Canvas(sheet, translated, of, quarter, said, FIRST_ROW, assignment)
        write_role_sheet(form)
        layouts.append(form.layout)

    return FormTemplate(captured("form", write), layouts[0])


def summary_template(
    people: tuple[SummaryLine, ...], catalogue: Catalogue, quarter: Quarter, language: str
) -> SheetTemplate:
    """The template of the sheet 汇总; the titles in `people` are place holders, so that groups of a size share it."""
    return _summary(people, catalogue, quarter, language)


@lru_cache(_OTHERS)
def _summary(people: tuple[SummaryLine, ...], catalogue: Catalogue, quarter: Quarter, language: str) -> SheetTemplate:
    said, of = words(language), catalogue.company(language)
    return captured(said("summary"), lambda sheet: write_summary(sheet, people, of, quarter, said))


def instructions_template(catalogue: Catalogue, language: str) -> SheetTemplate:
    """The template of the sheet 填写说明."""
    return _guide(catalogue, language)


@lru_cache(_OTHERS)
def _guide(catalogue: Catalogue, language: str) -> SheetTemplate:
    said, of = words(language), catalogue.company(language)
    return captured(said("guide"), lambda sheet: write_instructions(sheet, of, said))


@lru_cache(_OTHERS)
def rule_wordings_template(language: str) -> SheetTemplate:
    """The template of the sheet 评分标准写法."""
    said = words(language)
    return captured(said("wordings"), lambda sheet: write_wordings(sheet, said))
