"""Two formulas are the same if they say the same of the same identities, however a spreadsheet has spelt them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.utils.cell import column_index_from_string

from xlkpi.common.identity import ByIdentity

_SHEET = r"(?:'(?:[^']|'')*'|\[[^\]]*\][^!(,]*|[^\W\d][\w.]*)!"
_TOKEN = re.compile(
    rf"""
    (?P<text>"(?:[^"]|"")*")
    | (?P<function>(?:(?:{_SHEET})|!)?(?:_xlfn\.|_xlws\.|_xll\.)*(?P<name>[A-Za-z_][\w.]*)(?=\s*\())
    | (?P<far>{_SHEET}\$?[A-Z]{{1,3}}\$?\d*(?::\$?[A-Z]{{1,3}}\$?\d*)?)
    | \$?(?P<column>[A-Z]{{1,3}})\$?(?P<row>\d+)(?::\$?(?P<to_column>[A-Z]{{1,3}})\$?(?P<to_row>\d+))?(?![\w.(])
    | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_TRIFLE = re.compile(r"\d+\.0\*1e-10")
"""Rows further down lose ties by a trifle: the row's number, which does not follow the row."""
_LONGEST = 1_000
"""Characters of a formula that is kept: what somebody sends must not fill the memory."""


@dataclass(frozen=True)
class Identities:
    """What stands in the rows and columns of a sheet, both from 0. A column's name is its ids as they stand there."""

    rows: Mapping[int, str]
    columns: Mapping[int, str]

    def canonical(self, formula: str) -> str:
        """The formula (without its =) with identities for cells, functions in capitals, numbers in one spelling.

        What it reads of other sheets is left out: their names and rows follow from elsewhere.
        """
        if len(formula) > _LONGEST:
            return self._said(formula)
        return _kept(ByIdentity(self), formula)

    def _said(self, formula: str) -> str:
        said = "".join(map(self._token, _TOKEN.finditer(formula)))
        return _TRIFLE.sub("#", said).replace("FALSE()", "FALSE").replace("TRUE()", "TRUE")

    def _token(self, match: re.Match[str]) -> str:
        if match["text"]:
            return match["text"]
        if match["function"]:
            return match["name"].upper()
        if match["far"]:
            return "!"
        if match["column"]:
            return self._cells(match)
        if match["number"]:
            return repr(float(match["number"]))
        return "" if match["space"] else match["other"].upper()

    def _cells(self, match: re.Match[str]) -> str:
        first, top = column_index_from_string(match["column"]) - 1, int(match["row"]) - 1
        if not match["to_column"]:
            return f"[{self.rows.get(top, '?')}|{self.columns.get(first, '?')}]"
        last, bottom = column_index_from_string(match["to_column"]) - 1, int(match["to_row"]) - 1
        # In any order: rows may have been moved. Without the rows and columns that are none of ours.
        rows = sorted(id for row, id in self.rows.items() if top <= row <= bottom)
        columns = sorted(id for column, id in self.columns.items() if first <= column <= last)
        return f"[{' '.join(rows)}|{' '.join(columns)}]"


@lru_cache(10_000)
def _kept(identities: ByIdentity[Identities], formula: str) -> str:
    """Forms of one shape that one program has saved spell their formulas alike."""
    return identities.value._said(formula)
