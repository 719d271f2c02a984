"""The lexicon says one thing of each word, its patterns name what there is, and no text breaks what reads them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest

from tests.support.rule_cases import spellings
from xlkpi.i18n.languages import EN, HANS, LANGUAGES
from xlkpi.rules.lexicon.patterns import table
from xlkpi.rules.lexicon.words import lexicon
from xlkpi.rules.model import RuleError
from xlkpi.rules.parser.meanings import _MEANINGS
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring.scorer import ScoreError
from xlkpi.scoring.scores import kpi_score

SEPARATORS = {HANS: " ", EN: "|"}
OWN = {"name", "free", "text", "quoted", "num", "space"}

in_both = pytest.mark.parametrize("language", [HANS, EN])


@in_both
def test_a_word_is_of_one_kind(language: str) -> None:
    """But for a word that is another one before a number (达标 beside 达#)."""
    seen: dict[str, str] = {}
    for kind, listed in lexicon(language).table["words"].items():
        for word in filter(None, map(str.strip, listed.split(SEPARATORS[language]))):
            assert seen.setdefault(word, kind) == kind, word


@in_both
def test_patterns_name_kinds_and_macros_that_there_are(language: str) -> None:
    found = lexicon(language).table
    kinds, macros = OWN | set(found["words"]), set(found["macros"])
    patterns = [pattern for listed in found["clauses"].values() for pattern in listed] + list(found["macros"].values())
    for pattern in patterns:
        said = re.sub(r"[a-z_]+:", "", pattern)
        assert set(re.findall("<([a-z_]+)>", said)) <= macros | OWN, pattern
        assert set(re.findall("[a-z_]+", re.sub("<[a-z_]+>", "", said))) <= kinds, pattern
    for key in ("noise", "separators", "ends", "hard", "may_begin", "never"):
        assert set(found[key].split()) <= kinds


@in_both
def test_every_pattern_can_be_compiled(language: str) -> None:
    assert not any(pattern.match("", 0, 0) for pattern in table(language).patterns)


def test_every_meaning_has_its_clauses() -> None:
    means = {meaning for language in (HANS, EN) for meaning in lexicon(language).table["clauses"]}
    assert set(_MEANINGS) <= means


# --- any text -------------------------------------------------------------------------------------------------------

NUMBERS = (
    "1",
    "5",
    "80%",
    "100",
    "0.5",
    "3次",
    "10分",
    "5个百分点",
    "3天",
    "120%",
    "0",
    "三",
    "1,000",
    "-2",
    "½",
    "9" * 40,
)
UNITS = (None, "%", "次", "万元", "天")


def texts(choose: random.Random, number: int) -> Iterator[str]:
    """Words of the lexicon and numbers in any order, and cases that something was left out of or put into."""
    words = {language: [*lexicon(language).words, *lexicon(language).numeric] for language in (HANS, EN)}
    known = [spelling.sentence for spelling in spellings()]
    for _ in range(number):
        if choose.random() < 0.5:
            language = choose.choice((HANS, HANS, EN))
            pieces = [choose.choice(choose.choice((words[language], NUMBERS))) for _ in range(choose.randint(1, 14))]
            yield (" " if language == EN else "").join(pieces)
            continue
        text = choose.choice(known)
        for _ in range(choose.randint(1, 3)):
            start = choose.randrange(len(text) + 1)
            end = min(len(text), start + choose.randint(0, 4))
            put = choose.choice(
                (choose.choice(words[HANS]), choose.choice(NUMBERS), "", text[start:end] * 2, "，", "；")
            )
            text = text[:start] + put + text[end:]
        yield text


def test_any_text_is_a_rule_or_refused() -> None:
    """And a rule reads back in every language, scores or says why not, and suggestions are sentences."""
    choose = random.Random(1)
    read = 0
    for text in texts(choose, 2500):
        unit = choose.choice(UNITS)
        try:
            rule = parse.__wrapped__(text, unit)
        except RuleError as error:
            for suggestion in error.suggestions:
                parse(suggestion, unit)
            continue
        read += 1
        for language in LANGUAGES:
            assert parse.__wrapped__(phrase(rule, language)) == rule, text
        try:
            kpi_score([1.0] * rule.measures, [1.0] * rule.measures, rule, unit)
        except ScoreError:
            continue
    assert read > 100
