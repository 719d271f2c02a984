"""A whole workbook: role sheets, 汇总, 填写说明, and what the program must know of it (`_xlkpi`, very hidden)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from xlkpi.catalogue import translate
from xlkpi.catalogue.load import Company, Role, load_role
from xlkpi.common.assignment import Post
from xlkpi.common.files import write_whole
from xlkpi.common.identity import Same
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import CONTRACT_VERSION, META_SHEET
from xlkpi.form.names import OWN_SHEETS, SheetNames
from xlkpi.form.prefill import Presets, preset_contents, preset_notes
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.version import __version__
from xlkpi.writer.cached_values import values_of
from xlkpi.writer.person import personal
from xlkpi.writer.sheets.summary import FIRST_ROW, lines_of, persons
from xlkpi.writer.templates import form_plate, guide_plate, summary_plate, wordings_plate
from xlkpi.xlsx.write.template import Page, listed, place_holder
from xlkpi.xlsx.write.workbook import bound


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
    forms, summary, others = _pages(sheets, company, quarter, language, lite)
    content = bound([*forms, summary, *others], values_of(forms, summary, others))
    if lite is not None:
        from xlkpi.writer.lite import carry

        content = carry(content, lite, language)
    return content


def build(
    sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str = HANS, lite: str | None = None
) -> bytes:
    """The workbook with formulas without values; roles and company are translated."""
    forms, summary, others = _pages(sheets, company, quarter, language, lite)
    return bound([*forms, summary, *others])


def _pages(
    sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str, lite: str | None
) -> tuple[list[Page], Page, list[Page]]:
    """The workbook's sheets as they are printed: forms, their summary, the others.

    Raises ValueError for a title that no sheet can have, or has already.
    """
    titles, said = [sheet.title for sheet in sheets], words(language)
    _check([*map(said, OWN_SHEETS), META_SHEET, *titles])
    people = persons(sheets)
    rows = {sheet.title: FIRST_ROW + number for number, person in enumerate(people) for sheet in person}
    pages = []
    for sheet in sheets:
        form = form_plate(sheet.role, company, quarter, language, sheet.post)
        contents = personal(form.layout, said, quarter, sheet.post, rows[sheet.title])
        contents |= preset_contents(form.layout, sheet.presets)
        pages.append(Page(sheet.title, form.plate, contents, preset_notes(form.layout, sheet.presets)))
    held = {title: place_holder(number) for number, title in enumerate(titles)}
    lines = tuple(
        replace(line, titles=tuple(held[title] for title in line.titles)) for line in lines_of(people, quarter)
    )
    summary = Page(said("summary"), summary_plate(lines, company, quarter, language), titles=titles)
    meta = listed(meta_rows(sheets, company, quarter, language, lite), summary.plate.looks[0])
    return (
        pages,
        summary,
        [
            Page(said("guide"), guide_plate(company, language)),
            Page(said("wordings"), wordings_plate(language)),
            Page(META_SHEET, meta, hidden=True),
        ],
    )


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


def _check(titles: Sequence[str]) -> None:
    """Raise ValueError where a program that opens the workbook would mend a title, or refuse it."""
    for number, title in enumerate(titles):
        length = len(title.encode("utf-16-le")) // 2
        if not 0 < length <= SheetNames.longest or SheetNames.illegal.search(title):
            raise ValueError(f"no name for a sheet: {title!r}")
        if title.casefold() in (other.casefold() for other in titles[:number]):
            raise ValueError(f"the name of another sheet: {title!r}")


def meta_rows(
    sheets: Sequence[Sheet], company: Company, quarter: Quarter, language: str, lite: str | None = None
) -> list[Sequence[float | str | None]]:
    """Keys in column A, values in B; then one row a form: sheet, role, digest of the role, whose it is."""
    company = translate.company(company, language)
    ceiling = company.red_line_total
    return [
        ("contract", CONTRACT_VERSION),
        ("xlkpi", __version__),
        ("quarter", str(quarter)),
        ("language", language),
        ("events_limit", float(company.events_limit)),
        ("red_line_total", None if ceiling is None else float(ceiling)),
        *([] if lite is None else [("lite", lite)]),
        *(("sheet", form.title, form.role.id, digest(form.role), *_post_row(form.post)) for form in sheets),
    ]


def _post_row(post: Post | None) -> tuple[str, ...]:
    """Id, name, department, superiors, first and last day."""
    if post is None:
        return ()
    dates = ("" if day is None else day.isoformat() for day in (post.start, post.end))
    return post.id, post.name, post.department, post.superior, post.second_superior, *dates


def digest(role: Role) -> str:
    """Twelve hexadecimal digits that change with anything in the role."""
    return _digest(Same(role))


@lru_cache(maxsize=128)
def _digest(same: Same[Role]) -> str:
    role = same.it
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
