"""A small company's quarter that has come back, its appeals, and what is typed into them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.own_company import HOST, catalogue_of, own_company
from xlkpi.appeals.contract import COLUMNS
from xlkpi.appeals.hearing import heard
from xlkpi.calc.engine import recalculate
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.form.prefill import typed_cells
from xlkpi.writer.workbook import sheets_of_assignments, workbook
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)
PEOPLE = {"1001": "员工甲", "1002": "员工乙", "1003": "员工丙"}
SUPERIOR = "考核员一"
RULER = "裁决人子"
NUMBERS: Mapping[str, Mapping[str, list[float]]] = {
    "1001": {"gmv": [500_000, 600_000, 520_000], "returned": [0.21, 0.22, 0.23], "violations": [1, 0, 0]},
    "1002": {"gmv": [600_000, 600_000, 600_000], "returned": [0.2, 0.2, 0.2], "violations": [1, 1, 0]},
    "1003": {"gmv": [600_000, 600_000, 600_000], "returned": [0.2, 0.2, 0.2], "violations": [0, 0, 0]},
}
"""Weights 50, 30, 20. 1001: 90 · 96 · 90, total 45 + 28.8 + 18 = 91.8; 1002: 100 · 100 · 80, total 96; 1003: 100.

1001 with 0 violations: 93.8; with returns of 20 %: 93; with both: 95.
"""
ENDS = dt.date(2099, 1, 15)
"""A time limit that has not passed; `PAST` has."""
PAST = dt.date(2020, 1, 15)


@contextmanager
def after_the_quarter() -> Iterator[None]:
    """Commands hear appeals in the January after the quarter, whenever the tests run."""
    with pytest.MonkeyPatch.context() as patch:
        day = dt.date(2027, 1, 12)
        patch.setattr("xlkpi.appeals.hearing.heard", lambda *given: heard(*given[:-1], day))
        yield


def returned_quarter(path: Path) -> CompanyFolder:
    """A company with a roster, and a form of each person in a file, filled in."""
    company = own_company(path)
    roster(company.roster)
    catalogue = catalogue_of(company)
    for person in assignments():
        (sheet,) = sheets_of_assignments([person], catalogue, quarter=QUARTER)
        content = fill(
            workbook([sheet], catalogue, QUARTER), {sheet.title: typed_cells(sheet.role, NUMBERS[person.id])}
        )
        file = company.returned(QUARTER) / f"{person.id}.xlsx"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(recalculate(content))
    return company


def assignments() -> list[Assignment]:
    return [Assignment(id, name, "直播部", HOST, SUPERIOR) for id, name in PEOPLE.items()]


def roster(path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(("工号", "姓名", "部门", "岗位", "直接上级"))
    for id, name in PEOPLE.items():
        sheet.append((id, name, "直播部", "抖音主播", SUPERIOR))
    book.save(path)


def appeal_of(company: CompanyFolder, id: str = "1001") -> Path:
    """Where the appeal of a person lies."""
    (path,) = (path for path in company.appeals(QUARTER).glob("*.xlsx") if id in path.name)
    return path


RULED = {
    "verdict": "支持",
    "value": 0,
    "ruler": RULER,
    "day": dt.date(2027, 1, 10),
    "until": ENDS,
    "why": "后台记录有误",
}
APPEALED = {"about": "违规次数", "grounds": "10月的违规已申诉撤销", "wanted": "0次"}


def typed(path: Path, cells: Mapping[str, Any], to: Path | None = None) -> Path:
    """Type into an appeal: `a:1 about` → value; None clears a cell."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
    for key, value in cells.items():
        row, column = key.split()
        cell = sheet[f"{COLUMNS[column]}{rows[row]}"]
        number_format = cell.number_format
        cell.value = value
        if isinstance(value, dt.date):
            cell.number_format = number_format
    target = to or path
    buffer = io.BytesIO()
    book.save(buffer)
    target.write_bytes(buffer.getvalue())
    return target


def line(**changes: Any) -> dict[str, Any]:
    """The first appeal and its ruling, complete, with some cells changed; None leaves a cell empty."""
    values = {**APPEALED, **RULED, **changes}
    return {f"{'a' if column in APPEALED else 'v'}:1 {column}": value for column, value in values.items()}
