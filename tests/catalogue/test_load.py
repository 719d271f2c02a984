"""Role files: the catalogue's roles against tables written by hand, and what faulty files are told."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.catalogues import SHIPPED, role_in, shipped_text
from tests.support.paths import CASES
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.catalogue import UnknownRoleError
from xlkpi.catalogue.company import read_company
from xlkpi.catalogue.role import Indicator, Part, Role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.person import TYPED_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.i18n.labels import words
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.writer.formulas.sheet import SheetFormulas

BAD_ROLES = sorted((CASES / "bad_roles").glob("*.toml"))
ROLES = list(SHIPPED.roles().values())

# Frozen: row ids of every workbook ever made are built of them.
MEASURES = """
sales sales_target uv uv_prev organic_uv pv orders industry_conversion sales_prev orders_prev silent_orders
repeat_buyers buyers new_sales cogs stock_open stock_close slow_stock_share promotion_cost after_sales_cost
late_responses late_resolutions rating_design rating_service rating_logistics resources_ready resources_needed
proposals manuals manuals_prev violations severe_violations data_violations sales_last_month_prev
target_last_month_prev
"""
INDICATORS = """
sales_achievement uv_growth pv_per_uv conversion basket_growth silent_share repurchase new_share stock_turnover
promotion_ratio after_sales_ratio response_timeliness resolution_timeliness collaboration resources proposals
knowledge compliance
"""


@pytest.fixture(scope="module")
def role() -> Role:
    return SHIPPED.role("ecommerce-operations")


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    return tomllib.loads((CASES / "roles" / "ecommerce-operations.toml").read_text("utf-8"))


# --- e-commerce operations against the table written by hand ----------------------------------------------------------


def test_indicators_are_those_of_the_source(role: Role, table: dict[str, Any]) -> None:
    assert [
        [
            indicator.id,
            indicator.label,
            indicator.group,
            str(role.weights[indicator.id] * 100),
            indicator.unit,
            "" if indicator.parts[0].target is None else indicator.parts[0].target,
            indicator.parts[0].target_formula.text if indicator.parts[0].target_formula else "",
            indicator.rule_text,
        ]
        for indicator in role.indicators
    ] == table["indicators"]


def test_further_measures_of_an_indicator(role: Role, table: dict[str, Any]) -> None:
    further = [[i.id, part.label, part.unit, part.target] for i in role.indicators for part in i.parts[1:]]
    assert further == table["further"]


def test_actuals_are_calculated_as_the_table_says(role: Role, table: dict[str, Any]) -> None:
    assert [[i.id, *(part.actual.text for part in i.parts)] for i in role.indicators] == table["actuals"]


def test_usual_targets_are_offered_as_the_table_says(role: Role, table: dict[str, Any]) -> None:
    offered = [[i.id, *(c.value for c in i.parts[0].choices)] for i in role.indicators if i.parts[0].choices]
    assert offered == table["choices"]


def test_duties_are_those_of_the_table(role: Role, table: dict[str, Any]) -> None:
    assert [duty.heading for duty in role.duties] == table["duties"]
    assert all(duty.text for duty in role.duties)


def test_ids_are_the_frozen_ones(role: Role) -> None:
    assert {measure.id for measure in role.measures} == set(MEASURES.split())
    assert [indicator.id for indicator in role.indicators] == INDICATORS.split()


def test_what_is_typed_each_month_and_what_once(role: Role, table: dict[str, Any]) -> None:
    assert {m.id for m in role.measures if m.monthly} == set(table["monthly"].split())
    assert {m.id for m in role.measures if not m.monthly} == set(table["quarterly"].split())
    assert {m.aggregate for m in role.measures if m.monthly} == {"sum"}


def test_values_of_the_period_before(role: Role) -> None:
    before = {m.id for m in role.measures if m.previous}
    assert before == {id for id in MEASURES.split() if id.endswith("_prev")}
    assert {m.id for m in role.measures if m.newcomer == 0} == {"manuals_prev"}
    only_for_alerts = {"sales_last_month_prev", "target_last_month_prev"}
    assert {m.id for m in role.measures if m.optional} == only_for_alerts
    scored = {operand.measure for i in role.indicators for operand in i.operands}
    assert not scored & only_for_alerts


def test_only_uv_growth_has_a_condition(role: Role) -> None:
    conditional = {i.id: (i.applies.text, i.unmet) for i in role.indicators if i.applies}
    assert conditional == {"uv_growth": ("organic_uv / uv >= 0.6", "redistribute")}


def test_groups_weigh_what_the_source_says(role: Role) -> None:
    def share(group: str) -> Fraction:
        return sum((role.weights[i.id] for i in role.indicators if i.group.startswith(group)), Fraction(0)) * 100

    assert [share(group) for group in ("核心业绩", "运营效率", "协作与成长", "合规风控")] == [60, 20, 15, 5]
    assert share("核心业绩/流量与转化") == 20


def test_every_contradiction_of_the_source_can_be_seen(role: Role, table: dict[str, Any]) -> None:
    formulas = SheetFormulas(Layout(role), words())
    said = {i.id: f"{i.note} {formulas.note(i)}" for i in role.indicators}
    said |= {alert.id: alert.text for alert in role.alerts}
    for number, where, *wanted in table["contradictions"]:
        assert [word for word in wanted if word not in said[where]] == [], f"contradiction {number} at {where}"
    assert {number for number, *_ in table["contradictions"]} == set(range(1, 13))


# --- every role -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_weights_sum_to_exactly_one(role: Role) -> None:
    assert sum(role.weights.values()) == 1


@pytest.mark.parametrize(
    ("text", "unit"), sorted({(i.rule_text, i.unit) for role in ROLES for i in role.indicators}), ids=str
)
def test_rules_are_in_the_canonical_wording(text: str, unit: str) -> None:
    rule = parse(text, unit)
    assert phrase(rule) == text
    assert parse(phrase(rule), unit) == rule


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_a_rate_is_a_fraction_and_no_percentage(role: Role) -> None:
    """A rate is a fraction in the catalogue: 20 for 20% would go unnoticed until somebody is scored by it."""
    rates = [part.target for i in role.indicators for part in i.parts if part.unit == "%" and part.target is not None]
    assert all(0 <= rate <= 1 for rate in rates)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.id)
def test_the_sample_quarter_of_a_role_fills_its_form(role: Role) -> None:
    try:
        sample = SHIPPED.samples()[role.id]
    except FileNotFoundError:
        pytest.skip("there is none")
    assert sample.role == role.id
    assert Quarter.parse(sample.quarter)
    assert {id: len(values) for id, values in sample.measures.items()} == {
        measure.id: 3 if measure.monthly else 1 for measure in role.measures
    }
    assert set(sample.person) <= set(TYPED_FIELDS)


# --- weights ----------------------------------------------------------------------------------------------------------

_WEIGHTS = st.fractions(Fraction(1, 100), 1000, max_denominator=100)


@given(
    st.lists(st.tuples(st.sampled_from(["甲", "甲/一", "甲/二", "乙", "乙/一/深"]), _WEIGHTS), min_size=1), st.data()
)
def test_weights_of_any_tree_of_groups_are_exact(indicators: list[tuple[str, Fraction]], data: st.DataObject) -> None:
    groups = {"/".join(path.split("/")[: n + 1]) for path, _ in indicators for n in range(path.count("/") + 1)}
    role = Role(
        "id",
        "岗位",
        "来源",
        "2026Q1",
        (),
        {path: data.draw(_WEIGHTS) for path in sorted(groups)},
        (),
        tuple(
            Indicator(f"i{n}", group, weight, "按完成率得分", (Part("", "", "", Expression("0")),))
            for n, (group, weight) in enumerate(indicators)
        ),
    )
    assert sum(role.weights.values()) == 1
    for one in role.indicators:
        for other in role.indicators:
            if one.group == other.group:
                assert role.weights[one.id] * other.weight == role.weights[other.id] * one.weight


# --- faulty files -----------------------------------------------------------------------------------------------------


def test_the_file_that_the_faulty_ones_are_made_of_has_no_fault() -> None:
    assert role_in(CASES / "good_roles" / "smallest.toml").id == "smallest"


@pytest.mark.parametrize("path", BAD_ROLES, ids=lambda path: path.stem)
def test_every_fault_of_a_role_file_is_told_at_once(path: Path) -> None:
    """`*.errors.txt` has a line for every fault, with the words that its message must hold between the |."""
    expected = [line.split(" | ") for line in path.with_suffix(".errors.txt").read_text("utf-8").splitlines()]
    with pytest.raises(CatalogueError) as caught:
        role_in(path)
    faults = [str(fault) for fault in caught.value.faults]
    assert all(fault.startswith(f"{path.name}：") for fault in faults)
    for said in expected:
        assert any(all(word in fault for word in said) for fault in faults), (said, faults)
    assert len(faults) == len(expected), faults


def test_every_faulty_file_has_its_words() -> None:
    assert [path.stem for path in BAD_ROLES] == [
        path.name.removesuffix(".errors.txt") for path in sorted((CASES / "bad_roles").glob("*.errors.txt"))
    ]


def test_a_file_saved_by_a_windows_editor_loads(tmp_path: Path) -> None:
    text = (CASES / "good_roles" / "smallest.toml").read_text("utf-8")
    (tmp_path / "smallest.toml").write_text(text.replace("\n", "\r\n"), "utf-8-sig", newline="")
    saved, written = (role_in(folder / "smallest.toml") for folder in (tmp_path, CASES / "good_roles"))
    assert saved.measures == written.measures


@pytest.mark.parametrize("id", ["nobody", "", "../samples/ecommerce-operations", "ecommerce-operations.toml", "\0"])
def test_an_unknown_role_is_told_the_known_ones(id: str) -> None:
    with pytest.raises(UnknownRoleError, match=r"已有的岗位：.*ecommerce-operations"):
        SHIPPED.role(id)


# --- the company's file -----------------------------------------------------------------------------------------------


def test_the_company_grades_as_designed() -> None:
    assert SHIPPED.company().grade_scale == "S 卓越≥95；A 优秀≥85；B 良好≥70；C 待改进≥60；D 不合格"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "甲"', ("company.toml：grades", "从高到低")),
        ('name = "甲"\n[[grades]]\nname = "A"\nat_least = 90', ("company.toml：grades", "最后一级不写分数线")),
        (
            'name = "甲"\n[[grades]]\nname = "A"\nat_least = 60\n[[grades]]\nname = "B"\nat_least = 90\n'
            '[[grades]]\nname = "C"',
            ("从高到低",),
        ),
        (
            'name = "甲"\n[[grades]]\nname = "A；好"\nat_least = 60\n[[grades]]\nname = "B"',
            ("company.toml：grades", "等级"),
        ),
        ('name = ""\n[[grades]]\nname = "A"', ("company.toml：name", "不能缺少")),
        ('name = "甲"\ngrade = 1\n[[grades]]\nname = "A"', ("company.toml：grade = 1", "无法识别")),
    ],
)
def test_a_faulty_company_file_is_told_with_its_key(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    (tmp_path / "company.toml").write_text(text, "utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_company(tmp_path / "company.toml")
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_company_may_switch_on_the_central_assessment(tmp_path: Path) -> None:
    """The lines at the end of the file, without their #: one more rated indicator in a group of its own."""
    before, _, rest = shipped_text("roles/operations-center.toml").partition("# --- 集中考核")
    lines = [line.removeprefix("#").removeprefix(" ") for line in rest.splitlines() if line.startswith("#")][1:]
    path = tmp_path / "operations-center.toml"
    path.write_text("\n".join((before, *lines)), "utf-8")
    role = role_in(path)
    (central,) = [indicator for indicator in role.indicators if indicator.group == "集中考核"]
    assert (central.id, len(central.levels)) == ("central_assessment", 5)
    assert role.weights[central.id] == Fraction(1, 4)
    assert sum(role.weights.values()) == 1
