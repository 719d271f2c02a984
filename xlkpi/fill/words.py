"""The words of tables that `fill` knows: headers, months, units, and those of the mapping workbook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from xlkpi.catalogue.toml import read_toml
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.roster.header import folded

_UNIT = re.compile(r"(?P<label>.+?)[(\[](?P<unit>[^()\[\]]{1,12})[)\]]|(?P<before>.+?)[/_-](?P<after>[^/_-]{1,4})")
_BRACKETS = str.maketrans("【】〔〕", "[][]")


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


@dataclass(frozen=True)
class UnitMeant:
    """What a unit says about numbers: a factor (10000 for 万元), None where it says nothing.

    rate: for per cent or a fraction, whether it is written as such.
    """

    factor: float | None = None
    rate: bool = False


@cache
def unit_meant(unit: str) -> UnitMeant:
    """What the unit of a table's column means for the numbers of a form, which are in 元, 次 and fractions."""
    known, text = table_words()["words"], folded(unit)
    if text in map(folded, known["percent"]):
        return UnitMeant(0.01, True)
    if text in map(folded, known["fraction"]):
        return UnitMeant(1.0, True)
    scales: Mapping[str, int] = known["scales"]
    for scale in sorted(scales, key=len, reverse=True):
        if text.startswith(scale):
            return UnitMeant(float(scales[scale]))
    return UnitMeant()


def label_and_unit(header: str) -> tuple[str, str]:
    """A header without the unit behind it, and that unit: 销售额（万元） → 销售额, 万元; "" without one.

    Behind / and _ only units that change numbers are taken for units.
    """
    text = unicodedata.normalize("NFKC", header).strip().translate(_BRACKETS)
    match = _UNIT.fullmatch(text)
    if match is None:
        return header.strip(), ""
    if match["unit"]:
        return match["label"].strip(), match["unit"].strip()
    after = match["after"].strip()
    if unit_meant(after).factor is not None:
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
