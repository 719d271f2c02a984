"""The writer that printing saves: every form of a workbook written cell by cell by openpyxl. What is printed is held
against it, in the tests for what is in it and in the benchmarks for what it costs."""

from __future__ import annotations

import io
from collections.abc import Sequence

from openpyxl import Workbook

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import RATINGS
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.register import META_SHEET, meta_rows
from xlkpi.form.summary_layout import FIRST_ROW
from xlkpi.i18n.labels import words
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.person import preset_cells
from xlkpi.writer.sheets.form import write_role_sheet
from xlkpi.writer.sheets.instructions import write_instructions
from xlkpi.writer.sheets.rule_wordings import write_wordings
from xlkpi.writer.sheets.summary import lines_of, persons, write_summary


def written(sheets: Sequence[PlannedSheet], catalogue: Catalogue, quarter: Quarter, language: str) -> bytes:
    """The workbook, formulas without values."""
    said, of = words(language), catalogue.company(language)
    book = Workbook()
    book.remove(book.worksheets[0])
    people = persons(sheets)
    rows = {sheet.title: FIRST_ROW + number for number, person in enumerate(people) for sheet in person}
    rated = False
    for sheet in sheets:
        target, role = book.create_sheet(sheet.title), catalogue.translated(sheet.role, language)
        form = Canvas(target, role, of, quarter, said, rows[sheet.title], sheet.assignment)
        write_role_sheet(form)
        rated = rated or bool(form.layout.span(RATINGS))
        contents, notes = preset_cells(form.layout, sheet, quarter, of.part_quarter, said)
        form.hold(contents)
        for address, text in notes.items():
            form.note(address, text)
    write_summary(book.create_sheet(said("summary")), lines_of(people, quarter), of, quarter, said)
    write_instructions(book.create_sheet(said("guide")), of, said, rated=rated)
    write_wordings(book.create_sheet(said("wordings")), said)
    meta = book.create_sheet(META_SHEET)
    for number, row in enumerate(meta_rows(sheets, catalogue, quarter, language), start=1):
        for column, content in enumerate(row, start=1):
            cell = meta.cell(number, column, None if content == "" else content)
            if content and isinstance(content, str):
                cell.data_type = "s"
    meta.sheet_state = "veryHidden"
    meta.protection.sheet = True
    book.properties.creator = "xlkpi"
    book.calculation.fullCalcOnLoad = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
