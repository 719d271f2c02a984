"""A small company whose forms the tests fill in: two hosts and more, tables as text, and what became of every cell."""

from __future__ import annotations

import datetime as dt
import io
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.support.catalogues import shipped_with
from tests.support.paths import CASES
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.fill.findings import Finding
from xlkpi.fill.run import Filling
from xlkpi.fill.tables.table import Table, TableError, read_tables
from xlkpi.fill.targets import FormFile, read_form_files
from xlkpi.form.layout import Layout, measure_id
from xlkpi.writer.workbook import sheets_of_assignments, workbook
from xlkpi.xlsx.edit import edit

QUARTER = Quarter(2026, 4)
PEOPLE = (
    Assignment("001", "赵一", "直播部", "host", "孙上级"),
    Assignment("0012", "钱二", "直播部", "host", "孙上级"),
    Assignment("A3", "孙三", "客服部", "service", "周上级"),
    Assignment("004", "李四", "直播部", "host", "孙上级", start=dt.date(2026, 11, 10), newcomer=True),
    Assignment("005", "周五", "客服部", "service", "周上级", end=dt.date(2026, 11, 15)),
    Assignment("005", "周五", "直播部", "host", "孙上级", start=dt.date(2026, 11, 16)),
    Assignment("006", "王六", "客服部", "service", "周上级"),
    Assignment("007", "王六", "客服部", "service", "周上级"),
)
"""Of the same name: 006 and 007; 005 changed role on 16 November."""


@cache
def catalogue(folder: Path) -> Catalogue:
    """The catalogue with the two roles of the cases."""
    roles = tomllib.loads((CASES / "fill" / "roles.toml").read_text("utf-8"))
    return shipped_with(folder, {f"roles/{id}.toml": text for id, text in roles.items()})


@cache
def issued(folder: Path) -> bytes:
    """The workbook of all forms, empty and calculated."""
    own = catalogue(folder)
    return workbook(sheets_of_assignments(PEOPLE, own, quarter=QUARTER), own, QUARTER)


def sheet_of(person: str, role: str = "") -> str:
    """The title of a person's form, by number or number and role, such as `005 host`."""
    number, _, named = person.partition(" ")
    role = role or named
    found = [one for one in PEOPLE if one.id == number and role in ("", one.role)]
    return TITLES[PEOPLE.index(found[0])]


TITLES = ("赵一", "钱二", "孙三", "李四", "周五", "周五 主播", "王六 006", "王六 007")


def address_of(folder: Path, person: str, measure: str, column: str) -> tuple[str, str]:
    """Sheet and address of a cell."""
    title = sheet_of(person)
    role = catalogue(folder).role(PEOPLE[TITLES.index(title)].role)
    return title, Layout(role).address(measure_id(measure), column)


def typed(folder: Path, cells: Mapping[str, Any]) -> bytes:
    """The forms with these cells typed in: `001 sales m1` → value."""
    edits: dict[str, dict[str, Any]] = {}
    for key, value in cells.items():
        *person, measure, column = key.split()
        sheet, at = address_of(folder, " ".join(person), measure, column)
        edits.setdefault(sheet, {})[at] = value
    return edit(issued(folder), edits) if edits else issued(folder)


def form_files(folder: Path, content: bytes, name: str = "表.xlsx") -> list[FormFile]:
    """The forms of a workbook, as `fill` reads them."""
    path = folder / name
    path.write_bytes(content)
    return list(read_form_files([(name, path)], catalogue(folder)))


def workbook_of(sheets: Mapping[str, Sequence[Sequence[Any]]], formats: Mapping[str, str] | None = None) -> bytes:
    """A workbook with these rows; formats: number formats by address, on every sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for address, code in (formats or {}).items():
            sheet[address].number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def mapping_of(folder: Path, columns: Sequence[Sequence[Any]], shops: Sequence[Sequence[Any]] = ()) -> Path:
    """A mapping workbook: rows of table, header, kind, measure, month, unit, factor, how."""
    headers = ("表", "列（表头）", "是什么", "数据项", "月份", "单位", "乘以", "汇总")
    content = workbook_of({"列": [headers, *columns], "店铺": [("店铺", "工号"), *shops]})
    path = folder / "数据对应.xlsx"
    path.write_bytes(content)
    return path


def filled(
    folder: Path, content: bytes, sources: Sequence[Path], mapping: Path | None = None, **options: bool
) -> Filling:
    """What `fill` makes of forms and tables."""
    filling = Filling(form_files(folder, content), catalogue(folder), mapping, **options)
    tables: list[Table] = []
    for source in sources:
        try:
            tables += read_tables(source)
        except TableError as error:
            filling.findings.add("fault", error.key, source.name, None, None, **error.values)
    filling.fill(tables)
    return filling


def cells_of(filling: Filling, *states: str) -> dict[str, float | str]:
    """The cells that became so: `001 sales m1` → value; with the role where a person has two forms."""
    found = {}
    for one in filling.placing.placed:
        if one.state in states:
            number = one.form.number
            who = f"{number} {one.form.role.id}" if number == "005" else number
            found[f"{who} {one.candidate.measure.id} {one.candidate.cell}"] = one.value
    return found


def told(filling: Filling, *kinds: str) -> list[Finding]:
    """The findings of these kinds."""
    return [one for one in filling.findings if one.kind in kinds]
