"""The process that recalculates a workbook that somebody sent; `sandbox` starts and ends it.

Unfamiliar formulas are evaluated first, one at a time; each cell is told before its formula runs, so that a timeout can
name the cell.
"""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from itertools import islice
from threading import Thread

from xlkpi.calc.engine import evaluated, loaded
from xlkpi.calc.sandbox import RESULT, SIZE
from xlkpi.functions import FUNCTIONS
from xlkpi.i18n.problems import UnreadableError, unforeseen
from xlkpi.xlsx.archive import reading, unpack
from xlkpi.xlsx.cells import stored_cells
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


def main(seconds: int) -> None:
    """Recalculate the workbook of the input; answers with a result and exits with 0, or with an error and exits with 1.

    seconds: of the processor, after which the system ends this process, should `sandbox` not be there any more.
    """
    content = _received()
    _end_with_the_other_side(seconds)
    try:
        result = _recalculated(unpack(content))
    except UnreadableError as error:
        refusal = error
    except Exception as error:
        refusal = unforeseen(error)
    else:
        _answer(RESULT + result)
        return
    _say([refusal.kind, refusal.key, refusal.values])
    sys.exit(1)


def _received() -> bytes:
    (size,) = SIZE.unpack(sys.stdin.buffer.read(SIZE.size))
    return sys.stdin.buffer.read(size)


def _end_with_the_other_side(seconds: int) -> None:
    """Let this process end as soon as its input does: whoever started it is gone, and nobody else ends it."""
    with suppress(ImportError):  # there is none on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 1))
    Thread(target=_wait_for_the_end, daemon=True).start()  # it gets its turn: the engine does not hold Python's lock


def _wait_for_the_end() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _say(what: object) -> None:
    _answer(json.dumps(what, default=str).encode() + b"\n")


def _answer(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _recalculated(parts: Parts) -> bytes:
    strange = _strange_cells(parts)
    book = loaded(parts)
    for cell in strange:
        _say(cell)
        with reading():
            book.evaluate_cell(*cell)
    _say(None)
    return patched(parts, evaluated(book))


def _strange_cells(parts: Parts) -> list[tuple[str, int, int]]:
    """(sheet, row, column) of the first cells with unfamiliar formulas; row and column from 1."""
    stored = stored_cells(parts)
    for cells in stored.values():
        cells.check_area()
    strange = (
        (sheet, row + 1, column + 1)
        for sheet, cells in stored.items()
        for (row, column), formula in cells.formulas.items()
        if is_strange(formula)
    )
    return list(islice(strange, _MOST_SINGLE))
