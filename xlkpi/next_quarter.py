"""The quarter after: filled workbooks of a folder → the forms of the next quarter, and what changes in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlkpi import translate
from xlkpi.carry import Left, carry
from xlkpi.catalogue import load_role
from xlkpi.generate.book import Sheet
from xlkpi.intake import Form, Problem, read
from xlkpi.post import Post
from xlkpi.quarter import Quarter
from xlkpi.role_changes import RoleChanges, role_changes
from xlkpi.tables import CatalogueError
from xlkpi.words import words


@dataclass(frozen=True)
class Book:
    """A workbook to write: its name, its language, its forms."""

    name: str
    language: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True)
class Person:
    """One form that goes on: the workbook it is in, whose it is, and what its form has from the quarter before."""

    file: str
    sheet: str
    id: str
    name: str
    role: str
    values: int
    targets: int
    left: tuple[Left, ...]


@dataclass(frozen=True)
class Gone:
    """A form without a next one, and why."""

    file: str
    sheet: str
    id: str
    name: str
    role: str
    reason: str


@dataclass(frozen=True)
class Duplicate:
    """A form that another file has too, and the file that counts."""

    file: str
    sheet: str
    name: str
    used: str


@dataclass(frozen=True)
class NextQuarter:
    """The forms of `quarter`, made from those of `before`, and what is to be told."""

    before: Quarter
    quarter: Quarter
    books: tuple[Book, ...]
    roles: tuple[RoleChanges, ...]
    people: tuple[Person, ...]
    gone: tuple[Gone, ...]
    duplicates: tuple[Duplicate, ...]
    problems: tuple[Problem, ...]


class NothingToFollowError(Exception):
    """No file had a form that could be read; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("没有读到填好的考核表")
        self.problems = tuple(problems)


def following(files: Sequence[Path], language: str | None, report_language: str) -> NextQuarter:
    """Read filled workbooks of one quarter and make what the next one begins with.

    Workbooks are in `language`, or each in that of the one it follows; what is told is in `report_language`. What
    cannot be read is a problem and keeps nothing else away. Raises `NothingToFollowError` where there is no form.
    """
    received, problems = _received(files)
    if not received:
        raise NothingToFollowError(problems)
    before = _quarter_of(received)
    counting = [one for one in received if one.quarter == before]
    problems += [
        _of_another_quarter(path, before) for path in dict.fromkeys(o.path for o in received if o.quarter != before)
    ]
    chosen, duplicates = _chosen(counting)
    making = _Making(before, language, report_language)
    for place, one in chosen:
        try:
            making.add(place, one)
        except CatalogueError as error:
            advice = "请核对岗位文件"
            problems.append(Problem(one.path.name, one.form.sheet, None, None, None, "role", str(error), advice))
    return NextQuarter(
        before,
        before.after,
        tuple(making.books()),
        tuple(role_changes(id, before, report_language) for id in sorted(making.roles)),
        tuple(making.people),
        tuple(making.gone),
        tuple(duplicates),
        tuple(problems),
    )


def filled_files(folder: Path) -> list[Path]:
    """The workbooks of a folder by name, without the lock files of Excel. Raises OSError."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() == ".xlsx" and not p.name.startswith("~$"))


# --- what came back -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Received:
    path: Path
    changed: float
    quarter: Quarter
    form: Form

    @property
    def rank(self) -> tuple[bool, float, str]:
        """Of duplicates the newest complete one counts."""
        return self.form.appraisal.complete, self.changed, self.path.name

    @property
    def name(self) -> str:
        return self.form.post.name if self.form.post else self.form.appraisal.inputs.person.get("name", "")

    @property
    def id(self) -> str:
        return self.form.post.id if self.form.post else self.form.appraisal.inputs.person.get("employee_id", "")

    @property
    def key(self) -> tuple[object, ...]:
        """What duplicates have in common: the post; without a roster the role and whoever typed their name."""
        role, post = self.form.appraisal.role.id, self.form.post
        if post is not None:
            return role, post.id, post.start
        return (role, self.id, self.name) if self.id or self.name else (self.path, self.form.sheet)


def _received(files: Sequence[Path]) -> tuple[list[_Received], list[Problem]]:
    received: list[_Received] = []
    problems: list[Problem] = []
    for path in files:
        try:
            filled, changed = read(path), path.stat().st_mtime
        except OSError as error:
            reason = error.strerror or str(error)
            message = f"文件打不开（{reason}）"
            problems.append(Problem(path.name, None, None, None, None, "file", message, "请关闭打开它的程序，或换一份"))
            continue
        # What is wrong in single cells is told where it keeps something from being carried over.
        problems += [problem for problem in filled.problems if problem.cell is None]
        try:
            quarter = Quarter.parse(filled.quarter or "")
        except ValueError as error:
            if filled.forms:
                problems.append(
                    Problem(path.name, None, None, None, None, "quarter", str(error), "请用 xlkpi new 生成的文件填写")
                )
            continue
        received += [_Received(path, changed, quarter, form) for form in filled.forms]
    return received, problems


def _quarter_of(received: Sequence[_Received]) -> Quarter:
    """The quarter of most files, the newest of several."""
    files = Counter({(one.path, one.quarter): one.quarter for one in received}.values())
    return max(files, key=lambda quarter: (files[quarter], quarter))


def _of_another_quarter(path: Path, quarter: Quarter) -> Problem:
    return Problem(path.name, None, None, None, None, "quarter", f"不是{quarter}的考核表", "请放到那一季的文件夹里")


def _chosen(received: Sequence[_Received]) -> tuple[list[tuple[Path, _Received]], list[Duplicate]]:
    """Every form once, with the workbook that it is in; the duplicates that do not count.

    A form's place is the file with the shortest name: copies have longer ones.
    """
    groups: dict[tuple[object, ...], list[_Received]] = {}
    for one in received:
        groups.setdefault(one.key, []).append(one)
    chosen: list[tuple[Path, _Received]] = []
    duplicates: list[Duplicate] = []
    for group in groups.values():
        best = max(group, key=lambda one: one.rank)
        chosen.append((min((one.path for one in group), key=lambda path: (len(path.name), path.name)), best))
        duplicates += [Duplicate(o.path.name, o.form.sheet, o.name, best.path.name) for o in group if o is not best]
    return sorted(chosen, key=lambda pair: pair[0]), duplicates


# --- what the next quarter begins with ------------------------------------------------------------------------------


class _Making:
    """The workbooks of the next quarter while their forms are added."""

    def __init__(self, before: Quarter, language: str | None, report_language: str) -> None:
        self.before, self.language, self.said = before, language, words(report_language)
        self.roles: set[str] = set()
        self.people: list[Person] = []
        self.gone: list[Gone] = []
        self._sheets: dict[Path, list[Sheet]] = {}
        self._languages: dict[Path, str] = {}

    def add(self, place: Path, one: _Received) -> None:
        """Add the form that follows one. Raises `CatalogueError` where its role cannot be read."""
        form, post = one.form, one.form.post
        role_id = form.appraisal.role.id
        role = load_role(role_id, self.before.after)
        title = translate.role(role, self.said.language).title
        if post is not None and post.end is not None and post.end <= self.before.last_day:
            reason = self.said("next_ended", day=post.end.isoformat())
            self.gone.append(Gone(one.path.name, form.sheet, one.id, one.name, title, reason))
            return
        self.roles.add(role_id)
        language = self._languages.setdefault(place, self.language or form.appraisal.inputs.language)
        carried = carry(form, role, self.before, language, self.said.language)
        left = (*self._part_period(post), *carried.left)
        self.people.append(
            Person(place.name, form.sheet, one.id, one.name, title, carried.values, carried.targets, left)
        )
        self._sheets.setdefault(place, []).append(Sheet(self._title(place, form.sheet), role, post, carried.presets))

    def _title(self, place: Path, title: str) -> str:
        """The sheet's name; files that came back may have one of a name for two people."""
        taken = {sheet.title.lower() for sheet in self._sheets.get(place, ())}
        ends = ("", *(f" {number}" for number in range(2, len(taken) + 3)))
        return next(name for end in ends if (name := title[: 31 - len(end)] + end).lower() not in taken)

    def _part_period(self, post: Post | None) -> Iterator[Left]:
        whole = (self.before.last_day - self.before.first_day).days + 1
        if post is not None and (days := post.days(self.before)) < whole:
            yield Left("", "", self.said("next_part_period", quarter=self.before, days=days))

    def books(self) -> Iterator[Book]:
        """The workbooks, each under the name of the one that it follows."""
        taken: set[str] = set()
        for path, sheets in self._sheets.items():
            name, number = self._name(path), 1
            while (f"{name} {number}" if number > 1 else name).lower() in taken:
                number += 1
            name = f"{name} {number}" if number > 1 else name
            taken.add(name.lower())
            yield Book(f"{name}.xlsx", self._languages[path], tuple(sheets))

    def _name(self, path: Path) -> str:
        after = str(self.before.after)
        name, found = re.subn(re.escape(str(self.before)), after, path.stem, flags=re.IGNORECASE)
        return name if found else f"{after}-{path.stem}"
