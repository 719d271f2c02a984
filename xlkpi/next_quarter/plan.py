"""The quarter after: filled workbooks of a folder → the forms of the next quarter, and what changes in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlkpi.appraisal.people import identity
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.assignment import Assignment
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.form.names import FileNames, own_sheet_names
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ERROR, Place, Problem
from xlkpi.intake.counting import entries_of, language_of_most, quarter_of
from xlkpi.intake.received import ReceivedFile, ReceivedForm, receive_all
from xlkpi.next_quarter.carry import NotCarried, carry
from xlkpi.next_quarter.role_changes import RoleChanges, role_changes
from xlkpi.roster.grouping import grouped
from xlkpi.roster.reader import read_roster
from xlkpi.writer.workbook import sheets_of_assignments


@dataclass(frozen=True)
class PlannedWorkbook:
    """A workbook to write: its name, its language, its forms, the package of its functions for xlwings Lite."""

    name: str
    language: str
    sheets: tuple[PlannedSheet, ...]
    lite: str | None = None


@dataclass(frozen=True)
class PlannedPerson:
    """One form that goes on: the workbook it is in, whose it is, and what its form has from the quarter before."""

    file: str
    sheet: str
    id: str
    name: str
    role: str
    values: int
    targets: int
    left: tuple[NotCarried, ...]
    new: bool = False
    """Without a form of the quarter before."""


@dataclass(frozen=True)
class NotPlanned:
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
    """The forms of `quarter`, made from those of `before`, and what the report says, in its language."""

    before: Quarter
    quarter: Quarter
    books: tuple[PlannedWorkbook, ...]
    roles: tuple[RoleChanges, ...]
    people: tuple[PlannedPerson, ...]
    gone: tuple[NotPlanned, ...]
    duplicates: tuple[Duplicate, ...]
    problems: tuple[Problem, ...]
    language: str


class NothingToFollowError(Exception):
    """No file had a form that could be read; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("no form could be read")
        self.problems = tuple(problems)


def following(
    files: Sequence[Path],
    catalogue: Catalogue,
    language: str | None,
    report_language: str | None = None,
    roster: Path | None = None,
) -> NextQuarter:
    """Read filled workbooks of one quarter and make what the next one begins with.

    Workbooks are in `language`, or each in that of the one it follows; the report is in `report_language`, or in that
    of most forms. With a roster of the next quarter its posts have forms, otherwise those that go on; a new person's
    form is in the workbook of those with the same superior or department, as the others are grouped. What cannot be
    read is a problem and keeps nothing else away. Raises `NothingToFollowError` where there is no form.
    """
    sources = [(shown_name(path), path) for path in files]
    read = receive_all(sources, catalogue, language=report_language or language or HANS)
    received = [file for file in read if not file.own]
    # What is wrong in single cells is told where it keeps something from being carried over.
    problems = [problem for file in received for problem in file.problems if problem.cell is None]
    filled = [file for file in received if file.filled.forms]
    before = quarter_of(filled)
    if before is None:
        raise NothingToFollowError(problems)
    problems += [_of_another_quarter(file, before) for file in filled if file.quarter != before]
    chosen, duplicates = _chosen(entries_of([file for file in filled if file.quarter == before], before))
    report_language = report_language or language_of_most([one.file for _, one in chosen])
    making = _Making(catalogue, before, language, report_language, _functions(chosen))
    if roster is None:
        for place, one in chosen:
            try:
                making.add(place, one)
            except CatalogueError as error:
                sheet = Place(one.file.name, one.form.sheet)
                problems.append(Problem.at(sheet, "role", one.file.filled.language, ERROR, "next_role", error=error))
    else:
        planned = read_roster(roster, catalogue, before.after, report_language)
        problems += planned.problems
        making.follow_roster(planned.assignments, chosen)
    return NextQuarter(
        before,
        before.after,
        tuple(making.books()),
        tuple(role_changes(id, catalogue, before, report_language) for id in sorted(making.roles)),
        tuple(making.people),
        tuple(making.gone),
        tuple(duplicates),
        tuple(problems),
        report_language,
    )


def _of_another_quarter(file: ReceivedFile, quarter: Quarter) -> Problem:
    return Problem.at(Place(file.name), "quarter", file.filled.language, ERROR, "next_quarter", quarter=quarter)


# --- which forms go on ------------------------------------------------------------------------------------------------


def _chosen(entries: Sequence[ReceivedForm]) -> tuple[list[tuple[Path, ReceivedForm]], list[Duplicate]]:
    """The forms that go on, each with the workbook whose place it takes, and the copies that do not.

    A form's place is the file with the shortest name: copies have longer ones.
    """
    groups: dict[ReceivedForm, list[ReceivedForm]] = {}
    for entry in entries:
        groups.setdefault(entry.instead or entry, []).append(entry)
    chosen: list[tuple[Path, ReceivedForm]] = []
    duplicates: list[Duplicate] = []
    for one, group in groups.items():
        chosen.append((min((e.file.path for e in group), key=lambda path: (len(path.name), path.name)), one))
        duplicates += [
            Duplicate(copy.file.name, copy.form.sheet, identity(copy.form).name, one.file.name)
            for copy in group
            if copy is not one
        ]
    return sorted(chosen, key=lambda pair: pair[0]), duplicates


# --- what the next quarter begins with ------------------------------------------------------------------------------


class _Making:
    """The workbooks of the next quarter while their forms are added."""

    def __init__(
        self, catalogue: Catalogue, before: Quarter, language: str | None, report_language: str, lite: str | None
    ) -> None:
        self.catalogue, self.before, self.language, self.labels = catalogue, before, language, words(report_language)
        self.lite = lite
        self.roles: set[str] = set()
        self.people: list[PlannedPerson] = []
        self.gone: list[NotPlanned] = []
        self._sheets: dict[Path, list[PlannedSheet]] = {}
        self._languages: dict[Path, str] = {}
        self._lite: dict[Path, str | None] = {}

    def add(self, place: Path, one: ReceivedForm) -> None:
        """Add the form that follows one. Raises `CatalogueError` where its role cannot be read."""
        assignment = one.form.assignment
        if assignment is not None and assignment.end is not None and assignment.end <= self.before.last_day:
            self._leave_out(one, self.labels("next_ended", day=assignment.end.isoformat()))
            return
        role = self.catalogue.role(one.form.appraisal.role.id, self.before.after)
        self._add(place, PlannedSheet(self._title(place, one.form.sheet), role, assignment), one)

    def follow_roster(self, assignments: Sequence[Assignment], chosen: Sequence[tuple[Path, ReceivedForm]]) -> None:
        """Add a form for each post, with what that person's form of the same role brings."""
        by_start = sorted(
            chosen, key=lambda pair: str((pair[1].form.assignment and pair[1].form.assignment.start) or "")
        )
        known = {_id_and_role(one): (place, one) for place, one in by_start if identity(one.form).id}
        followed = {(assignment.id, assignment.role) for assignment in assignments}
        for _, one in chosen:
            if _id_and_role(one) not in followed:
                self._leave_out(one, self.labels("next_not_in_roster"))
        by = _grouping(chosen)
        for name, members in grouped(assignments, self.before.after, by, self.labels.language).items():
            places = Counter(
                known[key][0] for assignment in members if (key := (assignment.id, assignment.role)) in known
            )
            free = [place for place, _ in places.most_common() if place not in self._sheets]
            place = free[0] if free else Path(name)
            for sheet in sheets_of_assignments(
                members, self.catalogue, self.language or self.labels.language, self.before.after
            ):
                assert sheet.assignment is not None
                _, before = known.get((sheet.assignment.id, sheet.assignment.role), (None, None))
                self._add(place, sheet, before)

    def _leave_out(self, one: ReceivedForm, reason: str) -> None:
        title = self.catalogue.role(one.form.appraisal.role.id, self.before, self.labels.language).title
        who = identity(one.form)
        self.gone.append(NotPlanned(one.file.name, one.form.sheet, who.id, who.name, title, reason))

    def _add(self, place: Path, sheet: PlannedSheet, one: ReceivedForm | None) -> None:
        """Add a form, with what the one before it brings."""
        assignment = sheet.assignment
        before = one.form.appraisal.inputs.language if one else self.labels.language
        language = self._languages.setdefault(place, self.language or before)
        self._lite.setdefault(place, one.file.filled.lite if one else self.lite)
        who = assignment or (identity(one.form) if one else None)
        id, name = (who.id, who.name) if who else ("", "")
        role = self.catalogue.title(sheet.role, self.labels.language)
        values = targets = 0
        left: tuple[NotCarried, ...] = ()
        if one is not None:
            self.roles.add(sheet.role.id)
            carried = carry(
                one.form, sheet.role, self.catalogue, self.before, assignment, language, self.labels.language
            )
            sheet = replace(sheet, presets=carried.presets)
            values, targets, left = carried.values, carried.targets, carried.left
            left = (*self._part_period(one.form.assignment), *left)
        self._sheets.setdefault(place, []).append(sheet)
        self.people.append(
            PlannedPerson(shown_name(place), sheet.title, id, name, role, values, targets, left, one is None)
        )

    def _title(self, place: Path, title: str) -> str:
        """The sheet's name; files that came back may have one of a name for two people, or of another language."""
        taken = {name.lower() for name in own_sheet_names()} | {
            one.title.lower() for one in self._sheets.get(place, ())
        }
        ends = ("", *(f" {number}" for number in range(2, len(taken) + 3)))
        return next(name for end in ends if (name := title[: 31 - len(end)] + end).lower() not in taken)

    def _part_period(self, assignment: Assignment | None) -> Iterator[NotCarried]:
        whole = (self.before.last_day - self.before.first_day).days + 1
        if assignment is not None and (days := assignment.days(self.before)) < whole:
            yield NotCarried("", "", self.labels("next_part_period", quarter=self.before, days=days))

    def books(self) -> Iterator[PlannedWorkbook]:
        """The workbooks, each under the name of the one that it follows."""
        names = FileNames()
        for path, sheets in self._sheets.items():
            yield PlannedWorkbook(names(self._name(path)), self._languages[path], tuple(sheets), self._lite[path])

    def _name(self, path: Path) -> str:
        after = str(self.before.after)
        name, found = re.subn(re.escape(str(self.before)), after, path.stem, flags=re.IGNORECASE)
        return name if found or name.startswith(after) else f"{after}-{path.stem}"


def _id_and_role(one: ReceivedForm) -> tuple[str, str]:
    return identity(one.form).id, one.form.appraisal.role.id


def _functions(chosen: Sequence[tuple[Path, ReceivedForm]]) -> str | None:
    """What most forms of a quarter are scored by: the package for xlwings Lite, or None."""
    return Counter(one.file.filled.lite for _, one in chosen).most_common(1)[0][0]


def _grouping(chosen: Sequence[tuple[Path, ReceivedForm]]) -> str:
    """How the forms of a quarter are grouped into workbooks: one of `GROUPINGS`."""
    places = [(place, one.form.assignment) for place, one in chosen if one.form.assignment is not None]
    keys: dict[str, Callable[[Assignment], str]] = {
        "superior": lambda assignment: assignment.superior,
        "department": lambda assignment: assignment.department,
        "person": lambda assignment: assignment.id,
    }
    for by, key in keys.items():
        pairs = {(place, key(assignment)) for place, assignment in places}
        if len(pairs) == len({place for place, _ in pairs}) == len({name for _, name in pairs}) > 1:
            return by
    return "superior" if len({place for place, _ in chosen}) > 1 else "none"
