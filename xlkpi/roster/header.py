"""Which column of a roster is which: headers in any of the three languages, in any order, under whatever is above."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from xlkpi.catalogue.toml import read_toml
from xlkpi.common.person import NEEDED_FIELDS, ROSTER_FIELDS
from xlkpi.form.names import plain_text
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.roster.table import NoRosterError, Rows

TARGET = "target:"
"""How the field of a target begins; the folded name of its indicator follows."""

_WITHIN = 20
"""Rows among which the headers are looked for."""
_TEMPLATE = "xlkpi roster-template 给出空名册"


def header_of(rows: Rows) -> tuple[int, dict[int, str]]:
    """The row of the headers, and the field of each of its columns, "" where it is not known or there already.

    Raises `NoRosterError`.
    """
    found: list[dict[int, str]] = []
    for row in rows[:_WITHIN]:
        columns: dict[int, str] = {}
        for column, value in enumerate(row):
            if text := text_of(value):
                name = _field(text)
                columns[column] = "" if name in columns.values() else name
        found.append(columns)
    known = [sum(name in ROSTER_FIELDS for name in columns.values()) for columns in found]
    if max(known, default=0) < 2:
        raise NoRosterError("名册里找不到表头", f"请在一行里写列名：工号、姓名、岗位……；{_TEMPLATE}")
    row_number = known.index(max(known))
    missing = [words()(name) for name in NEEDED_FIELDS if name not in found[row_number].values()]
    if missing:
        raise NoRosterError(f"名册缺少“{'”“'.join(missing)}”列", f"请补上；{_TEMPLATE}")
    return row_number, found[row_number]


def _field(text: str) -> str:
    """The field of a header, target:<folded indicator> of a target, "" where it is not known."""
    header = folded(text)
    kind, colon, indicator = header.partition(":")
    if colon and _headers().get(kind) == "target":
        return TARGET + indicator
    found = _headers().get(header) or _headers().get(re.sub(r"\(.*\)$", "", header), "")
    return "" if found == "target" else found


@cache
def _headers() -> Mapping[str, str]:
    """Field by folded header."""
    known = read_toml(files(TEMPLATES) / "roster.toml")
    synonyms = {folded(name): field for field, names in known.items() for name in names}
    return synonyms | {folded(words(language)(field)): field for language in LANGUAGES for field in ROSTER_FIELDS}


def folded(text: str) -> str:
    """A text as it is looked up: width, case, spaces and asterisks aside."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text)).casefold()


def text_of(cell: object) -> str:
    """A cell as one line of text; a whole number has no decimal part."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else plain_text(str(cell))
