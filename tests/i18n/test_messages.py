"""What is said about rules, in three languages: nothing untranslated, nothing mixed, and no text breaks the reader."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from functools import cache
from importlib.resources import files
from string import Formatter

import opencc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.rules.test_parser import read
from tests.support.messages import messages
from tests.support.pace import loops
from tests.support.rule_cases import spellings
from tests.support.strategies import rules
from xlkpi.functions import FUNCTIONS, kpi_explain, kpi_score, step_deduct, weighted_total
from xlkpi.i18n.languages import EN, HANS, HANT, LANGUAGES, language_of, to_traditional
from xlkpi.i18n.messages import say
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import MAX_LENGTH_ENGLISH, parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.scoring import reasons

# --- the language of a sentence -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("每低5个百分点扣3分", HANS),
        ("每低5個百分點扣3分", HANT),
        ("每低於5%扣3分", HANT),
        ("遲到每次扣5分", HANT),
        ("迟到每次扣5分", HANS),
        ("「遲到」每低5个百分点扣3分", HANS),  # a name may be of any language
        ("UV每低5个百分点扣3分", HANS),
        ("「late」每次扣5分", HANS),
        ("甲得100分", HANS),
        ("every 5 pp short: -3", EN),
        ('"遲到" each: -3', EN),
        ('"优秀": 100; "良好": 80', EN),
        (">= 3: 100; < 3: 0", EN),
        ('"every 5 pp short: -3"', EN),
        ("“每低5個百分點扣3分”", HANT),
        ("", HANS),
        ("5%", HANS),
        ("–", HANS),
    ],
)
def test_the_language_of_a_sentence(sentence: str, language: str) -> None:
    assert language_of(sentence) == language


# --- every message in every language --------------------------------------------------------------------------------


@cache
def english() -> dict[str, str]:
    return tomllib.loads(files("xlkpi.i18n").joinpath("messages.toml").read_text("utf-8"))


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_messages_are_found_where_they_are_said() -> None:
    assert {"目标值须大于0", "一票否决", "封顶写了两次", "计{steps}档", "低{share}", "「{label}」{said}"} <= messages()


@pytest.mark.parametrize("message", sorted(messages()))
def test_every_message_has_its_english(message: str) -> None:
    assert message in english()


@pytest.mark.parametrize(("message", "translated"), english().items())
def test_english_speaks_of_the_same_in_english(message: str, translated: str) -> None:
    assert fields(translated) == fields(message)
    assert not re.search("[\u4e00-\u9fff，；：？（）]", translated)
    assert len(say(message, EN)) <= 200  # a cell's text stands in a formula, which holds 255 characters


# Where Taiwan's appraisal forms say it in another way than the dictionary does.
TERMS = {
    "實際完成": "實際達成",
    "完成率": "達成率",
    "資料項": "資料項目",
    "單元格": "儲存格",
    "封頂": "上限",
    "上級評須": "主管評須",
}


@cache
def taiwan() -> opencc.OpenCC:
    return opencc.OpenCC("s2twp")


def by_dictionary(text: str) -> str:
    converted: str = taiwan().convert(text)
    for term, ours in TERMS.items():
        converted = converted.replace(term, ours)
    return converted


HELPS = {help.zh for function in FUNCTIONS for help in (function.help, *(a.help for a in function.arguments))}


@pytest.mark.parametrize("message", sorted(messages() | HELPS))
def test_traditional_messages_are_those_of_the_dictionary(message: str) -> None:
    assert to_traditional(message) == by_dictionary(message)


@given(rules())
def test_traditional_sentences_hold_no_simplified_characters(rule: Rule) -> None:
    own = re.sub("「[^」]*」", "", phrase(rule, HANT))
    if not hasattr(rule.base, "levels"):
        assert own == by_dictionary(own).replace("資料項目目", "資料項目")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cell_shows_its_text_in_the_language_of_its_rule(language: str) -> None:
    step = phrase(parse("每低于目标值5%扣3分"), language)
    veto = phrase(parse("每次扣1分；实际>3一票否决"), language)
    said = {
        HANS: ("目标值须大于0", "一票否决", "实际4次，扣4分，符合“实际>3”，一票否决", "实际完成须为数字"),
        HANT: ("目標值須大於0", "一票否決", "實際4次，扣4分，符合“實際>3”，一票否決", "實際達成須為數字"),
        EN: ("the target must be above 0", "veto", "actual 4, -4, as actual > 3, veto", "the actual must be a number"),
    }[language]
    assert kpi_score(1.0, 0.0, step) == step_deduct(1.0, 0.0, step) == f"#KPI {said[0]}"
    assert kpi_score(4.0, None, veto) == said[1]
    assert kpi_explain(4.0, None, veto) == said[2]
    assert kpi_score("x", 1.0, step) == f"#KPI {said[3]}"
    assert weighted_total([[said[1]], [90.0]], [[1.0], [1.0]]) == 0
    total = weighted_total([[said[1]], ["x"]], [[1.0], [1.0]])
    assert total == reasons.cell_text(reasons.SCORE_NOT_NUMBER, language)


def test_a_refusal_is_told_in_the_language_of_the_sentence() -> None:
    assert (
        kpi_score(1.0, 1.0, "each: -5; nonsense") == "#KPI scoring rule: “nonsense” does not say how to score or deduct"
    )
    assert kpi_score(1.0, 1.0, "每超1個百分點加1分") == "#KPI 評分標準：加分沒有上限：最多加幾分？"


# --- English and what no text may do --------------------------------------------------------------------------------

WORDS = (
    "every", "each", "per", "5", "80", "100", "0.5", "10,000", "%", "pp", "points", "short", "over", "off",
    "of target", "below target", ":", ";", ",", ".", "\n", "-", "+", "-3", "+1", "deduct", "achievement",
    "actual", "target", "score", "=", ">=", "<", "at least", "at most", "cap", "floor", "otherwise", "if",
    "veto", "linear", "from", "within", "free", "then", "after", "in all", "times", "out of", "pro rata",
    "part steps count whole", "full marks", "or more", "to", "good", "late arrivals", '"late"', "“", "x",
    "/", "and so on", "(cap)", "\u200b", "得", "「", "Ｅｖｅｒｙ",
)  # fmt: skip

sentences = st.sampled_from([s.sentence for s in spellings() if language_of(s.sentence) == EN])
units = st.sampled_from((None, "%", "days"))


@st.composite
def _edited(draw: st.DrawFn) -> str:
    """An English sentence with a few words put in, doubled or lost."""
    words = re.split(r"(\W+)", draw(sentences))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(words)))
        words[place : place + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(WORDS), max_size=2))
    return "".join(words)


@given(
    st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join) | _edited() | rules().map(lambda r: phrase(r, EN)),
    units,
)
@example("every 5 pp short: -3; " * 45, None)
@example("cap " + "9" * 900, None)
@example("x " * 500, None)
@example("- " * 500, "%")
@settings(max_examples=1000)
def test_any_english_is_read_or_refused_at_once(text: str, unit: str | None) -> None:
    assert loops(lambda: _read_anew(text, unit)) < 25
    rule = read(text, unit)
    if rule is not None:
        assert parse(phrase(rule, EN)) == rule


def _read_anew(text: str, unit: str | None) -> None:
    with suppress(RuleError):
        parse.__wrapped__(text, unit)


def test_an_english_sentence_has_an_end() -> None:
    parse("each: -1" + ";" * (MAX_LENGTH_ENGLISH - 8))
    with pytest.raises(RuleError, match="too long: 1001 characters"):
        parse("each: -1" + ";" * (MAX_LENGTH_ENGLISH - 7))


def test_english_names_are_kept_as_typed() -> None:
    rule = parse("each: -1; Slow-Moving Share: every 1 over: -1; 「Shop “A” No. 5」 each: -2")
    assert rule.labels == ("", "Slow-Moving Share", "Shop “A” No. 5")
    assert parse(phrase(rule, EN)).labels == rule.labels
