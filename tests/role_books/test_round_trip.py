"""A role that is written into a workbook reads back as the same role, whatever programs and people do to the file."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.paths import CASES
from tests.support.role_books import ONLINE, SIMPLE, find, good, opened, saved
from xlkpi.catalogue.role import Version
from xlkpi.catalogue.role_file import read_versions, versions_of
from xlkpi.catalogue.toml import read_toml
from xlkpi.catalogue.versions.digest import digest
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.role_book import RoleSheet, read_role_book, versions
from xlkpi.role_books.book import role_book
from xlkpi.role_books.draft import draft_of, whole_data

IDS = SHIPPED.role_ids
GROWN = CASES / "roles_history" / "grown.toml"


@cache
def all_roles() -> bytes:
    """One workbook with every shipped role."""
    return role_book([draft_of(whole_data(SHIPPED.versions(id))) for id in IDS])


@cache
def from_libreoffice() -> bytes:
    """The same after LibreOffice has saved it."""
    libreoffice.require()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "岗位.xlsx"
        path.write_bytes(all_roles())
        (result,) = libreoffice.recalculate([path], Path(folder) / "saved")
        return result.read_bytes()


def sheets(content: bytes) -> dict[str, RoleSheet]:
    book = read_role_book(content, "岗位.xlsx")
    assert not book.faults
    return {sheet.id: sheet for sheet in book.sheets}


def same(read: tuple[Version, ...], expected: tuple[Version, ...]) -> None:
    assert read == expected
    assert [digest(version.role) for version in read] == [digest(version.role) for version in expected]


@pytest.mark.parametrize("id", IDS)
def test_every_shipped_role_reads_back_as_itself(id: str) -> None:
    sheet = sheets(all_roles())[id]
    same(versions(sheet), SHIPPED.versions(id))
    assert sheet.data == whole_data(SHIPPED.versions(id)), "also word for word"


@pytest.mark.parametrize("id", IDS)
def test_libreoffice_changes_nothing(id: str) -> None:
    same(versions(sheets(from_libreoffice())[id]), SHIPPED.versions(id))


def test_a_role_keeps_its_history() -> None:
    data = read_toml(GROWN)
    (sheet,) = sheets(role_book([draft_of(data)])).values()
    same(versions(sheet), read_versions(GROWN))
    assert sheet.data == data == whole_data(read_versions(GROWN))


def test_simple_indicators_need_no_block_of_data() -> None:
    first = opened("simple").worksheets[0]
    assert first[find(first, "指标", "客户满意度", "汇总方式")].value == "每月平均"
    assert first[find(first, "指标", "客户满意度", "权重")].value == 0.4
    assert not any(cell.value == "维度" and not cell.offset(column=1).value for cell in first["A"])
    assert sheets(good("simple"))["service-lead"].data == SIMPLE


# --- what people do to sheets -----------------------------------------------------------------------------------------


def _insert_rows(sheet: Worksheet) -> None:
    for row in range(sheet.max_row, 0, -5):
        sheet.insert_rows(row, 2)


def _insert_columns(sheet: Worksheet) -> None:
    for column in (1, 4, 9, 15):
        sheet.insert_cols(column)


def _reorder(sheet: Worksheet) -> None:
    """Turn all columns round: blocks read by their headings."""
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    formats = [[cell.number_format for cell in row] for row in sheet.iter_rows()]
    titles = [row for row, line in enumerate(lines) if sum(value is not None for value in line) == 1]
    head = next(row for row, line in enumerate(lines) if line[0] == "指标")
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    for row, line in enumerate(lines):
        if row > head and row not in titles:
            for column, (value, format) in enumerate(zip(reversed(line), reversed(formats[row]), strict=True), start=1):
                sheet.cell(row + 1, column).value = value
                sheet.cell(row + 1, column).number_format = format


def _own_columns(sheet: Worksheet) -> None:
    last = sheet.max_column
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, last + 1).value = "上级评分" if row % 3 else "备查"


def _fill_dimensions_once(sheet: Worksheet) -> None:
    """A dimension stands in its first row only, as merged cells keep it."""
    before = None
    heading = find(sheet, "指标", "", "维度")
    for row in range(sheet[heading].row + 1, sheet.max_row):
        cell = sheet.cell(row, sheet[heading].column)
        if cell.offset(column=1).value is None and cell.value is None:
            break
        if cell.value == before:
            cell.value = None
        elif cell.value is not None:
            before = cell.value


def _dimensions_as_headings(sheet: Worksheet) -> None:
    """A dimension stands in a row of its own above its indicators."""
    heading = sheet[find(sheet, "指标", "", "维度")]
    row, before = heading.row + 1, None
    while sheet.cell(row, 2).value is not None:
        cell = sheet.cell(row, 1)
        group, cell.value = cell.value, None
        if group is not None and group != before:
            sheet.insert_rows(row)
            sheet.cell(row, 1).value = before = group
            row += 1
        row += 1


def _forget_titles(sheet: Worksheet) -> None:
    for cell in sheet["A"]:
        if sum(other.value is not None for other in sheet[cell.row]) == 1 and cell.value != "改进指引":
            cell.value = None if cell.value in ("指标", "数据", "维度", "岗位职责", "提醒") else cell.value


def _add_total(sheet: Worksheet) -> None:
    """The sum of the weights below the indicators, as tables have it."""
    weight = sheet[find(sheet, "指标", "", "权重")]
    row = weight.row + 1
    while sheet.cell(row, 2).value is not None:
        row += 1
    sheet.cell(row, 1).value = "合 计"
    sheet.cell(row, weight.column).value = f"=SUM(C{weight.row + 1}:C{row - 1})"


def _repeat_headings(sheet: Worksheet) -> None:
    """The headings once more between the indicators, as for a second page."""
    heading = sheet[find(sheet, "指标", "", "指标")].row
    sheet.insert_rows(heading + 2)
    for cell in sheet[heading]:
        sheet.cell(heading + 2, cell.column).value = cell.value


def _dashes(sheet: Worksheet) -> None:
    """A dash instead of nothing, where a number might stand."""
    for column in ("目标值", "最小值"):
        heading = sheet[find(sheet, "指标", "", column)]
        for row in range(heading.row + 1, heading.row + 4):
            cell = sheet.cell(row, heading.column)
            cell.value = "—" if cell.value is None else cell.value


def _spaces(sheet: Worksheet) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.row > 1:
                cell.value = f"  {cell.value}\n"


def _move_blocks(sheet: Worksheet) -> None:
    """Put the duties between head and indicators."""
    start = next(cell.row for cell in sheet["A"] if cell.value == "岗位职责")
    end = next(cell.row for cell in sheet["A"] if cell.value == "提醒")
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=start, max_row=end - 1)]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.delete_rows(start, end - start)
    below_head = next(cell.row for cell in sheet["A"] if cell.value == "指标") - 1
    sheet.insert_rows(below_head, len(lines) + 1)
    for row, line in enumerate(lines, start=below_head):
        for column, value in enumerate(line, start=1):
            sheet.cell(row, column).value = value


DOINGS = (
    _insert_rows, _insert_columns, _reorder, _own_columns, _fill_dimensions_once, _forget_titles, _add_total,
    _repeat_headings, _dimensions_as_headings, _dashes, _spaces, _move_blocks,
)  # fmt: skip


@pytest.mark.parametrize("do", DOINGS, ids=lambda do: do.__name__.strip("_"))
@pytest.mark.parametrize("book", ["online", "simple"])
def test_what_people_do_to_a_sheet_does_no_harm(do: Any, book: str) -> None:
    workbook = opened(book)
    do(workbook.worksheets[0])
    read = sheets(saved(workbook))
    id = ONLINE if book == "online" else "service-lead"
    assert not read[id].faults, [str(fault) for fault in read[id].faults]
    same(versions(read[id]), SHIPPED.versions(id) if book == "online" else versions_of(SIMPLE, "", id))


# --- simple sheets, as people type them -------------------------------------------------------------------------------

RULES = {
    "%": ("每低1个百分点扣2分，最多扣20分", "按完成率得分；封顶100分", "每超1个百分点扣2分"),
    "次": ("允许2次，之后每次扣5分", "每次扣10分"),
    "元": ("按完成率得分；封顶120分", "完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分"),
    "等级": ("优秀得100分；良好得85分；合格得70分",),
}
WAYS = ("每月合计", "每月平均", "取最后一月", "整季填一个数")
NAMES = st.text("甲乙丙丁戊率额数次客单ABuv20（）/-", min_size=1, max_size=8).filter(
    lambda name: name.strip() == name and not name.startswith(tuple(words.FURTHER_MARKS))
)


@st.composite
def simple_rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique_by=str.casefold))
    cuts = sorted(draw(st.lists(st.integers(1, 99), min_size=len(names) - 1, max_size=len(names) - 1, unique=True)))
    weights = [after - before for before, after in zip([0, *cuts], [*cuts, 100], strict=True)]
    rows = []
    for name, weight in zip(names, weights, strict=True):
        unit = draw(st.sampled_from(sorted(RULES)))
        target = {"%": st.integers(1, 99).map(lambda n: n / 100), "元": st.integers(1, 10**7)}.get(unit, st.none())
        way = "整季填一个数" if unit == "等级" else draw(st.sampled_from((*WAYS, None)))
        rows.append({
            "维度": draw(st.sampled_from(("业绩", None))) if rows else "业绩", "指标": name, "权重": weight,
            "单位": unit, "目标值": draw(target), "评分标准": draw(st.sampled_from(RULES[unit])), "汇总方式": way,
        })  # fmt: skip
    return rows


@settings(max_examples=40, deadline=None)
@given(simple_rows(), st.randoms(use_true_random=False), st.sampled_from(("30", "30%", "0.3", "text")))
def test_simple_rows_become_the_role_they_say(rows: list[dict[str, Any]], rng: random.Random, style: str) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "主播"
    sheet.append(["生效季度", "2026Q4"])
    headings = [*rows[0]]
    rng.shuffle(headings)
    sheet.append(headings)
    for row in rows:
        sheet.append([row[heading] for heading in headings])
        for column, heading in enumerate(headings, start=1):
            cell = sheet.cell(sheet.max_row, column)
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
            if heading == "权重" and style != "30":
                cell.value = f"{row['权重']}%" if style == "text" else row["权重"] / 100
                cell.number_format = "0%" if style == "30%" else "General"
            if heading == "目标值" and row["单位"] == "%":
                cell.number_format = "0%"
    (read,) = sheets(saved(book)).values()
    (version,) = versions(read)
    role = version.role
    expected = [row["权重"] / 100 for row in rows]
    assert [float(role.weights[i.id]) for i in role.indicators] == pytest.approx(expected)
    for indicator, row in zip(role.indicators, rows, strict=True):
        measure = role.measure[indicator.parts[0].actual.operands[0].measure]
        assert (indicator.label, measure.label, measure.unit) == (row["指标"], row["指标"], row["单位"])
        assert indicator.parts[0].target == row["目标值"]
        usual = {"%": "每月平均", "等级": "整季填一个数"}.get(row["单位"], "每月合计")
        joined = {"sum": "每月合计", "mean": "每月平均", "last": "取最后一月"}[measure.aggregate]
        assert (joined if measure.monthly else "整季填一个数") == (row["汇总方式"] or usual)
    again = sheets(role_book([draft_of(read.data)]))[role.id]
    assert again.data == read.data
    assert versions(again) == (version,)
