"""The value of a formula by the stored values of the cells that it reads; of formulas like ours and simple sums only.

What is shown in a returned form can so be confirmed without an engine: a formula that does anything else has no value.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from xlkpi.check.formulas.compiled import Compiled, Read, compiled, evaluated
from xlkpi.check.formulas.functions import Plain, Unknown
from xlkpi.check.formulas.syntax import Area, parsed, split

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
_TOLERANCE = 1e-6
"""Relative above 1."""
_CACHED = 8192
_LONGEST = 1_000
"""Characters. Longer formulas are not kept: a file that somebody sends must not fill the memory."""


class Formula(NamedTuple):
    """A formula to be evaluated. places: the place or places of each reference. cells: how many it may read."""

    function: Compiled
    places: tuple[Any, ...]
    cells: int

    def value(self, read: Read) -> Plain:
        """Its value. Raises `Unknown` where it cannot be told, `FormulaError` for an error."""
        return evaluated(self.function, read, self.places)


def value_of(formula: str, read: Read) -> Plain:
    """The value of a formula without its =. Raises `Unknown` where it cannot be told, `FormulaError` for an error."""
    return formula_of(formula).value(read)


def formula_of(text: str) -> Formula:
    """A formula without its =. Raises `Unknown` where it is none that we know."""
    found = _kept(text) if len(text) <= _LONGEST else _formula(text)
    if found is None:
        raise Unknown
    return found


def _formula(text: str) -> Formula | None:
    try:
        skeleton, areas = split(text)
        return Formula(compiled(skeleton), tuple(map(_places, areas)), sum(area.cells for area in areas))
    except Unknown:
        return None


_kept = lru_cache(_CACHED)(_formula)


def _places(area: Area) -> object:
    """The place of the one cell of a reference, or those of all its cells, as `Read` takes them."""
    sheet = (area.sheet,) if area.sheet else ()
    rows, columns = range(area.top - 1, area.bottom), range(area.left - 1, area.right)
    places = tuple((*sheet, row, column) for row in rows for column in columns)
    return places if area.cells > 1 else places[0]


def same_value(shown: Plain, computed: Plain) -> bool:
    """Whether two values are the same but for rounding, also of numbers in a text; an empty one is as an empty text."""
    if type(shown) is type(computed) and shown == computed:
        return True
    if isinstance(shown, int | float) and isinstance(computed, int | float):
        return abs(shown - computed) <= _TOLERANCE * max(1.0, abs(computed))
    if not (isinstance(shown, str | None) and isinstance(computed, str | None)):
        return False
    one, other = (_NUMBER.split(text or "") for text in (shown, computed))
    return one[::2] == other[::2] and all(map(same_value, map(float, one[1::2]), map(float, other[1::2])))


def areas_of(formula: str) -> tuple[Area, ...]:
    """The cells that a formula reads. Raises `Unknown` where it reads what is not written in it."""
    skeleton, areas = split(formula)
    parsed(skeleton)
    return areas
