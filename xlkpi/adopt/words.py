"""The words by which tables are recognised: those of `workbook_templates/adopt.toml`, without differences of width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from xlkpi.catalogue.toml import read_toml
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.rules.spelling import normalise


def simplified(text: str) -> str:
    """A text in simplified characters of one width, without white space."""
    return unicodedata.normalize("NFKC", normalise(re.sub(r"\s", "", text))).translate(_further())


def folded(text: str) -> str:
    """A text for looking up: simplified, half-width, without spaces, case and what stands in brackets at its end."""
    plain = re.sub(r"[*:]", "", simplified(text)).casefold()
    return re.sub(r"(?<=.)\([^()]*\)$|(?<=.)\[[^\[\]]*\]$", "", plain)


@cache
def _table() -> Mapping[str, Any]:
    return read_toml(files(TEMPLATES) / "adopt.toml")


@cache
def _further() -> dict[int, str]:
    """Traditional characters of headings that no rule has → simplified ones."""
    return str.maketrans(_table()["spelling"])


@cache
def words(table: str, key: str) -> tuple[str, ...]:
    """The words of a line in the file, folded; longer ones first."""
    listed = {
        re.sub(r"\s", "", unicodedata.normalize("NFKC", word)).casefold() for word in _table()[table][key].split()
    }
    return tuple(sorted(listed, key=lambda word: (-len(word), word)))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A regular expression of the file."""
    counted = "|".join(unit for unit in words("words", "units") if unit not in words("words", "not_counted"))
    return re.compile(str(_table()["patterns"][name]).replace("UNITS", counted))


@cache
def numbers(table: str) -> Mapping[str, int]:
    """A table of words that stand for a number, longer ones first."""
    return dict(sorted(_table()[table].items(), key=lambda entry: -len(entry[0])))


def plain_unit(text: str) -> str:
    """A unit as forms write it; "" for marks that stand for none."""
    unit = unicodedata.normalize("NFKC", text).strip()
    return str(_table()["same_units"].get(folded(text), unit))


@cache
def _exact() -> Mapping[str, str]:
    return {folded(word): kind for kind in _table()["exact"] for word in words("exact", kind)}


@lru_cache(maxsize=10_000)
def kind_of(heading: str) -> str:
    """The kind of column that a heading names; "" for an unknown one."""
    plain = folded(heading)
    if not plain or len(plain) > 20:
        return ""
    if level_points(heading):
        return "level"
    if exact := _exact().get(plain):
        return exact
    parts = ((kind, word) for kind in _table()["parts"] for word in words("parts", kind))
    return next((kind for kind, word in parts if word in plain), "")


def level_points(heading: str) -> str:
    """The points of a heading that is a level of its own, 100 of 优秀（100分）; "" for any other."""
    match = pattern("level").fullmatch(simplified(heading).casefold())
    return match[1] if match else ""


def begins(text: str, key: str) -> bool:
    """Whether a text begins with one of the words of `[rows]`, such as 合计."""
    plain = simplified(text).casefold()
    return pattern("number_before").sub("", plain).startswith(words("rows", key))


def unit_in_label(label: str) -> str:
    """The unit that the name of an indicator says, such as % for 退货率; "" where it says none."""
    plain = folded(label)
    for entry in _table()["units"]:
        said = any(word.casefold() in plain for word in entry["words"].split())
        if said and not any(word.casefold() in plain for word in entry["not"].split()):
            return str(entry["unit"])
    return ""
