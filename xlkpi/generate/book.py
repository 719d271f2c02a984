"""A whole workbook: role sheets, 汇总, 填写说明, and what the program must know of it (`_xlkpi`, very hidden)."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi import __name__ as package
from xlkpi import translate
from xlkpi.catalogue import Company, Role
from xlkpi.files import write_whole
from xlkpi.form import CONTRACT_VERSION, META_SHEET
from xlkpi.generate.canvas import Canvas
from xlkpi.generate.guidance import write_guidance
from xlkpi.generate.presets import Presets, write_presets
from xlkpi.generate.role_sheet import write_role_sheet
from xlkpi.generate.summary import FIRST_ROW, write_summary
from xlkpi.generate.wordings import write_wordings
from xlkpi.post import Post
from xlkpi.quarter import Quarter
from xlkpi.recalc import recalculate
from xlkpi.rules.language import HANS
from xlkpi.version import __version__
from xlkpi.words import words

_LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Sheet:
    """One form of the workbook: its sheet's name, its role, whose it is by the roster, what is typed already."""

    title: str
    role: Role
    post: Post | None = None
    presets: Presets = field(default_factory=dict)


def write_workbook(
    path: Path,
    sheets: Sequence[Sheet],
    company: Company,
    quarter: Quarter,
    *,
    language: str = HANS,
    overwrite: bool = False,
) -> None:
    """Write the forms of a quarter into one workbook in a language, values calculated.

    The file appears whole or not at all. Raises FileExistsError unless `overwrite`.
    """
    write_whole(path, recalculate(build(sheets, company, quarter, language)), overwrite=overwrite)


def build(sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str = HANS) -> bytes:
    """The workbook as the writer leaves it: formulas without values; roles and company are translated."""
    said, company = words(language), translate.company(company, language)
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, sheet in enumerate(sheets):
        target = _sheet(book, sheet.title)
        role = translate.role(sheet.role, language)
        form = Canvas(target, role, company, quarter, said, FIRST_ROW + number, sheet.post)
        write_role_sheet(form)
        write_presets(form, sheet.presets)
    titles = [sheet.title for sheet in sheets]
    write_summary(_sheet(book, said("summary")), titles, company, quarter, said)
    write_guidance(_sheet(book, said("guide")), company, said)
    write_wordings(_sheet(book, said("wordings")), said)
    _write_meta(_sheet(book, META_SHEET), sheets, company, quarter, said.language)
    book.properties.creator = package
    book.calculation.fullCalcOnLoad = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheets_of(roles: Iterable[Role], language: str = HANS) -> list[Sheet]:
    """One sheet a role, under a name that Excel takes: its title, shortened where that is too long."""
    taken: set[str] = {words(language)(key).lower() for key in ("summary", "guide", "wordings")} | {META_SHEET}
    sheets = []
    for role in roles:
        name = _FORBIDDEN.sub(" ", translate.role(role, language).title).strip("' ")
        titles = (_shortened(name, _LONGEST - len(end)) + end for end in ("", *(f" {n}" for n in range(2, 1000))))
        title = next(title for title in titles if title.lower() not in taken)
        taken.add(title.lower())
        sheets.append(Sheet(title, role))
    return sheets


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _sheet(book: Workbook, title: str) -> Worksheet:
    if len(title) > _LONGEST:
        raise ValueError(f"a sheet's name has at most {_LONGEST} characters: {title}")
    sheet: Worksheet = book.create_sheet(title)
    return sheet


def _write_meta(sheet: Worksheet, sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str) -> None:
    """Keys in column A, values in B; then one row a form: sheet, role, digest of the role, whose it is."""
    for row in (
        ("contract", CONTRACT_VERSION),
        ("xlkpi", __version__),
        ("quarter", str(quarter)),
        ("language", language),
        ("events_limit", company.events_limit),
        ("red_line_total", company.red_line_total),
    ):
        sheet.append(row)
    for form in sheets:
        sheet.append(("sheet", form.title, form.role.id, digest(form.role)))
        for column, text in enumerate(_post_row(form.post), start=5):
            cell = sheet.cell(sheet.max_row, column, text)
            cell.data_type = "s"  # what a person is called is never a formula
    sheet.sheet_state = "veryHidden"
    sheet.protection.sheet = True


def _post_row(post: Post | None) -> tuple[str, ...]:
    """Id, name, department, superiors, first and last day."""
    if post is None:
        return ()
    dates = ("" if day is None else day.isoformat() for day in (post.start, post.end))
    return post.id, post.name, post.department, post.superior, post.second_superior, *dates


def digest(role: Role) -> str:
    """Twelve hexadecimal digits that change with anything in the role."""
    told = repr(
        [
            (role.id, sorted(role.group_weights.items()), role.measures),
            [
                (i.id, i.group, i.weight, i.rule, [(p.actual.text, p.target, p.unit) for p in i.parts])
                for i in role.indicators
            ],
        ]
    )
    return hashlib.sha256(told.encode()).hexdigest()[:12]
