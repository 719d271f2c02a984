"""What follows from scores: how coefficients come about, how quarters weigh in a year, the columns for payroll."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlkpi.catalogue.toml import TomlTable
from xlkpi.scoring.grades import Grade

OFF, BY_GRADE, BY_POINTS = COEFFICIENTS = ("off", "by_grade", "by_points")
"""Where coefficients (绩效系数) come from: there are none; each grade has its own; the total ÷ 100, within limits."""
QUARTER_WEIGHTS = tuple(f"quarter_weight_{number}" for number in range(1, 5))
TEXT = "text"
CONTENTS = (
    "employee_id", "name", "department", "post", "superior", "final", "total", "grade", "computed_grade", "coefficient",
    "quarter", "days", "rank", TEXT,
)  # fmt: skip
"""What a column of the payroll table can hold; `TEXT` is the same text in every row."""


@dataclass(frozen=True)
class ExportColumn:
    """A column of the payroll table. content: one of `CONTENTS`. text: of a column with a fixed text."""

    heading: str
    content: str
    text: str = ""


@dataclass(frozen=True)
class Results:
    """coefficient: one of `COEFFICIENTS`. lowest, highest: limits of coefficients by points, None for no limit.

    weights: of the four quarters in the year, at least 0; only their proportions count. export: the columns of the
    payroll table, none where the company leaves them to the program.
    """

    coefficient: str = OFF
    lowest: float = 0.0
    highest: float | None = None
    weights: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    export: tuple[ExportColumn, ...] = ()


def read_results(table: TomlTable) -> Results:
    """The results from the keys of a company file; faults go into the table."""
    columns = tuple(
        ExportColumn(entry.get("heading", str), entry.choice("content", CONTENTS), entry.optional(TEXT, str) or "")
        for entry in table.tables("export")
    )
    results = Results(
        table.choice("coefficient", COEFFICIENTS),
        table.optional("coefficient_lowest", float, 0.0) or 0.0,
        table.optional("coefficient_highest", float),
        tuple(_number(table, name) for name in QUARTER_WEIGHTS),
        columns,
    )
    if results.lowest < 0:
        table.fault("coefficient_lowest", "not_negative")
    if results.highest is not None and results.highest < results.lowest:
        table.fault("coefficient_highest", "coefficient_limits")
    if min(results.weights) < 0 or not sum(results.weights):
        table.fault(QUARTER_WEIGHTS[0], "quarter_weights")
    return results


def check_coefficients(table: TomlTable, results: Results, grades: Sequence[Grade]) -> None:
    """Add a fault where a grade has no coefficient though it needs one, or one below 0."""
    lacking = tuple(grade.name for grade in grades if grade.coefficient is None)
    if results.coefficient == BY_GRADE and lacking:
        table.fault("grades", "grade_coefficients", grades=lacking)
    if any(grade.coefficient is not None and grade.coefficient < 0 for grade in grades):
        table.fault("grades", "negative_coefficient")


def _number(table: TomlTable, name: str) -> float:
    number = table.optional(name, float, 1.0)
    return 1.0 if number is None else number
