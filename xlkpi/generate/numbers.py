"""Numbers as people read them, in hints and messages."""

from __future__ import annotations

from xlkpi.catalogue import Measure
from xlkpi.rules.phrase import plain
from xlkpi.scoring import round_half_up
from xlkpi.words import Words


def number_text(number: float, percent: bool) -> str:
    """A number for reading: 30%, 2,000, 3亿."""
    if percent:
        return f"{plain(round(number * 100, 6))}%"
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if abs(number) >= size:
            return f"{number / size:,.10g}{word}"
    return f"{number:,.10g}"


def shown_range(measure: Measure) -> tuple[str, str]:
    """Lower and upper end of what is plausible; … where there is none."""
    percent = measure.unit == "%"
    low, high = ("…" if number is None else number_text(number, percent) for number in (measure.low, measure.high))
    return low, high


def plausible(measure: Measure, words: Words) -> str | None:
    """0 ～ 30%, or None where nothing is known."""
    if measure.low is None and measure.high is None:
        return None
    low, high = shown_range(measure)
    return words("plausible_range", low=low, high=high)


def formula_text(cell: str, unit: str) -> str:
    """The formula of a number as text, as a receipt tells it."""
    # ROUND, not TEXT: the formats of TEXT depend on the locale.
    if unit == "%":
        return f'ROUND({cell}*100,2)&"%"'
    if unit == "元":  # large amounts in ten thousands, as they are read
        return f'IF(ABS({cell})<100000,ROUND({cell},2),ROUND({cell}/10000,2)&"万")'
    return f"ROUND({cell},4)"


def formula_value(number: float, unit: str) -> str:
    """What `formula_text` shows of a number."""
    if unit == "%":
        return f"{plain(round_half_up(number * 100))}%"
    if unit == "元":
        return plain(round_half_up(number)) if abs(number) < 1e5 else f"{plain(round_half_up(number / 1e4))}万"
    return plain(round_half_up(number, 4))
