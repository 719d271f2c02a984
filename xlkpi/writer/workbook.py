"""A whole workbook: role sheets, 汇总, 填写说明, and what the program must know of it (`_xlkpi`, very hidden)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.files import write_whole
from xlkpi.common.parallel import LostError, chunks, mapped
from xlkpi.common.quarter import Quarter
from xlkpi.form.names import OWN_SHEETS, SheetNames
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import preset_contents, preset_notes
from xlkpi.form.register import META_SHEET, meta_rows
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.writer.cached_values import values_of
from xlkpi.writer.person import person_cells
from xlkpi.writer.sheets.summary import lines_of, persons
from xlkpi.writer.templates import form_template, instructions_template, rule_wordings_template, summary_template
from xlkpi.xlsx.write.template import StampedSheet, list_template, placeholder
from xlkpi.xlsx.write.workbook import assembled


def write_workbook(
    path: Path,
    sheets: Sequence[PlannedSheet],
    catalogue: Catalogue,
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
    write_whole(path, workbook(sheets, catalogue, quarter, language, lite), overwrite=overwrite)


def workbook(
    sheets: Sequence[PlannedSheet],
    catalogue: Catalogue,
    quarter: Quarter,
    language: str = HANS,
    lite: str | None = None,
) -> bytes:
    """What `write_workbook` writes."""
    forms, summary, others = _pages(sheets, catalogue, quarter, language, lite)
    content = assembled([*forms, summary, *others], values_of(forms, summary, others))
    if lite is not None:
        from xlkpi.writer.lite import with_lite_code

        content = with_lite_code(content, lite, language)
    return content


def build(
    sheets: Sequence[PlannedSheet],
    catalogue: Catalogue,
    quarter: Quarter,
    language: str = HANS,
    lite: str | None = None,
) -> bytes:
    """The workbook with formulas without values; roles and company are translated."""
    forms, summary, others = _pages(sheets, catalogue, quarter, language, lite)
    return assembled([*forms, summary, *others])


def _pages(
    sheets: Sequence[PlannedSheet], catalogue: Catalogue, quarter: Quarter, language: str, lite: str | None
) -> tuple[list[StampedSheet], StampedSheet, list[StampedSheet]]:
    """The workbook's sheets as they are printed: forms, their summary, the others.

    Raises ValueError for a title that no sheet can have, or has already.
    """
    titles, said = [sheet.title for sheet in sheets], words(language)
    _check([*map(said, OWN_SHEETS), META_SHEET, *titles])
    people = persons(sheets)
    rows = {sheet.title: FIRST_ROW + number for number, person in enumerate(people) for sheet in person}
    pages = []
    for sheet in sheets:
        form = form_template(sheet.role, catalogue, quarter, language, sheet.assignment)
        contents = person_cells(form.layout, said, quarter, sheet.assignment, rows[sheet.title])
        contents |= preset_contents(form.layout, sheet.presets)
        pages.append(StampedSheet(sheet.title, form.template, contents, preset_notes(form.layout, sheet.presets)))
    held = {title: placeholder(number) for number, title in enumerate(titles)}
    lines = tuple(
        replace(line, titles=tuple(held[title] for title in line.titles)) for line in lines_of(people, quarter)
    )
    summary = StampedSheet(said("summary"), summary_template(lines, catalogue, quarter, language), titles=titles)
    meta = list_template(meta_rows(sheets, catalogue, quarter, language, lite), summary.template.looks[0])
    return (
        pages,
        summary,
        [
            StampedSheet(said("guide"), instructions_template(catalogue, language)),
            StampedSheet(said("wordings"), rule_wordings_template(language)),
            StampedSheet(META_SHEET, meta, hidden=True),
        ],
    )


def sheets_of(roles: Iterable[Role], catalogue: Catalogue, language: str = HANS) -> list[PlannedSheet]:
    """One sheet a role, under its title as Excel takes it."""
    names = SheetNames()
    return [PlannedSheet(names(catalogue.title(role, language)), role) for role in roles]


def sheets_of_assignments(
    assignments: Sequence[Assignment], catalogue: Catalogue, language: str = HANS, quarter: Quarter | None = None
) -> list[PlannedSheet]:
    """One sheet a post, named like the person; namesakes with their numbers, further posts with their roles.

    Roles are as of the quarter, the newest without one. Raises `UnknownRoleError`.
    """
    names = SheetNames()
    persons_of = Counter(name for _, name in {(assignment.id, assignment.name) for assignment in assignments})
    sheets: list[PlannedSheet] = []
    for assignment in assignments:
        role = catalogue.role(assignment.role, quarter)
        second = any(sheet.assignment and sheet.assignment.id == assignment.id for sheet in sheets)
        apart = [assignment.id] if persons_of[assignment.name] > 1 else []
        apart += [catalogue.title(role, language)] if second else []
        sheets.append(PlannedSheet(names(assignment.name, " ".join(apart), always=bool(apart)), role, assignment))
    return sheets


def _check(titles: Sequence[str]) -> None:
    """Raise ValueError where a program that opens the workbook would mend a title, or refuse it."""
    for number, title in enumerate(titles):
        length = len(title.encode("utf-16-le")) // 2
        if not 0 < length <= SheetNames.longest or SheetNames.illegal.search(title):
            raise ValueError(f"no name for a sheet: {title!r}")
        if title.casefold() in (other.casefold() for other in titles[:number]):
            raise ValueError(f"the name of another sheet: {title!r}")


FORMS = 20
"""Forms that a worker makes at a time at least: less than that costs more to send than to make."""

_Group = tuple[str, Sequence[Assignment]]


def workbooks(
    groups: Mapping[str, Sequence[Assignment]],
    catalogue: Catalogue,
    quarter: Quarter,
    language: str = HANS,
    lite: str | None = None,
    executor: Executor | None = None,
) -> Iterator[tuple[str, bytes]]:
    """Name and content of the workbook of every group of posts; by the workers of an executor if there is one.

    Raises `UnknownRoleError`; LostError for
    workbooks of which every worker dies.
    """
    work = partial(_made, catalogue=catalogue, quarter=quarter, language=language, lite=lite)
    batches = chunks(groups.items(), lambda group: len(group[1]), 1 if executor is None else FORMS)
    for made in mapped(work, batches, executor, lost=_lost):
        yield from made


def _made(
    groups: Sequence[_Group], catalogue: Catalogue, quarter: Quarter, language: str, lite: str | None
) -> list[tuple[str, bytes]]:
    forms = ((name, sheets_of_assignments(posts, catalogue, language, quarter)) for name, posts in groups)
    return [(name, workbook(sheets, catalogue, quarter, language, lite)) for name, sheets in forms]


def _lost(groups: Sequence[_Group]) -> list[tuple[str, bytes]]:
    raise LostError("、".join(name for name, _ in groups))
