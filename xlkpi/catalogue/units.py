"""What follows from a measure's unit: number formats, and how its plausible range is shown."""

from __future__ import annotations

from xlkpi.catalogue.role import Measure
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import number_text


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
