"""The plates that a quarter's workbooks are printed with: each is written when it is first wanted, and then kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from openpyxl.worksheet.worksheet import Worksheet

from xlkpi import translate
from xlkpi.catalogue import Company, Role
from xlkpi.form import Layout
from xlkpi.generate.canvas import Canvas
from xlkpi.generate.guidance import write_guidance
from xlkpi.generate.plate import Plate, engraved
from xlkpi.generate.role_sheet import write_role_sheet
from xlkpi.generate.summary import FIRST_ROW, Line, write_summary
from xlkpi.generate.wordings import write_wordings
from xlkpi.post import Post
from xlkpi.quarter import Quarter
from xlkpi.words import words

T = TypeVar("T")
_Days = tuple[dt.date | None, dt.date | None]

_FORMS, _OTHERS = 128, 32  # plates kept; a form's takes half a megabyte


@dataclass(frozen=True, eq=False)
class _Same(Generic[T]):
    """A thing as a key: it alone, not what is equal to it. Comparing roles would cost as much as writing a form."""

    it: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)  # the key keeps it alive


@dataclass(frozen=True)
class FormPlate:
    """A form's plate, and where everything stands on it."""

    plate: Plate
    layout: Layout


def form_plate(role: Role, company: Company, quarter: Quarter, language: str, post: Post | None) -> FormPlate:
    """The plate of everyone's form in the role whose days in the quarter make it look like this one's.

    post: None where no roster knows the person. Raises ValueError for a post without a day in the quarter.
    """
    return _form(_Same(role), _Same(company), quarter, language, None if post is None else _days(post, quarter))


def _days(post: Post, quarter: Quarter) -> _Days:
    """The same days for all posts of the same months, be it the whole quarter or a part of it."""
    if not post.is_part(quarter):
        return None, None
    first, last = post.within(quarter)
    return first.replace(day=2), last.replace(day=2)


@lru_cache(_FORMS)
def _form(role: _Same[Role], company: _Same[Company], quarter: Quarter, language: str, days: _Days | None) -> FormPlate:
    said, post = words(language), None if days is None else Post("", "", start=days[0], end=days[1])
    translated, of = translate.role(role.it, language), translate.company(company.it, language)
    layouts: list[Layout] = []

    def write(sheet: Worksheet) -> None:
        form = Canvas(sheet, translated, of, quarter, said, FIRST_ROW, post)
        write_role_sheet(form)
        layouts.append(form.layout)

    return FormPlate(engraved("form", write), layouts[0])


def summary_plate(people: tuple[Line, ...], company: Company, quarter: Quarter, language: str) -> Plate:
    """The plate of the sheet 汇总; the titles in `people` are place holders, so that groups of a size share it."""
    return _summary(people, _Same(company), quarter, language)


@lru_cache(_OTHERS)
def _summary(people: tuple[Line, ...], company: _Same[Company], quarter: Quarter, language: str) -> Plate:
    said, of = words(language), translate.company(company.it, language)
    return engraved(said("summary"), lambda sheet: write_summary(sheet, people, of, quarter, said))


def guide_plate(company: Company, language: str) -> Plate:
    """The plate of the sheet 填写说明."""
    return _guide(_Same(company), language)


@lru_cache(_OTHERS)
def _guide(company: _Same[Company], language: str) -> Plate:
    said, of = words(language), translate.company(company.it, language)
    return engraved(said("guide"), lambda sheet: write_guidance(sheet, of, said))


@lru_cache(_OTHERS)
def wordings_plate(language: str) -> Plate:
    """The plate of the sheet 评分标准写法."""
    said = words(language)
    return engraved(said("wordings"), lambda sheet: write_wordings(sheet, said))
