"""Timing in processor time; things to compare run in turns within one run.

So a busy machine slows both alike, and the time of other programs is not counted. What counts is the ratio: the same
machine has another speed an hour later.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from timeit import timeit

UNITS = ((3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


@dataclass(frozen=True)
class Row:
    """One line of the results.

    value: our time ÷ that of the other way; or a number of `unit`, "s" for seconds. None where only the time is of
    interest. goal: the most that it may be. seconds: our time.
    """

    what: str
    value: float | None
    goal: float | None = None
    seconds: float | None = None
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        return self.goal is None or (self.value is not None and self.value <= self.goal)


def ratio(what: str, seconds: float, beside: float, goal: float | None = None) -> Row:
    """Our seconds compared with those of another way."""
    return Row(what, seconds / beside, goal, seconds)


def seconds_text(seconds: float | None) -> str:
    """A time in a suitable unit; "" for None."""
    if seconds is None:
        return ""
    size, unit = next(((size, unit) for size, unit in UNITS if abs(seconds) >= size), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def spent(call: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    """The seconds of one call; by default of processor time of this process."""
    started = clock()
    call()
    return clock() - started


def by_children() -> float:
    """The processor seconds so far of all processes that this one has started and that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def by_all() -> float:
    """The processor seconds so far of this process and of those that it has started."""
    return process_time() + by_children()


def most_memory() -> float:
    """The most memory that this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # ru_maxrss begins with the value of the parent process
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _once(call: Callable[[], object], calls: int) -> float:
    return timeit(call, timer=process_time, number=calls) / calls


def beside(
    what: str, ours: Callable[[], object], other: Callable[[], object], goal: float | None = None, *,
    rounds: int = 201, calls: int = 200,
) -> Row:  # fmt: skip
    """Compare our call with another that gives the same result: the median of the ratios of rounds in turns."""
    if ours() != other():
        raise ValueError(f"{what}: {ours()!r} beside {other()!r}")
    pairs = [(_once(ours, calls), _once(other, calls)) for _ in range(rounds)]
    return Row(what, median(a / b for a, b in pairs), goal, median(a for a, _ in pairs))


def alone(what: str, call: Callable[[], object], *, rounds: int = 31, calls: int = 5) -> Row:
    """Time a call by itself: the median of the rounds."""
    return Row(what, None, seconds=median(_once(call, calls) for _ in range(rounds)))


def fresh(*programs: tuple[str, str], rounds: int = 9) -> list[float]:
    """The seconds of each program (statements that are not timed, and statements that are) in new Python processes.

    They take turns; the medians of the rounds. The first round, which compiles the modules, does not count: an
    installed package is compiled already.
    """
    clock = "from time import process_time"
    commands = [
        [sys.executable, "-c", f"{clock}\n{before}\nstarted = process_time()\n{timed}\nprint(process_time() - started)"]
        for before, timed in programs
    ]
    with TemporaryDirectory() as cache_folder:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": cache_folder, "PYTHONDONTWRITEBYTECODE": ""}

        def taken(command: list[str]) -> float:
            return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)

        _, *turns = [[taken(command) for command in commands] for _ in range(rounds + 1)]
    return [median(times) for times in zip(*turns, strict=True)]
