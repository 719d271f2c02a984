"""Writes the appeal workbook (申诉表) of one form: the result as it counts, room for appeals, room for rulings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.appeals.contract import COLUMNS, LINES, PERSON, RULED, line_id, meta_of, part_labels, ruling_id
from xlkpi.appraisal.appealed import VERDICTS
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import identity
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.units import number_format
from xlkpi.common.quarter import Quarter, period_text
from xlkpi.form.layout import FURTHER, part_id
from xlkpi.form.register import APPEAL_SHEET
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.version import __version__
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page, set_footer
from xlkpi.xlsx.write.saved import saved

_WIDTHS = {"A": 0, "B": 6, "C": 26, "D": 13, "E": 15, "F": 15, "G": 14, "H": 14, "I": 24, "J": 44}
_FIRST, _LAST = "B", "J"
_DATE = "yyyy-mm-dd"
_RESULT = ("no", "indicator", "unit", "target", "actual", "score", "weight", "receipt")
_LINE = ("no", "about", "grounds", "wanted")
_RULING = ("no", "indicator", "verdict", "value", "read", "ruler", "day", "until", "why")
_MERGED = {"receipt": "J", "grounds": "I"}
"""Columns that go on to another one."""
_LONGEST_PROMPT = 255
_DEFAULT_HEIGHT = 15
_ONE_PAGE = 600
"""Points that a page has room for, at the scale at which it is one page wide."""


@dataclass(frozen=True)
class Order:
    """Who is to rule, and until when; "" and None leave the cells to be filled in."""

    ruler: str = ""
    until: dt.date | None = None


def appeal_book(form: FilledForm, quarter: Quarter, catalogue: Catalogue, order: Order) -> bytes:
    """The workbook, in the language of the form. The same form gives the same bytes."""
    book = Workbook()
    sheet: Worksheet = book.worksheets[0]
    writing = _Writing(sheet, form, quarter, catalogue, order)
    sheet.title = writing.labels("appeal_sheet")
    writing.write()
    hidden = book.create_sheet(APPEAL_SHEET)
    hidden.sheet_state = "veryHidden"
    hidden.protection.sheet = True
    for row in {"xlkpi": __version__, **meta_of(form, quarter)}.items():
        hidden.append(row)
    return saved(book)


class _Writing:
    """The sheet while it is written. row: the next free one."""

    def __init__(
        self, sheet: Worksheet, form: FilledForm, quarter: Quarter, catalogue: Catalogue, order: Order
    ) -> None:
        self.sheet, self.form, self.quarter, self.catalogue, self.order = sheet, form, quarter, catalogue, order
        self.appraisal = form.before or form.appraisal
        self.labels: Labels = words(self.appraisal.inputs.language)
        self.paint = Painter(sheet, self.labels("font"))
        self.row = 1
        self.rows: dict[str, int] = {}

    def write(self) -> None:
        for letter, width in _WIDTHS.items():
            self.sheet.column_dimensions[letter].width = width or 10
            ids = "/".join(id for id, column in COLUMNS.items() if column == letter)
            self.paint.text(f"{letter}1", ids, styles.PLAIN.but(wrap=False))
        self.row = 2
        self._head()
        self._results()
        self._lines()
        self._rulings()
        for id, row in self.rows.items():
            self.sheet[f"A{row}"] = id
        self._page()

    def _over_all(self, text: str, style: Style, height: float) -> None:
        self.paint.fill(f"{_FIRST}:{_LAST}", self.row, style)
        self.paint.text(f"{_FIRST}{self.row}", text, style)
        self.sheet.merged_cells.add(f"{_FIRST}{self.row}:{_LAST}{self.row}")
        self.paint.height(self.row, (text, sum(_WIDTHS.values()), style), least=height)
        self.row += 1

    def _section(self, key: str) -> None:
        self.sheet.row_dimensions[self.row].height = 8
        self.row += 1
        title, hint = self.labels(key), self.labels(f"{key}_hint")
        self.paint.text(f"{_FIRST}{self.row}", title, styles.SECTION)
        self.paint.text(f"{_LAST}{self.row}", hint, styles.HINT)
        self.sheet.row_dimensions[self.row].height = 22
        self.row += 1

    def _header(self, columns: Sequence[str]) -> None:
        self.paint.fill(f"{_FIRST}:{_LAST}", self.row, styles.HEADER)
        for column in columns:
            self.paint.text(f"{COLUMNS[column]}{self.row}", self._caption(column), styles.HEADER)
            self._merge(column)
        self.sheet.row_dimensions[self.row].height = 22
        self.row += 1

    def _caption(self, column: str) -> str:
        own = ("about", "grounds", "wanted", "period", *RULED, "read")
        return self.labels({"period": "appraisal_period"}.get(column, f"appeal_{column}" if column in own else column))

    def _merge(self, column: str) -> None:
        if column in _MERGED and COLUMNS[column] != _MERGED[column]:
            self.sheet.merged_cells.add(f"{COLUMNS[column]}{self.row}:{_MERGED[column]}{self.row}")

    def _put(self, column: str, value: Value | dt.date, style: Style) -> None:
        address = f"{COLUMNS[column]}{self.row}"
        self.paint.text(address, value, style) if isinstance(value, str) else self.paint.put(address, value, style)

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _head(self) -> None:
        company = self.catalogue.company(self.labels.language, self.quarter)
        self._over_all(self.labels("appeal_title", company=company.name), styles.TITLE, 32)
        self._over_all(self.labels("appeal_hint", count=LINES), styles.PLAIN, 20)
        self._header(PERSON)
        who, appraisal = identity(self.form), self.appraisal
        values: dict[str, Value] = {
            "employee_id": who.id, "name": who.name, "department": who.department, "superior": who.superior,
            "final": appraisal.final, "grade": appraisal.grade, "post": appraisal.role.title,
            "period": period_text(self.quarter, self.labels),
        }  # fmt: skip
        self.paint.fill(f"{_FIRST}:{_LAST}", self.row, styles.FIXED_TEXT)
        for column in PERSON:
            style = styles.FIXED_CENTRE.but(format="0.00" if column == "final" else "@")
            self._put(column, values[column], style)
        self.rows["person"] = self.row
        wide = [(str(values[column] or ""), _WIDTHS[COLUMNS[column]], styles.FIXED_CENTRE) for column in PERSON]
        self.paint.height(self.row, *wide, least=24)
        self.row += 1

    def _results(self) -> None:
        self._section("appeal_results")
        self._header(_RESULT)
        number = 0
        for result in self.appraisal.indicators:
            spare = {spare.id: spare.unit for spare in self.appraisal.inputs.spare}
            parts = [one.parts for one in self.appraisal.role.indicators if one.id == result.id]
            units = [part.unit for part in parts[0]] if parts else [spare.get(result.id, "")]
            for part, (label, unit) in enumerate(zip(part_labels(self.appraisal.role, result), units, strict=True)):
                number += part == 0
                form = styles.FIXED_CENTRE.but(wrap=False, shrink=True)
                self.paint.fill(f"{_FIRST}:{_LAST}", self.row, styles.FIXED_TEXT)
                self._put("no", None if part else number, styles.FIXED_CENTRE)
                self._put("indicator", f"{FURTHER}{label}" if part else label, styles.FIXED_TEXT)
                self._put("unit", unit, styles.FIXED_CENTRE)
                for column, value in (("target", result.target[part]), ("actual", result.actual[part])):
                    whole = is_number(value) and float(value).is_integer()
                    self._put(column, value, form.but(format=number_format(unit, counted=whole)))
                if part == 0:
                    self._put("score", result.score, form.but(format="0.00", bold=True))
                    self._put("weight", result.weight / 100, form.but(format="0.0%"))
                    self._put("receipt", result.receipt or "", styles.FIXED_SMALL)
                self._merge("receipt")
                widths = _WIDTHS["I"] + _WIDTHS["J"]
                receipt = "" if part else result.receipt or ""
                texts = ((label, _WIDTHS["C"], styles.FIXED_TEXT), (receipt, widths, styles.FIXED_SMALL))
                self.paint.height(self.row, *texts, least=20)
                self.rows[part_id(result.id, part)] = self.row
                self.row += 1

    @cached_property
    def _labels(self) -> str:
        """The cells with the indicators, to choose from."""
        rows = [row for id, row in self.rows.items() if id.startswith("i:")]
        return f"${COLUMNS['indicator']}${rows[0]}:${COLUMNS['indicator']}${rows[-1]}"

    def _lines(self) -> None:
        self._section("appeal_lines")
        self._header(_LINE)
        first = self.row
        for number in range(1, LINES + 1):
            self.paint.fill(f"{_FIRST}:{_LAST}", self.row, styles.INPUT_TEXT)
            self._put("no", number, styles.FIXED_CENTRE)
            self._merge("grounds")
            self.rows[line_id(number)] = self.row
            self.sheet.row_dimensions[self.row].height = 42
            self.row += 1
        self._validate("about", first, self._labels)
        for column in ("grounds", "wanted"):
            self._validate(column, first)

    def _rulings(self) -> None:
        self._section("appeal_rulings")
        self._header(_RULING)
        first = self.row
        for number in range(1, LINES + 1):
            self.paint.fill(f"{_FIRST}:{_LAST}", self.row, styles.INPUT_TEXT)
            self._put("no", number, styles.FIXED_CENTRE)
            about = f"{COLUMNS['about']}{self.rows[line_id(number)]}"
            self.paint.put(f"{COLUMNS['indicator']}{self.row}", f'=IF({about}="","",{about})', styles.FIXED_TEXT)
            centred = styles.INPUT_TEXT.but(align="center")
            self._put("verdict", None, centred)
            self._put("value", None, styles.INPUT_NUMBER.but(align="right", shrink=True))
            self.paint.put(f"{COLUMNS['read']}{self.row}", self._read_as(about), styles.FIXED_CENTRE.but(shrink=True))
            self._put("ruler", self.order.ruler or None, centred)
            self._put("day", None, centred.but(format=_DATE))
            self._put("until", self.order.until, centred.but(format=_DATE))
            self.rows[ruling_id(number)] = self.row
            self.sheet.row_dimensions[self.row].height = 34
            self.row += 1
        self._validate("verdict", first, '"' + ",".join(self.labels(f"appeal_{one}") for one in VERDICTS) + '"')
        for column in ("value", "why"):
            self._validate(column, first)
        for column in ("day", "until"):
            self._validate(column, first, dates=True)

    def _read_as(self, about: str) -> str:
        """A formula: the new actual as it will be read, with its unit."""
        typed = f"{COLUMNS['value']}{self.row}"
        units = self._labels.replace(COLUMNS["indicator"], COLUMNS["unit"])
        unit = f'IFERROR(INDEX({units},MATCH({about},{self._labels},0)),"")'
        return f'=IF({typed}="","",IF(ISTEXT({typed}),{typed},IF({unit}="%",ROUND({typed}*100,6)&"%",{typed}&{unit})))'

    def _validate(self, column: str, first: int, choices: str = "", dates: bool = False) -> None:
        labels = self.labels
        validation = DataValidation(allow_blank=True, showInputMessage=True)
        if choices:
            validation.type, validation.formula1 = "list", choices
        elif dates:
            validation.type, validation.operator = "date", "greaterThan"
            validation.formula1 = "36526"  # 2000-01-01
        if choices or dates:
            validation.showErrorMessage = True
            validation.errorTitle, validation.error = labels("invalid_title"), labels(f"appeal_invalid_{column}")
        validation.promptTitle = self._caption(column)[:32]
        validation.prompt = labels(f"appeal_prompt_{column}")[:_LONGEST_PROMPT]
        validation.add(f"{COLUMNS[column]}{first}:{COLUMNS[column]}{first + LINES - 1}")
        self.sheet.add_data_validation(validation)

    def _page(self) -> None:
        sheet, labels = self.sheet, self.labels
        self._over_all(labels("appeal_signed"), styles.PLAIN, 34)
        sheet.row_dimensions[1].hidden = True
        sheet.column_dimensions["A"].hidden = True
        sheet.sheet_view.showGridLines = False
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        fit_page(sheet, landscape=True)
        sheet.print_area = f"{_FIRST}2:{_LAST}{self.row - 1}"
        sheet.print_title_rows = "2:2"
        sheet.page_margins = PageMargins(0.4, 0.4, 0.5, 0.6, footer=0.3)
        sheet.print_options.horizontalCentered = True
        set_footer(sheet, left=f"{self.quarter} · &A", center=labels("page_of", page="&P", pages="&N"))
        start = self.rows[line_id(1)] - 2
        used = self._height(2, start - 1)
        title = self._height(2, 2)  # on every page
        while used > _ONE_PAGE:
            used -= _ONE_PAGE - title
        if used + self._height(start, self.row - 1) > _ONE_PAGE:  # what is filled in stays together
            sheet.row_breaks.append(Break(id=start - 1))
        first = f"{COLUMNS['about']}{self.rows[line_id(1)]}"
        for selection in sheet.sheet_view.selection:
            selection.activeCell = selection.sqref = first

    def _height(self, first: int, last: int) -> float:
        """The height of some rows, in points."""
        return sum(self.sheet.row_dimensions[row].height or _DEFAULT_HEIGHT for row in range(first, last + 1))


def file_names(form: FilledForm, quarter: Quarter) -> Iterator[str]:
    """The name of the workbook's file, and what tells it from that of the person's other form."""
    labels, who = words(form.appraisal.inputs.language), identity(form)
    person = " ".join(filter(None, (who.id, who.name)))
    yield labels("appeal_file", quarter=quarter, person=person)
    yield form.appraisal.role.title
