"""What workers do in tests: their work, and dying of it. Light, since every process of a worker loads it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from xlkpi.check import check_workbook
from xlkpi.intake import Problem, Workbook


def checked(workbook: Workbook, victim: str, flag: Path | None = None) -> Iterable[Problem]:
    """Checks a file as always; the process dies of the victim: once where there is a flag, which it takes down."""
    if workbook.file == victim and (flag is None or flag.exists()):
        if flag is not None:
            flag.unlink()
        os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    return check_workbook(workbook)


def refused(number: int) -> int:
    """Ten times the number; raises ValueError for 5."""
    if number == 5:
        raise ValueError(number)
    return number * 10
