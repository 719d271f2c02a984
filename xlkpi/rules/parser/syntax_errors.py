"""Why the grammar stopped where it did: what was expected there, or which word may be meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from lark import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from xlkpi.i18n.languages import EN
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.not_rules import BANDS, EVENTS, RATIO, STEP
from xlkpi.rules.spelling import is_bare_label, normalise

Reads = Callable[[str], bool]
"""Whether the grammar takes a sentence; what it means is not asked."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What to say where the grammar expected all of these words."""

    message: str
    expected: frozenset[str]


_HINTS = (
    Hint("“{clause}”里第{nth}个字起“{said}”读不懂：这里应写得几分或扣几分", frozenset({"GETS", "MINUS"})),
    Hint("“{clause}”里第{nth}个字起“{said}”读不懂：这里应写扣几分或加几分", frozenset({"MINUS", "PLUS"})),
    Hint("“{clause}”里第{nth}个字起“{said}”读不懂：这里应写“分”", frozenset({"_MARK"})),
    Hint("“{clause}”里第{nth}个字起“{said}”读不懂：这里应写得几分", frozenset({"GETS"})),
    Hint("“{clause}”里第{nth}个字起“{said}”读不懂：若是另一句，请用“；”隔开", frozenset({"_SEP"})),
    Hint("“{clause}”里第{nth}个字起“{said}”读不懂：这里应写一个数", frozenset({"NUMBER"})),
)
_UNKNOWN = Hint("“{clause}”里第{nth}个字起“{said}”读不懂", frozenset())


def unread(
    text: str, spelled: str, places: list[int], error: UnexpectedInput, reads: Reads, language: str
) -> RuleError:
    """The refusal of a sentence that the grammar does not take."""
    place = _place(spelled, error)
    position = places[place] if place < len(spelled) else len(text)
    if spelled.startswith(("一票否决", "veto"), place):
        return RuleError("什么情况下一票否决？请写出条件", position=position, suggestions=("实际>0一票否决",))
    marked = normalise(text)
    if position >= len(text):
        last = max(marked.rfind(";"), marked.rfind(",")) + 1
        if is_bare_label(said := text[last:].strip()):
            start = text.index(said, last)
            return RuleError(
                "“{said}”读不懂：没有写怎样得分或扣分", position=start, suggestions=(STEP, RATIO), said=said
            )
    allowed = _allowed(error)
    if "_PER_TIME" in allowed:  # 迟到扣2分
        clause = _clause(text, marked, min(position, len(text) - 1))[0]
        advice = (EVENTS, "实际=0得100分；实际≥1得80分")
        return RuleError("“{clause}”：每次都算，还是仅算一次？", position=position, suggestions=advice, clause=clause)
    clause = _clause(text, marked, position)[0]
    said = text[position : position + 12]
    meant = _meant_in_english if language == EN else _meant_in_chinese
    near = next(meant(text, marked, position, reads), None)
    if near is not None:
        unknown, word, corrected = near
        return RuleError(
            "“{clause}”里第{nth}个字起“{said}”读不懂：“{unknown}”是“{near}”吗？" if said
            else "“{clause}”读不懂：“{unknown}”是“{near}”吗？",
            position=position, suggestions=(corrected, STEP),
            clause=clause, nth=position + 1, said=said, unknown=unknown, near=word,
        )  # fmt: skip
    if not said:
        ended = (f"{text}分", STEP) if reads(f"{text}分") else (STEP, BANDS)
        return RuleError("“{clause}”：句子没有写完", position=position, suggestions=ended, clause=clause)
    begins = "LABEL" in allowed  # a clause may begin here, so anything might be expected
    hint = _UNKNOWN if begins else next((hint for hint in _HINTS if hint.expected <= allowed), _UNKNOWN)
    return RuleError(
        hint.message, position=position, suggestions=(STEP, RATIO), clause=clause, nth=position + 1, said=said
    )


def _place(spelled: str, error: UnexpectedInput) -> int:
    if isinstance(error, UnexpectedCharacters):
        return error.pos_in_stream or 0
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return error.token.start_pos or 0
    return len(spelled)


def _allowed(error: UnexpectedInput) -> set[str]:
    """The kinds of words that the grammar would have taken."""
    if isinstance(error, UnexpectedToken):
        return set(error.accepts or error.expected)
    return set(getattr(error, "allowed", None) or ())


LONGEST_CLAUSE = 30


def _clause(text: str, marked: str, position: int) -> tuple[str, int]:
    """The clause that holds a position, as typed, and where it begins."""
    start = max(marked.rfind(mark, 0, position) for mark in ";,") + 1
    ends = [end for mark in ";," if (end := marked.find(mark, max(position, start))) >= 0]
    clause = text[start : min(ends, default=len(text))].strip()
    return (clause if len(clause) <= LONGEST_CLAUSE else clause[:LONGEST_CLAUSE] + "…"), start


# --- the word that may be meant -------------------------------------------------------------------------------------

_TRIES = 4

WORDS = (
    "每低", "每低于目标值", "每超", "每超出目标值", "每偏离", "每次", "扣", "加", "得", "分", "满分",
    "不得分", "完成率", "实际", "目标值", "个百分点", "达到目标", "不超过目标", "否则", "线性", "以上",
    "以下", "低于", "高于", "为基准", "允许", "累计", "共扣", "最多扣", "最多加", "封顶", "最低", "一票否决",
    "按比例", "不足一档按一档", "偏差", "以内不扣", "按完成率得分", "扣完为止", "以此类推",
)  # fmt: skip
LONGEST_WORD = max(map(len, WORDS))
ENGLISH_WORDS = (
    "every", "each", "short", "over", "off", "target", "actual", "achievement", "score", "cap", "floor", "linear",
    "otherwise", "veto", "points", "at", "least", "most", "below", "above", "within", "free", "then", "from",
    "after", "part", "steps", "count", "whole", "pro", "rata", "out", "of", "if", "deduct", "full", "marks",
)  # fmt: skip


def _meant_in_english(text: str, marked: str, position: int, reads: Reads) -> Iterator[tuple[str, str, str]]:
    """(unknown word, the word of the language it resembles, the sentence with that), the first of the clause first."""
    start = _clause(text, marked, position)[1]
    tried = 0
    for found in re.finditer("[A-Za-z]+", text[start : position + 12]):
        said = found.group()
        begin, end = start + found.start(), start + found.end()
        for word in get_close_matches(said.lower(), ENGLISH_WORDS, n=1, cutoff=0.7):
            if said.lower() != word and tried < _TRIES:
                tried += 1
                corrected = text[:begin] + word + text[end:]
                if reads(corrected):
                    yield said, word, corrected


def _meant_in_chinese(text: str, marked: str, position: int, reads: Reads) -> Iterator[tuple[str, str, str]]:
    """(unknown word, the word of the language it is one letter off, the sentence with that), the longest first."""
    start = _clause(text, marked, position)[1]
    tried = 0
    for size in range(LONGEST_WORD, 1, -1):
        for begin in range(max(start, position - 3), min(position + 2, len(text) - size + 1)):
            said = text[begin : begin + size]
            for word in filter(lambda word: _one_letter_off(said, word), WORDS):
                corrected = text[:begin] + word + text[begin + size :]
                tried += 1
                if reads(corrected):
                    yield said, word, corrected
                if tried == _TRIES:
                    return


def _one_letter_off(said: str, word: str) -> bool:
    """Whether one letter is another one, which has no meaning in the language: 每抵 for 每低, but not 每升."""
    if len(said) != len(word):
        return False
    off = [letter for letter, meant in zip(said, word, strict=True) if letter != meant]
    return len(off) == 1 and off[0] not in _LETTERS


_LETTERS = frozenset(
    "".join(WORDS)
    + "升降增减少差欠提前完成达到未不无错缺漏多超过以内外及含则即和或与；;，,。、：:「」 \n%％0123456789"
    + "０１２３４５６７８９"
)
