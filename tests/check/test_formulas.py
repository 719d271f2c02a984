"""Formulas that mean the same, however a program or an earlier version has spelt them, and those that do not."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.forms import empty_form, formulas
from tests.support.paths import CASES
from xlkpi.check.formulas.identity import Identities

PAIRS = tomllib.loads((CASES / "formulas" / "spellings.toml").read_text("utf-8"))
SHEET = Identities({0: "i:a", 1: "i:b"}, dict(enumerate(("actual", "target", "score", "loss"))))
WHOLE = Identities({row: f"r:{row}" for row in range(800)}, {column: f"c{column}" for column in range(30)})
OURS = sorted({formula for (sheet, _, _), formula in formulas(empty_form()).items() if sheet == "表1"})


@pytest.mark.parametrize(("one", "other"), PAIRS["same"])
def test_these_mean_the_same(one: str, other: str) -> None:
    assert SHEET.meaning(one) == SHEET.meaning(other)


@pytest.mark.parametrize(("one", "other"), PAIRS["different"])
def test_these_do_not(one: str, other: str) -> None:
    assert SHEET.meaning(one) != SHEET.meaning(other)


def test_every_formula_of_a_form_is_understood() -> None:
    assert [formula for formula in OURS if SHEET.meaning(formula) == SHEET.canonical(formula) and "(" in formula] == []


@given(st.text('()+-*/&<>=,"A1 IF', max_size=40))
def test_no_text_is_too_much(text: str) -> None:
    SHEET.meaning(text)


def test_no_depth_is_too_much() -> None:
    for opened in ("(", "-(", "IF(", "1+(", "1&-"):
        assert isinstance(SHEET.meaning(opened * 4_000 + "1" + ")" * 4_000), str)


@given(st.data())
def test_a_changed_number_sign_or_cell_is_another_formula(data: st.DataObject) -> None:
    """But for the trifle by which lower rows lose ties."""
    formula = data.draw(st.sampled_from([formula for formula in OURS if "0.0000000001" not in formula]))
    outside = re.sub('"[^"]*"', lambda text: " " * len(text[0]), formula)
    at = data.draw(st.sampled_from([0, *(n for n, letter in enumerate(outside) if letter in "0123456789<>+*")]))
    changed = formula[:at] + ("7" if formula[at].isdigit() else "-") + formula[at + 1 :]
    assert (WHOLE.meaning(changed) == WHOLE.meaning(formula)) is (changed == formula)
