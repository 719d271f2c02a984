"""The files of a folder that were not read: each is told, because a form may be in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from xlkpi.i18n.problems import ADVICE, WARNING, Place, Problem

_ARCHIVES = frozenset((".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"))
_TABLES = frozenset((".csv", ".tsv", ".numbers", ".xltx", ".xltm", ".xlt", ".ett", ".fods", ".ots", ".uos", ".slk"))
"""Endings of files that may be a form which somebody saved in another format."""
_ONE_BY_ONE = 3
"""More other files with one ending are told in one line."""
_DIRECTORY = 262_144
"""Bytes at the end of a file in which its parts are listed, if it is a workbook."""


def left_out(others: Sequence[tuple[str, Path]], own: Sequence[str], language: str) -> Iterator[Problem]:
    """What is said of files that were not read.

    others: name and path of those that are no spreadsheets by their names. own: the names of our own summaries.
    """
    by_ending = sorted(others, key=lambda other: (other[1].suffix.lower(), other[0]))
    for ending, group in groupby(by_ending, key=lambda other: other[1].suffix.lower()):
        unknown = []
        for name, path in group:
            key = _key(path, ending)
            if key == "not_read":
                unknown.append(name)
            else:
                yield Problem.at(Place(name), "not_read", language, WARNING, key, ending=ending)
        if len(unknown) > _ONE_BY_ONE:
            values = {"ending": ending or "—", "count": len(unknown)}
            yield Problem.at(Place(unknown[0]), "not_read", language, ADVICE, "not_read_many", **values)
        else:
            yield from (Problem.at(Place(name), "not_read", language, ADVICE, ending=ending) for name in unknown)
    for name in own:
        yield Problem.at(Place(name), "not_read", language, ADVICE, "not_read_own")


def _key(path: Path, ending: str) -> str:
    if _is_workbook(path):
        return "not_read_renamed"
    return "not_read_archive" if ending in _ARCHIVES else "not_read_table" if ending in _TABLES else "not_read"


def _is_workbook(path: Path) -> bool:
    """Whether the file holds an Excel workbook, whatever its name says."""
    try:
        with path.open("rb") as file:
            if file.read(2) != b"PK":
                return False
            file.seek(-min(_DIRECTORY, file.seek(0, os.SEEK_END)), os.SEEK_END)
            return b"xl/workbook.xml" in file.read()
    except OSError:
        return False
