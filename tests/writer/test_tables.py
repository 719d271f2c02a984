"""Tables of plain values: the same file as cell by cell, and links that lead where they say."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tests.support.archives import parts_of
from xlkpi.i18n.labels import words
from xlkpi.writer.sheets.tables import CENTRE, FINAL, TEXT, TableSheet, file_link
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

_CELLS = (TEXT, CENTRE, FINAL)
_VALUES = st.none() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, width=32) | st.text(max_size=40)


def book(rows: Sequence[Sequence[TableValue]], *, plain: bool) -> bytes:
    """A sheet with two tables, the second one with a bold last row."""
    made = Workbook()
    sheet = TableSheet(made.worksheets[0], (10, 6, 8), words(), plain=plain)
    sheet.title("表", "说明")
    table = sheet.table(["一", "二", "三"], _CELLS, rows)
    sheet.heading("又一个")
    sheet.table(["一", "二", "三"], _CELLS, rows, bold_last=True)
    sheet.finish(table.first - 1, table=table)
    return saved(made)


@given(st.lists(st.lists(_VALUES, min_size=3, max_size=3), max_size=3))
def test_plain_rows_are_written_as_cells_are(rows: list[list[TableValue]]) -> None:
    assert parts_of(book(rows, plain=True)) == parts_of(book(rows, plain=False))


def test_special_characters_are_written_as_cells_are() -> None:
    rows = [['<a> & "b"', " 前后 ", "a\r\nb\tc"], ["=1+1", "", "\x07铃"], ["#N/A", "\u2028", "😀" * 30]]
    assert parts_of(book(rows, plain=True)) == parts_of(book(rows, plain=False))


def test_links_lead_to_their_cells(tmp_path: Path) -> None:
    made = Workbook()
    sheet = TableSheet(made.worksheets[0], (10, 10), words(), plain=True)
    there = tmp_path / "收回" / "a&b 'c'.xlsx"
    whole, cell = file_link("文件", there, tmp_path), file_link("J9", there, tmp_path, "表'1\"<", "J9")
    sheet.table(["文件", "单元格"], [TEXT, TEXT], [[whole, cell]])
    read = load_workbook(io.BytesIO(saved(made))).worksheets[0]
    links = [read[address].hyperlink for address in ("B2", "C2")]
    assert [(link.target, link.location) for link in links if link] == [
        (whole.target, None),
        (cell.target, "'表''1\"<'!J9"),
    ]
    assert [read["B2"].value, read["C2"].value] == ["文件", "J9"]
