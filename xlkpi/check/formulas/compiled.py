"""A formula as a Python function: the same formula stands in a form of every person, so it is worth translating once.

Each part of the formula becomes a statement or two, in the order in which spreadsheets calculate it. What they leave
out, such as the other branch of IF, is in a branch of the function, too. The source is made of names and of numbers
only: texts and whatever else people type are constants that are handed to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any

from xlkpi.check.formulas.functions import FUNCTIONS, FormulaError, Plain, Unknown, as_number, as_text, order
from xlkpi.check.formulas.syntax import Node, parsed

Read = Callable[[Any], Plain]
"""The place of a cell → its value, None where it is empty.

Place: row and column from 0, after the name of its sheet where that is not the formula's. Raises `FormulaError` for an
error and `Unknown` for a cell whose value is not known.
"""
Compiled = Callable[[Read, Sequence[Any]], Plain]
"""A reading function, and the place or places of each reference → the value of the formula."""

_NUMBER, _TEXT, _TRUTH, _VALUE, _CELL, _AREA = "number", "text", "truth", "value", "cell", "area"
"""What is known of a result; a cell is handed to functions as a range of one."""
_CACHED = 2048
_COMPARED = {"=": "==", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
_ODD = (ArithmeticError, LookupError, RecursionError, SyntaxError, TypeError, ValueError)
"""What odd arguments raise, and formulas that are nested more deeply than Python allows."""


def evaluated(function: Compiled, read: Read, places: Sequence[Any]) -> Plain:
    """The value of a formula. Raises `Unknown` where it cannot be told, `FormulaError` for an error."""
    try:
        return function(read, places)
    except _ODD:
        raise Unknown from None


@lru_cache(_CACHED)
def compiled(skeleton: str) -> Compiled:
    """The function of a formula that was split. Raises `Unknown` where the formula is none that we know."""
    try:
        writer = _Writer()
        writer.say(f"return {writer.plain(parsed(skeleton))[0]}")
        source = "\n".join(("def formula(read, places):", *writer.lines))
        names = dict(_NAMES) | {f"c{number}": constant for number, constant in enumerate(writer.constants)}
        exec(compile(source, "formula", "exec"), names)
    except _ODD:
        raise Unknown from None
    function: Compiled = names["formula"]
    return function


class _Writer:
    """Writes the statements of a formula. A result is (its expression, a name or a constant; what is known of it)."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: list[object] = []
        self._names, self._depth = 0, 1

    def say(self, line: str) -> None:
        self.lines.append(" " * self._depth + line)

    def plain(self, node: Node) -> tuple[str, str]:
        """A single value; a range of several cells is none."""
        name, kind = self._result(node)
        if kind == _AREA:
            self.say("raise Unknown")
        return name, _VALUE if kind in (_CELL, _AREA) else kind

    def text(self, node: Node) -> str:
        name, kind = self.plain(node)
        return name if kind == _TEXT else self._new(f"{name} if type({name}) is str else as_text({name})")

    def condition(self, node: Node) -> str:
        name, kind = self.plain(node)
        return name if kind in (_NUMBER, _TRUTH) else f"as_number({name})"

    def _new(self, expression: str) -> str:
        self._names += 1
        self.say(f"v{self._names} = {expression}")
        return f"v{self._names}"

    def _constant(self, value: object) -> str:
        self.constants.append(value)
        return f"c{len(self.constants) - 1}"

    def _result(self, node: Node) -> tuple[str, str]:
        match node.kind:
            case "number":
                known = _TRUTH if isinstance(node.what, bool) else _NUMBER
                return repr(node.what) if isfinite(node.what) else self._constant(node.what), known  # type: ignore[arg-type]
            case "text":
                return self._constant(node.what), _TEXT
            case "empty":
                return "None", _VALUE
            case "cell":
                return self._new(f"read(places[{node.what}])"), _CELL
            case "area":
                return self._new(f"list(map(read, places[{node.what}]))"), _AREA
            case "call":
                return self._called(str(node.what), node.parts)
        return self._joined(str(node.what), node.parts)

    # --- operators ----------------------------------------------------------------------------------------------------

    def _joined(self, sign: str, parts: Sequence[Node]) -> tuple[str, str]:
        if sign in _COMPARED:
            return self._compared(sign, *parts), _TRUTH
        if sign == "unary +":
            return self.plain(parts[0])
        if sign == "&":
            one, other = (self.text(part) for part in parts)
            return self._new(f"{one} + {other}"), _TEXT
        numbers = self._numbers(parts)
        if sign == "unary -":
            return self._new(f"-{numbers[0]}"), _NUMBER
        if sign == "%":
            return self._new(f"{numbers[0]} / 100"), _NUMBER
        if sign in "+-*":
            return self._new(f"{numbers[0]} {sign} {numbers[1]}"), _NUMBER
        return self._new(f"{'divided' if sign == '/' else 'power'}({', '.join(numbers)})"), _NUMBER

    def _numbers(self, parts: Sequence[Node]) -> list[str]:
        """All parts are calculated before the first is taken for a number: so its error is told last."""
        found = [self.plain(part) for part in parts]
        return [
            name if kind == _NUMBER else self._new(f"{name} if type({name}) is float else as_number({name})")
            for name, kind in found
        ]

    def _compared(self, sign: str, one: Node, other: Node) -> str:
        if sign in ("=", "<>") and (tested := self._is_blank(one, other)):
            return self._new(f"{tested} {'in' if sign == '=' else 'not in'} BLANK")
        left, right = (self.plain(part)[0] for part in (one, other))
        return self._new(f"order({left}, {right}) {_COMPARED[sign]} 0")

    def _is_blank(self, one: Node, other: Node) -> str:
        """What is compared with an empty text, or whose length with 0; "" for another comparison."""
        if other.kind == "text" and other.what == "":
            return self.plain(one)[0]
        if other.kind == "number" and other.what == 0 and one.what == "LEN" and len(one.parts) == 1:
            return self.plain(one.parts[0])[0]
        return ""

    # --- functions ----------------------------------------------------------------------------------------------------

    def _called(self, name: str, parts: Sequence[Node]) -> tuple[str, str]:
        if name == "IF" and 2 <= len(parts) <= 3:
            return self._if(*parts)
        if name == "IFERROR" and len(parts) == 2:
            return self._iferror(*parts)
        if name not in FUNCTIONS:
            self.say("raise Unknown")
            return "None", _VALUE
        given = [f"[{part}]" if kind == _CELL else part for part, kind in map(self._result, parts)]
        return self._new(f"{name}({', '.join(given)})"), _RESULTS.get(name, _VALUE)

    def _if(self, condition: Node, *branches: Node) -> tuple[str, str]:
        self._names += 1
        chosen, kinds = f"v{self._names}", []
        for head, branch in zip((f"if {self.condition(condition)}:", "else:"), (*branches, _FALSE), strict=False):
            self.say(head)
            kinds.append(self._branch(chosen, branch))
        return chosen, kinds[0] if kinds[0] == kinds[1] else _VALUE

    def _iferror(self, tried: Node, otherwise: Node) -> tuple[str, str]:
        self._names += 1
        chosen, kinds = f"v{self._names}", []
        for head, branch in (("try:", tried), ("except FormulaError:", otherwise)):
            self.say(head)
            kinds.append(self._branch(chosen, branch))
        return chosen, kinds[0] if kinds[0] == kinds[1] else _VALUE

    def _branch(self, chosen: str, node: Node) -> str:
        """Write what gives the chosen value; returns what is known of it."""
        self._depth += 1
        name, kind = self.plain(node)
        self.say(f"{chosen} = {name}")
        self._depth -= 1
        return kind


_FALSE = Node("number", False)
_RESULTS = {
    name: kind
    for kind, names in (
        (_NUMBER, "ABS AVERAGE COUNT COUNTA COUNTBLANK COUNTIF INT LEN MAX MIN ROUND SUM SUMIF SUMPRODUCT"),
        (_TEXT, "MID SUBSTITUTE TRIM"),
        (_TRUTH, "AND EXACT ISNUMBER ISTEXT OR"),
    )
    for name in names.split()
}
"""What functions give for sure."""


def _divided(one: float, other: float) -> float:
    if other == 0:
        raise FormulaError("#DIV/0!")
    return one / other


def _power(one: float, other: float) -> float:
    result: float = one**other
    if isinstance(result, complex):
        raise FormulaError("#NUM!")
    return result


_NAMES: dict[str, Any] = {
    "__builtins__": {"float": float, "list": list, "map": map, "str": str, "type": type},
    "BLANK": (None, ""),
    "FormulaError": FormulaError,
    "Unknown": Unknown,
    "as_number": as_number,
    "as_text": as_text,
    "divided": _divided,
    "order": order,
    "power": _power,
    **FUNCTIONS,
}
"""What the functions of formulas may use."""
