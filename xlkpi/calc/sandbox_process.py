"""The process that recalculates a workbook that somebody sent; `sandbox` starts and ends it.

Unfamiliar formulas are evaluated first, one at a time; each cell is recorded before its formula runs, so that a timeout
can name the cell.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from xlkpi.calc.engine import loaded
from xlkpi.calc.kept import Evaluated, evaluate_or_fail, is_doubtful, with_stored_values
from xlkpi.calc.sandbox import CELL, ERROR, INPUT, KEPT, RESULT, CellPlace
from xlkpi.i18n.problems import UnreadableError, unforeseen
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.cells import StoredCells, stored_cells
from xlkpi.xlsx.edit import patched
from xlkpi.xlsx.usual import Parts

_MOST_SINGLE = 500
"""Formulas that are evaluated one at a time, at most: that is slower than all together."""


def main(name: str) -> None:
    """Recalculate the workbook in a folder. Writes a result and exits with 0, or writes an error and exits with 1."""
    folder = Path(name)
    try:
        result, kept = _recalculated(unpack((folder / INPUT).read_bytes()), folder / CELL)
    except UnreadableError as error:
        refusal = error
    except Exception as error:
        refusal = unforeseen(error)
    else:
        (folder / KEPT).write_text(json.dumps([kept.kept, kept.resting]), "utf-8")
        (folder / RESULT).write_bytes(result)
        return
    (folder / ERROR).write_text(json.dumps([refusal.kind, refusal.key, refusal.values], default=str), "utf-8")
    sys.exit(1)


def _recalculated(parts: Parts, cell_file: Path) -> tuple[bytes, Evaluated]:
    stored = stored_cells(parts)
    for cells in stored.values():
        cells.check_area()
    book = loaded(parts)
    for place in islice(_doubtful_cells(stored), _MOST_SINGLE):
        cell_file.write_text(json.dumps(place), "utf-8")
        evaluate_or_fail(book, place)
    cell_file.unlink(missing_ok=True)
    result = with_stored_values(book, parts, stored)
    return patched(parts, result.values, frozenset(one[:3] for one in result.kept if one.stored is not None)), result


def _doubtful_cells(stored: Mapping[str, StoredCells]) -> Iterator[CellPlace]:
    for sheet, cells in stored.items():
        yield from (
            (sheet, row + 1, column + 1) for (row, column), formula in cells.formulas.items() if is_doubtful(formula)
        )
