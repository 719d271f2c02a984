"""A whole workbook: role sheets, 汇总, 填写说明, and what the program must know of it (`_xlkpi`, very hidden)."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi import __name__ as package
from xlkpi import translate
from xlkpi.catalogue import Company, Role, load_role
from xlkpi.files import write_whole
from xlkpi.form import CONTRACT_VERSION, META_SHEET
from xlkpi.generate.canvas import Canvas
from xlkpi.generate.guidance import write_guidance
from xlkpi.generate.presets import Presets, write_presets
from xlkpi.generate.role_sheet import write_role_sheet
from xlkpi.generate.summary import FIRST_ROW, persons, write_summary
from xlkpi.generate.wordings import write_wordings
from xlkpi.naming import SheetNames
from xlkpi.post import Post
from xlkpi.quarter import Quarter
from xlkpi.recalc import recalculate
from xlkpi.rules.language import HANS
from xlkpi.version import __version__
from xlkpi.words import words


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
    lite: str | None = None,
    overwrite: bool = False,
) -> None:
    """Write the forms of a quarter into one workbook in a language, values calculated.

    lite: the package for xlwings Lite, whose functions the workbook then calls; None for the functions of an add-in.
    The file appears whole or not at all. Raises FileExistsError unless `overwrite`.
    """
    write_whole(path, workbook(sheets, company, quarter, language, lite), overwrite=overwrite)


def workbook(
    sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str = HANS, lite: str | None = None
) -> bytes:
    """What `write_workbook` writes."""
    content = recalculate(build(sheets, company, quarter, language, lite))
    if lite is not None:
        from xlkpi.addin.lite import carry  # and with it jinja2, which nobody else here waits for

        content = carry(content, lite, language)
    return content


def build(
    sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str = HANS, lite: str | None = None
) -> bytes:
    """The workbook as the writer leaves it: formulas without values; roles and company are translated."""
    said, company = words(language), translate.company(company, language)
    book = Workbook()
    book.remove(book.worksheets[0])
    people = persons(sheets)
    rows = {sheet.title: FIRST_ROW + number for number, person in enumerate(people) for sheet in person}
    for sheet in sheets:
        target = _sheet(book, sheet.title)
        role = translate.role(sheet.role, language)
        form = Canvas(target, role, company, quarter, said, rows[sheet.title], sheet.post)
        write_role_sheet(form)
        write_presets(form, sheet.presets)
    write_summary(_sheet(book, said("summary")), people, company, quarter, said)
    write_guidance(_sheet(book, said("guide")), company, said)
    write_wordings(_sheet(book, said("wordings")), said)
    _write_meta(_sheet(book, META_SHEET), sheets, company, quarter, said.language, lite)
    book.properties.creator = package
    book.calculation.fullCalcOnLoad = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheets_of(roles: Iterable[Role], language: str = HANS) -> list[Sheet]:
    """One sheet a role, under its title as Excel takes it."""
    names = SheetNames()
    return [Sheet(names(translate.title(role, language)), role) for role in roles]


def sheets_of_posts(posts: Sequence[Post], language: str = HANS, quarter: Quarter | None = None) -> list[Sheet]:
    """One sheet a post, named like the person; namesakes with their numbers, further posts with their roles.

    Roles are as of the quarter, the newest without one. Raises `UnknownRoleError`.
    """
    names = SheetNames()
    persons_of = Counter(name for _, name in {(post.id, post.name) for post in posts})
    sheets: list[Sheet] = []
    for post in posts:
        role = load_role(post.role, quarter)
        second = any(sheet.post and sheet.post.id == post.id for sheet in sheets)
        apart = [post.id] if persons_of[post.name] > 1 else []
        apart += [translate.title(role, language)] if second else []
        sheets.append(Sheet(names(post.name, " ".join(apart), always=bool(apart)), role, post))
    return sheets


def _sheet(book: Workbook, title: str) -> Worksheet:
    if len(title.encode("utf-16-le")) // 2 > SheetNames.longest:
        raise ValueError(f"a sheet's name has at most {SheetNames.longest} characters: {title}")
    sheet: Worksheet = book.create_sheet(title)
    return sheet


def _write_meta(
    sheet: Worksheet, sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str, lite: str | None
) -> None:
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
    if lite is not None:
        sheet.append(("lite", lite))
    for form in sheets:
        texts = ("sheet", form.title, form.role.id, digest(form.role), *_post_row(form.post))
        sheet.append(texts)
        for column in range(1, len(texts) + 1):
            sheet.cell(sheet.max_row, column).data_type = "s"  # what a person is called is never a formula
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
