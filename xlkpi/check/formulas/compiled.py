"""A formula as a Python function: the same formula stands in a form of every person, so it is worth translating once.

Each part of the formula becomes a statement or two, in the order in which spreadsheets calculate it. What they leave
out, such as the other branch of IF, is in a branch of the function, too. The source is made of names and of numbers
only: texts and whatever else people type are constants that are handed to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any, cast

from xlkpi.check.formulas.functions import FUNCTIONS, FormulaError, Plain, Unknown, as_number, as_text, order
from xlkpi.check.formulas.syntax import Node, parsed
from xlkpi.i18n.numbers import round_half_up

Read = Callable[[Any], Plain]
"""The place of a cell → its value, None where it is empty.

Place: row and column from 0, after the name of its sheet where that is not the formula's. Raises `FormulaError` for an
error and `Unknown` for a cell whose value is not known.
"""
Compiled = Callable[[Read, Sequence[Any]], Plain]
"""A reading function, and the place or places of each reference → the value of the formula."""

_COUNT, _NUMBER, _TRUTH, _NUMERIC = "count", "number", "truth", "numeric"
_TEXT, _VALUE, _CELL, _AREA = "text", "value", "cell", "area"
"""What is known of a result: a whole number, any number, a truth value, a number or a truth value, a text; nothing. A
cell is handed to functions as a range of one."""
_ARITHMETIC = frozenset("+-*/^&")
_CACHED = 2048
_MOST_COUNTED = 1e6  # up to here whole numbers are exact, and so are their sums
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
    """Writes the statements of a formula. A result is (its expression, a name or a constant; what is known of it).

    What was calculated is not calculated again where it is known for sure: not after the branch in which it was.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: list[object] = []
        self._done: dict[object, tuple[str, str]] = {}
        self._names, self._depth = 0, 1

    def say(self, line: str) -> None:
        self.lines.append(" " * self._depth + line)

    def plain(self, node: Node) -> tuple[str, str]:
        """A single value; a range of several cells is none."""
        name, kind = self._result(node)
        if kind == _AREA:
            self.say("raise Unknown")
        return name, _VALUE if kind in (_CELL, _AREA) else kind

    def _result(self, node: Node) -> tuple[str, str]:
        chain = [node]  # of a long sum, the first term first
        while chain[-1].kind == "sign" and chain[-1].what in _ARITHMETIC and chain[-1] not in self._done:
            chain.append(chain[-1].parts[0])
        for one in reversed(chain):
            if one not in self._done:
                self._done[one] = self._calculated(one)
        return self._done[node]

    def _calculated(self, node: Node) -> tuple[str, str]:
        match node.kind:
            case "number":
                number = cast(float, node.what)
                whole = number < _MOST_COUNTED and number == int(number)
                known = _TRUTH if isinstance(number, bool) else _COUNT if whole else _NUMBER
                return repr(number) if isfinite(number) else self._constant(number), known
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

    def _new(self, expression: str) -> str:
        self._names += 1
        self.say(f"v{self._names} = {expression}")
        return f"v{self._names}"

    def _constant(self, value: object) -> str:
        self.constants.append(value)
        return f"c{len(self.constants) - 1}"

    def _as(self, wanted: str, name: str) -> str:
        """The value of a name as a number ("float") or a text ("str")."""
        if (wanted, name) not in self._done:
            convert = f"{'as_number' if wanted == 'float' else 'as_text'}({name})"
            self._done[wanted, name] = self._new(f"{name} if type({name}) is {wanted} else {convert}"), _VALUE
        return self._done[wanted, name][0]

    # --- operators ----------------------------------------------------------------------------------------------------

    def _joined(self, sign: str, parts: Sequence[Node]) -> tuple[str, str]:
        if sign in _COMPARED:
            return self._compared(sign, *parts), _TRUTH
        if sign == "unary +":
            return self.plain(parts[0])
        found = [self.plain(part) for part in parts]
        if sign == "&":
            one, other = (name if kind == _TEXT else self._as("str", name) for name, kind in found)
            return self._new(f"{one} + {other}"), _TEXT
        numbers = [name if kind in (_COUNT, _NUMBER) else self._as("float", name) for name, kind in found]
        if sign == "unary -":
            return self._new(f"-{numbers[0]}"), _NUMBER
        if sign == "%":
            return self._new(f"{numbers[0]} / 100"), _NUMBER
        if sign in "+-*":
            whole = sign != "*" and all(kind == _COUNT for _, kind in found)
            return self._new(f"{numbers[0]} {sign} {numbers[1]}"), _COUNT if whole else _NUMBER
        return self._new(f"{'divided' if sign == '/' else 'power'}({', '.join(numbers)})"), _NUMBER

    def _compared(self, sign: str, one: Node, other: Node) -> str:
        if sign in ("=", "<>") and (tested := self._is_blank(one, other)):
            return self._new(f"{tested} {'in' if sign == '=' else 'not in'} BLANK")
        found = [self.plain(part) for part in (one, other)]
        (left, right), kinds = (name for name, _ in found), {kind for _, kind in found}
        compared = f"{left} {_COMPARED[sign]} {right}"
        if kinds == {_COUNT} or (kinds <= {_COUNT, _NUMBER} and right == "0.0"):
            return self._new(compared)
        ordered = f"order({left}, {right}) {_COMPARED[sign]} 0"
        if kinds <= {_COUNT, _NUMBER}:  # numbers that are not as good as the same
            return self._new(
                f"{compared} if abs({left} - {right}) > 1e-12 * (abs({left}) + abs({right})) else {ordered}"
            )
        return self._new(ordered)

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
            met, kind = self.plain(parts[0])
            head = f"if {met if kind in _NUMERICS else f'as_number({met})'}:"
            return self._either(head, parts[1], "else:", parts[2] if len(parts) == 3 else _FALSE)
        if name == "IFERROR" and len(parts) == 2:
            return self._either("try:", parts[0], "except FormulaError:", parts[1])
        if name not in FUNCTIONS:
            self.say("raise Unknown")
            return "None", _VALUE
        found = [self._result(part) for part in parts]
        if [kind for _, kind in found] == [_CELL] and name in _OF_A_CELL:
            return self._new(_OF_A_CELL[name].format(found[0][0])), _RESULTS[name]
        if name == "ROUND" and len(found) == 2 and found[1][1] == _COUNT:
            number, kind = self.plain(parts[0])
            number = number if kind in (_COUNT, _NUMBER) else self._as("float", number)
            return self._new(f"round_half_up({number}, int({found[1][0]}))"), _NUMBER
        if name in _LOGICAL and {kind for _, kind in found} == {_TRUTH}:
            return self._new(f" {_LOGICAL[name]} ".join(part for part, _ in found)), _TRUTH
        given = [f"[{part}]" if kind == _CELL else part for part, kind in found]
        return self._new(f"{name}({', '.join(given)})"), _RESULTS.get(name, _VALUE)

    def _either(self, head: str, node: Node, other_head: str, other: Node) -> tuple[str, str]:
        """Two branches, of which one gives the value."""
        self._names += 1
        chosen, known = f"v{self._names}", self._done
        kinds = set()
        for line, branch in ((head, node), (other_head, other)):
            self._done = dict(known)
            self.say(line)
            self._depth += 1
            name, kind = self.plain(branch)
            self.say(f"{chosen} = {name}")
            self._depth -= 1
            kinds.add(kind)
        self._done = known
        return chosen, kinds.pop() if len(kinds) == 1 else _NUMERIC if kinds <= _NUMERICS else _VALUE


_NUMERICS = frozenset((_COUNT, _NUMBER, _TRUTH, _NUMERIC))
_FALSE = Node("number", False)
_RESULTS = {
    name: kind
    for kind, names in (
        (_COUNT, "COUNT COUNTA COUNTBLANK COUNTIF LEN"),
        (_NUMBER, "ABS AVERAGE INT MAX MIN ROUND SUM SUMIF SUMPRODUCT"),
        (_TEXT, "MID SUBSTITUTE TRIM"),
        (_TRUTH, "AND EXACT ISNUMBER ISTEXT OR"),
    )
    for name in names.split()
}
"""What functions give for sure."""

_OF_A_CELL = {
    "COUNT": "1.0 if type({0}) is float else COUNT([{0}])",
    "COUNTA": "0.0 if {0} is None else 1.0",
    "COUNTBLANK": "1.0 if {0} in BLANK else 0.0",
    "ISNUMBER": "type({0}) is float or ISNUMBER({0})",
    "MAX": "{0} if type({0}) is float else MAX([{0}])",
    "MIN": "{0} if type({0}) is float else MIN([{0}])",
    "SUM": "{0} + 0.0 if type({0}) is float else SUM([{0}])",
}
"""Functions of a single cell, which many formulas of ours ask about."""


_LOGICAL = {"AND": "and", "OR": "or"}


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
    "__builtins__": {"abs": abs, "float": float, "int": int, "list": list, "map": map, "str": str, "type": type},
    "BLANK": (None, ""),
    "FormulaError": FormulaError,
    "Unknown": Unknown,
    "as_number": as_number,
    "as_text": as_text,
    "divided": _divided,
    "order": order,
    "power": _power,
    "round_half_up": round_half_up,
    **FUNCTIONS,
}
"""What the functions of formulas may use."""
