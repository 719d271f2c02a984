"""Reads the roster (名册), Excel or CSV, into the assignments of a quarter.

A row with a fault gives a `Problem` at its cell and no assignment; the other rows are read all the same.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Part, Role
from xlkpi.catalogue.units import is_percent, rate_meant
from xlkpi.common.assignment import Assignment
from xlkpi.common.files import shown_name
from xlkpi.common.identity import ByIdentity
from xlkpi.common.person import IDENTITY_FIELDS, NEEDED_FIELDS, ROSTER_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.form.grid import address
from xlkpi.form.layout import target_key
from xlkpi.i18n.labels import Labels, is_yes, words
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.numbers import is_number, lost_digits, number_text, number_written
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Place, Problem, UnreadableError
from xlkpi.roster.header import TARGET, Header, folded, header_of, text_of
from xlkpi.roster.table import FileTable, read_table


@dataclass(frozen=True)
class Roster:
    """The assignments, in the order of their rows, and the problems.

    language: that of the headers and the problems. fields: the fields of a person that the roster has columns for.
    """

    assignments: tuple[Assignment, ...]
    problems: tuple[Problem, ...]
    language: str = HANS
    fields: frozenset[str] = field(default=frozenset(), compare=False)


def read_roster(path: Path, catalogue: Catalogue, quarter: Quarter | None = None, language: str = HANS) -> Roster:
    """Read a roster (.xlsx, .csv).

    quarter: an assignment without a day in it is a problem; also the roles are those of the quarter. language: of the
    problems of a file without headers. Raises OSError, `CatalogueError`.
    """
    try:
        table = read_table(path)
        header = header_of(table.rows)
    except UnreadableError as error:
        return Roster((), (error.problem(shown_name(path), language=language),), error.language or language)
    reader = _Reader(shown_name(path), table, header, catalogue, quarter)
    assignments = tuple(reader.assignments())
    return Roster(assignments, tuple(reader.problems), header.language, frozenset(header.fields.values()))


# --- rows -------------------------------------------------------------------------------------------------------------


class _FieldError(Exception):
    """A fault in a field of a row; only an error keeps the row from being read.

    key: of its message in problems.toml, which `values` fill in.
    """

    def __init__(self, field: str, key: str, severity: str = ERROR, /, **values: object) -> None:
        super().__init__(key)
        self.field, self.key, self.severity, self.values = field, key, severity, values


@dataclass
class _Reader:
    """Reads the rows below the headers and collects the problems."""

    file: str
    table: FileTable
    header: Header
    catalogue: Catalogue
    quarter: Quarter | None
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
            unusable = {fault.field: fault for fault in (*self._unusable(number, column), *_not_as_shown(row))}
            filled = any(text_of(value) for name, value in row.items() if name not in unusable)
            if not filled and not any(name in unusable for name in NEEDED_FIELDS):
                continue  # formulas that wait for a person, below the last one
            found: list[_FieldError] = []
            assignment = self._assignment(row, found)
            faults = [*unusable.values(), *(fault for fault in found if fault.field not in unusable)]
            if not _errors(faults):
                faults += _conflict(assignment, earlier.get(assignment.id, {}), self.quarter)
            for fault in faults:
                self._problem(
                    number, column.get(fault.field, 0), fault.field, fault.severity, fault.key, **fault.values
                )
            if not _errors(faults):
                earlier.setdefault(assignment.id, {})[number] = assignment
                yield assignment

    def _unusable(self, number: int, column: Mapping[str, int]) -> Iterator[_FieldError]:
        """Cells of a row that hold an error, or a formula without a result: nobody is called #N/A, or nothing."""
        for name, at in column.items():
            label = text_of(self.table.rows[self.header.row][at])
            if (number, at) in self.table.errors:
                yield _FieldError(name, "roster_error_value", label=label, value=self.table.errors[number, at])
            elif (number, at) in self.table.uncalculated:
                yield _FieldError(name, "roster_uncalculated", label=label)

    def _fields(self) -> Iterator[tuple[int, str]]:
        """The columns with their fields. Unknown headers, and targets that no role has, are problems."""
        row, fields = self.header.row, self.header.fields
        has_targets = any(name.startswith(TARGET) for name in fields.values())
        roles = self.catalogue.roles(self.quarter).values() if has_targets else ()
        targets = {target for role in roles for target in _targets_of(self.catalogue, ByIdentity(role))}
        columns = tuple(map(self.labels, ROSTER_FIELDS))
        for at, name in fields.items():
            header = text_of(self.table.rows[row][at])
            if not name:
                self._problem(row, at, "", ADVICE, "roster_column_unknown", header=header, columns=columns)
            elif name.startswith(TARGET) and name.removeprefix(TARGET) not in targets:
                self._problem(row, at, name, ERROR, "roster_no_such_target", header=header)
            else:
                yield at, name

    def _assignment(self, row: Mapping[str, object], faults: list[_FieldError]) -> Assignment:
        """The assignment of a row; its faults are added to `faults`."""
        text = {name: text_of(row.get(name)) for name in ROSTER_FIELDS}
        missing = [name for name in NEEDED_FIELDS if not text[name]]
        faults += [_FieldError(name, "roster_empty", label=self.labels(name)) for name in missing]
        role = _or_fault(faults, None, self._role, text["post"]) if text["post"] else None
        start: dt.date | None = _or_fault(faults, None, self._day, row, "roster_start")
        end: dt.date | None = _or_fault(faults, None, self._day, row, "roster_end")
        if start and end and end < start:
            faults.append(_FieldError("roster_end", "roster_backwards", start=start, end=end))
        agreed = [name for name, value in row.items() if name.startswith(TARGET) and text_of(value)]
        targets = (
            [_or_fault(faults, ("", 0.0), self._target, role, name, row[name], faults) for name in agreed]
            if role
            else []
        )
        return Assignment(
            **{attribute: text[id] for id, attribute in IDENTITY_FIELDS.items()},
            role=role.id if role else "",
            start=start,
            end=end,
            newcomer=_or_fault(faults, False, self._newcomer, text["newcomer"]),
            share=_or_fault(faults, 1.0, self._share, row.get("work_share")),
            targets=dict(targets),
        )

    def _role(self, text: str) -> Role:
        roles = _roles(self.catalogue, self.quarter)
        matching = roles.get(folded(text), ())
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise _FieldError("post", "roster_role_twice", role=text, ids=tuple(role.id for role in matching))
        if near := difflib.get_close_matches(folded(text), roles, 1, 0.3):
            title = self.catalogue.title(roles[near[0]][0], self.header.language)
            raise _FieldError("post", "roster_role_near", role=text, near=title)
        raise _FieldError("post", "roster_no_role", role=text)

    def _day(self, row: Mapping[str, object], name: str) -> dt.date | None:
        """The date in a cell: a date, a text, or Excel's serial number of a date; None where the cell is empty."""
        value, text = row.get(name), text_of(row.get(name))
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        if not text:
            return None
        written = _DATE.fullmatch(text)
        try:
            if written:
                return dt.date(*(int(part) for part in written.groups() if part))
            if re.fullmatch(r"\d{5}", text):
                return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
        except ValueError:
            pass
        raise _FieldError(name, "roster_no_date", label=self.labels(name), text=text)

    def _newcomer(self, text: str) -> bool:
        if is_yes(text) or text.casefold() in _YES:
            return True
        if text.casefold() in (*_NO, *(words(language)("no_word").casefold() for language in LANGUAGES)):
            return False
        raise _FieldError("newcomer", "roster_yes_no", label=self.labels("newcomer"), text=text)

    def _share(self, value: object) -> float:
        """The share of full working time; 1 where the cell is empty."""
        text = text_of(value)
        share = 1.0 if not text else number_written(text) if isinstance(value, str) else value
        if is_number(share) and 0 < share <= 1:
            return float(share)
        key = "roster_share_meant" if is_number(share) and 1 < share <= 100 else "roster_share"
        meant = number_text(share / 100, True, self.labels) if is_number(share) else ""
        raise _FieldError("work_share", key, label=self.labels("work_share"), text=text, meant=meant)

    def _target(self, role: Role, name: str, value: object, faults: list[_FieldError]) -> tuple[str, float]:
        indicator, language = name.removeprefix(TARGET), self.header.language
        targets = _targets_of(self.catalogue, ByIdentity(role))
        key, typed, part = targets.get(indicator, ("", False, None))
        label = self.catalogue.translator(language, role.id)(part.label if part else indicator)
        names = {"role": self.catalogue.title(role, language), "label": label}
        if not key:
            raise _FieldError(name, "roster_no_indicator", **names)
        if not typed:
            raise _FieldError(name, "roster_fixed_target", **names)
        number = number_written(value) if isinstance(value, str) else value
        if not is_number(number):
            raise _FieldError(name, "roster_target_no_number", text=text_of(value), **names)
        meant = rate_meant(number, part.target) if part and is_percent(part.unit) else None
        if meant is not None:
            shown = {key: number_text(rate, True, self.labels) for key, rate in (("value", number), ("meant", meant))}
            faults.append(_FieldError(name, "roster_rate", WARNING, **names, **shown))
        return key, float(number)

    def _problem(self, row: int, column: int, name: str, severity: str, key: str, /, **values: object) -> None:
        place = Place(self.file, self.table.sheet, address(row, column), None, name or None)
        self.problems.append(Problem.at(place, "roster", self.header.language, severity, key, **values))


def _errors(faults: Iterable[_FieldError]) -> bool:
    return any(fault.severity == ERROR for fault in faults)


_T = TypeVar("_T")


def _or_fault(faults: list[_FieldError], default: _T, read: Callable[..., _T], *arguments: object) -> _T:
    """`read(*arguments)`; where that raises a fault, the fault is added to `faults` and the result is `default`."""
    try:
        return read(*arguments)
    except _FieldError as fault:
        faults.append(fault)
        return default


@lru_cache(maxsize=16)
def _roles(catalogue: Catalogue, quarter: Quarter | None) -> Mapping[str, tuple[Role, ...]]:
    """Folded id, or folded title in any language → the roles that have it."""
    by_name: dict[str, tuple[Role, ...]] = {}
    for role in catalogue.roles(quarter).values():
        for name in {folded(role.id), *(folded(catalogue.title(role, language)) for language in LANGUAGES)}:
            by_name[name] = (*by_name.get(name, ()), role)
    return by_name


_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?: 00:00(?::00)?)?")


_NO = ("", "no", "n", "false", "0")
_YES = ("y", "true", "1", "√", "✓")


@lru_cache(maxsize=256)
def _targets_of(catalogue: Catalogue, by_identity: ByIdentity[Role]) -> Mapping[str, tuple[str, bool, Part]]:
    """The targets of a role: folded name → its key, whether people type it, and the part whose target it is."""
    role = by_identity.value
    by_name: dict[str, tuple[str, bool, Part]] = {}
    translators = [catalogue.translator(language, role.id) for language in LANGUAGES]
    for indicator in role.indicators:
        for number, part in enumerate(indicator.parts):
            key = target_key(indicator.id, number)
            typed = part.target_formula is None and indicator.rule.reads_target(number)
            for name in (key, *(translator(part.label) for translator in translators)):
                by_name.setdefault(folded(name), (key, typed, part))
    return by_name


_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E[+-]?\d+", re.IGNORECASE)


def _not_as_shown(row: Mapping[str, object]) -> Iterator[_FieldError]:
    """A staff number whose last digits a spreadsheet has lost, and one that it has turned into a date."""
    value = row.get("employee_id")
    if lost_digits(value) or (isinstance(value, str) and _SCIENTIFIC.fullmatch(value.strip())):
        yield _FieldError("employee_id", "roster_lost_digits", text=text_of(value))
    elif isinstance(value, dt.date | dt.time | dt.timedelta):
        yield _FieldError("employee_id", "roster_date_number", text=text_of(value))


# --- one row against the others ---------------------------------------------------------------------------------------


def _conflict(
    assignment: Assignment, earlier: Mapping[int, Assignment], quarter: Quarter | None
) -> Iterator[_FieldError]:
    """The first conflict of an assignment, if any: it has no day in the quarter, or contradicts an earlier row.

    earlier: row from 0 → assignment, all with the same staff number.
    """
    if quarter and not assignment.days(quarter):
        yield _FieldError("roster_start", "roster_other_quarter", quarter=quarter)
        return
    for number, other in earlier.items():
        if other == assignment:
            yield _FieldError("employee_id", "roster_same_row", row=number + 1)
        elif other.name != assignment.name:
            values = {"id": assignment.id, "row": number + 1, "before": other.name, "name": assignment.name}
            yield _FieldError("name", "roster_two_people", **values)
        elif (assignment.start or dt.date.min) <= (other.end or dt.date.max) and (other.start or dt.date.min) <= (
            assignment.end or dt.date.max
        ):
            yield _FieldError("roster_start", "roster_overlap", id=assignment.id, row=number + 1)
        else:
            continue
        return
