"""One rule said in many ways is one rule; a sentence with one thing changed is never the same rule."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.strategies import drawn, rules
from xlkpi.i18n.languages import EN, HANS, HANT
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule

# --- many ways ------------------------------------------------------------------------------------------------------

# What may stand for a piece of a canonical sentence, whatever stands around it. (pattern, ways)
SAME = {
    HANS: (
        (r"每低于目标值的", ("每低于目标的", "每低于目标值", "每少于目标值的")),
        (r"每低(?=[\d.])", ("每少", "每低于目标", "每差")),
        (r"每超(?=[\d.])", ("每高", "每超出", "每超过目标", "每多")),
        (r"每偏离(?=[\d.])", ("每偏差", "每偏离目标")),
        (r"每次(?=[扣加])", ("每发生一次", "每出现1次", "每1次", "每起")),
        (r"(?<!最多)(?<!共)扣(?=[\d.]+分)", ("扣减", "扣除", "减", "减去")),
        (r"个百分点", ("个点", "pp", "百分点", " 个百分点")),
        (r"，最多扣", ("，扣分不超过", "，至多扣", "，最高扣")),
        (r"，不足一档按一档", ("（不足一档按一档）", "，不足一档按一档计")),
        (r"，按比例(?=；|$)", ("，不足一档按比例", "，按比例扣分")),
        (r"完成率(?=[≥<>≤])", ("达成率", "完成率 ", "完成比例")),
        (r"得(?=[\d.]+分)", ("得到", "计", "获得", "，得")),
        (r"(?<![<≤])(实际|完成率)≥(?=[\d.])", (r"\1>=", r"\1 ≥ ", r"\1不低于", r"\1大于等于", r"\1大于或等于")),
        (r"(?<![<≤])(实际|完成率)≤(?=[\d.])", (r"\1<=", r"\1不超过", r"\1小于等于", r"\1不高于")),
        (r"(?<![<≤])(实际|完成率)<(?=[\d.])", (r"\1低于", r"\1小于", r"\1＜", r"\1 < ")),
        (r"(?<![<≤])(实际|完成率)>(?=[\d.])", (r"\1高于", r"\1大于", r"\1＞", r"\1超过")),
        (r"(?<=[\d.%])一票否决", ("，一票否决", "则一票否决", "的一票否决")),
        (r"；封顶(?=[\d.]+分)", ("；最高", "；上限", "，封顶")),
        (r"(?:(?<=^)|(?<=；))按完成率得分", ("按完成率计分", "得分=实际/目标×100", "按达成率得分", "得分=完成率×100")),
        (r"否则", ("其他", "其余")),
    ),
    HANT: (
        (r"每低(?=[\d.])", ("每少", "每低於目標")),
        (r"扣(?=[\d.]+分)", ("扣減", "減")),
        (r"達成率(?=[≥<>≤])", ("完成率", "達成率 ")),
        (r"；", (";", "； ")),
    ),
    EN: (
        (r"\bevery\b", ("each", "Every", "per", "for every")),
        (r"(?<=short|.over): -", (": minus ", ": deduct ", " -")),
        (r"\bachievement\b", ("Achievement", "the achievement")),
        (r"; ", (";  ", ";", "\n")),
        (r"(?<!< )(?<!= )\b(actual|achievement) >=", (r"\1 ≥", r"\1 at least", r"\1 no less than")),
        (r"(?<!< )(?<!= )\b(actual|achievement) <=", (r"\1 ≤", r"\1 at most", r"\1 no more than")),
    ),
}  # fmt: skip
NOISE = ("{}。", " {} ", "1、{}", "{}；", "{}！", "（1）{}")
FULL_WIDTH = str.maketrans("0123456789%.-", "０１２３４５６７８９％．－")
NUMERALS = {"1": "一", "3": "三", "5": "五", "10": "十", "12": "十二", "20": "二十"}


def ways(sentence: str, language: str, choose: random.Random) -> Iterator[str]:
    """The sentence with other words of the same meaning: one piece changed, then all that can be."""
    every = sentence
    for pattern, others in SAME[language]:
        if re.search(pattern, _bare(sentence)):
            other = choose.choice(others)
            yield _changed(pattern, other, sentence)
            every = _changed(pattern, other, every)
    yield every
    if language != EN:
        yield choose.choice(NOISE).format(sentence)
        yield sentence.translate(FULL_WIDTH)
        yield re.sub(r"(?<=[扣加每得超低])(\d+)(?=分|次)", lambda found: NUMERALS.get(found[1], found[1]), sentence)


def _bare(sentence: str) -> str:
    return re.sub("「[^」]*」", "", sentence)


def _changed(pattern: str, other: str, sentence: str) -> str:
    """A change everywhere but in names."""
    pieces = re.split('(「[^」]*」|"[^"]*")', sentence)
    return "".join(piece if place % 2 else re.sub(pattern, other, piece) for place, piece in enumerate(pieces))


@pytest.mark.parametrize("language", [HANS, HANT, EN])
@given(rule=rules(), seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_other_words_say_the_same_rule_or_are_refused(language: str, rule: Rule, seed: int) -> None:
    """Other words may leave a question (最高100分: of what?), and then no score; they are never another rule."""
    if isinstance(rule.base, Levels):
        return  # any word is a level
    for way in ways(phrase(rule, language), language, random.Random(seed)):
        try:
            assert parse(way) == rule, way
        except RuleError:
            continue


@pytest.mark.parametrize("language", [HANS, HANT, EN])
def test_nearly_all_other_words_are_read(language: str) -> None:
    read, refused = 0, []
    for seed, rule in enumerate(drawn(rules(), 80)):
        if isinstance(rule.base, Levels):
            continue
        for way in ways(phrase(rule, language), language, random.Random(seed)):
            try:
                parse(way)
                read += 1
            except RuleError as error:
                refused.append((way, error.message))
    assert len(refused) < 0.06 * read, refused[:20]


# --- one thing changed ----------------------------------------------------------------------------------------------

OTHER = {
    HANS: (
        ("每低", "每超"), ("每超", "每低"), ("每超", "每偏离"), ("每偏离", "每低"), ("扣", "加"), ("加", "扣"),
        ("得", "扣"),        ("个百分点扣", "扣"), ("≥", "<"), ("≥", ">"), ("<", "≤"), ("≤", ">"),
        (">", "≥"), ("达到", "低于"), ("完成率", "实际"), ("实际", "完成率"), ("封顶", "最低"), ("最低", "封顶"),
        ("一票否决", "得0分"), ("不足一档按一档", "不足一档不扣"), ("按比例", "不足一档按一档"),
        ("共", ""),        ("以内", "以外"), ("否则", ""), ("允许", "第"),
    ),
    EN: (
        ("short", "over"), ("over", "short"), (": -", ": +"), (": +", ": -"), (" pp over", " over"),
        ("% of target short", "% short"), (">=", "<"), (">=", ">"), ("<=", "<"), (">", ">="), ("achievement", "actual"),
        ("actual", "achievement"), ("cap", "floor"), ("floor", "cap"), ("at most", "at least"), ("veto", "0"),
        ("out of", ""), ("in all", ""), ("pro rata", ""),
    ),
}  # fmt: skip


def changed(sentence: str, language: str, choose: random.Random) -> Iterator[str]:
    """The sentence with one word or one number changed, wherever there is one."""
    for word, other in OTHER[language]:
        places = [found.start() for found in re.finditer(re.escape(word), sentence)]
        if places:
            place = choose.choice(places)
            yield sentence[:place] + other + sentence[place + len(word) :]
    if numbers := list(re.finditer(r"(?<![\d.])[1-9]\d*(?![\d.])", sentence)):
        number = choose.choice(numbers)
        yield sentence[: number.start()] + str(int(number[0]) + choose.choice((1, 7))) + sentence[number.end() :]


@pytest.mark.parametrize("language", [HANS, EN])
@given(rule=rules(), seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_one_thing_changed_is_another_rule_or_none(language: str, rule: Rule, seed: int) -> None:
    assume(all(adjustment.points for adjustment in rule.adjustments))  # 0 points are 0, however often
    sentence = phrase(rule, language)
    names = "".join(re.findall('「[^」]*」|"[^"]*"', sentence))
    for other in changed(sentence, language, random.Random(seed)):
        if "".join(re.findall('「[^」]*」|"[^"]*"', other)) != names:
            continue  # a name may be any word
        if "% of target free" in sentence and "% of target short" not in other:
            continue  # the dead band tells of what the steps are
        try:
            read = parse(other)
        except RuleError:
            continue
        assert (read, read.labels) != (rule, rule.labels), (sentence, other)
