"""Numbers in texts: as one is written on purpose, and as one may be meant that was typed into a cell of numbers."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from numbers import Real
from typing import TypeGuard

from xlkpi.i18n.labels import Labels

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


def plain(number: Decimal | int | float) -> str:
    """A number without exponent and without zeros behind the point."""
    text = format(Decimal(repr(number) if isinstance(number, float) else number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


Value = float | str | None


def is_number(value: object) -> TypeGuard[float]:
    """Whether a cell holds a finite number; a boolean is none, nor is a date."""
    if type(value) is float:  # what cells hold; the abstract classes below are slow to ask
        return isfinite(value)
    return isinstance(value, Real | Decimal) and not isinstance(value, bool) and isfinite(value)


def round_half_up(number: float, places: int = 2) -> float:
    """Round half away from zero as spreadsheets do: on the 15 digits that they hold."""
    if not abs(number) < 1e15:  # no digits behind the point are left, or it is not a number
        return number
    return float(Decimal(f"{number:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def score_text(value: Value) -> str:
    """A score for a table: two decimals at most, texts as they are, nothing for an empty one."""
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(round_half_up(value))


def number_text(number: float, percent: bool, words: Labels) -> str:
    """A number for reading: 30%, 2,000, 3亿 or 300M."""
    if percent:
        return f"{plain(round(number * 100, 6))}%"
    large = words("large_numbers").split()
    for word, size in zip(large[::2], map(float, large[1::2]), strict=True):
        if abs(number) >= size:
            return f"{number / size:,.10g}{word}"
    return f"{number:,.10g}"
