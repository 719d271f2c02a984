"""The tree of a formula without its references: formulas that differ in these only have the same tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from xlkpi.check.formulas.functions import Unknown
from xlkpi.xlsx.archive import coordinates

CELL, AREA = "\ue000", "\ue001"
"""What stands, before a number, in the place of a reference to one cell, and to several. Nobody types these."""
_REFERENCE = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    | (?<![\w.!$\]])(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
        (?P<first>\$?[A-Za-z]{1,3}\$?\d{1,7})(?::(?P<last>\$?[A-Za-z]{1,3}\$?\d{1,7}))?(?![\w(.!])""",
    re.VERBOSE,
)
_TOKEN = re.compile(
    rf"""\s*(?:
    (?P<text>"(?:[^"]|"")*")
    | (?P<reference>[{CELL}{AREA}]\d+)
    | (?P<call>[^\W\d][\w.]*)\(
    | (?P<number>\d+\.?\d*(?:[Ee][+-]?\d+)?|\.\d+)
    | (?P<word>TRUE|FALSE)\b
    | (?P<sign><=|>=|<>|[-+*/^&=<>(),%])
    )""",
    re.VERBOSE,
)
_BINDING = {"=": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "<>": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}
_SIGN = 6
"""A sign binds more strongly than ^: -2^2 is 4 in spreadsheets."""
_DEEPEST = 60
_MOST_CELLS = 1_000
"""That one formula reads."""
_LONGEST = 8_192
"""Characters of a formula, as spreadsheets allow."""


class Area(NamedTuple):
    """A reference; sheet: "" for the formula's own. Rows and columns from 1, both ends included."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def cells(self) -> int:
        """How many cells it has."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


@dataclass(frozen=True, eq=False)
class Node:
    """Kind (text, number, cell, area, call, sign, empty), what it is, and what it is applied to.

    A cell or an area is the number of its reference. What a formula says twice is one node.
    """

    kind: str
    what: object
    parts: tuple[Node, ...] = ()


def split(formula: str) -> tuple[str, tuple[Area, ...]]:
    """A formula with `CELL` or `AREA` and a number for each reference, and the references by their numbers.

    Raises `Unknown` where it is too long or reads too many cells.
    """
    numbers: dict[Area, int] = {}
    if len(formula) > _LONGEST or CELL in formula or AREA in formula:
        raise Unknown

    def put(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        area = _area(match["sheet"] or "", match["first"], match["last"] or match["first"])
        return f"{CELL if area.cells == 1 else AREA}{numbers.setdefault(area, len(numbers))}"

    skeleton = _REFERENCE.sub(put, formula)
    if sum(area.cells for area in numbers) > _MOST_CELLS:
        raise Unknown
    return skeleton, tuple(numbers)


@lru_cache(4096)
def _area(sheet: str, first: str, last: str) -> Area:
    sheet = sheet.removesuffix("!")
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    try:
        (top, left), (bottom, right) = (coordinates(cell.replace("$", "").upper()) for cell in (first, last))
    except ValueError:
        raise Unknown from None
    if not (top and bottom):
        raise Unknown
    return Area(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def parsed(skeleton: str) -> Node:
    """The tree of a formula that was split. Raises `Unknown` where it is none that we know."""
    tokens: list[tuple[str, str]] = []
    place, end = 0, len(skeleton.rstrip())
    while place < end:
        match = _TOKEN.match(skeleton, place)
        if match is None or match.lastgroup is None:
            raise Unknown
        tokens.append((match.lastgroup, match[match.lastgroup]))
        place = match.end()
    parser = _Parser(tokens)
    node = parser.expression(0)
    if parser.at < len(tokens):
        raise Unknown
    return node


class _Parser:
    def __init__(self, tokens: Sequence[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0
        self._nodes: dict[tuple[str, str, tuple[int, ...]], Node] = {}

    def _node(self, kind: str, what: object, parts: tuple[Node, ...] = ()) -> Node:
        key = kind, repr(what), tuple(map(id, parts))
        if key not in self._nodes:
            self._nodes[key] = Node(kind, what, parts)
        return self._nodes[key]

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" else ""

    def take(self, wanted: str = "") -> tuple[str, str]:
        if self.at >= len(self.tokens) or (wanted and self.peek() != wanted):
            raise Unknown
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self, binding: int) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unknown
        left = self.operand()
        while self.peek() == "%" or _BINDING.get(self.peek(), 0) > binding:
            sign = self.take()[1]
            parts = (left,) if sign == "%" else (left, self.expression(_BINDING[sign]))
            left = self._node("sign", sign, parts)
        self.depth -= 1
        return left

    def operand(self) -> Node:
        kind, token = self.take()
        if kind == "text":
            return self._node("text", token[1:-1].replace('""', '"'))
        if kind == "number":
            return self._node("number", float(token))
        if kind == "word":
            return self._node("number", token == "TRUE")
        if kind == "reference":
            return self._node("cell" if token[0] == CELL else "area", int(token[1:]))
        if kind == "call":
            return self._node("call", token.upper(), tuple(self.arguments()))
        if token in ("-", "+"):
            return self._node("sign", f"unary {token}", (self.expression(_SIGN),))
        if token != "(":
            raise Unknown
        inner = self.expression(0)
        self.take(")")
        return inner

    def arguments(self) -> Iterator[Node]:
        while self.peek() != ")":
            yield self._node("empty", None) if self.peek() == "," else self.expression(0)
            if self.peek() != ")":
                self.take(",")
        self.take(")")
