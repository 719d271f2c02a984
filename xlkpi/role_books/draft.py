"""Makes drafts of roles that exist, to write them into a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlkpi.catalogue.consistency import DATED, entries_of
from xlkpi.catalogue.role_file import Version
from xlkpi.catalogue.workbooks.draft import RoleDraft


def draft_of(data: Mapping[str, Any]) -> RoleDraft:
    """The draft of a role from its data: the whole of a role file with all its periods, or `Version.data`."""
    return RoleDraft(data)


def whole_data(versions: Sequence[Version]) -> dict[str, Any]:
    """The data of a role with all its periods, from its versions: as its file has them."""
    newest = dict(versions[-1].data)
    for name in DATED:
        if merged := _merged([entries_of(dict(version.data), name) for version in versions]):
            newest[name] = merged
    return newest


def _merged(lists: Iterable[list[Any]]) -> list[Any]:
    """The entries of all lists, each once, in the order that every list has."""
    merged: list[Any] = []
    for entries in lists:
        place = 0
        for entry in entries:
            if entry in merged:
                place = max(place, merged.index(entry) + 1)
            else:
                merged.insert(place, entry)
                place += 1
    return merged
