"""Sentence → rule: `parse("每低5%扣3分", unit="%")`."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from lark import Lark, Token, Tree, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from xlkpi.rules.assemble import assemble
from xlkpi.rules.rule import Rule, RuleError
from xlkpi.rules.text import RESERVED, compact, is_bare_label, normalise

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
    try:
        return _read(text, unit)
    except RuleError as error:
        suggestions = tuple(sentence for sentence in error.suggestions if _readable(sentence, unit))
        raise RuleError(error.message, error.position, suggestions) from None


def _readable(text: str, unit: str | None) -> bool:
    try:
        _read(text, unit)
    except RuleError:
        return False
    return True


def _read(text: str, unit: str | None) -> Rule:
    if len(text) > MAX_LENGTH:
        raise RuleError(f"评分标准太长：{len(text)}字，最多{MAX_LENGTH}字")
    if not text.strip():
        raise RuleError("评分标准是空的", suggestions=("按完成率得分", "每低5个百分点扣3分"))
    spelled, places = compact(text)
    try:
        tree = _grammar().parse(spelled)
    except UnexpectedInput as error:
        raise _refusal(text, spelled, places, error) from None
    for part in tree.iter_subtrees():
        _move(part, places)
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
    if spelled.startswith("一票否决", place):
        return RuleError("什么情况下一票否决？请写出条件", position, ("实际>0一票否决",))
    if position >= len(text):
        marked = normalise(text)
        last = max(marked.rfind(";"), marked.rfind(",")) + 1
        if is_bare_label(said := text[last:].strip()):
            advice = ("每低5个百分点扣3分", "按完成率得分")
            return RuleError(f"“{said}”读不懂：没有写怎样得分或扣分", text.index(said, last), advice)
        return RuleError("句子没有写完", position, ("每低5个百分点扣3分", "完成率≥100%得100分；完成率<100%得0分"))
    return RuleError(
        f"第{position + 1}个字起“{text[position : position + 12]}”读不懂",
        position,
        ("每低5个百分点扣3分", "按完成率得分"),
    )
