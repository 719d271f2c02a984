"""Stage three: clauses. Patterns over the kinds of words, as the lexicon lists them, matched by regular expressions.

Every kind of word is one letter, so that a row of tokens is a string and a pattern a regular expression over it.
A pattern is written as kinds, macros `<name>`, slots `slot:kind`, `slot:<macro>` or `slot:(…)`, and the usual ( ) | ? *
and +. A name may stand where a pattern says so; it holds no word that is `hard`, and every other word of the language
in it costs, so that words are read as words wherever that is possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from xlkpi.rules.lexicon.words import Lexicon, Token, lexicon

_PIECE = re.compile(r"(?P<slot>[a-z_]+):|<(?P<macro>[a-z_]+)>|(?P<kind>[a-z_]+)|(?P<mark>[()|?*+])")
_MOST_BREAKS = 6
"""How many separators one clause may hold."""

Slots = dict[str, tuple[Token, ...]]


@dataclass(frozen=True, slots=True)
class Match:
    """A clause as matched: what it means, its tokens, and those of its slots."""

    means: str
    tokens: tuple[Token, ...]
    slots: Slots = field(hash=False)
    cost: int
    """How many words of the language its names hold."""

    def has(self, slot: str) -> bool:
        return slot in self.slots

    def kinds(self, slot: str) -> set[str]:
        return {token.kind for token in self.slots.get(slot, ())}


class _Pattern:
    """One pattern; its regular expression is compiled when a sentence has all the words that it cannot do without."""

    def __init__(self, means: str, text: str, table: Table) -> None:
        self.means, self.text, self.table = means, text, table
        self.needs = _needed(text)
        self._compiled: re.Pattern[str] | None = None

    @property
    def compiled(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.table.expression(self.text))
        return self._compiled


def _needed(text: str) -> frozenset[str]:
    """The kinds at the top of a pattern that are neither optional nor one of several."""
    if "|" in re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", text)):
        return frozenset()
    found, depth = set(), 0
    pieces = list(_PIECE.finditer(text))
    for place, piece in enumerate(pieces):
        if piece["mark"] == "(":
            depth += 1
        elif piece["mark"] == ")":
            depth -= 1
        elif piece["kind"] and not depth:
            following = pieces[place + 1]["mark"] if place + 1 < len(pieces) else None
            if following not in ("?", "*"):
                found.add(piece["kind"])
    return frozenset(found)


class Table:
    """The patterns of a language."""

    def __init__(self, lexis: Lexicon) -> None:
        table = lexis.table
        kinds = ["text", "quoted", "num", "space", *lexis.kinds]
        self.letters = {kind: chr(0xE000 + index) for index, kind in enumerate(kinds)}
        self.hard = frozenset(table["hard"].split())
        soft = "".join(letter for kind, letter in self.letters.items() if kind not in self.hard)
        free = "".join(letter for kind, letter in self.letters.items() if kind not in table["never"].split())
        first = soft + "".join(self.letters[kind] for kind in table["may_begin"].split())
        self.own = {"name": f"(?:{self.letters['quoted']}|[{first}][{soft}]*?)", "free": f"[{free}]+?"}
        self.macros: dict[str, str] = table["macros"]
        self.separators = frozenset(table["separators"].split())
        self.ends = frozenset(table["ends"].split())
        self.patterns = [_Pattern(means, text, self) for means, texts in table["clauses"].items() for text in texts]

    @cache  # noqa: B019 - there is one table a language
    def _macro(self, name: str) -> str:
        if name in self.own:
            return self.own[name]
        return f"(?:{self.expression(self.macros[name])})"

    def expression(self, text: str) -> str:
        """The regular expression of a pattern."""
        parts: list[str] = []
        slot = ""
        named = False
        for piece in _PIECE.finditer(text):
            if piece["slot"]:
                slot = f"?P<{piece['slot']}>"
                continue
            if piece["mark"] == "(":
                parts.append(f"({slot or '?:'}")
            elif piece["mark"]:
                parts.append("??" if named and piece["mark"] == "?" else piece["mark"])
            else:
                part = self._macro(piece["macro"]) if piece["macro"] else self.letters[piece["kind"]]
                parts.append(f"({slot}{part})" if slot else part)
            slot = ""
            named = piece["macro"] == "name"  # a name is taken only where nothing else fits
        return "".join(parts)


@cache
def table(language: str) -> Table:
    """The patterns that read sentences of a language."""
    return Table(lexicon(language))


class Clauses:
    """All ways in which the tokens of a sentence are clauses."""

    def __init__(self, words: list[Token], language: str) -> None:
        self.table = table(language)
        self.words = words
        self.letters = "".join(self.table.letters[word.kind] for word in words)
        present = {word.kind for word in words}
        self.patterns = [pattern for pattern in self.table.patterns if pattern.needs <= present]

    def breaks(self) -> list[int]:
        """Where a clause may end: before and after separators, and after what awards or deducts points.

        Not before 得, which awards what stands before it: 事故为零 | 得100分 are no two clauses.
        """
        words, separators, ends = self.words, self.table.separators, self.table.ends
        found = {0, len(words)}
        for place, word in enumerate(words):
            if word.kind in separators or word.kind in ("lp", "rp"):
                found |= {place, place + 1}
            elif word.kind in ends and (place + 1 == len(words) or words[place + 1].kind != "gets"):
                found.add(place + 1)
        return sorted(found)

    def between(self, start: int, end: int) -> Iterator[Match]:
        """What the tokens from `start` to `end` may mean as one clause."""
        for pattern in self.patterns:
            found = pattern.compiled.fullmatch(self.letters, start, end)
            if found is None:
                continue
            slots = {
                name: tuple(self.words[slice(*found.span(name))])
                for name, said in found.groupdict().items()
                if said is not None
            }
            yield Match(pattern.means, tuple(self.words[start:end]), slots, _cost(slots))

    def readings(self, most: int) -> tuple[list[tuple[Match, ...]], int]:
        """The cheapest ways of cutting all tokens into clauses, at most so many; and how far any way came.

        A way that takes fewer words of the language for names or comments is cheaper.
        """
        breaks = self.breaks()
        best: dict[int, tuple[int, list[tuple[Match, ...]]]] = {0: (0, [()])}
        reached = 0
        for index, start in enumerate(breaks):
            if start not in best:
                continue
            reached = start
            cost, ways = best[start]
            kind = self.words[start].kind if start < len(self.words) else ""
            if kind in (*self.table.separators, "lp", "rp"):
                _add(best, start + 1, cost, ways, most)
                if kind != "lp" or self.letters[start : start + 2] == self.table.letters["lp"] * 2:
                    continue  # no clause begins with it
            for end in breaks[index + 1 : index + 1 + 2 * _MOST_BREAKS]:
                for match in _preferred(list(self.between(start, end))):
                    if _runs_on(self.words, start, match, self.table):
                        continue
                    _add(best, end, cost + match.cost, [(*way, match) for way in ways], most)
        return best.get(len(self.words), (0, []))[1], reached


_INSTEAD = {
    "count_once": {"cond", "from_nth"}, "count": {"step", "cond"}, "first_of": {"cond", "count_once"},
    "from_nth": {"cond", "count_once", "count"}, "limit": {"cap", "floor", "at_zero"}, "start": {"scale"},
    "less_value": {"comment"}, "cond": {"named"}, "beyond": {"cond"}, "level_share": {"named"}, "none": {"named"},
}  # fmt: skip
"""Meanings that say more of the same words than others, which then are not looked at."""


def _preferred(found: list[Match]) -> list[Match]:
    return [
        match
        for match in found
        if not any(match.means in _INSTEAD.get(other.means, ()) and other.cost <= match.cost for other in found)
    ]


def _add(
    best: dict[int, tuple[int, list[tuple[Match, ...]]]],
    place: int,
    cost: int,
    ways: list[tuple[Match, ...]],
    most: int,
) -> None:
    known = best.get(place)
    if known is None or cost < known[0]:
        best[place] = (cost, list(ways))
    elif cost == known[0]:
        known[1].extend(way for way in ways[: most - len(known[1])] if way not in known[1])


def _runs_on(words: list[Token], start: int, match: Match, table: Table) -> bool:
    """Whether a clause with a name follows another without a separator: a missing ； must not make a name."""
    named = match.slots.get("name")
    parted = start == 0 or words[start - 1].kind in (*table.separators, "colon", "lp", "rp")
    return bool(named and not parted and named[0].kind != "quoted")


def _cost(slots: Slots) -> int:
    unsaid = 6 if "free" in slots else 0
    return unsaid + sum(
        sum(token.kind not in ("text", "quoted") for token in slots.get(slot, ())) * weight
        for slot, weight in (("name", 2), ("event", 2), ("free", 3), ("also", 2), ("inner", 2))
    )
