"""What English asks for before and after the grammar, so that the reader of Chinese sentences reads it too."""

from __future__ import annotations

import re

from lark import Token, Tree

_PUNCTUATION = {
    "；": ";", "。": ";", "\n": ";", "\r": ";", "、": ",", "\u3000": " ", "\t": " ", "\u00a0": " ",
    "≧": "≥", "≦": "≤", "⩾": "≥", "⩽": "≤", "–": "-", "—": "-", "−": "-", "～": "-", "~": "-",
    "×": "*", "✕": "*", "/": "÷", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
}  # fmt: skip
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SMALL = {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
_TRANSLATION = str.maketrans(
    {wide: _PUNCTUATION.get(half, half.lower()) for wide, half in _FULL_WIDTH.items()} | _SMALL | _PUNCTUATION
)
_FULL_STOP = re.compile(r"\.(?=\s|$)")
_ALL_QUOTED = re.compile(r'\s*"[^"]*"\s*')
# What nobody sees, and the comma of 10,000 (though not that of 80% 60,100% 100).
_DROPPED = re.compile(r"[\u200b\u200c\u200d\u2060\ufeff\u00ad]|(?<=\d),(?=\d{3}(?![\d%]))")

RESERVED = (
    r"\b(?:every|each|per|cap(?:ped)?|ceiling|floor|never below|at (?:most|least)|above|over|below|under|short|off"
    r"|more than|less than|achievement|actual|target|score|linear(?:ly)?|veto|otherwise|else|if|when|where|then"
    r"|within|free|allowed|up to|max(?:imum)?|min(?:imum)?|minus|deduct(?:ed)?|subtract|lose|lost|plus|add|gain"
    r"|points?|pts?|pps?|marks?|per ?cent|pro[ -]?rata|proportionally|part steps?|in (?:all|total)|altogether"
    r"|out of|from|after|baseline|based on|first(?= \d))\b"
)
"""The language's own words: text that holds one is a label between quotation marks only."""

_OUTCOMES = frozenset({"points", "by_ratio", "veto"})
_ONE = Token("NUMBER", "1")


def spelled(text: str) -> tuple[str, list[int]]:
    """The text in one spelling, and for each character of it the place in `text` where it stood."""
    same_length = _FULL_STOP.sub(";", text.translate(_TRANSLATION))
    if _ALL_QUOTED.fullmatch(same_length):
        same_length = same_length.replace('"', " ")
    dropped = {found.start() for found in _DROPPED.finditer(same_length)}
    places = [place for place in range(len(text)) if place not in dropped]
    return "".join(same_length[place] for place in places), places


def arrange(part: Tree[Token]) -> None:
    """Set one part of an English sentence in the order that Chinese has; a step without a number is one."""
    if part.data in ("conditional", "meet"):
        part.children.sort(key=lambda child: isinstance(child, Tree) and child.data in _OUTCOMES)
    elif part.data == "amount" and not any(child.type == "NUMBER" for child in part.children):  # type: ignore[union-attr]
        part.children.insert(0, _ONE)
