"""All raters' workbooks of a quarter: which file of a rater counts, who has not sent one, what is still open."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Place, Problem
from xlkpi.raters.asked import Asked
from xlkpi.raters.reading.returned import Answer, Expected, ReturnedFile, read_returned
from xlkpi.xlsx.archive import attempt, content_of

_CLOCKS_DIFFER = dt.timedelta(days=1)
"""So far ahead of ours may the clock be that dated a file; one from later is taken for the oldest."""


@dataclass(frozen=True)
class Received:
    """What came back. answers: of the files that count. missing: rows of raters who sent nothing, or left them empty.

    silent: staff number → name of the raters without a file that counts.
    """

    answers: tuple[Answer, ...]
    missing: tuple[Asked, ...]
    silent: Mapping[str, str]
    problems: tuple[Problem, ...]
    files: int = 0


def receive(sources: Sequence[tuple[str, Path]], expected: Expected) -> Received:
    """Read all files. sources: name for messages and path."""
    files = [_read(name, path, expected) for name, path in sources]
    problems = [problem for file in files for problem in file.problems]
    by_rater: dict[str, list[ReturnedFile]] = defaultdict(list)
    for file in files:
        if file.rater:
            by_rater[file.rater].append(file)
    counted: dict[str, ReturnedFile] = {}
    for rater, copies in by_rater.items():
        chosen, told = _chosen(copies)
        problems += told
        if chosen is not None:
            counted[rater] = chosen
    rows = expected.asked(HANS)
    silent = {rater: name for rater, name in expected.raters.items() if rater not in counted and rows.get(rater)}
    missing = [row for rater in silent for row in rows[rater]]
    missing += [row for file in counted.values() for row in file.missing]
    answers = tuple(answer for rater in expected.raters if rater in counted for answer in counted[rater].answers)
    return Received(answers, tuple(missing), silent, tuple(problems), len(files))


def _read(name: str, path: Path, expected: Expected) -> ReturnedFile:
    def work() -> ReturnedFile:
        changed = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
        return read_returned(content_of(path), name, changed, expected)

    read = attempt(name, HANS, work)
    return ReturnedFile(name, "", dt.datetime.min.replace(tzinfo=dt.UTC), problems=(read,)) if isinstance(
        read, Problem
    ) else read  # fmt: skip


def _chosen(copies: Sequence[ReturnedFile]) -> tuple[ReturnedFile | None, list[Problem]]:
    """The file of a rater that counts: the newest complete one, else the newest; and what is told of the others.

    Two that say different things and were saved at the same moment are asked about; then neither counts.
    """
    if len(copies) == 1:
        return copies[0], []
    latest = dt.datetime.now(dt.UTC) + _CLOCKS_DIFFER

    def rank(file: ReturnedFile) -> tuple[bool, dt.datetime]:
        return file.complete, file.saved if file.saved <= latest else dt.datetime.min.replace(tzinfo=dt.UTC)

    ordered = sorted(copies, key=rank, reverse=True)
    best = ordered[0]
    tied = [file for file in ordered if rank(file) == rank(best) and file.said != best.said]
    if tied:
        names = tuple(file.name for file in (best, *tied))
        return None, [_told(file, "rater_file_undecided", ERROR, files=names) for file in (best, *tied)]
    told = [
        _told(file, "rater_file_same", ADVICE, counted=best.name)
        if file.said == best.said
        else _told(file, "rater_file_older", WARNING, counted=best.name, complete=best.complete)
        for file in ordered[1:]
    ]
    return best, told


def _told(file: ReturnedFile, key: str, severity: str, **values: object) -> Problem:
    return Problem.at(Place(file.name), "raters", file.language, severity, key, **values)
