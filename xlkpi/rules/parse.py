"""Sentence → rule: `parse("每低5%扣3分", unit="%")`."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from xlkpi.rules import english as english_text
from xlkpi.rules.assemble import assemble
from xlkpi.rules.language import EN, HANS, language_of
from xlkpi.rules.phrase import phrase
from xlkpi.rules.rule import Rule, RuleError
from xlkpi.rules.text import RESERVED, compact, is_bare_label, normalise

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
    spelled, places = english_text.spelled(text) if english else compact(text)
    try:
        tree = _grammar(english).parse(spelled)
    except UnexpectedInput as error:
        raise _refusal(text, spelled, places, error) from None
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


def _refusal(text: str, spelled: str, places: list[int], error: UnexpectedInput) -> RuleError:
    place = len(spelled)
    if isinstance(error, UnexpectedCharacters):
        place = error.pos_in_stream or 0
    elif isinstance(error, UnexpectedToken) and error.token.type != "$END":
        place = error.token.start_pos or 0
    position = places[place] if place < len(spelled) else len(text)
    if spelled.startswith(("一票否决", "veto"), place):
        return RuleError("什么情况下一票否决？请写出条件", position=position, suggestions=("实际>0一票否决",))
    if position >= len(text):
        marked = normalise(text)
        last = max(marked.rfind(";"), marked.rfind(",")) + 1
        if is_bare_label(said := text[last:].strip()):
            advice = ("每低5个百分点扣3分", "按完成率得分")
            place = text.index(said, last)
            return RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=place, suggestions=advice, said=said)
        advice = ("每低5个百分点扣3分", "完成率≥100%得100分；完成率<100%得0分")
        return RuleError("句子没有写完", position=position, suggestions=advice)
    return RuleError(
        "第{nth}个字起“{said}”读不懂",
        position=position,
        suggestions=("每低5个百分点扣3分", "按完成率得分"),
        nth=position + 1,
        said=text[position : position + 12],
    )
