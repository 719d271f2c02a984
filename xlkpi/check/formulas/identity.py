"""Compares formulas after replacing their addresses by row and column ids.

Rows may have been moved, and every spreadsheet program spells a formula in its own way when it saves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.utils.cell import column_index_from_string

from xlkpi.check.formulas.tree import Tree, tree_of
from xlkpi.common.caches import ByIdentity

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
_TIE_BREAK = re.compile(r"\d+\.0\*1e-10")
"""Where two losses tie, the upper row wins by a trifle times its number. The number does not move with the row."""
_LONGEST = 1_000
"""Characters. Longer formulas are not cached: a file that somebody sends must not fill the memory."""


@dataclass(frozen=True)
class Identities:
    """Row number → row id, and column number → column ids as they stand in the sheet (`a/b`); numbers from 0."""

    rows: Mapping[int, str]
    columns: Mapping[int, str]

    def canonical(self, formula: str) -> str:
        """The formula (without its =) with ids for addresses, functions in capitals, numbers in one spelling.

        References to other sheets become `!`: sheet names and rows there may differ from form to form.
        """
        if len(formula) > _LONGEST:
            return self._rewritten(formula)
        return _cached(ByIdentity(self), formula)

    def meaning(self, formula: str) -> Tree:
        """The meaning of the formula: idle brackets and the spellings of earlier forms make no difference.

        What cannot be read as a formula is the text of `canonical`.
        """
        if len(formula) > _LONGEST:
            return self._tree(formula)
        return _cached_tree(ByIdentity(self), formula)

    def _rewritten(self, formula: str) -> str:
        canonical = "".join(self._tokens(formula))
        return _TIE_BREAK.sub("#", canonical).replace("FALSE()", "FALSE").replace("TRUE()", "TRUE")

    def _tree(self, formula: str) -> Tree:
        try:
            return tree_of(self._tokens(formula))
        except ValueError:
            return self._rewritten(formula)

    def _tokens(self, formula: str) -> list[str]:
        return [token for token in map(self._token, _TOKEN.finditer(formula)) if token]

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
        # Sorted, because rows may have been moved; rows and columns without an id are left out.
        rows = sorted(id for row, id in self.rows.items() if top <= row <= bottom)
        columns = sorted(id for column, id in self.columns.items() if first <= column <= last)
        return f"[{' '.join(rows)}|{' '.join(columns)}]"


@lru_cache(10_000)
def _cached(identities: ByIdentity[Identities], formula: str) -> str:
    """`canonical`, cached: forms of one shape, saved by one program, spell their formulas alike."""
    return identities.value._rewritten(formula)


@lru_cache(10_000)
def _cached_tree(identities: ByIdentity[Identities], formula: str) -> Tree:
    return identities.value._tree(formula)
