"""Finds the row of headers in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xlkpi.fill.tables.table import Table

_SEARCHED = 20
"""The headers must be in one of the first rows: above them are a title, the day of the export, who made it."""


@dataclass(frozen=True)
class HeaderRow:
    """A row of headers. row: from 0; texts: of its cells, "" for an empty one."""

    row: int
    texts: tuple[str, ...]

    @property
    def named(self) -> list[tuple[int, str]]:
        """Column and header, without the empty ones."""
        return [(column, text) for column, text in enumerate(self.texts) if text]


def header_rows(table: Table) -> list[HeaderRow]:
    """The rows that may be the headers."""
    found = []
    for number in range(min(_SEARCHED, len(table.rows))):
        texts = tuple(" ".join(table.text(number, column).split()) for column in range(len(table.rows[number])))
        if any(texts):
            found.append(HeaderRow(number, texts))
    return found


def best_header(rows: Sequence[HeaderRow], known: Callable[[str], bool]) -> HeaderRow | None:
    """The row with the most known headers; without any, the first with several texts; None for an empty table."""
    counts = [sum(known(text) for _, text in row.named) for row in rows]
    if any(counts):
        return rows[counts.index(max(counts))]
    return next((row for row in rows if len(row.named) > 1), rows[0] if rows else None)
