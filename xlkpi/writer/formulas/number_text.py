"""Numbers as people read them, in hints and messages."""

from __future__ import annotations

from xlkpi.catalogue.units import MONEY
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import plain, round_half_up


def formula_text(cell: str, unit: str, words: Labels) -> str:
    """The formula of a number as text, as a receipt tells it."""
    # ROUND, not TEXT: the formats of TEXT depend on the locale.
    if unit == "%":
        return f'ROUND({cell}*100,2)&"%"'
    if unit in MONEY:  # large amounts as they are read
        word, size, least = words("receipt_money").split()
        return f'IF(ABS({cell})<{least},ROUND({cell},2),ROUND({cell}/{size},2)&"{word}")'
    return f"ROUND({cell},4)"


def formula_value(number: float, unit: str, words: Labels) -> str:
    """What `formula_text` shows of a number."""
    if unit == "%":
        return f"{plain(round_half_up(number * 100))}%"
    if unit in MONEY:
        word, size, least = words("receipt_money").split()
        large = abs(number) >= float(least)
        return f"{plain(round_half_up(number / float(size)))}{word}" if large else plain(round_half_up(number))
    return plain(round_half_up(number, 4))
