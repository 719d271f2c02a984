"""The process that recalculates a workbook that somebody sent; `sandbox` starts and ends it.

Unfamiliar formulas are evaluated first, one at a time; each cell is told before its formula runs, so that a timeout can
name the cell.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from threading import Thread

from xlkpi.calc.engine import loaded
from xlkpi.calc.kept import Evaluated, evaluate_or_fail, is_doubtful, with_stored_values
from xlkpi.calc.result import CellPlace
from xlkpi.calc.sandbox import RESULT, SIZE
from xlkpi.i18n.problems import UnreadableError, unforeseen
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.cells import StoredCells, stored_cells
from xlkpi.xlsx.edit import patched
from xlkpi.xlsx.usual import Parts

_MOST_SINGLE = 500
"""Formulas that are evaluated one at a time, at most: that is slower than all together."""


def main(seconds: int) -> None:
    """Recalculate the workbook of the input; answers with a result and exits with 0, or with an error and exits with 1.

    seconds: of the processor, after which the system ends this process, should `sandbox` not be there any more.
    """
    content = _received()
    _end_with_the_other_side(seconds)
    try:
        result, kept = _recalculated(unpack(content))
    except UnreadableError as error:
        refusal = error
    except Exception as error:
        refusal = unforeseen(error)
    else:
        _say([kept.kept, kept.resting])
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


def _recalculated(parts: Parts) -> tuple[bytes, Evaluated]:
    stored = stored_cells(parts)
    for cells in stored.values():
        cells.check_area()
    book = loaded(parts)
    for place in islice(_doubtful_cells(stored), _MOST_SINGLE):
        _say(place)
        evaluate_or_fail(book, place)
    _say(None)
    result = with_stored_values(book, parts, stored)
    return patched(parts, result.values, frozenset(one[:3] for one in result.kept if one.stored is not None)), result


def _doubtful_cells(stored: Mapping[str, StoredCells]) -> Iterator[CellPlace]:
    for sheet, cells in stored.items():
        yield from (
            (sheet, row + 1, column + 1) for (row, column), formula in cells.formulas.items() if is_doubtful(formula)
        )
