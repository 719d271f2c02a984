"""Writes the table of a company's titles (岗位对应.xlsx): a new one, and further rows into the one there is.

What somebody has chosen or added there is never touched: rows are put below the last one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page
from xlkpi.xlsx.edit import Content, edit
from xlkpi.xlsx.write.saved import saved

Row = tuple[str, int]
"""A title, and how many people have it."""

_WIDTHS = (24, 26, 8)
_HINT_ROW, _HEADER_ROW, FIRST_ROW, _LAST_ROW = 1, 2, 3, 502
_LISTS, _MOST_ROLES = "_lists", 500
_STYLED = 100


def titles_book(rows: Sequence[Row], headers: Sequence[str], listed: Sequence[str]) -> bytes:
    """The workbook with a row for each title, its role to be chosen.

    headers: of the columns title, role, people. listed: what can be chosen.
    """
    labels, book = words(HANS), Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = labels("titles")
    paint = Painter(sheet, labels("font"))
    paint.fill("A:C", _HINT_ROW, styles.PLAIN)
    sheet.merge_cells(f"A{_HINT_ROW}:C{_HINT_ROW}")
    paint.text(f"A{_HINT_ROW}", labels("titles_hint"), styles.PLAIN)
    paint.height(_HINT_ROW, (labels("titles_hint"), sum(_WIDTHS), styles.PLAIN))
    looks = (styles.FIXED_TEXT, styles.INPUT_TEXT, styles.FIXED_CENTRE)
    for letter, width, header, style in zip("ABC", _WIDTHS, headers, looks, strict=True):
        sheet.column_dimensions[letter].width = width
        paint.put(f"{letter}{_HEADER_ROW}", header, styles.HEADER)
        for row in range(FIRST_ROW, FIRST_ROW + max(len(rows), _STYLED)):  # also those that are added later
            paint.put(f"{letter}{row}", None, style)
    for number, (title, people) in enumerate(rows, start=FIRST_ROW):
        paint.text(f"A{number}", title, styles.FIXED_TEXT)
        paint.put(f"C{number}", people, styles.FIXED_CENTRE)
    _choose(sheet, labels)
    lists: Worksheet = book.create_sheet(_LISTS)
    for number, title in enumerate(listed, start=1):
        lists.cell(number, 1, title).data_type = "s"
    lists.sheet_state = "hidden"
    sheet.row_dimensions[_HEADER_ROW].height = 22
    sheet.freeze_panes = f"A{FIRST_ROW}"
    fit_page(sheet, landscape=False)
    return saved(book, dt.datetime.now(dt.UTC))


def with_titles(
    content: bytes, sheet: str, first: int, columns: Sequence[str], rows: Sequence[Row], listed: Sequence[str]
) -> bytes:
    """The workbook with further rows; nothing else in it changes but the list to choose from.

    sheet: that has the table. first: the row for the first of them. columns: the letters of title, role and, where the
    table still has it, people. listed: what can be chosen.
    """
    cells: dict[str, Content] = {}
    for number, row in enumerate(rows, start=first):
        by_column = dict(zip(columns, (row[0], None, float(row[1])), strict=False))
        cells |= {f"{letter}{number}": value for letter, value in by_column.items() if value is not None}
    return edit(content, {sheet: cells, _LISTS: {f"A{number}": text for number, text in enumerate(listed, start=1)}})


def _choose(sheet: Worksheet, labels: Labels) -> None:
    """Let people choose from the list, which grows with the roles."""
    places = f"{_LISTS}!$A$1"
    count = f"COUNTA({_LISTS}!$A$1:$A${_MOST_ROLES})"
    choice = DataValidation(type="list", formula1=f"OFFSET({places},0,0,{count},1)", allow_blank=True)
    choice.showInputMessage = choice.showErrorMessage = True
    choice.errorStyle, choice.errorTitle = "warning", labels("invalid_title")
    choice.error = labels("roster_invalid_role")
    choice.promptTitle, choice.prompt = labels("titles_prompt_title"), labels("titles_prompt")
    choice.add(f"B{FIRST_ROW}:B{_LAST_ROW}")
    sheet.add_data_validation(choice)
