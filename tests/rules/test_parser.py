"""Sentence → rule: spellings, refusals, and what no text may do."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.support.fuzz import examples, timed_parse
from tests.support.pace import loops
from tests.support.rule_cases import Refusal, Spelling, refusals, spellings
from tests.support.strategies import rules
from xlkpi.i18n.languages import LANGUAGES, language_of
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.parse import MAX_LENGTH, parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule


@pytest.mark.parametrize("spelling", spellings(), ids=lambda spelling: spelling.id)
def test_spelling(spelling: Spelling) -> None:
    rule = parse(spelling.sentence, spelling.unit)
    assert phrase(rule, language_of(spelling.canonical)) == spelling.canonical
    assert parse(spelling.canonical) == rule


@pytest.mark.parametrize("refusal", refusals(), ids=lambda refusal: refusal.id)
def test_refusal(refusal: Refusal) -> None:
    with pytest.raises(RuleError) as caught:
        parse(refusal.rule, refusal.unit)
    error = caught.value
    assert all(words in error.message for words in refusal.words), error.message
    assert error.position is None or 0 <= error.position <= len(refusal.rule)
    if refusal.suggestions is not None:
        assert error.suggestions == refusal.suggestions
    for sentence in error.suggestions:
        parse(sentence, refusal.unit)


# --- what no text may do --------------------------------------------------------------------------------------------

UNITS = (None, "%", "元", "")
# Pieces of the language, so that random sentences get further than their first character.
WORDS = (
    "每低", "每超", "每次", "每偏离", "目标值", "个百分点", "%", "扣", "加", "减", "得", "分", "满分",
    "完成率", "实际", "≥", "<", "=", "达到目标", "否则", "线性", "：", "；", "，", "。", "\n", " ", "以",
    "为基准", "允许", "次", "之后", "累计", "共", "最多", "封顶", "最低", "一票否决", "不足一档按一档",
    "按比例", "以此类推", "按完成率得分", "按目标值÷实际值得分", "优秀", "「投诉」", "“", "滞销品占比",
    "以上", "以下", "（含）", "偏差", "以内不扣", "-", "每降低", "每增加", "每提前", "每逾期", "额完成", "（",
    "）", "[", "]", "且", "第", "一", "两", "三", "起", "件", "小时", "天", "万元", "发生", "不扣分",
    "不得分", "扣完为止", "最多扣完", "不倒扣", "超出每", "±", "得分", "÷", "×权重", "中间线性计算",
    "非此即彼", "未达标", "不足1%按1%计", "加分不超过", "分值", "本项", "投诉", "控制在", "一次", "及以上",
    "（不含）", "/次", "目标完成", "60+(P-80)/(100-80)×40", "0", "5", "80", "100", "0.5", "1,000", "達標",
    "無", "x", "\u200b",
)  # fmt: skip

any_text = st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=16).map("".join)
sentences = st.sampled_from([spelling.sentence for spelling in spellings()])
units = st.sampled_from(UNITS)


def read(text: str, unit: str | None) -> Rule | None:
    """The rule, or None where it is refused as a sentence should be."""
    try:
        return timed_parse(text, unit)
    except RuleError as refusal:
        error = refusal
    assert error.message
    assert error.position is None or 0 <= error.position <= len(text)
    for sentence in error.suggestions:
        parse(sentence, unit)
    return None


@given(any_text, units)
@example("", None)
@example("“”", None)
@example("-", None)
@example("每低0." + "0" * 400 + "1扣1分", None)
@example("每次扣" + "9" * 400 + "分", None)
@example("得分", None)
@settings(max_examples=examples(1000))
def test_any_text_is_read_or_refused(text: str, unit: str | None) -> None:
    rule = read(text, unit)
    if rule is not None:
        assert parse(phrase(rule)) == rule


@st.composite
def _edited(draw: st.DrawFn) -> str:
    """A valid sentence with a few letters or words lost, doubled, exchanged or put in."""
    text = draw(sentences)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        end = min(len(text), place + draw(st.integers(0, 4)))
        put_in = draw(st.sampled_from([*WORDS, *string.digits, "", "", text[place:end] * 2]))
        text = text[:place] + put_in + text[end:]
    return text


@given(_edited(), units)
@example("优秀一次5分", None)
@settings(max_examples=examples(1500))
def test_an_edited_sentence_is_read_or_refused(text: str, unit: str | None) -> None:
    rule = read(text, unit)
    if rule is not None:
        assert parse(phrase(rule)) == rule


SEPARATORS = "；;，,、。\n"


def names(rule: Rule) -> set[str]:
    """What the sentence names: measures and levels."""
    levels = getattr(rule.base, "levels", ())
    return {*rule.labels, *(name for name, _ in levels)}


@given(sentences | st.builds(phrase, rules(), st.sampled_from(LANGUAGES)), st.integers(0, 30), units)
@settings(max_examples=examples(500))
def test_a_lost_separator_never_becomes_part_of_a_name(text: str, which: int, unit: str | None) -> None:
    places = [place for place, letter in enumerate(text) if letter in SEPARATORS]
    assume(places)
    place = places[which % len(places)]
    whole, cut = read(text, unit), read(text[:place] + text[place + 1 :], unit)
    if whole is not None and cut is not None:
        assert names(cut) <= names(whole)


def test_positions_are_those_of_the_sentence_as_typed() -> None:
    text = "  每 低 5 个百分点扣 3 分 ；  每次克 3 分"
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert caught.value.position == text.index("每次克")


def test_a_sentence_has_an_end() -> None:
    parse("每次扣1分" + "；" * (MAX_LENGTH - 5))
    with pytest.raises(RuleError, match="太长：501字"):
        parse("每次扣1分" + "；" * (MAX_LENGTH - 4))


@pytest.mark.parametrize(
    "stem", ["每低", "每低5个百分点扣", "每抵", "扣分", "完成率", "「甲", "一", "（", "80%以上", "得分=", "1、", "不"]
)
def test_a_long_text_takes_no_longer_than_a_page_turns(stem: str) -> None:
    text = (stem * MAX_LENGTH)[:MAX_LENGTH]
    read("每次扣1分", None)  # the lexicon is loaded once
    assert loops(lambda: _read_anew(text)) < 25


def _read_anew(text: str) -> None:
    parse.cache_clear()
    read(text, None)


def test_labels_are_kept_as_typed() -> None:
    rule = parse("每次扣1分；“ＰＶ / UV 佔比”每超1扣1分；「退貨 率」每超1扣1分")
    assert rule.labels == ("", "ＰＶ / UV 佔比", "退貨 率")


@pytest.mark.parametrize("unit", ["%", "元", "次"])
def test_a_canonical_sentence_means_the_same_in_every_row(unit: str) -> None:
    for spelling in spellings():
        assert parse(spelling.canonical, unit) == parse(spelling.canonical), spelling.canonical
