"""The page 评分标准怎样写: every sentence in it scores or asks as the page says."""

from __future__ import annotations

import re

import pytest

from tests.support.paths import ROOT
from xlkpi.i18n.numbers import Value, number_written
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.scores import kpi_score

PAGE = (ROOT / "docs" / "rule-writing.zh.md").read_text("utf-8")


def _rows(header: str) -> list[list[str]]:
    """The rows of the table whose first header this is."""
    table = PAGE[PAGE.index(f"| {header} |") :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def _value(cell: str) -> Value:
    number = number_written(cell)
    return number if number is not None else cell or None


@pytest.mark.parametrize(("sentence", "unit", "actual", "target", "score"), _rows("句子"))
def test_a_sentence_scores_as_the_page_says(sentence: str, unit: str, actual: str, target: str, score: str) -> None:
    assert kpi_score(_value(actual), _value(target), sentence, unit or None) == pytest.approx(float(score), abs=1e-9)


@pytest.mark.parametrize(("sentence", "unit", "question"), _rows("这样写"))
def test_a_sentence_is_asked_about_as_the_page_says(sentence: str, unit: str, question: str) -> None:
    with pytest.raises(RuleError, match=re.escape(question)) as caught:
        parse(sentence, unit or None)
    assert caught.value.message == question
    for offered in caught.value.suggestions:
        parse(offered, unit or None)


def test_the_page_gives_ten_pieces_of_advice() -> None:
    assert re.findall(r"^(\d+)\. ", PAGE, re.MULTILINE) == [str(n) for n in range(1, 11)]
