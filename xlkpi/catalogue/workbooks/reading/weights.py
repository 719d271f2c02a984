"""Reads weights, which people write as 30%, 30 or 0.3, and asks where one column mixes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.periods import totals
from xlkpi.catalogue.workbooks.reading.rows import Row, tidy
from xlkpi.i18n.numbers import is_number, number_meant, plain, same_number

_WHOLE = 100


@dataclass(frozen=True)
class Weight:
    """A weight as it is written. number: 0.3 for 30%. in_percent: whether it has a %, typed or by its format."""

    number: float
    in_percent: bool

    @property
    def value(self) -> float:
        """The number of role files: 30 for 30%, and for 30."""
        return tidy(round(self.number * _WHOLE, 10)) if self.in_percent else tidy(self.number)


@dataclass(frozen=True)
class Weighted:
    """An entry of the role, such as an indicator, with the row that it stands in and its weight there."""

    row: Row
    entry: dict[str, Any]
    weight: Weight | None


def weight_of(row: Row, field: str = "weight") -> Weight | None:
    """The weight in a cell; None where it is empty or no number, the latter with a fault."""
    text, value = row.text(field), row.value(field)
    if not text:
        return None
    if is_number(value):
        in_percent = row.grid.in_percent(row.number, row.block.columns[field])
        if in_percent and value > 1:
            shown = {"meant": f"{plain(round(float(value), 8))}%"}
            row.wrong(field, "percent_twice", f"{plain(round(float(value) * _WHOLE, 8))}%", **shown)
            return None
        return Weight(float(value), in_percent)
    typed = unicodedata.normalize("NFKC", text)
    meant = number_meant(text, "%")
    if meant is None:
        row.wrong(field, "no_number", text, heading=words.heading(row.block.name, field))
        return None
    return Weight(meant, "%" in typed)


def settle_weights(indicators: Sequence[Weighted], groups: Sequence[Weighted]) -> None:
    """Give every entry its weight. Where all weights are fractions of 1, they become per cent."""
    for column in (indicators, groups):
        for one in column:
            if one.weight is not None:
                one.entry["weight"] = one.weight.value
        _ask_about_mixed(column)
    bare = [one for one in indicators if one.weight is not None and not one.weight.in_percent]
    if not groups and len(bare) == len(indicators) > 1 and any(same_number(total, 1) for total in totals(indicators)):
        for one in indicators:
            one.entry["weight"] = tidy(round(one.entry["weight"] * _WHOLE, 10))


def _ask_about_mixed(column: Sequence[Weighted]) -> None:
    """Note a fault at every fraction that may be meant in per cent: 0.3 beside 30%, or beside 70."""
    known = [(one, one.weight) for one in column if one.weight is not None]
    small = [(one, weight) for one, weight in known if not weight.in_percent and 0 < weight.number <= 1]
    large = [weight for _, weight in known if weight.in_percent or weight.number > 1]
    marked = any(weight.in_percent for weight in large)
    together = sum(weight.value for weight in large) + sum(weight.number * _WHOLE for _, weight in small)
    if not large or not (marked or same_number(together, _WHOLE)):
        return
    for one, weight in small:
        shown = {"number": f"{weight.number:g}", "percent": f"{weight.number * _WHOLE:g}%"}
        one.row.wrong("weight", "weight_mixed", one.row.text("weight"), **shown)
