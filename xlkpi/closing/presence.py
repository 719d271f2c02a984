"""Holds what was collected last against what lies there now: a quarter is closed as it was collected, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from xlkpi.collect.history import path_of
from xlkpi.common.quarter import Quarter
from xlkpi.form.records.closed import sha256_of
from xlkpi.form.records.collected import Collected, beside, seen_from
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.intake.received import find_files


def changed_since(collected: Collected, history: Path, quarter: Quarter) -> Iterator[str]:
    """A line for each difference between what was collected and what is there now."""
    yield from _changed_results(collected.summary_file, collected.summary, quarter, collected.rows, history)
    yield from changed_files(collected.files, history)
    yield from (COMMANDS("finalise_new", path=path) for path in new_files(collected, history))


def changed_results(manifest: Mapping[str, Any], history: Path) -> Iterator[str]:
    """A line each where the results in the history, or the summary, are not those with which a quarter was closed."""
    summary, quarter = manifest["summary"], Quarter.parse(manifest["quarter"])
    return _changed_results(summary["file"], summary["sha256"], quarter, manifest["history"], history)


def _changed_results(file: str, summary: str, quarter: Quarter, rows: str, history: Path) -> Iterator[str]:
    """file, summary: path and SHA-256 of the summary. rows: SHA-256 of the quarter's history."""
    for key, path, digest in (
        ("summary", beside(history, file), summary),
        ("rows", path_of(history, quarter), rows),
    ):
        if sha256_of(path) != digest:
            yield COMMANDS(f"finalise_{key}_changed", path=path)


def changed_files(files: Mapping[str, str], history: Path) -> Iterator[str]:
    """A line for each file that is gone or holds something else. files: SHA-256 by path seen from the history."""
    for name, digest in files.items():
        path = beside(history, name)
        now = sha256_of(path)
        if now != digest:
            yield COMMANDS("finalise_changed" if now else "finalise_gone", path=path)


def new_files(collected: Collected, history: Path) -> Iterator[Path]:
    """The files that have come into the folders since."""
    folders = [path for folder in collected.folders if (path := beside(history, folder)).is_dir()]
    skipped = [history / path for path in collected.skipped]
    for _, path in find_files(folders, skipped):
        if seen_from(history, path) not in collected.files:
            yield path
