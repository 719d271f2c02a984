"""What a rule makes of numbers: the tables, the single functions, totals and grades."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.rule_cases import Example, examples
from tests.support.strategies import Case, cases, drawn
from xlkpi import RuleError, ScoreError, explain, kpi_score, step_deduct, weighted_total
from xlkpi.i18n.languages import EN, HANS, HANT, language_of
from xlkpi.i18n.numbers import round_half_up
from xlkpi.rules.model import Count, Full, Side, Step
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.grades import DEFAULT_GRADES, Grade, grade, grade_scale, write_grade_scale
from xlkpi.scoring.scorer import Outcome
from xlkpi.scoring.scores import appraise, deduct_by_rule, evaluate

HUGE = (1e300, -1e300, 1.7976931348623157e308, 5e-324, -5e-324, 2.0**53)


# --- the tables -----------------------------------------------------------------------------------------------------


def shown(example: Example, rule: str) -> Outcome | str:
    """The outcome, or the text that the cell shows instead."""
    try:
        outcome = appraise(example.actual, example.target, rule, example.unit)
    except ScoreError as error:
        return reasons.cell_text(error.told(language_of(rule)).message)
    return "" if outcome is None else outcome


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.id)
def test_a_rule_scores_as_its_example_says(example: Example) -> None:
    language = language_of(example.rule)
    for rule in (example.rule, phrase(parse(example.rule, example.unit), language)):
        outcome = shown(example, rule)
        if isinstance(outcome, str):
            assert outcome == example.score
            continue
        score = reasons.veto(language) if outcome.score == reasons.VETO else outcome.score
        assert score == (
            example.score if isinstance(example.score, str) else pytest.approx(example.score, rel=1e-12, abs=1e-12)
        )
        if example.deducted is not None:
            assert outcome.deducted == pytest.approx(example.deducted, abs=1e-9)
        if example.receipt is not None:
            assert explain(example.actual, example.target, rule, example.unit) == example.receipt


# --- every rule -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found() -> list[Case]:
    return list(chain.from_iterable(drawn(cases(), 150)))


def outcome_of(case: Case) -> Outcome | None:
    try:
        return evaluate(case.rule, case.actuals, case.targets)
    except ScoreError:
        return None


def test_a_score_lies_between_floor_and_cap_unless_a_cliff_decides(found: list[Case]) -> None:
    for case in found:
        outcome, rule = outcome_of(case), case.rule
        if outcome is None or isinstance(outcome.score, str) or rule.cliffs:
            continue
        points = outcome.score * float(rule.scale) / 100
        assert points >= float(rule.floor) - 1e-9
        assert rule.cap is None or points <= float(rule.cap) + 1e-9
        assert outcome.deducted >= 0


def test_the_deductions_of_a_rule_that_only_deducts_tell_its_score() -> None:
    for case in chain.from_iterable(drawn(cases(only_deducts=True), 100)):
        outcome = outcome_of(case)
        assert case.rule.only_deducts
        if outcome is not None:
            deducted = outcome.deducted * 100 / float(case.rule.scale)
            assert outcome.score == pytest.approx(max(0, 100 - deducted), abs=1e-9)


def test_a_receipt_ends_in_its_score(found: list[Case]) -> None:
    for case in found:
        outcome = outcome_of(case)
        if outcome is None:
            continue
        for language, written, of in (
            (HANS, "，得{}分", "（满分{}分）"),
            (HANT, "，得{}分", "（滿分{}分）"),
            (EN, ", score {}", " out of {}"),
        ):
            score, scale = outcome.score, float(case.rule.scale)
            told = "" if isinstance(score, str) else written.format(as_shown(score * scale / 100))
            told += "" if scale == 100 else of.format(as_shown(scale))
            veto = reasons.veto(language)
            receipt = explain(case.actuals, case.targets, case.rule, language=language)
            assert receipt is not None
            assert receipt.endswith(veto if isinstance(score, str) else told)
            sentence = phrase(case.rule, language)
            if language_of(sentence) == language:
                assert explain(case.actuals, case.targets, sentence) == receipt


def as_shown(score: float) -> str:
    """Half up to 2 decimals, as totals are; without zeros behind the point."""
    text = format(Decimal(repr(round_half_up(score))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def test_a_sentence_scores_as_its_rule(found: list[Case]) -> None:
    for case in found[::4]:
        assert parse(phrase(case.rule)) == case.rule
        try:
            expected = kpi_score(case.actuals, case.targets, case.rule)
        except ScoreError:
            continue
        assert kpi_score(case.actuals, case.targets, phrase(case.rule)) == expected


def test_a_score_that_overflows_on_the_scale_of_100_is_refused() -> None:
    with pytest.raises(ScoreError, match="数值过大"):
        kpi_score(1.7e308, 1.0, "满分1分；按完成率得分")


@pytest.mark.parametrize("number", HUGE)
def test_numbers_beyond_measure_are_refused_or_scored(found: list[Case], number: float) -> None:
    for case in found[::8]:
        for actual, target in ((number, 1.0), (1.0, number), (number, number), (-number, number)):
            measures = case.rule.measures
            try:
                outcome = evaluate(case.rule, (actual,) * measures, (target,) * measures)
            except ScoreError:
                continue
            assert outcome is not None
            assert outcome.score == reasons.VETO or abs(float(outcome.score)) < float("inf")


def test_infinity_by_infinity_is_too_large() -> None:
    with pytest.raises(ScoreError, match=reasons.TOO_LARGE):
        evaluate(parse("每低于目标值6000%扣5分"), (-1.7e308,), (1.7e308,))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), True, False, 10**400, "12", [1.0]])
def test_what_is_no_number_is_refused(number: object) -> None:
    with pytest.raises(ScoreError):
        evaluate(parse("按完成率得分"), (number,), (1.0,))  # type: ignore[arg-type]
    with pytest.raises(ScoreError):
        evaluate(parse("按完成率得分"), (1.0,), (number,))  # type: ignore[arg-type]


@pytest.mark.parametrize("unusable", ["abc", True, 10**400, "#KPI x"])
def test_an_empty_cell_comes_before_one_that_cannot_be_used(unusable: object) -> None:
    rule = parse("按完成率得分；「投诉」每次扣5分")
    for actuals, targets in (
        ((unusable, ""), (1.0, None)),
        ((1.0, None), (unusable, None)),
        ((unusable, 1.0), (None, None)),
    ):
        assert evaluate(rule, actuals, targets) is None  # type: ignore[arg-type]
    with pytest.raises(ScoreError):
        evaluate(rule, (unusable, 1.0), (1.0, None))  # type: ignore[arg-type]


def test_what_is_kept_of_a_sentence_is_kept_for_its_unit() -> None:
    for _ in range(2):
        assert kpi_score(0.12, 0.2, "每低5%扣3分", "%") == 97
        assert kpi_score(0.12, 0.2, "每低5%扣3分", "元") == 76
        assert step_deduct(0.12, 0.2, 0.05, 3) == 3
        assert step_deduct(0.12, 0.2, 0.05, 3, "over") == 0
        assert step_deduct(0.12, 0.2, 0.05, 3, "short", "relative") == 24


def test_only_deducts_is_said_of_no_other_rule() -> None:
    only = (
        "每低1扣5分", "每次扣5分；「投诉」每次扣1分", "满分20分；每次扣2分", "每次扣5分；封顶100分",
        "每次扣5分；封顶120分",
    )  # fmt: skip
    other = (
        "按完成率得分", "按完成率得分；「投诉」每次扣5分", "达标得100分，否则得0分", "每次加5分，最多加9分",
        "实际>3一票否决", "每次扣5分；最低20分", "每次扣5分；最低-20分", "满分100分；每次扣5分；得分封顶90分",
        "每次扣5分；实际>3得0分", "每次扣5分；实际>3一票否决", "每次扣5分；「提案」每次加5分，最多加9分",
    )  # fmt: skip
    assert all(parse(sentence).only_deducts for sentence in only)
    assert not any(parse(sentence).only_deducts for sentence in other)
    with pytest.raises(ScoreError, match="不再是纯扣分，请联系人力资源更新"):
        deduct_by_rule(1.0, 1.0, "按完成率得分")


# --- what a rule may be ---------------------------------------------------------------------------------------------

HALF = Step(Side.SHORT, Decimal("0.5"), Decimal(3))


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"scale": Decimal(0), "adjustments": (HALF,)},
        {"adjustments": (HALF,), "labels": ()},
        {"adjustments": (HALF,), "labels": ("甲", "乙")},
        {"adjustments": (HALF,), "labels": ("a；b",)},
        {"adjustments": (HALF,), "labels": (" 甲",)},
        {"adjustments": (HALF,), "labels": ("「甲」",)},
        {"adjustments": (HALF, Count(Decimal(5), measure=1)), "labels": ("甲", "甲")},
        {"adjustments": (HALF, Count(Decimal(5), measure=1)), "labels": ("甲", "")},
        {"adjustments": (Count(Decimal(5), measure=1), HALF), "labels": ("", "甲")},
        {"adjustments": (HALF, Count(Decimal(5), measure=2)), "labels": ("", "甲", "乙")},
    ],
    ids=str,
)
def test_contradictory_rules_cannot_be_built(parts: dict[str, object]) -> None:
    with pytest.raises(RuleError):
        Rule(**{"base": Full(), **parts})  # type: ignore[arg-type]


# --- the public functions -------------------------------------------------------------------------------------------


def test_a_single_step_deducts_whole_steps_unclipped() -> None:
    assert step_deduct(0.12, 0.2, 0.05, 3) == 3
    assert step_deduct(0.16, 0.15, 0.01, 2, "over") == 2
    assert step_deduct(0.14, 0.15, 0.01, 2, "over") == 0
    assert step_deduct(2.85, 3, 0.05, 3, "short", "relative") == 3
    assert step_deduct(0.9, 0.95, 0.05, 3) == 3
    assert step_deduct(-1000, 0, 1, 1) == 1000  # not clipped at 100
    assert step_deduct(5, 5, 1, 0) == 0
    assert step_deduct(None, 0.2, 0.05, 3) is None
    assert step_deduct(0.12, None, 0.05, 3) is None


def test_millions_of_steps_are_counted_as_spreadsheets_do() -> None:
    """The quotient of 1234567.70 and 0.05 is too large for 9 decimals, and a little below the whole."""
    for actual, steps in ((0.13, 24691353), (0.12, 24691354), (0.11, 24691354)):
        assert step_deduct(actual, 1234567.82, 0.05, 1) == steps


@pytest.mark.parametrize(
    "arguments",
    [
        (0.1, 0.2, 0, 3),
        (0.1, 0.2, -0.05, 3),
        (0.1, 0.2, 0.05, -3),
        (0.1, 0.2, "0.05", 3),
        (0.1, 0.2, None, 3),
        (0.1, 0.2, 0.05, None),
        (0.1, 0.2, float("nan"), 3),
        (0.1, 0.2, True, 3),
        (0.1, 0.2, 0.05, 3, "below"),
        (0.1, 0.2, 0.05, 3, "short", "percent"),
        ("0.1", 0.2, 0.05, 3),
        (0.1, 0, 0.05, 3, "short", "relative"),
        (0.1, -1, 0.05, 3, "short", "relative"),
    ],
)
def test_a_single_step_that_cannot_be_taken(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ScoreError):
        step_deduct(*arguments)  # type: ignore[arg-type]


@given(
    actual=st.integers(-500, 500),
    target=st.integers(-500, 500),
    step=st.integers(1, 200),
    points=st.integers(0, 50),
    over=st.booleans(),
    relative=st.booleans(),
)
@settings(max_examples=500)
def test_a_single_step_against_exact_arithmetic(
    actual: int, target: int, step: int, points: int, over: bool, relative: bool
) -> None:
    """In thousandths, so that floats are wrong in their last digit wherever they can be."""
    if relative and target <= 0:
        return
    gap = actual - target if over else target - actual
    size = Fraction(step, 1000) * (Fraction(target, 1000) if relative else 1)
    exact = max(0, Fraction(gap, 1000) / size // 1) * points
    side, basis = "over" if over else "short", "relative" if relative else "absolute"
    assert step_deduct(actual / 1000, target / 1000, step / 1000, points, side, basis) == float(exact)


def exact_total(scores: list[float], weights: list[float]) -> float:
    """Σ s·w ÷ Σ w of the decimals as written, half up."""
    pairs = [(Fraction(repr(score)), Fraction(repr(weight))) for score, weight in zip(scores, weights, strict=True)]
    total = sum(score * weight for score, weight in pairs) / sum(weight for _, weight in pairs)
    cents = total * 100
    return float(Fraction((abs(cents) + Fraction(1, 2)) // 1, 100)) * (1 if cents >= 0 else -1)


two_places = st.integers(0, 12000).map(lambda n: n / 100)
weights_in_use = st.sampled_from([5.0, 10.0, 2.5, 30.0, 1.0, 15.0]) | st.integers(1, 10000).map(lambda n: n / 100)


@given(st.lists(st.tuples(two_places, weights_in_use), min_size=1, max_size=20))
@settings(max_examples=400)
@example([(90.125, 100.0)])
@example([(90.125, 1.0), (90.125, 2.0)])
@example([(1.005, 1.0)])
@example([(100.0, 33.33), (0.01, 66.67)])
@example([(80.01, 50.0), (80.02, 50.0)])
def test_the_total_against_exact_arithmetic(rows: list[tuple[float, float]]) -> None:
    scores, weights = [score for score, _ in rows], [weight for _, weight in rows]
    assert weighted_total(scores, weights) == exact_total(scores, weights)


def test_the_weights_of_parts_are_never_rounded_before_the_total() -> None:
    """B's 1.2: parts of 10, 5, 15, 10, 5 inside 20."""
    parts = [10, 5, 15, 10, 5]
    weights = [part / 45 * 20 for part in parts]
    scores = [97.0, 100.0, 95.0, 90.0, 85.0]
    exact = sum(Fraction(score) * part for score, part in zip(map(int, scores), parts, strict=True)) / 45
    assert weighted_total(scores, weights) == float(round(exact, 2))


def test_rows_without_weight_or_not_applicable_do_not_count() -> None:
    assert weighted_total([80, "abc", None, "#KPI x", "一票否决"], [10, 0, None, "", -5]) == 80
    assert weighted_total([80, "不适用", "不適用", "n/a", "N/A"], [10, 20, 20, 20, 20]) == 80
    assert weighted_total([80, None], [10, 20], partial=True) == 80
    assert weighted_total([None, None], [10, 20], partial=True) is None
    assert weighted_total([80, ""], [10, 20]) is None
    assert weighted_total([80.0, 90.0], [1, 1]) == 85


def test_what_comes_first_in_a_total() -> None:
    """`#KPI` before a veto before an empty score."""
    assert weighted_total([None, "一票否决", 90], [1, 1, 1]) == 0
    assert weighted_total([None, "一票否决", 90], [1, 1, 1], partial=True) == 0
    with pytest.raises(ScoreError, match="#KPI 除数为0"):
        weighted_total([None, "一票否决", "#KPI 除数为0"], [1, 1, 1])
    with pytest.raises(ScoreError, match=reasons.SCORE_NOT_NUMBER):
        weighted_total([None, "一票否决", "优秀"], [1, 1, 1])


@pytest.mark.parametrize(
    ("scores", "weights", "reason"),
    [
        ([80, "优秀"], [1, 1], reasons.SCORE_NOT_NUMBER),
        ([80, True], [1, 1], reasons.SCORE_NOT_NUMBER),
        ([80, float("nan")], [1, 1], reasons.SCORE_NOT_NUMBER),
        ([80, 90], [1, "abc"], reasons.WEIGHT_NOT_NUMBER),
        ([80, 90], [1, "#DIV/0!"], reasons.WEIGHT_NOT_NUMBER),
        ([80, 90], [1, "#KPI 权重"], "#KPI 权重"),
        ([80, 90], [0, None], reasons.NO_WEIGHTS),
        (["不适用"], [10], reasons.NO_WEIGHTS),
        ([], [], reasons.NO_WEIGHTS),
    ],
)
def test_totals_that_cannot_be_made(scores: list[object], weights: list[object], reason: str) -> None:
    with pytest.raises(ScoreError) as caught:
        weighted_total(scores, weights)  # type: ignore[arg-type]
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("number", "rounded"),
    [
        (0.125, 0.13),
        (0.135, 0.14),
        (1.005, 1.01),  # 1.00499999999999989… in binary
        (2.675, 2.68),
        (-0.125, -0.13),
        (84.995, 85.0),
        (84.994999999, 84.99),
        (1e15 + 0.5, 1e15 + 0.5),
        (1e300, 1e300),
    ],
)
def test_rounding_as_spreadsheets_do(number: float, rounded: float) -> None:
    assert round_half_up(number) == rounded


# --- grades ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (120, "S 卓越"), (95, "S 卓越"), (94.99, "A 优秀"), (85, "A 优秀"), (84.99, "B 良好"), (70, "B 良好"),
        (69.99, "C 待改进"), (60, "C 待改进"), (59.99, "D 不合格"), (0, "D 不合格"), (-5, "D 不合格"),
    ],
)  # fmt: skip
def test_a_total_gets_the_grade_it_reaches(total: float, expected: str) -> None:
    assert grade(total) == expected


def test_a_company_may_have_a_scale_of_its_own() -> None:
    taiwan = "優≥90；甲≥80;乙>=70； 丙 ≥ 60 ；丁"
    assert [grade(total, taiwan) for total in (90, 89.99, 80, 70, 60, 59.99)] == ["優", "甲", "甲", "乙", "丙", "丁"]
    assert write_grade_scale(grade_scale(taiwan)) == "優≥90；甲≥80；乙≥70；丙≥60；丁"
    assert write_grade_scale(grade_scale(DEFAULT_GRADES)) == DEFAULT_GRADES
    assert grade_scale("合格") == (Grade("合格", None),)
    assert grade(64.5, "甲≥64.5；乙") == "甲"


@pytest.mark.parametrize(
    "scale",
    [
        "", "；", "S≥95；A≥85", "S；A≥85；B", "A≥85；S≥95；B", "S≥95；A≥95；B", "S≥x；A", "S≥；A", "≥95；A", "S≥95；",
        "S≥nan；A", "S≥1e999；S≥inf；A",
    ],
)  # fmt: skip
def test_a_wrong_scale_is_refused_with_one_that_works(scale: str) -> None:
    with pytest.raises(RuleError) as caught:
        grade_scale(scale)
    assert all(grade_scale(suggestion) for suggestion in caught.value.suggestions)
