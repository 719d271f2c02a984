"""The roster (名册): who is appraised in a quarter, from Excel or CSV.

A row with something wrong is a `Problem` at its cell, and is left out; the others are read.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.files import shown_name
from xlkpi.common.identity import ByIdentity
from xlkpi.common.person import IDENTITY_FIELDS, NEEDED_FIELDS, ROSTER_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.form.grid import address
from xlkpi.form.layout import target_key
from xlkpi.i18n.labels import is_yes, words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import is_number, number_written
from xlkpi.i18n.problems import ADVICE, ERROR, Problem, UnreadableError
from xlkpi.roster.header import TARGET, folded, header_of, text_of
from xlkpi.roster.table import NoRosterError, TableOf, read_table


@dataclass(frozen=True)
class Roster:
    """Posts in the order of their rows, and what is wrong with the others."""

    assignments: tuple[Assignment, ...]
    problems: tuple[Problem, ...]


def read_roster(path: Path, catalogue: Catalogue, quarter: Quarter | None = None) -> Roster:
    """Read a roster (.xlsx, .csv); posts without a day in `quarter` are problems. Raises OSError, `CatalogueError`."""
    try:
        table = read_table(path)
        header, columns = header_of(table.rows)
    except (NoRosterError, UnreadableError) as error:
        return Roster((), (error.problem(shown_name(path)),))
    reader = _Reader(shown_name(path), table, header, columns, catalogue, quarter)
    assignments = tuple(reader.assignments())
    return Roster(assignments, tuple(reader.problems))


# --- rows -------------------------------------------------------------------------------------------------------------


class _WrongError(Exception):
    """Something wrong in a field of a row: message, advice."""

    def __init__(self, field: str, message: str, advice: str) -> None:
        super().__init__(message)
        self.field, self.message, self.advice = field, message, advice


@dataclass
class _Reader:
    """Reads the rows under the headers; collects the problems."""

    file: str
    table: TableOf
    header: int
    columns: dict[int, str]
    catalogue: Catalogue
    quarter: Quarter | None
    problems: list[Problem] = field(default_factory=list)

    def assignments(self) -> Iterator[Assignment]:
        """The posts without a fault."""
        self._columns_unknown()
        column = {name: at for at, name in self.columns.items() if name}
        read: dict[str, dict[int, Assignment]] = {}
        for number, cells in enumerate(self.table.rows[self.header + 1 :], start=self.header + 1):
            row = {name: cells[at] if at < len(cells) else None for name, at in column.items()}
            if not any(map(text_of, row.values())):
                continue
            faults: list[_WrongError] = []
            assignment = _post(row, faults, self.catalogue, self.quarter)
            if not faults:
                faults += _against(assignment, read.get(assignment.id, {}), self.quarter)
            for fault in faults:
                self._problem(number, column.get(fault.field), fault.field, fault.message, fault.advice)
            if not faults:
                read.setdefault(assignment.id, {})[number] = assignment
                yield assignment

    @property
    def _has_targets(self) -> bool:
        return any(name.startswith(TARGET) for name in self.columns.values())

    def _columns_unknown(self) -> None:
        roles = self.catalogue.roles(self.quarter).values() if self._has_targets else ()
        known = {name for role in roles for name in _targets_of(self.catalogue, ByIdentity(role))}
        for at, name in list(self.columns.items()):
            header = text_of(self.table.rows[self.header][at])
            if not name:
                advice = f"这一列没有读；认得的列：{'、'.join(words()(name) for name in ROSTER_FIELDS)}、目标:指标名"
                self._problem(self.header, at, "", f"不认识或重复的列“{header}”", advice, severity=ADVICE)
            elif name.startswith(TARGET) and name.removeprefix(TARGET) not in known:
                advice = "这一列没有读；请写考核表上的指标名，如“目标:UV增长率”"
                self._problem(self.header, at, name, f"列“{header}”：没有岗位有这个指标", advice)
                self.columns[at] = ""

    def _problem(
        self, row: int, column: int | None, name: str, message: str, advice: str, *, severity: str = ERROR
    ) -> None:
        cell = address(row, column or 0)
        self.problems.append(
            Problem(self.file, self.table.sheet, cell, None, name or None, "roster", message, advice, severity)
        )


_LEFT_OUT = "这一行没有生成考核表"
_T = TypeVar("_T")


def _tried(faults: list[_WrongError], otherwise: _T, read: Callable[..., _T], *given: object) -> _T:
    """What `read` gives; where it finds a fault, that is noted."""
    try:
        return read(*given)
    except _WrongError as fault:
        faults.append(fault)
        return otherwise


def _post(
    row: Mapping[str, object], faults: list[_WrongError], catalogue: Catalogue, quarter: Quarter | None
) -> Assignment:
    """The post of a row; what is wrong goes to `faults`."""
    text = {name: text_of(row.get(name)) for name in ROSTER_FIELDS}
    missing = [name for name in NEEDED_FIELDS if not text[name]]
    faults += [_WrongError(name, f"没有填“{words()(name)}”", f"请补上；{_LEFT_OUT}") for name in missing]
    role = _tried(faults, None, _role, text["post"], catalogue, quarter) if text["post"] else None
    start: dt.date | None = _tried(faults, None, _day, row, "roster_start")
    end: dt.date | None = _tried(faults, None, _day, row, "roster_end")
    if start and end and end < start:
        faults.append(_WrongError("roster_end", f"任职结束日 {end} 早于开始日 {start}", f"请核对两个日期；{_LEFT_OUT}"))
    agreed = [name for name, value in row.items() if name.startswith(TARGET) and text_of(value)]
    targets = [_tried(faults, ("", 0.0), _target, catalogue, role, name, row[name]) for name in agreed] if role else []
    return Assignment(
        **{attribute: text[id] for id, attribute in IDENTITY_FIELDS.items()},
        role=role.id if role else "",
        start=start,
        end=end,
        newcomer=_tried(faults, False, _newcomer, text["newcomer"]),
        targets=dict(targets),
    )


@lru_cache(maxsize=16)
def _roles(catalogue: Catalogue, quarter: Quarter | None) -> Mapping[str, tuple[Role, ...]]:
    """The roles by folded id, and by folded title in every language."""
    found: dict[str, tuple[Role, ...]] = {}
    for role in catalogue.roles(quarter).values():
        for name in {folded(role.id), *(folded(catalogue.title(role, language)) for language in LANGUAGES)}:
            found[name] = (*found.get(name, ()), role)
    return found


def _role(text: str, catalogue: Catalogue, quarter: Quarter | None) -> Role:
    roles = _roles(catalogue, quarter)
    found = roles.get(folded(text), ())
    if len(found) == 1:
        return found[0]
    if found:
        listed = "、".join(role.id for role in found)
        raise _WrongError("post", f"岗位“{text}”不止一个", f"请写岗位的标识：{listed}；{_LEFT_OUT}")
    near = difflib.get_close_matches(folded(text), roles, 1, 0.3)
    advice = f"是不是“{roles[near[0]][0].title}”？" if near else ""
    raise _WrongError("post", f"没有岗位“{text}”", f"{advice}xlkpi roles 列出全部岗位；{_LEFT_OUT}")


def _day(row: Mapping[str, object], name: str) -> dt.date | None:
    """A date cell, a date as text, or the number by which Excel keeps a date; None where it is empty."""
    value, text = row.get(name), text_of(row.get(name))
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?: 00:00(?::00)?)?", text)
    try:
        if found:
            return dt.date(*(int(part) for part in found.groups() if part))
        if re.fullmatch(r"\d{5}", text):
            return dt.date(1899, 12, 30) + dt.timedelta(days=int(text))
    except ValueError:
        pass
    raise _WrongError(name, f"“{words()(name)}”须为日期，现在是“{text}”", f"请写成 2026-11-16；{_LEFT_OUT}")


_NO = ("", "否", "no", "n", "false", "0")
_YES = ("y", "true", "1", "√", "✓")


def _newcomer(text: str) -> bool:
    if is_yes(text) or text.casefold() in _YES:
        return True
    if text.casefold() in (*_NO, *(words(language)("no_word").casefold() for language in LANGUAGES)):
        return False
    raise _WrongError("newcomer", f"“{words()('newcomer')}”须为是或否，现在是“{text}”", f"请改正；{_LEFT_OUT}")


@lru_cache(maxsize=256)
def _targets_of(catalogue: Catalogue, same: ByIdentity[Role]) -> Mapping[str, tuple[str, bool, str]]:
    """Of a role: folded name of a target → its key, whether it is typed, and its label."""
    role = same.it
    found: dict[str, tuple[str, bool, str]] = {}
    said = [catalogue.translator(language, role.id) for language in LANGUAGES]
    for indicator in role.indicators:
        for number, part in enumerate(indicator.parts):
            key = target_key(indicator.id, number)
            typed = part.target_formula is None and indicator.rule.reads_target(number)
            for name in (key, *(translator(part.label) for translator in said)):
                found.setdefault(folded(name), (key, typed, part.label))
    return found


def _target(catalogue: Catalogue, role: Role, name: str, value: object) -> tuple[str, float]:
    indicator = name.removeprefix(TARGET)
    key, typed, indicator = _targets_of(catalogue, ByIdentity(role)).get(indicator, ("", False, indicator))
    if not key:
        raise _WrongError(name, f"“{role.title}”没有指标“{indicator}”", f"请清空这一格，或改正岗位；{_LEFT_OUT}")
    if not typed:
        raise _WrongError(name, f"“{role.title}”的“{indicator}”不填目标值", f"请清空这一格；{_LEFT_OUT}")
    number = number_written(value) if isinstance(value, str) else value
    if not is_number(number):
        message = f"“{indicator}”的目标值须为数字，现在是“{text_of(value)}”"
        raise _WrongError(name, message, f"请只填数字，百分数可填 12%；{_LEFT_OUT}")
    return key, float(number)


# --- one row against the others ---------------------------------------------------------------------------------------


def _against(assignment: Assignment, read: Mapping[int, Assignment], quarter: Quarter | None) -> Iterator[_WrongError]:
    """What is wrong with a post beside those of the same number read before it, by row from 0, and in the quarter."""
    if quarter and not assignment.days(quarter):
        yield _WrongError("roster_start", f"任职日期不在{quarter}内", f"请核对日期，或删去这一行；{_LEFT_OUT}")
        return
    for number, other in read.items():
        if other == assignment:
            yield _WrongError("employee_id", f"与第{number + 1}行完全相同", f"请删去一行；{_LEFT_OUT}")
        elif other.name != assignment.name:
            message = f"工号“{assignment.id}”在第{number + 1}行是“{other.name}”，这里是“{assignment.name}”"
            yield _WrongError("name", message, f"一个工号只能是一个人，请核对；{_LEFT_OUT}")
        elif (assignment.start or dt.date.min) <= (other.end or dt.date.max) and (other.start or dt.date.min) <= (
            assignment.end or dt.date.max
        ):
            message = f"工号“{assignment.id}”的任职日期与第{number + 1}行重叠"
            yield _WrongError("roster_start", message, f"换岗请在两行里各写起止日期，互不重叠；{_LEFT_OUT}")
        else:
            continue
        return
