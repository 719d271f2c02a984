"""Where the blocks of a role's sheet are written: the column of every field. Reading does not depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_WIDTHS: Mapping[str, float] = {
    "A": 18, "B": 22, "C": 9, "D": 14, "E": 44, "F": 9, "G": 44, "H": 14, "I": 15, "J": 30, "K": 32, "L": 36, "M": 12,
    "N": 14, "O": 20, "P": 10, "Q": 28, "R": 16, "S": 11, "T": 11, "U": 18,
    "V": 16, "W": 16,
}  # fmt: skip
_PERIOD = {"effective_from": "S", "effective_to": "T"}
_COLUMNS: Mapping[str, Mapping[str, str]] = {
    "indicators": {
        "group": "A", "label": "B", "weight": "C", "target": "D", "rule": "E", "unit": "F", "reading": "G",
        "owner": "H", "aggregate": "I", "definition": "J", "actual": "K", "note": "L", "low": "M", "high": "N",
        "choices": "O", "lower_is_better": "P", "applies": "Q", "unmet": "R", **_PERIOD, "id": "U",
        "missing": "V", "no_occasion": "W",
    },
    "measures": {
        "label": "A", "owner": "B", "unit": "C", "aggregate": "D", "definition": "E", "previous": "F",
        "carried_from": "G", "low": "H", "high": "I", "part_of": "J", "newcomer": "K", "optional": "L",
        "rated_by": "M", **_PERIOD, "id": "U",
    },
    "groups": {"path": "A", "weight": "C", **_PERIOD},
    "duties": {"heading": "A", "share": "C", "text": "E", **_PERIOD},
    "alerts": {"text": "A", "red_line": "C", "when": "E", **_PERIOD, "id": "U"},
}  # fmt: skip
_BEFORE = "G"
"""After this column stand the two of drafts: the original texts beside what was made of them."""
_DRAFTED = {"originals": ("H", 40.0), "unread": ("I", 26.0)}
_PRINTED = "L"

WIDE: Mapping[str, Mapping[str, str]] = {
    "groups": {"path": "B"},
    "duties": {"heading": "B", "text": "G"},
    "alerts": {"text": "B", "when": "G"},
}
"""The last column of fields that are written across several."""
HEAD = (("title", "effective_from"), ("source", "id"), ("compare_periods", "all_rated"), ("missing",))
"""The rows of the head: names in A and D, values beside them."""
SPARE = {"indicators": 5, "measures": 3, "groups": 2, "duties": 2, "alerts": 2}
"""Empty rows at the end of each block, ready to be filled in."""
FIXED = ("reading", "originals")
"""Fields that the program writes and does not read."""


@dataclass(frozen=True)
class SheetLayout:
    """The columns of a sheet.

    columns: block → field → letter, the blocks in the order in which they are written. widths: letter → characters.
    printed: the last column that is printed: what stands after it is rarely used.
    """

    columns: Mapping[str, Mapping[str, str]]
    widths: Mapping[str, float]
    printed: str

    def width(self, first: str, last: str) -> float:
        """The width of several columns together."""
        return sum(width for letter, width in self.widths.items() if first <= letter <= last)


def layout(*, drafted: bool) -> SheetLayout:
    """The layout of a role's sheet. drafted: with the columns of drafts."""
    if not drafted:
        return SheetLayout(_COLUMNS, _WIDTHS, _PRINTED)
    columns = {block: {field: _moved(at) for field, at in fields.items()} for block, fields in _COLUMNS.items()}
    columns["indicators"] |= {field: letter for field, (letter, _) in _DRAFTED.items()}
    widths = {_moved(letter): width for letter, width in _WIDTHS.items()} | dict(_DRAFTED.values())
    return SheetLayout(columns, dict(sorted(widths.items())), _moved(_PRINTED))


def _moved(letter: str) -> str:
    return letter if letter <= _BEFORE else chr(ord(letter) + len(_DRAFTED))
