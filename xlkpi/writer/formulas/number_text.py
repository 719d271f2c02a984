"""Numbers as text in a form's receipts and hints: as a formula, and as the value that the formula shows."""

from __future__ import annotations

from xlkpi.catalogue.units import MONEY
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import plain, round_half_up


def formula_text(cell: str, unit: str, labels: Labels) -> str:
    """The formula (without =) for a number as text; cell: an address or an expression."""
    # ROUND, not TEXT: the formats of TEXT depend on the locale.
    if unit == "%":
        return f'ROUND({cell}*100,2)&"%"'
    if unit in MONEY:  # large amounts in units of ten thousand, or as the language has it
        word, size, least = labels("receipt_money").split()
        return f'IF(ABS({cell})<{least},ROUND({cell},2),ROUND({cell}/{size},2)&"{word}")'
    return f"ROUND({cell},4)"


def formula_value(number: float, unit: str, labels: Labels) -> str:
    """The text that `formula_text` shows for a number."""
    if unit == "%":
        return f"{plain(round_half_up(number * 100))}%"
    if unit in MONEY:
        word, size, least = labels("receipt_money").split()
        large = abs(number) >= float(least)
        return f"{plain(round_half_up(number / float(size)))}{word}" if large else plain(round_half_up(number))
    return plain(round_half_up(number, 4))
