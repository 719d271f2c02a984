"""Walks over the syntax tree of an expression: its operands, value, range, formula and wording.

They know the nodes that `Expression` allows: numbers, measures, + - * /, comparisons, `and`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from xlkpi.i18n.numbers import Value, plain
from xlkpi.scoring.formula import empty

ARITHMETIC: dict[type[ast.operator], tuple[str, Callable[[float, float], float]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
}
COMPARISONS: dict[type[ast.cmpop], str] = {ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=", ast.Lt: "<"}


Range = tuple[float, float]
"""Lowest and highest value; infinite for an open end."""


@dataclass(frozen=True)
class Operand:
    """A measure in an expression: its id, and the month (m1, m2, m3) where only one month of it is meant."""

    measure: str
    month: str | None = None

    def __str__(self) -> str:
        return self.measure if self.month is None else f"{self.measure}.{self.month}"


@dataclass(frozen=True)
class OperandCell:
    """The cell of an operand in a form, and its label.

    zero_if: a formula condition under which an empty cell counts as 0 (the period before, for a newcomer).
    """

    address: str
    label: str
    zero_if: str = ""

    @property
    def blank(self) -> str:
        """Formula condition: the cell is empty and does not count as 0."""
        return f"IF({self.zero_if},0,{empty(self.address)})" if self.zero_if else empty(self.address)

    @property
    def number(self) -> str:
        """Formula condition: the cell holds a number, or is empty and counts as 0."""
        numbers = f"COUNT({self.address})"
        if self.zero_if:
            numbers += f"+IF({self.zero_if},{empty(self.address)},0)"
        return f"{numbers}>0"


def post_order(node: ast.AST) -> Iterator[ast.AST]:
    """Every node, the inner ones first."""
    for child in ast.iter_child_nodes(node):
        yield from post_order(child)
    yield node


def operands_of(node: ast.AST) -> Iterator[Operand]:
    """The measures that a node reads, from left to right, with repetitions."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield Operand(node.value.id, node.attr)
    elif isinstance(node, ast.Name):
        yield Operand(node.id)
    else:
        for child in ast.iter_child_nodes(node):
            yield from operands_of(child)


def _operand(node: ast.Name | ast.Attribute) -> Operand:
    return next(operands_of(node))


def compute(node: ast.expr, values: Mapping[Operand, Value]) -> float:
    """The value of a node; a comparison gives 1 or 0, and compares to 9 decimals as the formula does."""
    return computing(node)(values)


Computing = Callable[[Mapping[Operand, Value]], float]
"""The values of measures → that of a node."""


def computing(node: ast.expr) -> Computing:
    """The function that computes a node, as `compute` does, for a node that is computed for many forms."""
    match node:
        case ast.Constant(value):
            number = float(value)  # type: ignore[arg-type]
            return lambda values: number
        case ast.Name() | ast.Attribute():
            operand = _operand(node)
            return lambda values: float(values[operand])  # type: ignore[arg-type]
        case ast.UnaryOp(operand=inner):
            of = computing(inner)
            return lambda values: -of(values)
        case ast.BinOp(left, op, right):
            joined, one, other = ARITHMETIC[type(op)][1], computing(left), computing(right)
            return lambda values: joined(one(values), other(values))
        case ast.Compare(left, [op], [right]):
            holds, one, other = _HOLDS[type(op)], computing(left), computing(right)
            return lambda values: float(holds(round(one(values) - other(values), 9), 0))
        case ast.BoolOp(values=parts):
            conditions = [computing(part) for part in parts]
            return lambda values: float(all(condition(values) for condition in conditions))
    raise AssertionError(ast.dump(node))


_HOLDS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.GtE: operator.ge, ast.Gt: operator.gt, ast.LtE: operator.le, ast.Lt: operator.lt,
}  # fmt: skip


def bounds_of(node: ast.expr, ranges: Mapping[Operand, Range]) -> Range:
    """The range of a node's value, given the range of every operand; never too narrow."""
    match node:
        case ast.Constant(value):
            return float(value), float(value)  # type: ignore[arg-type]
        case ast.Name() | ast.Attribute():
            return ranges[_operand(node)]
        case ast.UnaryOp(operand=operand):
            low, high = bounds_of(operand, ranges)
            return -high, -low
        case ast.BinOp(left, op, right):
            (low, high), (least, most) = bounds_of(left, ranges), bounds_of(right, ranges)
            if isinstance(op, ast.Add):
                return low + least, high + most
            if isinstance(op, ast.Sub):
                return low - most, high - least
            if isinstance(op, ast.Div):
                if least < 0 < most or least == most == 0:
                    return -math.inf, math.inf
                # The divisor itself is never 0, but may come near it.
                least, most = 1 / most if most else -math.inf, 1 / least if least else math.inf
            # 0 × infinity is NaN in Python; here it is 0.
            products = [a * b if a and b else 0.0 for a in (low, high) for b in (least, most)]
            return min(products), max(products)
    raise AssertionError(ast.dump(node))


def translated(node: ast.expr, cells: Mapping[Operand, OperandCell]) -> str:
    """The formula of a node over cells, without = and without checks."""
    match node:
        case ast.Constant(value):
            return plain(float(value))  # type: ignore[arg-type]
        case ast.Name() | ast.Attribute():
            return cells[_operand(node)].address
        case ast.UnaryOp(operand=operand):
            return f"(-{translated(operand, cells)})"
        case ast.BinOp(left, op, right):
            return f"({translated(left, cells)}{ARITHMETIC[type(op)][0]}{translated(right, cells)})"
        case ast.Compare(left, [op], [right]):
            ahead = f"{translated(left, cells)}-{translated(right, cells)}"
            return f"IF(ROUND({ahead},9){COMPARISONS[type(op)]}0,1,0)"
        case ast.BoolOp(values=parts):
            return "*".join(translated(part, cells) for part in parts)
    raise AssertionError(ast.dump(node))


def in_words(node: ast.expr, labels: Mapping[str, str]) -> str:
    """An expression with the labels of the form: 期初库存+期末库存."""
    match node:
        case ast.Name() | ast.Attribute():
            return labels[_operand(node).measure]
        case ast.Constant(value):
            return plain(float(value))  # type: ignore[arg-type]
        case ast.BinOp(left, op, right):
            sign = {"/": "÷", "*": "×"}.get(ARITHMETIC[type(op)][0], ARITHMETIC[type(op)][0])
            first, second = in_words(left, labels), in_words(right, labels)
            if sign in "÷×" and _is_sum(left):
                first = f"({first})"
            if (sign != "+" and _is_sum(right)) or (sign == "÷" and isinstance(right, ast.BinOp)):
                second = f"({second})"
            return f"{first}{sign}{second}"
        case ast.UnaryOp(operand=operand):
            return f"-{in_words(operand, labels)}"
    raise AssertionError(ast.dump(node))


def _is_sum(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
