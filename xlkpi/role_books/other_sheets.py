"""Writes the sheets beside the roles: 待确认, what people must answer, and 说明, how the workbook is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.at_cells import cell_of
from xlkpi.catalogue.workbooks.draft import RoleDraft
from xlkpi.catalogue.workbooks.reading.grid import Grid, place_of
from xlkpi.catalogue.workbooks.reading.sheet import read_sheet
from xlkpi.i18n.labels import words as labels_of
from xlkpi.i18n.languages import HANS
from xlkpi.role_books.choices import Choices
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, fit_page

_COLUMNS = dict(zip("ABCDEF", (7, 18, 12, 64, 64, 12), strict=True))
_HIDDEN = "GH"
_STATE = "F"
_HINT_ROW, _HEADER_ROW = 1, 2
_WIDTH = 110


@dataclass(frozen=True)
class _Line:
    """A question of a role, and the cell that its answer belongs into; "" for none.

    key: of that cell, for finding it again. before: what stands there now.
    """

    sheet: str
    cell: str
    text: str
    choices: tuple[str, ...] = ()
    key: str = ""
    before: str = ""


def write_questions(book: Workbook, drafts: Sequence[tuple[str, RoleDraft]], choices: Choices) -> None:
    """Add the sheet of questions before all others. drafts: each with the name of its sheet, already written.

    Hidden columns keep the key of every answer's cell and its content: so it can be told which are still open.
    """
    sheet: Worksheet = book.create_sheet(words.sheet("questions"), 0)
    paint = Painter(sheet, labels_of(HANS)("font"))
    for letter, width in _COLUMNS.items():
        sheet.column_dimensions[letter].width = width
    paint.text(f"A{_HINT_ROW}", words.text("questions_hint"), styles.PLAIN)
    sheet.merge_cells(f"A{_HINT_ROW}:F{_HINT_ROW}")
    paint.height(_HINT_ROW, (words.text("questions_hint"), sum(_COLUMNS.values()), styles.PLAIN), least=26)
    for letter, heading in zip((*_COLUMNS, *_HIDDEN), words.question_columns().values(), strict=True):
        paint.put(f"{letter}{_HEADER_ROW}", heading, styles.HEADER)
    for letter in _HIDDEN:
        sheet.column_dimensions[letter].hidden = True
    lines = [line for title, draft in drafts for line in _lines(book[title], draft)]
    for row, line in enumerate(lines, start=_HEADER_ROW + 1):
        _write_line(paint, row, line)
    answered = [row for row, line in enumerate(lines, start=_HEADER_ROW + 1) if line.cell]
    if answered:
        choices.validate(sheet, "settled", f"{_STATE}{answered[0]}:{_STATE}{answered[-1]}")
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    fit_page(sheet, landscape=True)


def _write_line(paint: Painter, row: int, line: _Line) -> None:
    values = (str(row - _HEADER_ROW), line.sheet, line.cell, line.text, "\n".join(line.choices))
    for letter, value in zip(_COLUMNS, values, strict=False):
        style = styles.FIXED_CENTRE if letter in "AC" else styles.FIXED_TEXT
        paint.text(f"{letter}{row}", value, style)
    paint.put(f"{_STATE}{row}", None, styles.INPUT_TEXT.but(align="center") if line.cell else styles.FIXED_CENTRE)
    if line.cell:
        sheet_name = line.sheet.replace("'", "''")
        place = f"'{sheet_name}'!{line.cell}"
        link = styles.FIXED_CENTRE.but(colour=styles.ACCENT, bold=True)
        paint.put(f"C{row}", None, link).hyperlink = Hyperlink(f"C{row}", location=place)
        for letter, value in zip(_HIDDEN, (line.key, line.before), strict=True):
            paint.text(f"{letter}{row}", value, styles.FIXED_TEXT)
    texts = [(value, _COLUMNS[letter], styles.FIXED_TEXT) for letter, value in zip("DE", values[3:], strict=True)]
    paint.height(row, *texts)


def _lines(sheet: Worksheet, draft: RoleDraft) -> Iterator[_Line]:
    grid = Grid([list(row) for row in sheet.iter_rows(values_only=True)])
    places = read_sheet(grid, sheet.title).places
    for question in draft.questions:
        cell = cell_of(question.key, places)
        before = grid.text(*place_of(cell))
        yield _Line(sheet.title, cell, question.text, question.choices, question.key, before)
    if draft.left:
        yield _Line(sheet.title, "", words.text("left", text=words.text("separator").join(draft.left)))


def write_instructions(book: Workbook) -> None:
    """Add the sheet of instructions after all others."""
    sheet: Worksheet = book.create_sheet(words.sheet("instructions"))
    paint = Painter(sheet, labels_of(HANS)("font"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 2, _WIDTH
    sheet.sheet_view.showGridLines = False
    fit_page(sheet, landscape=False)
    row = 1
    for title, lines in words.instructions():
        row += 1
        paint.text(f"B{row}", title, styles.SECTION)
        sheet.row_dimensions[row].height = 26
        for line in lines:
            row += 1
            style = styles.PLAIN.but(vertical="top")
            paint.text(f"B{row}", line, style)
            paint.height(row, (line, _WIDTH, style), least=20)
