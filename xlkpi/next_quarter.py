"""The quarter after: filled workbooks of a folder → the forms of the next quarter, and what changes in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlkpi import translate
from xlkpi.carry import Left, carry
from xlkpi.catalogue import load_role
from xlkpi.generate.book import Sheet, sheets_of_posts
from xlkpi.grouping import grouped
from xlkpi.naming import own_sheet_names
from xlkpi.post import Post
from xlkpi.problems import Problem
from xlkpi.quarter import Quarter
from xlkpi.received import Duplicate, Received, chosen_of, of_another_quarter, quarter_of, received_from
from xlkpi.role_changes import RoleChanges, role_changes
from xlkpi.roster import read_roster
from xlkpi.tables import CatalogueError
from xlkpi.words import words


@dataclass(frozen=True)
class Book:
    """A workbook to write: its name, its language, its forms, the package of its functions for xlwings Lite."""

    name: str
    language: str
    sheets: tuple[Sheet, ...]
    lite: str | None = None


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
    new: bool = False
    """Without a form of the quarter before."""


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


def following(
    files: Sequence[Path], language: str | None, report_language: str, roster: Path | None = None
) -> NextQuarter:
    """Read filled workbooks of one quarter and make what the next one begins with.

    Workbooks are in `language`, or each in that of the one it follows; what is told is in `report_language`. With a
    roster of the next quarter its posts have forms, otherwise those that go on; a new person's form is in the workbook
    of those with the same superior or department, as the others are grouped. What
    cannot be read is a problem and keeps nothing else away. Raises `NothingToFollowError` where there is no form.
    """
    received, problems = received_from(files)
    if not received:
        raise NothingToFollowError(problems)
    before = quarter_of(received)
    counting = [one for one in received if one.quarter == before]
    problems += [
        of_another_quarter(path, before) for path in dict.fromkeys(o.path for o in received if o.quarter != before)
    ]
    chosen, duplicates = chosen_of(counting)
    making = _Making(before, language, report_language, _functions(chosen))
    if roster is None:
        for place, one in chosen:
            try:
                making.add(place, one)
            except CatalogueError as error:
                advice = "请核对岗位文件"
                problems.append(Problem(one.path.name, one.form.sheet, None, None, None, "role", str(error), advice))
    else:
        read_posts = read_roster(roster, before.after)
        problems += read_posts.problems
        making.follow_roster(read_posts.posts, chosen)
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


# --- what the next quarter begins with ------------------------------------------------------------------------------


class _Making:
    """The workbooks of the next quarter while their forms are added."""

    def __init__(self, before: Quarter, language: str | None, report_language: str, lite: str | None) -> None:
        self.before, self.language, self.said = before, language, words(report_language)
        self.lite = lite
        self.roles: set[str] = set()
        self.people: list[Person] = []
        self.gone: list[Gone] = []
        self._sheets: dict[Path, list[Sheet]] = {}
        self._languages: dict[Path, str] = {}
        self._lite: dict[Path, str | None] = {}

    def add(self, place: Path, one: Received) -> None:
        """Add the form that follows one. Raises `CatalogueError` where its role cannot be read."""
        post = one.form.post
        if post is not None and post.end is not None and post.end <= self.before.last_day:
            self._leave_out(one, self.said("next_ended", day=post.end.isoformat()))
            return
        role = load_role(one.form.appraisal.role.id, self.before.after)
        self._add(place, Sheet(self._title(place, one.form.sheet), role, post), one)

    def follow_roster(self, posts: Sequence[Post], chosen: Sequence[tuple[Path, Received]]) -> None:
        """Add a form for each post, with what that person's form of the same role brings."""
        by_start = sorted(chosen, key=lambda pair: str((pair[1].form.post and pair[1].form.post.start) or ""))
        known = {(one.id, one.form.appraisal.role.id): (place, one) for place, one in by_start if one.id}
        followed = {(post.id, post.role) for post in posts}
        for _, one in chosen:
            if (one.id, one.form.appraisal.role.id) not in followed:
                self._leave_out(one, self.said("next_not_in_roster"))
        by = _grouping(chosen)
        for name, members in grouped(posts, self.before.after, by, self.said.language).items():
            places = Counter(known[key][0] for post in members if (key := (post.id, post.role)) in known)
            free = [place for place, _ in places.most_common() if place not in self._sheets]
            place = free[0] if free else Path(name)
            for sheet in sheets_of_posts(members, self.language or self.said.language, self.before.after):
                assert sheet.post is not None
                _, before = known.get((sheet.post.id, sheet.post.role), (None, None))
                self._add(place, sheet, before)

    def _leave_out(self, one: Received, reason: str) -> None:
        title = translate.title(load_role(one.form.appraisal.role.id, self.before), self.said.language)
        self.gone.append(Gone(one.path.name, one.form.sheet, one.id, one.name, title, reason))

    def _add(self, place: Path, sheet: Sheet, one: Received | None) -> None:
        """Add a form, with what the one before it brings."""
        post = sheet.post
        before = one.form.appraisal.inputs.language if one else self.said.language
        language = self._languages.setdefault(place, self.language or before)
        self._lite.setdefault(place, one.lite if one else self.lite)
        id, name = (post.id, post.name) if post else (one.id, one.name) if one else ("", "")
        role = translate.title(sheet.role, self.said.language)
        values = targets = 0
        left: tuple[Left, ...] = ()
        if one is not None:
            self.roles.add(sheet.role.id)
            carried = carry(one.form, sheet.role, self.before, post, language, self.said.language)
            sheet = replace(sheet, presets=carried.presets)
            values, targets, left = carried.values, carried.targets, carried.left
            left = (*self._part_period(one.form.post), *left)
        self._sheets.setdefault(place, []).append(sheet)
        self.people.append(Person(place.name, sheet.title, id, name, role, values, targets, left, one is None))

    def _title(self, place: Path, title: str) -> str:
        """The sheet's name; files that came back may have one of a name for two people, or of another language."""
        taken = {name.lower() for name in own_sheet_names()} | {
            one.title.lower() for one in self._sheets.get(place, ())
        }
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
            yield Book(f"{name}.xlsx", self._languages[path], tuple(sheets), self._lite[path])

    def _name(self, path: Path) -> str:
        after = str(self.before.after)
        name, found = re.subn(re.escape(str(self.before)), after, path.stem, flags=re.IGNORECASE)
        return name if found or name.startswith(after) else f"{after}-{path.stem}"


def _functions(chosen: Sequence[tuple[Path, Received]]) -> str | None:
    """What most forms of a quarter are scored by: the package for xlwings Lite, or None."""
    return Counter(one.lite for _, one in chosen).most_common(1)[0][0]


def _grouping(chosen: Sequence[tuple[Path, Received]]) -> str:
    """How the forms of a quarter are grouped into workbooks: one of `GROUPINGS`."""
    places = [(place, one.form.post) for place, one in chosen if one.form.post is not None]
    keys: dict[str, Callable[[Post], str]] = {
        "superior": lambda post: post.superior,
        "department": lambda post: post.department,
        "person": lambda post: post.id,
    }
    for by, key in keys.items():
        pairs = {(place, key(post)) for place, post in places}
        if len(pairs) == len({place for place, _ in pairs}) == len({name for _, name in pairs}) > 1:
            return by
    return "superior" if len({place for place, _ in chosen}) > 1 else "none"
