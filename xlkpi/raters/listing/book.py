"""Writes the list of raters (评价人.xlsx): a draft for people to change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.i18n.labels import words as labels_of
from xlkpi.i18n.languages import HANS
from xlkpi.raters.listing import words
from xlkpi.raters.listing.pair import Pair
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page, set_footer
from xlkpi.xlsx.write.saved import saved

_WIDTHS = (12, 14, 12, 14, 14)
_HINT_ROW, _HEADER_ROW, _FIRST_ROW, _SPARE = 1, 2, 3, 200
_LISTS = "_lists"


def list_book(pairs: Sequence[Pair], relations: Sequence[str]) -> bytes:
    """The workbook with a line for each pair and room for more. relations: what can be chosen."""
    labels, book = labels_of(HANS), Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = words.text("sheet")
    paint = Painter(sheet, labels("font"))
    last = chr(ord("A") + len(_WIDTHS) - 1)
    hint = words.text("hint", relations=labels("list_separator").join(relations))
    paint.fill(f"A:{last}", _HINT_ROW, styles.PLAIN)
    sheet.merge_cells(f"A{_HINT_ROW}:{last}{_HINT_ROW}")
    paint.text(f"A{_HINT_ROW}", hint, styles.PLAIN)
    paint.height(_HINT_ROW, (hint, sum(_WIDTHS), styles.PLAIN))
    style = styles.INPUT_TEXT.but(wrap=False, format="@")  # 0012 stays 0012
    for at, (column, width) in enumerate(zip(words.COLUMNS, _WIDTHS, strict=True)):
        letter = chr(ord("A") + at)
        sheet.column_dimensions[letter].width = width
        paint.put(f"{letter}{_HEADER_ROW}", words.heading(column), styles.HEADER)
        for row in range(_FIRST_ROW, _FIRST_ROW + len(pairs) + _SPARE):
            paint.put(f"{letter}{row}", None, style)
    for row, pair in enumerate(pairs, start=_FIRST_ROW):
        texts = (pair.person, pair.name, pair.rater, pair.rater_name, pair.relation)
        for letter, text in zip("ABCDE", texts, strict=True):
            if text:
                paint.text(f"{letter}{row}", text, style)
    _choose(book, sheet, relations, f"{last}{_FIRST_ROW}:{last}{_FIRST_ROW + len(pairs) + _SPARE - 1}")
    sheet.row_dimensions[_HEADER_ROW].height = 22
    sheet.freeze_panes = f"A{_FIRST_ROW}"
    sheet.auto_filter.ref = f"A{_HEADER_ROW}:{last}{_FIRST_ROW + len(pairs) + _SPARE - 1}"
    fit_page(sheet, landscape=False)
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.print_area = f"A{_HINT_ROW}:{last}{_FIRST_ROW + len(pairs)}"
    set_footer(sheet, center="&P / &N")
    return saved(book, dt.datetime.now(dt.UTC))


def _choose(book: Workbook, sheet: Worksheet, relations: Sequence[str], cells: str) -> None:
    lists: Worksheet = book.create_sheet(_LISTS)
    for row, relation in enumerate(relations, start=1):
        lists.cell(row, 1, relation).data_type = "s"
    lists.sheet_state = "hidden"
    choice = DataValidation(type="list", formula1=f"{_LISTS}!$A$1:$A${len(relations)}", allow_blank=True)
    choice.showInputMessage = choice.showErrorMessage = True
    choice.errorTitle, choice.error = labels_of(HANS)("invalid_title"), words.text("prompt")
    choice.promptTitle, choice.prompt = words.heading("relation"), words.text("prompt")
    choice.add(cells)
    sheet.add_data_validation(choice)
