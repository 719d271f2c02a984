"""The functions of spreadsheets that formulas of our forms call, and how spreadsheets compare and convert values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import floor, prod
from typing import Any, TypeGuard

from xlkpi.i18n.numbers import number_written, plain, round_half_up

Plain = float | str | bool | None
"""The value of a cell; None for an empty one."""
_Given = Plain | list[Plain]


class Unknown(Exception):  # noqa: N818 - no error, but an answer
    """The value of a formula cannot be told."""


class FormulaError(Exception):
    """The value is an error such as #DIV/0!."""


def as_number(value: Plain) -> float:
    """A value in arithmetic: a text with a number is the number, any other one raises `FormulaError`."""
    if value is None:
        return 0.0
    if isinstance(value, str):
        number = number_written(value)
        if number is None:
            raise FormulaError("#VALUE!")
        return number
    return float(value)


def as_text(value: Plain) -> str:
    """A value joined to a text by &: a number with the 15 digits that spreadsheets keep."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return value
    text = f"{value:.15g}"
    return plain(float(text) + 0.0) if "e" in text or text == "-0" else text


def order(one: Plain, other: Plain) -> int:
    """-1, 0 or 1, as the one is before, with or after the other: numbers before texts before truth values.

    Case makes no difference, nor do digits beyond the 15 that spreadsheets keep.
    """
    if type(one) is float and type(other) is float and abs(one - other) > 1e-12 * (abs(one) + abs(other)):
        return 1 if one > other else -1
    left, right = _ordered(one, other), _ordered(other, one)
    return (left > right) - (left < right)


def _ordered(value: Plain, other: Plain) -> tuple[int, Any]:
    if value is None:  # an empty cell is as the other one
        value = "" if isinstance(other, str) else False if isinstance(other, bool) else 0.0
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, float(f"{value:.15g}"))


# --- functions --------------------------------------------------------------------------------------------------------


def _cells(given: Sequence[_Given]) -> list[Plain]:
    if len(given) == 1 and isinstance(given[0], list):
        return given[0]
    return [cell for one in given for cell in (one if isinstance(one, list) else [one])]


def _numbers(*given: _Given) -> list[float]:
    """The numbers among cells; what stands in the formula itself is converted."""
    found: list[float] = []
    for one in given:
        if isinstance(one, list):
            found += [float(cell) for cell in one if type(cell) is float or _is_number(cell)]
        else:
            found.append(as_number(one))
    return found


def _is_number(value: Plain) -> TypeGuard[float]:
    return type(value) is float or (isinstance(value, int | float) and not isinstance(value, bool))


def _one(value: _Given) -> Plain:
    if isinstance(value, list):
        if len(value) != 1:
            raise Unknown
        return value[0]
    return value


def _mean(*given: _Given) -> float:
    numbers = _numbers(*given)
    if not numbers:
        raise FormulaError("#DIV/0!")
    return sum(numbers) / len(numbers)


def _count(*given: _Given) -> float:
    return float(len([cell for cell in _cells(given) if type(cell) is float or _is_number(cell)]))


def _counta(*given: _Given) -> float:
    cells = _cells(given)
    return float(len(cells) - cells.count(None))


def _countblank(given: _Given) -> float:
    cells = _cells([given])
    return float(cells.count(None) + cells.count(""))


@lru_cache(512)
def _meets(criterion: str) -> Callable[[Plain], bool]:
    """What COUNTIF and SUMIF ask of a cell. criterion: as text, such as >5."""
    match = re.fullmatch(r"(<=|>=|<>|=|<|>)?(.*)", criterion, re.DOTALL)
    assert match is not None
    sign, text = match[1] or "=", match[2]
    number = number_written(text)
    if number is not None:
        wanted = _ORDERS[sign]
        return lambda cell: _is_number(cell) and order(cell, number) in wanted
    if sign not in ("=", "<>") or text.count("*") > 2:  # more take long
        raise Unknown
    pattern = re.compile(re.escape(text).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL | re.IGNORECASE)
    return lambda cell: (isinstance(cell, str) and pattern.fullmatch(cell) is not None) == (sign == "=")


_ORDERS = {"=": (0,), "<>": (-1, 1), "<": (-1,), ">": (1,), "<=": (-1, 0), ">=": (0, 1)}
"""What `order` gives where a comparison holds."""


def _countif(cells: _Given, criterion: _Given) -> float:
    return float(sum(map(_meets(as_text(_one(criterion))), _cells([cells]))))


def _sumif(cells: _Given, criterion: _Given, numbers: _Given) -> float:
    meets = _meets(as_text(_one(criterion)))
    pairs = zip(_cells([cells]), _cells([numbers]), strict=True)
    return sum(float(number or 0) for cell, number in pairs if meets(cell) and _is_number(number))


def _sumproduct(one: _Given, other: _Given) -> float:
    pairs = zip(_cells([one]), _cells([other]), strict=True)
    return sum(float(a or 0) * float(b or 0) for a, b in pairs if _is_number(a) and _is_number(b))


def _large(cells: _Given, place: _Given) -> float:
    numbers = sorted(_numbers(cells), reverse=True)
    number = int(as_number(_one(place)))
    if not 0 < number <= len(numbers):
        raise FormulaError("#NUM!")
    return numbers[number - 1]


def _match(value: _Given, cells: _Given, kind: _Given) -> float:
    if as_number(_one(kind)) != 0:
        raise Unknown
    for place, cell in enumerate(_cells([cells]), start=1):
        if cell is not None and order(cell, _one(value)) == 0:
            return float(place)
    raise FormulaError("#N/A")


def _index(cells: _Given, place: _Given) -> Plain:
    return _cells([cells])[int(as_number(_one(place))) - 1]


def _place(first: _Given) -> int:
    """Where a text begins, from 0."""
    place = int(as_number(_one(first)))
    if place < 1:
        raise FormulaError("#VALUE!")
    return place - 1


def _round(number: _Given, places: _Given) -> float:
    return round_half_up(as_number(_one(number)), int(as_number(_one(places))))


FUNCTIONS: dict[str, Callable[..., Plain]] = {
    "ABS": lambda number: abs(as_number(_one(number))),
    "AND": lambda *given: all(as_number(cell) for cell in _cells(given)),
    "AVERAGE": _mean,
    "COUNT": _count,
    "COUNTA": _counta,
    "COUNTBLANK": _countblank,
    "COUNTIF": _countif,
    "EXACT": lambda one, other: as_text(_one(one)) == as_text(_one(other)),
    "INDEX": _index,
    "INT": lambda number: float(floor(as_number(_one(number)))),
    "ISNUMBER": lambda value: _is_number(_one(value)),
    "ISTEXT": lambda value: isinstance(_one(value), str),
    "LARGE": _large,
    "LEN": lambda value: float(len(as_text(_one(value)))),
    "MATCH": _match,
    "MAX": lambda *given: max(_numbers(*given), default=0.0),
    "MID": lambda text, first, count: as_text(_one(text))[_place(first) : _place(first) + int(as_number(_one(count)))],
    "MIN": lambda *given: min(_numbers(*given), default=0.0),
    "OR": lambda *given: any(as_number(cell) for cell in _cells(given)),
    "PRODUCT": lambda *given: prod(_numbers(*given)),
    "ROUND": _round,
    "SUBSTITUTE": lambda text, old, new: as_text(_one(text)).replace(as_text(_one(old)), as_text(_one(new))),
    "SUM": lambda *given: sum(_numbers(*given)),
    "SUMIF": _sumif,
    "SUMPRODUCT": _sumproduct,
    "TRIM": lambda text: " ".join(filter(None, as_text(_one(text)).split(" "))),
}
