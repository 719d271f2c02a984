"""Reads a target as people write it: ≥95%, 60万/月, 不低于3.0, 2小时内 → number, unit, side and period."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from xlkpi.adopt.words import numbers, pattern, plain_unit, words
from xlkpi.rules.spelling import normalise

MONTH, QUARTER, YEAR = "month", "quarter", "year"
_PERIODS = {QUARTER: "quarter", MONTH: "month", YEAR: "year"}
"""Period → its line of words; the first that a text has counts."""
_IN_HEADING = {QUARTER: "heading_quarter", MONTH: "heading_month", YEAR: "heading_year"}
LOWER, HIGHER = "lower", "higher"
_PER_MILLE = "‰"
_NUMBER = re.compile(r"(?<![a-z\d])[-+]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")


@dataclass(frozen=True)
class Target:
    """A target that was read.

    number: as written, 95 for 95%. percent: whether it is written in per cent. unit: "" where the text names none.
    side: HIGHER, LOWER or "" where it does not say. strict: whether the number itself misses the target (>95%).
    period: MONTH, QUARTER, YEAR or "". rest: what was not read. tolerance: whether it is one (±5%): how far off the
    actual may be, and nothing to reach.
    """

    number: Decimal
    percent: bool = False
    unit: str = ""
    side: str = ""
    strict: bool = False
    period: str = ""
    rest: str = ""
    tolerance: bool = False


def read_target(text: str) -> Target | None:
    """The target that a text says; None where it says no number, or several."""
    plain = unicodedata.normalize("NFKC", normalise(text)).strip().casefold().replace("÷", "/")
    plain, period = _period(plain)
    plain, tolerance = pattern("tolerance").subn("", plain)
    found = list(_NUMBER.finditer(plain))
    if len(found) != 1 or pattern("date_after").match(plain, found[0].end()):
        return None
    match = found[0]
    number = Decimal(match[0].replace(",", ""))
    before, after = plain[: match.start()], plain[match.end() :].strip()
    side, strict, before, after = _side(before, after)
    percent = pattern("percent_after").match(after)
    if percent:
        unit, after = "%", after[percent.end() :]
        number = number / 10 if percent[1] == _PER_MILLE else number
    else:
        large = next((word for word in numbers("large") if re.match(rf"{word}(?![a-z])", after)), "")
        number, after = number * numbers("large").get(large, 1), after[len(large) :]
        unit, after = _unit(after)
        if not unit and plain_unit(before) != before.strip():  # ¥5000
            unit, before = plain_unit(before), ""
    rest = pattern("noise").sub("", before) + pattern("noise").sub("", after)
    return Target(number, percent is not None, unit, side, strict, period, rest, tolerance > 0)


def _period(text: str) -> tuple[str, str]:
    """The text without the words for a period, and that period."""
    for period, key in _PERIODS.items():
        for word in words("words", key):
            if len(word) > 1 and word in text:
                return text.replace(word, " ", 1), period
    if match := pattern("period_before").match(text):
        key = next(key for key in _PERIODS.values() if match[1] in words("words", key))
        return text[1:], next(period for period, name in _PERIODS.items() if name == key)
    return text, ""


_BEFORE = (("above", HIGHER, False), ("below", LOWER, False), ("over", HIGHER, True), ("under", LOWER, True))
_AFTER = (("above_after", HIGHER), ("below_after", LOWER))


def period_in(heading: str) -> str:
    """The period that a heading of targets names, 目标（月）; "" where it names none."""
    return next((period for period, name in _IN_HEADING.items() if pattern(name).search(heading)), "")


def _side(before: str, after: str) -> tuple[str, bool, str, str]:
    """(side, strict, text before, text after) without the words that say the side."""
    said_after, rest = _side_after(after)
    for key, side, strict in _BEFORE:
        for word in words("words", key):
            if word in before:
                return side, strict and not said_after, before.replace(word, "", 1), rest
    return said_after, False, before, rest


def _side_after(after: str) -> tuple[str, str]:
    """The side that the words after a number say, and the text without them."""
    for key, side in _AFTER:
        for word in words("words", key):
            # 0起 counts cases; 3起以上 and 5人起 say a side.
            if after.endswith(word) and (word not in words("words", "units") or len(after) > 1):
                return side, after.removesuffix(word)
    return "", after


def _unit(after: str) -> tuple[str, str]:
    """The unit that a text begins with, and the rest."""
    match = pattern("unit_after").match(after)
    return (plain_unit(match[1]), after[match.end() :]) if match else ("", after)
