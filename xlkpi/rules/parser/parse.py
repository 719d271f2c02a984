"""Sentence → rule: `parse("每低5%扣3分", unit="%")`."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree, UnexpectedInput

from xlkpi.i18n.languages import EN, HANS, language_of
from xlkpi.i18n.messages import say
from xlkpi.rules import spelling_en as english_text
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.not_rules import refuse_habits
from xlkpi.rules.parser.syntax_errors import unread
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.resolver.build import assemble
from xlkpi.rules.respell import respell
from xlkpi.rules.rule import Rule
from xlkpi.rules.spelling import RESERVED, compact, normalise

MAX_LENGTH = 500
MAX_LENGTH_ENGLISH = 1000
"""English needs twice as many letters, and more."""


@cache
def grammar(english: bool) -> Lark:
    """The grammar, built at the first parse; the words of the language end a name."""
    name, reserved = ("en.lark", english_text.RESERVED) if english else ("zh.lark", RESERVED)
    text = files("xlkpi.rules.parser").joinpath(name).read_text("utf-8").replace("(?!RESERVED)", f"(?!{reserved})")
    return Lark(text, parser="lalr", lexer="contextual", propagate_positions=True)


@lru_cache(maxsize=4096)
def parse(text: str, unit: str | None = None) -> Rule:
    """Read a scoring rule.

    `unit` is the unit of the indicator's row; it settles only what a bare per cent step means: percentage points
    where the unit is %, per cent of the target otherwise. Without a unit such a step is refused with that question.

    Raises `RuleError` with the position, the question that settles the matter and sentences that would parse.
    """
    unit = normalise(unit or "").strip() or None
    language = language_of(text)
    try:
        return _read(text, unit)
    except RuleError as error:
        offered = (_offered(sentence, unit, language, text) for sentence in error.suggestions)
        raise error.at(error.position, tuple(dict.fromkeys(filter(None, offered))), language) from None


def _offered(sentence: str, unit: str | None, language: str, refused: str) -> str | None:
    """A sentence to offer, in the language of the one refused; None where it would be refused itself."""
    try:
        rule = _read(sentence, unit)
    except RuleError:
        return None
    if language in (HANS, language_of(sentence)):
        return sentence
    return phrase(_renamed(rule, language, refused), language)


def _renamed(rule: Rule, language: str, refused: str) -> Rule:
    """The rule with the names of our own examples (投诉, 优秀) in a language; those of the sentence stay."""

    def name(told: str) -> str:
        return told if told in refused else say(told, language)

    if isinstance(rule.base, Levels):
        rule = replace(rule, base=Levels(tuple((name(level), points) for level, points in rule.base.levels)))
    return replace(rule, labels=tuple(map(name, rule.labels)))


def _read(text: str, unit: str | None) -> Rule:
    language = language_of(text)
    english = language == EN
    most = MAX_LENGTH_ENGLISH if english else MAX_LENGTH
    if len(text) > most:
        raise RuleError("评分标准太长：{length}字，最多{most}字", length=len(text), most=most)
    if not text.strip():
        raise RuleError("评分标准是空的", suggestions=("按完成率得分", "每低5个百分点扣3分"))
    if english:
        spelled, places = english_text.spelled(text)
    else:
        spelled, places = compact(text)
    refuse_habits(text, spelled, places, language)
    if not english:
        spelled, places = respell(spelled, places)
    try:
        tree = grammar(english).parse(spelled)
    except UnexpectedInput as error:
        raise unread(text, spelled, places, error, _reads, language) from None
    for part in tree.iter_subtrees():
        _move(part, places)
        if english:
            english_text.arrange(part)
    return assemble(tree, text, unit)


def _move(part: Tree[Token], places: list[int]) -> None:
    """Let the position of a part be that in the sentence as typed."""
    if not part.meta.empty:
        part.meta.start_pos = places[part.meta.start_pos]
        part.meta.end_pos = places[part.meta.end_pos - 1] + 1


def _reads(sentence: str) -> bool:
    """Whether the grammar takes a sentence; what it means is not asked."""
    english = language_of(sentence) == EN
    spelled = english_text.spelled(sentence)[0] if english else respell(*compact(sentence))[0]
    try:
        grammar(english).parse(spelled)
    except UnexpectedInput:
        return False
    return True
