"""Numbers as people read them, in hints and messages."""

from __future__ import annotations

from xlkpi.catalogue.load import Measure
from xlkpi.i18n.labels import Words
from xlkpi.rules.printer.wording import plain
from xlkpi.scoring.scores import round_half_up
from xlkpi.writer.styles import MONEY


def number_text(number: float, percent: bool, words: Words) -> str:
    """A number for reading: 30%, 2,000, 3亿 or 300M."""
    if percent:
        return f"{plain(round(number * 100, 6))}%"
    large = words("large_numbers").split()
    for word, size in zip(large[::2], map(float, large[1::2]), strict=True):
        if abs(number) >= size:
            return f"{number / size:,.10g}{word}"
    return f"{number:,.10g}"


def shown_range(measure: Measure, words: Words) -> tuple[str, str]:
    """Lower and upper end of what is plausible; … where there is none."""
    percent = measure.unit == "%"
    low, high = (
        "…" if number is None else number_text(number, percent, words) for number in (measure.low, measure.high)
    )
    return low, high


def plausible(measure: Measure, words: Words) -> str | None:
    """0 ～ 30%, or None where nothing is known."""
    if measure.low is None and measure.high is None:
        return None
    low, high = shown_range(measure, words)
    return words("plausible_range", low=low, high=high)


def formula_text(cell: str, unit: str, words: Words) -> str:
    """The formula of a number as text, as a receipt tells it."""
    # ROUND, not TEXT: the formats of TEXT depend on the locale.
    if unit == "%":
        return f'ROUND({cell}*100,2)&"%"'
    if unit in MONEY:  # large amounts as they are read
        word, size, least = words("receipt_money").split()
        return f'IF(ABS({cell})<{least},ROUND({cell},2),ROUND({cell}/{size},2)&"{word}")'
    return f"ROUND({cell},4)"


def formula_value(number: float, unit: str, words: Words) -> str:
    """What `formula_text` shows of a number."""
    if unit == "%":
        return f"{plain(round_half_up(number * 100))}%"
    if unit in MONEY:
        word, size, least = words("receipt_money").split()
        large = abs(number) >= float(least)
        return f"{plain(round_half_up(number / float(size)))}{word}" if large else plain(round_half_up(number))
    return plain(round_half_up(number, 4))
