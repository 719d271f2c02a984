"""What the columns of a table are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlkpi.roster.header import folded

NUMBER, NAME, SHOP, POST, DAY, MONTH = "number", "name", "shop", "post", "day", "month"
MEASURE, UNIT, VALUE, DATA, MONTHS_OF, UNUSED = "measure", "unit", "value", "data", "months", "unused"
KINDS = (NUMBER, NAME, SHOP, POST, DAY, MONTH, MEASURE, UNIT, VALUE, DATA, MONTHS_OF, UNUSED)
"""What a column can be: whose the row is (number, name, shop, post); when (day, month); the name of a measure, its unit
and a value (a long table); the values of one measure (data), or of one month (months); nothing that we use."""
VALUES = (VALUE, DATA, MONTHS_OF)
"""The kinds of columns that hold numbers."""

COLUMNS = ("table", "header", "example", "kind", "measure", "month", "unit", "factor", "how", "remark")
SHOP_COLUMNS = ("shop", "number", "shop_remark")
"""The columns of the two sheets of a mapping workbook: keys of `words.mapping_word`."""

SUM, MEAN, LAST, SHOPS_MEAN, SHOPS_LAST = HOW = ("sum", "mean", "last", "shops_mean", "shops_last")
"""How several numbers become one, where it is not left to the measure. shops_…: those of one day are added up first."""


@dataclass(frozen=True)
class Column:
    """What one column is. header: as in the table. measure: the label of its measure; month: as written, "" for none.

    factor: by which numbers are multiplied; None where nothing says so. how: one of `HOW`, "" for the measure's own.
    remark: what is to be looked at; question: whether it must be answered before the column can be used.
    """

    header: str
    kind: str
    measure: str = ""
    month: str = ""
    unit: str = ""
    factor: float | None = None
    how: str = ""
    remark: str = ""
    question: bool = False
    example: str = ""


@dataclass(frozen=True)
class LineFault:
    """What is wrong with a line of the mapping workbook: where, the key of a message, and its values."""

    file: str
    sheet: str | None
    cell: tuple[int, int]
    key: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class TableMapping:
    """What the columns of a table are. name: of the table; written: by people, and not just drafted by us.

    faults: of its lines, which are told when it is used: a table that is not there has no say about others.
    """

    name: str
    columns: tuple[Column, ...]
    written: bool = True
    faults: tuple[LineFault, ...] = ()

    def of_kind(self, *kinds: str) -> list[Column]:
        return [column for column in self.columns if column.kind in kinds]

    @property
    def known(self) -> frozenset[str]:
        """The folded headers of all columns, used or not."""
        return frozenset(folded(column.header) for column in self.columns)

    @property
    def used(self) -> frozenset[str]:
        """The folded headers of the columns that are used."""
        return frozenset(folded(column.header) for column in self.columns if column.kind != UNUSED)


@dataclass(frozen=True)
class Mappings:
    """All tables that a mapping workbook knows, and the staff numbers of shops by folded name."""

    tables: tuple[TableMapping, ...] = ()
    shops: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def matching(self, headers: Sequence[str], name: str) -> list[TableMapping]:
        """The mappings whose columns the headers hold, those with the most columns; the one of this name first.

        Of several, those that say something about the most headers.
        """
        there = frozenset(map(folded, headers))
        fit = [table for table in self.tables if table.used and table.used <= there]
        most = max((len(table.used) for table in fit), default=0)
        best = [table for table in fit if len(table.used) == most]
        named = [table for table in best if folded(table.name) == folded(name)]
        if named or len(best) < 2:
            return named or best
        most = max(len(table.known & there) for table in best)
        return [table for table in best if len(table.known & there) == most]

    def covering(self, headers: Sequence[str]) -> list[TableMapping]:
        """The mappings that are used and say something about each of these headers: a draft would add nothing."""
        there = frozenset(map(folded, headers))
        return [table for table in self.tables if table.used and table.used <= there <= table.known]
