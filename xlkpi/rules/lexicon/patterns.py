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
from functools import cache, lru_cache, reduce
from operator import or_

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


@dataclass(frozen=True, slots=True)
class _Kinds:
    """What a pattern says about the kinds of the words that it matches, as sets of bits.

    allowed: the kinds that may occur. needed: sets of kinds of each of which at least one must occur.
    """

    allowed: int = 0
    needed: tuple[int, ...] = ()

    def fit(self, present: int) -> bool:
        """Whether words of these kinds may match at all."""
        return not present & ~self.allowed and all(present & kinds for kinds in self.needed)

    def optional(self) -> _Kinds:
        return _Kinds(self.allowed)

    def then(self, other: _Kinds) -> _Kinds:
        return _Kinds(self.allowed | other.allowed, (*self.needed, *other.needed))

    def or_else(self, other: _Kinds) -> _Kinds:
        """One of the two: its narrowest need, or that of the other."""
        needed: tuple[int, ...] = ()
        if self.needed and other.needed:
            needed = (min(self.needed, key=int.bit_count) | min(other.needed, key=int.bit_count),)
        return _Kinds(self.allowed | other.allowed, needed)


class _Pattern:
    """One pattern. Its regular expression is compiled for the first words whose kinds fit: that takes a millisecond."""

    def __init__(self, means: str, text: str, table: Table) -> None:
        self.means, self.text, self.table = means, text, table
        self.kinds = table.kinds_of(text)
        self._compiled: re.Pattern[str] | None = None

    def match(self, letters: str, start: int, end: int) -> re.Match[str] | None:
        """The match of all letters from `start` to `end`."""
        if self._compiled is None:
            self._compiled = re.compile(self.table.expression(self.text))
        return self._compiled.fullmatch(letters, start, end)


class Table:
    """The patterns of a language."""

    def __init__(self, lexis: Lexicon) -> None:
        table = lexis.table
        kinds = ["text", "quoted", "num", "space", *lexis.kinds]
        self.letters = {kind: chr(0xE000 + index) for index, kind in enumerate(kinds)}
        self.hard = frozenset(table["hard"].split())
        soft = "".join(letter for kind, letter in self.letters.items() if kind not in self.hard)
        free = "".join(letter for kind, letter in self.letters.items() if kind not in table["never"].split())
        begin = "".join(self.letters[kind] for kind in table["may_begin"].split())
        first = f"(?:[{soft}]|[{begin}](?={self.letters['text']}))" if begin else f"[{soft}]"
        self.own = {"name": f"(?:{self.letters['quoted']}|{first}[{soft}]*?)", "free": f"[{free}]+?"}
        self.bits = {letter: 1 << index for index, letter in enumerate(self.letters.values())}
        named, said = (sum(self.bits[letter] for letter in set(letters)) for letters in (soft + begin, free))
        named |= self.bits[self.letters["quoted"]]
        self._own_kinds = {"name": _Kinds(named, (named,)), "free": _Kinds(said, (said,))}
        self.macros: dict[str, str] = table["macros"]
        self.separators = frozenset(table["separators"].split())
        self.ends = frozenset(table["ends"].split())
        self.patterns = [_Pattern(means, text, self) for means, texts in table["clauses"].items() for text in texts]

    @cache  # noqa: B019 - there is one table a language
    def _macro(self, name: str) -> str:
        if name in self.own:
            return self.own[name]
        return f"(?:{self.expression(self.macros[name])})"

    @cache  # noqa: B019 - there is one table a language
    def _macro_kinds(self, name: str) -> _Kinds:
        return self._own_kinds[name] if name in self._own_kinds else self.kinds_of(self.macros[name])

    @lru_cache(maxsize=4096)  # noqa: B019 - there is one table a language
    def fitting(self, present: int) -> tuple[_Pattern, ...]:
        """The patterns that may match words of these kinds."""
        return tuple(pattern for pattern in self.patterns if pattern.kinds.fit(present))

    def kinds_of(self, text: str) -> _Kinds:
        """What a pattern says about the kinds of its words."""
        pieces = [piece for piece in _PIECE.finditer(text) if not piece["slot"]]
        kinds, _ = self._alternatives(pieces, 0)
        return kinds

    def _alternatives(self, pieces: list[re.Match[str]], at: int) -> tuple[_Kinds, int]:
        """The kinds of a group from its first piece on, and the place behind it."""
        found, row = None, _Kinds()
        while at < len(pieces) and pieces[at]["mark"] != ")":
            piece = pieces[at]
            at += 1
            if piece["mark"] == "|":
                found, row = row if found is None else found.or_else(row), _Kinds()
                continue
            if piece["mark"] == "(":
                part, at = self._alternatives(pieces, at)
            elif piece["macro"]:
                part = self._macro_kinds(piece["macro"])
            else:
                bit = self.bits[self.letters[piece["kind"]]]
                part = _Kinds(bit, (bit,))
            if at < len(pieces) and pieces[at]["mark"] in ("?", "*", "+"):
                part = part if pieces[at]["mark"] == "+" else part.optional()
                at += 1
            row = row.then(part)
        return row if found is None else found.or_else(row), at + 1

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
        self.bits = [self.table.bits[letter] for letter in self.letters]

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
        for pattern in self.table.fitting(reduce(or_, self.bits[start:end])):
            found = pattern.match(self.letters, start, end)
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
