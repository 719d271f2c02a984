"""The value of a formula by the stored values of the cells that it reads; of formulas like ours and simple sums only.

What is shown in a returned form can so be confirmed without an engine: a formula that does anything else has no value.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from xlkpi.check.formulas.functions import FUNCTIONS, FormulaError, Plain, Unknown, as_number, as_text, compared
from xlkpi.xlsx.archive import coordinates
from xlkpi.xlsx.cells import CellTexts

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"]|"")*")
    | (?P<ref>(?:(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?
        \$?[A-Za-z]{1,3}\$?\d{1,7}(?::\$?[A-Za-z]{1,3}\$?\d{1,7})?(?![\w(.!]))
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
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
_TOLERANCE = 1e-6
"""Relative above 1."""
_DEEPEST = 60
_MOST_CELLS = 1_000
"""That one formula reads."""
_CACHED = 4096

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow,
}  # fmt: skip


class Area(NamedTuple):
    """A reference; sheet: "" for the formula's own. Rows and columns from 1, both ends included."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int


Read = Callable[[str, int, int], Plain]
"""Sheet ("" for the formula's own), row and column from 0 → the value of a cell, None where it is empty.

Raises `FormulaError` for an error and `Unknown` for a cell whose value is not known.
"""

_Node = tuple[str, object, tuple["_Node", ...]]
"""Kind (text, number, area, call, sign), what it is, and what it is applied to."""


def value_of(formula: str, read: Read) -> Plain:
    """The value of a formula without its =. Raises `Unknown` where it cannot be told, `FormulaError` for an error."""
    try:
        return _plain(_value(_parsed(formula), read))
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):  # odd arguments
        raise Unknown from None


def stored_value(
    rows: Sequence[Sequence[object]], errors: CellTexts, formulas: CellTexts, place: tuple[int, int]
) -> Plain:
    """The value of a cell of a sheet as formulas read it; a formula may show "", which is not empty."""
    row, column = place
    if place in errors:
        raise FormulaError(errors[place])
    value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
    if value == "":
        return "" if place in formulas else None
    if isinstance(value, str | bool | int | float):
        return value
    raise Unknown  # days and times


def same_value(shown: Plain, computed: Plain) -> bool:
    """Whether two values are the same but for rounding, also of numbers in a text; an empty one is as an empty text."""
    if isinstance(shown, int | float) and isinstance(computed, int | float):
        return abs(shown - computed) <= _TOLERANCE * max(1.0, abs(computed))
    if not (isinstance(shown, str | None) and isinstance(computed, str | None)):
        return False
    one, other = (_NUMBER.split(text or "") for text in (shown, computed))
    return one[::2] == other[::2] and all(map(same_value, map(float, one[1::2]), map(float, other[1::2])))


def areas_of(formula: str) -> Iterator[Area]:
    """The cells that a formula reads. Raises `Unknown` where it reads what is not written in it."""

    def walk(node: _Node) -> Iterator[Area]:
        if isinstance(node[1], Area):
            yield node[1]
        for part in node[2]:
            yield from walk(part)

    yield from walk(_parsed(formula))


# --- reading a formula ------------------------------------------------------------------------------------------------


@lru_cache(_CACHED)
def _parsed(formula: str) -> _Node:
    tokens, place = [], 0
    while formula[place:].strip():
        match = _TOKEN.match(formula, place)
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
        self.tokens, self.at, self.depth, self.cells = tokens, 0, 0, 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" else ""

    def take(self, wanted: str = "") -> tuple[str, str]:
        if self.at >= len(self.tokens) or (wanted and self.peek() != wanted):
            raise Unknown
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self, binding: int) -> _Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise Unknown
        left = self.operand()
        while self.peek() == "%" or _BINDING.get(self.peek(), 0) > binding:
            sign = self.take()[1]
            left = ("sign", "%", (left,)) if sign == "%" else ("sign", sign, (left, self.expression(_BINDING[sign])))
        self.depth -= 1
        return left

    def operand(self) -> _Node:
        kind, token = self.take()
        if kind == "text":
            return "text", token[1:-1].replace('""', '"'), ()
        if kind == "number":
            return "number", float(token), ()
        if kind == "word":
            return "number", token == "TRUE", ()
        if kind == "ref":
            area = _area(token)
            self.cells += (area.bottom - area.top + 1) * (area.right - area.left + 1)
            if self.cells > _MOST_CELLS:
                raise Unknown
            return "area", area, ()
        if kind == "call":
            return "call", token.upper(), tuple(self.arguments())
        if token in ("-", "+"):
            return "sign", f"unary {token}", (self.expression(_SIGN),)
        if token != "(":
            raise Unknown
        inner = self.expression(0)
        self.take(")")
        return inner

    def arguments(self) -> Iterator[_Node]:
        while self.peek() != ")":
            yield ("empty", None, ()) if self.peek() == "," else self.expression(0)
            if self.peek() != ")":
                self.take(",")
        self.take(")")


def _area(reference: str) -> Area:
    sheet, _, cells = reference.rpartition("!")
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    first, _, last = cells.replace("$", "").upper().partition(":")
    (top, left), (bottom, right) = coordinates(first), coordinates(last or first)
    return Area(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


# --- its value --------------------------------------------------------------------------------------------------------


def _value(node: _Node, read: Read) -> Plain | list[Plain]:
    kind, what, parts = node
    if isinstance(what, Area):
        return [
            read(what.sheet, row - 1, column - 1)
            for row in range(what.top, what.bottom + 1)
            for column in range(what.left, what.right + 1)
        ]
    if kind == "call":
        return _called(str(what), parts, read)
    if kind != "sign":
        return what  # type: ignore[return-value]
    values = [_plain(_value(part, read)) for part in parts]
    if what == "&":
        return as_text(values[0]) + as_text(values[1])
    if what in ("=", "<", ">", "<=", ">=", "<>"):
        return compared(str(what), *values)
    if what == "%":
        return as_number(values[0]) / 100
    if len(values) == 1:
        return -as_number(values[0]) if what == "unary -" else values[0]
    one, other = map(as_number, values)
    if what == "/" and other == 0:
        raise FormulaError("#DIV/0!")
    result = _ARITHMETIC[str(what)](one, other)
    if isinstance(result, complex):
        raise FormulaError("#NUM!")
    return result


def _called(name: str, parts: Sequence[_Node], read: Read) -> Plain:
    if name == "IF" and 2 <= len(parts) <= 3:
        met = as_number(_plain(_value(parts[0], read))) != 0
        chosen = parts[1] if met else parts[2] if len(parts) == 3 else ("number", False, ())
        return _plain(_value(chosen, read))
    if name == "IFERROR" and len(parts) == 2:
        try:
            return _plain(_value(parts[0], read))
        except FormulaError:
            return _plain(_value(parts[1], read))
    function = FUNCTIONS.get(name)
    if function is None:
        raise Unknown
    return function(*(_value(part, read) for part in parts))


def _plain(value: Plain | list[Plain]) -> Plain:
    """A value; a range of one cell is its value."""
    if not isinstance(value, list):
        return value
    if len(value) != 1:
        raise Unknown
    return value[0]
