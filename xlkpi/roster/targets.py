"""Reads the targets of a roster: the number that 90万, 1.2亿, 12% or ￥5,000 is in the unit of an indicator."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Part, Role
from xlkpi.catalogue.units import MONEY, is_percent
from xlkpi.common.caches import ByIdentity
from xlkpi.form.layout import target_key
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import is_number
from xlkpi.roster.header import folded
from xlkpi.xlsx.shown_numbers import shown_number

_LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_LARGE_WORDS = re.compile("[万萬亿億]")
_AMOUNT = re.compile(
    r"(?P<currency>¥|RMB|CNY|NT\$|\$)?(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d+)?)"
    r"(?P<large>[万萬亿億]?)(?P<percent>%?)(?P<unit>.*)",
    re.IGNORECASE,
)
_YUAN = frozenset(("元", "块", "塊", "圆", "圓"))


def target_number(value: object, unit: str, code: str = "") -> float | None:
    """The number that a cell holds, in a target's unit; rates are fractions. None where it is not clear.

    90万 is 900,000 where the unit is 元 and 90 where it is 万元; 12% is 0.12 where the unit is %, and not clear
    elsewhere. code: the number format of the cell; a number that it shows as 90万 is not clear unless it is 900,000.
    """
    if is_number(value):
        shown = shown_number(float(value), code) if _LARGE_WORDS.search(code) else None
        return float(value) if shown is None or _written(shown, unit) == float(value) else None
    return _written(value, unit) if isinstance(value, str) else None


def _written(text: str, unit: str) -> float | None:
    match = _AMOUNT.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    if match is None:
        return None
    number, size = Decimal(match["number"].replace(",", "")), _LARGE.get(match["large"])
    if is_percent(unit):
        plain = not (size or match["currency"] or match["unit"])
        return float(number / 100 if match["percent"] else number) if plain else None
    base, end = folded(unit), folded(match["unit"])
    large = _LARGE.get(base[:1])  # of the unit: 万元
    one = base[1:] if large else base
    money = one in _YUAN or unit in MONEY
    if match["percent"] or (match["currency"] and not money) or not (end in ("", one) or (money and end in _YUAN)):
        return None
    if size or end:
        return float(number * (size or 1) / (large or 1))
    # ￥5,000 where the unit is 万元: 5,000 or 50,000,000?
    return None if large and match["currency"] else float(number)


@lru_cache(maxsize=256)
def targets_of(catalogue: Catalogue, by_identity: ByIdentity[Role]) -> Mapping[str, tuple[str, bool, Part]]:
    """The targets of a role: folded name → its key, whether people type it, and the part whose target it is."""
    role = by_identity.value
    by_name: dict[str, tuple[str, bool, Part]] = {}
    translators = [catalogue.translator(language, role.id) for language in LANGUAGES]
    for indicator in role.indicators:
        for number, part in enumerate(indicator.parts):
            key = target_key(indicator.id, number)
            typed = part.target_formula is None and indicator.rule.reads_target(number)
            for name in (key, *(translator(part.label) for translator in translators)):
                by_name.setdefault(folded(name), (key, typed, part))
    return by_name
