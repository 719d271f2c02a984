"""The public scoring functions: sentence or rule + actual + target → score, deduction, weighted total.

Scores are on the 100 scale, unrounded; rates are fractions (0.12 is 12%). `source` has the arithmetic, on floats,
which gives the same in every engine; `scorer` asks first whether the cells meet the needs of the rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from xlkpi.i18n.languages import language_of
from xlkpi.i18n.numbers import Value, is_number, round_half_up
from xlkpi.rules.model import Basis, Condition, Count, Side, Step
from xlkpi.rules.prepared import known_rule
from xlkpi.rules.row import Row, doubtful
from xlkpi.rules.rule import Rule
from xlkpi.rules.spelling import normalise
from xlkpi.scoring import reasons
from xlkpi.scoring.arithmetic import interval, points_of
from xlkpi.scoring.scorer import VETO, Outcome, ScoreError, Scorer

NOT_APPLICABLE = frozenset({"不适用", "不適用", "n/a"})


# --- one clause, for receipts and previews --------------------------------------------------------------------------


def step_points(step: Step, actual: float, target: float) -> float:
    """Points of one step clause (≥ 0), on the rule's own scale."""
    return points_of(step)(actual, target)


def count_points(count: Count, actual: float) -> float:
    """Points of `actual` occurrences (≥ 0), on the rule's own scale."""
    return points_of(count)(actual, None)


def holds(condition: Condition, number: float) -> bool:
    """Whether a number lies in the condition's interval."""
    return interval(condition)(number)


# --- the whole rule -------------------------------------------------------------------------------------------------


def evaluate(rule: Rule, actuals: Sequence[Value], targets: Sequence[Value]) -> Outcome | None:
    """Apply a rule to the actuals and targets of its measures, in the order of the measures.

    Returns None where a cell that a clause reads is empty (None or ""). Raises `ScoreError` for the first need of
    the rule that the inputs do not meet.
    """
    outcome = _scorer_of_rule(rule).outcome(list(actuals), list(targets))
    return None if outcome is None else Outcome(*outcome)


def _blank(value: Value) -> bool:
    return value is None or value == ""


# --- the public functions -------------------------------------------------------------------------------------------

Cells = Value | Sequence[Value]


def as_list(cells: Cells) -> list[Value]:
    """The values of one cell or of a range, one per measure."""
    if isinstance(cells, list):  # from the cell functions: the test below for the abstract class is slow
        return cells.copy()
    if isinstance(cells, Sequence) and not isinstance(cells, str):
        return list(cells)
    return [cells]


def kpi_score(actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None) -> float | str | None:
    """Score an indicator.

    actual, target: a number, or one per measure where the rule names several; rates as fractions.
    rule: the sentence of the form (评分标准) or a `Rule`. unit: the row's unit; "%" makes a bare 每低5% mean
    percentage points.

    Returns the score on the 100 scale, unrounded; the text 一票否决 where a veto holds; None where a cell that a
    clause reads is empty. Raises `RuleError` for the sentence, `ScoreError` for the numbers.
    """
    outcome = _appraise(actual, target, _scorer(rule, unit, target))
    if outcome is None:
        return None
    score, _ = outcome
    if score == VETO and isinstance(rule, str):
        return reasons.veto(language_of(rule))
    return score


def appraise(actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None) -> Outcome | None:
    """As `kpi_score`, with the points deducted."""
    outcome = _appraise(actual, target, _scorer(rule, unit, target))
    return None if outcome is None else Outcome(*outcome)


def _scorer(rule: str | Rule, unit: str | None, target: Cells = None) -> Scorer:
    """The rule ready to score. Raises `RuleError` where the target shows that the sentence has a second reading."""
    if not isinstance(rule, str):
        return _scorer_of_rule(rule)
    scorer = scorer_of(rule, unit)
    if scorer.edges:
        first = as_list(target)[0]
        if is_number(first) and doubtful(scorer.edges, Decimal(repr(float(first)))):
            rule_of(rule, unit, float(first))
    return scorer


@lru_cache(maxsize=4096)
def scorer_of(sentence: str, unit: str | None) -> Scorer:
    """The rule of a sentence ready to score. Raises `RuleError`."""
    return _scorer_of_rule(rule_of(sentence, unit))


@lru_cache(maxsize=4096)
def _scorer_of_rule(rule: Rule) -> Scorer:
    return Scorer(rule)


def rule_of(sentence: str, unit: str | None, target: float | None = None) -> Rule:
    """The rule of a sentence. Raises `RuleError`.

    Everyone who opens a spreadsheet waits for the cell functions to load, even without a form in it, and then for the
    first score. So `parse` is imported with the first sentence that is not one of the shipped roles'.
    """
    if target is None:
        return _rule_alone(sentence, unit)
    from xlkpi.rules.parser.parse import parse

    return parse(sentence, unit, Row(normalise(unit or "").strip() or None, Decimal(repr(target))))


@lru_cache(maxsize=4096)
def _rule_alone(sentence: str, unit: str | None) -> Rule:
    if (rule := known_rule(sentence, unit)) is not None:
        return rule
    from xlkpi.rules.parser.parse import parse

    return parse(sentence, unit)


def _appraise(actual: Cells, target: Cells, rule: Scorer) -> tuple[float | str, float] | None:
    actuals, targets = as_list(actual), as_list(target)
    targets += [None] * (len(actuals) - len(targets))
    return rule.outcome(actuals, targets)


def step_deduct(
    actual: float | None,
    target: float | None,
    step: float,
    points: float,
    side: str = "short",
    basis: str = "absolute",
) -> float | None:
    """Points to deduct (≥ 0, unclipped): `points` for every whole `step` that the actual is away from the target.

    side: "short" (below the target, the default) or "over". basis: "absolute" (the default; for rates `step` is in
    percentage points, 0.05) or "relative" (`step` is a share of the target, which must be above 0).
    Returns None where actual or target is empty. Raises `ScoreError`.
    """
    outcome = one_step(step, points, side, basis).outcome([actual], [target])
    return None if outcome is None else outcome[1]


def one_step(step: object, points: object, side: str, basis: str) -> Scorer:
    """The rule of a single step ready to score; arguments and errors as for `step_deduct`."""
    if side not in ("short", "over") or basis not in ("absolute", "relative"):
        raise ScoreError(reasons.SIDE_OR_BASIS)
    if not (is_number(step) and is_number(points) and step > 0 and points >= 0):
        raise ScoreError(reasons.STEP_AND_POINTS)
    return _one_step(float(step), float(points), side, basis)


@lru_cache(maxsize=4096)
def _one_step(step: float, points: float, side: str, basis: str) -> Scorer:
    return Scorer(
        Rule(adjustments=(Step(Side(side), Decimal(repr(step)), Decimal(repr(points)), Basis(basis)),)),
    )


def deduct_by_rule(actual: Cells, target: Cells, rule: str | Rule, unit: str | None = None) -> float | None:
    """The deductions of a rule that only deducts from full marks down to 0 (≥ 0, unclipped, on the 100 scale).

    Raises `ScoreError` for any other rule: its score does not follow from its deductions.
    """
    scorer = _scorer(rule, unit)
    if not scorer.only_deducts:
        raise ScoreError(reasons.NOT_ONLY_DEDUCTING)
    outcome = _appraise(actual, target, scorer)
    return None if outcome is None else outcome[1] * 100 / scorer.scale


def weighted_total(scores: Sequence[Value], weights: Sequence[Value], partial: bool = False) -> float | None:
    """Σ score × weight ÷ Σ weight over the rows with weight > 0, rounded half up to 2 decimals.

    scores: on the 100 scale. weights: one for each score, in any unit; an empty one is 0.

    Rows marked 不适用 (不適用, n/a) are left out; 一票否决 (一票否決, veto) makes the total 0; an empty score makes
    it None, unless `partial`, which divides by the weights of what is filled. Raises `ScoreError` for a score that is
    a `#KPI` text or no number, for a weight that is no number, where nothing has a weight, and where there are not as
    many weights as scores.
    """
    if len(scores) != len(weights):
        raise ScoreError(reasons.SIZES_DIFFER)
    rows = [
        (score, weight)
        for score, weight in zip(scores, map(_weight, weights), strict=True)
        if weight > 0 and str(score).lower() not in NOT_APPLICABLE
    ]
    if not rows:
        raise ScoreError(reasons.NO_WEIGHTS)
    for score, _ in rows:
        if reasons.is_refusal(score):
            raise ScoreError(reasons.PASSED, text=score)
        if not (_blank(score) or score in reasons.VETOES or is_number(score)):
            raise ScoreError(reasons.SCORE_NOT_NUMBER)
    if any(score in reasons.VETOES for score, _ in rows):
        return 0.0
    filled = [(float(score), weight) for score, weight in rows if not _blank(score)]  # type: ignore[arg-type]
    if not filled or (len(filled) < len(rows) and not partial):
        return None
    return round_half_up(sum(score * weight for score, weight in filled) / sum(weight for _, weight in filled))


def _weight(value: Value) -> float:
    """A weight as a number, 0 where the cell is empty. Raises `ScoreError` for a text."""
    if _blank(value):
        return 0.0
    if not is_number(value):
        if reasons.is_refusal(value):
            raise ScoreError(reasons.PASSED, text=value)
        raise ScoreError(reasons.WEIGHT_NOT_NUMBER)
    return float(value)
