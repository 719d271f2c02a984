"""Recalculates workbooks that people sent: in a separate process, within limits of time and memory.

The engine checks the time only between formulas, and aborts the process when memory runs out; so one formula over whole
columns, which anyone can type, could end our program. Workbooks that we have just made need no such process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import psutil

from xlkpi.i18n.numbers import value_text
from xlkpi.i18n.problems import WARNING, Place, Problem, UnreadableError

SECONDS, MOST_SECONDS = 8, 30
"""Processor seconds for a small workbook, and for any. Processor time, so that a busy machine refuses no more files."""
BYTES_A_SECOND = 300_000
"""A workbook gets a second more for this many bytes: about ten forms, which take half a second."""
MEGABYTES = 450
"""Memory that the process may take: 200 forms take 330."""

INPUT, RESULT, KEPT, ERROR, CELL = "input", "result", "kept", "error", "cell"
"""Files in the folder of the process: the workbook before and after; the formulas that keep their values and the scores
that rest on them; the error (kind, key, values) where there is no result; the cell under evaluation (sheet, row,
column)."""

_MOST_WAIT = 120
"""Seconds by the clock after which the process is ended, in case it waits for something that never comes."""
_POLL = 0.02
"""Seconds between two checks: too short to fill much memory."""
_PROGRAM = "import sys; sys.path[:] = {path!a}; from xlkpi.calc.sandbox_process import main; main(sys.argv[1])"


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
    """A recalculated workbook, the formulas that keep their stored values, and the scores that rest on one of those."""

    content: bytes
    kept: tuple[Kept, ...] = ()
    resting: tuple[CellPlace, ...] = ()

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

    Formulas that the engine may not calculate as the file's own program did keep their stored values (`calc.kept`).
    Raises `UnreadableError` where it cannot be evaluated, or not within the limits; in that case the error names the
    cell under evaluation, if it is known.
    """
    seconds = min(SECONDS + len(content) // BYTES_A_SECOND, MOST_SECONDS)
    with TemporaryDirectory(prefix="xlkpi-") as name:
        folder = Path(name)
        (folder / INPUT).write_bytes(content)
        program = _PROGRAM.format(path=list(map(str, sys.path)))
        child = subprocess.Popen(
            [sys.executable, "-c", program, name],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        try:
            _wait(child, seconds)
        finally:
            child.kill()
            child.wait()
        if child.returncode == 0:
            kept, resting = _read_json(folder / KEPT)
            content = (folder / RESULT).read_bytes()
            return Recalculated(content, tuple(Kept(*one) for one in kept), tuple(map(tuple, resting)))
        raise _refusal(folder, seconds=seconds, memory=MEGABYTES)


def _wait(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait until the process ends or exceeds a limit."""
    latest = time.monotonic() + _MOST_WAIT
    watched = psutil.Process(child.pid)
    while time.monotonic() < latest:
        with suppress(subprocess.TimeoutExpired):
            child.wait(_POLL)
            return
        with suppress(psutil.Error):  # the process has just ended
            used = watched.cpu_times()
            if used.user + used.system > seconds or watched.memory_info().rss > MEGABYTES * 1_000_000:
                return


def _refusal(folder: Path, **limits: Any) -> UnreadableError:
    if (error := _read_json(folder / ERROR)) is not None:
        kind, key, values = error
        return UnreadableError(kind, key, **values)
    if (cell := _read_json(folder / CELL)) is not None:
        sheet, row, column = cell
        return UnreadableError("file", "formula_costly", sheet=sheet, cell=_address(row, column), **limits)
    return UnreadableError("file", "formulas_costly", **limits)


def _address(row: int, column: int) -> str:
    from openpyxl.utils.cell import get_column_letter  # here: it takes longer to load than a form to evaluate

    return f"{get_column_letter(column)}{row}"


def _read_json(path: Path) -> Any:
    """The content of a file of the process; None where there is none, or the process was ended while it wrote."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
