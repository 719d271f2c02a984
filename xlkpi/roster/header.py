"""Finds the headers of a roster: in any of the three languages, in any order, below any title rows."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

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

    row: from 0. fields: column, from 0 → field; "" for a column of the company's own, and for one that means the same
    as another. language: that of most headers; the problems of the roster are in it. twice: the columns that mean the
    same as one that is read → that one. near: columns of the company's own whose headers look like one that is missing
    → that one.
    """

    row: int
    fields: Mapping[int, str]
    language: str
    twice: Mapping[int, int]
    near: Mapping[int, str]


def header_of(rows: Rows) -> Header:
    """Find the headers. Raises `UnreadableError` where there are none, or where one that a roster needs is missing."""
    texts = [{at: text for at, value in enumerate(row) if (text := text_of(value))} for row in rows[:_SEARCHED_ROWS]]
    candidates = [{at: _meant(text) for at, text in row.items()} for row in texts]
    counts = [len({found.field for found in row.values()} & {*ROSTER_FIELDS}) for row in candidates]
    if max(counts, default=0) < 2:
        raise UnreadableError("file", "roster_no_header")
    place = counts.index(max(counts))
    fields, twice = _read_once(candidates[place])
    language = _language(texts[place][column] for column, name in fields.items() if name)
    missing = tuple(words(language)(name) for name in NEEDED_FIELDS if name not in fields.values())
    near = {
        at: name for at, text in texts[place].items() if not fields[at] and (name := _near(text, {*fields.values()}))
    }
    if missing:
        raise _missing(missing, [texts[place][at] for at in near], language)
    return Header(place, fields, language, twice, near)


def _missing(missing: tuple[str, ...], near: Sequence[str], language: str) -> UnreadableError:
    key = "roster_missing_near" if near else "roster_missing_columns"
    return UnreadableError("file", key, columns=missing, near=tuple(near)).of(language)


def _language(headers: Iterable[str]) -> str:
    counts = Counter(map(language_of, headers))
    return max(counts, key=lambda language: counts[language])


class _Meant(NamedTuple):
    """What a header means: a field, and how well it says so, from 0 on; "" for none. header: a known one as written."""

    field: str
    rank: int = 0
    header: str = ""


def _read_once(row: Mapping[int, _Meant]) -> tuple[dict[int, str], dict[int, int]]:
    """The field of each column, where a field has one column; and the columns in whose place another one is read."""
    best: dict[str, int] = {}
    for at, meant in row.items():
        if meant.field and (meant.field not in best or meant.rank < row[best[meant.field]].rank):
            best[meant.field] = at
    fields = {at: meant.field if best.get(meant.field) == at else "" for at, meant in row.items()}
    twice = {at: best[meant.field] for at, meant in row.items() if meant.field and best[meant.field] != at}
    return fields, twice


_BRACKETS = re.compile(r"\((.*)\)$")
_OLD_WORDS = re.compile("旧|舊|原|old")
_STRIPPED, _OLD = 1000, 2000
"""Ranks of headers with brackets behind them: 工号(新) is read where there is no 工号, and before 工号(旧)."""


def _meant(text: str) -> _Meant:
    """What a header means; the field target:<folded indicator> for a target."""
    header = folded(text)
    kind, colon, indicator = header.partition(":")
    if colon and _headers().get(kind, _Meant("")).field == "target":
        return _Meant(TARGET + indicator)
    found = _headers().get(header)
    if found is None and (match := _BRACKETS.search(header)):
        old = _OLD_WORDS.search(match[1])
        plain = _headers().get(header[: match.start()], _Meant(""))
        found = plain._replace(rank=plain.rank + (_OLD if old else _STRIPPED))
    if found is None or not found.field:
        found = _of_parts(text)
    return _Meant("") if found.field == "target" else found


_BETWEEN = r"[/／|、\s]+"


def _of_parts(text: str) -> _Meant:
    """What a header of several words means that all say the same: 岗位/职务, 姓名 Name."""
    parts = [_headers().get(folded(part), _Meant("")) for part in re.split(_BETWEEN, text) if part]
    return parts[0] if len(parts) > 1 and len({part.field for part in parts}) == 1 else _Meant("")


_ALIKE = 0.7
"""From this likeness on a header may be a known one with a slip: 上级姓明 and 上级姓名 have 0.75."""


def _near(text: str, present: Set[str]) -> str:
    """The known header that a header of the company's own looks like, where no column has its field; else ""."""
    header = folded(text)
    if header in _own():
        return ""
    absent = {name: meant for name, meant in _headers().items() if meant.field not in {*present, "target"}}
    names = [name for name in absent if abs(len(name) - len(header)) <= 1 and len(name) > 1]
    match = difflib.get_close_matches(header, names, 1, _ALIKE)
    return absent[match[0]].header if match else ""


@cache
def _listed() -> Mapping[str, list[str]]:
    return read_toml(files(TEMPLATES) / "roster.toml")


_BESIDE = ("own", "email", "superior_email")
"""The lists of headers that are no fields of a person."""


@cache
def _own() -> frozenset[str]:
    """The folded headers of columns that companies usually keep beside ours."""
    return frozenset(folded(text) for name in _BESIDE for text in _listed()[name])


@cache
def listed_headers(field: str) -> tuple[str, ...]:
    """The folded headers that mean a field, or one of the lists beside the fields; the best ones first."""
    labels = [words(language)(field) for language in LANGUAGES] if field in ROSTER_FIELDS else []
    return tuple(dict.fromkeys(map(folded, [*labels, *_listed()[field]])))


@cache
def _headers() -> Mapping[str, _Meant]:
    """Folded header → what it means; the labels of forms say it best, then the first in the list."""
    texts = ((field, words(language)(field)) for language in LANGUAGES for field in ROSTER_FIELDS)
    labels = {folded(text): _Meant(field, 0, text) for field, text in texts}
    listed = {
        folded(name): _Meant(field, rank, name)
        for field, names in _listed().items()
        if field not in _BESIDE
        for rank, name in reversed([*enumerate(names, start=1)])
    }
    return labels | listed


def folded(text: str) -> str:
    """A text for looking up: without differences of width and case, without spaces and asterisks."""
    return re.sub(r"[\s*]", "", unicodedata.normalize("NFKC", text)).casefold()


def text_of(cell: object) -> str:
    """A cell as one line of text, without what only keeps digits text; a whole number has no decimal part."""
    return without_text_mark(plain_text(value_text(cell)))
