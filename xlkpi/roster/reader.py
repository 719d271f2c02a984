"""Reads the roster (名册), Excel or CSV, into the assignments of a quarter.

A row with a fault gives a `Problem` at its cell and no assignment; the other rows are read all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.units import is_percent, rate_meant
from xlkpi.common.assignment import Assignment
from xlkpi.common.caches import ByIdentity
from xlkpi.common.files import shown_name
from xlkpi.common.person import IDENTITY_FIELDS, NEEDED_FIELDS, ROSTER_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.form.grid import address
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import is_number, number_text
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Place, Problem, UnreadableError
from xlkpi.roster.faults import FieldError, conflict, errors, not_as_shown, or_fault
from xlkpi.roster.fields import day, share, yes_or_no
from xlkpi.roster.header import TARGET, Header, folded, header_of, text_of
from xlkpi.roster.roles import nearest_title, roles_named
from xlkpi.roster.table import FileTable, read_table
from xlkpi.roster.targets import target_number, targets_of
from xlkpi.roster.titles import FILE, AskedTitle, Choices, Titles, words_of_table
from xlkpi.xlsx.shown_numbers import shown_number


@dataclass(frozen=True)
class Roster:
    """The assignments, in the order of their rows, and the problems.

    language: that of the headers and the problems. fields: the fields of a person that the roster has columns for.
    asked: the titles for which a role has to be chosen.
    """

    assignments: tuple[Assignment, ...]
    problems: tuple[Problem, ...]
    language: str = HANS
    fields: frozenset[str] = field(default=frozenset(), compare=False)
    asked: tuple[AskedTitle, ...] = ()


def read_roster(
    path: Path,
    catalogue: Catalogue,
    quarter: Quarter | None = None,
    language: str = HANS,
    titles: Choices | None = None,
) -> Roster:
    """Read a roster (.xlsx, .csv).

    quarter: an assignment without a day in it is a problem; also the roles are those of the quarter. language: of the
    problems of a file without headers. titles: which role the company has chosen for titles that are none; None where
    nobody can choose. Raises OSError, `CatalogueError`.
    """
    try:
        table = read_table(path)
        header = header_of(table.rows)
    except UnreadableError as error:
        return Roster((), (error.problem(shown_name(path), language=language),), error.language or language)
    reader = _Reader(shown_name(path), table, header, catalogue, quarter, titles)
    assignments = tuple(reader.assignments())
    reader.tell_of_titles()
    fields = frozenset(header.fields.values())
    return Roster(assignments, tuple(reader.problems), header.language, fields, tuple(reader.asked.values()))


def read_with_titles(
    path: Path, catalogue: Catalogue, quarter: Quarter, language: str, titles: Titles | None
) -> Roster:
    """As `read_roster`; the problems of the company's table of titles, if there is one, stand before the others.

    A title whose choice is wrong is told at the choice, and not again at the roster.
    """
    if titles is None:
        return read_roster(path, catalogue, quarter, language)
    roster = read_roster(path, catalogue, quarter, language, titles.choices)
    told = {address(*title.cell) for title in roster.asked if folded(title.title) in titles.faulty}
    others = (problem for problem in roster.problems if problem.column_id != "post" or problem.cell not in told)
    return replace(roster, problems=(*titles.problems, *others))


# --- rows -------------------------------------------------------------------------------------------------------------


@dataclass
class _Reader:
    """Reads the rows below the headers and collects the problems."""

    file: str
    table: FileTable
    header: Header
    catalogue: Catalogue
    quarter: Quarter | None
    titles: Choices | None
    asked: dict[str, AskedTitle] = field(default_factory=dict)
    left_out: dict[str, AskedTitle] = field(default_factory=dict)
    """By folded title, as the roster's people are counted: titles without a role, and those that are not appraised."""
    problems: list[Problem] = field(default_factory=list)

    @cached_property
    def labels(self) -> Labels:
        """The labels in the language of the headers."""
        return words(self.header.language)

    def assignments(self) -> Iterator[Assignment]:
        """The assignments of the rows without a fault."""
        column = {name: at for at, name in self._fields() if name}
        earlier: dict[str, dict[int, Assignment]] = {}
        first = self.header.row + 1
        for number, cells in enumerate(self.table.rows[first:], start=first):
            row = {name: cells[at] if at < len(cells) else None for name, at in column.items()}
            row |= {
                name: self.table.shown.get((number, column[name]), row[name]) for name in IDENTITY_FIELDS & row.keys()
            }
            unusable = {fault.field: fault for fault in (*self._unusable(number, column), *not_as_shown(row))}
            filled = any(text_of(value) for name, value in row.items() if name not in unusable)
            if not filled and not any(name in unusable for name in NEEDED_FIELDS):
                continue  # formulas that wait for a person, below the last one
            if "post" not in unusable and self._has_no_role(text_of(row["post"]), (number, column["post"])):
                continue
            found: list[FieldError] = []
            assignment = self._assignment(row, found, (number, column))
            faults = [*unusable.values(), *(fault for fault in found if fault.field not in unusable)]
            if not errors(faults):
                faults += conflict(assignment, earlier.get(assignment.id, {}), self.quarter)
            for fault in faults:
                self._problem(
                    number, column.get(fault.field, 0), fault.field, fault.severity, fault.key, **fault.values
                )
            if not errors(faults):
                earlier.setdefault(assignment.id, {})[number] = assignment
                yield assignment

    def _unusable(self, number: int, column: Mapping[str, int]) -> Iterator[FieldError]:
        """Cells of a row that hold an error, or a formula without a result: nobody is called #N/A, or nothing."""
        for name, at in column.items():
            label = text_of(self.table.rows[self.header.row][at])
            if (number, at) in self.table.errors:
                yield FieldError(name, "roster_error_value", label=label, value=self.table.errors[number, at])
            elif (number, at) in self.table.uncalculated:
                yield FieldError(name, "roster_uncalculated", label=label)

    def _fields(self) -> Iterator[tuple[int, str]]:
        """The columns with their fields. Unknown headers, and targets that no role has, are problems."""
        row, fields = self.header.row, self.header.fields
        has_targets = any(name.startswith(TARGET) for name in fields.values())
        roles = self.catalogue.roles(self.quarter).values() if has_targets else ()
        targets = {target for role in roles for target in targets_of(self.catalogue, ByIdentity(role))}
        self._tell_of_columns()
        for at, name in fields.items():
            header = text_of(self.table.rows[row][at])
            if name.startswith(TARGET) and name.removeprefix(TARGET) not in targets:
                self._problem(row, at, name, ERROR, "roster_no_such_target", header=header)
            elif name:
                yield at, name

    def _tell_of_columns(self) -> None:
        """Columns that mean the same as another, and own ones that look like a missing one: a line of advice each.

        Whatever else a company keeps in its roster is its own.
        """
        row, texts = self.header.row, [text_of(cell) for cell in self.table.rows[self.header.row]]
        if twice := self.header.twice:
            pairs = (self.labels("roster_instead", header=texts[at], read=texts[read]) for at, read in twice.items())
            self._problem(row, min(twice), "", ADVICE, "roster_columns_twice", columns=tuple(pairs))
        if near := self.header.near:
            pairs = (self.labels("roster_meant", header=texts[at], near=known) for at, known in near.items())
            self._problem(row, min(near), "", ADVICE, "roster_columns_near", columns=tuple(pairs))

    # --- titles that are no roles -------------------------------------------------------------------------------------

    def _has_no_role(self, title: str, cell: tuple[int, int]) -> bool:
        """Whether the people with a title get no form because of it; counts them."""
        if self.titles is None or not title:
            return False
        key = folded(title)
        if key in self.titles:
            counted = self.left_out if self.titles[key] is None else None
        else:
            counted = None if roles_named(title, self.catalogue, self.quarter) else self.asked
        if counted is None:
            return False
        if key not in counted:
            near = nearest_title(title, self.catalogue, self.quarter, self.header.language)
            counted[key] = AskedTitle(title, 0, near, cell)
        counted[key] = replace(counted[key], people=counted[key].people + 1)
        return True

    def tell_of_titles(self) -> None:
        """A problem for each title without a role, and a line of advice for each that is not appraised."""
        for title in self.asked.values():
            key = "roster_title_near" if title.near else "roster_title_open"
            values = {"title": title.title, "count": title.people, "near": title.near} | words_of_table()
            self._problem(*title.cell, "post", ERROR, key, **values)
        for title in self.left_out.values():
            values = {"title": title.title, "count": title.people} | words_of_table()
            self._problem(*title.cell, "post", ADVICE, "roster_title_left", **values)

    # --- fields -------------------------------------------------------------------------------------------------------

    def _assignment(
        self, row: Mapping[str, object], faults: list[FieldError], place: tuple[int, Mapping[str, int]]
    ) -> Assignment:
        """The assignment of a row; its faults are added to `faults`. place: the number of the row, and the columns."""
        text = {name: text_of(row.get(name)) for name in ROSTER_FIELDS}
        missing = [name for name in NEEDED_FIELDS if not text[name]]
        faults += [FieldError(name, "roster_empty", label=self.labels(name)) for name in missing]
        role = or_fault(faults, None, self._role, text["post"]) if text["post"] else None
        start: dt.date | None = or_fault(faults, None, day, row.get("roster_start"), "roster_start", self.labels)
        end: dt.date | None = or_fault(faults, None, day, row.get("roster_end"), "roster_end", self.labels)
        if start and end and end < start:
            faults.append(FieldError("roster_end", "roster_backwards", start=start, end=end))
        agreed = [name for name, value in row.items() if name.startswith(TARGET) and text_of(value)]
        number, column = place
        read = ((role, name, row[name], (number, column[name]), faults) for name in agreed if role)
        targets = [or_fault(faults, ("", 0.0), self._target, *each) for each in read]
        return Assignment(
            **{attribute: text[id] for id, attribute in IDENTITY_FIELDS.items()},
            role=role.id if role else "",
            start=start,
            end=end,
            newcomer=or_fault(faults, False, yes_or_no, text["newcomer"], "newcomer", self.labels),
            share=or_fault(faults, 1.0, share, row.get("work_share"), "work_share", self.labels),
            targets=dict(targets),
        )

    def _role(self, text: str) -> Role:
        chosen = (self.titles or {}).get(folded(text))
        matching = roles_named(chosen or text, self.catalogue, self.quarter)
        if len(matching) == 1:
            return matching[0]
        if chosen is not None:
            role = self.catalogue.title(self.catalogue.role(chosen), self.header.language)
            raise FieldError("post", "roster_role_not_yet", title=text, role=role, quarter=self.quarter, file=FILE)
        if matching:
            raise FieldError("post", "roster_role_twice", role=text, ids=tuple(role.id for role in matching))
        if near := nearest_title(text, self.catalogue, self.quarter, self.header.language):
            raise FieldError("post", "roster_role_near", role=text, near=near)
        raise FieldError("post", "roster_no_role", role=text)

    def _target(
        self, role: Role, name: str, value: object, place: tuple[int, int], faults: list[FieldError]
    ) -> tuple[str, float]:
        indicator, language = name.removeprefix(TARGET), self.header.language
        targets = targets_of(self.catalogue, ByIdentity(role))
        key, typed, part = targets.get(indicator, ("", False, None))
        label = self.catalogue.translator(language, role.id)(part.label if part else indicator)
        names = {"role": self.catalogue.title(role, language), "label": label}
        if part is None:
            raise FieldError(name, "roster_no_indicator", **names)
        if not typed:
            raise FieldError(name, "roster_fixed_target", **names)
        code = self.table.formats.get(place, "")
        number = target_number(value, part.unit, code)
        if number is None:
            shown = shown_number(float(value), code) if is_number(value) else text_of(value)
            unit = self.catalogue.translator(language, role.id)(part.unit)
            raise FieldError(name, "roster_target_no_number", text=shown, unit=unit, **names)
        meant = rate_meant(number, part.target) if is_percent(part.unit) else None
        if meant is not None:
            rates = {"value": number, "meant": meant}
            texts = {key: number_text(rate, True, self.labels) for key, rate in rates.items()}
            faults.append(FieldError(name, "roster_rate", WARNING, **names, **texts))
        return key, number

    def _problem(self, row: int, column: int, name: str, severity: str, key: str, /, **values: object) -> None:
        place = Place(self.file, self.table.sheet, address(row, column), None, name or None)
        self.problems.append(Problem.at(place, "roster", self.header.language, severity, key, **values))
