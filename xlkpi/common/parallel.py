"""Map a function over items by the workers of any executor: threads, processes, other machines.

Workers need no access to our files: items are sent to them, and results are sent back. When a worker dies, its item is
done again in a separate process on this machine, so that an item that kills its process harms nothing else.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")

MOST_WAITING = 256
"""Items that may be with the workers, or done and waiting for an earlier one, at a time: enough for 100 workers."""
MOST_BYTES = 64_000_000
"""Bytes that those items may have together."""

_log = logging.getLogger(__name__)


class LostError(Exception):
    """An item that kills every worker, so that its result cannot be made; the message names it."""


def mapped(
    function: Callable[[T], R],
    items: Iterable[T],
    executor: Executor | None = None,
    *,
    size: Callable[[T], int] = lambda item: 0,
    lost: Callable[[T], R],
) -> Iterator[R]:
    """`function` of every item, in the order of the items, by the workers of an executor; in this process without one.

    Items are sent while there is room: at most `MOST_WAITING`, and at most `MOST_BYTES` of them together (a larger item
    goes alone). `size` gives an item's bytes. If the executor breaks, a process on this machine does the rest. `lost`
    gives the result of an item that kills that process, too. Raises what `function` raises, at the item's turn.
    """
    if executor is None:
        yield from map(function, items)
        return
    local = _LocalProcess(function, lost)
    waiting: deque[tuple[T, int, Future[_Attempt[R]]]] = deque()
    total = 0

    def first() -> R:
        nonlocal total
        item, item_bytes, future = waiting.popleft()
        total -= item_bytes
        return local.result(item, future)

    try:
        for item in items:
            item_bytes = size(item)
            while waiting and (len(waiting) >= MOST_WAITING or total + item_bytes > MOST_BYTES):
                yield first()
            waiting.append((item, item_bytes, _submitted(executor, function, item)))
            total += item_bytes
        while waiting:
            yield first()
    finally:
        for _, _, future in waiting:
            future.cancel()
        local.close()


def chunks(items: Iterable[T], size: Callable[[T], int], least: int) -> Iterator[Sequence[T]]:
    """Items in their order, in chunks whose sizes add up to at least `least` (the last chunk may have less)."""
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


class _Attempt(Generic[R]):
    """What a function returned or raised. An exception raised outside of it is therefore the worker's fault."""

    def __init__(self, function: Callable[[Any], R], item: object) -> None:
        self._returned: R | None = None
        self._raised: Exception | None = None
        try:
            self._returned = function(item)
        except Exception as error:
            self._raised = error

    def value(self) -> R:
        if self._raised is not None:
            raise self._raised
        return self._returned  # type: ignore[return-value]


def _submitted(executor: Executor, function: Callable[[T], R], item: T) -> Future[_Attempt[R]]:
    try:
        return executor.submit(_Attempt, function, item)
    except Exception as error:  # the executor is broken: every item gets this error when its turn comes
        future: Future[_Attempt[R]] = Future()
        future.set_exception(error)
        return future


class _LocalProcess(Generic[T, R]):
    """A process on this machine that repeats the items whose workers died, one at a time; started when first needed."""

    def __init__(self, function: Callable[[T], R], lost: Callable[[T], R]) -> None:
        self._function, self._lost = function, lost
        self._pool: ProcessPoolExecutor | None = None
        self._warned = False

    def result(self, item: T, future: Future[_Attempt[R]]) -> R:
        """The result of an item that was sent to a worker. Raises what the function raises."""
        try:
            attempt = future.result()
        except Exception as error:  # of the worker, not of the function
            self._warn(error)
            try:
                attempt = self._repeated(item)
            except BrokenExecutor:
                return self._lost(item)
        return attempt.value()

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            _log.warning("%s", COMMANDS("worker_broke", error=type(error).__name__))
            self._warned = True

    def _repeated(self, item: T) -> _Attempt[R]:
        """Raises BrokenExecutor where the item kills this process, too."""
        if self._pool is None:
            self._pool = processes(1)
        try:
            return self._pool.submit(_Attempt, self._function, item).result()
        except BrokenExecutor:
            self.close()
            raise

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def processes(number: int, begin: Callable[[], object] | None = None) -> ProcessPoolExecutor:
    """An executor of so many processes on this machine, which end with this one, even if it is killed.

    begin: called in each of them before anything else.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # Not fork: with the thread that draws the progress bar it could deadlock.
    return ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=_begin, initargs=(begin,))


def _begin(begin: Callable[[], object] | None) -> None:
    _end_with_the_parent()
    if begin is not None:
        begin()


def _end_with_the_parent() -> None:
    """Let this process end as soon as its parent does: it would wait for work for ever."""
    from threading import Thread

    Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None  # multiprocessing started this process
    parent.join()
    os._exit(1)
