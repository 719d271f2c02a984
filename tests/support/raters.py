"""A company whose people rate each other, as they do it: the list, workbooks filled in by hand, forms.

Every name is invented, and long enough to be found in bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook

from tests.support.own_company import own_company
from xlkpi.cli import main
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter

QUARTER = "2026Q4"
PEOPLE = {
    "0101": ("员工甲天", "主播组长乙地"), "0102": ("员工丙玄", "主播组长乙地"), "0103": ("员工丁黄", "主播组长乙地"),
    "0104": ("员工戊宇", "主播组长乙地"), "0105": ("主播组长乙地", "经理己宙"),
}  # fmt: skip
"""Staff number → name and superior."""
OUTSIDERS = {"0901": "考核员庚洪", "0902": "考核员辛荒", "0903": "考核员壬日", "0904": "考核员癸月"}
"""Raters of other departments, who are not appraised."""
SHARES = {
    "自评占比": 0.1, "上级评占比": 0.5, "同级评占比": 0.2, "下级评占比": 0.05, "其他部门评占比": 0.15,
}  # fmt: skip
LEVELS = ("优秀", "良好", "合格", "不合格")
POINTS = dict(zip(LEVELS, (100, 80, 60, 0), strict=True))
_RULE = "优秀得100分；良好得80分；合格得60分；不合格得0分"
Pairs = Iterable[tuple[str, str, str]]
"""Person, rater, relation."""


def ratings_company(path: Path, *, anonymous: bool = True, shares: Mapping[str, float] = SHARES) -> CompanyFolder:
    """A company with two rated indicators, and a measure that the designers give points for."""
    company = own_company(path)
    settings(company, {"表上有自评和多方评价": "是", "评价不记名": "是" if anonymous else "否", **shares})
    book = load_workbook(company.roles / "主播.xlsx")
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        if row[1].value == "GMV":
            row[4].value = "10%"
    sheet.append(("质量", "团队配合", "teamwork", "配合别人", "20%", None, _RULE, "等级", "直接上级", "整季填一个数"))
    sheet.append(("质量", "主动性", "initiative", "主动做事", "10%", None, _RULE, "等级", "直接上级", "整季填一个数"))
    sheet.append(
        ("质量", "设计配合", "design", "配合设计", "10%", 8, "按完成率得分，封顶100分", "分", None, None, "设计分")
    )
    for row in sheet.iter_rows():
        if row[1].value == "指标":
            row[10].value = "计算方法"
    for line in (
        (), ("数据",), ("数据", "代号", "单位", "汇总方式", "数据来源", "由谁评分", "最小值", "最大值"),
        ("设计分", "design_points", "分", "整季填一个数", "设计", "设计", 0, 10),
    ):  # fmt: skip
        sheet.append(line)
    book.save(company.roles / "主播.xlsx")
    table = Workbook()
    rows: Any = table.active
    rows.append(("工号", "姓名", "部门", "岗位", "直接上级"))
    for number, (name, superior) in PEOPLE.items():
        rows.append((number, name, "直播", "抖音主播", superior))
    table.save(company.roster)
    return company


def settings(company: CompanyFolder, values: Mapping[str, object]) -> None:
    """Change lines of the company's settings."""
    book = load_workbook(company.settings)
    for row in book["公司"].iter_rows():
        if row[0].value in values:
            row[1].value = values[row[0].value]
    book.save(company.settings)


def list_raters(company: CompanyFolder, pairs: Pairs) -> Path:
    """Write 评价人.xlsx as somebody types it."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(("工号", "姓名", "评价人工号", "评价人姓名", "关系"))
    names = {number: name for number, (name, _) in PEOPLE.items()} | OUTSIDERS
    for person, rater, relation in pairs:
        sheet.append((person, names.get(person), rater, names.get(rater), relation))
    book.save(company.raters)
    return company.raters


ALL_PAIRS: Pairs = (
    *(("0101", rater, "同级") for rater in ("0102", "0103", "0104")),
    ("0101", "0904", "其他部门"), ("0101", "0901", "其他部门"), ("0101", "0902", "设计"), ("0101", "0903", "设计"),
    ("0101", "0101", "自评"),
    ("0102", "0101", "同级"), ("0102", "0103", "同级"), ("0102", "0901", "其他部门"), ("0102", "0102", "自评"),
    ("0103", "0101", "同级"),
)  # fmt: skip
"""The first person is rated by five, the second by three of two kinds, the third by one, the others by nobody."""


def run(company: CompanyFolder, *arguments: str) -> Result:
    """Run a command for a company."""
    result = CliRunner().invoke(main, [*arguments], env={"XLKPI_COMPANY": str(company.path)})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "程序出错" not in result.output, result.output
    return result


def sent(company: CompanyFolder) -> dict[str, Path]:
    """Rater's name → workbook."""
    folder = company.ratings(Quarter.parse(QUARTER)) / "发出"
    return {path.stem.split("-")[2]: path for path in sorted(folder.glob("*.xlsx"))}


def returned(company: CompanyFolder) -> Path:
    folder = company.ratings(Quarter.parse(QUARTER)) / "收回"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


Choice = Callable[[str, str], object]
"""What a rater types about a person (name) and an item (label)."""


def answer(company: CompanyFolder, rater: str, choice: Choice, name: str | None = None) -> Path:
    """Fill in a rater's workbook in the place of the one that came back. name: of the file."""
    book = load_workbook(sent(company)[rater])
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=5):
        row[8].value = choice(str(row[2].value), str(row[5].value))
    path = returned(company) / (name or sent(company)[rater].name)
    book.save(path)
    return path


def change_returned(path: Path, edit: Callable[[Any], None]) -> None:
    """Change a workbook that came back."""
    book = load_workbook(path)
    edit(book)
    book.save(path)


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def form_cells(company: CompanyFolder, place: str = "发出") -> dict[tuple[str, str, str], Any]:
    """(name, row id, column id) → what the forms show."""
    found = {}
    for path in (company.path / "考核" / QUARTER / place).glob("*.xlsx"):
        book = load_workbook(path, data_only=True)
        for sheet in book.worksheets:
            if sheet["A1"].value != "id":
                continue
            columns = {id: n for n, cell in enumerate(sheet[1]) for id in str(cell.value or "").split("/")}
            rows = {str(row[0].value): row for row in sheet.iter_rows() if row[0].value}
            name = rows["person"][columns["name"]].value
            for id, row in rows.items():
                found |= {(name, id, column): row[at].value for column, at in columns.items()}
    return found


USUAL = {
    "员工丙玄": "优秀", "员工丁黄": "良好", "员工戊宇": "合格", "考核员癸月": "不合格", "考核员庚洪": "良好",
    "考核员辛荒": 9, "考核员壬日": 8.5, "员工甲天": "优秀",
}  # fmt: skip


def usual(rater: str) -> Choice:
    """What a rater says of everybody."""
    return lambda name, item: USUAL[rater]
