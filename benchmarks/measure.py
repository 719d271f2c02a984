"""Timing in processor time; things to compare run in turns within one run.

So a busy machine slows both alike, and the time of other programs is not counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from timeit import timeit

UNITS = ((3600.0, "h"), (60.0, "min"), (1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


@dataclass(frozen=True)
class Row:
    """One line of the results; all times in seconds.

    seconds: our time. beside: the time of the other way, None where there is none. more: the median of the differences.
    at_best: the difference of the quickest rounds, which a busy machine hardly changes. goal: the limit of `more`, or
    of `seconds` without `beside`. times: the limit of `seconds` ÷ `beside`.
    """

    what: str
    seconds: float
    beside: float | None = None
    more: float | None = None
    at_best: float | None = None
    goal: float | None = None
    times: float | None = None

    @property
    def met(self) -> bool:
        """Whether the goal is met."""
        if self.times is not None and self.beside is not None:
            return self.seconds < self.times * self.beside
        return self.goal is None or (self.seconds if self.more is None else self.more) < self.goal


def seconds_text(seconds: float | None) -> str:
    """A time in a suitable unit; "" for None."""
    if seconds is None:
        return ""
    size, unit = next(((size, unit) for size, unit in UNITS if abs(seconds) >= size), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def spent(call: Callable[[], object], clock: Callable[[], float] = process_time) -> float:
    """The seconds of one call; by default of processor time."""
    started = clock()
    call()
    return clock() - started


def _once(call: Callable[[], object], calls: int) -> float:
    return timeit(call, timer=process_time, number=calls) / calls


def beside(
    what: str, ours: Callable[[], object], other: Callable[[], object], goal: float | None = None, *,
    times: float | None = None, rounds: int = 201, calls: int = 200,
) -> Row:  # fmt: skip
    """Compare our call with another that gives the same result: medians of rounds in turns."""
    if ours() != other():
        raise ValueError(f"{what}: {ours()!r} beside {other()!r}")
    pairs = [(_once(ours, calls), _once(other, calls)) for _ in range(rounds)]
    ours_took, other_took = zip(*pairs, strict=True)
    more, at_best = median(a - b for a, b in pairs), min(ours_took) - min(other_took)
    return Row(what, median(ours_took), median(other_took), more, at_best, goal, times)


def alone(what: str, call: Callable[[], object], goal: float | None = None, *, rounds: int = 31, calls: int = 5) -> Row:
    """Time a call by itself: the median of the rounds."""
    return Row(what, median(_once(call, calls) for _ in range(rounds)), goal=goal)


def fresh(what: str, before: str, timed: str, goal: float | None = None, *, rounds: int = 9) -> Row:
    """Time statements in a new Python process: the median of the rounds; `before` is not timed.

    The first round, which compiles the modules, does not count: an installed package is compiled already.
    """
    clock = "from time import process_time"
    program = f"{clock}\n{before}\nstarted = process_time()\n{timed}\nprint(process_time() - started)"
    with TemporaryDirectory() as cache_folder:
        environment = os.environ | {"PYTHONPYCACHEPREFIX": cache_folder, "PYTHONDONTWRITEBYTECODE": ""}
        command = [sys.executable, "-c", program]
        _, *times = [
            float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
            for _ in range(rounds + 1)
        ]
    return Row(what, median(times), goal=goal)
