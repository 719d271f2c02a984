"""Sentence → rule: `parse("每低5%扣3分", unit="%")`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from xlkpi.i18n.languages import EN, HANS, language_of
from xlkpi.rules.lexicon.characters import Spelled, spelled, spelled_english
from xlkpi.rules.lexicon.patterns import Clauses, Match
from xlkpi.rules.lexicon.words import tokens
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.meanings import meant
from xlkpi.rules.parser.questions import asked, habit, unclosed, unread
from xlkpi.rules.parser.slots import Slots
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.resolver.build import build
from xlkpi.rules.resolver.conditions.bands import UntiledError
from xlkpi.rules.resolver.deciding import Way, ways
from xlkpi.rules.row import Row
from xlkpi.rules.rule import Rule
from xlkpi.rules.spelling import normalise

MAX_LENGTH = 500
MAX_LENGTH_ENGLISH = 1000
"""English needs twice as many letters, and more."""

_UNSPECIFIC = frozenset({
    "没有写出怎样得分或扣分", "“{shown}”是达到还是低于？", "分档没有覆盖全部数值", "两档之间有空隙或重叠", "两档重叠",
    "有两种得分办法，只能留一种", "“{clause}”：每次都算，还是仅算一次？", "“{said}”读不懂：没有写怎样得分或扣分",
})  # fmt: skip
"""Refusals that say less than the question of a habit does."""

_MOST_CUTS = 12
"""Ways of cutting a sentence into clauses that are followed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule, and the canonical sentence that says it in the language of the sentence read."""

    rule: Rule
    sentence: str


@lru_cache(maxsize=4096)
def parse(text: str, unit: str | None = None, row: Row | None = None) -> Rule:
    """Read a scoring rule.

    `unit` is the unit of the indicator's row; `row` is all that the row knows, and its unit counts before `unit`.
    Without them a sentence that they would settle is refused with the question.

    Raises `RuleError` with the position, the question that settles the matter, the readings between which it decides,
    and an example that tells them apart.
    """
    known = row if row is not None else Row(normalise(unit or "").strip() or None)
    return _parsed(text, known)


def read(text: str, row: Row) -> Reading:
    """Read a scoring rule with all that its row knows. Raises `RuleError` as `parse` does."""
    rule = parse(text, None, row)
    return Reading(rule, phrase(rule, language_of(text)))


def _parsed(text: str, row: Row) -> Rule:
    language = language_of(text)
    try:
        return _read(text, row, language)
    except RuleError as error:
        raise error.told(language) from None


def _read(text: str, row: Row, language: str) -> Rule:
    most = MAX_LENGTH_ENGLISH if language == EN else MAX_LENGTH
    if len(text) > most:
        raise RuleError("评分标准太长：{length}字，最多{most}字", length=len(text), most=most)
    words = tokens(text, language if language == EN else HANS)
    if not words or all(word.kind in ("semi", "comma") for word in words):
        raise RuleError("评分标准是空的")
    cuts, reached = Clauses(words, language if language == EN else HANS).readings(_MOST_CUTS)
    breaks = tuple(word.start for word in words if word.kind == "semi")
    found = [way for cut in cuts for way in _ways(text, cut, row, breaks)]
    rules = [way for way in found if way.rule is not None]
    if rules:
        return asked(rules, row, language)
    error = found[0].error if found else None
    known = habit(text, *_spelled(text, language), language)
    if known is not None and (error is None or error.source in _UNSPECIFIC):
        raise known
    if error is None:
        raise unread(text, words, reached, language, lambda corrected: _reads(corrected, row))
    raise unclosed(error, language) if isinstance(error, UntiledError) else error


def _spelled(text: str, language: str) -> Spelled:
    return spelled_english(text) if language == EN else spelled(text)


def _reads(text: str, row: Row) -> bool:
    """Whether a sentence has one reading."""
    language = EN if language_of(text) == EN else HANS
    words = tokens(text, language)
    cuts, _ = Clauses(words, language).readings(1)
    breaks = tuple(word.start for word in words if word.kind == "semi")
    try:
        rules = [way.rule for cut in cuts for way in _ways(text, cut, row, breaks) if way.rule is not None]
    except RuleError:
        return False
    return bool(rules) and all(rule == rules[0] for rule in rules)


def _ways(text: str, cut: tuple[Match, ...], row: Row, breaks: tuple[int, ...]) -> list[Way]:
    try:
        slots = Slots(text, breaks)
        clauses = [clause for match in cut for clause in meant(slots, match)]
    except RuleError as error:
        return [Way(None, error, ())]
    return list(ways(lambda open: build(list(clauses), row, open)))
