"""The buttons of the ribbon tab “xlkpi 绩效”: VBA runs `python -c "import udfs.ribbon; udfs.ribbon.check()"`.

Each function takes an `xlwings.Book`; without one it works on the workbook in which the button was pressed.
"""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence

import click
import xlwings as xw
from openpyxl.utils.cell import range_boundaries

from udfs.session import ButtonError, Pressed, button
from xlkpi.addin.install import this_machine
from xlkpi.appraisal.appraise import IndicatorResult
from xlkpi.common.company_folder import HISTORY
from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import part_id
from xlkpi.form.names import FileNames
from xlkpi.form.register import META_SHEET, quarter_in
from xlkpi.i18n.numbers import score_text
from xlkpi.i18n.problems import SEVERITIES, UnreadableError
from xlkpi.intake.reading import FormReading
from xlkpi.intake.workbook import open_workbook
from xlkpi.version import __version__

__all__ = ["about", "check", "guides", "new_quarter", "next_quarter", "recalculate", "receipts", "refresh", "settings"]

_Area = tuple[int | None, int | None, int | None, int | None]
"""First column and row, last column and row, from 1; None where the area is whole rows or columns."""

_RECEIPTS = 12
"""Receipts that one message shows at most."""


@button
def recalculate(pressed: Pressed) -> None:
    """Make Excel bind the functions and calculate everything anew; tell which engine computes the scores."""
    pressed.must_be_ours()  # do not recalculate other workbooks
    pressed.app.api.CalculateFullRebuild()
    engines = _engines(pressed)
    native = engines.count(pressed.labels("engine_native"))
    key = "ribbon_native" if native else "ribbon_python"
    pressed.tell(pressed.labels(key, forms=len(engines), native=native), wrong=native > 0)


def _engines(pressed: Pressed) -> list[str]:
    """The engine that each form shows now. Raises `UnreadableError` where the workbook is none of ours."""
    with pressed.copy() as path:
        workbook = open_workbook(path.read_bytes(), path.name, pressed.catalogue)
    return [reading.grid.text("engine", "score") for reading in workbook.readings]


@button
def check(pressed: Pressed) -> None:
    """Check the workbook as `xlkpi check` does; mark the cells with problems in a copy and open it."""
    from xlkpi.check.run import check
    from xlkpi.xlsx.annotate import mark, marks_of

    labels = pressed.labels
    with pressed.copy() as path:
        checked, *since = check([path], pressed.catalogue, language=labels.language)
        content = path.read_bytes()
    found = [*checked.findings, *(problem for other in since for problem in other.problems)]
    signatures = [labels("ribbon_unsigned", count=len(checked.unsigned))] if checked.unsigned else []
    if not found:
        pressed.tell("\n".join([labels("ribbon_fine"), *signatures]))
        return
    counts = [sum(problem.severity == severity for problem in found) for severity in SEVERITIES]
    counted = labels("ribbon_found", errors=counts[0], warnings=counts[1], advice=counts[2])
    text = "\n".join([counted, *signatures]) + f"\n\n{pressed.lines(found)}"
    if marks := marks_of(checked.findings):
        marked = pressed.write(_beside(pressed, "ribbon_checked_file"), mark(content, marks))
        pressed.open(marked)
        text += f"\n\n{labels('ribbon_marked', file=marked.name)}"
    pressed.tell(text, wrong=not checked.fine)


def _beside(pressed: Pressed, key: str) -> str:
    """The name of a new file, made from that of the workbook."""
    return pressed.labels(key, name=pressed.file.stem) + pressed.file.suffix


@button
def receipts(pressed: Pressed) -> None:
    """Show the receipts of the indicators in the selected rows."""
    labels, selection = pressed.labels, pressed.book.selection
    workbook = open_workbook(pressed.content, pressed.file.name, pressed.catalogue)
    title = selection.sheet.name if selection else pressed.book.sheets.active.name
    reading = next((reading for reading in workbook.readings if reading.sheet == title), None)
    if reading is None:
        raise ButtonError(labels("ribbon_not_form", sheet=title))
    if reading.appraisal is None:
        raise ButtonError(f"{labels('ribbon_unscored', sheet=title)}\n{pressed.lines(reading.problems)}")
    areas = [range_boundaries(area) for area in selection.address.split(",")] if selection else []
    chosen = [result for result in reading.appraisal.indicators if _selected(reading, result, areas)]
    if not chosen:
        raise ButtonError(labels("ribbon_no_rows"))
    lines = [
        f"{result.label}: {score_text(result.score) or labels('ribbon_no_data')}\n    {result.receipt or ''}".rstrip()
        for result in chosen[:_RECEIPTS]
    ]
    if more := len(chosen) - len(lines):
        lines.append(labels("ribbon_more", count=more))
    pressed.tell("\n".join(lines))


def _selected(reading: FormReading, result: IndicatorResult, areas: Sequence[_Area]) -> bool:
    """Whether an area includes a row of the indicator; whole columns include all rows."""
    rows = [reading.grid.row[part_id(result.id, part)] + 1 for part in range(len(result.actual))]
    return any(first is None or last is None or first <= row <= last for _, first, _, last in areas for row in rows)


@button
def refresh(pressed: Pressed) -> None:
    """Make formulas and receipts anew from the rules in the workbook, in a new workbook, and open that."""
    from xlkpi.check.refresh import refresh

    pressed.must_be_ours()
    refreshed = refresh(pressed.content, pressed.file.name, pressed.catalogue)
    path = pressed.write(_beside(pressed, "ribbon_refreshed_file"), refreshed.content)
    pressed.open(path)
    texts = [pressed.labels("ribbon_refreshed", count=len(refreshed.changes), file=path.name)]
    texts += [pressed.lines(refreshed.problems)] if refreshed.problems else []
    pressed.tell("\n\n".join(texts), wrong=bool(refreshed.problems))


@button
def new_quarter(pressed: Pressed) -> None:
    """Ask for a quarter and make empty forms of the workbook's roles; of all roles where it is none of ours."""
    from xlkpi.writer.workbook import sheets_of_roles, write_workbook

    labels, _ = pressed.labels, pressed.file  # raises where the result could not be saved, before anything is asked
    ours = META_SHEET in [sheet.name for sheet in pressed.book.sheets]
    registered_settings, forms = pressed.registered if ours else ({}, [])
    before = quarter_in(registered_settings)
    answer = pressed.ask(labels("ribbon_ask_quarter"), str(before.after) if before else "")
    if answer is None:
        return
    try:
        quarter = Quarter.parse(answer)
    except ValueError:
        raise ButtonError(labels("ribbon_bad_quarter", text=answer)) from None
    ids = dict.fromkeys(form.role for form in forms)
    catalogue = pressed.catalogue
    roles = [catalogue.role(id, quarter) for id in ids] if ids else [*catalogue.roles(quarter).values()]
    if not roles:
        raise ButtonError(labels("ribbon_no_roles", quarter=quarter))
    sheets = sheets_of_roles(roles, catalogue, labels.language)
    title = sheets[0].title if len(sheets) == 1 else labels("forms_file")
    path = pressed.free(FileNames()(f"{quarter}-{title}"))
    write_workbook(path, sheets, catalogue, quarter, language=labels.language)
    pressed.keep(quarter, {sheet.role.id for sheet in sheets})
    pressed.open(path)
    pressed.tell(labels("ribbon_new", quarter=quarter, forms=len(sheets), file=path.name))


@button
def next_quarter(pressed: Pressed) -> None:
    """Make the workbook's forms for the next quarter, with carried values, and write the report of the changes."""
    from xlkpi.next_quarter.plan import following
    from xlkpi.next_quarter.report import changes_text
    from xlkpi.writer.workbook import write_workbook

    labels = pressed.labels
    pressed.must_be_ours()
    with pressed.copy() as copy:
        planned = following([copy], pressed.catalogue, None, labels.language)
    if not planned.books:
        raise ButtonError(
            "\n".join([*(f"{form.sheet}: {form.reason}" for form in planned.gone), pressed.lines(planned.problems)])
        )
    for book in planned.books:
        path = pressed.free(book.name)
        write_workbook(path, book.sheets, pressed.catalogue, planned.quarter, language=book.language)
        pressed.keep(planned.quarter, {sheet.role.id for sheet in book.sheets})
        pressed.open(path)
    report = pressed.write(f"{planned.quarter}-{labels('next_file')}.md", changes_text(planned).encode())
    values, targets = (sum(getattr(person, count) for person in planned.people) for count in ("values", "targets"))
    names = labels("list_separator").join(book.name for book in planned.books)
    text = labels(
        "ribbon_next", quarter=planned.quarter, file=names, values=values, targets=targets, report=report.name
    )
    pressed.tell("\n\n".join(filter(None, (text, pressed.lines(planned.problems)))), wrong=bool(planned.problems))


@button
def guides(pressed: Pressed) -> None:
    """Write an improvement guide for everyone in the workbook into a new folder, and open the folder."""
    from xlkpi.collect.collection import collect
    from xlkpi.collect.history import load
    from xlkpi.guide import render as pages
    from xlkpi.guide.content import guides
    from xlkpi.guide.files import named
    from xlkpi.intake.counting import quarter_of
    from xlkpi.intake.received import receive_all

    labels, catalogue = pressed.labels, pressed.catalogue
    pressed.must_be_ours()
    with pressed.copy() as copy:
        received = list(receive_all([(copy.name, copy)], catalogue, language=labels.language))
    quarter = quarter_of(received)
    if quarter is None:
        raise ButtonError(pressed.lines([problem for file in received for problem in file.problems]))
    collection = collect(received, quarter, catalogue, language=labels.language)
    past = pressed.company.history if pressed.company else pressed.file.parent / HISTORY
    history = load(past) if past.is_dir() else None
    all_guides = guides([ranked.person for ranked in collection.ranking], quarter, history)
    templates, _ = pages.templates(("html", "docx"), None)
    folder = pressed.free(labels("ribbon_guides_folder", name=pressed.file.stem))
    for name, guide in named(all_guides, by_superior=False):
        for format, template in templates.items():
            write_whole(folder / f"{name}.{format}", pages.render(guide, format, template, catalogue))
    incomplete = sum(not guide.person.complete for guide in all_guides)
    text = labels("ribbon_guides", people=len(all_guides), folder=folder)
    text += f"\n{labels('ribbon_guides_incomplete', count=incomplete)}" if incomplete else ""
    pressed.tell(text)
    click.launch(str(folder))


@button
def settings(pressed: Pressed) -> None:
    """Tell versions, engine and settings, and where to change them."""
    try:
        engines = dict.fromkeys(_engines(pressed))
    except (ButtonError, UnreadableError):  # the settings can be shown in any workbook
        engines = {}
    pressed.tell(
        pressed.labels(
            "ribbon_settings",
            interpreter=sys.executable,
            python=platform.python_version(),
            xlkpi=__version__,
            xlwings=xw.__version__,
            engine=pressed.labels("list_separator").join(engines) or "—",
            company=pressed.company.settings if pressed.company else pressed.catalogue.folder / "company.toml",
            config=this_machine().config,
        )
    )


@button
def about(pressed: Pressed) -> None:
    """Tell what xlkpi is, and its version."""
    pressed.tell(pressed.labels("ribbon_about", version=__version__))
