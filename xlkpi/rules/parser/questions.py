"""Refusals: which of several readings is meant, which words are not understood, and what they may have meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice

from xlkpi.i18n.languages import EN
from xlkpi.i18n.messages import say
from xlkpi.i18n.numbers import plain
from xlkpi.rules.lexicon.words import Token, lexicon
from xlkpi.rules.meaning import VETO, Example, example
from xlkpi.rules.model import RuleError
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.resolver.conditions.bands import UntiledError
from xlkpi.rules.resolver.deciding import Question, Way
from xlkpi.rules.row import Row
from xlkpi.rules.rule import Rule

_MOST_READINGS = 4


def asked(found: list[Way], row: Row, language: str) -> Rule:
    """The one rule of all ways. Raises the question between the first two of them that score differently."""
    rules: list[Rule] = []
    for way in found:
        assert way.rule is not None
        if way.rule not in rules:
            rules.append(way.rule)
    if len(rules) == 1:
        return rules[0]
    question = _question(found)
    apart = next((told for other in rules[1:] if (told := example(rules[0], other, row.target, rate=row.rate))), None)
    readings = tuple((phrase(rule, language), rule) for rule in rules[:_MOST_READINGS])
    message, values = question.message, dict(question.values)
    error = RuleError(
        message, language, position=question.position, suggestions=tuple(sentence for sentence, _ in readings),
        readings=readings, example=None if apart is None else _shown(apart, rules[0], row, language), **values,
    )  # fmt: skip
    raise error


def _question(found: list[Way]) -> Question:
    """What the first two different readings were asked."""
    first = found[0]
    for other in found[1:]:
        if other.rule == first.rule:
            continue
        for (a, _, question), (b, _, _) in zip(first.answers, other.answers, strict=False):
            if a != b:
                return question
    return Question("这句话有两种读法：是哪一种？", None, {})


def _shown(told: Example, rule: Rule, row: Row, language: str) -> str:
    """实际4%、目标3%时：98分，还是34分？"""
    percent = row.rate or rule.shows_percent(0)
    one, other = (_points(score, language) for score in told.scores)
    actual = _number(told.actual, percent)
    if told.target is None:
        return say("实际{actual}时：{one}，还是{other}？", language, actual=actual, one=one, other=other)
    target = _number(told.target, percent)
    return say(
        "实际{actual}、目标{target}时：{one}，还是{other}？",
        language,
        actual=actual,
        target=target,
        one=one,
        other=other,
    )


def _number(number: Fraction, percent: bool) -> str:
    return f"{plain(round(float(number * 100), 2))}%" if percent else plain(round(float(number), 4))


def _points(score: Fraction | str | None, language: str) -> str:
    if score == VETO or not isinstance(score, Fraction):
        return say("一票否决", language)
    return say("{points}分", language, points=plain(round(float(score), 2)))


# --- what is not understood -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """A habit of appraisal forms that is no rule, found by a regular expression, and its question."""

    pattern: re.Pattern[str]
    message: str


@cache
def _habits(language: str) -> tuple[_Known, ...]:
    listed = lexicon(language).table["questions"]
    return tuple(_Known(re.compile(f"{_QUOTED}|(?P<said>{entry['said']})"), entry["message"]) for entry in listed)


_QUOTED = '「[^」]*」|"[^"]*"'


def habit(text: str, spelled: str, places: list[int], language: str) -> RuleError | None:
    """The question of the first habit that a refused sentence shows."""
    found = [
        (match.start("said"), match["said"], known.message)
        for known in _habits(language)
        for match in known.pattern.finditer(spelled)
        if match["said"]
    ]
    if not found:
        return None
    start, said, message = min(found)
    shown = text[places[start] : places[start + len(said) - 1] + 1].strip()
    return RuleError(message, position=places[start], said=shown)


def unread(text: str, words: list[Token], reached: int, language: str, reads: Callable[[str], bool]) -> RuleError:
    """The refusal of a sentence of which some words are in no clause, by name."""
    start = words[reached].start if reached < len(words) else len(text)
    behind = next((w.start for w in words[reached + 1 :] if w.kind in ("semi", "comma")), len(text))
    clause = text[start:behind].strip()
    shown = clause if len(clause) <= _SHOWN else clause[:_SHOWN] + "…"
    if language != EN and clause and clause[-1].isdigit() and reads(f"{text[:behind]}分{text[behind:]}"):
        corrected = f"{text[:behind]}分{text[behind:]}"
        return RuleError(
            "“{clause}”：句子没有写完：“{number}”后面是“分”吗？",
            position=behind - 1,
            clause=shown,
            suggestions=(corrected,),
            number=clause[-1],
        )
    near = _near(text, start, behind, language, reads)
    if near is not None:
        unknown, word, corrected, place = near
        return RuleError(
            "“{clause}”读不懂：“{unknown}”是“{near}”吗？",
            position=place,
            suggestions=(corrected,),
            clause=shown,
            unknown=unknown,
            near=word,
        )
    return RuleError("“{clause}”读不懂：没有写怎样得分或扣分", position=start, clause=shown)


def unclosed(error: UntiledError, language: str) -> RuleError:
    """The refusal of bands with a gap, with the sentences that close it."""
    sentences = tuple(phrase(rule, language) for rule in error.repaired)
    return RuleError(error.source, position=error.position, suggestions=sentences, **error.values)  # type: ignore[arg-type]


_SHOWN = 60
"""Characters of a clause that a refusal repeats."""
_TRIES = 12
"""Words one letter off that are tried."""


def _near(
    text: str, start: int, end: int, language: str, reads: Callable[[str], bool]
) -> tuple[str, str, str, int] | None:
    """(unknown word, the word that it is one letter off, the sentence with that, its place)."""
    for unknown, word, place in islice(_candidates(text, start, end, language), _TRIES):
        corrected = text[:place] + word + text[place + len(unknown) :]
        if reads(corrected):
            return unknown, word, corrected, place
    return None


def _candidates(text: str, start: int, end: int, language: str) -> Iterator[tuple[str, str, int]]:
    """(what is written, the word that it may be meant for, its place)."""
    table = lexicon(language).table["near"]
    if language == EN:
        from difflib import get_close_matches

        for match in re.finditer("[A-Za-z]+", text[start:end]):
            typed = match.group()
            near = get_close_matches(typed.lower(), table.split(), n=1, cutoff=0.7)
            yield from ((typed, word, start + match.start()) for word in near if word != typed.lower())
        return
    for slip in lexicon(language).table["slips"].split():
        wrong, right = slip.split(":")
        if wrong in text[start:end]:
            yield wrong, right, text.index(wrong, start, end)
    words = sorted(table.split(), key=len, reverse=True)
    known = frozenset("".join(words)).union("0123456789，,；;。 、")
    strange = [place for place in range(start, end) if text[place] not in known]
    for word in words:
        for place in strange:
            for at in range(len(word)):
                begin = max(place - at, start)
                said = text[begin : min(begin + len(word), end)]
                if said == word[:at] + text[place] + word[at + 1 :]:
                    yield said, word, begin
