"""The value of a formula by stored values: as spreadsheets calculate it, or none at all."""

from __future__ import annotations

from typing import Any

import pytest

from xlkpi.check.formulas.functions import FormulaError, Plain, Unknown
from xlkpi.check.formulas.value import areas_of, same_value, value_of

CELLS: dict[tuple[int, int], Plain] = {
    (0, 0): 1.0, (1, 0): 2.0, (2, 0): 3.0, (0, 1): "文字", (1, 1): "", (2, 1): "12", (0, 2): True,
}  # fmt: skip


def _read(place: Any) -> Plain:
    if len(place) == 3:
        raise Unknown
    if place == (9, 9):
        raise FormulaError("#N/A")
    return CELLS.get(place)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1500000*2", 3e6),
        ("(1+2)*3-4/2", 7),
        ("-2^2", 4),
        ("2^-1", 0.5),
        ("5%", 0.05),
        ("200*5%+1", 11),
        ("1e3+.5", 1000.5),
        ("SUM(A1:A3)", 6),
        ("sum($A$1:A$3,10)", 16),
        ("AVERAGE(A1:A3)", 2),
        ("SUM(A1:C3)", 6),  # a range gives its numbers only
        ("A1+B3", 13),  # a cell with the text of a number is converted
        ("A1+D9", 1),
        ('A1&"个"', "1个"),
        ("1/3&\"\"", "0.333333333333333"),
        ('IF(A1>1,"大","小")', "小"),
        ("IF(A1=1,5)", 5),
        ('"ABC"="abc"', True),
        ('D9=""', True),
        ("D9=0", True),
        ('"10">9', True),
        ("COUNT(A1:C3)", 3),
        ("COUNTA(A1:C3)", 7),
        ("COUNTBLANK(B1:B4)", 2),
        ('COUNTIF(B1:B3,"文*")', 1),
        ('COUNTIF(A1:A3,">1")', 2),
        ('SUMIF(A1:A3,">1",A1:A3)', 5),
        ("ROUND(2.5,0)", 3),
        ("ROUND(-1.005,2)", -1.01),
        ("INT(-0.5)", -1),
        ("IFERROR(1/0,7)", 7),
        ("IFERROR(J10,8)", 8),
        ("ISTEXT(B2)", True),
        ("ISNUMBER(B3)", False),
        ("LARGE(A1:A3,1)", 3),
        ("MATCH(2,A1:A3,0)", 2),
        ("INDEX(A1:A3,2)", 2),
        ("SUMPRODUCT(A1:A3,A1:A3)", 14),
        ("MAX(D1:D9)", 0),
        ("AND(A1>0,A2>5)", False),
        ("+".join(["A1"] * 300), 300),  # a long sum is not nested
        ("IF(A1=1,IF(A2=2,SUM(A1:A3)+A1,1/0),SUM(A1:A3)+A2)", 7),  # what one branch calculates, the other does not know
        ("IF(B1=5,SUM(A1:A3),1)+SUM(A1:A3)", 7),
        ("IFERROR(SUM(J9:J10),SUM(A1:A3))+SUM(A1:A3)", 12),
        ("IFERROR(1/0,IFERROR(B1+1,A3))", 3),
        ("COUNT(A1)+COUNT(B1)+COUNTA(D1)+COUNTA(B2)+COUNTBLANK(B2)+COUNTBLANK(D1)", 4),
        ("LEN(D1)=0", True),
        ("LEN(A1)<>0", True),
        ("0.1+0.2=0.3", True),
        ("1e999>1", True),
        ("A1-A1=COUNT(B1)", True),
        ("SUM(A1:A2)&TRIM(\" x \")&TRUE", "3xTRUE"),
    ],
)  # fmt: skip
def test_it_is_as_spreadsheets_calculate(formula: str, value: Plain) -> None:
    assert same_value(value_of(formula, _read), value), value_of(formula, _read)


@pytest.mark.parametrize(
    "formula",
    ["TODAY()", "RAND()", "OFFSET(A1,1,0)", "INDIRECT(\"A1\")", "NOSUCH(1)", "SUM(表[额])", "[1]明细!A1", "另表!A1",
     "SUM(A:A)", "某名称*2", "{1,2}", "1+", "(1", "A1:A3", "SUM(A1:A3 A2)", "@A1", "A1#", "SUM(A1:XFD99999)",
     "SUM(" * 70 + "1" + ")" * 70, "表1:表3!A1", "", "A0", "\ue0000+1", "SUM(1" + ",1" * 5_000 + ")",
     "IFERROR(" * 30 + "1" + ",2)" * 30, "__import__(1)", "read(A1)", "A1:A3+1"],
)  # fmt: skip
def test_what_cannot_be_confirmed_has_no_value(formula: str) -> None:
    with pytest.raises(Unknown):
        value_of(formula, _read)


@pytest.mark.parametrize(
    "formula", ["1/0", "B1+1", "J10+1", "SUM(J9:J10)", "LARGE(A1:A3,4)", "MATCH(9,A1:A3,0)", "AVERAGE(D1:D2)"]
)
def test_an_error_is_told_as_one(formula: str) -> None:
    with pytest.raises(FormulaError):
        value_of(formula, _read)


def test_the_cells_that_are_read_are_known_with_their_sheets() -> None:
    read = [(area.sheet, area.top, area.right) for area in areas_of("A1+SUM('甲 乙''s'!$B$2:C3)*表2!D4")]
    assert read == [("", 1, 1), ("甲 乙's", 2, 3), ("表2", 4, 4)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1.0, 1.0000001, True), (1.0, 1.001, False), (None, "", True), ("得93.850分", "得93.85分", True),
     ("5", 5.0, False), ("得93分", "得94分", False), (True, 1.0, True), (1e9, 1e9 + 1, True)],
)  # fmt: skip
def test_same_is_but_for_rounding(one: Plain, other: Plain, same: bool) -> None:
    assert same_value(one, other) is same
