"""The arithmetic of a rule as written source: what may stand in it, and that the short way of the cell functions gives
what the usual way gives.

That the usual way is right, the tables, NumPy (test_frame) and the built-in formulas (test_formula) say.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.rule_cases import examples
from tests.support.strategies import Case, cases, drawn, edges_of, rules
from xlkpi import functions
from xlkpi.functions import kpi_score, step_deduct, weighted_total
from xlkpi.rules.model import Count, Levels
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.scoring import source

CELLS = {f"{letter}{number}" for letter in "at" for number in range(9)}
NAMES = CELLS | set(
    "VETO ZERO abs actual arithmetic base ceil deducted float floor found function inf isfinite levels list max min "
    "rounded score str target tuple type x OverflowError ValueError".split()
)
METHODS = {"is_integer", "lower"}
HUGE = (1e300, -1e300, 1.7976931348623157e308, 5e-324, -5e-324, 2.0**53, 0.0, -0.0, math.inf, math.nan)
BESIDE = (0.0, 4.9e-10, -4.9e-10, 5.1e-10, -5.1e-10, 1e-4)
ODD = (None, "", "abc", "#KPI x", True, 3, Decimal("0.12"), 10**400, -2146826246, {"type": "Error"}, (1.0,), [[]])


def strange_words(written: str) -> list[str]:
    """What stands in a source besides floats, the fixed names and operators."""
    found = []
    for node in ast.walk(ast.parse(written)):
        if isinstance(node, ast.Constant) and type(node.value) not in (float, int):
            found.append(repr(node.value))
        if isinstance(node, ast.Name | ast.arg):
            found += {getattr(node, "id", None) or getattr(node, "arg", "")} - NAMES
        if isinstance(node, ast.Attribute):
            found += {node.attr} - METHODS
    return found


@given(rules(), st.none() | st.decimals(-10, 10, places=3))
@settings(max_examples=200)
def test_a_source_holds_numbers_and_fixed_names_only(rule: Rule, above: Decimal | None) -> None:
    assert not strange_words(source.arithmetic(rule))
    assert not strange_words(source.plainly(rule, above))


def test_no_word_of_a_sentence_gets_into_a_source() -> None:
    hostile = "__import__(os).system(x)"
    levels = Levels((("优秀", Decimal(100)), (hostile, Decimal(50))))
    rule = Rule(base=levels, adjustments=(Count(Decimal(5), measure=1),), labels=("", f"{hostile}次数"))
    for written in (source.arithmetic(rule), source.plainly(rule, None)):
        assert "system" not in written
        assert not strange_words(written)
    assert kpi_score([[hostile], [1.0]], [[None], [None]], phrase(rule)) == 45


def test_a_source_reads_as_the_sentence() -> None:
    assert source.arithmetic(parse("每低5个百分点扣3分")) == (
        "def function(a0, t0):\n"
        "    base = 100.0\n"
        "    deducted = max(0, floor(rounded((t0 - a0) / (0.05)))) * 3.0\n"
        "    score = max(0.0, base - deducted)\n"
        "    if not (isfinite(score) and isfinite(deducted)): raise OverflowError\n"
        "    return score, deducted\n"
    )


# --- the short way --------------------------------------------------------------------------------------------------


def same(short: Any, usual: Any) -> bool:
    """Equal to the last bit and the sign of 0."""
    return repr(short) == repr(usual)


def agree(actual: Any, target: Any, sentence: str, unit: str | None = None) -> None:
    score = functions._kpi_score(actual, target, sentence, unit)
    assert same(kpi_score(actual, target, sentence, unit), score), (sentence, actual, target)
    deducted = functions._step_deduct(actual, target, sentence, unit, None, None)
    assert same(step_deduct(actual, target, sentence, unit), deducted), (sentence, actual, target)


def test_the_tables_score_the_same_by_the_short_way() -> None:
    for example in examples():
        agree([[value] for value in example.actual], [[value] for value in example.target], example.rule, example.unit)


@pytest.fixture(scope="module")
def found() -> list[Case]:
    return list(chain.from_iterable(drawn(cases(), 100)))


def test_rules_at_their_edges_and_with_unusable_cells(found: list[Case]) -> None:
    for case in found:
        agree([[value] for value in case.actuals], [[value] for value in case.targets], phrase(case.rule))


@given(rules(), st.sampled_from([1.0, 0.2, 0.95, 1234567.89, 0.0, -1.0, 1e300, 5e-324]), st.sampled_from(HUGE))
@settings(max_examples=40)
def test_numbers_beside_every_edge_and_beyond_measure(rule: Rule, target: float, huge: float) -> None:
    sentence = phrase(rule)
    for measure in range(rule.measures):
        edges = sorted(set(edges_of(rule, measure, target)))[:6]
        for actual in (*(edge + gap for edge in edges for gap in BESIDE), huge):
            actuals = [[target] for _ in range(rule.measures)]
            actuals[measure] = [actual]
            agree(actuals, [[target]] * rule.measures, sentence)
        agree([[1.0]] * rule.measures, [[huge]] * rule.measures, sentence)


SENTENCES = (
    "每低5个百分点扣3分",
    "每次扣1分，累计3次共扣5分",
    "按目标值÷实际值得分；封顶120分",
    "优秀得100分；合格得60分",
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_everything_but_plain_numbers_is_asked_as_ever(sentence: str, odd: Any) -> None:
    shapes: tuple[Callable[[Any], Any], ...] = (
        lambda cell: cell,
        lambda cell: [[cell]],
        lambda cell: ((cell,), (None,)),
    )
    for shape in shapes:
        agree(shape(odd), 0.2, sentence)
        agree(0.12, shape(odd), sentence)
        agree(shape("优秀"), shape(odd), sentence)


def test_a_target_that_makes_the_sentence_doubtful_is_asked_about() -> None:
    doubtful = "≥90%得100分；<90%得60分"
    for target in (0.71, 0.72, 0.719999999, 0.75, None, "x", math.nan):
        agree(0.95, target, doubtful, "%")
    assert str(kpi_score(0.95, 0.1, doubtful, "%")).startswith("#KPI ")
    assert kpi_score(0.95, 0.9, doubtful, "%") == 100


PLAIN = (
    ("每低5个百分点扣3分", 0.12, 0.2, 97.0),
    ("完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分", 9.0, 10.0, 90.0),
    ("每次扣1分，累计3次共扣5分", 4.0, None, 94.0),
    ("线性：80%得60分，100%得100分，120%得120分", 8.0, 10.0, 60.0),
    ("按目标值÷实际值得分；封顶120分", 8.0, 10.0, 120.0),
    ("达标得100分，否则得0分", 0.2, 0.2, 100.0),
    ("优秀得100分；合格得60分", "合格", None, 60.0),
    ("以6为基准，每低1扣5分", 4.0, "待定", 90.0),
    ("每次扣5分；实际>3一票否决", 1.0, None, 95.0),
)


@pytest.fixture
def _no_usual_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_kpi_score", "_step_deduct", "_weighted_total"):
        monkeypatch.delattr(functions, name)


@pytest.mark.usefixtures("_no_usual_way")
@pytest.mark.parametrize(("sentence", "actual", "target", "score"), PLAIN)
def test_plain_numbers_take_the_short_way(sentence: str, actual: Any, target: Any, score: float) -> None:
    for unit in (None, "%"):
        assert kpi_score(actual, target, sentence, unit) == score
        assert kpi_score([[actual]], ((target,),), sentence, unit) == score
    if parse(sentence).only_deducts:
        assert step_deduct([[actual]], [[target]], sentence) == 100 - score


@pytest.mark.usefixtures("_no_usual_way")
def test_other_plain_numbers_take_it_too() -> None:
    two = "每低于目标值10%扣5分；「滞销品占比」每超1个百分点扣2分"
    assert kpi_score([[2.4], [0.12]], [[3.0], [0.1]], two, "次") == 86
    assert step_deduct([[0.12]], [[0.2]], 0.05, 3.0) == step_deduct(0.12, 0.2, 0.05, 3.0, "short", "absolute") == 3
    assert weighted_total([[80.0], [90.0]], [[1.0], [3.0]]) == 87.5


CELLS_OF_TOTALS = st.sampled_from(
    [80.0, 90.125, 1.005, -3.5, 1e308, math.nan, None, "", "n/a", "一票否决", "x", 70, True]
)
WEIGHTS = st.sampled_from([1.0, 2.5, 33.33, 66.67, 0.0, -1.0, None, 5, True, 1e308, "x", math.inf])


@given(
    st.lists(st.tuples(st.floats(0, 120) | CELLS_OF_TOTALS, st.sampled_from([10.0, 33.33]) | WEIGHTS), max_size=6),
    st.sampled_from([None, True, False, 1.0, "", [[True], [False]], "#DIV/0!"]),
)
@settings(max_examples=400)
def test_totals_are_the_same_by_the_short_way(rows: list[tuple[Any, Any]], partial: Any) -> None:
    scores, weights = [[score] for score, _ in rows], [[weight] for _, weight in rows]
    assert same(weighted_total(scores, weights, partial), functions._weighted_total(scores, weights, partial))
    fewer = weights[1:]
    assert same(weighted_total(scores, fewer, partial), functions._weighted_total(scores, fewer, partial))


@pytest.mark.parametrize("step", [0.05, 1.0, True, 1, 0.0, -1.0, None, math.nan, Decimal("0.05")], ids=repr)
@pytest.mark.parametrize("points", [3.0, True, 0.0, -1.0, None, 2], ids=repr)
def test_single_steps_are_the_same_by_the_short_way(step: Any, points: Any) -> None:
    for side in (None, "over", "below", 0.0, [["over"]]):
        for basis in (None, "relative", "percent"):
            for actual, target in ((0.12, 0.2), ([[0.3]], [[0.2]]), (None, 0.2), (0.1, 0.0), ([[1.0], [2.0]], 1.0)):
                usual = functions._step_deduct(actual, target, step, points, side, basis)
                assert same(step_deduct(actual, target, step, points, side, basis), usual)
