"""Finds the headers of a roster: in any of the three languages, in any order, below any title rows."""

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
from xlkpi.form.names import plain_text, without_text_mark
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES, language_of
from xlkpi.i18n.numbers import value_text
from xlkpi.i18n.problems import UnreadableError
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.roster.table import Rows

TARGET = "target:"
"""The field of a target is this and the folded name of its indicator."""

_SEARCHED_ROWS = 20
"""The headers must be in one of the first rows."""


@dataclass(frozen=True)
class Header:
    """The headers of a roster.

    row: from 0. fields: column, from 0 → field; "" for an unknown header, or for one that another column has.
    language: that of most headers; the problems of the roster are in it.
    """

    row: int
    fields: Mapping[int, str]
    language: str


def header_of(rows: Rows) -> Header:
    """Find the headers. Raises `UnreadableError` where there are none, or where one that a roster needs is missing."""
    candidates: list[dict[int, str]] = []
    for row in rows[:_SEARCHED_ROWS]:
        columns: dict[int, str] = {}
        for column, value in enumerate(row):
            if text := text_of(value):
                name = _field(text)
                columns[column] = "" if name in columns.values() else name
        candidates.append(columns)
    counts = [sum(name in ROSTER_FIELDS for name in columns.values()) for columns in candidates]
    if max(counts, default=0) < 2:
        raise UnreadableError("file", "roster_no_header")
    place = counts.index(max(counts))
    fields = candidates[place]
    language = _language(text_of(rows[place][column]) for column, name in fields.items() if name)
    missing = tuple(words(language)(name) for name in NEEDED_FIELDS if name not in fields.values())
    if missing:
        raise UnreadableError("file", "roster_missing_columns", columns=missing).of(language)
    return Header(place, fields, language)


def _language(headers: Iterable[str]) -> str:
    counts = Counter(map(language_of, headers))
    return max(counts, key=lambda language: counts[language])


def _field(text: str) -> str:
    """The field of a header; target:<folded indicator> for a target, "" for an unknown header."""
    header = folded(text)
    kind, colon, indicator = header.partition(":")
    if colon and _headers().get(kind) == "target":
        return TARGET + indicator
    field = _headers().get(header) or _headers().get(re.sub(r"\(.*\)$", "", header), "")
    return "" if field == "target" else field


@cache
def _headers() -> Mapping[str, str]:
    """Folded header → field."""
    names_of = read_toml(files(TEMPLATES) / "roster.toml")
    synonyms = {folded(name): field for field, names in names_of.items() for name in names}
    return synonyms | {folded(words(language)(field)): field for language in LANGUAGES for field in ROSTER_FIELDS}


def folded(text: str) -> str:
    """A text for looking up: without differences of width and case, without spaces and asterisks."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text)).casefold()


def text_of(cell: object) -> str:
    """A cell as one line of text, without what only keeps digits text; a whole number has no decimal part."""
    return without_text_mark(plain_text(value_text(cell)))
