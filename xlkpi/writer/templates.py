"""The plates that a quarter's workbooks are printed with: each is written when it is first wanted, and then kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue import translate
from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Post
from xlkpi.common.identity import Same
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.sheets.form import write_role_sheet
from xlkpi.writer.sheets.instructions import write_guidance
from xlkpi.writer.sheets.rule_wordings import write_wordings
from xlkpi.writer.sheets.summary import Line, write_summary
from xlkpi.xlsx.write.template import Plate, engraved

Days = tuple[dt.date | None, dt.date | None]

_FORMS, _OTHERS = 128, 32  # plates kept; a form's takes half a megabyte


@dataclass(frozen=True)
class FormPlate:
    """A form's plate, and where everything stands on it."""

    plate: Plate
    layout: Layout


def form_plate(role: Role, company: Company, quarter: Quarter, language: str, post: Post | None) -> FormPlate:
    """The plate of everyone's form in the role whose days in the quarter make it look like this one's.

    post: None where no roster knows the person. Raises ValueError for a post without a day in the quarter.
    """
    return _form(Same(role), Same(company), quarter, language, days_of(post, quarter))


def days_of(post: Post | None, quarter: Quarter) -> Days | None:
    """What a form's shape has of the days in post: the same for all of the same months, be it the whole quarter or a
    part of it. None where no roster knows the person. Raises ValueError for a post without a day in the quarter."""
    if post is None:
        return None
    if not post.is_part(quarter):
        return None, None
    first, last = post.within(quarter)
    if last < first:
        raise ValueError(f"a post without a day in {quarter}")
    return first.replace(day=2), last.replace(day=2)


def nameless(days: Days | None) -> Post | None:
    """A post of such days, that is nobody's."""
    return None if days is None else Post("", "", start=days[0], end=days[1])


@lru_cache(_FORMS)
def _form(role: Same[Role], company: Same[Company], quarter: Quarter, language: str, days: Days | None) -> FormPlate:
    said, post = words(language), nameless(days)
    translated, of = translate.role(role.it, language), translate.company(company.it, language)
    layouts: list[Layout] = []

    def write(sheet: Worksheet) -> None:
        form = Canvas(sheet, translated, of, quarter, said, FIRST_ROW, post)
        write_role_sheet(form)
        layouts.append(form.layout)

    return FormPlate(engraved("form", write), layouts[0])


def summary_plate(people: tuple[Line, ...], company: Company, quarter: Quarter, language: str) -> Plate:
    """The plate of the sheet 汇总; the titles in `people` are place holders, so that groups of a size share it."""
    return _summary(people, Same(company), quarter, language)


@lru_cache(_OTHERS)
def _summary(people: tuple[Line, ...], company: Same[Company], quarter: Quarter, language: str) -> Plate:
    said, of = words(language), translate.company(company.it, language)
    return engraved(said("summary"), lambda sheet: write_summary(sheet, people, of, quarter, said))


def guide_plate(company: Company, language: str) -> Plate:
    """The plate of the sheet 填写说明."""
    return _guide(Same(company), language)


@lru_cache(_OTHERS)
def _guide(company: Same[Company], language: str) -> Plate:
    said, of = words(language), translate.company(company.it, language)
    return engraved(said("guide"), lambda sheet: write_guidance(sheet, of, said))


@lru_cache(_OTHERS)
def wordings_plate(language: str) -> Plate:
    """The plate of the sheet 评分标准写法."""
    said = words(language)
    return engraved(said("wordings"), lambda sheet: write_wordings(sheet, said))
