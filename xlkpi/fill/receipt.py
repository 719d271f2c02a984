"""The receipt of a run: which cell was filled from which rows, and what was not, as a workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.fill.findings import CONFLICT, FAULT, NOTE, Finding
from xlkpi.fill.place import DIFFERS, FILLED, SAME, SOURCES_DIFFER, Placed
from xlkpi.fill.targets import QUARTER
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import is_number, number_text, plain, value_text
from xlkpi.writer.sheets.tables import CENTRE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

CONFLICTS = (DIFFERS, SOURCES_DIFFER)


def counts(placed: Iterable[Placed]) -> Counter[str]:
    """How many cells became what."""
    return Counter(one.state for one in placed)


def receipt_book(placed: Iterable[Placed], findings: Iterable[Finding]) -> bytes:
    """The receipt: a sheet of cells and a sheet of what could not be placed."""
    book, labels = Workbook(), words(HANS)
    sheet: Worksheet = book.worksheets[0]
    sheet.title = COMMANDS("fill_receipt_cells")
    cells = TableSheet(sheet, (24, 12, 10, 12, 22, 10, 14, 14, 12, 52), labels)
    cells.title(COMMANDS("fill_receipt_cells"))
    header = cells.row
    headers = [COMMANDS(f"fill_col_{key}") for key in _CELL_COLUMNS]
    styles = (TEXT, TEXT, CENTRE, TEXT, TEXT, CENTRE, CENTRE, CENTRE, CENTRE, TEXT)
    span = cells.table(headers, styles, map(_cell_row, placed))
    cells.finish(header, table=span)
    other = TableSheet(book.create_sheet(COMMANDS("fill_receipt_findings")), (12, 30, 16, 10, 90), labels)
    other.title(COMMANDS("fill_receipt_findings"))
    header = other.row
    headers = [COMMANDS(f"fill_col_{key}") for key in ("kind", "file", "sheet", "cell", "message")]
    span = other.table(headers, (CENTRE, TEXT, TEXT, CENTRE, TEXT), _finding_rows(findings))
    other.finish(header, table=span)
    return saved(book)


_CELL_COLUMNS = ("file", "sheet", "cell", "who", "measure", "month", "before", "value", "state", "origin")


def _cell_row(one: Placed) -> list[TableValue]:
    form, candidate = one.form, one.candidate
    before, value = (_shown(one, each) for each in (one.before, one.value))
    return [
        form.file, form.sheet, one.slot.address, form.who, candidate.measure.label, month_of(one), before, value,
        COMMANDS(f"fill_state_{one.state}"), candidate.origin.text,
    ]  # fmt: skip


def month_of(one: Placed) -> str:
    """The month of a cell as 2026-10, or its quarter."""
    quarter, cell = one.form.quarter, one.candidate.cell
    return str(quarter) if cell == QUARTER else f"{quarter.year}-{quarter.months[int(cell[1:]) - 1]:02}"


def _shown(one: Placed, value: float | str | None) -> str:
    if is_number(value):
        percent = one.candidate.measure.unit == "%"
        return number_text(float(value), True, words(HANS)) if percent else plain(round(float(value), 9))
    return value_text(value)


def _finding_rows(findings: Iterable[Finding]) -> Iterator[list[TableValue]]:
    order = (FAULT, CONFLICT, NOTE)
    for one in sorted(findings, key=lambda finding: order.index(finding.kind)):
        yield [COMMANDS(f"fill_kind_{one.kind}"), one.file, one.sheet or "", one.cell, one.message]


def summary(placed: Iterable[Placed]) -> list[tuple[str, str, int, int, int]]:
    """File, sheet, and how many cells of the form were filled, held the number already, and are in conflict."""
    rows: dict[tuple[str, str], Counter[str]] = {}
    for one in placed:
        rows.setdefault((one.form.file, one.form.sheet), Counter())[one.state] += 1
    return [
        (file, sheet, count[FILLED], count[SAME], sum(count[state] for state in CONFLICTS))
        for (file, sheet), count in rows.items()
    ]
