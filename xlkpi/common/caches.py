"""Caches of what is found out of forms, which are nearly all alike. One that is huge must not stay in the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Caches:
    def __init__(self) -> None:
        self.emptying: list[Callable[[], None]] = []
        self.hold_huge = False


_caches = _Caches()


def kept(number: int) -> Callable[[F], F]:
    """As `lru_cache`, for results about a form of which so many are kept."""

    def decorated(function: F) -> F:
        cached: Any = lru_cache(number)(function)
        _caches.emptying.append(cached.cache_clear)
        return cached  # type: ignore[no-any-return]

    return decorated


def kept_if_small(number: int, most: int, size: Callable[..., int]) -> Callable[[F], F]:
    """As `lru_cache`, which keeps so many results, but only those of arguments whose size is at most `most`."""

    def decorated(function: F) -> F:
        cached = lru_cache(number)(function)

        def chosen(*arguments: Any) -> Any:
            return (cached if size(*arguments) <= most else function)(*arguments)

        return wraps(function)(chosen)  # type: ignore[return-value]

    return decorated


def begin() -> None:
    """To be called before a file is read: if the one before was huge, nothing that is `kept` stays."""
    if _caches.hold_huge:
        for empty in _caches.emptying:
            empty()
        _caches.hold_huge = False


def say_huge() -> None:
    """Say that the file that is being read is huge."""
    _caches.hold_huge = True
