"""Reads the block of the dimensions (维度), or makes them from the indicators: then a group weighs what they weigh."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from xlkpi.catalogue.workbooks.reading.periods import HasEntry, Period, periods_of
from xlkpi.catalogue.workbooks.reading.rows import Row, tidy
from xlkpi.catalogue.workbooks.reading.weights import Weighted, weight_of

_SLASH = re.compile(r"\s*[/／]\s*")


def group_path(text: str) -> str:
    """A path without spaces around its slashes."""
    return _SLASH.sub("/", text.strip()).strip("/")


def paths_to(group: str) -> list[str]:
    """A group's path and those of the groups around it, the outermost first."""
    names = group.split("/")
    return ["/".join(names[:end]) for end in range(1, len(names) + 1)]


def groups_of(rows: Sequence[Row]) -> list[Weighted]:
    """The groups of a role."""
    return [_group(row) for row in rows]


def _group(row: Row) -> Weighted:
    entry: dict[str, Any] = {"path": group_path(row.needed("path"))} | row.period()
    row.needed("weight")
    keys = {key: key for key in ("path", "weight", "effective_from", "effective_to")}
    row.keep_places(entry, "groups", entry["path"], keys)
    return Weighted(row, entry, weight_of(row))


def derived_groups(indicators: Sequence[HasEntry]) -> list[dict[str, Any]]:
    """A group for every path and the ones above it, each as heavy as the indicators in it."""
    found: list[tuple[Period, str, float]] = []
    for period, holding in periods_of(indicators):
        weights: dict[str, float] = {}
        for entry in holding:
            for path in paths_to(entry["group"]):
                weights[path] = weights.get(path, 0) + entry.get("weight", 0)
        for path, weight in weights.items():
            # Where weights are missing or below 0, that is told of the indicators, not of their group.
            _extend(found, period, path, tidy(round(weight, 10)) if weight > 0 else 1)
    return [{"path": path, "weight": weight} | period.keys for period, path, weight in found]


def note_places(indicators: Sequence[Weighted]) -> None:
    """Note where faults of groups belong that no block names: at the first indicator in them."""
    for one in indicators:
        for path in paths_to(one.entry["group"]):
            one.row.notes.places.setdefault(f"groups[{path}]", one.row.place("group"))


def _extend(found: list[tuple[Period, str, float]], period: Period, path: str, weight: float) -> None:
    """Add a group; where it was there and as heavy until just before, its period becomes longer."""
    for number, (before, known, known_weight) in enumerate(found):
        follows = before.last is not None and before.last.after == period.first
        if (known, known_weight) == (path, weight) and follows:
            found[number] = Period(before.first, period.last), path, weight
            return
    found.append((period, path, weight))
