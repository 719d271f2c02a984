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


_HIGHEST_TOLD = 10_000.0
"""A higher upper end only keeps out slips of the keyboard: it says nothing about what is usual."""


def plausible(measure: Measure, labels: Labels) -> str | None:
    """The plausible range as one text, such as 0% ～ 30%, ≥1 or ≤5; None where it would say nothing."""
    low, high = shown_range(measure, labels)
    usual = measure.high is not None and (measure.unit == "%" or measure.high < _HIGHEST_TOLD)
    if usual and measure.low is not None:
        return labels("plausible_range", low=low, high=high)
    if usual:
        return labels("plausible_most", high=high)
    return labels("plausible_least", low=low) if measure.low else None


def earlier_plausible(measure: Measure, labels: Labels) -> str | None:
    """The same text as forms hold it that were sent before 2026-12: also where it says nothing."""
    if measure.low is None and measure.high is None:
        return None
    low, high = shown_range(measure, labels)
    return labels("plausible_range", low=low, high=high)


_HIGHEST_RATE = 2.0
"""Rates from 200% on are asked about: who types 2 for 2% gets one of 200%."""


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
    return rate / 100 if far or size >= _HIGHEST_RATE else None


# Units as catalogues write them, in every language.
MONEY = frozenset("元 CNY RMB TWD USD".split())
_SCORED = frozenset("分 points".split())
_COUNTED = frozenset("次 个 個 份 单 單 人 项 項 件 times count items people pcs".split())


EARLIER_FORMATS = {"0.0#%": "0.0%", "0.0#": "0.0", "[=0]0;[<1000]#,##0.00;#,##0": "#,##0"}
"""A number format → the one in its place in forms that were sent before 2026-12."""


def number_format(unit: str, *, counted: bool = True) -> str:
    """The spreadsheet number format of a unit: rates with up to two decimals, money and counts with separators.

    The digits that decide must be seen: 12.25% is not 12.3%, and 9.60 of a small amount of money is not 10.

    counted: somebody counted, so a count is whole; a computed one (stock turnover in times a quarter) has decimals.
    """
    if unit == "%":
        return "0.0#%"
    if unit in _SCORED:
        return "0.0#"
    if unit in MONEY:
        return "[=0]0;[<1000]#,##0.00;#,##0"
    return "#,##0" if counted and unit in _COUNTED else "#,##0.00"
