"""What a row settles is written into its cell, so that nothing that reads the cell later can read it otherwise."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from xlkpi.i18n.languages import EN, HANS
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.rule_in_row import Asked, choices, read_in_row, reading_of, row_of, says_itself
from xlkpi.scoring.scores import evaluate, kpi_score

TENTH = Fraction(1, 10)
BANDS = "≥95%得100分；≥90%得80分；<90%得0分"
POINTS = "实际≥3得10分；实际<3得6分"
SETTLED: list[tuple[str, dict[str, Any], str]] = [
    # sentence, what the row knows, what the cell has to say
    (BANDS, {"unit": "%", "target": 0.96}, "实际≥95%得100分；90%≤实际<95%得80分；实际<90%得0分"),
    (POINTS, {"unit": "个", "weight": TENTH}, "满分10分；实际≥3得10分；实际<3得6分"),
    ("优秀得10分；良好得8分", {"unit": "等级", "weight": 0.1}, "满分10分；优秀得10分；良好得8分"),
    ("每1%扣2分", {"unit": "%", "lower_is_better": True}, "每超1个百分点扣2分"),
    ("每1%扣2分", {"unit": "%", "lower_is_better": False}, "每低1个百分点扣2分"),
]
ALONE = [
    # what the sentence and its unit say, however little the rest of the row knows
    (BANDS, {"unit": "元", "target": 100.0}),
    ("每低5%扣3分", {"unit": "%", "weight": TENTH}),
    ("每低5%扣3分", {"unit": "元"}),
    ("每低于目标值5%扣3分", {"unit": "%"}),
    ("零失误得5分，失误一次扣2分", {"unit": "次", "weight": TENTH}),
    ("实际≥95%得100分；90%≤实际<95%得80分；实际<90%得0分", {"unit": "%", "target": 0.1}),
    ("满分10分；实际≥3得10分；实际<3得6分", {"unit": "个"}),
]
ASKED = [
    (BANDS, {"unit": "%", "target": 0.1}, "实际值，还是完成率"),
    (POINTS, {"unit": "个"}, "满分是10分，还是100分"),
    (POINTS, {"unit": "个", "weight": Fraction(1, 5)}, "满分是10分，还是100分"),
    ("每1%扣2分", {"unit": "%"}, "每低于目标扣分，还是每超过目标扣分"),
]
NUMBERS = (0.0, 0.02, 0.085, 0.089, 0.5, 0.9, 0.93, 0.949, 0.95, 1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize(("sentence", "known", "written"), SETTLED)
def test_what_only_the_row_settles_is_written_into_the_cell(sentence: str, known: dict[str, Any], written: str) -> None:
    read = read_in_row(sentence, row_of(**known))
    assert read.sentence == written
    assert not says_itself(sentence, read.rule, known["unit"])
    assert says_itself(written, read.rule, known["unit"])


@pytest.mark.parametrize(("sentence", "known"), ALONE)
def test_what_a_sentence_says_itself_stays_as_it_is(sentence: str, known: dict[str, Any]) -> None:
    assert read_in_row(sentence, row_of(**known)).sentence == sentence


@pytest.mark.parametrize(("sentence", "known"), [*((s, k) for s, k, _ in SETTLED), *ALONE])
def test_a_cell_scores_as_the_row_was_read_whatever_target_is_typed(sentence: str, known: dict[str, Any]) -> None:
    read = read_in_row(sentence, row_of(**known))
    for target in (0.001, 0.1, 0.9, 2.0):
        for actual in NUMBERS:
            if read.rule.counted(0) and actual != int(actual):
                continue
            given = "优秀" if "优秀" in sentence else actual
            outcome = evaluate(read.rule, [given], [target])
            assert outcome is not None
            assert kpi_score([given], [target], read.sentence, known["unit"]) == outcome.score


@pytest.mark.parametrize(("sentence", "known", "question"), ASKED)
def test_what_the_row_leaves_open_is_asked_with_both_sentences_and_an_example(
    sentence: str, known: dict[str, Any], question: str
) -> None:
    with pytest.raises(RuleError) as caught:
        read_in_row(sentence, row_of(**known))
    message = Asked(caught.value).in_language(HANS)
    assert question in message
    assert "时：" in message
    one, other = (parse(sentence, known["unit"]) for sentence in choices(caught.value))
    assert one != other
    assert question not in Asked(caught.value).in_language(EN)


def test_a_cell_asks_where_its_target_makes_both_readings_plausible() -> None:
    """`KPI_SCORE` is given a list of cells, the Python API a number: both must ask."""
    for target in (0.1, [0.1]):
        with pytest.raises(RuleError, match="实际值，还是完成率"):
            kpi_score(0.09, target, BANDS, "%")
    assert kpi_score([0.96], [0.96], BANDS, "%") == 100


@pytest.mark.parametrize(
    ("sentence", "unit", "reading"),
    [
        ("每低5%扣3分", "%", "每低5个百分点扣3分"),
        ("每低 5个百分点，扣3分", "%", "每低5个百分点扣3分"),
        ("每低 5 个百分点 扣 3 分", "%", None),
        ("每低５个百分点扣３分", "%", None),
        ("每低5个百分点扣3分", "%", None),
    ],
)
def test_a_reading_is_shown_where_it_says_more_than_the_sentence(sentence: str, unit: str, reading: str | None) -> None:
    assert reading_of(sentence, parse(sentence, unit)) == reading


def test_nothing_can_be_missing_from_a_target_of_0() -> None:
    """每缺1份 beside a target of 0 never deducts: whoever counts what is missing is asked before the form is made."""
    with pytest.raises(RuleError, match="与目标每差这么多就扣，还是每出现一次就扣"):
        parse("每缺1份扣5分", None, row_of("份", 0))
    assert kpi_score(3, 5, "每缺1份扣5分", "份") == 90
