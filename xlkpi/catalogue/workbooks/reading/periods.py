"""Which entries of a role hold together: the quarters in which something begins or ends cut time into periods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import MessageError


class HasEntry(Protocol):
    """Something with an entry of a role file."""

    @property
    def entry(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Period:
    """From quarter `first` to quarter `last`, both included; None for an open end."""

    first: Quarter | None
    last: Quarter | None

    @property
    def keys(self) -> dict[str, str]:
        """The period as the keys of an entry."""
        ends = {"effective_from": self.first, "effective_to": self.last}
        return {key: str(quarter) for key, quarter in ends.items() if quarter is not None}


def periods_of(entries: Sequence[HasEntry]) -> Iterator[tuple[Period, list[dict[str, Any]]]]:
    """The periods in order, each with the entries that hold in it."""
    spans = [(_quarter(one.entry, "effective_from"), _quarter(one.entry, "effective_to")) for one in entries]
    starts = {first for first, _ in spans if first} | {last.after for _, last in spans if last}
    for first, following in pairwise([None, *sorted(starts), None]):
        at = first or (following.before if following else None)
        holding = [one.entry for one in entries if at is None or holds(one.entry, at)]
        yield Period(first, following.before if following else None), holding


def holds(entry: Mapping[str, Any], at: Quarter) -> bool:
    """Whether an entry of a role file is valid in a quarter."""
    first, last = _quarter(entry, "effective_from"), _quarter(entry, "effective_to")
    return (first is None or first <= at) and (last is None or at <= last)


def _quarter(entry: Mapping[str, Any], key: str) -> Quarter | None:
    try:
        return Quarter.parse(str(entry[key])) if key in entry else None
    except MessageError:
        return None


def totals(entries: Sequence[HasEntry]) -> Iterator[float]:
    """The sum of the weights in each period."""
    for _, holding in periods_of(entries):
        yield sum(entry.get("weight", 0) for entry in holding)
