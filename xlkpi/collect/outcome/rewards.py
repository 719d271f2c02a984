"""Writes the sheet 奖惩名单 of the summary workbook: everyone whose grade the company rewards, or acts upon."""

from __future__ import annotations

from collections.abc import Sequence

from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.collect.collection import Collection
from xlkpi.collect.outcome.columns import COEFFICIENT
from xlkpi.writer.sheets.tables import CENTRE, FINAL, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue

_COLUMNS = (
    ("grade", 13, CENTRE),
    ("reward", 40, TEXT),
    ("employee_id", 11, CENTRE),
    ("name", 14, TEXT),
    ("department", 20, TEXT),
    ("superior", 14, TEXT),
    ("final", 11, FINAL),
)


def rewards_widths(coefficients: Coefficients) -> Sequence[float]:
    """The widths of the columns in characters."""
    return [width for _, width, _ in _COLUMNS] + [11] * coefficients.used


def write_rewards(sheet: TableSheet, collection: Collection, coefficients: Coefficients) -> None:
    """Write the people by ranking, with what the company wrote beside their grade."""
    labels = sheet.labels
    headers = [labels(key) for key, _, _ in _COLUMNS] + [labels("coefficient")] * coefficients.used
    cells = [style for _, _, style in _COLUMNS] + [COEFFICIENT] * coefficients.used
    rows: list[list[TableValue]] = []
    for person in (ranked.person for ranked in collection.ranking):
        if reward := coefficients.reward(person.grade):
            name = person.name or labels("nameless")
            who: list[TableValue] = [person.grade, reward, person.id, name, person.department, person.superior]
            worth = [coefficients.of(person.grade, person.final)] if coefficients.used else []
            rows.append([*who, float(person.final or 0), *worth])
    table = sheet.table(headers, cells, rows)
    sheet.finish(table.first - 1, columns=4, table=table)
