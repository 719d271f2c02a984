"""Reads a target as people write it: ≥95%, 60万/月, 不低于3.0, 2小时内 → number, unit, side and period."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from xlkpi.adopt.words import words
from xlkpi.rules.spelling import normalise

MONTH, QUARTER, YEAR = "month", "quarter", "year"
LOWER, HIGHER = "lower", "higher"
_LARGE = {"万": 10_000, "亿": 100_000_000, "千": 1_000, "百万": 1_000_000, "千万": 10_000_000, "k": 1_000, "w": 10_000}
_NUMBER = re.compile(r"(?<![a-z\d])[-+]?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_MONEY = {"rmb": "元", "¥": "元", "圆": "元", "块": "元"}
_SAME_UNIT = {
    "个小时": "小时",
    "h": "小时",
    "个工作日": "天",
    "工作日": "天",
    "日": "天",
    "min": "分钟",
    "s": "秒",
    "名": "人",
}
_NOISE = re.compile(r"目标值?|指标值|计划|完成|达到|达成|累计|保持|为|[:：=,，。;；、()（）\s]|及时|按")


@dataclass(frozen=True)
class Target:
    """A target that was read.

    number: as written, 95 for 95%. percent: whether it is written in per cent. unit: "" where the text names none.
    side: HIGHER, LOWER or "" where it does not say. strict: whether the number itself misses the target (>95%).
    period: MONTH, QUARTER, YEAR or "". rest: what was not read.
    """

    number: Decimal
    percent: bool = False
    unit: str = ""
    side: str = ""
    strict: bool = False
    period: str = ""
    rest: str = ""


def read_target(text: str) -> Target | None:
    """The target that a text says; None where it says no number, or several."""
    plain = unicodedata.normalize("NFKC", normalise(text)).strip().casefold().replace("÷", "/")
    plain = plain.replace("＜", "<").replace("≦", "≤").replace("≧", "≥")
    plain, period = _period(plain)
    numbers = list(_NUMBER.finditer(plain))
    if len(numbers) != 1:
        return None
    match = numbers[0]
    number = Decimal(match[0].replace(",", ""))
    before, after = plain[: match.start()], plain[match.end() :].lstrip()
    side, strict, before, after = _side(before, after)
    percent = after.startswith(("%", "％", "个百分点"))
    unit = ""
    if percent:
        after, unit = re.sub(r"^(%|％|个百分点)", "", after), "%"
    else:
        for word in sorted(_LARGE, key=len, reverse=True):
            if re.match(rf"{word}(?![a-z])", after):
                number, after = number * _LARGE[word], after[len(word) :]
                break
        unit, after = _unit(after)
    rest = _NOISE.sub("", before) + _NOISE.sub("", after)
    return Target(number, percent, unit, side, strict, period, rest)


def _period(text: str) -> tuple[str, str]:
    """The text without the words for a period, and that period."""
    for period, key in ((QUARTER, "quarter"), (MONTH, "month"), (YEAR, "year")):
        for word in words("words", key):
            if len(word) > 1 and word in text:
                return text.replace(word, " ", 1), period
    if match := re.match(r"(月|季|年)(?=\D*\d)", text):
        return text[1:], {"月": MONTH, "季": QUARTER, "年": YEAR}[match[1]]
    return text, ""


def _side(before: str, after: str) -> tuple[str, bool, str, str]:
    """(side, strict, text before, text after) without the words that say the side."""
    for key, side, strict in (
        ("above", HIGHER, False),
        ("below", LOWER, False),
        ("over", HIGHER, True),
        ("under", LOWER, True),
    ):
        for word in words("words", key):
            if word in before:
                return side, strict, before.replace(word, "", 1), after
    for key, side in (("above_after", HIGHER), ("below_after", LOWER)):
        for word in words("words", key):
            # 0起 counts cases; 3起以上 and 5人起 say a side.
            if after.endswith(word) and (word != "起" or len(after) > 1):
                return side, False, before, after.removesuffix(word)
    return "", False, before, after


def _unit(after: str) -> tuple[str, str]:
    """The unit that a text begins with, and the rest."""
    match = re.match(r"(¥|[a-z\u4e00-\u9fff]{1,4}(?:/[\u4e00-\u9fff]{1,2})?)", after)
    if match is None:
        return "", after
    unit = match[1]
    return _MONEY.get(unit) or _SAME_UNIT.get(unit) or unit, after[match.end() :]
