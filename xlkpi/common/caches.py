"""Caches of what is found out of forms, which are nearly all alike. One that is huge must not stay in the memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Generic, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class ByIdentity(Generic[T]):
    """A cache key that equals only the key of the same object, not of an equal one.

    Comparing two roles for equality costs as much as writing a form.
    """

    value: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)  # the key keeps the object alive, so that no other can get its id


_emptying: list[Callable[[], None]] = []
_huge: list[bool] = []
"""Not empty after a huge form was read."""


def kept(number: int) -> Callable[[F], F]:
    """As `lru_cache(number)`; emptied by `begin` after a huge form."""

    def decorated(function: F) -> F:
        cached: Any = lru_cache(number)(function)
        _emptying.append(cached.cache_clear)
        return cached  # type: ignore[no-any-return]

    return decorated


def kept_if_small(number: int, most: int, size: Callable[..., int]) -> Callable[[F], F]:
    """As `kept`, but only for arguments whose size is at most `most`."""

    def decorated(function: F) -> F:
        cached = kept(number)(function)

        def chosen(*arguments: Any) -> Any:
            return (cached if size(*arguments) <= most else function)(*arguments)

        return wraps(function)(chosen)  # type: ignore[return-value]

    return decorated


def begin() -> None:
    """To be called before a file is read: after one with a huge form, nothing stays that is kept."""
    if _huge:
        for empty in _emptying:
            empty()
        _huge.clear()


def say_huge() -> None:
    """Say that the file that is being read has a huge form."""
    if not _huge:
        _huge.append(True)
