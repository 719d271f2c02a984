"""Recalculates workbooks that people sent: in a separate process, within limits of time and memory.

The engine checks the time only between formulas, and aborts the process when memory runs out; so one formula over whole
columns, which anyone can type, could end our program. Workbooks that we have just made need no such process.
"""

from __future__ import annotations

import json
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from xlkpi.i18n.numbers import value_text
from xlkpi.i18n.problems import WARNING, Place, Problem, UnreadableError

if TYPE_CHECKING:
    import subprocess

SECONDS, MOST_SECONDS = 8, 30
"""Processor seconds for a small workbook, and for any. Processor time, so that a busy machine refuses no more files."""
BYTES_A_SECOND = 300_000
"""A workbook gets a second more for this many bytes: about ten forms, which take half a second."""
MEGABYTES = 450
"""Memory that the process may take: 200 forms take 400."""

SIZE = struct.Struct(">Q")
"""How the process gets a workbook: the number of its bytes, then the bytes. Its input stays open: where that ends, we
are gone."""
RESULT = b"\0"
"""What the process answers: lines of JSON, each the cell that is next under evaluation (sheet, row, column), an error
(kind, key, values), or at the end the formulas that keep their values and the scores that rest on them; then this byte,
and the workbook."""

_MOST_WAIT = 120
"""Seconds by the clock after which the process is ended, in case it waits for something that never comes."""
_POLL = 0.02
"""Seconds between two checks: too short to fill much memory."""
_PROGRAM = "import sys; sys.path[:] = {path!a}; from xlkpi.calc.sandbox_process import main; main({seconds})"


CellPlace = tuple[str, int, int]
"""Sheet, row, column; row and column from 1."""


class Kept(NamedTuple):
    """A formula (without =) and the value that it keeps; stored: None where the file has none to keep.

    computed: the result of the engine, as SpreadsheetML writes it.
    """

    sheet: str
    row: int
    column: int
    formula: str
    stored: float | str | bool | None
    computed: str


@dataclass(frozen=True)
class Recalculated:
    """A recalculated workbook, the formulas that keep their stored values, and the scores that rest on one of those.

    language: that of its forms, where it is known without reading them.
    """

    content: bytes
    kept: tuple[Kept, ...] = ()
    resting: tuple[CellPlace, ...] = ()
    language: str | None = None

    def problems(self, file: str, language: str) -> Iterator[Problem]:
        """A warning for each formula that keeps its value, and for each sheet with scores that rest on such values."""
        for sheet, row, column, formula, value, computed in self.kept:
            key = "not_calculated" if value is None else "kept"
            shown = {"formula": formula, "value": value_text(value), "computed": computed}
            yield Problem.at(Place(file, sheet, _address(row, column)), "kept", language, WARNING, key, **shown)
        for sheet in dict.fromkeys(sheet for sheet, _, _ in self.resting):
            cells = [_address(row, column) for title, row, column in self.resting if title == sheet]
            yield Problem.at(
                Place(file, sheet, cells[0]),
                "kept",
                language,
                WARNING,
                "rests_on_kept",
                cell=cells[0],
                count=len(cells),
            )


def recalculated(content: bytes) -> Recalculated:
    """The workbook with every formula's value calculated through our Python functions, as `engine.recalculate`.

    A workbook whose formulas are ours to the last byte (`calc.own`) is calculated in this process, others in one of
    their own. Formulas that the engine may not calculate as the file's own program did keep their stored values
    (`calc.kept`). Raises `UnreadableError` where it cannot be evaluated, or not within the limits; in that case the
    error names the cell under evaluation, if it is known. Nothing is written to a disk.
    """
    from xlkpi.calc.own import recalculated_if_own  # here: the process that is started below needs this module, too

    if (own := recalculated_if_own(content)) is not None:
        return own
    return _recalculated_apart(content)


def _recalculated_apart(content: bytes) -> Recalculated:
    import subprocess  # here: what is calculated above does not need it

    seconds = min(SECONDS + len(content) // BYTES_A_SECOND, MOST_SECONDS)
    program = _PROGRAM.format(path=list(map(str, sys.path)), seconds=MOST_SECONDS)
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )  # fmt: skip
    try:
        Thread(target=_limit, args=(child, seconds), daemon=True).start()
        answer = _answer(child, content)
        child.wait()
    finally:
        child.kill()
        child.communicate()  # closes the pipes
    said, _, result = answer.partition(RESULT)
    if child.returncode == 0:
        kept, resting = _last(said)
        return Recalculated(result, tuple(Kept(*one) for one in kept), tuple(map(tuple, resting)))
    raise _refusal(said, seconds=seconds, memory=MEGABYTES)


def _answer(child: subprocess.Popen[bytes], content: bytes) -> bytes:
    """All that the process answers to a workbook."""
    assert child.stdin
    assert child.stdout
    with suppress(BrokenPipeError, OSError):  # it has been ended
        child.stdin.write(SIZE.pack(len(content)) + content)
        child.stdin.flush()
    return child.stdout.read()


def _limit(child: subprocess.Popen[bytes], seconds: float) -> None:
    """End the process when it exceeds a limit; return when it has ended."""
    import psutil

    latest = time.monotonic() + _MOST_WAIT
    with suppress(psutil.Error):  # it has just ended
        watched = psutil.Process(child.pid)
        while child.poll() is None and time.monotonic() < latest:
            used = watched.cpu_times()
            if used.user + used.system > seconds or watched.memory_info().rss > MEGABYTES * 1_000_000:
                break
            time.sleep(_POLL)
    child.kill()


def _refusal(said: bytes, **limits: Any) -> UnreadableError:
    match _last(said):
        case [str(kind), str(key), dict(values)]:
            return UnreadableError(kind, key, **values)
        case [sheet, row, column]:
            return UnreadableError("file", "formula_costly", sheet=sheet, cell=_address(row, column), **limits)
    return UnreadableError("file", "formulas_costly", **limits)


def _address(row: int, column: int) -> str:
    from openpyxl.utils.cell import get_column_letter  # here: it takes longer to load than a form to evaluate

    return f"{get_column_letter(column)}{row}"


def _last(said: bytes) -> Any:
    """The last line; None where there is none, or the process was ended while it wrote."""
    try:
        return json.loads(said.splitlines()[-1])
    except (IndexError, ValueError):
        return None
