"""Several ratings of one indicator: by hand, and the built-in formula in two engines beside Python."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scoring.test_formula import agree
from tests.support.engines import CellContent, Shown, formualizer, libreoffice, write_cells
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES, language_of
from xlkpi.i18n.numbers import Value
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring import reasons
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.several.combined import Shares, combined
from xlkpi.scoring.several.native import native_combined

FIVE = "优秀得100分；良好得85分；合格得70分；待改进得50分；不合格得0分"
OF_TWENTY = "满分20分；优秀得20分；良好得16分；不合格得0分"
CAPPED = "卓越得120分；良好得80分；差得20分；封顶110分；最低40分"
ENGLISH = "excellent: 100; good: 80; poor: 0"
LEAD_ONLY, BOTH, THREE = (0.0, 1.0, 0.0), (0.3, 0.7, 0.0), (0.3, 0.5, 0.2)
WITHOUT_SELF, OTHERS_ONLY, SELF_ONLY = (0.0, 0.8, 0.2), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0)


def scored(ratings: Sequence[Value], shares: Shares, sentence: str = FIVE) -> Shown:
    """What a cell shows."""
    try:
        result = combined(ratings, shares, sentence, None)
    except ScoreError as error:
        return reasons.cell_text(error.told(language_of(sentence)).message)
    return "" if result is None else result.score


BY_HAND: list[tuple[Sequence[Value], Shares, str, float]] = [
    (("良好", "优秀", None), BOTH, FIVE, 85 * 0.3 + 100 * 0.7),
    (("良好", "优秀", 88.5), THREE, FIVE, 85 * 0.3 + 100 * 0.5 + 88.5 * 0.2),
    (("良好", "优秀", "无"), THREE, FIVE, (85 * 0.3 + 100 * 0.5) / 0.8),
    (("良好", "优秀", "None"), THREE, FIVE, (85 * 0.3 + 100 * 0.5) / 0.8),
    ((None, "合格", None), LEAD_ONLY, FIVE, 70),
    (("优秀", "合格", 100), LEAD_ONLY, FIVE, 70),
    (("优秀", None, None), SELF_ONLY, FIVE, 100),
    (("优秀", "不合格", 60), WITHOUT_SELF, FIVE, 0 * 0.8 + 60 * 0.2),
    ((None, "良好", "無"), WITHOUT_SELF, FIVE, 85),
    ((None, None, 0), OTHERS_ONLY, FIVE, 0),
    (("良好", "优秀", 18), THREE, OF_TWENTY, (16 * 0.3 + 20 * 0.5 + 18 * 0.2) * 5),
    (("卓越", "差", 110), THREE, CAPPED, 110 * 0.3 + 40 * 0.5 + 110 * 0.2),
    (("EXCELLENT", "Good", None), BOTH, ENGLISH, 100 * 0.3 + 80 * 0.7),
]


@pytest.mark.parametrize(("ratings", "shares", "sentence", "score"), BY_HAND)
def test_ratings_count_by_their_shares(ratings: Sequence[Value], shares: Shares, sentence: str, score: float) -> None:
    result = combined(ratings, shares, sentence, None)
    assert result is not None
    assert result.score == pytest.approx(score, rel=1e-12)
    assert sum(term.share for term in result.terms) == pytest.approx(1)
    own = sum(term.share * term.points for term in result.terms)
    assert own == pytest.approx(result.score * result.scale / 100)


REFUSED: list[tuple[Sequence[Value], Shares, str, str]] = [
    (("很好", "优秀", None), BOTH, FIVE, "自评"),
    ((100, "优秀", None), BOTH, FIVE, "自评"),
    (("优秀", "A", None), BOTH, FIVE, "上级评"),
    (("优秀", "优秀", 100.01), THREE, FIVE, "0到100"),
    (("优秀", "优秀", -0.01), THREE, FIVE, "0到100"),
    (("优秀", "优秀", "优秀"), THREE, FIVE, "他人评"),
    (("优秀", "优秀", "85"), THREE, FIVE, "他人评"),
    (("优秀", "良好", 20.5), THREE, OF_TWENTY, "0到20"),
    (("良好", "良好", 115), THREE, CAPPED, "0到110"),
    ((None, None, "无"), OTHERS_ONLY, FIVE, "没有计分的评级"),
]


@pytest.mark.parametrize(("ratings", "shares", "sentence", "told"), REFUSED)
def test_what_is_no_rating_is_refused(ratings: Sequence[Value], shares: Shares, sentence: str, told: str) -> None:
    shown = scored(ratings, shares, sentence)
    assert isinstance(shown, str)
    assert shown.startswith(reasons.PREFIX)
    assert told in shown


@pytest.mark.parametrize("shares", [BOTH, THREE, WITHOUT_SELF, OTHERS_ONLY])
def test_a_form_waits_for_every_rating_that_counts_and_for_no_other(shares: Shares) -> None:
    for lacking in range(3):
        ratings: list[Value] = ["良好", "良好", 85]
        for nothing in (None, ""):
            ratings[lacking] = nothing
            assert (combined(ratings, shares, FIVE, None) is None) is (shares[lacking] > 0)


def test_a_rule_without_levels_scores_no_ratings() -> None:
    """Also where somebody typed numbers: they would be taken for rates."""
    assert str(scored((0.9, 0.9, None), BOTH, "按完成率得分")).startswith(reasons.PREFIX)
    with pytest.raises(RuleError):
        combined(("优秀", "优秀", None), BOTH, "看着给分", None)


@given(st.sampled_from([100, 85, 70, 50, 0]), st.sampled_from([100, 85, 70, 50, 0]), st.integers(0, 1000))
def test_a_score_lies_between_its_ratings(own: int, lead: int, others: int) -> None:
    level = {100: "优秀", 85: "良好", 70: "合格", 50: "待改进", 0: "不合格"}
    points = (own, lead, others / 10)
    score = scored((level[own], level[lead], others / 10), THREE)
    assert isinstance(score, float)
    assert min(points) - 1e-9 <= score <= max(points) + 1e-9


def test_a_level_cannot_veto() -> None:
    """Else it would have to be said what the veto of one rater does to the ratings of the others."""
    for sentence in ("优秀得100分；不合格一票否决", "优秀得100分；合格得60分；实际>0一票否决"):
        with pytest.raises(RuleError):
            parse(sentence, None)


SELVES: tuple[Value, ...] = ("优秀", "不合格", "很好", None, 3.0, "#KPI 除数为0：订单数")
LEADS: tuple[Value, ...] = ("良好", "待改进", None, "x", '="良"&"好"')
OTHERS: tuple[Value, ...] = (0.0, 88.55, 100.0, 100.001, -1.0, "无", "NONE", "abc", None, '=""')


def _cases() -> list[tuple[Sequence[Value], Shares, str]]:
    usual = [(r, s, FIVE) for s in (LEAD_ONLY, BOTH, THREE, WITHOUT_SELF) for r in product(SELVES, LEADS, OTHERS)]
    alone = [(("优秀", "优秀", others), OTHERS_ONLY, FIVE) for others in OTHERS]
    return [*usual, *alone, *[(ratings, shares, sentence) for ratings, shares, sentence, _ in BY_HAND]]


@pytest.mark.parametrize("engine", ["formualizer", "libreoffice"])
def test_the_formula_shows_what_python_computes(engine: str, tmp_path: Path) -> None:
    cells: dict[str, CellContent] = {}
    found = _cases()
    for row, (ratings, shares, sentence) in enumerate(found, start=1):
        cells |= {f"{letter}{row}": value for letter, value in zip("ABC", ratings, strict=True) if value is not None}
        formula = native_combined(parse(sentence, None), [f"{c}{row}" for c in "ABC"], shares, language_of(sentence))
        cells[f"D{row}"] = f"={formula}"
    source, addresses = tmp_path / "书.xlsx", [f"D{row}" for row in range(1, len(found) + 1)]
    write_cells(source, cells)
    if engine == "formualizer":
        shown = formualizer.evaluate(source, addresses)
    else:
        libreoffice.require()
        (result,) = libreoffice.recalculate([source], tmp_path / "out")
        shown = libreoffice.shown(result, addresses)
    expected = [scored([_value(one) for one in ratings], shares, sentence) for ratings, shares, sentence in found]
    wrong = [
        (*case, e, s)
        for case, e, s in zip(found, expected, shown, strict=True)
        if not agree(e, s if s is not None else "")
    ]
    assert not wrong, wrong[:5]
    assert sum(isinstance(one, float) for one in expected) > 100


def _value(content: Value) -> Value:
    return {'=""': "", '="良"&"好"': "良好"}.get(content, content) if isinstance(content, str) else content


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_said_in_every_language(language: str) -> None:
    assert combined(("优秀", "优秀", words(language)("nobody")), THREE, FIVE, None) is not None
