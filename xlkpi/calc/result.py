"""What became of a workbook that was recalculated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from xlkpi.i18n.numbers import value_text
from xlkpi.i18n.problems import WARNING, Place, Problem

CellPlace = tuple[str, int, int]
"""Sheet, row, column; row and column from 1."""


class Kept(NamedTuple):
    """A formula (without =) and the value that it keeps; stored: None where the file has none to keep.

    computed: the result of the engine, as SpreadsheetML writes it.
    """

    sheet: str
    row: int
    column: int
    formula: str
    stored: float | str | bool | None
    computed: str


@dataclass(frozen=True)
class Recalculated:
    """A recalculated workbook, the formulas that keep their stored values, and the scores that rest on one of those.

    language: that of its forms, where it is known without reading them.
    """

    content: bytes
    kept: tuple[Kept, ...] = ()
    resting: tuple[CellPlace, ...] = ()
    language: str | None = None

    def problems(self, file: str, language: str) -> Iterator[Problem]:
        """A warning for each formula that keeps its value, and for each sheet with scores that rest on such values."""
        for sheet, row, column, formula, value, computed in self.kept:
            key = "not_calculated" if value is None else "kept"
            shown = {"formula": formula, "value": value_text(value), "computed": computed}
            yield Problem.at(Place(file, sheet, address(row, column)), "kept", language, WARNING, key, **shown)
        for sheet in dict.fromkeys(sheet for sheet, _, _ in self.resting):
            cells = [address(row, column) for title, row, column in self.resting if title == sheet]
            yield Problem.at(
                Place(file, sheet, cells[0]),
                "kept",
                language,
                WARNING,
                "rests_on_kept",
                cell=cells[0],
                count=len(cells),
            )


def address(row: int, column: int) -> str:
    """A cell as people name it: B3; row and column from 1."""
    from openpyxl.utils.cell import get_column_letter  # here: it takes longer to load than a form to evaluate

    return f"{get_column_letter(column)}{row}"
