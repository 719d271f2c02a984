"""The process in which a workbook that somebody sent is recalculated (`confined` starts and ends it).

Formulas unlike those of our forms come first, one by one, and each is told before it is evaluated: so the one that
does not come to an end is known.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from xlkpi.calc.engine import evaluated, loaded
from xlkpi.calc.sandbox import AT, GIVEN, MADE, REFUSED
from xlkpi.functions import FUNCTIONS
from xlkpi.i18n.problems import UnreadableError, unforeseen
from xlkpi.xlsx.archive import Parts, reading, unpack
from xlkpi.xlsx.cells import StoredCells, stored_cells
from xlkpi.xlsx.edit import patched

_SINGLY = 500
"""Formulas that are evaluated one by one, which takes longer than all together."""
_OURS = {function.name for function in FUNCTIONS} | set(
    "ABS AND AVERAGE COUNT COUNTA COUNTBLANK COUNTIF IF IFERROR INDEX INT ISNUMBER ISTEXT LARGE MATCH MAX MIN OR RANK "
    "ROUND SUM SUMIF SUMPRODUCT".split()
)
_HARMLESS = re.compile(r""" "[^"]*" | '[^']*' | \bCOUNT\([^()]*\) """, re.VERBOSE)
_CALL = re.compile(r"([^\W\d][\w.]*)\s*\(")
_WIDE = re.compile(r"[A-Z]:|[0-9]{4}:|:\$?[A-Z]{0,3}\$?[0-9]{4}", re.IGNORECASE)


def is_strange(formula: str) -> bool:
    """Whether it calls what our forms do not, or reads a thousand rows or whole columns."""
    rest = _HARMLESS.sub("", formula)
    return _WIDE.search(rest) is not None or not _OURS.issuperset(map(str.upper, _CALL.findall(rest)))


def main(name: str) -> None:
    """Recalculate the workbook of a folder; exit 0 where it is made."""
    folder = Path(name)
    try:
        made = _recalculated(unpack((folder / GIVEN).read_bytes()), folder / AT)
    except UnreadableError as error:
        refused = error
    except Exception as error:
        refused = unforeseen(error)
    else:
        (folder / MADE).write_bytes(made)
        return
    (folder / REFUSED).write_text(json.dumps([refused.kind, refused.key, refused.values], default=str), "utf-8")
    sys.exit(1)


def _recalculated(parts: Parts, at: Path) -> bytes:
    stored = stored_cells(parts)
    for cells in stored.values():
        cells.check_area()
    book = loaded(parts)
    for sheet, row, column in islice(_strange(stored), _SINGLY):
        at.write_text(json.dumps([sheet, row, column]), "utf-8")
        with reading():
            book.evaluate_cell(sheet, row, column)
    at.unlink(missing_ok=True)
    return patched(parts, evaluated(book))


def _strange(stored: Mapping[str, StoredCells]) -> Iterator[tuple[str, int, int]]:
    for sheet, cells in stored.items():
        yield from (
            (sheet, row + 1, column + 1) for (row, column), formula in cells.formulas.items() if is_strange(formula)
        )
