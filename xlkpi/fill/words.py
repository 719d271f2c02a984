"""The words of tables that `fill` knows: headers, months, units, and those of the mapping workbook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from xlkpi.catalogue.toml import read_toml
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.roster.header import folded

_UNIT = re.compile(r"(?P<label>.+?)[(\[](?P<unit>[^()\[\]]{1,12})[)\]]|(?P<before>.+?)[/_-](?P<after>[^/_-]{1,4})")


@cache
def table_words() -> Mapping[str, Any]:
    """The file of words, by section."""
    return read_toml(files(TEMPLATES) / "fill.toml")


def mapping_word(key: str) -> str:
    """A word of the mapping workbook."""
    return str(table_words()["mapping"][key])


@cache
def header_kinds() -> Mapping[str, str]:
    """Folded header → what the column is (a key of `kinds`)."""
    roster = read_toml(files(TEMPLATES) / "roster.toml")
    fields = {"number": "employee_id", "name": "name", "post": "post"}
    kinds = {folded(name): kind for kind, field in fields.items() for name in roster[field]}
    kinds |= {
        folded(words(language)(field)): kind
        for language in LANGUAGES
        for kind, field in {**fields, "measure": "measure"}.items()
    }
    return kinds | {folded(name): kind for kind, names in table_words()["headers"].items() for name in names}


@cache
def total_words() -> frozenset[str]:
    """Folded words of rows that add others up."""
    return frozenset(map(folded, table_words()["words"]["totals"]))


@cache
def words_for_no_data() -> frozenset[str]:
    """What programs write where they have no number."""
    return frozenset(map(folded, table_words()["words"]["no_data"]))


@cache
def words_of_time() -> frozenset[str]:
    """What stands behind a number that is part of a date."""
    return frozenset(table_words()["words"]["time"])


@cache
def factor_of(unit: str, wanted: str) -> float | None:
    """By what numbers of a unit become those of a form's unit: 10000 for 万元 and 元; None where nobody can say.

    A form has rates as fractions: 0.01 for per cent.
    """
    known, text, ours = table_words()["words"], folded(unit), folded(wanted)
    if ours == "%":
        rates = {**dict.fromkeys(map(folded, known["percent"]), 0.01), **dict.fromkeys(known["fraction"], 1.0)}
        return rates.get(text)
    seconds: Mapping[str, int] = known["seconds"]
    if text in seconds and ours in seconds:
        return seconds[text] / seconds[ours]
    scales: Mapping[str, int] = known["scales"]
    for scale in sorted(scales, key=len, reverse=True):
        if text.startswith(scale) and _same_unit(text.removeprefix(scale), ours, may_lack=True):
            return float(scales[scale])
    return 1.0 if _same_unit(text, ours) else None


def _same_unit(text: str, ours: str, *, may_lack: bool = False) -> bool:
    """Whether two units are one, or both count."""
    if text == ours or (may_lack and not text):
        return True
    return any({text, ours} <= set(map(folded, table_words()["words"][kind])) for kind in ("counted", "money"))


def scale_of(text: str) -> float | None:
    """The number that a word such as 万 is; None for any other text."""
    scale = table_words()["words"]["scales"].get(folded(text))
    return None if scale is None else float(scale)


@cache
def is_added(unit: str) -> bool:
    """Whether numbers of a unit can be added up."""
    return folded(unit) not in map(folded, table_words()["words"]["not_added"])


def is_unit(text: str) -> bool:
    """Whether a text is a unit that says how large numbers are: 万元, %, 小时."""
    known = table_words()["words"]
    wanted = ("%", folded(known["money"][0]), *known["seconds"])
    return any(factor_of(text, each) is not None for each in wanted)


@cache
def _brackets() -> dict[int, str]:
    """What turns other brackets into [ and ]."""
    brackets: str = table_words()["words"]["brackets"]
    return {ord(bracket): "[]"[number % 2] for number, bracket in enumerate(brackets)}


def label_and_unit(header: str) -> tuple[str, str]:
    """A header without the unit behind it, and that unit: 销售额（万元） → 销售额, 万元; "" without one.

    Behind / and _ only units that change numbers are taken for units.
    """
    text = unicodedata.normalize("NFKC", header).strip().translate(_brackets())
    match = _UNIT.fullmatch(text)
    if match is None:
        return header.strip(), ""
    if match["unit"]:
        return match["label"].strip(), match["unit"].strip()
    after = match["after"].strip()
    if is_unit(after):
        return match["before"].strip(), after
    return header.strip(), ""


def whole_quarter(text: str) -> bool:
    """Whether a header or cell names the quarter as a whole."""
    return folded(text) in map(folded, table_words()["words"]["whole"])


def near(text: str, known: Sequence[str]) -> str:
    """The known text that is nearest; "" where none is near."""
    from difflib import get_close_matches

    by_folded = {folded(each): each for each in known}
    found = get_close_matches(folded(text), by_folded, 1, 0.45)
    if found:
        return by_folded[found[0]]
    inside = [each for key, each in by_folded.items() if folded(text) and (folded(text) in key or key in folded(text))]
    return min(inside, key=len, default="")


def identity_columns() -> tuple[str, ...]:
    """The kinds of columns that say whose a row is."""
    return ("number", "name", "shop")
