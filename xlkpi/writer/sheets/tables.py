"""Writes sheets of plain tables: a title, notes, headers, rows. Values only; a text never becomes a formula."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page, set_footer
from xlkpi.xlsx.write.rows import Link, TableValue, plain_rows

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


def file_link(text: str, path: Path, folder: Path, sheet: str | None = None, cell: str | None = None) -> Link:
    """A link from a workbook in `folder` to a file (and a cell); relative, so that both can be moved together."""
    target = _target(path.absolute(), folder.absolute())
    return Link(text, target, None if sheet is None else "'" + sheet.replace("'", "''") + f"'!{cell or 'A1'}")


@lru_cache(4096)  # a summary has many links to each file
def _target(path: Path, folder: Path) -> str:
    try:
        return quote(os.fsencode(Path(os.path.relpath(path, folder)).as_posix()))
    except ValueError:  # another drive
        return path.as_uri()


class TableSheet:
    """A sheet while it is written, from top to bottom. row: the next free one. widths: of columns, in characters.

    plain: nothing touches the cells of its tables afterwards; thousands of rows then take a tenth of the memory.
    """

    def __init__(self, sheet: Worksheet, widths: Sequence[float], labels: Labels, *, plain: bool = False) -> None:
        self.sheet, self.labels, self.widths = sheet, labels, widths
        self.paint = Painter(sheet, labels("font"))
        self.row = 1
        self._plain = plain_rows(sheet, _FIRST_COLUMN) if plain else None
        self._looks: dict[tuple[bool, bool, int], tuple[Any, Style]] = {}
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
        before: Sequence[TableValue] | None = None
        for row in rows:
            if before is not None:
                self._add(before, cells)
            before = row
        if before is not None:
            self._add(before, [style.but(bold=True, fill=styles.FIXED) for style in cells] if bold_last else cells)
        self.row += 1
        return Span(first, self.row - 1)

    def _add(self, row: Sequence[TableValue], cells: Sequence[Style]) -> None:
        """Add a row to a table."""
        self.row += 1
        wrapped = zip(row, self.widths, cells, strict=False)
        texts = [(_text(value), width, style) for value, width, style in wrapped if style.wrap and _text(value)]
        height = max(20, self.paint.needed(*texts))
        if self._plain is not None:
            shown = [_clean(value) for value in row]
            looks = [self._look(value, style) for value, style in zip(shown, cells, strict=True)]
            self._plain.add(self.row, height, looks, shown)
            return
        for column, (value, style) in enumerate(zip(row, cells, strict=True)):
            self.put(f"{self.letter(column)}{self.row}", value, style)
        self.sheet.row_dimensions[self.row].height = height

    def _look(self, value: TableValue, style: Style) -> Any:
        """openpyxl's style of a value in a column of this style."""
        key = isinstance(value, Link), isinstance(value, str), id(style)
        if key not in self._looks:
            self._looks[key] = self.paint.look(_shown_in(value, style)), style  # with the style, whose id it keeps
        return self._looks[key][0]

    def put(self, address: str, value: TableValue, style: Style) -> None:
        """Write a value, no link, into a cell outside of tables; a text never becomes a formula."""
        text = _clean(value)
        if isinstance(text, str):
            self.paint.text(address, text, _shown_in(text, style))
        else:
            self.paint.put(address, text, style)

    def finish(self, header: int, *, columns: int = 0, table: Span | None = None) -> None:
        """Freeze and repeat in print the rows down to `header`; freeze so many columns; add a filter to a table."""
        self.sheet.freeze_panes = f"{self.letter(columns)}{header + 1}"
        self.sheet.print_title_rows = f"1:{header}"
        if table is not None and len(table):
            last = self.letter(len(self.widths) - 1)
            self.sheet.auto_filter.ref = f"{self.letter(0)}{table.first - 1}:{last}{table.last}"
        set_footer(self.sheet, left="&A", center="&P / &N")


def _shown_in(value: TableValue, style: Style) -> Style:
    """The style of a value in a cell or column of this style."""
    if isinstance(value, Link):
        return style.but(colour=styles.ACCENT)
    wordless = style.format != "General"  # a column of numbers, where a word replaces a missing number
    return style.but(align="center", indent=0) if wordless and isinstance(value, str) else style


def _clean(value: TableValue) -> TableValue:
    """A text without control characters (which people paste), cut to the length that a cell can hold."""
    if isinstance(value, Link):
        return replace(value, text=_cleaned(value.text))
    return _cleaned(value) if isinstance(value, str) else value


def _cleaned(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:32767]


def _text(value: TableValue) -> str:
    return value.text if isinstance(value, Link) else value if isinstance(value, str) else ""
