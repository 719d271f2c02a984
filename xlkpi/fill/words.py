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
    text = text.removeprefix(folded(known["money"][1])) or text  # 人民币万元
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
    if (said := _unit_pattern().search(text)) and _money_or_scale(said["unit"]):
        return text[: said.start()].strip(" ([-_:,;") or header.strip(), said["unit"]
    match = _UNIT.fullmatch(text)
    if match is None:
        return _without_bare_unit(header.strip(), text)
    if match["unit"]:
        return match["label"].strip(), match["unit"].strip()
    after = match["after"].strip()
    if is_unit(after):
        return match["before"].strip(), after
    return header.strip(), ""


def _without_bare_unit(header: str, text: str) -> tuple[str, str]:
    """A header that ends with a large unit of money without anything between: 成交额万元."""
    known = table_words()["words"]
    units = (scale + folded(known["money"][0]) for scale in sorted(known["scales"], key=len, reverse=True))
    found = next((unit for unit in units if text.endswith(unit) and not text.removesuffix(unit)[-1:].isdecimal()), "")
    found = found if text != found else ""
    return (text.removesuffix(found).strip(" :,;"), found) if found else (header, "")


@cache
def _unit_pattern() -> re.Pattern[str]:
    """What says a unit of a whole table: 单位：万元, but not 填报单位：财务部."""
    known = table_words()["words"]
    before = "".join(f"(?<!{re.escape(word)})" for word in known["not_unit_before"])
    names = "|".join(map(re.escape, known["said_unit"]))
    return re.compile(rf"{before}(?:{names})\s*[:=]?\s*(?P<unit>[^\s,;()\[\]:]{{1,12}})", re.IGNORECASE)


_UNITS_APART = re.compile(r"[\u3001/\uff0c,]")


def _money_or_scale(unit: str) -> bool:
    """Whether a text is a unit, and not the name of a department: a known one, or some other money."""
    counted = map(folded, table_words()["words"]["counted"])
    return is_unit(unit) or scale_of(unit) is not None or folded(unit) in counted or is_money(unit)


def is_money(unit: str) -> bool:
    """Whether a unit is money, also of another country: 万元, 美元."""
    return folded(unit).endswith(tuple(map(folded, table_words()["words"]["money"])))


def units_said(text: str) -> tuple[str, ...]:
    """The units that a text beside a table gives for all of its numbers: 单位：万元, 销售报表（万元）."""
    plain = unicodedata.normalize("NFKC", text).strip().translate(_brackets())
    found = [each for match in _unit_pattern().finditer(plain) for each in _UNITS_APART.split(match["unit"])]
    if not found and (unit := label_and_unit(text)[1]) and is_unit(unit):
        found = [unit]
    return tuple(dict.fromkeys(each for each in found if each and _money_or_scale(each)))


def is_ratio(label: str, unit: str) -> bool:
    """Whether a measure is one number divided by another: a mean of several would weigh each the same."""
    known = table_words()["words"]
    name = folded(label_and_unit(label)[0])
    ends = tuple(map(folded, known["ratio_ends"]))
    return (
        folded(unit) in map(folded, known["ratio_units"])
        or name.endswith(ends)
        or any(folded(word) in name for word in known["ratio_names"])
    )


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
