"""A company that agrees targets: its forms made, agreed, filled in, tampered with, as people do it through files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.support.own_company import HOST, catalogue_of, change, own_company
from xlkpi.calc.engine import recalculate
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.agreement import KEY_ACTION, SIGNED
from xlkpi.form.layout import LETTER, Layout
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value
from xlkpi.xlsx.edit import Formula, edit

QUARTER = Quarter(2026, 4)
ROSTER = """工号,姓名,部门,岗位,直接上级,隔级上级
A1,员工甲,直播部,抖音主播,考核员乙,考核员丙
A2,员工丁,直播部,抖音主播,考核员己,考核员丙
"""
NUMBERS: dict[str, list[Value]] = {
    "gmv": [500_000, 600_000, 520_000],
    "returned": [0.21, 0.22, 0.23],
    "violations": [1, 0, 0],
}
"""1,620,000 of 1,800,000: 90; 22 % is 2 points over 20 %: 96; 1 × 10: 90. Total 45 + 28.8 + 18 = 91.8."""
SHEETS = {"A1": "员工甲", "A2": "员工丁"}
SUPERIORS = {"A1": "考核员乙", "A2": "考核员己"}
Cells = Mapping[str, object]


def agreeing_company(path: Path) -> CompanyFolder:
    """The folder of a company with one role and two people, whose forms have the block 目标商定."""
    company = own_company(path)
    change(company.settings, {"B13": "是"}, "公司")
    (company.path / "名册.csv").write_text(ROSTER, "utf-8")
    return company


def layout(company: CompanyFolder) -> Layout:
    """The layout of the forms."""
    catalogue = catalogue_of(company)
    return Layout(catalogue.role(HOST), catalogue.company(None, QUARTER).blocks)


def at(company: CompanyFolder, row: str, column: str) -> str:
    """The address of a cell."""
    return layout(company).address(row, column)


def signed(company: CompanyFolder, who: str, what: str = "targets", day: str = "2026-10-02") -> dict[str, Value]:
    """The signatures of employee and superior."""
    row = f"c:{what}"
    return {
        at(company, row, SIGNED["employee"]): f"{SHEETS[who]} {day}",
        at(company, row, SIGNED["superior"]): f"{SUPERIORS[who]} {day}",
    }


def key_action(company: CompanyFolder, place: int, *texts: str) -> dict[str, Value]:
    """A key action: indicator, action, owner, due."""
    row = layout(company).rows[f"k:{place}"]
    return {f"{LETTER[column]}{row}": text for column, text in zip(KEY_ACTION.values(), texts, strict=True)}


def numbers(company: CompanyFolder, values: Mapping[str, list[Value]] = NUMBERS) -> dict[str, Value]:
    """What is typed into the data entry at the end of the quarter."""
    return typed_cells(catalogue_of(company).role(HOST), values)


def returned(company: CompanyFolder, who: str, *cells: Mapping[str, Value | Formula], name: str = "") -> Path:
    """A person's form as it came back, with these cells typed into the form that was sent."""
    sent = next(company.issued(QUARTER).glob(f"*{SUPERIORS[who]}*.xlsx"))
    typed = {address: value for each in cells for address, value in each.items()}
    path = company.returned(QUARTER) / (name or f"{SHEETS[who]}.xlsx")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(recalculate(edit(sent.read_bytes(), {SHEETS[who]: typed})))
    return path
