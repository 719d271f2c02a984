"""What workers do in tests: their work, and dying of it. Light, since every process of a worker loads it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from xlkpi.check.run import check_workbook
from xlkpi.i18n.problems import Problem
from xlkpi.intake.workbook import Workbook


def checked(workbook: Workbook, once: tuple[str, Path], always: str) -> Iterable[Problem]:
    """Checks a file as ever; but the process dies of one file as long as a flag is up, and of another one always.

    Of the other one it dies after the first: where one worker dies, a pool ends the others in the middle of theirs.
    """
    file, flag = once
    until = time.monotonic() + 10
    while workbook.file == always and flag.exists() and time.monotonic() < until:
        time.sleep(0.01)
    if workbook.file == always or (workbook.file == file and flag.exists()):
        if workbook.file == file:
            flag.unlink()
        os.kill(os.getpid(), signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    return check_workbook(workbook)
