"""Plans the next quarter: the filled workbooks of a quarter → the forms of the next one, and what changes in them."""

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
from xlkpi.form.part_quarter import reduced_presets
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import Presets
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ERROR, Place, Problem
from xlkpi.intake.counting import entries_of, language_of_most, quarter_of
from xlkpi.intake.received import ReceivedForm, receive_all
from xlkpi.next_quarter.carry import NotCarried, carry
from xlkpi.next_quarter.chosen import Duplicate, chosen_forms, not_followed, told
from xlkpi.next_quarter.role_changes import RoleChanges, role_changes
from xlkpi.roster.grouping import grouped
from xlkpi.roster.reader import read_with_titles
from xlkpi.roster.titles import AskedTitle, Titles
from xlkpi.writer.workbook import sheets_of_assignments


@dataclass(frozen=True)
class PlannedWorkbook:
    """A workbook to write.

    lite: whether it has its functions for xlwings Lite. From where those come, no returned form decides.
    """

    name: str
    language: str
    sheets: tuple[PlannedSheet, ...]
    lite: bool = False


@dataclass(frozen=True)
class PlannedPerson:
    """One form of the next quarter.

    file, sheet: where it will be. values, targets: how many are carried over. left: what is not. new: the person has no
    form in the quarter before. actions: of the meeting, that were carried over.
    """

    file: str
    sheet: str
    id: str
    name: str
    role: str
    values: int
    targets: int
    left: tuple[NotCarried, ...]
    new: bool = False
    actions: int = 0


@dataclass(frozen=True)
class NotPlanned:
    """A form that has no form in the next quarter, and why."""

    file: str
    sheet: str
    id: str
    name: str
    role: str
    reason: str


@dataclass(frozen=True)
class NextQuarter:
    """The forms of `quarter`, made from those of `before`, and the content of the report.

    language: of the report. asked: the titles of the roster for which a role has to be chosen.
    """

    before: Quarter
    quarter: Quarter
    books: tuple[PlannedWorkbook, ...]
    roles: tuple[RoleChanges, ...]
    people: tuple[PlannedPerson, ...]
    gone: tuple[NotPlanned, ...]
    duplicates: tuple[Duplicate, ...]
    problems: tuple[Problem, ...]
    language: str
    asked: tuple[AskedTitle, ...] = ()


class NothingToFollowError(Exception):
    """No file has a form that can be read; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("no form could be read")
        self.problems = tuple(problems)


def following(
    files: Sequence[Path],
    catalogue: Catalogue,
    language: str | None,
    report_language: str | None = None,
    roster: Path | None = None,
    titles: Titles | None = None,
) -> NextQuarter:
    """Read the filled workbooks of one quarter and plan those of the next.

    language: of the new workbooks; None: each has that of the workbook it follows. report_language: None for that of
    most forms. roster: the next quarter's; everyone in it gets a form. Without it everyone gets one whose assignment
    goes on. A new person's form is put into the workbook of the people with the same superior or department, whichever
    the workbooks are grouped by. titles: what the company has settled of the roster's. What cannot be read is a
    problem; the rest is planned all the same.
    Raises `NothingToFollowError` where there is no form.
    """
    sources = [(shown_name(path), path) for path in files]
    files_read = receive_all(sources, catalogue, language=report_language or language or HANS)
    received = [file for file in files_read if not file.own]
    problems = [problem for file in received for problem in file.problems if told(problem)]
    filled = [file for file in received if file.filled.forms]
    before = quarter_of(filled)
    if before is None:
        raise NothingToFollowError(problems)
    entries = entries_of([file for file in filled if file.quarter == before], before)
    problems += not_followed(filled, entries, before)
    chosen, duplicates = chosen_forms(entries)
    report_language = report_language or language_of_most([entry.file for _, entry in chosen])
    asked: tuple[AskedTitle, ...] = ()
    plan = _Plan(catalogue, before, language, report_language, _lite_of_most(chosen))
    if roster is None:
        problems += plan.add_all(chosen)
    else:
        expected = read_with_titles(roster, catalogue, before.after, report_language, titles)
        problems += expected.problems
        asked = expected.asked
        plan.follow_roster(expected.assignments, chosen)
    return NextQuarter(
        before,
        before.after,
        tuple(plan.books()),
        tuple(role_changes(id, catalogue, before, report_language) for id in sorted(plan.roles)),
        tuple(plan.people),
        tuple(plan.gone),
        tuple(duplicates),
        tuple(problems),
        report_language,
        asked,
    )


# --- workbooks of the next quarter ----------------------------------------------------------------------------------


class _Plan:
    """The workbooks of the next quarter while forms are added, each by the path of the workbook that it follows."""

    def __init__(
        self, catalogue: Catalogue, before: Quarter, language: str | None, report_language: str, lite: bool
    ) -> None:
        self.catalogue, self.before, self.language, self.labels = catalogue, before, language, words(report_language)
        self.lite = lite
        self.roles: set[str] = set()
        self.people: list[PlannedPerson] = []
        self.gone: list[NotPlanned] = []
        self._sheets: dict[Path, list[PlannedSheet]] = {}
        self._languages: dict[Path, str] = {}
        self._lite: dict[Path, bool] = {}

    def add_all(self, chosen: Sequence[tuple[Path, ReceivedForm]]) -> Iterator[Problem]:
        """Add the forms that follow these forms; where there is none because of the role, that is a problem."""
        for path, entry in chosen:
            try:
                self.add(path, entry)
            except CatalogueError as error:
                sheet = Place(entry.file.name, entry.form.sheet)
                yield Problem.at(sheet, "role", entry.file.filled.language, ERROR, "next_role", error=error)

    def add(self, path: Path, entry: ReceivedForm) -> None:
        """Add the form that follows a form, unless its assignment has ended. Raises `CatalogueError`."""
        assignment = entry.form.assignment
        if assignment is not None and assignment.end is not None and assignment.end <= self.before.last_day:
            self._leave_out(entry, self.labels("next_ended", day=assignment.end.isoformat()))
            return
        role = self.catalogue.role(entry.form.appraisal.role.id, self.before.after)
        self._add(path, PlannedSheet(self._title(path, entry.form.sheet), role, assignment), entry)

    def follow_roster(self, assignments: Sequence[Assignment], chosen: Sequence[tuple[Path, ReceivedForm]]) -> None:
        """Add a form for each assignment, with what the person's form in the same role brings."""
        by_start = sorted(
            chosen, key=lambda pair: str((pair[1].form.assignment and pair[1].form.assignment.start) or "")
        )
        previous = {_id_and_role(entry): (path, entry) for path, entry in by_start if identity(entry.form).id}
        followed = {(assignment.id, assignment.role) for assignment in assignments}
        for _, entry in chosen:
            if _id_and_role(entry) not in followed:
                self._leave_out(entry, self.labels("next_not_in_roster"))
        by = _grouping(chosen)
        for name, members in grouped(assignments, self.before.after, by, self.labels.language).items():
            places = Counter(
                previous[key][0] for assignment in members if (key := (assignment.id, assignment.role)) in previous
            )
            free = [path for path, _ in places.most_common() if path not in self._sheets]
            path = free[0] if free else Path(name)
            for sheet in sheets_of_assignments(
                members, self.catalogue, self.language or self.labels.language, self.before.after
            ):
                assert sheet.assignment is not None
                _, before = previous.get((sheet.assignment.id, sheet.assignment.role), (None, None))
                self._add(path, sheet, before)

    def _leave_out(self, entry: ReceivedForm, reason: str) -> None:
        title = self.catalogue.role(entry.form.appraisal.role.id, self.before, self.labels.language).title
        who = identity(entry.form)
        self.gone.append(NotPlanned(entry.file.name, entry.form.sheet, who.id, who.name, title, reason))

    def _add(self, path: Path, sheet: PlannedSheet, entry: ReceivedForm | None) -> None:
        """Add a form, with what the form before it (if any) brings."""
        assignment = sheet.assignment
        default = entry.form.appraisal.inputs.language if entry else self.labels.language
        language = self._languages.setdefault(path, self.language or default)
        self._lite.setdefault(path, entry.file.filled.lite if entry else self.lite)
        who = assignment or (identity(entry.form) if entry else None)
        id, name = (who.id, who.name) if who else ("", "")
        role = self.catalogue.title(sheet.role, self.labels.language)
        values = targets = actions = 0
        left: tuple[NotCarried, ...] = ()
        if entry is not None:
            self.roles.add(sheet.role.id)
            carried = carry(
                entry.form, sheet.role, self.catalogue, self.before, assignment, language, self.labels.language
            )
            sheet = replace(sheet, presets={**self._reduced(sheet, language), **carried.presets})
            values, targets, left, actions = carried.values, carried.targets, carried.left, carried.actions
            left = (*self._part_period(entry.form.assignment), *left)
        self._sheets.setdefault(path, []).append(sheet)
        self.people.append(
            PlannedPerson(shown_name(path), sheet.title, id, name, role, values, targets, left, entry is None, actions)
        )

    def _reduced(self, sheet: PlannedSheet, language: str) -> Presets:
        """The targets of the role that are reduced because the form is for a part of the quarter."""
        part_quarter = self.catalogue.company(None, self.before.after).part_quarter
        return reduced_presets(sheet.role, sheet.assignment, self.before.after, part_quarter, words(language))

    def _title(self, path: Path, title: str) -> str:
        """The new sheet's title: unique, because returned files may have the same title twice."""
        taken = {name.lower() for name in own_sheet_names()} | {
            sheet.title.lower() for sheet in self._sheets.get(path, ())
        }
        ends = ("", *(f" {number}" for number in range(2, len(taken) + 3)))
        return next(name for end in ends if (name := title[: 31 - len(end)] + end).lower() not in taken)

    def _part_period(self, assignment: Assignment | None) -> Iterator[NotCarried]:
        whole = (self.before.last_day - self.before.first_day).days + 1
        if assignment is not None and (days := assignment.days(self.before)) < whole:
            yield NotCarried("", "", self.labels("next_part_period", quarter=self.before, days=days))

    def books(self) -> Iterator[PlannedWorkbook]:
        """The planned workbooks, named after those that they follow."""
        names = FileNames()
        for path, sheets in self._sheets.items():
            yield PlannedWorkbook(names(self._name(path)), self._languages[path], tuple(sheets), self._lite[path])

    def _name(self, path: Path) -> str:
        after = str(self.before.after)
        name, replaced = re.subn(re.escape(str(self.before)), after, path.stem, flags=re.IGNORECASE)
        return name if replaced or name.startswith(after) else f"{after}-{path.stem}"


def _id_and_role(entry: ReceivedForm) -> tuple[str, str]:
    return identity(entry.form).id, entry.form.appraisal.role.id


def _lite_of_most(chosen: Sequence[tuple[Path, ReceivedForm]]) -> bool:
    """Whether most forms of a quarter have their functions for xlwings Lite."""
    return Counter(entry.file.filled.lite for _, entry in chosen).most_common(1)[0][0]


def _grouping(chosen: Sequence[tuple[Path, ReceivedForm]]) -> str:
    """How the forms of a quarter are grouped into workbooks: one of `GROUPINGS`."""
    places = [(path, entry.form.assignment) for path, entry in chosen if entry.form.assignment is not None]
    keys: dict[str, Callable[[Assignment], str]] = {
        "superior": lambda assignment: assignment.superior,
        "department": lambda assignment: assignment.department,
        "person": lambda assignment: assignment.id,
    }
    for by, key in keys.items():
        pairs = {(path, key(assignment)) for path, assignment in places}
        if len(pairs) == len({path for path, _ in pairs}) == len({name for _, name in pairs}) > 1:
            return by
    return "superior" if len({path for path, _ in chosen}) > 1 else "none"
