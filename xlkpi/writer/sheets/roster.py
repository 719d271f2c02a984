"""An empty roster: headers, lists and dates checked as they are typed, one example."""

from __future__ import annotations

import datetime as dt
import io

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.person import ROSTER_FIELDS
from xlkpi.i18n.labels import Labels, words
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page

_WIDTHS = dict(zip(ROSTER_FIELDS, (12, 14, 18, 26, 14, 14, 14, 14, 13), strict=True))
_HINT_ROW, _HEADER_ROW, EXAMPLE_ROW, _LAST_ROW = 1, 2, 3, 1002
_LISTS = "_lists"
_DATES = ("roster_start", "roster_end")


def roster_book(catalogue: Catalogue, language: str) -> bytes:
    """The workbook. Raises `CatalogueError`."""
    said = words(language)
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = said("roster")
    paint = Painter(sheet, said("font"))
    last = _letter(ROSTER_FIELDS[-1])
    paint.fill(f"A:{last}", _HINT_ROW, styles.PLAIN)
    sheet.merge_cells(f"A{_HINT_ROW}:{last}{_HINT_ROW}")
    paint.text(f"A{_HINT_ROW}", said("roster_hint"), styles.PLAIN)
    paint.height(_HINT_ROW, (said("roster_hint"), sum(_WIDTHS.values()), styles.PLAIN))
    titles = [catalogue.title(role, language) for role in catalogue.roles().values()]
    for field, value in _example(said, titles[0]).items():
        letter, style = _letter(field), styles.INPUT_TEXT.but(wrap=False)
        format = "yyyy-mm-dd" if field in _DATES else "@"  # 0012 stays 0012
        sheet.column_dimensions[letter].width = _WIDTHS[field]
        paint.put(f"{letter}{_HEADER_ROW}", said(field), styles.HEADER)
        paint.put(f"{letter}{EXAMPLE_ROW}", value, style.but(format=format, italic=True, colour=styles.MUTED))
        for row in range(EXAMPLE_ROW + 1, _LAST_ROW + 1):
            paint.put(f"{letter}{row}", None, style.but(format=format))
        _validate(sheet, field, len(titles), said)
    _lists(book, titles)
    sheet.row_dimensions[_HEADER_ROW].height = 22
    sheet.freeze_panes = f"C{EXAMPLE_ROW}"
    fit_page(sheet, landscape=True)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.print_area = f"A{_HINT_ROW}:{last}{EXAMPLE_ROW + 30}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _letter(field: str) -> str:
    return chr(ord("A") + ROSTER_FIELDS.index(field))


def _example(said: Labels, role: str) -> dict[str, object]:
    superior = said("roster_example_superior")
    return {
        "employee_id": "0001",
        "name": said("roster_example_name"),
        "department": said("roster_example_department"),
        "post": role,
        "superior": superior,
        "second_superior": None,
        "roster_start": dt.date(2020, 3, 1),
        "roster_end": None,
        "newcomer": said("no_word"),
    }


def _validate(sheet: Worksheet, field: str, roles: int, said: Labels) -> None:
    """Input messages for all columns; lists and dates where a column has them."""
    checked = DataValidation(allow_blank=True, showInputMessage=True)
    if field == "post":
        checked = DataValidation(type="list", formula1=f"{_LISTS}!$A$1:$A${roles}", allow_blank=True)
        checked.error, checked.errorStyle = said("roster_invalid_role"), "warning"
    elif field == "newcomer":
        checked = DataValidation(type="list", formula1=f'"{said("yes")},{said("no_word")}"', allow_blank=True)
        checked.error = said("invalid_yes_no")
    elif field in _DATES:
        checked = DataValidation(type="date", operator="between", formula1="36526", formula2="73415", allow_blank=True)
        checked.error = said("roster_invalid_date")
    checked.showErrorMessage, checked.showInputMessage = checked.error is not None, True
    checked.errorTitle = said("invalid_title")
    checked.promptTitle, checked.prompt = said(field), said(f"roster_prompt_{field}")
    checked.add(f"{_letter(field)}{EXAMPLE_ROW}:{_letter(field)}{_LAST_ROW}")
    sheet.add_data_validation(checked)


def _lists(book: Workbook, titles: list[str]) -> None:
    sheet: Worksheet = book.create_sheet(_LISTS)
    for title in titles:
        sheet.append((title,))
        sheet.cell(sheet.max_row, 1).data_type = "s"
    sheet.sheet_state = "hidden"
