"""The rows of the payroll table, and who is not in it: only a settled result is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.catalogue.appraising.results import CONTENTS, OFF, TEXT, ExportColumn, Results
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.workbooks.company_words import choices
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.results.people import Result, Who
from xlkpi.results.roles import role_in

COEFFICIENT = "coefficient"
Cell = str | int | float | None


@dataclass(frozen=True)
class Apart:
    """Somebody without a settled result, and why."""

    id: str
    name: str
    department: str
    superior: str
    reason: str


@dataclass(frozen=True)
class Payroll:
    """The table. rows: one person each, a value for every column; apart: everyone who has none."""

    columns: tuple[ExportColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    apart: tuple[Apart, ...]


def columns_of(settings: Results) -> tuple[ExportColumn, ...]:
    """The company's columns, else the usual ones."""
    names = choices("export")
    used = settings.coefficient != OFF
    usual = (id for id in CONTENTS if id in _USUAL and (used or id != COEFFICIENT))
    return settings.export or tuple(ExportColumn(names[id], id) for id in usual)


_USUAL = ("employee_id", "name", "department", "post", "final", "grade", COEFFICIENT, "quarter", "days")


def payroll(
    results: Sequence[Result],
    quarter: Quarter,
    catalogue: Catalogue,
    expected: Sequence[Assignment] | None,
    appealed: frozenset[Who],
) -> Payroll:
    """The table of a quarter. expected: of the roster, None without one. appealed: who has an open appeal."""
    coefficients = Coefficients(catalogue, quarter)
    columns = columns_of(coefficients.settings)
    reasons = {result.who: _reason(result, coefficients, appealed) for result in results}
    numbers = [result.id for result in results]
    for result in results:
        if result.id and numbers.count(result.id) > 1:
            reasons[result.who] = COMMANDS("apart_number", id=result.id)
    rows = tuple(_row(result, columns, quarter, catalogue) for result in results if not reasons[result.who])
    apart = [
        Apart(result.id, result.name, result.department, result.superior, reasons[result.who])
        for result in results
        if reasons[result.who]
    ]
    return Payroll(columns, rows, (*apart, *_missing(results, expected or ())))


def _reason(result: Result, coefficients: Coefficients, appealed: frozenset[Who]) -> str:
    """Why somebody is not paid by the table; "" where nothing stands against it."""
    if result.final is None:
        return COMMANDS("apart_incomplete")
    if result.who in appealed:
        return COMMANDS("apart_appealed")
    if not result.id:
        return COMMANDS("apart_nameless")
    worth = coefficients.of(result.grade, result.final)
    if coefficients.used and worth is None:
        return COMMANDS("apart_coefficient", grade=result.grade)
    if coefficients.used and result.coefficient != worth:
        return COMMANDS("apart_changed", now=worth, then="—" if result.coefficient is None else result.coefficient)
    return ""


def _missing(results: Sequence[Result], expected: Sequence[Assignment]) -> list[Apart]:
    """Those of the roster whose form was not collected, each once."""
    here = {result.id for result in results}
    gone = {one.id: one for one in expected if one.id not in here}
    reason = COMMANDS("apart_missing")
    return [Apart(one.id, one.name, one.department, one.superior, reason) for one in gone.values()]


def _row(result: Result, columns: Sequence[ExportColumn], quarter: Quarter, catalogue: Catalogue) -> tuple[Cell, ...]:
    roles = (role_in(catalogue, role, quarter, HANS) for role in result.roles)
    titles = [role.title if role else id for role, id in zip(roles, result.roles, strict=True)]
    values: dict[str, Cell] = {
        "employee_id": result.id,
        "name": result.name,
        "department": result.department,
        "post": words(HANS)("list_separator").join(titles),
        "superior": result.superior,
        "final": result.final,
        "total": result.total,
        "grade": result.grade,
        "computed_grade": result.computed_grade,
        COEFFICIENT: result.coefficient,
        "quarter": str(quarter),
        "days": result.days,
        "rank": result.rank,
    }
    return tuple(column.text if column.content == TEXT else values[column.content] for column in columns)
