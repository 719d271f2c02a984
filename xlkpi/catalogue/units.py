"""What follows from a measure's unit: number formats, how its plausible range is shown, which rates are doubtful."""

from __future__ import annotations

from xlkpi.catalogue.role import Measure
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import is_number, number_text
from xlkpi.rules.spelling import normalise


def shown_range(measure: Measure, labels: Labels) -> tuple[str, str]:
    """Lower and upper end of the plausible range as texts; … for an open end."""
    percent = measure.unit == "%"
    low, high = (
        "…" if number is None else number_text(number, percent, labels) for number in (measure.low, measure.high)
    )
    return low, high


def plausible(measure: Measure, labels: Labels) -> str | None:
    """The plausible range as one text, such as 0 ～ 30%; None where both ends are open."""
    if measure.low is None and measure.high is None:
        return None
    low, high = shown_range(measure, labels)
    return labels("plausible_range", low=low, high=high)


_HIGHEST_RATE = 2.0
"""Rates above 200% are asked about: who types 96 for 96% gets one of 9600%."""


def is_percent(unit: str) -> bool:
    """Whether a unit, as somebody typed it, is per cent."""
    return normalise(unit).strip() == "%"


def rate_meant(rate: float, *beside: object) -> float | None:
    """The rate probably meant by one that was typed without its %: 0.96 for 96; None where it may well be right.

    beside: what else the row says (target, actual); a rate above 100% and ten times as high is nearer in per cent.
    """
    size = abs(rate)
    others = [abs(other) for other in beside if is_number(other) and other != 0]
    far = size > 1 and any(other < size / 10 for other in others)
    return rate / 100 if far or size > _HIGHEST_RATE else None


# Units as catalogues write them, in every language.
MONEY = frozenset("元 CNY RMB TWD USD".split())
_SCORED = frozenset("分 points".split())
_COUNTED = frozenset("次 个 個 份 单 單 人 项 項 件 times count items people pcs".split())


def number_format(unit: str, *, counted: bool = True) -> str:
    """The spreadsheet number format of a unit: rates 0.0%, money and counts with separators.

    counted: somebody counted, so a count is whole; a computed one (stock turnover in times a quarter) has decimals.
    """
    if unit == "%":
        return "0.0%"
    if unit in _SCORED:
        return "0.0"
    if unit in MONEY:
        return "#,##0"
    return "#,##0" if counted and unit in _COUNTED else "#,##0.00"
