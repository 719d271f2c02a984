"""How large the numbers of a column are: by its header, by the mapping, or by what stands above or below the table.

A unit that is said is never ignored: it is applied, or asked about where two say different things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from xlkpi.fill.mapping.headers import HeaderRow
from xlkpi.fill.mapping.model import Column
from xlkpi.fill.tables.table import Table
from xlkpi.fill.words import factor_of, is_money, is_unit, label_and_unit, scale_of, units_said
from xlkpi.roster.header import folded

_BELOW = 5
"""The last rows of a table, which may be notes on it."""


@dataclass(frozen=True)
class UnitFound:
    """What numbers are multiplied by; None where nothing is said. fault: the key of a message where it is in doubt.

    of_table: the unit, where the table as a whole says it.
    """

    factor: float | None = None
    fault: str = ""
    of_table: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Units:
    """The units that a table gives for its columns."""

    table: Table
    header: HeaderRow

    @cached_property
    def of_table(self) -> tuple[str, ...]:
        """Units for all numbers, from the name, the rows above the headers, the headers and the last rows."""
        return tuple(dict.fromkeys(unit for text in self._texts() for unit in units_said(text)))

    def _texts(self) -> Iterator[str]:
        yield from filter(None, (self.table.sheet, self.table.name))
        for row in range(self.header.row):
            yield from (self.table.text(row, at) for at in range(len(self.table.rows[row])))
        yield from (text for _, text in self.header.named if units_said(text) and label_and_unit(text)[0] == text)
        first = max(self.header.row + 1, len(self.table.rows) - _BELOW)
        for row in range(first, len(self.table.rows)):
            texts = [text for at in range(len(self.table.rows[row])) if (text := self.table.text(row, at))]
            if len(texts) == 1:  # a note, and no row of data
                yield from texts

    def find(self, column: Column, row_unit: str, wanted: str) -> UnitFound:
        """What the numbers of a column are multiplied by. row_unit: that of a row of a long table, "" for none."""
        if row_unit:
            return _known(row_unit, wanted)
        own = "" if folded(column.header) == folded(column.measure) else label_and_unit(column.header)[1]
        around = own or self._around(wanted)
        if column.unit and around:
            return _agreed(column.unit, around, wanted)
        if column.unit or own:
            return _known(column.unit or own, wanted)
        if not around:
            return UnitFound()
        if scale_of(around) is not None:  # is 单位：万 of hours or people, too?
            return UnitFound(fault="fill_unit_of_table", values={"unit": around, "wanted": wanted})
        return replace(_known(around, wanted), of_table=around)

    def _around(self, wanted: str) -> str:
        """The unit of the whole table that concerns a measure, "" for none: money does not concern hours."""
        fit = [unit for unit in self.of_table if factor_of(unit, wanted) is not None]
        if len({factor_of(unit, wanted) for unit in fit}) == 1:
            return fit[0]
        if fit:
            return "/".join(fit)
        strange = (unit for unit in self.of_table if is_money(unit) and not is_unit(unit))
        return next(strange, "") if is_money(wanted) else ""


def _agreed(said: str, around: str, wanted: str) -> UnitFound:
    """What the mapping says, unless the table says something else."""
    factor, other = factor_of(said, wanted), factor_of(around, wanted)
    if factor is not None and other is not None and factor != other:
        return UnitFound(fault="fill_unit_two", values={"unit": said, "other": around})
    return _known(said, wanted)


def _known(unit: str, wanted: str) -> UnitFound:
    factor = factor_of(unit, wanted)
    if factor is None:
        return UnitFound(fault="fill_unit", values={"unit": unit, "wanted": wanted})
    return UnitFound(factor)
