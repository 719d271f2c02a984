"""What the overview is computed of, read once from a collection, and whose part of it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from xlkpi.catalogue.company import Company
from xlkpi.collect.board import BoardLine
from xlkpi.collect.collection import Collection
from xlkpi.collect.marks import Unranked, unranked, unread_files
from xlkpi.collect.overview.past import PastPerson
from xlkpi.collect.overview.records import Record, records_of
from xlkpi.intake.received import ReceivedFile

_T = TypeVar("_T")


class Placed(Protocol):
    """Somebody in a department under a superior."""

    @property
    def department(self) -> str: ...

    @property
    def superior(self) -> str: ...


@dataclass(frozen=True)
class Scope:
    """Whose figures: of a department, of a superior's people, of both; None for any."""

    department: str | None = None
    superior: str | None = None

    def has(self, who: Placed) -> bool:
        return self.department in (None, who.department) and self.superior in (None, who.superior)


EVERYONE = Scope()


@dataclass(frozen=True)
class Facts:
    """missing: who is not in the ranking. unread: files, and why they cannot be read. past: the quarter before."""

    company: Company
    records: Sequence[Record]
    lines: Sequence[BoardLine]
    missing: Sequence[Unranked]
    unread: Sequence[tuple[ReceivedFile, str]]
    past: Sequence[PastPerson]

    @classmethod
    def of(cls, collection: Collection, past: Sequence[PastPerson], language: str) -> Facts:
        """past: the quarter before. language: of indicators and grades."""
        company = collection.catalogue.company(language, collection.quarter)
        lines, gone, files = collection.lines, unranked(collection), unread_files(collection)
        return cls(company, records_of(collection, language), lines, gone, files, past)

    def before(self, record: Record) -> PastPerson | None:
        """The same person in the quarter before."""
        return self._before.get((record.person.id, record.person.name))

    @cached_property
    def _before(self) -> dict[tuple[str, str], PastPerson]:
        return {(one.id, one.name): one for one in self.past}

    def records_in(self, scope: Scope) -> list[Record]:
        """The people in a scope."""
        return _within(self._records, scope, lambda record: record.person)

    def lines_in(self, scope: Scope) -> list[BoardLine]:
        """The lines of the board in a scope."""
        return _within(self._lines, scope, lambda line: line.who)

    def past_in(self, scope: Scope) -> list[PastPerson]:
        """Who was in a scope in the quarter before."""
        return _within(self._past, scope, lambda one: one)

    # A page has figures for every superior: nobody is looked at again for each of the others.

    @cached_property
    def _records(self) -> _Grouped[Record]:
        return _grouped(self.records, lambda record: record.person)

    @cached_property
    def _lines(self) -> _Grouped[BoardLine]:
        return _grouped(self.lines, lambda line: line.who)

    @cached_property
    def _past(self) -> _Grouped[PastPerson]:
        return _grouped(self.past, lambda one: one)


_Grouped = Mapping[str | None, Sequence[_T]]
"""By superior; None for everyone."""


def _grouped(items: Iterable[_T], who: Callable[[_T], Placed]) -> _Grouped[_T]:
    groups: dict[str | None, list[_T]] = {None: []}
    for item in items:
        groups[None].append(item)
        groups.setdefault(who(item).superior, []).append(item)
    return groups


def _within(groups: _Grouped[_T], scope: Scope, who: Callable[[_T], Placed]) -> list[_T]:
    return [item for item in groups.get(scope.superior, ()) if scope.has(who(item))]
