"""Finds received files, reads and checks each once, and recognises our own output files among them."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path

from xlkpi.appraisal.filled import FilledForm
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.assignment import Assignment
from xlkpi.common.files import SIDE_FILES
from xlkpi.common.parallel import mapped
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import WARNING, Place, Problem, UnreadableError
from xlkpi.i18n.resources import printable
from xlkpi.intake.workbook import FilledWorkbook, Workbook, open_workbook, scored
from xlkpi.xlsx.archive import attempt, content_of, unpack
from xlkpi.xlsx.markup import xml

COUNTED, OLDER, SAME, UNFINISHED, UNDECIDED = "counted", "older", "same", "unfinished", "undecided"
OTHER_QUARTER, BLANK = "other_quarter", "blank"
"""The states of a received form: it counts; it is older than the form that counts, or says the same as that; it is
incomplete and another form is complete; another form was saved at the same moment and says something else, so that
neither counts; it is of another quarter; it is blank."""
COPIES = (OLDER, SAME, UNFINISHED, UNDECIDED)
"""The states of forms beside others of the same assignment."""


_CLOCKS_DIFFER = dt.timedelta(days=1)
"""So far ahead of ours may the clock be that dated a file."""
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, eq=False)
class ReceivedFile:
    """A received file.

    name: for messages. modified: when it was saved; None where it cannot be read. own: an output of ours, not a form.
    sha256: of its content, "" where it could not be read.
    """

    name: str
    path: Path
    modified: dt.datetime | None
    filled: FilledWorkbook
    problems: tuple[Problem, ...] = field(default=())
    own: bool = False
    sha256: str = ""

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
    """A received form.

    state: one of `COUNTED`, `OLDER` … instead: the form that counts in its place; where it is not decided which one
    does, the first of them.
    """

    file: ReceivedFile
    form: FilledForm
    state: str
    instead: ReceivedForm | None = None

    @property
    def complete(self) -> bool:
        return self.form.appraisal.complete

    @property
    def problems(self) -> list[Problem]:
        """The problems on its sheet."""
        return [problem for problem in self.file.problems if problem.sheet == self.form.sheet]

    def problem(self, kind: str, language: str, key: str, /, **values: object) -> Problem:
        """A warning about the whole form; `key` names its message."""
        return Problem.at(Place(self.file.name, self.form.sheet), kind, language, WARNING, key, **values)


def overlap(assignment: Assignment | None, other: Assignment | None, quarter: Quarter) -> bool:
    """Whether two assignments share a day of the quarter; one without dates has all of the quarter."""
    if assignment is None or other is None:
        return True
    starts = [each.start or quarter.first_day for each in (assignment, other)]
    ends = [each.end or quarter.last_day for each in (assignment, other)]
    return max(starts) <= min(ends)


Check = Callable[[Workbook], Iterable[Problem]]
"""A function that finds the problems of one opened file."""

OWN = "xlkpi: collected"
"""The category (a document property) of the workbooks that `collect` and `trend` write."""

_SPREADSHEETS = frozenset((".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods"))
"""Files that people send back. Only .xlsx can be read; the others appear on the board as unreadable."""
_CORE_PART = "docProps/core.xml"
_DUBLIN_CORE = {"dcterms": "http://purl.org/dc/terms/"}
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


_OF_THE_SYSTEM = frozenset((".ds_store", "thumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin"))
"""Files and folders that nobody sent, in small letters."""


def find_files(folders: Sequence[Path], skip: Sequence[Path] = ()) -> list[tuple[str, Path]]:
    """The spreadsheets below folders, each once: its name for messages (the path from the folder) and its path.

    Lock files (~$…), other side files of programs, and the files of `skip` are left out; links are followed. A folder
    that cannot be read stands for its files: reading it gives its problem. Raises OSError where there is no folder.
    """
    return _found(folders, skip, lambda path: path.suffix.lower() in _SPREADSHEETS, closed=True)


def other_files(folders: Sequence[Path], skip: Sequence[Path] = ()) -> list[tuple[str, Path]]:
    """As `find_files`, but whatever is no spreadsheet by its name. skip: files and folders."""
    return _found(folders, skip, lambda path: path.suffix.lower() not in _SPREADSHEETS)


def _found(
    folders: Sequence[Path], skip: Sequence[Path], wanted: Callable[[Path], bool], *, closed: bool = False
) -> list[tuple[str, Path]]:
    """closed: also the folders that cannot be read."""
    by_real_path: dict[str, tuple[str, Path]] = {}
    skipped = {os.path.realpath(path) for path in skip}
    for folder in folders:
        unread: list[Path] = []
        for path in chain(filter(wanted, _walk(folder, skipped, unread)), unread if closed else ()):
            real = os.path.realpath(path)  # Path.resolve raises where links go round in a circle
            shown = path.relative_to(folder) if len(folders) == 1 and path != folder else path
            if real not in skipped:
                by_real_path.setdefault(real, (printable(shown.as_posix()), path))
    return sorted(by_real_path.values())


def _walk(folder: Path, skipped: Set[str], unread: list[Path]) -> Iterator[Path]:
    """All files below a folder but side files and what lies in skipped folders. unread: gets the closed folders."""

    def told(error: OSError) -> None:
        if isinstance(error, FileNotFoundError | NotADirectoryError) and Path(error.filename) == folder:
            raise error
        unread.append(Path(error.filename))

    seen: set[str] = set(skipped)
    for here, folders, names in os.walk(folder, followlinks=True, onerror=told):
        if (real := os.path.realpath(here)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if name.lower() not in _OF_THE_SYSTEM)
        for name in sorted(names):
            if not name.startswith(SIDE_FILES) and name.lower() not in _OF_THE_SYSTEM:
                yield Path(here) / name


def receive_all(
    sources: Sequence[tuple[str, Path]],
    catalogue: Catalogue,
    executor: Executor | None = None,
    check: Check | None = None,
    language: str = HANS,
) -> Iterator[ReceivedFile]:
    """Read and score every file, in the order of `sources`.

    executor: its workers do it; they get the content of the files, so they need not see the folder. check: finds the
    problems; without it they are those of reading. language: of the problems of a file that does not say its own.
    """
    read_file = partial(_read, catalogue=catalogue, check=check)
    contents = (_load(source, language) for source in sources)
    results = mapped(read_file, contents, executor, size=_FileContent.size, lost=_lost)
    return (ReceivedFile(name, path, *result) for (name, path), result in zip(sources, results, strict=True))


@dataclass(frozen=True)
class _FileContent:
    """A file on its way to a worker: its content, or why there is none, and when it was changed.

    It has no path, because a path of one system means nothing on another.
    """

    name: str
    language: str
    content: bytes | Problem
    changed: dt.datetime

    def size(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else 0


_Result = tuple[dt.datetime | None, FilledWorkbook, tuple[Problem, ...], bool]
"""The fields of `ReceivedFile` after name and path."""


def _load(source: tuple[str, Path], language: str) -> _FileContent:
    name, path = source

    def content_and_time() -> tuple[bytes, dt.datetime]:
        return content_of(path), dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)

    loaded = attempt(name, language, content_and_time)
    return _FileContent(name, language, *((loaded, NEVER) if isinstance(loaded, Problem) else loaded))


def _read(file: _FileContent, catalogue: Catalogue, check: Check | None) -> _Result | tuple[*_Result, str]:
    """The forms and the problems of a file. Whatever goes wrong becomes a problem of that file."""
    if isinstance(file.content, Problem):
        return _unreadable(file.content)
    result = attempt(file.name, file.language, partial(_open, file, file.content, catalogue, check))
    digest = hashlib.sha256(file.content).hexdigest()
    return (*(_unreadable(result) if isinstance(result, Problem) else result), digest)


def _open(file: _FileContent, content: bytes, catalogue: Catalogue, check: Check | None) -> _Result:
    """Open a file once, both for its forms and for its problems."""
    modified, own = stamp(content, file.changed)
    ahead = modified > dt.datetime.now(dt.UTC) + _CLOCKS_DIFFER
    if ahead:  # such a date must not make a form the newest one
        modified = NEVER
    if own:
        return modified, FilledWorkbook(None, (), ()), (), own
    try:
        workbook = open_workbook(content, file.name, catalogue)
    except UnreadableError as error:
        return _unreadable(error.problem(file.name, language=file.language), modified)
    filled = scored(workbook)
    problems = filled.problems if check is None else tuple(check(workbook))
    if ahead:
        problems += (Problem.at(Place(file.name), "saved_ahead", workbook.language, WARNING),)
    return modified, filled, problems, own


def _lost(file: _FileContent) -> _Result:
    return _unreadable(UnreadableError("file", "fatal").problem(file.name, language=file.language))


def _unreadable(problem: Problem, modified: dt.datetime | None = None) -> _Result:
    return modified, FilledWorkbook(None, (), (problem,)), (problem,), False


def stamp(content: bytes, changed: dt.datetime) -> tuple[dt.datetime, bool]:
    """When a workbook was saved, by its own properties, else by its file (`changed`); and whether it is our output."""
    try:
        core = xml(unpack(content, _CORE_PART.__eq__)[_CORE_PART])
        own = core.findtext(f"{_CORE}category") == OWN
        saved = dt.datetime.fromisoformat(core.findtext("dcterms:modified", "", _DUBLIN_CORE))
    except Exception:  # damaged in some way: reading the file will report it
        return changed, False
    return saved if saved.tzinfo else saved.replace(tzinfo=dt.UTC), own
