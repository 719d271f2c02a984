"""Numbers in texts: as one is written on purpose, and as one may be meant that was typed into a cell of numbers."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_WRITTEN = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(%?)")
_LARGE = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8, "k": 1e3, "m": 1e6}
_MEANT = re.compile(
    r"(?:¥|￥|\$|NT\$|RMB|CNY|TWD)?([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(%|万|萬|亿|億|[kKmM](?![A-Za-z]))?(\D{0,6})"
)


def number_written(text: str) -> float | None:
    """The number that a text is: 12%, 0.12, 1,000, in digits of any width. Per cent are fractions; None for others."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _WRITTEN.fullmatch(plain)
    if found is None or not any(char.isdigit() for char in plain):
        return None
    number = Decimal(plain.removesuffix("%").replace(",", ""))
    return float(number / 100 if found[1] else number)


def number_meant(text: str, unit: str) -> float | None:
    """The number in a text such as ７, 1,200元, 3.5万 or 12％; None where that is anybody's guess.

    Per cent are fractions. A bare 12 in a row of per cent stays 12: whether 12% is meant is not for us to say.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    found = _MEANT.fullmatch(plain)
    if found is None or (found[3] and not re.fullmatch(r"[\w/]+", found[3])):
        return None
    number = float(found[1].replace(",", ""))
    if found[2] == "%":
        return number / 100 if unit == "%" else None
    return number * _LARGE.get((found[2] or "").lower(), 1.0)
