"""Lint: faulty role files and what they are told; the catalogue as shipped; the command."""

from __future__ import annotations

import json
import math
import re
import shutil
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.test_cli import FINE, PROBLEMS, USAGE, run
from tests.support.catalogues import SHIPPED, shipped_with
from tests.support.paths import CASES
from tests.support.strategies import rules
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Indicator, Measure, Part, Role
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING
from xlkpi.lint import direction
from xlkpi.lint.findings import Finding
from xlkpi.lint.run import lint, of_role
from xlkpi.rules.model import Basis, Step
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scorer import ScoreError

FOLDER = CASES / "lint"
FILES = sorted(FOLDER.glob("*.toml"))
KINDS = set(
    "file rule unreachable swallowed needless direction opposite unit target missing-target origin wording settled "
    "reread optional newcomer weight carried summed-rate mixed".split()
)


def _expected(path: Path) -> list[list[str]]:
    """Severity, kind, key, then words of text, message and advice; a line for each finding, in any order."""
    lines = path.with_suffix(".findings.txt").read_text("utf-8").splitlines()
    return sorted(line.split(" | ") for line in lines)


def _told(finding: Finding) -> str:
    return f"{finding.text}\n{finding.message}\n{finding.advice}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_faulty_role_file_is_told_these_findings_and_no_others(path: Path) -> None:
    found, expected = lint(SHIPPED, [path]), _expected(path)
    assert all(finding.file == path.name and finding.message and finding.advice for finding in found)
    left = list(found)
    for severity, kind, key, *words in expected:
        fits = [f for f in left if (f.severity, f.kind, f.key) == (severity, kind, key)]
        fits = [f for f in fits if all(word in _told(f) for word in words)]
        assert fits, (severity, kind, key, words, left)
        left.remove(fits[0])
    assert left == []
    assert [f.severity for f in found] == sorted((f.severity for f in found), key=[ERROR, WARNING, ADVICE].index)


def test_every_kind_of_finding_has_a_case_and_every_case_its_findings() -> None:
    assert {kind for path in FILES for _, kind, *_ in _expected(path)} == KINDS
    assert {path.stem for path in FILES} == {
        path.name.removesuffix(".findings.txt") for path in FOLDER.glob("*.findings.txt")
    }


# --- the catalogue ----------------------------------------------------------------------------------------------------


def test_the_catalogue_has_nothing_worse_than_targets_to_agree() -> None:
    findings = lint(SHIPPED)
    assert {(finding.severity, finding.kind) for finding in findings} == {(ADVICE, "missing-target")}
    assert [finding.file for finding in findings] == sorted(finding.file for finding in findings)
    empty = {
        (f"{role.id}.toml", f"indicators[{indicator.id}].target")
        for role in SHIPPED.roles().values()
        for indicator in role.indicators
        if indicator.rule.reads_target(0) and indicator.parts[0].target is indicator.parts[0].target_formula is None
    }
    assert {(finding.file, finding.key) for finding in findings} == empty


def test_a_faulty_file_does_not_keep_the_others_from_being_checked() -> None:
    found = lint(SHIPPED, [FOLDER / "not-toml.toml", "store-manager", FOLDER / "date.toml"])
    assert [(f.file, f.severity) for f in found] == [("not-toml.toml", ERROR), ("date.toml", ERROR)]


def test_a_faulty_company_file_is_told_beside_the_roles(tmp_path: Path) -> None:
    catalogue = shipped_with(tmp_path, {"company.toml": 'name = ""\n[[grades]]\nname = "A"\n'})
    first, *others = lint(catalogue)
    assert (first.file, first.key, first.severity, first.kind) == ("company.toml", "name", ERROR, "file")
    assert {f.severity for f in others} == {ADVICE}
    assert lint(catalogue, ["store-manager"]) == []


# --- what names say ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "good"),
    [
        (
            "成本 推广费占比 销售费用占比 客户投诉率 会员流失率 超时次数 差错率 滞销品占比 负债率 投诉处理时长",
            -1,
        ),
        ("销售额 客户满意度 转化率 复购率 库存周转率 新客增长率 账目准确率 用户增长率 产品上线按时率 毛利率", 1),
        (
            "数量 等级 成本控制率 成本节约 投诉解决率 退款处理率 无故障天数 完成时间 成本利润率 不合格率 成本降低率",
            0,
        ),
    ],
)
def test_what_a_name_says_about_better(labels: str, good: int) -> None:
    assert {label: direction.wanted_direction(label) for label in labels.split()} == dict.fromkeys(labels.split(), good)


# --- any rule ---------------------------------------------------------------------------------------------------------

_ENDS = st.sampled_from([0.0, 1.0, 10.0, 100.0, 0.5, -5.0, 1e6])
_TARGETS = st.none() | st.sampled_from([0.0, 0.2, 1.0, 12.0, 100.0])


@settings(max_examples=40)
@given(rules(), st.data())
def test_any_rule_over_any_numbers_is_told_its_findings(rule: Rule, data: st.DataObject) -> None:
    """Whatever the rule and the range, and what lint proposes to write instead can be read."""
    measures, parts = [], []
    for number, label in enumerate(rule.labels):
        low, high = sorted(data.draw(st.lists(_ENDS, min_size=2, max_size=2, unique=True)))
        unit = data.draw(st.sampled_from(["%", "次", "等级"]))
        measures.append(Measure(f"m{number}", "数据", "示例", unit, "示例", low=low, high=high))
        parts.append(Part(label or "示例", "示例", unit, Expression(f"m{number}"), data.draw(_TARGETS)))
    indicator = Indicator("i", "组", Fraction(1), phrase(rule), tuple(parts))
    role = Role("r", "岗位", "来源", "2026Q1", (), {"组": Fraction(100)}, tuple(measures), (indicator,))
    for finding in of_role(role, HANS):
        assert finding.file == "r.toml"
        offered = re.fullmatch("可以写：(.+)", finding.advice)
        assert offered is None or parse(offered[1], indicator.unit)


@pytest.mark.parametrize(
    ("rule", "basis"),
    [("以2为基准，每低1个百分点扣1分", Basis.RELATIVE), ("以0为基准，每低1个百分点扣1分", Basis.ABSOLUTE)],
)
def test_a_base_of_0_is_offered_no_shares_of_it(rule: str, basis: Basis) -> None:
    part = Part("次数", "示例", "次", Expression("m"))
    indicator = Indicator("i", "组", Fraction(1), rule, (part,))
    measures = (Measure("m", "数据", "示例", "次", "示例", low=0.0, high=10.0),)
    role = Role("r", "岗位", "来源", "2026Q1", (), {"组": Fraction(100)}, measures, (indicator,))
    (offered,) = (finding.advice for finding in of_role(role, HANS) if finding.kind == "unit")
    (step,) = parse(offered.removeprefix("可以写："), "次").adjustments
    assert isinstance(step, Step)
    assert (step.basis, step.step) == (basis, Decimal("0.01"))


@given(
    st.sampled_from(["a + b", "a - b", "-a * b", "a / b", "(a - b) / b", "a * (b - 2)", "a / (b + 1) - b", "1 / a"]),
    st.lists(st.integers(-6, 6), min_size=4, max_size=4),
    st.data(),
)
def test_bounds_hold_what_an_expression_gives(text: str, ends: list[int], data: st.DataObject) -> None:
    expression = Expression(text)
    ranges = {Operand("a"): tuple(sorted(ends[:2])), Operand("b"): tuple(sorted(ends[2:]))}
    values = {operand: data.draw(st.floats(*given)) for operand, given in ranges.items()}
    try:
        result = expression.evaluate(values, {"a": "a", "b": "b"})
    except ScoreError:
        return
    low, high = expression.bounds({operand: (float(a), float(b)) for operand, (a, b) in ranges.items()})
    assert result is not None
    assert low - 1e-9 * abs(low) <= result <= high + 1e-9 * abs(high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("a", 0, 10), ("a / b", 0, math.inf), ("a - b", -20, 10), ("(a - b) / b", -math.inf, math.inf),
        ("a / c", 0, 5), ("2 * a + 1", 1, 21), ("-a", -10, 0), ("a * d", 0, math.inf), ("c / d", 0, math.inf),
        ("d.m1", 1, 2),
    ],
)  # fmt: skip
def test_bounds_are_as_narrow_as_they_should(text: str, low: float, high: float) -> None:
    ranges = {"a": (0.0, 10.0), "b": (0.0, 20.0), "c": (2.0, 4.0), "d": (0.0, math.inf)}
    known = {Operand(name): both for name, both in ranges.items()} | {Operand("d", "m1"): (1.0, 2.0)}
    assert Expression(text).bounds(known) == (low, high)


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_catalogue_as_shipped_has_no_error_and_no_warning() -> None:
    result = run("lint")
    assert (result.exit_code, result.stderr) == (FINE, "")
    assert "没有错误和警告" in result.stdout
    assert "建议88条" in result.stdout


def test_lint_of_a_role_without_a_finding() -> None:
    result = run("lint", "store-manager")
    assert (result.exit_code, result.stderr) == (FINE, "")
    assert result.stdout == "没有错误和警告。\n"


def test_errors_come_before_warnings_and_advice() -> None:
    result = run("lint", FOLDER / "carried.toml", FOLDER / "rule.toml", FOLDER / "missing-target.toml")
    assert (result.exit_code, result.stderr) == (PROBLEMS, "")
    assert "错误3条，警告1条，建议2条" in result.stdout
    assert "与业绩挂钩" in result.stdout
    assert "…" not in result.stdout
    assert result.stdout.index("错误") < result.stdout.index("警告") < result.stdout.index("建议2条")


def test_the_json_of_findings_keeps_its_shape() -> None:
    result = run("lint", FOLDER / "origin.toml", "ecommerce-operations", "--json")
    assert (result.exit_code, result.stderr) == (PROBLEMS, "")
    findings = json.loads(result.stdout)
    assert [list(finding) for finding in findings] == [
        ["file", "key", "kind", "severity", "text", "message", "advice"]
    ] * 2
    assert findings[0] == {
        "file": "origin.toml",
        "key": "indicators[differs].target",
        "kind": "origin",
        "severity": "warning",
        "text": "0.9",
        "message": "评分标准以95%为基准，目标值却是0.9；计分只看基准",
        "advice": "请把两者改成一样，或删去“以…为基准”",
    }
    assert json.loads(run("lint", "store-manager", "--json").stdout) == []


def test_lint_with_advice_only_is_fine() -> None:
    assert run("lint", FOLDER / "wording.toml").exit_code == FINE


@pytest.mark.parametrize("name", ["nobody", "没有.toml", "tests/nobody", ""])
def test_lint_of_what_is_not_there(name: str) -> None:
    for arguments in (["lint", name], ["lint", "store-manager", name, "--json"]):
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (USAGE, "")
        assert result.stderr


def test_lint_of_a_role_file_anywhere(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "date.toml", tmp_path)
    assert run("lint", tmp_path / "date.toml").exit_code == PROBLEMS
    assert run("lint", tmp_path).exit_code == USAGE
