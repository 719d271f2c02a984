"""Sentence → rule: `parse("每低5%扣3分", unit="%")`."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree, UnexpectedInput

from xlkpi.rules import english as english_text
from xlkpi.rules.assemble import assemble
from xlkpi.rules.language import EN, HANS, language_of
from xlkpi.rules.phrase import phrase
from xlkpi.rules.refuse import refuse_traps, unread
from xlkpi.rules.respell import respell
from xlkpi.rules.rule import Rule, RuleError
from xlkpi.rules.text import RESERVED, compact, normalise

MAX_LENGTH = 500
MAX_LENGTH_ENGLISH = 1000
"""English needs twice as many letters, and more."""


@cache
def _grammar(english: bool) -> Lark:
    """The grammar, built at the first parse; the words of the language end a name."""
    name, reserved = ("en.lark", english_text.RESERVED) if english else ("zh.lark", RESERVED)
    grammar = files("xlkpi.rules").joinpath(name).read_text("utf-8").replace("(?!RESERVED)", f"(?!{reserved})")
    return Lark(grammar, parser="lalr", lexer="contextual", propagate_positions=True)


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
        suggestions = filter(None, (_offered(sentence, unit, language) for sentence in error.suggestions))
        raise error.at(error.position, tuple(suggestions), language) from None


def _offered(sentence: str, unit: str | None, language: str) -> str | None:
    """A sentence to offer, in the language of the one refused; None where it would be refused itself."""
    try:
        rule = _read(sentence, unit)
    except RuleError:
        return None
    return sentence if language == HANS else phrase(rule, language)


def _read(text: str, unit: str | None) -> Rule:
    english = language_of(text) == EN
    most = MAX_LENGTH_ENGLISH if english else MAX_LENGTH
    if len(text) > most:
        raise RuleError("评分标准太长：{length}字，最多{most}字", length=len(text), most=most)
    if not text.strip():
        raise RuleError("评分标准是空的", suggestions=("按完成率得分", "每低5个百分点扣3分"))
    if english:
        spelled, places = english_text.spelled(text)
    else:
        plain, places = compact(text)
        refuse_traps(text, plain, places)
        spelled, places = respell(plain, places)
    try:
        tree = _grammar(english).parse(spelled)
    except UnexpectedInput as error:
        raise unread(text, spelled, places, error, _reads) from None
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
    """Whether the grammar takes a sentence in Chinese; what it means is not asked."""
    try:
        _grammar(english=False).parse(respell(*compact(sentence))[0])
    except UnexpectedInput:
        return False
    return True
