"""The number that somebody meant who typed text: full-width digits, a unit, separators."""

from __future__ import annotations

import re
import unicodedata

_LARGE = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "k": 1e3, "m": 1e6}
_NUMBER = re.compile(
    r"(?:¥|￥|\$|NT\$|RMB|CNY|TWD)?([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(%|万|萬|亿|億|[kKmM](?![A-Za-z]))?(\D{0,6})"
)


def number_meant(text: str, unit: str) -> float | None:
    """The number in a text such as ７, 1,200元, 3.5万 or 12％; None where that is anybody's guess.

    Per cent are fractions. A bare 12 in a row of per cent stays 12: whether 12% is meant is not for us to say.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    found = _NUMBER.fullmatch(plain)
    if found is None or (found[3] and not re.fullmatch(r"[\w/]+", found[3])):
        return None
    number = float(found[1].replace(",", ""))
    if found[2] == "%":
        return number / 100 if unit == "%" else None
    return number * _LARGE.get((found[2] or "").lower(), 1.0)
