"""Formulas that the engine cannot calculate keep the values that the file's own program stored, and are listed."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from tests.support.archives import parts_of
from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.forms import filled_form, layout, sample_measures
from xlkpi.calc.engine import recalculate
from xlkpi.calc.kept import is_doubtful
from xlkpi.calc.result import Kept
from xlkpi.calc.sandbox import recalculated
from xlkpi.check.refresh import refresh
from xlkpi.cli import main
from xlkpi.form.layout import measure_id
from xlkpi.intake.workbook import read
from xlkpi.xlsx.archive import pack
from xlkpi.xlsx.edit import Formula, edit, patch

_SALES = float(sample_measures()["sales"][0])  # type: ignore[arg-type]
_CELL = layout().address(measure_id("sales"), "m1")


def _with_input(formula: str, stored: object = _SALES) -> bytes:
    """A good form whose first input is a formula with this stored value, as the file's own program left it."""
    good = recalculate(filled_form(sample_measures()))
    values = load_workbook(io.BytesIO(good), data_only=True)
    content = edit(good, {"表1": {_CELL: Formula(formula)}})
    address = load_workbook(io.BytesIO(good))["表1"][_CELL]

    def value(sheet: str, row: int, column: int) -> object:
        is_input = (sheet, row, column) == ("表1", address.row, address.column)
        return stored if is_input else values[sheet].cell(row, column).value or ""

    return patch(content, value)


UNKNOWN = [
    "SUM(明细表[额])",
    'VLOOKUP("销售额",[1]明细!$A:$B,2,0)',
    "IFERROR([1]明细!$B$2,0)",  # over this one the engine gives up the workbook
    "'[明细 2026.xlsx]明细'!$B$2",
    "SUM(表1:表1!J11)",
    "SUMPRODUCT((MONTH(Z1:Z3)=1)*Y1:Y3)+3000000",
    "SUMPRODUCT(ISNUMBER(J11:J13)*J11:J13)",
    "SUM(LEN(J11:J13))",
    "SUM(COUNTIF(J11:J13,J11:J13))",
    "NOSUCH(J11)",
    "IFERROR(NOSUCH(J11),5)",
    "RAND()*9",
    "TODAY()",
    "没有这个名称*2",
]


@pytest.mark.parametrize(
    ("command", "formula"), [*(("recalc", each) for each in UNKNOWN), *(("refresh", each) for each in UNKNOWN[:3])]
)
def test_inputs_that_cannot_be_calculated_stay_as_they_were(command: str, formula: str, tmp_path: Path) -> None:
    path, out = tmp_path / "表.xlsx", tmp_path / "新.xlsx"
    path.write_bytes(_with_input(formula))
    (before,) = read(path, SHIPPED).forms
    run = CliRunner().invoke(main, [command, str(path), "-o", str(out)])
    assert run.exit_code == 1
    assert f"表1 {_CELL}" in run.output
    assert f"={formula}" in run.output
    assert "用到了保留的值" in run.output
    (after,) = read(out, SHIPPED).forms
    assert after.appraisal == before.appraisal
    sheet = load_workbook(out, data_only=True)["表1"]
    assert sheet[_CELL].value == _SALES
    total = layout().address("total", "score")
    assert sheet[total].value == after.appraisal.total  # what reads the kept value was calculated from it


@pytest.mark.parametrize("formula", ["1500000*2-3000000+J11", "SUM(J11:J13)", "VLOOKUP(1,J11:K13,2,0)"])
def test_what_gives_the_stored_value_is_no_word(formula: str) -> None:
    content = recalculate(edit(filled_form(sample_measures()), {"表1": {_CELL: Formula(formula)}}))
    assert recalculated(content).kept == ()


def test_a_good_form_and_its_copy_without_values_keep_nothing() -> None:
    for content in (filled_form(sample_measures()), recalculate(filled_form(sample_measures()))):
        result = recalculated(content)
        assert (result.kept, result.resting) == ((), ())
    assert refresh(recalculate(filled_form(sample_measures())), "表.xlsx", SHIPPED).problems == ()


def test_an_input_without_any_value_is_told_as_well() -> None:
    content = edit(recalculate(filled_form(sample_measures())), {"表1": {_CELL: Formula("NOSUCH(1)")}})
    result = recalculated(content)
    assert [(one.formula, one.stored, one.computed) for one in result.kept] == [("NOSUCH(1)", None, "#NAME?")]
    (problem, *_) = result.problems("表.xlsx", "zh-Hans")
    assert (problem.cell, "没有存它的值" in problem.message) == (_CELL, True)


def _foreign() -> bytes:
    """A workbook of somebody else with all that our engine lacks, and what reads it."""
    book = Workbook()
    (sheet,) = book.worksheets
    sheet.append(["月", "额"])
    sheet.append(["一月", 7])
    sheet.append(["二月", 8])
    sheet.add_table(Table(displayName="明细表", ref="A1:B3"))
    for row, formula in enumerate(("=SUM(明细表[额])", "=D1*2", "=IFERROR(D1,0)", "=NOSUCH(1)", "=B2+B3"), start=1):
        sheet[f"D{row}"] = formula
    sheet["D6"] = ArrayFormula("D6:D7", "=B2:B3*2")
    buffer = io.BytesIO()
    book.save(buffer)
    return patch(buffer.getvalue(), lambda _, row, __: [15, 30, 15, "文字", 99, 14][row - 1])


def test_only_what_cannot_be_calculated_keeps_its_value() -> None:
    result = recalculated(_foreign())
    sheet = load_workbook(io.BytesIO(result.content), data_only=True).worksheets[0]
    assert [sheet[f"D{row}"].value for row in range(1, 7)] == [15, 30, 15, "文字", 15, 14]
    assert {(one.row, one.stored) for one in result.kept} == {(1, 15), (4, "文字")}
    assert result.resting == ()


@pytest.mark.parametrize("text", ["真的", "", "0"])
def test_every_kind_of_stored_text_is_kept(text: str) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "=NOSUCH(1)"
    buffer = io.BytesIO()
    book.save(buffer)
    (one,) = recalculated(patch(buffer.getvalue(), lambda *_: text)).kept
    assert one == Kept("Sheet", 1, 1, "NOSUCH(1)", text, "#NAME?")


def test_a_shared_text_as_the_value_of_a_formula_is_kept() -> None:
    parts = parts_of(edit(filled_form(sample_measures()), {"表1": {_CELL: Formula("NOSUCH(1)")}}))
    name = next(name for name, data in parts.items() if b"<f>NOSUCH(1)</f>" in data)
    cell = re.compile(rb'(<c r="J10"[^>]*)(><f>NOSUCH\(1\)</f>)')
    parts[name] = cell.sub(rb'\1 t="s"\2<v>0</v>', parts[name])
    first = etree.fromstring(parts["xl/sharedStrings.xml"])[0]
    assert "".join(first.itertext()) in [one.stored for one in recalculated(pack(parts)).kept]


@pytest.mark.parametrize(
    "formula",
    [
        'A1="[1]"',
        "SUMPRODUCT(A1:A3,$B$1:$B$3)",
        "SUM(A1:A3)",
        'IF(A1="#KPI @",1,2)',
        "SUMIF(A1:A9,1,B1:B9)",
        "ROUND(SUM(A1:A3),2)",
        'IF(EXACT($C$38,"不适用"),EXACT($C$38,D21),0)',
        'LEN(TRIM(SUBSTITUTE($C$38,"\u3000","")))=0',
        "MID(R70,2,2000)&CHAR(10)&E71",
    ],
)
def test_formulas_as_ours_are_not_doubtful(formula: str) -> None:
    assert not is_doubtful(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "EXACT(A1:A3,B1)",
        "EXACT(LOWER(A1),B1)",
        "TRIM(A1)",
        'TRIM(SUBSTITUTE(A1," ",""))',
        'SUBSTITUTE(A1,"\u3000","")',
        "MID(A1,B1,2000)",
        "MID(A1,2,1)",
        "CHAR(163)",
        "CHAR(A1)",
        'TEXT(EXACT(A1,B1),"0")',
    ],
)
def test_the_same_functions_otherwise_than_ours_are_doubtful(formula: str) -> None:
    assert is_doubtful(formula)


ODD = (None, "", "甲", "a", "A", " a ", "\u3000甲\u3000", "1", 1, 1.5, 0, "=1/0", '=""', "长" * 3000, "\U00020000b")
"""Without TRUE and FALSE: LibreOffice alone takes them for 1 and 0 in any formula that makes a text of them."""


def test_the_calls_that_are_trusted_give_the_same_in_libreoffice(tmp_path: Path) -> None:
    """Of every kind of value that somebody may type."""
    libreoffice.require()
    book = Workbook()
    (sheet,) = book.worksheets
    formulas = []
    for row, value in enumerate(ODD, start=1):
        sheet.cell(row, 1, value)
        formulas += [f'EXACT($A${row},"{text}")' for text in ("甲", "a", "1", "TRUE", "")]
        formulas += [f"EXACT(A{row},$A${other})" for other in range(1, len(ODD) + 1)]
        formulas += [f'LEN(TRIM(SUBSTITUTE($A${row},"\u3000","")))=0', f"MID(A{row},2,2000)", f"A{row}&CHAR(10)"]
    assert not any(map(is_doubtful, formulas))
    for row, formula in enumerate(formulas, start=1):
        sheet.cell(row, 3, f'=IF(ISTEXT(B1),"",IFERROR({formula},"错"))')
    book.save(tmp_path / "表.xlsx")
    (saved,) = libreoffice.recalculate([tmp_path / "表.xlsx"], tmp_path / "saved")
    ours = load_workbook(io.BytesIO(recalculate(saved.read_bytes())), data_only=True).worksheets[0]
    theirs = load_workbook(saved, data_only=True).worksheets[0]
    found = {f: (ours.cell(n, 3).value, theirs.cell(n, 3).value) for n, f in enumerate(formulas, start=1)}
    assert {formula: pair for formula, pair in found.items() if pair[0] != pair[1]} == {}


# --- as another program calculates ------------------------------------------------------------------------------------

OF_OTHERS = """ACCRINT(1,2,3,0.1,1000,2,0) AVERAGEIF(A1:A9,">2") BIN2DEC("101") CHOOSE(2,"a","b")
CORREL(A1:A9,C1:C9) COUNTIF(B1:B9,"甲*") DATEDIF(D1,D2,"d") FREQUENCY(A1:A9,A1:A3)
HLOOKUP(1,A1:C2,2,0) INDIRECT("A1") IRR(E1:E4) LINEST(C1:C9,A1:A9) LOOKUP(3,A1:A9,C1:C9)
MEDIAN(A1:A9) MOD(-7,3) MMULT(A1:A1,C1:C1) MONTH(D1) NETWORKDAYS(D1,D2) OFFSET(A1,1,0)
PERCENTILE(A1:A9,0.3) PMT(0.01,12,1000) ROUNDUP(2.51,1) SUBTOTAL(9,A1:A9)
SUMIFS(A1:A9,B1:B9,"甲") SUMPRODUCT((B1:B9="甲")*A1:A9) SUMPRODUCT((MONTH(D1:D9)=2)*A1:A9)
SUMPRODUCT(--(LEFT(B1:B9,1)="甲"),A1:A9) SUMPRODUCT(LEN(B1:B9)) TEXT(D1,"yyyy-mm-dd")
TREND(C1:C9,A1:A9) VLOOKUP("乙",B1:C9,2,0) WEEKNUM(D1) YEARFRAC(D1,D2) A1&B1
SUM(COUNTIF(B1:B9,{"甲","乙"})) Z9 IF(A1>0,"甲") CELL("row",A3) TRIMMEAN(A1:A9,0.3)
RATE(12,-90,1000)""".split()


def test_no_value_of_another_program_is_lost(tmp_path: Path) -> None:
    """LibreOffice calculates and stores them, bare, as an array and inside of IFERROR."""
    libreoffice.require()
    book = Workbook()
    (sheet,) = book.worksheets
    for row in range(1, 10):
        for column, value in enumerate((row, "甲乙丙"[row % 3], row * row / 3, f"=DATE(2026,{row},15)"), start=1):
            sheet.cell(row, column, value)
    for row, value in enumerate((-100, 50, 60, 70), start=1):
        sheet.cell(row, 5, value)
    for row, formula in enumerate(OF_OTHERS, start=1):
        sheet.cell(row, 7, f"={formula}")
        sheet.cell(row, 8).value = ArrayFormula(f"H{row}", f"={formula}")
        sheet.cell(row, 9, f'=IFERROR({formula},"无")')
    book.save(tmp_path / "别人的.xlsx")
    (saved,) = libreoffice.recalculate([tmp_path / "别人的.xlsx"], tmp_path / "saved")
    result = recalculated(saved.read_bytes())
    before, after = (
        load_workbook(source, data_only=True).worksheets[0] for source in (saved, io.BytesIO(result.content))
    )
    for line in before.iter_rows():
        for cell in line:
            is_date = cell.column == 4
            if not (is_date or str(cell.value).startswith("#")):
                assert after[cell.coordinate].value == pytest.approx(cell.value), OF_OTHERS[cell.row - 1]
    assert len(result.kept) > 10


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["recalc", "refresh"])
def test_a_command_never_writes_over_the_file_that_it_reads(command: str, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(content := filled_form(sample_measures()))
    (link := tmp_path / "同一个.xlsx").hardlink_to(path)
    for output in (path, tmp_path / "." / "表.xlsx", link):
        run = CliRunner().invoke(main, [command, str(path), "-o", str(output), "--overwrite"])
        assert (run.exit_code, "不能写到原文件上" in run.output) == (2, True)
    assert path.read_bytes() == content


@pytest.mark.parametrize("command", ["recalc", "refresh"])
def test_a_target_that_exists_is_noticed_before_the_work(command: str, tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(b"no workbook: work on it would fail otherwise")
    (tmp_path / "新.xlsx").write_bytes(b"")
    run = CliRunner().invoke(main, [command, str(tmp_path / "表.xlsx"), "-o", str(tmp_path / "新.xlsx")])
    assert (run.exit_code, "已存在" in run.output) == (2, True)


def test_refresh_lists_kept_values_in_its_json(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(_with_input("NOSUCH(J11)"))
    told = json.loads(CliRunner().invoke(main, ["refresh", str(path), "--json"]).output)["problems"]
    assert (told[0]["kind"], told[0]["cell"]) == ("kept", _CELL)


def test_ctrl_c_is_answered_in_chinese(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(filled_form(sample_measures()))

    def interrupted(_: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("xlkpi.calc.sandbox.recalculated", interrupted)
    run = CliRunner().invoke(main, ["recalc", str(path)])
    assert (run.exit_code, "已中断" in run.output, "Abort" in run.output) == (1, True, False)
