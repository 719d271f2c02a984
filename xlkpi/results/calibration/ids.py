"""The contract between writing and reading a calibration workbook: its ids, and what its hidden sheet registers."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.results.people import Result, Who

CONTRACT = 1
HIDDEN_SHEET = "_xlkpi_calibration"
"""Rows of a key and its values: `contract`, `quarter`, and one row `person` per person: row id and `Kept`."""
PERSON = "person"
HEADER = "id"
"""What the hidden column says in the row of the headers."""
COLUMNS = (
    "id", "employee_id", "name", "department", "superior", "total", "final", "computed_grade", "proposal", "reason",
    "approver", "grade", "coefficient", "remark",
)  # fmt: skip
"""Column ids, in row 1. `proposal`, `reason` and `approver` are typed, `grade` and `coefficient` are formulas."""
FIXED = ("employee_id", "name", "department", "superior", "total", "final", "computed_grade")
"""The columns that nobody may change, in the order of `Kept`."""


@dataclass(frozen=True)
class Kept:
    """What was written of a person, in the order of `FIXED`; None for an empty cell."""

    employee_id: str
    name: str
    department: str
    superior: str
    total: float | None
    final: float | None
    computed_grade: str

    @property
    def who(self) -> Who:
        return self.employee_id, self.name


def kept_of(result: Result) -> Kept:
    """What is written of a person."""
    return Kept(
        result.id,
        result.name,
        result.department,
        result.superior,
        result.total,
        result.final,
        result.computed_grade,
    )


def row_id(number: int) -> str:
    """The id of a person's row, from 1."""
    return f"c:{number}"
