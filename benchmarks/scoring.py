"""The cell functions, called as Excel's add-in calls them, compared with the same arithmetic written by hand."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from benchmarks.measure import Row, beside
from xlkpi.functions import kpi_score, step_deduct, weighted_total

TITLE = "A warm cell function beside the same arithmetic hand-written"
SCORE, COUNTED, DEDUCTED, TOTAL = 2.0, 4.0, 2.5, 4.0
"""Goals: multiples of the hand-written arithmetic, which for a count is one subtraction."""


def steps(actual: float, target: float) -> float:
    return max(0, 100 - max(0, floor(round((target - actual) / 0.05, 9))) * 3)


def bands(actual: float, target: float) -> float:
    rate = actual / target
    if round(rate - 1.2, 9) >= 0:
        return 120.0
    return rate * 100 if round(rate - 0.8, 9) >= 0 else 0.0


def count(times: float) -> float:
    return max(0, 100 - (5 + (times - 3) if times >= 3 else times))


def linear(actual: float, target: float) -> float:
    rate = actual / target
    if round(rate - 0.8, 9) <= 0:
        return 60.0
    if round(rate - 1, 9) <= 0:
        return 60 + (rate - 0.8) * 40 / (1 - 0.8)
    if round(rate - 1.2, 9) <= 0:
        return 100 + (rate - 1) * 20 / (1.2 - 1)
    return 120.0


def two(turnover: float, turnover_target: float, share: float, share_target: float) -> float:
    short = max(0, floor(round((turnover_target - turnover) / (turnover_target * 0.1), 9))) * 5
    return max(0, 100 - short - max(0, floor(round((share - share_target) / 0.01, 9))) * 2)


def total(scores: list[float], weights: list[float]) -> float:
    return round(sum(s * w for s, w in zip(scores, weights, strict=True)) / sum(weights) + 1e-9, 2)


STEPS = "每低5个百分点扣3分"
BANDS = "完成率≥120%得120分；80%≤完成率<120%按完成率得分；完成率<80%得0分"
COUNT = "每次扣1分，累计3次共扣5分"
LINEAR = "线性：80%得60分，100%得100分，120%得120分"
TWO = "每低于目标值10%扣5分；「滞销品占比」每超1个百分点扣2分"
SCORES = [float(70 + n) for n in range(18)]
WEIGHTS = [5.0, 10.0, 2.5] * 6


def rows() -> Iterator[Row]:
    actual, target = [[0.12]], [[0.2]]  # the add-in passes cells as ranges
    yield beside(
        f"`KPI_SCORE`, {STEPS}", lambda: kpi_score(actual, target, STEPS, "%"), lambda: steps(0.12, 0.2), goal=SCORE
    )
    yield beside(f"`KPI_SCORE` of the API's plain numbers, {STEPS}", lambda: kpi_score(0.12, 0.2, STEPS, "%"),
                 lambda: steps(0.12, 0.2), goal=SCORE)  # fmt: skip
    yield beside(f"`KPI_SCORE`, {BANDS}", lambda: kpi_score([[9.0]], [[10.0]], BANDS, "万元"),
                 lambda: bands(9.0, 10.0), goal=SCORE)  # fmt: skip
    yield beside(f"`KPI_SCORE`, {COUNT}", lambda: kpi_score([[4.0]], [[0.0]], COUNT, "次"), lambda: count(4.0),
                 goal=COUNTED)  # fmt: skip
    yield beside(f"`KPI_SCORE`, {LINEAR}", lambda: kpi_score([[11.0]], [[10.0]], LINEAR, "万元"),
                 lambda: linear(11.0, 10.0), goal=SCORE)  # fmt: skip
    pair, aims = [[2.4], [0.12]], [[3.0], [0.1]]
    yield beside(f"`KPI_SCORE`, {TWO}", lambda: kpi_score(pair, aims, TWO, "次"),
                 lambda: two(2.4, 3.0, 0.12, 0.1), goal=SCORE)  # fmt: skip
    yield beside(f"`STEP_DEDUCT` by rule, {STEPS}", lambda: step_deduct(actual, target, STEPS, "%"),
                 lambda: 100 - steps(0.12, 0.2), goal=DEDUCTED)  # fmt: skip
    yield beside("`STEP_DEDUCT` with a step of 0.05 and 3 points", lambda: step_deduct(actual, target, 0.05, 3.0),
                 lambda: 100 - steps(0.12, 0.2), goal=DEDUCTED)  # fmt: skip
    scores, weights = [[score] for score in SCORES], [[weight] for weight in WEIGHTS]
    yield beside(f"`WEIGHTED_TOTAL` of {len(SCORES)} rows", lambda: weighted_total(scores, weights),
                 lambda: total(SCORES, WEIGHTS), goal=TOTAL)  # fmt: skip
