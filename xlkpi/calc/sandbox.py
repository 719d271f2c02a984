"""Recalculation of workbooks that people sent: in a process of its own, within limits of time and memory.

The engine looks at the clock between formulas only, and ends the program where there is no memory left; so one formula
over whole columns, which anyone can type, would take us with it. Workbooks that we have just made need none of this.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from xlkpi.i18n.problems import UnreadableError

SECONDS, MOST_SECONDS = 8, 30
"""Of the processor that a workbook may take, so that a busy machine refuses no other ones: a small one, any."""
BYTES_A_SECOND = 300_000
"""Of a workbook, that give it a second more: ten forms, which take half of it."""
MEGABYTES = 450
"""Of memory that it may take: 200 forms take 330."""

GIVEN, MADE, REFUSED, AT = "given", "made", "refused", "at"
"""Files of the folder: the workbook before and after; why there is none (kind, key and values of the error); the cell
at work (sheet, row, column)."""

_LATE = 120
"""Seconds on the wall after which it is given up, should it wait for something that never comes."""
_LOOK = 0.02
"""Seconds between two looks: in so little time not much memory is filled."""
_PROGRAM = "import sys; sys.path[:] = {path!a}; from xlkpi.calc.sandbox_process import main; main(sys.argv[1])"


def recalculated(content: bytes) -> bytes:
    """The workbook with every formula's value calculated through our Python functions, as `recalc.recalculate`.

    Raises `UnreadableError` where it cannot be evaluated, or not within the limits; then it names the cell at work,
    where that is known.
    """
    seconds = min(SECONDS + len(content) // BYTES_A_SECOND, MOST_SECONDS)
    with TemporaryDirectory(prefix="xlkpi-") as name:
        folder = Path(name)
        (folder / GIVEN).write_bytes(content)
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
            return (folder / MADE).read_bytes()
        raise _refusal(folder, seconds=seconds, memory=MEGABYTES)


def _wait(child: subprocess.Popen[bytes], seconds: float) -> None:
    """Until it ends, or has taken more than it may."""
    late = time.monotonic() + _LATE
    watched = psutil.Process(child.pid)
    while time.monotonic() < late:
        with suppress(subprocess.TimeoutExpired):
            child.wait(_LOOK)
            return
        with suppress(psutil.Error):  # it has just ended
            used = watched.cpu_times()
            if used.user + used.system > seconds or watched.memory_info().rss > MEGABYTES * 1_000_000:
                return


def _refusal(folder: Path, **limits: Any) -> UnreadableError:
    if (refused := _said(folder / REFUSED)) is not None:
        kind, key, values = refused
        return UnreadableError(kind, key, **values)
    if (at := _said(folder / AT)) is not None:
        from openpyxl.utils.cell import get_column_letter  # here, since it takes longer to load than a form to evaluate

        sheet, row, column = at
        return UnreadableError(
            "file", "formula_costly", sheet=sheet, cell=f"{get_column_letter(column)}{row}", **limits
        )
    return UnreadableError("file", "formulas_costly", **limits)


def _said(path: Path) -> Any:
    """What the process left in a file; None where it left nothing, or was ended while it wrote."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
