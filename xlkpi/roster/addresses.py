"""Reads who has which e-mail address: from the roster, or from any table with names and addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from xlkpi.roster.header import folded, listed_headers, text_of
from xlkpi.roster.table import Rows, read_table

_SEARCHED_ROWS = 20
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")


def addresses_of(path: Path) -> dict[str, str]:
    """Name → address; "" for a name with several addresses, or with something that is none.

    A column of addresses belongs to the column of names; one of superiors' addresses to that of the superiors. Empty
    where the table has no such columns. Raises `UnreadableError`, OSError.
    """
    rows = read_table(path).rows
    found: dict[str, set[str]] = {}
    for names, addresses in (("name", "email"), ("superior", "superior_email")):
        for name, address in _pairs(rows, names, addresses):
            found.setdefault(name, set()).add(address)
    return {name: next(iter(of_name)) if len(of_name) == 1 else "" for name, of_name in found.items()}


def _pairs(rows: Rows, names: str, addresses: str) -> list[tuple[str, str]]:
    """The names with their addresses; "" for a text that is no address. Rows without one of the two are left out."""
    for number, row in enumerate(rows[:_SEARCHED_ROWS]):
        headers = {folded(text_of(cell)): at for at, cell in reversed([*enumerate(row)])}
        at, beside = (_column(headers, field) for field in (names, addresses))
        if at is not None and beside is not None:
            below = (
                [text_of(cells[place]).strip() if place < len(cells) else "" for place in (at, beside)]
                for cells in rows[number + 1 :]
            )
            return [(name, text if _ADDRESS.fullmatch(text) else "") for name, text in below if name and text]
    return []


def _column(headers: Mapping[str, int], field: str) -> int | None:
    return next((headers[name] for name in listed_headers(field) if name in headers), None)
