"""Faults in the fields of a roster's row, and those that show in one row beside the others."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.numbers import lost_digits
from xlkpi.i18n.problems import ERROR
from xlkpi.roster.header import text_of


class FieldError(Exception):
    """A fault in a field of a row; only an error keeps the row from being read.

    key: of its message in problems.toml, which `values` fill in.
    """

    def __init__(self, field: str, key: str, severity: str = ERROR, /, **values: object) -> None:
        super().__init__(key)
        self.field, self.key, self.severity, self.values = field, key, severity, values


def errors(faults: Iterable[FieldError]) -> bool:
    """Whether any of the faults keeps the row from being read."""
    return any(fault.severity == ERROR for fault in faults)


_T = TypeVar("_T")


def or_fault(faults: list[FieldError], default: _T, read: Callable[..., _T], *arguments: object) -> _T:
    """`read(*arguments)`; where that raises a fault, the fault is added to `faults` and the result is `default`."""
    try:
        return read(*arguments)
    except FieldError as fault:
        faults.append(fault)
        return default


_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E[+-]?\d+", re.IGNORECASE)


def not_as_shown(row: Mapping[str, object]) -> Iterator[FieldError]:
    """A staff number whose last digits a spreadsheet has lost, and one that it has turned into a date."""
    value = row.get("employee_id")
    if lost_digits(value) or (isinstance(value, str) and _SCIENTIFIC.fullmatch(value.strip())):
        yield FieldError("employee_id", "roster_lost_digits", text=text_of(value))
    elif isinstance(value, dt.date | dt.time | dt.timedelta):
        yield FieldError("employee_id", "roster_date_number", text=text_of(value))


# --- one row against the others ---------------------------------------------------------------------------------------


def conflict(
    assignment: Assignment, earlier: Mapping[int, Assignment], quarter: Quarter | None
) -> Iterator[FieldError]:
    """The first conflict of an assignment, if any: it has no day in the quarter, or contradicts an earlier row.

    earlier: row from 0 → assignment, all with the same staff number.
    """
    if quarter and not assignment.days(quarter):
        yield FieldError("roster_start", "roster_other_quarter", quarter=quarter)
        return
    for number, other in earlier.items():
        if other == assignment:
            yield FieldError("employee_id", "roster_same_row", row=number + 1)
        elif other.name != assignment.name:
            values = {"id": assignment.id, "row": number + 1, "before": other.name, "name": assignment.name}
            yield FieldError("name", "roster_two_people", **values)
        elif (assignment.start or dt.date.min) <= (other.end or dt.date.max) and (other.start or dt.date.min) <= (
            assignment.end or dt.date.max
        ):
            yield FieldError("roster_start", "roster_overlap", id=assignment.id, row=number + 1)
        else:
            continue
        return
