"""A company whose quarters have results that were worked out by hand, and what people do with its workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.support.engines import Shown, libreoffice
from tests.support.own_company import HOST, catalogue_of, change, own_company
from xlkpi.calc.engine import recalculate
from xlkpi.common.assignment import Assignment
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)


@dataclass(frozen=True)
class Staff:
    """Somebody and what is typed: turnover in ten thousands (180 is the target), returns, breaches."""

    id: str
    name: str
    superior: str
    turnover: float | None
    returned: float = 0.20
    breaches: float = 0

    def measures(self) -> Mapping[str, Sequence[float | None]]:
        month = None if self.turnover is None else self.turnover * 10_000 / 3
        return {"gmv": [month] * 3, "returned": [self.returned] * 3, "violations": [self.breaches, 0, 0]}


STAFF = (
    Staff("001", "员工甲", "考核员孙", 180),
    Staff("002", "员工乙", "考核员孙", 162, 0.22, 1),
    Staff("003", "员工丙", "考核员孙", 144, 0.25),
    Staff("004", "员工丁", "考核员周", 126, 0.30, 2),
    Staff("005", "员工戊", "考核员周", 108, 0.30, 3),
    Staff("006", "员工己", "考核员周", None),
)
"""Half of the total is turnover ÷ target; 0.3 is 100 less 2 a point of returns over 20 %; 0.2 is 100 less 10 a breach.

甲 50 + 30 + 20 = 100, S. 乙 45 + 28.8 + 18 = 91.8, A. 丙 40 + 27 + 20 = 87, A. 丁 35 + 24 + 16 = 75, B.
戊 30 + 24 + 14 = 68, C. 己 has not filled in the form.
"""
FINALS = {"001": 100.0, "002": 91.8, "003": 87.0, "004": 75.0, "005": 68.0, "006": None}
GRADES = {"001": "S 卓越", "002": "A 优秀", "003": "A 优秀", "004": "B 良好", "005": "C 待改进", "006": ""}
COEFFICIENTS = {"S 卓越": 1.5, "A 优秀": 1.2, "B 良好": 1.0, "C 待改进": 0.8, "D 不合格": 0.0}


def company_with_results(path: Path, coefficient: str = "按等级") -> CompanyFolder:
    """The company; its grades have coefficients, and the best and the worst have consequences."""
    company = own_company(path)
    set_setting(company, "绩效系数", coefficient)
    cells: dict[Any, Any] = {f"F{row}": worth for row, worth in enumerate(COEFFICIENTS.values(), start=3)}
    change(company.settings, cells | {"G3": "奖金2000元", "G6": "书面面谈"}, "等级")
    return company


def set_setting(company: CompanyFolder, item: str, content: object) -> None:
    """Type the content of a setting."""
    book = load_workbook(company.settings)
    (row,) = (cell.row for cell in book["公司"]["A"] if cell.value == item)
    book["公司"][f"B{row}"] = content
    book.save(company.settings)


def returned(company: CompanyFolder, staff: Sequence[Staff] = STAFF, quarter: Quarter = QUARTER, **dates: Any) -> None:
    """Lay the filled forms of a quarter into the company's folder. dates: of every assignment."""
    catalogue = catalogue_of(company)
    role = catalogue.role(HOST, quarter)
    for one in staff:
        assignment = replace(Assignment(one.id, one.name, "直播部", HOST, one.superior, "总经理"), **dates)
        made = uncalculated([PlannedSheet(role.title, role, assignment)], catalogue, quarter)
        cells = typed_cells(role, one.measures(), {"newcomer": "否"})
        path = company.returned(quarter) / f"{one.id}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(recalculate(fill(made, {role.title: cells})))


def type_into(path: Path, cells: Mapping[str, object], sheet: str = "校准") -> None:
    """Type into a workbook as a person does; None empties a cell."""
    book = load_workbook(path)
    for address, value in cells.items():
        book[sheet][address] = value
    book.save(path)


def by_libreoffice(path: Path, cells: Sequence[str], sheet: str) -> list[Shown]:
    """What LibreOffice makes of the formulas in these cells."""
    libreoffice.require()
    (calculated,) = libreoffice.recalculate([path], path.parent / "calculated")
    return libreoffice.shown(calculated, cells, sheet=sheet)
