"""Writes the request workbook of a data owner: a row for each person and measure, and nobody's other numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.role import Measure
from xlkpi.catalogue.units import number_format, plausible, shown_range
from xlkpi.common.quarter import MONTHS, month_names
from xlkpi.fill.request.rows import COLUMN_IDS, VALUE_IDS, Asked
from xlkpi.fill.targets import QUARTER
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import plain
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page, set_footer
from xlkpi.xlsx.text_size import NOTE_WIDTH, note_height
from xlkpi.xlsx.write.saved import saved

_WIDTHS = (0, 11, 11, 13, 16, 24, 7, 14, 14, 14, 14, 19, 20)
_LETTER = {id: get_column_letter(place) for place, id in enumerate(COLUMN_IDS, start=1)}
_ID_ROW, _TITLE_ROW, _HINT_ROW, _HEADER_ROW = 1, 2, 3, 4
_FIRST, _LAST = "B", _LETTER[COLUMN_IDS[-1]]
_LONGEST_PROMPT, _LONGEST_TITLE = 255, 32
"""Characters that Excel reads of an input message and of its title."""


def request_book(owner: str, rows: Sequence[Asked]) -> bytes:
    """The workbook for an owner, in the language of the first form. rows: in their order on the sheet."""
    labels = words(rows[0].form.language)
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    sheet.title = labels("request_sheet")
    writing = _Writing(sheet, labels)
    writing.top(owner, rows[0])
    for number, row in enumerate(rows, start=_HEADER_ROW + 1):
        writing.row(number, row)
    writing.finish(_HEADER_ROW + len(rows))
    return saved(book)


class _Writing:
    """The sheet while it is written."""

    def __init__(self, sheet: Worksheet, labels: Labels) -> None:
        self.sheet, self.labels = sheet, labels
        self.paint = Painter(sheet, labels("font"))
        self._typed: dict[tuple[str, str, str], tuple[Asked, list[str]]] = {}
        self._explained: set[tuple[str, str]] = set()

    def top(self, owner: str, first: Asked) -> None:
        """Write the ids, title, hint and headers."""
        labels, quarter = self.labels, first.form.quarter
        for letter, width in zip(_LETTER.values(), _WIDTHS, strict=True):
            self.sheet.column_dimensions[letter].width = width or 10
        for id, letter in _LETTER.items():
            self.paint.text(f"{letter}{_ID_ROW}", id, styles.PLAIN.but(wrap=False))
        title = labels("request_title", quarter=quarter, owner=owner)
        hint = labels("request_hint")
        for row, text, style in ((_TITLE_ROW, title, styles.TITLE), (_HINT_ROW, hint, styles.PLAIN)):
            self.paint.fill(f"{_FIRST}:{_LAST}", row, style)
            self.paint.text(f"{_FIRST}{row}", text, style)
            self.sheet.merged_cells.add(f"{_FIRST}{row}:{_LAST}{row}")
        self.sheet.row_dimensions[_TITLE_ROW].height = 32
        self.paint.height(_HINT_ROW, (hint, sum(_WIDTHS), styles.PLAIN))
        months = [labels("month", month=month) for month in month_names(quarter, labels)]
        headers = {id: labels(id) for id in COLUMN_IDS if id not in ("id", *VALUE_IDS)}
        headers |= dict(zip(MONTHS, months, strict=True)) | {QUARTER: labels("quarter_value"), "id": "id"}
        for id, header in headers.items():
            self.paint.text(f"{_LETTER[id]}{_HEADER_ROW}", header, styles.HEADER)
        self.sheet.row_dimensions[_HEADER_ROW].height = 24

    def row(self, number: int, asked: Asked) -> None:
        """Write what is asked: cells to type in are yellow; what is there already, or not asked for, is grey."""
        form, measure = asked.form, asked.measure
        department = form.assignment.department if form.assignment else ""
        texts = {
            "id": asked.id, "employee_id": form.number, "name": form.name, "department": department,
            "post": form.role.title, "measure": measure.label, "unit": measure.unit,
            "plausible": self.labels("list_separator").join(form.role.levels.get(measure.id, ()))
            or plausible(measure, self.labels) or "",
        }  # fmt: skip
        for id, text in texts.items():
            style = styles.FIXED_CENTRE.but(wrap=False) if id in ("unit", "plausible") else styles.FIXED_TEXT
            style = style.but(format="@") if id in ("id", "employee_id") else style
            address = f"{_LETTER[id]}{number}"
            self.paint.text(address, text, style) if text else self.paint.put(address, None, style)
        for column in VALUE_IDS:
            self._value(number, column, asked)
        self.paint.put(f"{_LETTER['remark']}{number}", None, styles.INPUT_TEXT)
        self._explain(number, measure)
        heights = (
            (texts[id], _WIDTHS[COLUMN_IDS.index(id)], styles.FIXED_TEXT) for id in ("measure", "post", "department")
        )
        self.paint.height(number, *heights, least=18)

    def _value(self, number: int, column: str, asked: Asked) -> None:
        slot = asked.form.slots.get((asked.measure.id, column))
        address = f"{_LETTER[column]}{number}"
        style = styles.INPUT_NUMBER.but(format=number_format(asked.measure.unit))
        if asked.measure.id in asked.form.role.levels:
            style = style.but(align="center")
        if slot is None or not slot.open:
            self.paint.put(address, None, styles.FIXED_CENTRE)
        elif slot.value is not None:
            grey = style.but(fill=styles.FIXED, colour=styles.MUTED, locked=True)
            value = slot.value
            self.paint.text(address, value, grey) if isinstance(value, str) else self.paint.put(address, value, grey)
        else:
            self.paint.put(address, None, style)
            role = asked.form.role.id if asked.measure.id in asked.form.role.levels else ""
            key = role, asked.measure.label, repr((asked.measure.low, asked.measure.high, asked.measure.unit))
            self._typed.setdefault(key, (asked, []))[1].append(address)

    def _explain(self, number: int, measure: Measure) -> None:
        """Add a note with the definition to the first cell with a measure's name."""
        key = measure.label, measure.definition
        if key not in self._explained and measure.definition:
            self._explained.add(key)
            cell = self.sheet[f"{_LETTER['measure']}{number}"]
            height = note_height(measure.definition)
            cell.comment = Comment(measure.definition, "xlkpi", width=NOTE_WIDTH, height=height)

    def finish(self, last: int) -> None:
        """Add validations, the frozen header, the filter, and the page."""
        for asked, addresses in self._typed.values():
            self._validate(asked, addresses)
        self.sheet.row_dimensions[_ID_ROW].hidden = True
        self.sheet.column_dimensions[_LETTER["id"]].hidden = True
        self.sheet.freeze_panes = f"{_LETTER['m1']}{_HEADER_ROW + 1}"
        self.sheet.auto_filter.ref = f"{_LETTER['id']}{_HEADER_ROW}:{_LAST}{last}"
        self.sheet.sheet_view.showGridLines = False
        fit_page(self.sheet, landscape=True)
        self.sheet.print_title_rows = f"{_TITLE_ROW}:{_HEADER_ROW}"
        set_footer(self.sheet, center="&P / &N")

    def _validate(self, asked: Asked, addresses: Sequence[str]) -> None:
        measure, labels = asked.measure, self.labels
        levels = asked.form.role.levels.get(measure.id)
        if levels:
            validation = DataValidation(type="list", formula1=f'"{",".join(levels)}"', allow_blank=True)
            listed = labels("list_separator").join(levels)
            prompt = labels("prompt_level", levels=listed, definition=measure.definition)
            validation.error = labels("invalid_level", levels=listed)
        else:
            low, high = (-1e15 if measure.low is None else measure.low, 1e15 if measure.high is None else measure.high)
            validation = DataValidation(type="decimal", operator="between", allow_blank=True)
            validation.formula1, validation.formula2 = plain(low), plain(high)
            validation.errorStyle = "warning"
            key = "prompt_month" if measure.monthly else "prompt_quarter"
            prompt = labels(key, label=measure.label, unit=measure.unit, definition=measure.definition)
            limits = shown_range(measure, labels)
            validation.error = labels("invalid_number", low=limits[0], high=limits[1])
        validation.showErrorMessage = validation.showInputMessage = True
        validation.errorTitle = labels("invalid_title")
        validation.promptTitle, validation.prompt = measure.label[:_LONGEST_TITLE], prompt[:_LONGEST_PROMPT]
        for run in _runs(addresses):
            validation.add(run)
        self.sheet.add_data_validation(validation)


def _runs(addresses: Sequence[str]) -> list[str]:
    """The addresses as ranges of cells below each other."""
    rows: dict[str, list[int]] = defaultdict(list)
    for address in addresses:
        rows[address[0]].append(int(address[1:]))
    return [
        f"{letter}{first}:{letter}{last}" for letter, numbers in rows.items() for first, last in _following(numbers)
    ]


def _following(numbers: Sequence[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found
