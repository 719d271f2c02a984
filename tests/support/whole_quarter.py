"""A company of forty people and its quarter with everything, as docs/whole-quarter.zh.md tells it.

Numbers, ratings and totals are read from the tables of that page. Every name is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.paths import ROOT
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import MONTHS, Quarter
from xlkpi.company.init import make_company
from xlkpi.form.grid import grid_of
from xlkpi.xlsx.edit import edit
from xlkpi.xlsx.reader import WorkbookReader

PAGE = ROOT / "docs" / "whole-quarter.zh.md"
QUARTER = Quarter(2026, 3)
TEAMS = {"主播": "E001", "客服": "E002", "店铺运营": "E003"}
"""Role → the number of the head of its people."""
HEAD, DIRECTOR = "主管", "张总"
IDS = {"主播": "host", "客服": "service", "店铺运营": "shop", "主管": "head"}
LEVELS = {"优秀": 100, "良好": 80, "合格": 60, "不合格": 0}
NOBODY = "无"
DEPARTMENTS = {"主播": "直播部", "客服": "客服部", "店铺运营": "运营部", "主管": "管理部"}
Cells = Mapping[tuple[str, str], Any]
"""What is typed into a form, by row id and column id."""


@dataclass(frozen=True)
class Person:
    """A line of the hand calculation. data: as printed. others: "" where nobody rates."""

    id: str
    role: str
    data: tuple[str, str]
    own: str
    superior: str
    others: str
    sum: str
    total: float

    @property
    def name(self) -> str:
        return name_of(self.id)

    @property
    def lead(self) -> str:
        """The name of the direct superior."""
        return name_of(TEAMS[self.role]) if self.role in TEAMS else DIRECTOR

    @property
    def indicator(self) -> str:
        """The id of the rated indicator."""
        return "team" if self.role in TEAMS else "leading"


def name_of(number: str) -> str:
    return f"员工{number.removeprefix('E')}"


def table(first: str) -> list[list[str]]:
    """The lines of the table of the page whose first heading this is."""
    lines = iter(PAGE.read_text("utf-8").splitlines())
    for line in lines:
        if line.startswith(f"| {first} |"):
            next(lines)
            break
    found: list[list[str]] = []
    for line in lines:
        if not line.startswith("|"):
            return found
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


@cache
def people() -> tuple[Person, ...]:
    return tuple(
        Person(id, role, (first, second), own, superior, "" if others == NOBODY else others, sum, float(total))
        for id, role, first, second, own, superior, others, sum, total in table("工号")
    )


def worked_out(sum: str) -> float:
    """What a printed calculation comes to."""
    text = sum.replace("×", "*").replace("÷", "/").replace("＋", "+")
    text = re.sub(r"([\d.]+)%", r"(\1/100)", text)
    assert re.fullmatch(r"[\d.()+*/]+", text), sum
    return float(eval(text))


# --- the company ------------------------------------------------------------------------------------------------------

_HEADINGS = ("维度", "指标", "代号", "定义/公式", "权重", "目标值", "评分标准", "单位", "数据来源", "汇总方式")
_RATED = "优秀得100分；良好得80分；合格得60分；不合格得0分"
_TEAM = ("协作", "团队协作", "team", "与同事的配合", "20%", None, _RATED, "等级", "直接上级", "整季填一个数")
_ROLES: Mapping[str, Sequence[Sequence[Any]]] = {
    "主播": (
        ("业绩", "GMV", "gmv", "直播间成交额", "50%", 1_000_000, "按完成率得分；封顶120分", "元", "财务", "每月合计"),
        ("质量", "退货率", "returned", "退货占成交", "30%", "20%", "每高1个百分点扣2分", "%", "财务", "每月平均"),
        _TEAM,
    ),
    "客服": (
        ("服务", "满意度", "satisfied", "满意的评价占比", "40%", "95%", "每低1个百分点扣3分", "%", "平台", "每月平均"),
        ("服务", "首次响应", "response", "首次响应用时", "40%", 30, "每超2秒扣5分", "秒", "平台", "每月平均"),
        _TEAM,
    ),
    "店铺运营": (
        ("业绩", "销售额", "sales", "成交额", "50%", 1_000_000, "按完成率得分；封顶120分", "元", "财务", "每月合计"),
        ("拓展", "新店开业率", "opening", "开业数÷计划数", "30%", "100%", "按完成率得分；封顶100分", "%", None, None),
        _TEAM,
    ),
    "主管": (
        ("业绩", "部门销售额", "sales", "本部门", "60%", 1_000_000, "按完成率得分；封顶120分", "元", "财务", "每月合计"),
        ("管理", "团队管理", "leading", "带队伍", "40%", None, _RATED, "等级", "直接上级", "整季填一个数"),
    ),
}  # fmt: skip
_SHOPS_DATA = (
    (),
    ("数据",),
    ("数据", "代号", "单位", "汇总方式", "数据来源"),
    ("开业数", "opened", "家", "整季填一个数", "拓展部"),
    ("计划数", "planned", "家", "整季填一个数", "拓展部"),
)


def whole_company(path: Path) -> CompanyFolder:
    """A new company's folder with its settings, roles, roster, raters and approved exceptions."""
    make_company(path, "晨星电商", SHIPPED)
    company = CompanyFolder(path)
    settings = dict(table("项目"))
    book = load_workbook(company.settings)
    for row in book["公司"].iter_rows():
        if row[0].value in settings:
            text = settings[str(row[0].value)]
            row[1].value = float(text.removesuffix("%")) / 100 if text.endswith("%") else text
    coefficients = {grade: float(number) for grade, number in table("等级")}
    sheet = book["等级"]
    column = next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == "绩效系数")
    for row in sheet.iter_rows():
        if row[0].value in coefficients and not row[4].value:
            sheet.cell(row[0].row, column).value = coefficients[str(row[0].value)]
    book.save(company.settings)
    for title, lines in _ROLES.items():
        _role_book(company.roles / f"{title}.xlsx", title, lines)
    _write(company.roster, _roster())
    _write(company.raters, _raters())
    return company


def _role_book(path: Path, title: str, lines: Sequence[Sequence[Any]]) -> None:
    extra = ("计算方法", "本期没有此事时")
    formulas = {"opening": ("开业数÷计划数", "不计分")}
    rows = [
        ("岗位名称", title), ("代号", IDS[title]), ("生效季度", "2026Q1"), ("来源", "自有"), (),
        ("指标",), (*_HEADINGS, *extra), *((*line, *formulas.get(line[2], (None, None))) for line in lines),
    ]  # fmt: skip
    _write(path, [*rows, *(_SHOPS_DATA if title == "店铺运营" else ())], title)


def _roster() -> Iterator[Sequence[Any]]:
    yield "工号", "姓名", "部门", "岗位", "直接上级", "隔级上级"
    for person in people():
        second = DIRECTOR if person.role in TEAMS else None
        yield person.id, person.name, DEPARTMENTS[person.role], person.role, person.lead, second


RATERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "E001": {"同级": ("E002", "E003"), "下级": ("E010", "E011", "E012", "E013")},
    "E002": {"下级": ("E023", "E024", "E025", "E026", "E027")},
    "E003": {"下级": ("E032", "E033", "E034")},
    "E004": {"同级": ("E005", "E006", "E008", "E009"), "其他部门": ("E018", "E019")},
    "E005": {"同级": ("E004", "E006"), "其他部门": ("E018", "E019", "E020")},
    "E006": {"同级": ("E004", "E005", "E008", "E009"), "其他部门": ("E021",)},
    "E007": {"同级": ("E004", "E005", "E006", "E008"), "其他部门": ("E018", "E019", "E020", "E022")},
}
"""Who rates whom: person → relation → raters, in the order of the ratings on the page."""
ABSENT = "未交"


def _raters() -> Iterator[Sequence[Any]]:
    yield "工号", "姓名", "评价人工号", "评价人姓名", "关系"
    for person, kinds in RATERS.items():
        for kind, raters in kinds.items():
            for rater in raters:
                yield person, name_of(person), rater, name_of(rater), kind


def ratings() -> dict[str, dict[str, str]]:
    """Rater → person → level, as on the page; without the raters who sent nothing."""
    found: dict[str, dict[str, str]] = {}
    for person, *columns in table("被评人"):
        for kind, levels in zip(("同级", "下级", "其他部门"), columns, strict=False):
            given = levels.split("、") if levels else []
            for rater, level in zip(RATERS[person].get(kind, ()), given, strict=True):
                if level != ABSENT:
                    found.setdefault(rater, {})[person] = level
    return found


def _write(path: Path, rows: Iterator[Sequence[Any]] | Sequence[Sequence[Any]], title: str = "Sheet1") -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


# --- what people type -------------------------------------------------------------------------------------------------


def type_into(path: Path, typed: Mapping[str, Cells]) -> None:
    """Type into the forms of a workbook: sheet → cells."""
    content = path.read_bytes()
    book = WorkbookReader(content)
    edits = {
        sheet: {grid_of(book, sheet).address(*place): value for place, value in cells.items()}
        for sheet, cells in typed.items()
        if sheet in book.titles
    }
    path.write_bytes(edit(content, edits))


def data(person: Person) -> Cells:
    """The numbers of the quarter."""
    first, second = person.data
    if person.role == "主播":
        return _months("gmv", first) | _each("returned", second)
    if person.role == "客服":
        return _each("satisfied", first) | ({} if second == "不适用" else _each("response", second))
    if person.role == "店铺运营":
        opened, planned = re.findall(r"\d+", second)
        stores = {("m:opened", "quarter"): float(opened), ("m:planned", "quarter"): float(planned)}
        return _months("sales", first) | stores
    return _months("sales", first)


def _months(measure: str, text: str) -> dict[tuple[str, str], float]:
    amounts = [float(amount) * 10_000 for amount in re.findall(r"(\d+)万", text)]
    return {(f"m:{measure}", month): amount for month, amount in zip(MONTHS, amounts, strict=True)}


def _each(measure: str, text: str) -> dict[tuple[str, str], float]:
    number = float(text.removesuffix("%").removesuffix("秒"))
    value = number / 100 if text.endswith("%") else number
    return {(f"m:{measure}", month): value for month in MONTHS}


def signed(person: Person, what: str, day: str) -> Cells:
    """The signatures of employee and superiors; those whom the director leads have no second one."""
    row = f"c:{what}"
    second = {(row, "receipt"): f"{DIRECTOR} {day}"}
    return {(row, "unit"): f"{person.name} {day}", (row, "deducted"): f"{person.lead} {day}"} | second


def rated(person: Person) -> Cells:
    row = f"s:{person.indicator}"
    return {(row, "self"): person.own, (row, "lead"): person.superior}


def meeting(person: Person, day: str) -> Cells:
    """The record of the meeting, with one action."""
    return {
        ("r:1", "unit"): "每周复盘一次",
        ("r:1", "score"): {"主播": "GMV", "客服": "满意度", "店铺运营": "销售额", "主管": "部门销售额"}[person.role],
        ("r:1", "receipt"): "2026-11-30",
        ("r:1", "next"): person.name,
        ("t:held", "definition"): day,
        ("t:strengths", "definition"): "准时、细致",
        ("t:opinion", "definition"): "同意",
        ("t:comment", "definition"): "继续保持",
        ("t:causes", "definition"): "开店计划推迟" if "开1、计划2" in person.data else None,
        ("t:plan", "definition"): "做好大促准备",
        ("t:training", "definition"): "数据分析",
    }
