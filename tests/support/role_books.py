"""Role workbooks for the tests: good ones, and a way to change a cell that is named by its words."""

from __future__ import annotations

import io
from functools import cache

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.catalogues import SHIPPED
from xlkpi.catalogue.workbooks import words
from xlkpi.role_books.book import role_book
from xlkpi.role_books.draft import draft_of, whole_data

SIMPLE = {
    "id": "service-lead",
    "title": "客服主管",
    "source": "考核办法",
    "effective_from": "2026Q4",
    "groups": [{"path": "服务质量", "weight": 70}, {"path": "团队", "weight": 30}],
    "measures": [
        {
            "id": "satisfaction", "label": "客户满意度", "definition": "满意度调查", "unit": "%", "owner": "平台后台",
            "aggregate": "mean", "low": 0, "high": 1,
        },
        {"id": "complaints", "label": "投诉次数", "definition": "成立的投诉", "unit": "次", "owner": "客服系统"},
        {
            "id": "trainings", "label": "培训场次", "definition": "主持的培训", "unit": "次", "owner": "人事",
            "entry": "quarter", "low": 0, "high": 50,
        },
    ],
    "indicators": [
        {
            "id": "satisfaction", "label": "客户满意度", "group": "服务质量", "weight": 40, "unit": "%",
            "definition": "满意度调查", "actual": "satisfaction", "target": 0.95,
            "rule": "每低1个百分点扣2分，最多扣20分",
        },
        {
            "id": "complaints", "label": "投诉次数", "group": "服务质量", "weight": 30, "unit": "次",
            "definition": "成立的投诉", "actual": "complaints", "rule": "允许2次，之后每次扣5分",
        },
        {
            "id": "trainings", "label": "培训场次", "group": "团队", "weight": 30, "unit": "次",
            "definition": "主持的培训", "actual": "trainings", "target": 3, "rule": "按完成率得分；封顶100分",
        },
    ],
}  # fmt: skip
"""The data of a role whose three indicators are typed directly."""
ONLINE = "ecommerce-operations"


@cache
def good(book: str) -> bytes:
    """A workbook with two roles: that of the name ("online" or "simple"), and the customer service."""
    data = SIMPLE if book == "simple" else whole_data(SHIPPED.versions(ONLINE))
    return role_book([draft_of(data), draft_of(whole_data(SHIPPED.versions("customer-service")))])


def opened(book: str) -> Workbook:
    return load_workbook(io.BytesIO(good(book)))


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def find(sheet: Worksheet, block: str, row: str, column: str) -> str:
    """The address of a cell. block: its title, or "head". row: its first filled text; "" for the headings."""
    texts = {cell.coordinate: str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None}
    if block == "head":
        name = next(address for address, text in texts.items() if text == column)
        return sheet[name].offset(column=1).coordinate
    title = next(cell for cell in sheet["A"] if cell.value == block and cell.offset(column=1).value is None)
    heading = next(cell for cell in sheet[title.row + 1] if cell.value == column)
    if not row:
        return str(heading.coordinate)
    names = [words.heading("indicators", "label")] if block == words.title("indicators") else []
    label = next((cell for cell in sheet[title.row + 1] if cell.value in names), sheet.cell(title.row + 1, 1))
    numbers = range(label.row + 1, sheet.max_row + 1)
    number = next(number for number in numbers if sheet.cell(number, label.column).value == row)
    return str(sheet.cell(number, heading.column).coordinate)
