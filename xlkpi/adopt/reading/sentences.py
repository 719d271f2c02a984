"""Reads the rules of a table: which sentence it is, and on which scale its points are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xlkpi.adopt.words import pattern
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Bands, Levels, RuleError
from xlkpi.rules.row import Row
from xlkpi.rules.rule import Rule
from xlkpi.scoring.rule_in_row import Asked, RuleInRow, choices, read_in_row


@dataclass(frozen=True)
class Sentence:
    """The rule of an indicator.

    text: what the role says, "" where the table says nothing. rule: None where the text is not read. question and
    choices: what has to be answered about it; "" for nothing.
    """

    text: str
    rule: Rule | None = None
    question: str = ""
    choices: tuple[str, ...] = ()


def sentence_of(texts: Sequence[str], label: str, row: Row) -> tuple[Sentence, tuple[str, ...]]:
    """The rule among the texts of an indicator, and the texts that are not it.

    Where two texts are rules and differ, it is a question; the first of them stays.
    """
    said = [text for text in dict.fromkeys(texts) if text]
    if not said:
        return Sentence("", None, COMMANDS("adopt_no_rule", label=label)), ()
    read = {text: rule for text in said if (rule := _read(text, row)) is not None}
    text = next((text for text in said if text in read), said[0])
    others = tuple(other for other in said if other != text)
    rivals = [other for other in others if other in read and read[other].rule != read[text].rule]
    if rivals:
        question = COMMANDS("adopt_two_rules", label=label, first=text, second=rivals[0])
        return Sentence(text, read[text].rule, question, (text, rivals[0])), others
    if text in read:
        return _settled(text, read[text], row, label), others
    try:
        read_in_row(text, row)
    except RuleError as error:
        asked = Asked(error).in_language(HANS)
        question = COMMANDS("adopt_rule", label=label, sentence=_short(text), question=asked)
        return Sentence(text, None, question, choices(error) or _by_its_name(text, label, row)), others
    raise AssertionError("a sentence that is read has no question")


_LONGEST = 40


def _short(text: str) -> str:
    """A sentence for a question: in one line, and not the whole of a long one."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _by_its_name(text: str, label: str, row: Row) -> tuple[str, ...]:
    """The sentence with 实际 where it names its own indicator (ROI<1.0得0分), where it can be read then."""
    names = [label, *re.findall("[A-Za-z]{2,}", label)]
    said = sorted((name for name in names if name in text), key=len, reverse=True)
    if not said:
        return ()
    plain = text.replace(said[0], COMMANDS("adopt_actual"))
    read = _read(plain, row)
    return (plain,) if read is not None and read.rule.measures == 1 else ()


def _read(text: str, row: Row) -> RuleInRow | None:
    try:
        return read_in_row(text, row)
    except RuleError:
        return None


def _settled(text: str, read: RuleInRow, row: Row, label: str) -> Sentence:
    if read.rule.measures > 1:
        names = tuple(name or label for name in read.rule.labels)
        return Sentence(text, read.rule, COMMANDS("adopt_two_measures", label=label, names=names))
    return Sentence(text, read.rule)


def hundreds(sentences: Sequence[Sentence]) -> bool:
    """Whether some sentence of a table is plainly on the scale of 100."""
    return any(pattern("hundred").search(one.text) is not None for one in sentences)


def tell_points(sentences: Sequence[Sentence]) -> bool:
    """Whether some sentence of a table is plainly on the scale of its own points (得10分 of an item of 10)."""
    return any(one.rule is not None and one.rule.scale != 100 for one in sentences)


def on_scale(sentence: Sentence, label: str, row: Row, table: Sequence[Sentence], *, in_points: bool) -> Sentence:
    """The sentence with the scale of its points.

    Deductions beside an item of 20 points are of these 20, where the table is one of points (`in_points`) and no
    sentence of it says otherwise; where one does, or where only other sentences are on the scale of their points, it
    is a question. What has a question already says the scale in it. row: its weight is the points of the item.
    """
    rule, points = sentence.rule, row.weight
    if points is None or points in (0, 100) or not (in_points or tell_points(table)):
        return sentence
    sure = in_points and not hundreds(table)
    if sentence.question:
        return _asked_on_scale(sentence, row, sure=sure)
    if rule is None or rule.scale != 100 or not _has_points(rule) or pattern("hundred").search(sentence.text):
        return sentence
    scaled = full_marks(sentence.text, points)
    read = _read(scaled, row)
    question = COMMANDS("adopt_scale", label=label, points=plain(points), sentence=sentence.text)
    if read is None or read.rule.scale != points:
        return Sentence(sentence.text, rule, question, (sentence.text,))
    if sure:
        return Sentence(scaled, read.rule)
    return Sentence(sentence.text, rule, question, (scaled, sentence.text))


def full_marks(text: str, points: Decimal) -> str:
    """A sentence with its full marks before it."""
    return COMMANDS("adopt_full_marks", points=plain(points), sentence=text)


def _asked_on_scale(sentence: Sentence, row: Row, *, sure: bool) -> Sentence:
    """A sentence with a question, which also says of how many points its points are.

    sure: whether they are those of the item, so that the text and each answer to copy say so; else both are offered.
    """
    assert row.weight is not None
    points = row.weight
    key = "adopt_of_points" if sure else "adopt_scale_too"
    question = COMMANDS(key, question=sentence.question, points=plain(points))
    offered: list[str] = []
    for choice in sentence.choices:
        scaled = _scaled(choice, row)
        offered += [scaled] if sure or scaled == choice else [scaled, choice]
    text = _scaled(sentence.text, row) if sure and sentence.text else sentence.text
    read = _read(text, row) if sentence.rule is not None else None
    return Sentence(text, read.rule if read else None, question, tuple(dict.fromkeys(offered)))


def _scaled(text: str, row: Row) -> str:
    """A sentence, read or not, with its full marks before it where it does not say its scale itself."""
    if pattern("hundred").search(text) or pattern("full_marks").match(text) or row.weight is None:
        return text
    read = _read(text, row)
    if read is not None and read.rule.scale == row.weight:
        return text if _read(text, replace(row, weight=None)) == read else read.sentence
    return full_marks(text, row.weight)


def _has_points(rule: Rule) -> bool:
    """Whether a rule names points, other than full marks and none."""
    if rule.adjustments:
        return True
    if isinstance(rule.base, Bands):
        return any(band.points not in (None, 0, 100) for band in rule.base.bands)
    return isinstance(rule.base, Levels)
