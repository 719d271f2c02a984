"""How long something takes against the machine's own pace: machines differ in it, and so does one from hour to hour."""

from __future__ import annotations

import time
from collections.abc import Callable

_STEPS = 100_000


def loops(work: Callable[[], object]) -> float:
    """Processor time of `work` in plain loops of 100,000 steps, the least of three: some millisecond each.

    Not how fast something is (benchmarks/ says that), but whether it ends at once: a limit is far above what is usual.
    """
    return min(_seconds(work) / _seconds(_loop) for _ in range(3))


def _loop() -> None:
    for number in range(_STEPS):
        number % 7


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()  # the machine may be busy with something else
    work()
    return time.process_time() - begun
