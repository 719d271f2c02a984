"""Headers and rows of the blocks that are tables of their own below the scores, on the columns of the scoring block."""

from __future__ import annotations

from xlkpi.form.layout import FIRST, LAST
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.styles import Style

Columns = tuple[tuple[str, str, str], ...]
"""Label key, first and last sheet column of each column of a table."""


def header_row(form: Canvas, row: int, columns: Columns) -> None:
    """Write the headers of a table."""
    table_row(form, row, form.labels("no"), columns, styles.HEADER)
    for key, first, _ in columns:
        form.paint.put(f"{first}{row}", form.labels(key), styles.HEADER)
    form.sheet.row_dimensions[row].height = 20


def table_row(form: Canvas, row: int, number: object, columns: Columns, style: Style) -> None:
    """Write a row of a table, with its number, and merge its cells."""
    form.paint.fill(f"{FIRST}:{LAST}", row, style)
    form.paint.put(f"{FIRST}{row}", number, styles.HEADER if style is styles.HEADER else styles.FIXED_CENTRE)
    for _, first, last in columns:
        if first != last:
            form.merge(first, last, row)
