"""What the unit of a row says: whether it is money, how its numbers are shown, which of them are plausible."""

from __future__ import annotations

from xlkpi.catalogue.role import Measure
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import number_text


def shown_range(measure: Measure, words: Labels) -> tuple[str, str]:
    """Lower and upper end of what is plausible; … where there is none."""
    percent = measure.unit == "%"
    low, high = (
        "…" if number is None else number_text(number, percent, words) for number in (measure.low, measure.high)
    )
    return low, high


def plausible(measure: Measure, words: Labels) -> str | None:
    """0 ～ 30%, or None where nothing is known."""
    if measure.low is None and measure.high is None:
        return None
    low, high = shown_range(measure, words)
    return words("plausible_range", low=low, high=high)


# The units that catalogues use, in the languages in which they are written.
MONEY = frozenset("元 CNY RMB TWD USD".split())
_SCORED = frozenset("分 points".split())
_COUNTED = frozenset("次 个 個 份 单 單 人 项 項 件 times count items people pcs".split())


def number_format(unit: str, *, counted: bool = True) -> str:
    """The number format that a unit asks for: rates 0.0%, money and counts with separators.

    A count is whole where somebody counted it; computed ones (4 turnovers a quarter) are not.
    """
    if unit == "%":
        return "0.0%"
    if unit in _SCORED:
        return "0.0"
    if unit in MONEY:
        return "#,##0"
    return "#,##0" if counted and unit in _COUNTED else "#,##0.00"
