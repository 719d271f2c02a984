"""Numbers as text in a form's receipts and hints: as a formula, and as the value that the formula shows."""

from __future__ import annotations

from xlkpi.catalogue.units import MONEY
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import FINER, plain, round_half_up


def rounded(number: str, decimals: int, times: int = 1) -> str:
    """The formula (without =) for a number times `times`, also to join to a text; number: an address or a product.

    Where it was computed, ROUND(x,2) alone takes 11.125 for less in Gnumeric, and 82.465 in BetterOffice and
    HyperFormula; it is joined as 97.330000000000000 in excelize, and as -0 in IronCalc and formualizer. TEXT would
    depend on the locale.
    """
    share = 10**decimals
    return f"ROUND(ROUND({number}*{share * times},9),0)/{share}+0"


def decisive(number: str, decimals: int, times: int = 1) -> str:
    """As `rounded`, with more decimals where the rounded number would look like a whole one: `decisive_places`."""
    twice = f"{number}*{2 * times}"
    near = f"ABS({twice}-ROUND({twice},0))<{plain(10.0**-decimals)}"
    return f"IF({near},{rounded(number, FINER, times)},{rounded(number, decimals, times)})"


def decisive_text(cell: str, unit: str, labels: Labels) -> str:
    """As `formula_text`, with the digits that decide."""
    if unit == "%":
        return f'{decisive(cell, 2, 100)}&"%"'
    if unit in MONEY:
        word, size, least = labels("receipt_money").split()
        return f'IF(ABS({cell})<{least},{decisive(cell, 2)},{decisive(f"{cell}/{size}", 2)}&"{word}")'
    return decisive(cell, 4)


def formula_text(cell: str, unit: str, labels: Labels) -> str:
    """The formula (without =) for a number as text; cell: an address, or an expression in brackets."""
    if unit == "%":
        return f'{rounded(cell, 2, 100)}&"%"'
    if unit in MONEY:  # large amounts in units of ten thousand, or as the language has it
        word, size, least = labels("receipt_money").split()
        return f'IF(ABS({cell})<{least},{rounded(cell, 2)},{rounded(f"{cell}/{size}", 2)}&"{word}")'
    return rounded(cell, 4)


def formula_value(number: float, unit: str, labels: Labels) -> str:
    """The text that `formula_text` shows for a number."""
    if unit == "%":
        return f"{plain(round_half_up(number * 100))}%"
    if unit in MONEY:
        word, size, least = labels("receipt_money").split()
        large = abs(number) >= float(least)
        return f"{plain(round_half_up(number / float(size)))}{word}" if large else plain(round_half_up(number))
    return plain(round_half_up(number, 4))
