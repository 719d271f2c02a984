"""Stage two: words. A sentence as tokens: words of the lexicon, numbers, names between quotation marks, other text.

The lexicon of a language (`lexicon/zh.toml`, `en.toml`) says which kind a word is of. The longest word counts. A word
that ends in # is one only before a number.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from xlkpi.i18n.languages import EN
from xlkpi.rules.lexicon.characters import spelled, spelled_english

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_QUOTED = re.compile("「([^\n「」]+)」")
_QUOTED_ENGLISH = re.compile('「([^\n「」]+)」|"([^"\n]+)"')
_NUMBER_AHEAD = re.compile(r"\s*-?[\d满零]")
_LATIN = re.compile("[a-z]+")
_SMALL = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or piece of text, and its place in the sentence as typed."""

    kind: str
    text: str
    start: int
    end: int
    """One behind its last character."""

    @property
    def number(self) -> Decimal:
        return Decimal(self.text)


@dataclass(frozen=True)
class Lexicon:
    """The words of a language and the patterns of its clauses."""

    english: bool
    words: dict[str, str]
    numeric: dict[str, str]
    """Words that are of this kind only before a number."""
    sizes: dict[str, tuple[int, ...]]
    """How long the words are that begin with a character, the longest first."""
    timed: re.Pattern[str] | None
    """Names that begin with a time."""
    noise: frozenset[str]
    """Kinds that say nothing and are left out."""
    table: dict[str, Any]

    def longest(self, text: str, place: int) -> Iterator[tuple[str, int, str]]:
        """The words that stand at a place of a text in lower case, the longest first: (kind, length, word)."""
        for size in self.sizes.get(text[place], ()):
            word = text[place : place + size]
            kind = self.words.get(word)
            if word in self.numeric and _NUMBER_AHEAD.match(text, place + size):
                kind = self.numeric[word]
            if kind and len(word) == size:
                yield kind, size, word

    @property
    def kinds(self) -> list[str]:
        return list(dict.fromkeys([*self.words.values(), *self.numeric.values()]))


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon that reads sentences of a language."""
    english = language == EN
    name = "en.toml" if english else "zh.toml"
    table = tomllib.loads(files("xlkpi.rules.lexicon").joinpath(name).read_text("utf-8"))
    words: dict[str, str] = {}
    numeric: dict[str, str] = {}
    for kind, listed in table["words"].items():
        for entry in listed.split("|" if english else " "):
            if not (word := entry.strip()):
                continue
            plain = word.removesuffix("#")
            (words if plain == word else numeric)[plain] = kind
    sizes: dict[str, set[int]] = {}
    for word in (*words, *numeric):
        sizes.setdefault(word[0], set()).add(len(word))
    longest = {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}
    timed = re.compile(table["timed"]) if "timed" in table else None
    return Lexicon(english, words, numeric, longest, timed, frozenset(table["noise"].split()), table)


def tokens(sentence: str, language: str) -> list[Token]:
    """The tokens of a sentence; what says nothing is left out."""
    lexis = lexicon(language)
    text, places = spelled_english(sentence) if lexis.english else spelled(sentence)
    found = _english(text, places, lexis) if lexis.english else _chinese(text, places, lexis)
    return [token for token in _joined(found) if token.kind not in lexis.noise]


def _joined(found: Iterator[Token]) -> list[Token]:
    """Pieces of text beside each other are one."""
    joined: list[Token] = []
    for token in found:
        if joined and token.kind == joined[-1].kind == "text":
            last = joined[-1]
            joined[-1] = Token("text", last.text + token.text, last.start, token.end)
        else:
            joined.append(token)
    return joined


def _chinese(text: str, places: list[int], lexis: Lexicon) -> Iterator[Token]:
    text = text.translate(_SMALL)
    place = 0
    while place < len(text):
        kind, size, said = _next_chinese(text, place, lexis)
        yield Token(kind, said, places[place], places[place + size - 1] + 1)
        place += size


def _next_chinese(text: str, place: int, lexis: Lexicon) -> tuple[str, int, str]:
    char = text[place]
    if char == "「" and (quoted := _QUOTED.match(text, place)):
        return "quoted", len(quoted.group()), quoted[1]
    if char.isdigit() and lexis.timed and (timed := lexis.timed.match(text, place)):
        return "text", len(timed.group()), timed.group()
    if char.isdigit() and (number := _NUMBER.match(text, place)):
        return "num", len(number.group()), number.group()
    for found in lexis.longest(text, place):
        return found
    if char.isspace():
        return "space", 1, char
    if latin := _LATIN.match(text, place):
        return "text", len(latin.group()), text[place : place + len(latin.group())]
    return "text", 1, char


_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def _english(text: str, places: list[int], lexis: Lexicon) -> Iterator[Token]:
    place = 0
    while place < len(text):
        kind, size, said = _next_english(text, place, lexis)
        if kind != "space":
            yield Token(kind, said, places[place], places[place + size - 1] + 1)
        place += size


def _next_english(text: str, place: int, lexis: Lexicon) -> tuple[str, int, str]:
    char = text[place]
    if char in '「"' and (quoted := _QUOTED_ENGLISH.match(text, place)):
        return "quoted", len(quoted.group()), quoted[1] or quoted[2]
    if char.isspace() and char != "\n":
        return "space", 1, char
    if char.isdigit() and (number := _NUMBER.match(text, place)):
        return "num", len(number.group()), number.group()
    for kind, size, word in lexis.longest(text, place):
        if _whole(text, place, size):
            return kind, size, word
    if other := _WORD.match(text, place):
        return "text", len(other.group()), other.group()
    return "text", 1, char


def _whole(text: str, place: int, size: int) -> bool:
    """Whether a piece of text is a word by itself, not a part of one."""
    end = place + size
    begins = not (text[place].isalpha() and place and text[place - 1].isalpha())
    return begins and not (text[end - 1].isalpha() and end < len(text) and text[end].isalpha())
