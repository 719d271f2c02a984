"""The sheet of a form: puts the blocks together, and sets widths, ids, page breaks and protection."""

from __future__ import annotations

from itertools import pairwise

from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break

from xlkpi.form.layout import (
    AGREEMENT,
    COLUMNS,
    CONFIRMATION,
    EVENTS,
    EXCEPTION_ONLY,
    EXCEPTIONS,
    FIRST,
    FIRST_BLOCK_ROW,
    ID_ROW,
    LAST,
    LETTER,
    MEETING,
    RATINGS,
    REVIEW,
    SELF,
    TITLE_ROW,
)
from xlkpi.i18n.numbers import plain
from xlkpi.writer import styles
from xlkpi.writer.blocks.agreement import write_agreement
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.blocks.entry import write_entry
from xlkpi.writer.blocks.exceptions import write_exceptions
from xlkpi.writer.blocks.head import write_head
from xlkpi.writer.blocks.highlights import write_highlights
from xlkpi.writer.blocks.meeting import write_meeting
from xlkpi.writer.blocks.ratings import write_ratings
from xlkpi.writer.blocks.review import write_confirmation, write_events, write_review
from xlkpi.writer.blocks.scoring import write_dimensions, write_readings, write_scoring
from xlkpi.writer.person import person_cells
from xlkpi.writer.styles import Style, fit_page, set_footer
from xlkpi.xlsx.text_size import CELL_MARGIN

_SIDE, _TOP, _BOTTOM = 0.4, 0.3, 0.42  # page margins, in inches
_A4_LONG, _A4_SHORT = 841.9, 595.3  # points
_DEFAULT_HEIGHT = 15.0


def write_role_sheet(form: Canvas) -> None:
    """Write the whole form onto the canvas."""
    _frame(form)
    write_contents(form)
    write_highlights(form)
    _print_setup(form)
    _protect(form)
    form.hold(person_cells(form.layout, form.labels, form.quarter, form.assignment, form.summary_row))


def write_contents(form: Canvas) -> None:
    """Write the blocks and the ids: all cells but those that depend on the person."""
    write_head(form)
    write_entry(form)
    write_ratings(form)
    write_scoring(form)
    write_readings(form)
    write_dimensions(form)
    for block, write in (
        (EXCEPTIONS, write_exceptions),
        (EVENTS, write_events),
        (AGREEMENT, write_agreement),
        (REVIEW, write_review),
        (MEETING, write_meeting),
        (CONFIRMATION, write_confirmation),
    ):
        if block in form.layout.blocks:
            write(form)
    _duties(form)
    _ids(form)


def _frame(form: Canvas) -> None:
    for column in (*COLUMNS, *EXCEPTION_ONLY) if EXCEPTIONS in form.layout.blocks else COLUMNS:
        dimension = form.sheet.column_dimensions[column.letter]
        dimension.hidden = column.width == 0
        dimension.width = (column.width or 12) + CELL_MARGIN
    form.sheet.row_dimensions[ID_ROW].hidden = True
    form.sheet.sheet_view.showGridLines = False
    form.sheet.sheet_view.zoomScale = 90
    form.sheet.freeze_panes = f"{LETTER['definition']}{FIRST_BLOCK_ROW}"
    typed, part = (form.months[0], "monthly") if form.layout.monthly else ("quarter", "quarterly")
    if len(form.role.measures) == len(form.layout.rated_measures):
        typed, part = SELF, RATINGS
    first_input = f"{LETTER[typed]}{form.layout.row(part)}"
    for selection in form.sheet.sheet_view.selection:
        selection.activeCell = selection.sqref = first_input


def _duties(form: Canvas) -> None:
    if form.role.duties:
        _duty_table(form)
    layout = form.layout
    if form.role.guidance:
        form.paint.put(f"{FIRST}{layout.row('guidance title')}", form.labels("guidance"), styles.SECTION.but(size=10))
        for row, line in zip(layout.span("guidance"), form.role.guidance, strict=True):
            style = styles.PLAIN.but(wrap=False, colour=styles.MUTED)
            form.paint.put(f"{LETTER['group']}{row}", f"· {line}", style)


def _duty_table(form: Canvas) -> None:
    labels, layout = form.labels, form.layout
    form.section(layout.row("duties title"), "duties", None)
    _duty_row(form, layout.row("duties header"), labels("no"), labels("duty"), labels("duty_text"), styles.HEADER)
    for number, duty in enumerate(form.role.duties, start=1):
        row = layout.rows[f"d:{number}"]
        share = labels("duty_share", share=plain(duty.share)) if duty.share is not None else ""
        _duty_row(form, row, number, duty.heading + share, duty.text, styles.FIXED_TEXT)


def _duty_row(form: Canvas, row: int, number: object, heading: str, text: str, style: Style) -> None:
    form.paint.fill(f"{FIRST}:{LAST}", row, style)
    form.merge(LETTER["group"], LETTER["label"], row)
    form.merge(LETTER["definition"], LAST, row)
    form.paint.put(f"{LETTER['no']}{row}", number, style.but(align="center"))
    form.paint.put(f"{LETTER['group']}{row}", heading, style)
    form.paint.put(f"{LETTER['definition']}{row}", text, style)
    width = sum(column.width for column in COLUMNS if LETTER["definition"] <= column.letter <= LAST)
    heading_width = sum(column.width for column in COLUMNS if column.letter in (LETTER["group"], LETTER["label"]))
    form.paint.height(row, (text, width, style), (heading, heading_width, style))


def _ids(form: Canvas) -> None:
    """Write the row ids into hidden column A, and the column ids into hidden row 1."""
    for letter, ids in form.layout.columns.items():
        form.sheet[f"{letter}{ID_ROW}"] = "/".join(ids)
    for row_id, row in form.layout.rows.items():
        form.sheet[f"{LETTER['id']}{row}"] = row_id


def _print_setup(form: Canvas) -> None:
    sheet = form.sheet
    fit_page(sheet, landscape=True)
    sheet.print_title_rows = f"{TITLE_ROW}:{TITLE_ROW}"
    sheet.print_area = f"{FIRST}{TITLE_ROW}:{LAST}{form.layout.last_row}"
    sheet.page_margins = PageMargins(_SIDE, _SIDE, _TOP, _BOTTOM, footer=0.2)
    sheet.print_options.horizontalCentered = True
    breaks, pages = _pages(form)
    for row in breaks:
        sheet.row_breaks.append(Break(id=row - 1))
    # &N would count the pages of all sheets that are printed together; every form begins with its own page 1.
    sheet.page_setup.firstPageNumber, sheet.page_setup.useFirstPageNumber = 1, True
    labels = form.labels
    page = labels("page", page="&P") if pages is None else labels("page_of", page="&P", pages=pages)
    set_footer(sheet, left=f"{form.quarter} · &A", center=page)


def _pages(form: Canvas) -> tuple[list[int], int | None]:
    """The rows before which a page must end, and how many pages there are; None where programs will not agree.

    No block is split that would fit on a page of its own.
    """
    dimensions = form.sheet.row_dimensions

    def height(first: int, last: int) -> float:
        return sum(dimensions[row].height or _DEFAULT_HEIGHT for row in range(first, last + 1))

    width = sum(
        (column.width * 7 + 5) * 0.75 for column in COLUMNS if column.width
    )  # in points; a character has 7 pixels
    scale = int(100 * (_A4_LONG - 2 * _SIDE * 72) / width) / 100  # whole per cents
    page = (_A4_SHORT - (_TOP + _BOTTOM) * 72) / scale
    pages = [page * factor for factor in _PAGES]
    title = height(TITLE_ROW, TITLE_ROW)  # repeated on every page
    starts = [*form.layout.titles, form.layout.last_row + 1]
    if form.layout.monthly and form.layout.quarterly and height(TITLE_ROW, starts[1] - 1) > min(pages):
        starts.insert(1, form.layout.row("quarterly header"))  # a long data entry may split where headers are repeated
    used = [height(TITLE_ROW, starts[0] - 1)] * len(pages)
    breaks: list[int] = []
    counted = [1] * len(pages)
    for start, following in pairwise(starts):
        block = height(start, following - 1)
        if start != starts[0] and any(so_far + block > page for so_far, page in zip(used, pages, strict=True)):
            breaks.append(start)
            used = [title] * len(pages)
            counted = [count + 1 for count in counted]
        # A block longer than a page goes on, under the title again.
        ends = [_last_page(so_far + block, page, title) for so_far, page in zip(used, pages, strict=True)]
        used, more = [end for end, _ in ends], [more for _, more in ends]
        counted = [count + further for count, further in zip(counted, more, strict=True)]
    return breaks, counted[0] if len({*counted}) == 1 else None


_PAGES = 0.985, 1.1
"""The least and the most room on a page: programs differ in column widths, and so in how small they print."""


def _last_page(height: float, page: float, title: float) -> tuple[float, int]:
    """The height used on the last page, by content of this height from the top of a page; how many pages before it."""
    pages = 0
    while height > page:
        height -= page - title
        pages += 1
    return height, pages


def _protect(form: Canvas) -> None:
    protection = form.sheet.protection
    protection.sheet = True
    # Against slips, not against people: no password, and column widths and row heights may be changed.
    protection.formatColumns = protection.formatRows = False
