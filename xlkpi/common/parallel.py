"""Work spread over the workers of any executor: threads, processes, other machines.

Workers need not see our files: what they work on travels to them, and what they make travels back. A worker that dies
takes nothing with it: its work is done again, in a process of its own beside ours, where it can only harm itself.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

FLIGHT = 256
"""Items that are with the workers, or done and waiting for one before them, at a time: enough for some 100 workers."""
HEAVIEST = 64_000_000
"""Bytes that those items may weigh together."""

_log = logging.getLogger(__name__)


class LostError(Exception):
    """Something that cannot be made because every worker dies of it; the message names it."""


def mapped(
    function: Callable[[T], R],
    items: Iterable[T],
    executor: Executor | None = None,
    *,
    weight: Callable[[T], int] = lambda item: 0,
    lost: Callable[[T], R],
) -> Iterator[R]:
    """`function` of every item, in their order, by the workers of an executor; here where there is none.

    Items are taken when there is room for them: `FLIGHT` at a time, fewer where they weigh more than `HEAVIEST` (one
    that does so alone goes alone). `weight` gives bytes. An executor that breaks leaves the rest to a process here.
    `lost` says what comes of an item of which every worker dies. Raises what `function` raises.
    """
    if executor is None:
        yield from map(function, items)
        return
    apart: _Apart[T, R] = _Apart(function)
    waiting: deque[tuple[T, int, Future[_Tried[R]]]] = deque()
    total, warned = 0, False

    def first() -> R:
        nonlocal total, warned
        item, heavy, future = waiting.popleft()
        total -= heavy
        try:
            tried = future.result()
        except Exception as error:  # of the workers, not of the function
            if not warned:
                _log.warning(
                    "处理数据的进程或机器中断了（%s），没有做完的改在本机另开一个进程做。", type(error).__name__
                )
                warned = True
            try:
                tried = apart(item)
            except BrokenExecutor:
                return lost(item)
        return tried.value()

    try:
        for item in items:
            heavy = weight(item)
            while waiting and (len(waiting) >= FLIGHT or total + heavy > HEAVIEST):
                yield first()
            waiting.append((item, heavy, _submitted(executor, function, item)))
            total += heavy
        while waiting:
            yield first()
    finally:
        for _, _, future in waiting:
            future.cancel()
        apart.close()


def chunks(items: Iterable[T], size: Callable[[T], int], least: int) -> Iterator[Sequence[T]]:
    """Items in their order, together until their sizes come to at least `least`."""
    chunk: list[T] = []
    total = 0
    for item in items:
        chunk.append(item)
        total += size(item)
        if total >= least:
            yield chunk
            chunk, total = [], 0
    if chunk:
        yield chunk


class _Tried(Generic[R]):
    """What a function gave or raised. So whatever a worker itself raises is the worker's fault."""

    def __init__(self, function: Callable[[Any], R], item: object) -> None:
        self._given: R | None = None
        self._raised: Exception | None = None
        try:
            self._given = function(item)
        except Exception as error:
            self._raised = error

    def value(self) -> R:
        if self._raised is not None:
            raise self._raised
        return self._given  # type: ignore[return-value]


def _submitted(executor: Executor, function: Callable[[T], R], item: T) -> Future[_Tried[R]]:
    try:
        return executor.submit(_Tried, function, item)
    except Exception as error:  # it is broken: each item learns that in its turn
        future: Future[_Tried[R]] = Future()
        future.set_exception(error)
        return future


class _Apart(Generic[T, R]):
    """A process beside ours that does one item at a time; it is there when it is needed first."""

    def __init__(self, function: Callable[[T], R]) -> None:
        self._function = function
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, item: T) -> _Tried[R]:
        """Raises BrokenExecutor where the process dies of the item."""
        if self._pool is None:
            self._pool = _one_process()
        try:
            return self._pool.submit(_Tried, self._function, item).result()
        except BrokenExecutor:
            self.close()
            raise

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def _one_process() -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))
