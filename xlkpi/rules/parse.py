"""Sentence → rule: `parse("每低5%扣3分", unit="%")`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree, UnexpectedInput

from xlkpi.rules.assemble import assemble
from xlkpi.rules.language import HANS, language_of
from xlkpi.rules.phrase import phrase
from xlkpi.rules.refuse import refuse_traps, unread
from xlkpi.rules.respell import respell
from xlkpi.rules.rule import Rule, RuleError
from xlkpi.rules.text import RESERVED, compact, normalise

MAX_LENGTH = 500


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    grammar = files("xlkpi.rules").joinpath("zh.lark").read_text("utf-8").replace("(?!RESERVED)", f"(?!{RESERVED})")
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
    if len(text) > MAX_LENGTH:
        raise RuleError("评分标准太长：{length}字，最多{most}字", length=len(text), most=MAX_LENGTH)
    if not text.strip():
        raise RuleError("评分标准是空的", suggestions=("按完成率得分", "每低5个百分点扣3分"))
    plain, places = compact(text)
    refuse_traps(text, plain, places)
    spelled, places = respell(plain, places)
    try:
        tree = _grammar().parse(spelled)
    except UnexpectedInput as error:
        raise unread(text, spelled, places, error, lambda sentence: _reads(sentence, unit)) from None
    for part in tree.iter_subtrees():
        _move(part, places)
    return assemble(tree, text, unit)


def _move(part: Tree[Token], places: list[int]) -> None:
    """Let the position of a part be that in the sentence as typed."""
    if not part.meta.empty:
        part.meta.start_pos = places[part.meta.start_pos]
        part.meta.end_pos = places[part.meta.end_pos - 1] + 1


def _reads(sentence: str, unit: str | None) -> bool:
    try:
        _grammar().parse(respell(*compact(sentence))[0])
    except UnexpectedInput:
        return False
    return True
