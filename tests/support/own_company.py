"""A company's own folder as people make it: settings by `init`, a role workbook typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from tests.support.catalogues import SHIPPED
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.company.init import make_company

HOST = "douyin-host"
_HEADINGS = ("维度", "指标", "代号", "定义/公式", "权重", "目标值", "评分标准", "单位", "数据来源", "汇总方式")
_ROWS = (
    ("业绩", "GMV", "gmv", "直播间成交额", "50%", 1800000, "按完成率得分，封顶120分", "元", "财务", "每月合计"),
    ("质量", "退货率", "returned", "退货金额占成交额", "30%", "20%", "每高1个百分点扣2分", "%", "财务", "每月平均"),
    ("质量", "违规次数", "violations", "平台违规", "20%", 0, "每次扣10分", "次", "运营", "每月合计"),
)


def own_company(path: Path) -> CompanyFolder:
    """A company's folder with one role."""
    make_company(path, "晨光小店", SHIPPED)
    company = CompanyFolder(path)
    role_book(company.roles / "主播.xlsx", "抖音主播", HOST)
    return company


def role_book(path: Path, title: str, id: str) -> None:
    """A role workbook with three indicators."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in (
        ("岗位名称", title),
        ("代号", id),
        ("生效季度", "2026Q1"),
        ("来源", "自有"),
        (),
        ("指标",),
        _HEADINGS,
        *_ROWS,
    ):
        sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def change(path: Path, texts: Mapping[Any, Any], sheet: str | None = None) -> None:
    """Replace contents of a workbook's cells, or write cells by their address (`B3`)."""
    book = load_workbook(path)
    for page in [book[sheet]] if sheet else book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.value in texts:
                    cell.value = texts[cell.value]
                elif cell.coordinate in texts:
                    cell.value = texts[cell.coordinate]
    book.save(path)


def catalogue_of(company: CompanyFolder) -> Catalogue:
    """The catalogue as the folder is now."""
    return Catalogue.of_company(company)
