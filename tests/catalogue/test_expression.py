"""Arithmetic over measures: one meaning in Python and in the formula, and nothing but arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import formualizer
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from xlkpi.catalogue.arithmetic.expression import MAX_LENGTH, Expression, ExpressionError
from xlkpi.catalogue.arithmetic.tree import Operand, OperandCell
from xlkpi.i18n.numbers import Value
from xlkpi.scoring import reasons
from xlkpi.scoring.scorer import ScoreError

LABELS = {"a": "甲", "b": "乙", "c": "上期丙"}
OPERANDS = (Operand("a"), Operand("b"), Operand("c"), Operand("a", "m1"), Operand("b", "m3"))
NEWCOMER = "$Z$1"
# What stands in the period before counts as 0 for a newcomer.
CELLS = {
    operand: OperandCell(f"{letter}1", LABELS[operand.measure], f'{NEWCOMER}="是"' if operand.measure == "c" else "")
    for operand, letter in zip(OPERANDS, "ABCDE", strict=True)
}


def in_python(expression: Expression, values: Mapping[Operand, Value], newcomer: bool = False) -> Value:
    """What a cell shows of an expression evaluated in Python."""
    counted = {o: 0.0 if newcomer and o.measure == "c" and value is None else value for o, value in values.items()}
    try:
        result = expression.evaluate(counted, LABELS)
    except ScoreError as error:
        return reasons.cell_text(str(error))
    return "" if result is None else result


def in_formula(expression: Expression, values: Mapping[Operand, Value], newcomer: bool = False) -> Value:
    """What a cell shows of its formula."""
    book = formualizer.Workbook()
    for column, operand in enumerate(OPERANDS, start=1):
        if values[operand] is not None:
            book.set_value("Sheet1", 1, column, values[operand])
    book.set_value("Sheet1", 1, 26, "是" if newcomer else "否")
    book.set_formula("Sheet1", 2, 1, "=" + expression.formula(CELLS))
    book.evaluate_all()
    shown = book.get_value("Sheet1", 2, 1)
    return float(shown) if isinstance(shown, int) else shown


# --- the same in both -------------------------------------------------------------------------------------------------

_leaves = st.sampled_from([str(operand) for operand in OPERANDS] * 2 + ["0", "1", "2", "0.5", "1.05", "100"])
_sums = st.recursive(
    _leaves,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*//"), inner) | inner.map("-{}".format),
    max_leaves=6,
)
_comparisons = st.builds("{} {} {}".format, _sums, st.sampled_from([">=", ">", "<=", "<"]), _sums)
_conditions = st.lists(_comparisons, min_size=1, max_size=3).map(" and ".join)
_numbers = st.sampled_from([0.0, 0.0, 1.0, 2.0, -2.0, 2.5, 0.6, 3.0, 1e6, 1e-6])
_cells = _numbers | _numbers | st.sampled_from([None, "无", " ", "#KPI 别处的原因", "#kpi 小写"])
_values = st.fixed_dictionaries(dict.fromkeys(OPERANDS, _cells)) | st.fixed_dictionaries(
    dict.fromkeys(OPERANDS, _numbers)
)


@settings(max_examples=150)
@given(_sums | _conditions, _values, st.booleans())
@example("(a - c) / c", dict.fromkeys(OPERANDS), True)
@example("a.m1 / b.m3 < 0.8 and a / b < 0.8", dict.fromkeys(OPERANDS, 1.0), False)
def test_python_and_the_formula_of_an_actual_agree(text: str, values: dict[Operand, Value], newcomer: bool) -> None:
    try:
        expression = Expression(text)
    except ExpressionError:
        assume(False)  # a constant division by 0
    python, formula = (engine(expression, values, newcomer) for engine in (in_python, in_formula))
    if isinstance(python, float):
        assert formula == pytest.approx(python, rel=1e-12, abs=1e-15)
    else:
        assert formula == python


@given(_sums, st.fixed_dictionaries(dict.fromkeys(OPERANDS, _numbers)))
def test_python_computes_as_python_does(text: str, values: dict[Operand, Value]) -> None:
    """The text is Python's own arithmetic: what it gives there it gives here."""
    try:
        expression = Expression(text)
    except ExpressionError:
        assume(False)
    plain = text.replace("a.m1", "a_m1").replace("b.m3", "b_m3")
    try:
        expected = eval(plain, {}, {str(operand).replace(".", "_"): value for operand, value in values.items()})
    except ZeroDivisionError:
        assert str(in_python(expression, values)).startswith("#KPI 除数为0")
    else:
        assert in_python(expression, values) == expected


# --- what is told, and in which order ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "a", "b", "shown"),
    [
        ("a / b", None, "无", ""),  # empty wins over what is wrong
        ("a / b", "无", 0.0, "#KPI “甲”须为数字"),
        ("a / b", "无", "也无", "#KPI “甲”须为数字"),
        ("b / a", "无", "也无", "#KPI “乙”须为数字"),
        ("a / b", "#KPI 甲的原因", "无", "#KPI 甲的原因"),
        ("a / b", True, 1.0, "#KPI “甲”须为数字"),
        ("a / b", float("nan"), 1.0, "#KPI “甲”须为数字"),
        ("a / b", 1.0, 0.0, "#KPI 除数为0：乙"),
        ("a / (b * 2)", 1.0, 0.0, "#KPI 除数为0：乙×2"),
        ("1 / ((a + b) / 2)", 1.0, -1.0, "#KPI 除数为0：(甲+乙)÷2"),
        ("1 / (a - (b - 1))", 1.0, 2.0, "#KPI 除数为0：甲-(乙-1)"),
        ("1 / (a / (b / 2))", 0.0, 2.0, "#KPI 除数为0：甲÷(乙÷2)"),
        ("1 / (a / b)", 1.0, 0.0, "#KPI 除数为0：乙"),  # the inner division first
        ("1 / -a", 0.0, 0.0, "#KPI 除数为0：-甲"),
        ("a * b", 1e200, 1e200, "#KPI 数值过大"),
        ("a / b >= 0.6", 0.6, 1.0, 1.0),
        ("a - b >= 0.1", 0.3, 0.2, 1.0),  # 0.09999999999999998 reaches 0.1
        ("a / b >= 0.6", 0.5999, 1.0, 0.0),
        ("a > b and b > 0", 2.0, 1.0, 1.0),
        ("a > b and b > 0", 2.0, 0.0, 0.0),
    ],
)
def test_arithmetic_gives_what_a_cell_would_show(text: str, a: Value, b: Value, shown: Value) -> None:
    values = dict.fromkeys(OPERANDS, 1.0) | {Operand("a"): a, Operand("b"): b}
    assert in_python(Expression(text), values) == shown


def test_operands_in_the_order_of_their_first_appearance() -> None:
    expression = Expression("(uv - uv_prev) / uv_prev + sales.m2")
    assert expression.operands == (Operand("uv"), Operand("uv_prev"), Operand("sales", "m2"))
    assert [str(operand) for operand in expression.operands] == ["uv", "uv_prev", "sales.m2"]


def test_ratios_and_conditions_say_so() -> None:
    assert Expression("a / b").divides
    assert not Expression("a * b").divides
    assert not Expression("a / 2").divides  # what divides by a constant has no zero divisor to tell of
    assert Expression("a > 1 and b > 1").is_condition
    assert not Expression("a").is_condition


def test_an_empty_condition_may_give_something_else() -> None:
    formula = Expression("a > 1").formula(CELLS, empty='"leer"', then=lambda met: f"IF({met}=1,2,3)")
    book = formualizer.Workbook()
    book.set_formula("Sheet1", 2, 1, "=" + formula)
    for value, shown in ((None, "leer"), (5.0, 2), (0.0, 3)):
        book.set_value("Sheet1", 1, 1, value)
        book.evaluate_all()
        assert book.get_value("Sheet1", 2, 1) == shown


# --- nothing but arithmetic -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a +", "(a", "a b", "a\nb", "a; b", "a = 1", "import os", "\0", "a ÷ b", "（a）", "12元",
        "f(a)", "a.real", "a.m4", "a.m1.m2", "a.__class__", "(1).m1", "f(a).m1", "a[0]", "'a'", "b'a'", "f'{a}'", "...",
        "None", "True", "1j", "a ** 2", "a // 2", "a % 2", "a @ b", "a | b", "a & b", "a ^ b", "a << 2", "~a", "+a",
        "not a", "lambda: a", "lambda a: a", "a if b else c", "(a := 1)", "[a]", "(a, b)", "a, b", "{a}", "{a: b}",
        "[a for a in b]", "(a for a in b)", "*a", "await a", "yield a", "a == b", "a != b", "a is b", "a in b",
        "a < b < c", "a > 1 or b > 1", "(a > 1) + 1", "a > (b > 1)", "a > 1 and b", "a and b", "a > 1 and not b > 1",
        "(a > 1 and b > 1) and c > 1", "a > 1 and 1", "1e400", "1e15", "1e-300", "9" * 200,
        "a / 0", "a / (1 - 1)", "1 / 0", "a / 0.0", "a / (2 * 0)", "1 / (1 / (1 - 1))", "a / -0",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        Expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 200 + "a",
        "(" * 5000 + "a" + ")" * 5000,
        "(" * 150 + "a" + ")" * 150 + "+" + "-" * 100 + "a",
        "+".join(["a"] * 140),
        "1/" * 100 + "a",
        "+".join(["a"] * 100_000),
        " and ".join(["a > 1"] * 1000),
        "a" * (MAX_LENGTH + 1),
        "9" * 10_000,
    ],
    ids=lambda text: f"{text[:6]} × {len(text)}",
)
def test_huge_arithmetic_is_refused_and_not_a_stack_overflow(text: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        Expression(text)
    assert len(str(caught.value)) < 500


@given(st.text(max_size=40) | st.text("ab.m1+-*/()<>=and 0", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = Expression(text)
    except ExpressionError:
        return
    values = dict.fromkeys(expression.operands, 1.0)
    labels = {operand.measure: "甲" for operand in expression.operands}
    cells = {operand: OperandCell("A1", "甲") for operand in expression.operands}
    expression.formula(cells)
    with suppress(ScoreError):
        assert expression.evaluate(values, labels) is not None
