"""Things as keys of what is kept of them: a thing itself, not what is equal to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class ByIdentity(Generic[T]):
    """A thing as a key: it alone, not what is equal to it. Comparing roles would cost as much as writing a form."""

    it: T

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)  # the key keeps it alive
