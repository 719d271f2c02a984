"""The process that recalculates a workbook that somebody sent; `sandbox` starts and ends it.

Unfamiliar formulas are evaluated first, one at a time; each cell is recorded before its formula runs, so that a timeout
can name the cell.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from xlkpi.calc.engine import evaluated, loaded
from xlkpi.calc.sandbox import CELL, ERROR, INPUT, RESULT
from xlkpi.functions import FUNCTIONS
from xlkpi.i18n.problems import UnreadableError, unforeseen
from xlkpi.xlsx.archive import reading, unpack
from xlkpi.xlsx.cells import StoredCells, stored_cells
from xlkpi.xlsx.edit import patched
from xlkpi.xlsx.usual import Parts

_MOST_SINGLE = 500
"""Formulas that are evaluated one at a time, at most: that is slower than all together."""
_OUR_FUNCTIONS = {function.name for function in FUNCTIONS} | set(
    "ABS AND AVERAGE COUNT COUNTA COUNTIF IF IFERROR INDEX INT ISNUMBER ISTEXT LARGE LEN MATCH MAX MIN OR ROUND SUM "
    "SUMIF SUMPRODUCT COUNTBLANK RANK".split()  # the last two: in forms made until November 2026
)
_HARMLESS = re.compile(r""" "[^"]*" | '[^']*' | \bCOUNT\([^()]*\) """, re.VERBOSE)
_CALL = re.compile(r"([^\W\d][\w.]*)\s*\(")
_WIDE = re.compile(r"[A-Z]:|[0-9]{4}:|:\$?[A-Z]{0,3}\$?[0-9]{4}", re.IGNORECASE)


def is_strange(formula: str) -> bool:
    """Whether a formula calls a function that our forms do not use, or reads a thousand rows or whole columns."""
    rest = _HARMLESS.sub("", formula)
    return _WIDE.search(rest) is not None or not _OUR_FUNCTIONS.issuperset(map(str.upper, _CALL.findall(rest)))


def main(name: str) -> None:
    """Recalculate the workbook in a folder. Writes a result and exits with 0, or writes an error and exits with 1."""
    folder = Path(name)
    try:
        result = _recalculated(unpack((folder / INPUT).read_bytes()), folder / CELL)
    except UnreadableError as error:
        refusal = error
    except Exception as error:
        refusal = unforeseen(error)
    else:
        (folder / RESULT).write_bytes(result)
        return
    (folder / ERROR).write_text(json.dumps([refusal.kind, refusal.key, refusal.values], default=str), "utf-8")
    sys.exit(1)


def _recalculated(parts: Parts, cell_file: Path) -> bytes:
    stored = stored_cells(parts)
    for cells in stored.values():
        cells.check_area()
    book = loaded(parts)
    for sheet, row, column in islice(_strange_cells(stored), _MOST_SINGLE):
        cell_file.write_text(json.dumps([sheet, row, column]), "utf-8")
        with reading():
            book.evaluate_cell(sheet, row, column)
    cell_file.unlink(missing_ok=True)
    return patched(parts, evaluated(book))


def _strange_cells(stored: Mapping[str, StoredCells]) -> Iterator[tuple[str, int, int]]:
    """(sheet, row, column) of the cells with unfamiliar formulas; row and column from 1."""
    for sheet, cells in stored.items():
        yield from (
            (sheet, row + 1, column + 1) for (row, column), formula in cells.formulas.items() if is_strange(formula)
        )
