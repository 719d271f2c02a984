"""Parses numbers in texts (`number_written` strictly, `number_meant` leniently), rounds and prints numbers."""

from __future__ import annotations

import datetime as dt
import math
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
    """The number that a text is: 12%, 0.12 or 1,000, in digits of any width; 12% is 0.12. None for any other text."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _WRITTEN.fullmatch(plain)
    if match is None or not any(char.isdigit() for char in plain):
        return None
    number = Decimal(plain.removesuffix("%").replace(",", ""))
    return float(number / 100 if match[1] else number)


def number_meant(text: str, unit: str) -> float | None:
    """The number probably meant by a text such as ７, 1,200元, 3.5万 or 12％ (0.12); None where that is not clear.

    A bare 12 where the unit is % stays 12: we do not guess whether 12% is meant.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    match = _MEANT.fullmatch(plain)
    if match is None or (match[3] and not re.fullmatch(r"[\w/]+", match[3])):
        return None
    number = float(match[1].replace(",", ""))
    if match[2] == "%":
        return number / 100 if unit == "%" else None
    return number * _LARGE.get((match[2] or "").lower(), 1.0)


def plain(number: Decimal | int | float) -> str:
    """A number as text, without exponent and without trailing zeros after the point."""
    text = format(Decimal(repr(number) if isinstance(number, float) else number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


Value = float | str | None
"""The value of a cell; None for an empty one."""


_MOST_DIGITS = 1e15
"""Spreadsheets keep 15 digits of a number; the further ones of a staff number are lost."""


def value_text(value: object) -> str:
    """A cell's value as text: a whole number without decimals, a day without its midnight, "" for None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return "" if value is None else str(value)


def lost_digits(value: object) -> bool:
    """Whether a number has more digits than spreadsheets keep, so that a staff number stored as one is not whole."""
    return is_number(value) and abs(value) >= _MOST_DIGITS


def stored_as(text: str, value: object) -> bool:
    """Whether a text of digits is what a program stored as this number, to the 15 digits that it keeps."""
    return text.isdecimal() and is_number(value) and f"{float(text):.15g}" == f"{value:.15g}"


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number. Booleans and dates are not numbers."""
    if type(value) is float:  # the usual case; asking the abstract classes below is slow
        return isfinite(value)
    return isinstance(value, Real | Decimal) and not isinstance(value, bool) and isfinite(value)


def same_number(one: float, other: float) -> bool:
    """Whether two numbers are one, but for the last digits that programs drop when they store it."""
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))


def round_half_up(number: float, places: int = 2) -> float:
    """Round half away from zero, as spreadsheets do: on the 15 digits that they keep."""
    if not abs(number) < 1e15:  # no decimals are left, or it is NaN
        return number
    if 0 <= places <= 9 and (scaled := abs(number) * (scale := 10**places)) < 1e15:
        whole = math.floor(scaled)
        if abs(scaled - whole - 0.5) > 1e-12 * scaled + 1e-12:  # near a half, the digits decide
            return math.copysign((whole + (scaled - whole > 0.5)) / scale, number)
    return float(Decimal(f"{number:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def decisive_places(number: float, places: int) -> int:
    """How many decimals to show: more where the rounded number would be a whole or a half, and the number is not.

    79.996 beside a score of 0 must not be shown as 80, on which a better score may begin.
    """
    if not math.isfinite(2 * number):
        return places
    return FINER if abs(2 * number - round(2 * number)) < 10.0**-places else places


FINER = 6
"""The decimals of a number that would look like a whole one."""


def score_text(value: Value) -> str:
    """A score for a table: two decimals at most, a text as it is, "" for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(round_half_up(value))


def number_text(number: float, percent: bool, labels: Labels) -> str:
    """A number for people: 30%, 2,000, 3亿 or 300M. percent: it is a rate, 0.3 for 30%."""
    if percent:
        return f"{plain(round(number * 100, 6))}%"
    large = labels("large_numbers").split()
    for word, size in zip(large[::2], map(float, large[1::2]), strict=True):
        if abs(number) >= size:
            return f"{number / size:,.10g}{word}"
    return f"{number:,.10g}"
