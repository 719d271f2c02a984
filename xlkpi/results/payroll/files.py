"""Writes the payroll table, as a workbook or as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import plain
from xlkpi.intake.received import OWN
from xlkpi.results.payroll.rows import Cell, Payroll
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page
from xlkpi.xlsx.write.saved import saved

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet, which opens a CSV, takes for a formula."""
_TEXT = styles.COMPUTED_TEXT.but(format="@", wrap=False)
_NUMBER = styles.COMPUTED.but(align="right")
_APART = ("employee_id", "name", "department", "superior", "reason")


def payroll_book(payroll: Payroll) -> bytes:
    """The workbook: a plain table from A1 for other programs, and on a second sheet who is not in it.

    Texts are stored as texts, so that staff numbers keep their zeros and nothing becomes a formula.
    """
    labels, book = words(HANS), Workbook()
    sheet = book.worksheets[0]
    sheet.title = COMMANDS("payroll_sheet")
    _write(sheet, [column.heading for column in payroll.columns], payroll.rows)
    if payroll.apart:
        rows = [(one.id, one.name, one.department, one.superior, one.reason) for one in payroll.apart]
        _write(book.create_sheet(COMMANDS("apart_sheet")), [labels(id) for id in _APART], rows)
    return saved(book, category=OWN)


def _write(sheet: Worksheet, headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    paint = Painter(sheet, words(HANS)("font"))
    lines: list[Sequence[Cell]] = [headings, *rows]
    for number, line in enumerate(lines, start=1):
        for cell, value in zip(sheet.iter_cols(1, len(line), number, number), line, strict=True):
            style: Style = styles.HEADER if number == 1 else _TEXT if isinstance(value, str) else _NUMBER
            address = cell[0].coordinate
            paint.text(address, value, style) if isinstance(value, str) else paint.put(address, value, style)
    for place, heading in enumerate(headings):
        texts = (heading, *(str(row[place] or "") for row in rows))
        width = max(sum(1 + (ord(char) > 0xFF) for char in text) for text in texts)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(60, max(8, width) + 2)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    fit_page(sheet, landscape=True)


def payroll_csv(payroll: Payroll) -> bytes:
    """The table as CSV in UTF-8 with a mark, by which Excel knows it.

    A text that begins like a formula gets an apostrophe before it: a spreadsheet shows it and calculates nothing.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_safe(column.heading) for column in payroll.columns])
    writer.writerows([_safe(value) for value in row] for row in payroll.rows)
    return text.getvalue().encode("utf-8-sig")


def _safe(value: Cell) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else plain(value)
