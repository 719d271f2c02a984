"""Formulas of tables: what is offered to copy calculates the same."""

from __future__ import annotations

import pytest

from xlkpi.adopt.reading.quotients import quotient_in
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.workbooks.reading.names import in_ids

NUMBERS = {"预算": 200.0, "实际": 150.0, "应收": 80.0, "坏账": 20.0, "退款": 30.0, "成交": 120.0, "上期": 100.0}
VALUES = {
    "（预算－实际）÷预算": 0.25,
    "(预算-实际)/预算×100%": 0.25,
    "费用节约率=（预算－实际）÷预算×100%": 0.25,
    "((预算-实际)/预算)*100%": 0.25,
    "（预算）÷（实际）": 200 / 150,
    "（成交－退款）÷（应收＋坏账）": 0.9,
    "预算÷（应收＋坏账）": 2.0,
    "预算 ／ 上期 × 100%。": 2.0,
    "（成交－上期）/上期": 0.2,
}
"""Formula → its value with these numbers."""


@pytest.mark.parametrize("text", VALUES)
def test_the_formula_offered_has_the_value_of_that_of_the_table(text: str) -> None:
    quotient = quotient_in(text)
    assert quotient is not None
    ids = {name: f"n{number}" for number, name in enumerate(quotient.names)}
    expression = Expression(in_ids(quotient.formula, ids))
    values = {operand: NUMBERS[quotient.names[int(operand.measure[1:])]] for operand in expression.operands}
    assert all(isinstance(operand, Operand) for operand in values)
    assert expression.evaluate(values, {}) == pytest.approx(VALUES[text])


@pytest.mark.parametrize(
    "text",
    [
        "", "预算", "预算－实际÷预算", "1－退款÷成交", "（预算－实际÷预算", "预算÷实际÷上期", "预算-实际）÷（预算",
        "实际÷目标×100%", "（实际－目标）÷目标", "退款÷成交，以平台后台为准", "预算÷12", "按月：预算÷实际", "预算÷预算",
    ],
)  # fmt: skip
def test_what_is_no_plain_quotient_is_not_offered(text: str) -> None:
    assert quotient_in(text) is None
