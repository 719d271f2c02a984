"""Many workbooks into one result: what was received, what of it counts, and who stands where.

Every file is read and scored again in Python. Of several forms for one post the newest complete one counts; whatever
does not count stands in `Collection` with the reason: nothing received is left out silently.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from xlkpi.appraisal.people import Person, grouped, identity, people
from xlkpi.appraisal.report import ranks
from xlkpi.catalogue.load import Company
from xlkpi.collect import board
from xlkpi.collect.board import BLANK, COUNTED, OLDER, OTHER_QUARTER, UNFINISHED, Entry, Line, Received, overlap
from xlkpi.common.assignment import Post
from xlkpi.common.files import printable
from xlkpi.common.parallel import mapped
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import Words, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import Problem, UnreadableError
from xlkpi.intake.workbook import Filled, Form, Workbook, open_workbook, scored
from xlkpi.scoring.scores import is_number
from xlkpi.xlsx.archive import attempt, content_of, unpack, xml

Check = Callable[[Workbook], Iterable[Problem]]
"""What finds the problems of one opened file."""

OWN = "xlkpi: collected"
"""The category (a document property) of the workbooks that `collect` and `trend` write."""

_SPREADSHEETS = frozenset((".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ods"))
"""What people send back. Only .xlsx can be read; of the others the board says so."""
_CORE_PART = "docProps/core.xml"
_DUBLIN_CORE = {"dcterms": "http://purl.org/dc/terms/"}
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


@dataclass(frozen=True)
class Ranked:
    """A person with a rank: 1-1-3, None without a result."""

    rank: int | None
    person: Person


@dataclass(frozen=True)
class Collection:
    """A quarter collected.

    ranking: everyone, the best first; ties are ordered by the weighted total without events, then by name. entries:
    every form received. lines: the board. problems name files as `Received.name` does.
    """

    quarter: Quarter
    received: tuple[Received, ...]
    entries: tuple[Entry, ...]
    ranking: tuple[Ranked, ...]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    roster: bool
    """Whether a roster said who was expected."""

    def entries_of(self, person: Person) -> list[Entry]:
        """The forms of a person with their files."""
        return [next(entry for entry in self.entries if entry.form is form) for form in person.forms]


# --- files ----------------------------------------------------------------------------------------------------------


def find(folders: Sequence[Path], skip: Sequence[Path] = ()) -> list[tuple[str, Path]]:
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
    sources: Sequence[tuple[str, Path]], executor: Executor | None = None, check: Check | None = None
) -> Iterator[Received]:
    """Read and score every file, in the order of `sources`; by the workers of an executor if there is one.

    The files are read here and travel to the workers. `check` finds the problems; without it they are those of reading.
    """
    found = mapped(partial(_read, check=check), map(_arrived, sources), executor, weight=_Arrived.weight, lost=_lost)
    return (Received(name, path, *read) for (name, path), read in zip(sources, found, strict=True))


@dataclass(frozen=True)
class _Arrived:
    """A file on its way to whoever reads it: its content, or why there is none; when it was changed.

    It has no path: that of one system means nothing on another.
    """

    name: str
    content: bytes | Problem
    changed: dt.datetime

    def weight(self) -> int:
        return len(self.content) if isinstance(self.content, bytes) else 0


_Read = tuple[dt.datetime | None, Filled, tuple[Problem, ...], bool]
"""What `Received` has beside the name and the path."""


def _arrived(source: tuple[str, Path]) -> _Arrived:
    name, path = source
    arrived = attempt(name, lambda: (content_of(path), dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)))
    return _Arrived(name, *((arrived, board.NEVER) if isinstance(arrived, Problem) else arrived))


def _read(file: _Arrived, check: Check | None) -> _Read:
    """The forms and the problems of a file. Whatever goes wrong is a problem of that file."""
    if isinstance(file.content, Problem):
        return _unreadable(file.content)
    read = attempt(file.name, partial(_opened, file.name, file.content, file.changed, check))
    return _unreadable(read) if isinstance(read, Problem) else read


def _opened(name: str, content: bytes, changed: dt.datetime, check: Check | None) -> _Read:
    """A file opened once, for its forms and its problems."""
    modified, own = _stamp(content, changed)
    if own:
        return modified, Filled(None, (), ()), (), own
    try:
        workbook = open_workbook(content, name)
    except UnreadableError as error:
        return _unreadable(error.problem(name), modified)
    filled = scored(workbook)
    return modified, filled, filled.problems if check is None else tuple(check(workbook)), own


def _lost(file: _Arrived) -> _Read:
    return _unreadable(UnreadableError("file", "fatal").problem(file.name))


def _unreadable(problem: Problem, modified: dt.datetime | None = None) -> _Read:
    return modified, Filled(None, (), (problem,)), (problem,), False


def _stamp(content: bytes, changed: dt.datetime) -> tuple[dt.datetime, bool]:
    """When a workbook was last saved, as it says itself, else as its file does; and whether it is one of ours."""
    try:
        core = xml(unpack(content, _CORE_PART.__eq__)[_CORE_PART])
        own = core.findtext(f"{_CORE}category") == OWN
        saved = dt.datetime.fromisoformat(core.findtext("dcterms:modified", "", _DUBLIN_CORE))
    except Exception:  # damaged in whatever way: reading it will say so
        return changed, False
    return saved if saved.tzinfo else saved.replace(tzinfo=dt.UTC), own


def quarter_of(received: Sequence[Received]) -> Quarter | None:
    """The quarter that most files are of, the latest of several; None where no file has one."""
    counts = Counter(filter(None, (file.quarter for file in received)))
    return max(counts, key=lambda quarter: (counts[quarter], quarter), default=None)


# --- what counts ----------------------------------------------------------------------------------------------------


def collect(
    received: Sequence[Received],
    quarter: Quarter,
    company: Company,
    expected: Sequence[Post] | None = None,
    language: str = HANS,
) -> Collection:
    """What a quarter's files come to. `expected` is the roster; without it the files' own registrations say who is."""
    said = words(language)
    entries = entries_of(received, quarter)
    counted = [entry.form for entry in entries if entry.state == COUNTED]
    ranking = _ranked(people(counted, quarter, company.grade_scale))
    lines = board.lines(received, entries, quarter, expected)
    problems = [problem for file in received for problem in file.problems]
    problems += board.problems(entries, lines, said, roster=expected is not None)
    problems += _doubtful(ranking, entries, said)
    return Collection(
        quarter, tuple(received), tuple(entries), tuple(ranking), tuple(lines), tuple(problems), expected is not None
    )


def entries_of(received: Sequence[Received], quarter: Quarter) -> list[Entry]:
    """Every form with what becomes of it in a quarter, in the order in which they came."""
    all_forms = [(file, form) for file in received for form in file.filled.forms]
    of_quarter = [form for file, form in all_forms if file.quarter == quarter and not _blank(form)]
    files = {id(form): file for file, form in all_forms}
    decided: dict[int, tuple[str, Form]] = {}
    for group in grouped(of_quarter):
        decided |= _decided(group, files, quarter)
    counting = {id(form): Entry(files[id(form)], form, COUNTED) for form in of_quarter if decided[id(form)][1] is form}

    def entry(file: Received, form: Form) -> Entry:
        if file.quarter != quarter:
            return Entry(file, form, OTHER_QUARTER)
        if _blank(form):
            return Entry(file, form, BLANK)
        state, instead = decided[id(form)]
        return counting[id(form)] if instead is form else Entry(file, form, state, counting[id(instead)])

    return [entry(file, form) for file, form in all_forms]


def _decided(forms: Sequence[Form], files: Mapping[int, Received], quarter: Quarter) -> dict[int, tuple[str, Form]]:
    """Of one person's forms: what becomes of each (by its `id`), and the form that counts."""

    def order(form: Form) -> tuple[bool, dt.datetime, str]:
        return form.appraisal.complete, files[id(form)].saved, files[id(form)].name

    counting: list[Form] = []
    decided: dict[int, tuple[str, Form]] = {}
    for form in sorted(forms, key=order, reverse=True):
        instead = next((other for other in counting if _same_post(form, other, quarter)), None)
        if instead is None:
            counting.append(form)
            decided[id(form)] = COUNTED, form
        else:
            older = form.appraisal.complete or not instead.appraisal.complete
            decided[id(form)] = (OLDER if older else UNFINISHED), instead
    return decided


def _same_post(form: Form, other: Form, quarter: Quarter) -> bool:
    """Whether two forms of one person are of one role at one time; a role may be had twice, one after the other."""
    return form.appraisal.role.id == other.appraisal.role.id and overlap(form.post, other.post, quarter)


def _blank(form: Form) -> bool:
    """Whether nobody has touched the form, and it is nobody's."""
    who = identity(form)
    typed = any(value not in (None, "") for values in form.appraisal.inputs.measures.values() for value in values)
    return not (typed or who.id or who.name)


def _ranked(persons: Sequence[Person]) -> list[Ranked]:
    places = ranks([person.final for person in persons])
    found = [Ranked(rank, person) for rank, person in zip(places, persons, strict=True)]

    def order(ranked: Ranked) -> tuple[float, float, str, str]:
        person = ranked.person
        total = float(person.total) if is_number(person.total) else 0.0
        return ranked.rank or len(found) + 1, -total, person.name, person.id

    return sorted(found, key=order)


def _doubtful(ranking: Sequence[Ranked], entries: Sequence[Entry], said: Words) -> Iterator[Problem]:
    """People of whom it is not certain who they are."""
    places = {id(entry.form): entry for entry in entries}
    numbers = Counter(ranked.person.id for ranked in ranking if ranked.person.id)
    for ranked in ranking:
        person, entry = ranked.person, places[id(ranked.person.forms[0])]
        if numbers[person.id] > 1:
            yield entry.problem("identity", said, "doubt_number", id=person.id, name=person.name)
        elif not (person.id or person.name):
            yield entry.problem("identity", said, "doubt_nameless")
        elif len(person.forms) > 1 and any(form.post is None for form in person.forms):
            yield entry.problem("identity", said, "doubt_days", name=person.name, count=len(person.forms))
