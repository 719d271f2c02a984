"""Writes sheets of plain tables: a title, notes, headers, rows. Values only; a text never becomes a formula."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page, set_footer

TEXT = styles.COMPUTED_TEXT
CENTRE = TEXT.but(align="center", indent=0)
SCORE = styles.COMPUTED.but(format="0.00", align="right", indent=1)
FINAL = SCORE.but(bold=True)
COUNT = styles.COMPUTED.but(format="#,##0", align="center")
SHARE = SCORE.but(format="0.0%")
DATE = CENTRE.but(format="yyyy-mm-dd hh:mm")
_TITLE = styles.TITLE.but(align="left", indent=1)
_NOTE = Style(size=9, colour=styles.MUTED, border=False)
_FIRST_COLUMN = 2  # a narrow one before it


@dataclass(frozen=True)
class Link:
    """A hyperlink: its text, a target file, and a location in that file such as '表1'!J9."""

    text: str
    target: str
    location: str | None = None


TableValue = None | str | int | float | datetime | Link


def file_link(text: str, path: Path, folder: Path, sheet: str | None = None, cell: str | None = None) -> Link:
    """A link from a workbook in `folder` to a file (and a cell); relative, so that both can be moved together."""
    try:
        target = quote(os.fsencode(Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()))
    except ValueError:  # another drive
        target = path.absolute().as_uri()
    return Link(text, target, None if sheet is None else "'" + sheet.replace("'", "''") + f"'!{cell or 'A1'}")


class TableSheet:
    """A sheet while it is written, from top to bottom. row: the next free one. widths: of columns, in characters."""

    def __init__(self, sheet: Worksheet, widths: Sequence[float], labels: Labels) -> None:
        self.sheet, self.labels, self.widths = sheet, labels, widths
        self.paint = Painter(sheet, labels("font"))
        self.row = 1
        sheet.column_dimensions["A"].width = 2
        for number, width in enumerate(widths):
            sheet.column_dimensions[self.letter(number)].width = width
        sheet.sheet_view.showGridLines = False
        fit_page(sheet, landscape=True)
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4

    def letter(self, column: int) -> str:
        """The sheet column of a table's column, from 0."""
        return get_column_letter(_FIRST_COLUMN + column)

    def cells(self, column: int, rows: Span, last: int | None = None) -> str:
        """The range of a table's column, or of the columns from `column` to `last`."""
        end = self.letter(column if last is None else last)
        return f"{self.letter(column)}{rows.first}:{end}{rows.last}"

    def title(self, text: str, *notes: str) -> None:
        """Write the title over all columns, and notes below it."""
        first, last = self.letter(0), self.letter(len(self.widths) - 1)
        for column in range(len(self.widths)):
            self.paint.put(f"{self.letter(column)}{self.row}", None, _TITLE)
        self.paint.text(f"{first}{self.row}", text, _TITLE)
        self.sheet.merged_cells.add(f"{first}{self.row}:{last}{self.row}")
        self.sheet.row_dimensions[self.row].height = 32
        self.row += 1
        for note in notes:
            self.note(note)
        self.sheet.row_dimensions[self.row].height = 8
        self.row += 1

    def note(self, text: str) -> None:
        """Write a wrapped line over all columns."""
        first, last = self.letter(0), self.letter(len(self.widths) - 1)
        self.paint.text(f"{first}{self.row}", text, _NOTE)
        self.sheet.merged_cells.add(f"{first}{self.row}:{last}{self.row}")
        self.paint.height(self.row, (text, sum(self.widths), _NOTE), least=16)
        self.row += 1

    def heading(self, text: str) -> None:
        """Write the heading of the next table, after an empty row."""
        self.row += 1
        self.paint.text(f"{self.letter(0)}{self.row}", text, styles.SECTION)
        self.sheet.row_dimensions[self.row].height = 22
        self.row += 1

    def new_page(self) -> None:
        """Begin a page in print."""
        self.sheet.row_breaks.append(Break(id=self.row))
        self.row += 1

    def table(
        self,
        headers: Sequence[str],
        cells: Sequence[Style],
        rows: Iterable[Sequence[TableValue]],
        *,
        bold_last: bool = False,
    ) -> Span:
        """Write headers and rows, each column in its style; returns the rows of the values."""
        for column, header in enumerate(headers):
            self.paint.text(f"{self.letter(column)}{self.row}", header, styles.HEADER)
        widths = self.widths[: len(headers)]
        texts = [(header, width, styles.HEADER) for header, width in zip(headers, widths, strict=True)]
        self.paint.height(self.row, *texts, least=22)
        first = self.row + 1
        rows = list(rows)
        for row in rows:
            self.row += 1
            last = bold_last and row is rows[-1]
            for column, (value, style) in enumerate(zip(row, cells, strict=True)):
                self.put(
                    f"{self.letter(column)}{self.row}",
                    value,
                    style.but(bold=True, fill=styles.FIXED) if last else style,
                )
            wrapped = zip(row, widths, cells, strict=True)
            texts = [(_text(value), width, style) for value, width, style in wrapped if style.wrap and _text(value)]
            self.paint.height(self.row, *texts, least=20)
        self.row += 1
        return Span(first, self.row - 1)

    def put(self, address: str, value: TableValue, style: Style) -> None:
        """Write a value into a cell; a text never becomes a formula."""
        if isinstance(value, Link):
            cell = self.paint.text(address, _clean(value.text), style.but(colour=styles.ACCENT))
            cell.hyperlink = Hyperlink(ref=address, target=value.target, location=value.location)
        elif isinstance(value, str):
            wordless = style.format != "General"  # a column of numbers, where a word replaces a missing number
            self.paint.text(address, _clean(value), style.but(align="center", indent=0) if wordless else style)
        else:
            self.paint.put(address, value, style)

    def finish(self, header: int, *, columns: int = 0, table: Span | None = None) -> None:
        """Freeze and repeat in print the rows down to `header`; freeze so many columns; add a filter to a table."""
        self.sheet.freeze_panes = f"{self.letter(columns)}{header + 1}"
        self.sheet.print_title_rows = f"1:{header}"
        if table is not None and len(table):
            last = self.letter(len(self.widths) - 1)
            self.sheet.auto_filter.ref = f"{self.letter(0)}{table.first - 1}:{last}{table.last}"
        set_footer(self.sheet, left="&A", center="&P / &N")


def _clean(text: str) -> str:
    """The text without control characters (which people paste), cut to the length that a cell can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:32767]


def _text(value: TableValue) -> str:
    return value.text if isinstance(value, Link) else value if isinstance(value, str) else ""
