"""Request workbooks: what they ask for, and that answers come back whatever people do to the sheet."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.support import filling as support
from xlkpi.fill.place import FILLED, SAME
from xlkpi.fill.request.book import request_book
from xlkpi.fill.request.rows import COLUMN_IDS, Asked, asked_by_owner, grouped
from xlkpi.fill.write import typed_in
from xlkpi.intake.workbook import open_workbook

VALUES = [COLUMN_IDS.index(id) + 1 for id in ("m1", "m2", "m3", "quarter")]
FIRST_ROW = 5


def asked(company: Path, cells: dict[str, Any] | None = None) -> dict[str, list[Asked]]:
    (file,) = support.form_files(company, support.typed(company, cells or {}), "请求.xlsx")
    return {owner: grouped(rows, by_person=False) for owner, rows in asked_by_owner(file.forms).items()}


def open_cells(row: Asked) -> list[str]:
    columns = ("m1", "m2", "m3") if row.measure.monthly else ("quarter",)
    slots = row.form.slots
    return [column for column in columns if slots[row.measure.id, column].open]


def typed_answers(company: Path, owner: str, number: float = 1.0) -> tuple[Any, dict[str, float]]:
    """The request workbook with a different number in every cell to type, and what the forms must get."""
    rows = asked(company)[owner]
    book = load_workbook(io.BytesIO(request_book(owner, rows)))
    sheet, wanted = book.worksheets[0], {}
    for place, row in enumerate(rows, start=FIRST_ROW):
        for column in open_cells(row):
            number += 1
            value = number / 1000 if row.measure.unit == "%" else number
            sheet.cell(place, COLUMN_IDS.index(column) + 1).value = value
            who = row.form.number
            who = f"{who} {row.form.role.id}" if who == "005" else who
            wanted[f"{who} {row.measure.id} {column}"] = value
    return book, wanted


def answers(folder: Path, company: Path, content: bytes, **options: bool) -> Any:
    path = folder / "回.xlsx"
    path.write_bytes(content)
    return support.filled(company, support.issued(company), [path], **options)


def saved(book: Any) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_every_owner_is_asked_for_its_own_measures_only(company: Path) -> None:
    found = asked(company)
    assert set(found) == {"财务", "平台后台", "质检", "直接上级"}
    assert {row.measure.label for row in found["质检"]} == {"质检分", "投诉"}
    book = load_workbook(io.BytesIO(request_book("质检", found["质检"])))
    (sheet,) = book.worksheets
    shown = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert not shown & {"销售额", "退款率", "直播时长", "总分"}
    assert sheet.row_dimensions[1].hidden
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "H5"


def test_what_is_not_asked_for_is_grey_and_what_is_there_is_shown(company: Path) -> None:
    rows = asked(company, {"001 sales m1": 12345})["财务"]
    sheet = load_workbook(io.BytesIO(request_book("财务", rows))).worksheets[0]
    fills = {}
    for place, row in enumerate(rows, start=FIRST_ROW):
        for column in ("m1", "m2", "m3", "quarter"):
            cell = sheet.cell(place, COLUMN_IDS.index(column) + 1)
            key = (row.form.number, row.form.role.id, row.measure.id, column)
            fills[key] = (cell.value, cell.fill.fgColor.rgb[-6:])
    assert fills["001", "host", "sales", "m1"] == (12345, "F3F4F6")
    assert fills["001", "host", "sales", "m2"] == (None, "FFF9DB")
    assert fills["004", "host", "sales", "m1"] == (None, "F3F4F6")  # begins in November
    assert fills["004", "host", "sales", "m2"] == (None, "FFF9DB")
    assert fills["001", "host", "sales", "quarter"] == (None, "F3F4F6")
    assert ("004", "host", "sales_prev", "quarter") not in fills  # a newcomer has no period before


def test_numbers_are_validated_and_levels_listed(company: Path) -> None:
    found = asked(company)
    platform = load_workbook(io.BytesIO(request_book("平台后台", found["平台后台"]))).worksheets[0]
    ranges = {(v.type, v.formula1, v.formula2) for v in platform.data_validations.dataValidation}
    assert ("decimal", "0", "0.3") in ranges
    assert ("decimal", "0.02", "0.9") in ranges
    superior = load_workbook(io.BytesIO(request_book("直接上级", found["直接上级"]))).worksheets[0]
    (levels,) = superior.data_validations.dataValidation
    assert (levels.type, levels.formula1) == ("list", '"优秀,良好,合格,不合格"')


@pytest.mark.parametrize("owner", ["财务", "平台后台", "质检"])
def test_answers_come_back(owner: str, company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, owner)
    found = answers(tmp_path, company, saved(book))
    assert support.cells_of(found, FILLED) == pytest.approx(wanted)
    assert support.told(found, "fault", "conflict") == []


def test_answers_come_back_sorted_with_moved_columns_and_a_title_above(company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, "平台后台")
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    body = rows[FIRST_ROW - 1 :]
    random.Random(1).shuffle(body)
    order = [5, 3, 0, 9, 8, 7, 6, 10, 1, 2, 4, 11, 12]
    moved = [[None] * 13, *([row[at] for at in order] for row in [*rows[: FIRST_ROW - 1], *body])]
    found = answers(tmp_path, company, support.workbook_of({"数据": moved}), partial=False)
    assert support.cells_of(found, FILLED) == pytest.approx(
        {key: value for key, value in wanted.items() if "rate" not in key and "rebuy" not in key}
        | {key: value for key, value in wanted.items() if "rate" in key or "rebuy" in key}
    )


def test_sorting_the_visible_columns_only_is_understood(company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, "财务")
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    body = rows[FIRST_ROW - 1 :]
    split = [row for row in body if row[1] == "005"]  # of two roles: only the hidden id tells them apart
    rest = [row for row in body if row[1] != "005"]
    visible = [row[1:] for row in reversed(rest)]
    mixed = [[row[0], *shown] for row, shown in zip(rest, visible, strict=True)]
    found = answers(tmp_path, company, support.workbook_of({"数据": [*rows[: FIRST_ROW - 1], *mixed, *split]}))
    assert support.cells_of(found, FILLED) == pytest.approx(wanted)


def test_without_ids_it_is_a_table_like_others(company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, "质检")
    sheet = book.worksheets[0]
    sheet.delete_cols(1)
    sheet.delete_rows(1)
    found = answers(tmp_path, company, saved(book))
    assert support.cells_of(found, FILLED) == pytest.approx(wanted)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_answers_saved_by_libreoffice_come_back(company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, "平台后台")
    source = tmp_path / "回.xlsx"
    source.write_bytes(saved(book))
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    out = tmp_path / "out"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    found = support.filled(company, support.issued(company), [out / "回.xlsx"])
    assert support.cells_of(found, FILLED) == pytest.approx(wanted)
    assert support.told(found, "fault", "conflict") == []


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("H5", "三百", "“{label}”须为数字，现在是“三百”"),
        ("H5", "-", "是0，还是没有数据？"),
        ("H5", "12%", "不是比率，现在是“12%”"),
        ("K5", 5, "不填在这一列"),
        ("B5", "999", "工号“999”"),
        ("F5", "销售金额", "数据项“销售金额”"),
    ],
)
def test_slips_are_told_at_their_cells(cell: str, value: Any, said: str, company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, "财务")
    book.worksheets[0][cell].value = value
    found = answers(tmp_path, company, saved(book))
    (fault,) = support.told(found, "fault", "conflict")
    assert (fault.sheet, fault.file) == ("数据", "回.xlsx")
    assert said.format(label="销售额") in fault.message
    assert support.cells_of(found, FILLED).items() <= wanted.items()
    assert len(support.cells_of(found, FILLED)) >= len(wanted) - 3


def test_a_renamed_measure_is_followed_by_its_row_id_and_told(company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, "财务")
    for row in book.worksheets[0].iter_rows(min_row=FIRST_ROW):
        if row[5].value == "销售额":
            row[5].value = "店铺GMV"
    found = answers(tmp_path, company, saved(book))
    assert support.told(found, "fault", "conflict") == []
    (note,) = [one for one in support.told(found, "note") if one.key == "fill_request_renamed"]
    assert "“店铺GMV”现在叫“销售额”" in note.message
    assert support.cells_of(found, FILLED) == pytest.approx(wanted)


def test_a_name_of_two_measures_is_not_taken_for_a_renamed_one(company: Path, tmp_path: Path) -> None:
    book, wanted = typed_answers(company, "财务")
    for row in book.worksheets[0].iter_rows(min_row=FIRST_ROW):
        if row[5].value in ("销售额", "上期销售额"):
            row[5].value = "店铺GMV"
    found = answers(tmp_path, company, saved(book))
    assert support.cells_of(found, FILLED) == {}
    assert wanted
    assert support.told(found, "fault")


def test_twelve_for_twelve_per_cent_is_asked(company: Path, tmp_path: Path) -> None:
    rows = asked(company)["平台后台"]
    book = load_workbook(io.BytesIO(request_book("平台后台", rows)))
    place = next(n for n, row in enumerate(rows, start=FIRST_ROW) if row.measure.id == "refund_rate")
    book.worksheets[0].cell(place, VALUES[0]).value = 12
    (fault,) = support.told(answers(tmp_path, company, saved(book)), "fault")
    assert "“退款率”写的是 12：是不是 12%？" in fault.message


def test_a_request_of_another_quarter_is_told(company: Path, tmp_path: Path) -> None:
    book, _ = typed_answers(company, "质检")
    sheet = book.worksheets[0]
    for row in range(FIRST_ROW, sheet.max_row + 1):
        sheet.cell(row, 1).value = str(sheet.cell(row, 1).value).replace("2026Q4", "2026Q3")
    found = answers(tmp_path, company, saved(book))
    assert support.cells_of(found, FILLED) == {}
    assert "2026Q3的数据填报表，考核表是2026Q4的" in support.told(found, "fault")[0].message


def test_greyed_numbers_that_were_changed_are_conflicts(company: Path, tmp_path: Path) -> None:
    cells = {"001 sales m1": 100}
    rows = asked(company, cells)["财务"]
    book = load_workbook(io.BytesIO(request_book("财务", rows)))
    path = tmp_path / "回.xlsx"
    path.write_bytes(saved(book))
    content = support.typed(company, cells)
    same = support.filled(company, content, [path])
    assert support.cells_of(same, SAME) == {"001 sales m1": 100}
    place = next(n for n, row in enumerate(rows, start=FIRST_ROW) if row.form.number == "001")
    book.worksheets[0].cell(place, VALUES[0]).value = 101
    path.write_bytes(saved(book))
    (conflict,) = support.told(support.filled(company, content, [path]), "conflict")
    assert "已填 100，数据是 101" in conflict.message


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_random_answers_reach_the_inputs_of_the_forms(seed: int, company: Path, tmp_path: Path) -> None:
    chance = random.Random(seed)
    wanted: dict[tuple[str, str, str], Any] = {}
    sources = []
    for owner, rows in asked(company).items():
        book = load_workbook(io.BytesIO(request_book(owner, rows)))
        for place, row in enumerate(rows, start=FIRST_ROW):
            for column in open_cells(row):
                if chance.random() < 0.8:
                    value = _random_value(row, chance)
                    book.worksheets[0].cell(place, COLUMN_IDS.index(column) + 1).value = value
                    wanted[row.form.sheet, row.measure.id, column] = value
        path = tmp_path / f"{owner}.xlsx"
        path.write_bytes(saved(book))
        sources.append(path)
    found = support.filled(company, support.issued(company), sources)
    assert support.told(found, "fault", "conflict") == []
    (typed,) = found.typed()
    content, _ = typed_in(typed)
    read = {
        (reading.sheet, measure, column): value
        for reading in open_workbook(content, "表.xlsx", support.catalogue(company)).readings
        for measure, values in reading.inputs.measures.items()
        for column, value in zip(("m1", "m2", "m3") if len(values) == 3 else ("quarter",), values, strict=True)
        if value is not None
    }
    assert read.keys() == wanted.keys()
    for key, value in wanted.items():
        assert read[key] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-12)), key


def _random_value(row: Asked, chance: random.Random) -> float | str:
    if levels := row.form.role.levels.get(row.measure.id):
        return chance.choice(levels)
    high = 1e8 if row.measure.high is None else row.measure.high
    return chance.choice([0.0, round(chance.uniform(0, high), chance.randint(0, 6)), high])
