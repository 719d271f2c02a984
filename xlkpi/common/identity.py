"""Cache keys by identity: comparing two roles for equality costs as much as writing a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class ByIdentity(Generic[T]):
    """A cache key that equals only the key of the same object, not of an equal one."""

    value: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)  # the key keeps the object alive, so that no other can get its id
