"""`score_frame` gives every row what `kpi_score` gives it."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from itertools import chain
from math import inf, nextafter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.rule_cases import examples
from tests.support.strategies import Case, cases, drawn, edges_of, rules
from xlkpi import functions, score_frame
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons
from xlkpi.scoring.arithmetic import ZERO
from xlkpi.scoring.columns import _MANY, _begun, _ended
from xlkpi.scoring.scores import appraise

MOST = 3  # measures of a rule of the strategies
HUGE = (1e300, -1e300, 1.7976931348623157e308, 5e-324, 2.0**53, 1e6, 999999.9999999999)
BESIDE = (0.0, 4.9e-10, -4.9e-10, 5e-10, -5e-10, 5.1e-10, -5.1e-10, 1e-4, -1e-4, 7.0)


def frame_of(rows: list[dict[str, object]], kind: type | None = None) -> pd.DataFrame:
    """The rows; cells of the actuals and targets as they are, or all as `kind`."""
    frame = pd.DataFrame(rows)
    columns = [name for name in frame if str(name).startswith(("actual", "target"))]
    return frame.astype(dict.fromkeys(columns, kind)) if kind else frame


def row(
    actuals: tuple[object, ...], targets: tuple[object, ...], rule: object, unit: object = None
) -> dict[str, object]:
    names = ["", *(f"_{number}" for number in range(2, MOST + 1))]
    cells = {f"actual{name}": value for name, value in zip(names, actuals, strict=False)}
    aims = {f"target{name}": value for name, value in zip(names, targets, strict=False)}
    return {**cells, **aims, "rule": rule, "unit": unit}


def alone(actuals: list[object], targets: list[object], rule: str, unit: str | None) -> tuple[object, ...]:
    """What a row has to get, from the functions for one row: its cell tells what is wrong."""
    shown = functions.kpi_score(actuals, targets, rule, unit)
    if reasons.is_refusal(shown):
        return None, None, False, str(shown)[len(reasons.PREFIX) :].strip()
    outcome = appraise(actuals, targets, rule, unit)  # type: ignore[arg-type]
    if outcome is None:
        return None, None, False, None
    veto = outcome.score == reasons.VETO
    return 0.0 if veto else outcome.score, outcome.deducted, veto, None


def agree(frame: pd.DataFrame) -> pd.DataFrame:
    """Score the frame and compare each row, floats to the last bit."""
    result = score_frame(frame)
    assert list(result.columns) == ["score", "deducted", "veto", "problem"]
    assert result.index.equals(frame.index)
    numbers = result[["score", "deducted"]].astype(object).where(result[["score", "deducted"]].notna(), None)
    for place, (_, given_row) in enumerate(frame.iterrows()):
        cells = {name: None if pd.isna(value) else value for name, value in given_row.items()}
        actuals = [value for name, value in cells.items() if str(name).startswith("actual")]
        targets = [value for name, value in cells.items() if str(name).startswith("target")]
        expected = alone(actuals, targets, cells["rule"], cells.get("unit"))
        got = (*numbers.iloc[place], *result[["veto", "problem"]].iloc[place])
        assert got == expected, dict(given_row)
    return result


@pytest.fixture(scope="module")
def found() -> list[Case]:
    return list(chain.from_iterable(drawn(cases(), 120)))


def test_a_frame_scores_the_tables_of_cases() -> None:
    result = agree(frame_of([row(e.actual, e.target, e.rule, e.unit) for e in examples()]))
    assert result["score"].notna().sum() > 300
    assert result["veto"].any()
    assert result["problem"].nunique() > 10


def test_random_rules_with_inputs_at_their_edges_and_unusable_ones(found: list[Case]) -> None:
    rows = [
        row(case.actuals, case.targets, phrase(case.rule, LANGUAGES[number // 8 % 3]))
        for number, case in enumerate(found)
    ]
    agree(frame_of(rows, object))


def _around(rule: Rule, target: float) -> list[tuple[float, ...]]:
    """Actuals of all measures: at each edge of one of them, the next floats, and the edges of rounding beside it."""
    tried: list[tuple[float, ...]] = []
    for measure in range(rule.measures):
        before, after = (target,) * measure, (target,) * (rule.measures - measure - 1)
        for edge in sorted(set(edges_of(rule, measure, target))):
            beside = (*(edge + gap for gap in BESIDE), nextafter(edge, inf), nextafter(edge, -inf), *HUGE)
            tried += [(*before, value, *after) for value in beside]
    return tried


@given(rules(), st.sampled_from([1.0, 0.2, 0.95, 3.0, 12.5, 1234567.89, 0.0, -1.0, 1e300, 5e-324]))
@settings(max_examples=30)
def test_columns_of_numbers_at_all_edges_of_a_rule(rule: Rule, target: float) -> None:
    tried = _around(rule, target)
    step = max(1, len(tried) // 40)
    rows = [row(actuals, (target,) * rule.measures, phrase(rule)) for actuals in tried[::step]]
    agree(frame_of(rows, float))


@given(st.integers(-5, 10**6), st.sampled_from([1, -1]), st.floats(4e-10, 6e-10) | st.floats(0, 1), st.integers(-3, 3))
def test_whole_steps_are_those_of_rounding_to_nine_decimals(whole: int, side: int, gap: float, floats: int) -> None:
    steps = whole + side * gap
    for _ in range(abs(floats)):
        steps = nextafter(steps, inf * floats)
    if steps < _MANY:
        numbers = np.array([steps])
        assert _ended(numbers) == np.floor(round(steps, 9))
        assert _begun(numbers) == np.ceil(round(steps, 9))


def test_what_counts_as_nothing_at_nine_decimals() -> None:
    assert round(ZERO, 9) == 0 < round(nextafter(ZERO, 1), 9)
    assert round(-ZERO, 9) == 0 > round(nextafter(-ZERO, -1), 9)


# --- the table ------------------------------------------------------------------------------------------------------

STEPS = "每低5个百分点扣3分"
ODD = (Decimal("0.12"), True, 10**400, "0.12", "", None, float("nan"), inf, "#KPI 除数为0", 1 + 2j, pd.Timestamp(0))


def test_cells_that_are_not_floats() -> None:
    agree(frame_of([row((odd,), (0.2,), STEPS) for odd in ODD] + [row((0.1,), (odd,), STEPS) for odd in ODD], object))


@pytest.mark.parametrize(
    "kind", ["float32", "int64", "Int64", "Float64", "bool", "boolean", "category", "str", "object"]
)
def test_columns_of_every_type_are_scored(kind: str) -> None:
    frame = pd.DataFrame({"actual": pd.array([0, 1, 1], kind), "target": [1, 1, 0], "rule": "每低1扣5分"})
    if kind not in ("float32", "int64", "bool"):
        frame.loc[3] = [None, 1, "每低1扣5分"]
    agree(frame)


def test_rules_and_units_of_every_kind() -> None:
    frame = frame_of(
        [
            row((0.1,), (0.2,), rule, unit)
            for rule in (STEPS, "每低5%扣3分", "every 1 pp short: -1", "", "?", None, 5, "#KPI x")
            for unit in ("%", "元", "", None)
        ]
    )
    result = agree(frame)
    assert result["problem"].nunique() == 5
    pd.testing.assert_frame_equal(score_frame(frame.astype({"unit": "category"})), result)


def test_a_score_that_overflows_on_the_scale_of_100_is_a_problem() -> None:
    table = pd.DataFrame({"actual": [1.7e308, 0.5], "target": [1.0, 1.0], "rule": "满分1分；按完成率得分"})
    scored = score_frame(table)
    assert scored["problem"].tolist() == ["数值过大", None]
    assert scored["score"].isna().tolist() == [True, False]


def test_a_veto_is_score_0_and_said() -> None:
    frame = pd.DataFrame({"actual": [0, 3], "rule": "每次扣5分；实际>2一票否决"}, index=["a", "b"])
    assert agree(frame).to_dict("index") == {
        "a": {"score": 100.0, "deducted": 0.0, "veto": False, "problem": None},
        "b": {"score": 0.0, "deducted": 0.0, "veto": True, "problem": None},
    }


def test_another_rule_for_all_rows() -> None:
    frame = pd.DataFrame(
        {"actual": [0.12, 0.2, None], "target": 0.2, "rule": "按完成率得分", "unit": "元"}, index=[7, 7, 8]
    )
    tried = score_frame(frame, "每低5%扣3分", "%")
    assert tried["score"].tolist()[:2] == [97, 100]
    assert tried.index.tolist() == [7, 7, 8]
    assert pd.isna(tried["score"].iloc[2])
    assert score_frame(frame, "每低5%扣3分")["score"].iloc[0] == 76


def test_more_rows_than_are_worked_on_at_a_time() -> None:
    sentences = [STEPS, "按完成率得分", "每次扣5分"]
    frame = pd.DataFrame({"actual": np.arange(30_000) % 7 / 4, "target": 1.0, "rule": sentences * 10_000})
    result = score_frame(frame)
    for sentence in sentences:
        rows = frame["rule"] == sentence
        pd.testing.assert_frame_equal(score_frame(frame[rows], sentence), result[rows])
    agree(frame.iloc[::1000])


def test_measures_beyond_the_columns_and_no_rows() -> None:
    frame = pd.DataFrame({"actual": [1.0], "target": [1.0], "rule": "每低1扣5分；「投诉」每次扣1分"})
    assert agree(frame)["problem"].tolist() == [reasons.TOO_FEW_MEASURES]
    assert score_frame(frame.iloc[:0]).empty
    assert score_frame(frame.iloc[:0], STEPS).empty
    with pytest.raises(KeyError, match="actual"):
        score_frame(frame.drop(columns="actual"))
    with pytest.raises(KeyError, match="rule"):
        score_frame(frame.drop(columns="rule"))


def test_filled_cells_beyond_the_measures_are_refused() -> None:
    veto = "实际>0一票否决"
    frame = pd.DataFrame(
        {
            "actual": [0.12, 0.12, None, 3.0, 1.0, "x"],
            "target": [0.2, 0.2, 0.2, 4.0, None, 0.2],
            "rule": [STEPS, STEPS, STEPS, "每低1扣5分；「投诉」每次扣1分", veto, STEPS],
            "actual_2": [None, 0.5, 0.5, 2.0, 1.0, None],
            "target_2": [None, None, None, None, None, 0.1],
        }
    )
    result = agree(frame)
    refused = result["problem"] == reasons.TOO_MANY_MEASURES
    assert refused.tolist() == [False, True, True, False, True, True]
    assert not result["veto"].any()


def test_scoring_cells_does_not_load_pandas() -> None:
    program = "import sys, xlkpi; assert not {'numpy', 'pandas'} & sys.modules.keys(); xlkpi.score_frame; import pandas"
    subprocess.run([sys.executable, "-c", program], check=True)
