"""Numbers as people read them, in hints and messages."""

from __future__ import annotations

from xlkpi.catalogue import Measure
from xlkpi.rules.phrase import plain
from xlkpi.words import Words


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
