"""Writes an empty roster: headers, one example row, and validation of lists and dates."""

from __future__ import annotations

import datetime as dt

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.person import ROSTER_FIELDS
from xlkpi.i18n.labels import Labels, words
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page
from xlkpi.xlsx.write.saved import saved

_WIDTHS = dict(zip(ROSTER_FIELDS, (12, 14, 18, 26, 14, 14, 14, 14, 13, 11), strict=True))
_HINT_ROW, _HEADER_ROW, EXAMPLE_ROW, _LAST_ROW = 1, 2, 3, 1002
_LISTS = "_lists"
_DATES = ("roster_start", "roster_end")


def roster_book(catalogue: Catalogue, language: str) -> bytes:
    """The workbook with an empty roster. Raises `CatalogueError`."""
    labels = words(language)
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = labels("roster")
    paint = Painter(sheet, labels("font"))
    last = _letter(ROSTER_FIELDS[-1])
    paint.fill(f"A:{last}", _HINT_ROW, styles.PLAIN)
    sheet.merge_cells(f"A{_HINT_ROW}:{last}{_HINT_ROW}")
    paint.text(f"A{_HINT_ROW}", labels("roster_hint"), styles.PLAIN)
    paint.height(_HINT_ROW, (labels("roster_hint"), sum(_WIDTHS.values()), styles.PLAIN))
    titles = [catalogue.title(role, language) for role in catalogue.roles().values()]
    for field, value in _example(labels, titles[0]).items():
        letter, style = _letter(field), styles.INPUT_TEXT.but(wrap=False)
        format = "yyyy-mm-dd" if field in _DATES else "0%" if field == "work_share" else "@"  # 0012 stays 0012
        sheet.column_dimensions[letter].width = _WIDTHS[field]
        paint.put(f"{letter}{_HEADER_ROW}", labels(field), styles.HEADER)
        paint.put(f"{letter}{EXAMPLE_ROW}", value, style.but(format=format, italic=True, colour=styles.MUTED))
        for row in range(EXAMPLE_ROW + 1, _LAST_ROW + 1):
            paint.put(f"{letter}{row}", None, style.but(format=format))
        _validate(sheet, field, len(titles), labels)
    _lists(book, titles)
    sheet.row_dimensions[_HEADER_ROW].height = 22
    sheet.freeze_panes = f"C{EXAMPLE_ROW}"
    fit_page(sheet, landscape=True)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.print_area = f"A{_HINT_ROW}:{last}{EXAMPLE_ROW + 30}"
    return saved(book, dt.datetime.now(dt.UTC))


def _letter(field: str) -> str:
    return chr(ord("A") + ROSTER_FIELDS.index(field))


def _example(labels: Labels, role: str) -> dict[str, object]:
    superior = labels("roster_example_superior")
    return {
        "employee_id": "0001",
        "name": labels("roster_example_name"),
        "department": labels("roster_example_department"),
        "post": role,
        "superior": superior,
        "second_superior": None,
        "roster_start": dt.date(2020, 3, 1),
        "roster_end": None,
        "newcomer": labels("no_word"),
        "work_share": None,
    }


def _validate(sheet: Worksheet, field: str, roles: int, labels: Labels) -> None:
    """Add the input message of a column, and the check of its list or dates."""
    validation = DataValidation(allow_blank=True, showInputMessage=True)
    if field == "post":
        validation = DataValidation(type="list", formula1=f"{_LISTS}!$A$1:$A${roles}", allow_blank=True)
        validation.error, validation.errorStyle = labels("roster_invalid_role"), "warning"
    elif field == "newcomer":
        validation = DataValidation(type="list", formula1=f'"{labels("yes")},{labels("no_word")}"', allow_blank=True)
        validation.error = labels("invalid_yes_no")
    elif field in _DATES:
        validation = DataValidation(
            type="date", operator="between", formula1="36526", formula2="73415", allow_blank=True
        )
        validation.error = labels("roster_invalid_date")
    elif field == "work_share":
        validation = DataValidation(type="decimal", operator="between", formula1="0", formula2="1", allow_blank=True)
        validation.error = labels("roster_invalid_share")
    validation.showErrorMessage, validation.showInputMessage = validation.error is not None, True
    validation.errorTitle = labels("invalid_title")
    validation.promptTitle, validation.prompt = labels(field), labels(f"roster_prompt_{field}")
    validation.add(f"{_letter(field)}{EXAMPLE_ROW}:{_letter(field)}{_LAST_ROW}")
    sheet.add_data_validation(validation)


def _lists(book: Workbook, titles: list[str]) -> None:
    """Write the titles of the roles onto a hidden sheet: a validation refers to them."""
    sheet: Worksheet = book.create_sheet(_LISTS)
    for title in titles:
        sheet.append((title,))
        sheet.cell(sheet.max_row, 1).data_type = "s"
    sheet.sheet_state = "hidden"
