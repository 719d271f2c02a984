"""Writes the empty table of what HR approves not to count (不计分.xlsx)."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.appraisal.exceptions import situation_words
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page
from xlkpi.xlsx.write.saved import saved

_WIDTHS = (12, 14, 20, 24, 16, 36, 14, 12)
_HINT_ROW, _HEADER_ROW, _FIRST_ROW, _LAST_ROW = 1, 2, 3, 102


def exemptions_book(headers: tuple[str, ...]) -> bytes:
    """The workbook. headers: the keys of its columns, in their order."""
    labels, book = words(HANS), Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = labels("exempt_sheet")
    paint, letters = Painter(sheet, labels("font")), "ABCDEFGH"[: len(headers)]
    last = letters[-1]
    paint.fill(f"A:{last}", _HINT_ROW, styles.PLAIN)
    sheet.merge_cells(f"A{_HINT_ROW}:{last}{_HINT_ROW}")
    paint.text(f"A{_HINT_ROW}", labels("exempt_hint"), styles.PLAIN)
    paint.height(_HINT_ROW, (labels("exempt_hint"), sum(_WIDTHS), styles.PLAIN))
    for letter, width, key in zip(letters, _WIDTHS, headers, strict=True):
        sheet.column_dimensions[letter].width = width
        paint.put(f"{letter}{_HEADER_ROW}", labels(key), styles.HEADER)
        for row in range(_FIRST_ROW, _LAST_ROW + 1):
            paint.put(f"{letter}{row}", None, styles.INPUT_TEXT.but(format="@"))  # numbers keep their zeros
    situations = f'"{",".join(situation_words(HANS).values())}"'
    validation = DataValidation(type="list", formula1=situations, allow_blank=True, showErrorMessage=True)
    validation.errorTitle, validation.error = labels("invalid_title"), labels("invalid_exception")
    sheet.add_data_validation(validation)
    letter = letters[headers.index("situation")]
    validation.add(f"{letter}{_FIRST_ROW}:{letter}{_LAST_ROW}")
    sheet.row_dimensions[_HEADER_ROW].height = 22
    sheet.freeze_panes = f"A{_FIRST_ROW}"
    fit_page(sheet, landscape=True)
    return saved(book)
