"""FilledWorkbook workbooks, read back: by identity, inputs only, and every fault in words."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.archives import parts_of, zipped
from tests.support.catalogues import SHIPPED
from tests.support.forms import empty_form, filled_form, layout, recalculated, role, sample_measures
from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.inputs import Inputs
from xlkpi.form.layout import LETTER
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.problems import Problem
from xlkpi.intake.workbook import FilledWorkbook, read
from xlkpi.xlsx.edit import fill

SHEET = "表1"
SALES_1 = layout().address("m:sales", "m1")


@cache
def sample_form(sheets: int = 1) -> bytes:
    return filled_form(*[sample_measures()] * sheets)


def read_bytes(content: bytes, folder: Path) -> FilledWorkbook:
    path = folder / "表.xlsx"
    path.write_bytes(content)
    return read(path, SHIPPED)


def edited(content: bytes, edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook as another program saves it after an edit; slow, `typed` serves for what has a cell."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def typed(address: str, value: Value, sheet: str = SHEET, *, sheets: int = 1) -> bytes:
    """The sample form with one cell otherwise."""
    return fill(sample_form(sheets), {sheet: {address: value}})


@cache
def meta(key: str) -> int:
    """The row of a setting in the sheet that says what the workbook is; "sheet" is that of the first form."""
    rows = openpyxl.load_workbook(io.BytesIO(sample_form()))[META_SHEET].iter_rows(values_only=True)
    return 1 + [row[0] for row in rows].index(key)


def the_problem(filled: FilledWorkbook) -> Problem:
    (problem,) = filled.problems
    return problem


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    """What the sample form holds."""
    (form,) = read_bytes(sample_form(), tmp_path_factory.mktemp("sample")).forms
    return form.appraisal.inputs


# --- what was typed is what is read -----------------------------------------------------------------------------------

_texts = st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters="_"), min_size=1, max_size=8)
_typed = st.none() | _texts | st.integers(-(10**9), 10**9).map(float) | st.floats(-1e300, 1e300)


# One folder serves all examples; a whole form would take minutes to shrink.
@settings(max_examples=20, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_inputs_come_back_as_typed(tmp_path: Path, data: st.DataObject) -> None:
    measures = {
        m.id: data.draw(st.lists(_typed, min_size=3, max_size=3) if m.monthly else _typed.map(lambda v: [v]))
        for m in role().measures
    }
    newcomer = data.draw(st.booleans())
    filled = read_bytes(filled_form(measures, newcomer="是" if newcomer else "否"), tmp_path)
    (form,) = filled.forms
    person = dict.fromkeys(form.appraisal.inputs.person, "")
    person |= {"name": "示例员工", "newcomer": "是" if newcomer else "否"}
    expected = Inputs.preset(role(), measures, newcomer=newcomer, person=person)
    assert form.appraisal.inputs.weights == pytest.approx(expected.weights, rel=1e-15)  # files hold 16 digits
    for what in ("measures", "targets", "rules", "units", "person", "newcomer", "grade_scale"):
        assert getattr(form.appraisal.inputs, what) == getattr(expected, what)
    texts = {(f"m:{id}", value) for id, values in measures.items() for value in values if isinstance(value, str)}
    assert {(problem.row_id, problem.message) for problem in filled.problems} == {
        (row_id, f"“{role().labels[row_id[2:]]}”须为数字，现在是“{value}”") for row_id, value in texts
    }


def test_the_sample_is_read_and_scored(tmp_path: Path) -> None:
    filled = read_bytes(sample_form(), tmp_path)
    (form,) = filled.forms
    assert (filled.quarter, filled.problems, form.sheet) == ("2026Q4", (), SHEET)
    assert form.appraisal == appraise(role(), form.appraisal.inputs)
    assert form.appraisal.total == 93.85


def test_shown_values_are_never_taken_over(tmp_path: Path, inputs: Inputs) -> None:
    """Scores, totals and computed targets in the file may say anything."""
    forged = {"i:conversion": "target", "i:sales_achievement": "score", "total": "score", "final": "score"}
    recalculated(sample_form(), tmp_path / "a.xlsx")
    cells: dict[str, Value] = {layout().address(row, column): 120.0 for row, column in forged.items()}
    (form,) = read_bytes(fill((tmp_path / "a.xlsx").read_bytes(), {SHEET: cells}), tmp_path).forms
    assert form.appraisal.inputs == inputs
    assert form.appraisal.total == 93.85


def test_an_empty_form_is_no_problem(tmp_path: Path) -> None:
    filled = read_bytes(empty_form(), tmp_path)
    assert filled.problems == ()
    assert filled.forms[0].appraisal.total is None


def test_what_hr_changed_in_the_form_counts(tmp_path: Path) -> None:
    at = layout().address
    cells = {
        at("i:repurchase", "target"): 0.2,
        at("i:repurchase", "rule"): "每低1个百分点扣1分",
        at("i:repurchase", "weight"): 0.08,
        at("final", "definition"): "优≥90；良",
        at("person", "employee_id"): 12345.0,
    }
    (form,) = read_bytes(fill(sample_form(), {SHEET: cells}), tmp_path).forms
    read_inputs = form.appraisal.inputs
    assert read_inputs.targets["repurchase"] == [0.2]
    assert read_inputs.rules["repurchase"] == "每低1个百分点扣1分"
    assert read_inputs.weights["repurchase"] == 0.08
    assert read_inputs.person["employee_id"] == "12345"
    assert form.appraisal.grade == "优"


# --- identities hold --------------------------------------------------------------------------------------------------


def _swap_rows(sheet: Worksheet, one: str, other: str) -> None:
    rows = layout().rows
    for column in range(1, sheet.max_column + 1):
        first, second = sheet.cell(rows[one], column), sheet.cell(rows[other], column)
        if "MergedCell" not in (type(first).__name__, type(second).__name__):
            first.value, second.value = second.value, first.value


def _sort(book: openpyxl.Workbook) -> None:
    _swap_rows(book[SHEET], "m:sales", "m:data_violations")
    _swap_rows(book[SHEET], "m:uv_prev", "m:manuals_prev")
    _swap_rows(book[SHEET], "i:repurchase", "i:knowledge")


def _insert(book: openpyxl.Workbook) -> None:
    book[SHEET].insert_rows(9, 3)
    book[SHEET].insert_rows(layout().rows["i:sales_achievement"], 2)
    book[SHEET].insert_cols(3)


def _insert_before_the_ids(book: openpyxl.Workbook) -> None:
    book[SHEET].insert_cols(1)


def _insert_above_the_ids(book: openpyxl.Workbook) -> None:
    book[SHEET].insert_rows(1, 3)
    book[SHEET]["A1"], book[SHEET]["B2"] = "某公司", "id"


def _clear_the_header_of_the_ids(book: openpyxl.Workbook) -> None:
    book[SHEET]["A1"] = None


def _delete_what_nobody_reads(book: openpyxl.Workbook) -> None:
    sheet = book[SHEET]
    for range_ in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(range_))
    sheet.delete_rows(layout().rows["d:1"], len(role().duties))
    sheet.delete_cols(column_index_from_string(LETTER["remark"]))


def _rename(book: openpyxl.Workbook) -> None:
    sheet = book[SHEET]
    for row in (layout().rows["m:sales"], layout().rows["i:repurchase"]):
        sheet[f"{LETTER['label']}{row}"] = "Sales"
    sheet["B2"] = "KPI form"
    book["汇总"].title = "Summary"


def _reorder(book: openpyxl.Workbook) -> None:
    book.move_sheet(SHEET, 2)
    book.move_sheet(META_SHEET, -3)
    book.create_sheet("我的笔记", 0)["A1"] = "随便写的"


def _hide(book: openpyxl.Workbook) -> None:
    for letter in "DEFGHJKL":
        book[SHEET].column_dimensions[letter].hidden = True
    book[SHEET].column_dimensions["A"].hidden = False
    book[META_SHEET].sheet_state = "visible"
    book[SHEET].sheet_state = "hidden"


@pytest.mark.parametrize(
    "edit",
    [
        _sort,
        _insert,
        _insert_before_the_ids,
        _insert_above_the_ids,
        _clear_the_header_of_the_ids,
        _delete_what_nobody_reads,
        _rename,
        _reorder,
        _hide,
    ],
    ids=lambda edit: edit.__name__,
)
def test_a_rearranged_form_reads_the_same(
    tmp_path: Path, inputs: Inputs, edit: Callable[[openpyxl.Workbook], None]
) -> None:
    filled = read_bytes(edited(sample_form(), edit), tmp_path)
    assert filled.problems == ()
    (form,) = filled.forms
    assert form.appraisal.inputs == inputs


# --- cells that hold no number ----------------------------------------------------------------------------------------


def test_cells_that_hold_no_number(tmp_path: Path) -> None:
    typed_in: dict[str, tuple[Any, str]] = {
        "sales": ("三百万", "三百万"),
        "sales_target": ("７", "７"),
        "uv": ("100人", "100人"),
        "organic_uv": (" ", " "),
        "pv": (True, "TRUE"),
        "orders": (dt.date(2026, 10, 1), "2026-10-01"),
        "silent_orders": (dt.datetime(2026, 10, 1, 8, 30), "2026-10-01 08:30:00"),
        "new_sales": (dt.time(8, 30), "08:30:00"),
        "cogs": ("#DIV/0!", "#DIV/0!"),
        "proposals": ("#N/A", "#N/A"),
    }
    date = ("date", "这一格成了日期；请把格式改为常规，再填数字")
    error = ("error_value", "这一格的公式出错；请改正公式，或直接填数字")
    told = [
        ("number", "请只填数字，不带单位和空格；没有发生填0"),
        ("number", "请改填数字 7，不带单位和空格"),
        ("number", "请改填数字 100，不带单位和空格"),
        ("number", "格里只有空格；请删去，填数字，没有发生填0"),
        ("boolean", "这一格是TRUE或FALSE；请填数字"),
        *(date, date, date, error, error),
    ]

    def edit(book: openpyxl.Workbook) -> None:
        for id, (value, _) in typed_in.items():
            book[SHEET][layout().address(f"m:{id}", "m2")] = value

    filled = read_bytes(edited(sample_form(), edit), tmp_path)
    assert filled.problems == tuple(
        Problem(
            file="表.xlsx",
            sheet=SHEET,
            cell=layout().address(f"m:{id}", "m2"),
            row_id=f"m:{id}",
            column_id="m2",
            kind=kind,
            message=f"“{role().labels[id]}”须为数字，现在是“{said}”",
            advice=advice,
        )
        for (id, (_, said)), (kind, advice) in zip(typed_in.items(), told, strict=True)
    )
    (form,) = filled.forms
    assert form.appraisal.inputs.measures["cogs"] == [1_800_000, "#DIV/0!", 1_740_000]
    assert form.appraisal.total == "#KPI “销售额”须为数字"


def test_a_formula_that_ends_in_an_error_is_no_empty_cell(tmp_path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[SHEET][SALES_1] = "=1/0"
        book[SHEET][layout().address("m:manuals_prev", "quarter")] = "=NA()"
        book[SHEET][layout().address("m:buyers", "quarter")] = "=16000*2"

    path = recalculated(edited(sample_form(), edit), tmp_path / "表.xlsx")
    filled = read(path, SHIPPED)
    assert [(p.row_id, p.message[-9:]) for p in filled.problems] == [
        ("m:sales", "“#DIV/0!”"),
        ("m:manuals_prev", "现在是“#N/A”"),
    ]
    assert filled.forms[0].appraisal.inputs.measures["buyers"] == [32_000.0]


def test_a_target_that_is_no_number(tmp_path: Path) -> None:
    address = layout().address("i:compliance#2", "target")
    filled = read_bytes(typed(address, "无"), tmp_path)
    problem = the_problem(filled)
    assert (problem.cell, problem.row_id, problem.column_id) == (address, "i:compliance#2", "target")
    assert problem.message == "“严重违规的目标值”须为数字，现在是“无”"


def test_the_address_is_that_of_the_file_as_it_is(tmp_path: Path) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[SHEET][SALES_1] = "无"
        book[SHEET].insert_rows(2, 4)
        book[SHEET].insert_cols(2)

    moved = f"{get_column_letter(column_index_from_string(LETTER['m1']) + 1)}{layout().rows['m:sales'] + 4}"
    assert the_problem(read_bytes(edited(sample_form(), edit), tmp_path)).cell == moved


@pytest.mark.parametrize("weight", ["三成", None, -0.1, 30.0])
def test_without_its_weights_a_sheet_is_not_scored(tmp_path: Path, weight: Value) -> None:
    address = layout().address("i:sales_achievement", "weight")
    filled = read_bytes(typed(address, weight), tmp_path)
    problem = the_problem(filled)
    assert filled.forms == ()
    assert (problem.sheet, problem.row_id, problem.column_id) == (SHEET, "i:sales_achievement", "weight")
    assert problem.message.startswith(f"{address}的权重须为0%到100%的数字")


# --- sheets that cannot be read ---------------------------------------------------------------------------------------


def _rename_sheet(book: openpyxl.Workbook) -> None:
    book[SHEET].title = "张三"


def _delete_sheet(book: openpyxl.Workbook) -> None:
    del book[SHEET]


def _delete_row(book: openpyxl.Workbook) -> None:
    book[SHEET].delete_rows(layout().rows["m:uv"])


def _delete_column(book: openpyxl.Workbook) -> None:
    book[SHEET].delete_cols(column_index_from_string(LETTER["m2"]))


def _delete_header(book: openpyxl.Workbook) -> None:
    book[SHEET].delete_rows(1)


def _fill_far_away(book: openpyxl.Workbook) -> None:
    book[SHEET]["XFD1048576"] = "x"


UV_ID = f"A{layout().rows['m:uv']}"


def _delete_ids(book: openpyxl.Workbook) -> None:
    book[SHEET].delete_cols(1)


def _clear_ids(book: openpyxl.Workbook) -> None:
    for (cell,) in book[SHEET]["A1" : f"A{book[SHEET].max_row}"]:
        cell.value = None


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_delete_sheet, ("工作表不见了", "删除")),
        (_delete_row, ("“访客数UV”", "被删除")),
        (_delete_column, ("“第2个月”", "被删除")),
        (_delete_header, ("第1行", "不见了")),
        (_fill_far_away, ("表太大", "1048576")),
        (_delete_ids, ("A列", "不见了")),
        (_clear_ids, ("A列", "不见了")),
        ((UV_ID, None), ("“访客数UV”",)),
        ((UV_ID, "m:sales"), ("两行", "销售额")),
        ((f"{LETTER['m2']}1", "m1"), ("两列", "第1个月")),
    ],
)
def test_a_sheet_that_cannot_be_read_leaves_the_others(tmp_path: Path, edit: Any, words: tuple[str, ...]) -> None:
    content = typed(*edit, sheets=2) if isinstance(edit, tuple) else edited(sample_form(2), edit)
    filled = read_bytes(content, tmp_path)
    assert {(problem.file, problem.sheet) for problem in filled.problems} == {("表.xlsx", SHEET)}
    assert [word for word in words if word not in "".join(problem.message for problem in filled.problems)] == []
    assert all(problem.advice for problem in filled.problems)
    assert [(form.sheet, form.appraisal.total) for form in filled.forms] == [("表2", 93.85)]


def test_a_renamed_sheet_is_read(tmp_path: Path) -> None:
    filled = read_bytes(edited(sample_form(2), _rename_sheet), tmp_path)
    assert [(form.sheet, form.appraisal.total) for form in filled.forms] == [("张三", 93.85), ("表2", 93.85)]
    problem = the_problem(filled)
    assert (problem.sheet, problem.kind, problem.severity) == ("张三", "renamed", "warning")


@pytest.mark.parametrize("role_id", ["nobody", "../samples/ecommerce-operations", None])
def test_a_role_that_is_unknown(tmp_path: Path, role_id: str | None) -> None:
    filled = read_bytes(typed(f"C{meta('sheet')}", role_id, META_SHEET), tmp_path)
    problem = the_problem(filled)
    assert (problem.sheet, problem.kind) == (SHEET, "role")
    assert "没有岗位" in problem.message
    assert "ecommerce-operations" in problem.message


def test_far_away_styles_do_not_matter(tmp_path: Path, inputs: Inputs) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[SHEET]["XFD1048576"].number_format = "0.00"

    (form,) = read_bytes(edited(sample_form(), edit), tmp_path).forms
    assert form.appraisal.inputs == inputs


# --- files that are no forms ------------------------------------------------------------------------------------------


def _other_workbook() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


def _without_meta(book: openpyxl.Workbook) -> None:
    del book[META_SHEET]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"", "不是能打开的Excel工作簿"),
        (lambda: "姓名,得分\n张三,90".encode(), "不是能打开的Excel工作簿"),
        (lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), "旧的 .xls 格式"),
        (lambda: zipped({"a.txt": b"x"}), "不是能打开的Excel工作簿"),
        (lambda: sample_form()[:5000], "不是能打开的Excel工作簿"),
        (lambda: zipped(parts_of(sample_form()) | {"xl/worksheets/sheet1.xml": b"<x"}), "不是能打开的Excel工作簿"),
        (_other_workbook, "不是 xlkpi 生成的考核表（缺少隐藏的 _xlkpi 表）"),
        (lambda: edited(sample_form(), _without_meta), "示例员工 电商运营），但登记它们的隐藏表不见了"),
        (lambda: typed(f"A{meta('sheet')}", None, META_SHEET), "_xlkpi 表里没有登记考核表"),
        (lambda: typed(f"B{meta('contract')}", 99.0, META_SHEET), "考核表的版本是 99，本程序只能读 1"),
        (lambda: typed(f"B{meta('contract')}", "一", META_SHEET), "考核表的版本是 一，本程序只能读 1"),
        (lambda: typed(f"A{meta('contract')}", None, META_SHEET), "考核表没有注明版本，本程序只能读 1"),
    ],
)
def test_a_file_that_is_no_form_of_ours(tmp_path: Path, content: Callable[[], bytes], words: str) -> None:
    filled = read_bytes(content(), tmp_path)
    problem = the_problem(filled)
    assert filled.forms == ()
    assert (problem.file, problem.sheet) == ("表.xlsx", None)
    assert problem.kind == ("contract" if "版本" in words else "file")
    assert words in problem.message
    assert problem.advice


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "没有.xlsx", SHIPPED)
    with pytest.raises(OSError, match="表"):
        read(tmp_path.with_name("表"), SHIPPED)
