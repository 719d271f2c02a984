"""Makes drafts of roles that exist, to write them into a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlkpi.catalogue.consistency import DATED, entries_of
from xlkpi.catalogue.role import Version
from xlkpi.catalogue.workbooks.draft import RoleDraft


def draft_of(data: Mapping[str, Any]) -> RoleDraft:
    """The draft of a role from its data: the whole of a role file with all its periods, or `Version.data`."""
    return RoleDraft(data)


def whole_data(versions: Sequence[Version]) -> dict[str, Any]:
    """The data of a role with all its periods, from its versions: as its file has them."""
    newest = dict(versions[-1].data)
    for name, key in DATED.items():
        if merged := _merged([entries_of(dict(version.data), name) for version in versions], key):
            newest[name] = merged
    return newest


def _merged(lists: Sequence[list[Any]], key: str) -> list[Any]:
    """The entries of all lists, each once, in the order that every list has; those of one name one after the other."""
    merged: list[Any] = []
    for entries in lists:
        for number, entry in enumerate(entries):
            if entry in merged:
                continue
            before = [merged.index(other) + 1 for other in entries[:number]]
            after = [merged.index(other) for other in entries[number:] if other in merged]
            named = [place + 1 for place, other in enumerate(merged) if _name(other, key) == _name(entry, key)]
            merged.insert(min([max([0, *before, *named]), *after]), entry)
    return merged


def _name(entry: Any, key: str) -> object:
    return entry.get(key) if isinstance(entry, dict) else entry
