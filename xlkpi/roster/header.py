"""Which column of a roster is which: headers in any of the three languages, in any order, under whatever is above."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from xlkpi.catalogue.toml import read_toml
from xlkpi.common.person import NEEDED_FIELDS, ROSTER_FIELDS
from xlkpi.form.names import plain_text
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES, language_of
from xlkpi.i18n.problems import UnreadableError
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.roster.table import Rows

TARGET = "target:"
"""How the field of a target begins; the folded name of its indicator follows."""

_WITHIN = 20
"""Rows among which the headers are looked for."""


@dataclass(frozen=True)
class Header:
    """The headers of a roster: their row, from 0; the field of each column, "" where it is not known or there already.

    language: that of most headers; what is wrong in the roster is told in it.
    """

    row: int
    fields: Mapping[int, str]
    language: str


def header_of(rows: Rows) -> Header:
    """Find the headers. Raises `UnreadableError` where there are none, or not those that a roster needs."""
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
        raise UnreadableError("file", "roster_no_header")
    place = known.index(max(known))
    fields = found[place]
    language = _language(text_of(rows[place][column]) for column, name in fields.items() if name)
    missing = tuple(words(language)(name) for name in NEEDED_FIELDS if name not in fields.values())
    if missing:
        raise UnreadableError("file", "roster_missing_columns", columns=missing).of(language)
    return Header(place, fields, language)


def _language(headers: Iterable[str]) -> str:
    counts = Counter(map(language_of, headers))
    return max(counts, key=lambda language: counts[language])


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
