"""The cells of one sheet, by row and column from 0: texts, numbers, whether a number is shown in per cent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from xlkpi.i18n.numbers import value_text

_LETTERS = 26


def address(row: int, column: int) -> str:
    """The address of a cell: H12 for row 11, column 7."""
    letters = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def place_of(address: str) -> tuple[int, int]:
    """Row and column of a cell, from 0."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * _LETTERS + ord(letter) - ord("A") + 1
    return int(address[len(letters) :]) - 1, column - 1


def folded(text: str) -> str:
    """A text for looking up: without differences of width and case, without white space, asterisks and colons."""
    return re.sub(r"[\s*:]", "", unicodedata.normalize("NFKC", text)).casefold()


@dataclass(frozen=True)
class Grid:
    """The values of a sheet.

    formats: codes of number formats by place. errors: error texts such as #REF! by place. uncalculated: the places of
    formulas without a result.
    """

    rows: Sequence[Sequence[object]]
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: Set[tuple[int, int]] = frozenset()

    def value(self, row: int, column: int) -> object:
        """What stands in a cell; "" where it is empty."""
        if (row, column) in self.errors:
            return self.errors[row, column]
        cells = self.rows[row] if row < len(self.rows) else ()
        value = cells[column] if column < len(cells) else ""
        return "" if value is None else value

    def text(self, row: int, column: int) -> str:
        """A cell as text, without the spaces around it."""
        value = self.value(row, column)
        return value.strip() if isinstance(value, str) else value_text(value)

    def filled(self, row: int) -> list[int]:
        """The columns of a row that are not empty."""
        return [column for column in range(len(self.rows[row])) if self.text(row, column)]

    def in_percent(self, row: int, column: int) -> bool:
        """Whether a cell shows its number in per cent."""
        return "%" in self.formats.get((row, column), "")
