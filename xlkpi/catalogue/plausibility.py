"""Numbers that do not go with those beside them: a month far from the others, a quarter far from the one before.

Such a number is usually one digit too long or too short, or in another unit. Nothing is refused for it: the form shows
it in its status, and `check` asks.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlkpi.i18n.numbers import Value, is_number

MONTHS_APART = 8
"""A month that is so many times the next one in size, or that part of it, is asked about."""
QUARTERS_APART = 10
"""A quarter that is so many times the one before, or that part of it, is asked about."""
LEAST = 100
"""Where the largest number is smaller, a factor says nothing (1 complaint, then 9). Rates have no such limit."""


def least(unit: str) -> float:
    """The size from which on numbers of a unit are compared."""
    return 0 if unit == "%" else LEAST


def odd_month(values: Sequence[Value], unit: str) -> int | None:
    """The place of the one of three months that is far from both others; None without one, or where a month is missing.

    values: as typed. unit: of the measure; rates are fractions.
    """
    numbers = [float(value) for value in values if is_number(value)]
    if len(numbers) != 3 or len(values) != 3 or min(numbers) <= 0 or max(numbers) < least(unit):
        return None
    low, middle, high = sorted(numbers)
    if high >= MONTHS_APART * middle:
        return numbers.index(high)
    return numbers.index(low) if middle >= MONTHS_APART * low else None


def far_apart(now: Value, before: Value, unit: str) -> bool:
    """Whether a quarter is far from the one before."""
    if not (is_number(now) and is_number(before)):
        return False
    low, high = sorted((float(now), float(before)))
    return low > 0 and high >= least(unit) and high >= QUARTERS_APART * low
