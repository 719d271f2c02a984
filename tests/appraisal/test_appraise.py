"""Appraising e-commerce operations in Python: source B's own figures, conditions, newcomers, alerts, gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.forms import role, sample_measures
from tests.support.ratings import BOTH, FIRST, RATED, company_with
from xlkpi.appraisal.appraise import Appraisal, IndicatorResult, appraise
from xlkpi.appraisal.inputs import Inputs
from xlkpi.appraisal.ratings import Rating
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.i18n.numbers import Value

# A quarter in which everything stands exactly at its target: three equal months, then what is entered once.
AT_TARGET: dict[str, list[Value]] = {
    "sales": [1_050_000] * 3,
    "sales_target": [1_050_000] * 3,
    "uv": [100_000] * 3,
    "organic_uv": [60_000] * 3,
    "pv": [300_000] * 3,
    "orders": [2_100] * 3,
    "silent_orders": [420] * 3,
    "new_sales": [420_000] * 3,
    "cogs": [400_000] * 3,
    "promotion_cost": [157_500] * 3,
    "after_sales_cost": [31_500] * 3,
    "late_responses": [0] * 3,
    "late_resolutions": [0] * 3,
    "resources_ready": [19] * 3,
    "resources_needed": [20] * 3,
    "proposals": [1, 1, 0],
    "manuals": [0, 0, 1],
    "violations": [0] * 3,
    "severe_violations": [0] * 3,
    "data_violations": [0] * 3,
    "uv_prev": [250_000],
    "industry_conversion": [0.02],
    "sales_prev": [3_000_000],
    "orders_prev": [6_300],
    "repeat_buyers": [3_000],
    "buyers": [10_000],
    "stock_open": [200_000],
    "stock_close": [400_000],
    "slow_stock_share": [0.05],
    "rating_design": [9],
    "rating_service": [8],
    "rating_logistics": [7],
    "manuals_prev": [0],
    "sales_last_month_prev": [800_000],
    "target_last_month_prev": [1_000_000],
}
PART_1_2 = ("uv_growth", "pv_per_uv", "conversion", "basket_growth", "silent_share")
BEFORE = ("uv_prev", "sales_prev", "orders_prev", "manuals_prev")
GROWTH = ("uv_growth", "basket_growth")


def score(
    measures: dict[str, list[Value]] | None = None, *, of: Role | None = None, newcomer: bool = False, **inputs: Any
) -> Appraisal:
    """The appraisal of the quarter at target, with some measures otherwise."""
    chosen = of or role()
    return appraise(chosen, Inputs.preset(chosen, AT_TARGET | (measures or {}), newcomer=newcomer, **inputs))


def result(appraisal: Appraisal, id: str) -> IndicatorResult:
    return next(result for result in appraisal.indicators if result.id == id)


def changed(id: str, **changes: Any) -> Role:
    """The role with one indicator changed."""
    return replace(role(), indicators=tuple(replace(i, **changes) if i.id == id else i for i in role().indicators))


def weights(appraisal: Appraisal, ids: Sequence[str]) -> float:
    return sum(result(appraisal, id).weight for id in ids)


# --- the figures ------------------------------------------------------------------------------------------------------


def test_everything_at_its_target_is_100() -> None:
    appraisal = score()
    assert {result.id: result.score for result in appraisal.indicators} == {i.id: 100.0 for i in role().indicators}
    assert (appraisal.total, appraisal.final, appraisal.grade, appraisal.complete) == (100.0, 100.0, "S 卓越", True)
    assert appraisal.alerts == ()
    assert {result.deducted for result in appraisal.indicators} == {0.0}


def each(**measures: float | Sequence[float]) -> dict[str, list[Value]]:
    """A number for each of three months, or a list as it is."""
    return {id: [value] * 3 if isinstance(value, int | float) else list(value) for id, value in measures.items()}


@pytest.mark.parametrize(
    ("indicator", "measures", "expected"),
    [
        # 1.1: ≥120% → 120; 90–120% → rate × 100, read on down to 80%; <80% → 0
        ("sales_achievement", each(sales_target=700_000), 120),
        ("sales_achievement", each(sales_target=875_000), 120),
        ("sales_achievement", each(sales=1_259_999, sales_target=1_050_000), 1_259_999 / 10_500),
        ("sales_achievement", each(sales=900_000, sales_target=1_000_000), 90),
        ("sales_achievement", each(sales=850_000, sales_target=1_000_000), 85),
        ("sales_achievement", each(sales=800_000, sales_target=1_000_000), 80),
        ("sales_achievement", each(sales=799_999, sales_target=1_000_000), 0),
        ("sales_achievement", each(sales=0), 0),
        # 1.2: every 5 pp short −3; every 5% of the target short −3; every 2% of the target short −5; every 2 pp −5
        ("uv_growth", each(uv=[87_500, 100_000, 100_000]), 97),
        ("uv_growth", each(uv=[87_501, 100_000, 100_000]), 100),
        ("uv_growth", each(uv_prev=[300_000]), 88),
        ("uv_growth", each(uv_prev=[600_000]), 58),
        ("pv_per_uv", each(pv=285_000), 97),
        ("pv_per_uv", each(pv=285_001), 100),
        ("conversion", each(orders=2_058), 95),
        ("conversion", each(orders=2_059), 100),
        ("conversion", each(orders=3_000), 100),
        ("basket_growth", each(sales_prev=[3_150_000]), 90),
        ("silent_share", each(silent_orders=378), 95),
        # 1.3: every 2 pp short −3
        ("repurchase", each(repeat_buyers=[2_800]), 97),
        ("repurchase", each(repeat_buyers=[2_801]), 100),
        ("new_share", each(new_sales=378_000), 94),
        # 2.1: every 10% of the target short −5, and every 1 pp of slow stock over −2, from the same 100
        ("stock_turnover", each(cogs=360_000), 95),
        ("stock_turnover", each(slow_stock_share=[0.07]), 96),
        ("stock_turnover", each(cogs=360_000, slow_stock_share=[0.07]), 91),
        ("stock_turnover", each(cogs=0, slow_stock_share=[0.6]), 0),
        # 2.2: 16% against 15% → −2
        ("promotion_ratio", each(promotion_cost=168_000), 98),
        ("promotion_ratio", each(promotion_cost=167_999), 100),
        ("after_sales_ratio", each(after_sales_cost=42_000), 98),
        # 2.3: each late −1; three in total −5; the fourth −6
        ("response_timeliness", each(late_responses=[1, 0, 0]), 99),
        ("response_timeliness", each(late_responses=[1, 0, 1]), 98),
        ("response_timeliness", each(late_responses=[1, 1, 1]), 95),
        ("response_timeliness", each(late_responses=[2, 1, 1]), 94),
        ("resolution_timeliness", each(late_resolutions=[3, 0, 0]), 95),
        # 3: mean ÷ 8; every 5 pp short of 95% −2; 1 of 2 proposals is half; a manual in two quarters
        ("collaboration", each(rating_design=[7.8], rating_service=[7.8], rating_logistics=[7.8]), 97.5),
        ("collaboration", each(rating_design=[10], rating_service=[10], rating_logistics=[10]), 100),
        ("resources", each(resources_ready=18), 98),
        ("proposals", each(proposals=[0, 1, 0]), 50),
        ("proposals", each(proposals=[3, 0, 0]), 100),
        ("knowledge", each(manuals=0, manuals_prev=[1]), 100),
        ("knowledge", each(manuals=0), 0),
        # 4: one pool of 100: ordinary −10, severe −50, data −20, never below 0
        ("compliance", each(violations=[1, 0, 0]), 90),
        ("compliance", each(severe_violations=[0, 0, 1]), 50),
        ("compliance", each(data_violations=[0, 1, 0]), 80),
        ("compliance", each(violations=[1, 0, 0], severe_violations=[1, 0, 0], data_violations=[1, 0, 0]), 20),
        ("compliance", each(severe_violations=[1, 1, 1]), 0),
    ],
)
def test_the_source_s_own_figures_come_out(indicator: str, measures: dict[str, list[Value]], expected: float) -> None:
    assert result(score(measures), indicator).score == pytest.approx(expected, abs=1e-9)


def test_a_severe_violation_costs_half_of_five() -> None:
    appraisal = score(each(severe_violations=[1, 0, 0]))
    assert appraisal.total == 97.5
    assert appraisal.alerts == (("severe_violation", "红线：本季有严重违规，请核实处理"),)


def test_sales_may_lift_the_total_above_100() -> None:
    assert score(each(sales_target=700_000)).total == 106.0


def test_the_sample_quarter_comes_to_its_total_and_grade() -> None:
    appraisal = appraise(role(), Inputs.preset(role(), sample_measures()))
    assert (appraisal.total, appraisal.grade, appraisal.alerts) == (93.85, "A 优秀", ())


# --- conditions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organic", "applies"),
    [
        ([60_000, 60_000, 60_000], True),  # 60% exactly
        ([60_000, 60_000, 59_999], False),
        ([0, 0, 0], False),
        ([100_000, 100_000, 100_000], True),
        ([None, 0, 0], True),  # unknown: it applies
    ],
)
def test_uv_growth_applies_from_60_percent_of_organic_visitors(organic: list[Value], applies: bool) -> None:
    appraisal = score({"organic_uv": organic})
    uv_growth = result(appraisal, "uv_growth")
    assert uv_growth.applies is applies
    assert uv_growth.score == (100.0 if applies else "不适用")
    assert uv_growth.weight == (pytest.approx(40 / 9) if applies else 0)
    assert appraisal.total == 100.0
    assert [id for id, _ in appraisal.alerts] == ([] if applies else ["weight_moved"])


def test_the_weight_goes_to_the_rest_of_the_group_in_proportion() -> None:
    appraisal = score(each(organic_uv=50_000, pv=0))
    assert [result(appraisal, id).weight for id in PART_1_2] == pytest.approx(
        [0, 20 * 5 / 35, 20 * 15 / 35, 20 * 10 / 35, 20 * 5 / 35]
    )
    assert weights(appraisal, PART_1_2) == pytest.approx(20)
    assert sum(result.weight for result in appraisal.indicators) == pytest.approx(100)
    assert appraisal.total == pytest.approx(100 - 0.60 * 20 * 5 / 35, abs=0.005)  # PV/UV at 0 is 20 steps


def test_a_condition_on_text_is_a_problem_that_the_total_shows() -> None:
    appraisal = score({"organic_uv": [60_000, "没有", 60_000]})
    assert result(appraisal, "uv_growth").score == "#KPI “自然流量UV”须为数字"
    assert result(appraisal, "uv_growth").weight == pytest.approx(40 / 9)
    assert (appraisal.total, appraisal.grade) == ("#KPI “自然流量UV”须为数字", None)


def test_an_unmet_condition_may_score_0_instead() -> None:
    strict = changed("uv_growth", unmet="zero")
    unmet = result(score(each(organic_uv=50_000), of=strict), "uv_growth")
    assert (unmet.applies, unmet.score, unmet.weight) == (True, 0.0, pytest.approx(40 / 9))
    assert unmet.receipt == "条件未满足，得0分"
    assert score(each(organic_uv=50_000), of=strict).total == 95.56
    assert score(each(organic_uv=50_000), of=strict).alerts == ()
    assert score(of=strict).total == 100.0


def test_a_group_that_is_gone_leaves_the_total() -> None:
    never = Expression("organic_uv / uv > 1")
    timeliness = ("response_timeliness", "resolution_timeliness")
    without = replace(
        role(),
        indicators=tuple(replace(i, applies=never) if i.id in timeliness else i for i in role().indicators),
    )
    appraisal = score(each(violations=[1, 0, 0]), of=without)
    assert weights(appraisal, timeliness) == 0
    assert sum(result.weight for result in appraisal.indicators) == pytest.approx(98)
    assert appraisal.total == pytest.approx(100 - 10 * 5 / 98, abs=0.005)


# --- newcomers --------------------------------------------------------------------------------------------------------

NO_BEFORE: dict[str, list[Value]] = {id: [None] for id in BEFORE}


def test_a_newcomer_has_no_growth_to_show() -> None:
    appraisal = score(NO_BEFORE, newcomer=True)
    assert {r.id for r in appraisal.indicators if not r.applies} == set(GROWTH)
    assert [result(appraisal, id).score for id in GROWTH] == ["不适用", "不适用"]
    assert weights(appraisal, PART_1_2) == pytest.approx(20)
    assert (appraisal.total, appraisal.complete) == (100.0, True)
    assert [id for id, _ in appraisal.alerts] == ["weight_moved"]


def test_a_newcomer_s_manuals_of_the_quarter_before_count_0() -> None:
    assert result(score(NO_BEFORE, newcomer=True), "knowledge").actual == (1.0,)
    without = score(NO_BEFORE | each(manuals=0), newcomer=True)
    assert result(without, "knowledge").score == 0.0


@pytest.mark.parametrize("missing", BEFORE)
def test_for_anyone_else_it_is_missing(missing: str) -> None:
    appraisal = score({missing: [None]})
    assert all(result.applies for result in appraisal.indicators)
    assert [r.score for r in appraisal.indicators].count(None) == 1
    assert (appraisal.total, appraisal.grade, appraisal.complete) == (None, None, False)


@pytest.mark.parametrize("missing", ["sales_prev", "orders_prev"])
def test_half_of_what_was_before_is_not_enough(missing: str) -> None:
    appraisal = score({missing: [None]}, newcomer=True)
    assert {r.id for r in appraisal.indicators if not r.applies} == {"basket_growth"}


def test_a_newcomer_with_figures_of_the_predecessor_is_scored_by_them() -> None:
    appraisal = score(newcomer=True)
    assert all(result.applies for result in appraisal.indicators)
    assert appraisal.total == 100.0


def test_what_does_not_apply_need_not_be_right() -> None:
    appraisal = score(NO_BEFORE | {"organic_uv": ["无"] * 3}, newcomer=True)
    assert result(appraisal, "uv_growth").score == "不适用"
    assert appraisal.total == 100.0


# --- weights ----------------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([0, 50_000, 60_000, 100_000, None]),
    st.booleans(),
    st.sets(st.sampled_from(BEFORE)),
    st.dictionaries(st.sampled_from([i.id for i in role().indicators]), st.floats(0.001, 0.5), max_size=4),
)
def test_effective_weights_sum_to_the_weights_of_the_form(
    organic: Value, newcomer: bool, missing: set[str], edited: dict[str, float]
) -> None:
    typed = {id: float(weight) for id, weight in role().weights.items()} | edited
    measures: dict[str, list[Value]] = {"organic_uv": [organic] * 3} | {id: [None] for id in missing}
    appraisal = score(measures, newcomer=newcomer, weights=typed)
    assert sum(result.weight for result in appraisal.indicators) == pytest.approx(100 * sum(typed.values()))
    assert weights(appraisal, PART_1_2) == pytest.approx(100 * sum(typed[id] for id in PART_1_2))
    if not edited:
        assert weights(appraisal, PART_1_2) == pytest.approx(20)


def test_a_group_without_weight_divides_by_nothing() -> None:
    typed = {id: 0.0 if id in PART_1_2 else float(weight) for id, weight in role().weights.items()}
    appraisal = score(each(organic_uv=50_000), weights=typed)
    assert weights(appraisal, PART_1_2) == 0
    assert appraisal.total == 100.0


# --- alerts -----------------------------------------------------------------------------------------------------------

LOW, FINE = 799_999, 800_000  # of a target of 1,000,000


@pytest.mark.parametrize(
    ("before", "months", "warned"),
    [
        (FINE, [FINE, LOW, LOW], True),
        (FINE, [LOW, LOW, FINE], True),
        (LOW, [LOW, FINE, FINE], True),  # across the turn of the quarter
        (FINE, [LOW, FINE, LOW], False),
        (LOW, [FINE, LOW, FINE], False),
        (FINE, [LOW, FINE, FINE], False),
        (None, [LOW, FINE, LOW], False),
        (None, [LOW, LOW, FINE], True),
        (LOW, [LOW, None, None], True),
        (FINE, [LOW, None, LOW], False),
        ("不详", [LOW, LOW, None], True),
    ],
)
def test_two_months_in_a_row_under_80_percent(before: Value, months: list[Value], warned: bool) -> None:
    appraisal = score(
        {
            "sales": months,
            "sales_target": [1_000_000] * 3,
            "sales_last_month_prev": [before],
            "target_last_month_prev": [1_000_000],
        }
    )
    assert ("two_low_months" in dict(appraisal.alerts)) is warned


def test_a_target_of_0_warns_of_nothing() -> None:
    assert score(each(sales=0, sales_target=0)).alerts == ()


def test_alerts_do_not_wait_for_the_rest_of_the_form() -> None:
    nothing = {m.id: [None] * (3 if m.monthly else 1) for m in role().measures}
    appraisal = appraise(role(), Inputs.preset(role(), nothing | {"severe_violations": [1, 0, 0]}))
    assert [id for id, _ in appraisal.alerts] == ["severe_violation"]
    assert appraisal.total is None


# --- gaps -------------------------------------------------------------------------------------------------------------


def _readers(measure: str) -> Iterator[Indicator]:
    for indicator in role().indicators:
        formulas = [part.target_formula for part in indicator.parts if part.target_formula]
        if measure in {o.measure for e in (*formulas, *(p.actual for p in indicator.parts)) for o in e.operands}:
            yield indicator


@pytest.mark.parametrize("measure", role().measures, ids=lambda measure: measure.id)
def test_a_gap_stays_a_gap_and_touches_nothing_else(measure: Any) -> None:
    """Empty is never 0: what reads the empty cell is empty, and so is the total."""
    full = AT_TARGET[measure.id]
    for gap in range(len(full)):
        appraisal = score({measure.id: [*full[:gap], None, *full[gap + 1 :]]})
        empty = {indicator.id for indicator in _readers(measure.id)}
        assert {r.id for r in appraisal.indicators if r.score is None} == empty
        assert {r.score for r in appraisal.indicators if r.id not in empty} == {100.0}
        assert all(r.deducted is None and r.receipt is None for r in appraisal.indicators if r.id in empty)
        assert appraisal.total == (None if empty else 100.0)
        assert appraisal.complete is not bool(empty)
        assert appraisal.grade == (None if empty else "S 卓越")


def test_an_empty_form_shows_nothing() -> None:
    appraisal = appraise(role(), Inputs.preset(role(), {}))
    assert {r.score for r in appraisal.indicators} == {None}
    assert (appraisal.total, appraisal.grade, appraisal.alerts) == (None, None, ())


def test_a_target_that_is_not_set_is_not_0() -> None:
    targets = {i.id: [part.target for part in i.parts] for i in role().indicators}
    appraisal = score(targets=targets | {"repurchase": [None]})
    assert (result(appraisal, "repurchase").score, appraisal.total) == (None, None)
    counts = {"response_timeliness": [None], "compliance": [None, None, None]}
    assert score(targets=targets | counts).total == 100.0  # occurrences count the actual, whatever the target


@pytest.mark.parametrize(
    ("measures", "shown"),
    [
        ({"sales": [1, 2, "3元"]}, "#KPI “销售额”须为数字"),
        ({"sales": [1, 2, ""]}, None),
        ({"sales": [1e308, 1e308, 1e308]}, "#KPI “销售额”须为数字"),
        ({"stock_open": [0], "stock_close": [0]}, "#KPI 除数为0：(期初库存+期末库存)÷2"),
        ({"uv": [0, 0, 0]}, "#KPI 除数为0：访客数UV"),
        ({"violations": [0, 0, -1]}, "#KPI 次数须为不小于0的整数"),
        ({"violations": [0, 0, 0.5]}, "#KPI 次数须为不小于0的整数"),
        ({"sales_target": [0, 0, 0]}, "#KPI 目标值须大于0"),
        ({"slow_stock_share": ["#DIV/0!"]}, "#KPI “滞销品占比”须为数字"),
    ],
)
def test_what_cannot_be_computed_says_why(measures: dict[str, list[Value]], shown: Value) -> None:
    appraisal = score(measures)
    assert (appraisal.total, appraisal.grade, appraisal.complete) == (shown, None, False)


# --- what HR may change in the form -----------------------------------------------------------------------------------


def _with_rule(id: str, rule: str) -> dict[str, str]:
    return {i.id: i.rule_text for i in role().indicators} | {id: rule}


def test_the_rule_of_the_form_counts() -> None:
    stricter = _with_rule("promotion_ratio", "每超1个百分点扣20分")
    assert result(score(each(promotion_cost=168_000), rules=stricter), "promotion_ratio").score == 80.0


def test_a_rule_that_cannot_be_read_says_so() -> None:
    appraisal = score(rules=_with_rule("promotion_ratio", "视情况扣分"))
    assert str(appraisal.total).startswith("#KPI 评分标准：")
    assert score(rules=_with_rule("promotion_ratio", "")).total == "#KPI 评分标准是空的"


def test_a_veto_makes_the_total_0() -> None:
    rules = _with_rule("compliance", "每次扣10分；「严重违规」实际>0一票否决；「数据违规」每次扣20分")
    assert score(rules=rules).total == 100.0
    vetoed = score(each(severe_violations=[1, 0, 0]), rules=rules)
    assert (result(vetoed, "compliance").score, vetoed.total, vetoed.grade) == ("一票否决", 0.0, "D 不合格")
    assert ("veto", "“合规与数据安全”一票否决，总分为0，不计否决为100分") in vetoed.alerts


@pytest.mark.parametrize(
    ("scale", "grade"),
    [
        ("优≥101；甲≥100；乙", "甲"),
        ("", "S 卓越"),
        ("甲≥60；优≥90；丙", "#KPI 等级须从高到低写，最后一级不写分数线"),
        ("优≥很高；甲", "#KPI 等级“优≥很高”的分数线须是数字"),
    ],
)
def test_the_grades_of_the_form_count(scale: str, grade: str) -> None:
    appraisal = score(grade_scale=scale)
    assert (appraisal.total, appraisal.grade) == (100.0, grade)


def test_a_ruling_on_a_rated_indicator_is_in_the_place_of_the_superiors_rating(tmp_path: Path) -> None:
    """Ruled 优秀 (100) in place of 不合格 (0), which counts 70 %; what the person thinks, 不合格, counts on: 70."""
    rated = company_with(tmp_path).role(RATED)
    inputs = Inputs.preset(rated, {}, shares=BOTH, ratings={i.id: Rating("不合格", "不合格") for i in rated.rated})
    ruled = replace(inputs, rulings={(FIRST, 0): "优秀"})
    scores = [
        next(one for one in appraise(rated, each).indicators if one.id == FIRST).score for each in (inputs, ruled)
    ]
    assert scores == [0, 70]
