"""Reads the numbers of a table's cells, where they can mean one thing only."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from xlkpi.fill.words import words_for_no_data, words_of_time
from xlkpi.i18n.numbers import is_number, number_meant, number_written
from xlkpi.roster.header import folded
from xlkpi.xlsx.cells import is_error_text

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_LOST = re.compile(r"-?\d+(?:\.\d+)?[Ee][+-]?\d+")
_LARGEST = 1e15
"""Spreadsheets keep no more digits."""
_SPLIT = re.compile(r"\d\s+(?!\d{3}(?!\d))\d")
"""Digits apart: 1 2 3; but not 1 234, whose thousands are apart."""
_BRACKETED = re.compile(r"\((?P<number>[\d,.]+)\)")


class Read(NamedTuple):
    """What a cell holds: a number, or why it holds none.

    whole: the cell says itself how large the number is (12% is 0.12, 62万 is 620000): no factor may be applied to it.
    fault: the end of a message key; "" for a number and for an empty cell (number None).
    """

    number: float | None = None
    whole: bool = False
    fault: str = ""


EMPTY = Read()


def number_in(cell: object, *, percent_format: bool = False) -> Read:
    """The number in a cell. percent_format: the number format of the cell shows per cent."""
    read = _read(cell, percent_format=percent_format)
    return read if read.number is None or abs(read.number) < _LARGEST else Read(fault="no_number")


def _read(cell: object, *, percent_format: bool) -> Read:
    if isinstance(cell, str) and _PLAIN.fullmatch(cell):  # nearly all cells of a CSV
        return Read(float(cell))
    if is_number(cell):
        return Read(float(cell), percent_format)
    if cell is None or (isinstance(cell, float) and cell != cell):
        return EMPTY
    if isinstance(cell, bool) or not isinstance(cell, str):
        return Read(fault="no_number")
    return _of_text(cell)


def _of_text(cell: str) -> Read:
    text = unicodedata.normalize("NFKC", cell).strip().lstrip("'")
    if not text:
        return EMPTY
    if is_error_text(text):
        return Read(fault="error")
    if folded(text) in words_for_no_data():
        return Read(fault="no_data")
    if bracketed := _BRACKETED.fullmatch(text):  # how accountants write what is below 0
        return Read(fault="bracketed") if number_written(bracketed["number"]) is not None else Read(fault="no_number")
    if (number := number_written(text)) is not None:
        return Read(number, text.endswith("%"))
    if _LOST.fullmatch(text):
        return Read(float(text))
    meant = number_meant(text, "%" if "%" in text else "")
    if meant is None or _SPLIT.search(text) or text[-1] in words_of_time():
        return Read(fault="no_number")
    return Read(meant, whole=number_written(re.sub(r"[^\d.,+-]", "", text)) != meant)
