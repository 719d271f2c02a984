"""Many received files: find them, read and check each once, and tell our own outputs from forms."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn

from xlkpi.appraisal.filled import FilledForm
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.assignment import Assignment
from xlkpi.common.parallel import mapped
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import WARNING, Place, Problem, UnreadableError
from xlkpi.i18n.resources import printable
from xlkpi.intake.workbook import FilledWorkbook, Workbook, open_workbook, scored
from xlkpi.xlsx.archive import attempt, content_of, unpack, xml

COUNTED, OLDER, UNFINISHED, OTHER_QUARTER, BLANK = "counted", "older", "unfinished", "other_quarter", "blank"
"""What becomes of a form: it counts; it is older than the one that counts; it is not complete, and another one is; it
is of another quarter; nobody has touched it."""


NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, eq=False)
class ReceivedFile:
    """A file that came. name: how it is told. modified: when it was saved; None where it cannot be read.

    own: it is an output of ours, not a form.
    """

    name: str
    path: Path
    modified: dt.datetime | None
    filled: FilledWorkbook
    problems: tuple[Problem, ...] = field(default=())
    own: bool = False

    @property
    def quarter(self) -> Quarter | None:
        try:
            return Quarter.parse(self.filled.quarter or "")
        except ValueError:
            return None

    @property
    def saved(self) -> dt.datetime:
        return self.modified or NEVER

    @property
    def readable(self) -> bool:
        return bool(self.filled.registered)


@dataclass(frozen=True, eq=False)
class ReceivedForm:
    """A form that came, what becomes of it, and the one that counts instead."""

    file: ReceivedFile
    form: FilledForm
    state: str
    instead: ReceivedForm | None = None

    @property
    def complete(self) -> bool:
        return self.form.appraisal.complete

    @property
    def problems(self) -> list[Problem]:
        """What is wrong on its sheet."""
        return [problem for problem in self.file.problems if problem.sheet == self.form.sheet]

    def problem(self, kind: str, language: str, key: str, /, **values: object) -> Problem:
        """A problem of the whole form; `key` names its words."""
        return Problem.at(Place(self.file.name, self.form.sheet), kind, language, WARNING, key, **values)


def overlap(assignment: Assignment | None, other: Assignment | None, quarter: Quarter) -> bool:
    """Whether two posts have a day of the quarter in common; without dates it is all of the quarter."""
    if assignment is None or other is None:
        return True
    starts = [p.start or quarter.first_day for p in (assignment, other)]
    ends = [p.end or quarter.last_day for p in (assignment, other)]
    return max(starts) <= min(ends)


Check = Callable[[Workbook], Iterable[Problem]]
"""What finds the problems of one opened file."""

OWN = "xlkpi: collected"
"""The category (a document property) of the workbooks that `collect` and `trend` write."""

_SPREADSHEETS = frozenset((".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods"))
"""What people send back. Only .xlsx can be read; of the others the board says so."""
_CORE_PART = "docProps/core.xml"
_DUBLIN_CORE = {"dcterms": "http://purl.org/dc/terms/"}
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


def find_files(folders: Sequence[Path], skip: Sequence[Path] = ()) -> list[tuple[str, Path]]:
    """The spreadsheets below folders, each once, with the name to tell it by: its path from the folder.

    Lock files (~$…) and the files of `skip` are left out; links are followed. Raises OSError.
    """
    found: dict[str, tuple[str, Path]] = {}
    skipped = {os.path.realpath(path) for path in skip}
    for folder in folders:
        for path in _walk(folder):
            real = os.path.realpath(path)  # Path.resolve raises where links go round in a circle
            shown = path.relative_to(folder) if len(folders) == 1 else path
            if real not in skipped:
                found.setdefault(real, (printable(shown.as_posix()), path))
    return sorted(found.values())


def _walk(folder: Path) -> Iterator[Path]:
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True, onerror=_give_up):
        if (real := os.path.realpath(here)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in _SPREADSHEETS and not name.startswith("~$"):
                yield Path(here) / name


def _give_up(error: OSError) -> NoReturn:
    raise error


def receive_all(
    sources: Sequence[tuple[str, Path]],
    catalogue: Catalogue,
    executor: Executor | None = None,
    check: Check | None = None,
    language: str = HANS,
) -> Iterator[ReceivedFile]:
    """Read and score every file, in the order of `sources`; by the workers of an executor if there is one.

    The files are read here and travel to the workers. `check` finds the problems; without it they are those of reading.
    language: of what is wrong with a file that does not say its own.
    """
    read_one = partial(_read, catalogue=catalogue, check=check)
    arrived = (_arrived(source, language) for source in sources)
    found = mapped(read_one, arrived, executor, size=_Arrived.weight, lost=_lost)
    return (ReceivedFile(name, path, *read) for (name, path), read in zip(sources, found, strict=True))


@dataclass(frozen=True)
class _Arrived:
    """A file on its way to whoever reads it: its content, or why there is none; when it was changed.

    It has no path: that of one system means nothing on another.
    """

    name: str
    language: str
    content: bytes | Problem
    changed: dt.datetime

    def weight(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else 0


_Read = tuple[dt.datetime | None, FilledWorkbook, tuple[Problem, ...], bool]
"""What `ReceivedFile` has beside the name and the path."""


def _arrived(source: tuple[str, Path], language: str) -> _Arrived:
    name, path = source

    def found() -> tuple[bytes, dt.datetime]:
        return content_of(path), dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)

    arrived = attempt(name, language, found)
    return _Arrived(name, language, *((arrived, NEVER) if isinstance(arrived, Problem) else arrived))


def _read(file: _Arrived, catalogue: Catalogue, check: Check | None) -> _Read:
    """The forms and the problems of a file. Whatever goes wrong is a problem of that file."""
    if isinstance(file.content, Problem):
        return _unreadable(file.content)
    read = attempt(file.name, file.language, partial(_opened, file, file.content, catalogue, check))
    return _unreadable(read) if isinstance(read, Problem) else read


def _opened(file: _Arrived, content: bytes, catalogue: Catalogue, check: Check | None) -> _Read:
    """A file opened once, for its forms and its problems."""
    modified, own = _stamp(content, file.changed)
    if own:
        return modified, FilledWorkbook(None, (), ()), (), own
    try:
        workbook = open_workbook(content, file.name, catalogue)
    except UnreadableError as error:
        return _unreadable(error.problem(file.name, language=file.language), modified)
    filled = scored(workbook)
    return modified, filled, filled.problems if check is None else tuple(check(workbook)), own


def _lost(file: _Arrived) -> _Read:
    return _unreadable(UnreadableError("file", "fatal").problem(file.name, language=file.language))


def _unreadable(problem: Problem, modified: dt.datetime | None = None) -> _Read:
    return modified, FilledWorkbook(None, (), (problem,)), (problem,), False


def _stamp(content: bytes, changed: dt.datetime) -> tuple[dt.datetime, bool]:
    """When a workbook was last saved, as it says itself, else as its file does; and whether it is one of ours."""
    try:
        core = xml(unpack(content, _CORE_PART.__eq__)[_CORE_PART])
        own = core.findtext(f"{_CORE}category") == OWN
        saved = dt.datetime.fromisoformat(core.findtext("dcterms:modified", "", _DUBLIN_CORE))
    except Exception:  # damaged in whatever way: reading it will say so
        return changed, False
    return saved if saved.tzinfo else saved.replace(tzinfo=dt.UTC), own
