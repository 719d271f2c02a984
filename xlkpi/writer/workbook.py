"""Writes whole workbooks: the forms, 汇总, 填写说明, 评分标准写法, and the very hidden sheet `_xlkpi`."""

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
from xlkpi.form.layout import RATINGS
from xlkpi.form.names import OWN_SHEETS, SheetNames
from xlkpi.form.part_quarter import reduced_presets
from xlkpi.form.planned import Added, PlannedSheet
from xlkpi.form.register import META_SHEET, meta_rows
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.writer.blocks.meeting import action_heights
from xlkpi.writer.cached_values import values_of
from xlkpi.writer.person import person_cells, preset_cells, unread_cells
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
    """Write the forms of a quarter into one workbook, in one language, with calculated values.

    lite: the package for xlwings Lite (see `lite.with_lite_code`); None for a workbook that uses an add-in.
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
    """The bytes of the workbook that `write_workbook` writes. Raises ValueError for an impossible title of a sheet."""
    forms, summary, others = _stamped_sheets(sheets, catalogue, quarter, language, lite)
    content = assembled([*forms, summary, *others], values_of(forms, summary, others))
    if lite is not None:
        from xlkpi.writer.lite import with_lite_code

        content = with_lite_code(content, lite, language)
    return content


def uncalculated(
    sheets: Sequence[PlannedSheet],
    catalogue: Catalogue,
    quarter: Quarter,
    language: str = HANS,
    lite: str | None = None,
) -> bytes:
    """As `workbook`, but the formulas have no values yet."""
    forms, summary, others = _stamped_sheets(sheets, catalogue, quarter, language, lite)
    return assembled([*forms, summary, *others])


def _stamped_sheets(
    sheets: Sequence[PlannedSheet], catalogue: Catalogue, quarter: Quarter, language: str, lite: str | None
) -> tuple[list[StampedSheet], StampedSheet, list[StampedSheet]]:
    """The stamped sheets of a workbook: the forms, 汇总, the others.

    Raises ValueError for a title that no sheet can have, or that another sheet has.
    """
    titles, labels = [sheet.title for sheet in sheets], words(language)
    part_quarter = catalogue.company(None, quarter).part_quarter
    _check_titles([*map(labels, OWN_SHEETS), META_SHEET, *titles])
    people = persons(sheets)
    rows = {sheet.title: FIRST_ROW + number for number, person in enumerate(people) for sheet in person}
    forms, rated = [], False
    for sheet in sheets:
        template = form_template(sheet.role, catalogue, quarter, language, sheet.assignment)
        rated = rated or bool(template.layout.span(RATINGS))
        contents = person_cells(template.layout, labels, quarter, sheet.assignment, rows[sheet.title])
        preset, notes = preset_cells(template.layout, sheet, quarter, part_quarter, labels)
        unread, heights = unread_cells(template.layout), action_heights(template.layout, sheet.presets, labels("font"))
        stamped = StampedSheet(sheet.title, template.template, contents | preset, notes, unread=unread, heights=heights)
        forms.append(stamped)
    placeholders = {title: placeholder(number) for number, title in enumerate(titles)}
    lines = tuple(
        replace(line, titles=tuple(placeholders[title] for title in line.titles)) for line in lines_of(people, quarter)
    )
    summary = StampedSheet(labels("summary"), summary_template(lines, catalogue, quarter, language), titles=titles)
    meta = list_template(meta_rows(sheets, catalogue, quarter, language, lite), summary.template.looks[0])
    return (
        forms,
        summary,
        [
            StampedSheet(labels("guide"), instructions_template(catalogue, quarter, language, rated=rated)),
            StampedSheet(labels("wordings"), rule_wordings_template(language)),
            StampedSheet(META_SHEET, meta, hidden=True),
        ],
    )


def sheets_of_roles(roles: Iterable[Role], catalogue: Catalogue, language: str = HANS) -> list[PlannedSheet]:
    """One form per role, without assignment; the sheets are named after the roles."""
    names = SheetNames()
    return [PlannedSheet(names(catalogue.title(role, language)), role) for role in roles]


def sheets_of_assignments(
    assignments: Sequence[Assignment],
    catalogue: Catalogue,
    language: str = HANS,
    quarter: Quarter | None = None,
    added: Added | None = None,
) -> list[PlannedSheet]:
    """One form per assignment; the sheets are named after the people, with number or role where names are equal.

    quarter: the roles are those of this quarter; None takes the newest. added: what else is filled in in advance.
    Raises `UnknownRoleError`.
    """
    names, part_quarter = SheetNames(), catalogue.company(None, quarter).part_quarter
    people_named = Counter(name for _, name in {(assignment.id, assignment.name) for assignment in assignments})
    sheets: list[PlannedSheet] = []
    for assignment in assignments:
        role = catalogue.role(assignment.role, quarter)
        has_form = any(sheet.assignment and sheet.assignment.id == assignment.id for sheet in sheets)
        suffix = [assignment.id] if people_named[assignment.name] > 1 else []
        suffix += [catalogue.title(role, language)] if has_form else []
        title = names(assignment.name, " ".join(suffix), always=bool(suffix))
        presets = {} if quarter is None else reduced_presets(role, assignment, quarter, part_quarter, words(language))
        presets |= (added or {}).get(assignment.post, {})
        sheets.append(PlannedSheet(title, role, assignment, presets))
    return sheets


def _check_titles(titles: Sequence[str]) -> None:
    """Raise ValueError for a title that a program would change or refuse when it opens the workbook."""
    for number, title in enumerate(titles):
        length = len(title.encode("utf-16-le")) // 2
        if not 0 < length <= SheetNames.longest or SheetNames.illegal.search(title):
            raise ValueError(f"no name for a sheet: {title!r}")
        if title.casefold() in (other.casefold() for other in titles[:number]):
            raise ValueError(f"the name of another sheet: {title!r}")


FORMS = 20
"""The least number of forms to send to a worker at a time: sending fewer costs more than writing them."""

_Group = tuple[str, Sequence[Assignment]]


def workbooks(
    groups: Mapping[str, Sequence[Assignment]],
    catalogue: Catalogue,
    quarter: Quarter,
    language: str = HANS,
    lite: str | None = None,
    executor: Executor | None = None,
    added: Added | None = None,
) -> Iterator[tuple[str, bytes]]:
    """(name, content) of a workbook for each group of assignments, written by the workers of an executor if given.

    added: what is filled in in advance beside targets.
    Raises `UnknownRoleError`; LostError for workbooks that kill every worker.
    """
    write = partial(_written, catalogue=catalogue, quarter=quarter, language=language, lite=lite, added=added)
    batches = chunks(groups.items(), lambda group: len(group[1]), 1 if executor is None else FORMS)
    for named_contents in mapped(write, batches, executor, lost=_lost):
        yield from named_contents


def _written(
    groups: Sequence[_Group],
    catalogue: Catalogue,
    quarter: Quarter,
    language: str,
    lite: str | None,
    added: Added | None,
) -> list[tuple[str, bytes]]:
    forms = ((name, sheets_of_assignments(people, catalogue, language, quarter, added)) for name, people in groups)
    return [(name, workbook(sheets, catalogue, quarter, language, lite)) for name, sheets in forms]


def _lost(groups: Sequence[_Group]) -> list[tuple[str, bytes]]:
    raise LostError(", ".join(name for name, _ in groups))
