"""Finds sums of what cannot be added: an amount and a ratio, as in 预算－实际÷预算, where brackets were forgotten."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.catalogue.arithmetic.tree import operands_of, post_order
from xlkpi.rules.spelling import normalise

_LARGEST_FACTOR = 100
"""A factor above 100 may be an amount itself (10000×转化率): then nothing is known of the product."""
_RATIOS = frozenset(("%", "倍"))


@dataclass(frozen=True)
class _Nature:
    """Of what units a value is made: those it has, and those it is per."""

    over: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    @property
    def is_amount(self) -> bool:
        return bool(self.over) and not self.under

    def per(self, other: _Nature) -> _Nature:
        over, under = Counter(self.over + other.under), Counter(self.under + other.over)
        return _Nature(_sorted(over - under), _sorted(under - over))

    def inverse(self) -> _Nature:
        return _Nature(self.under, self.over)


def _sorted(units: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(units.elements()))


def mixed_sum(node: ast.expr, units: Mapping[str, str]) -> tuple[ast.expr, ast.expr] | None:
    """The first amount and ratio that are added or subtracted; None where there are none. units: measure → unit.

    A price (元 ÷ 单) beside an amount of money is none: it may be compared with one whose unit says 元 only.
    """
    for inner in post_order(node):
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub):
            for amount, ratio in ((inner.left, inner.right), (inner.right, inner.left)):
                if _differ(_nature(amount, units), _nature(ratio, units)):
                    return amount, ratio
    return None


def _differ(amount: _Nature | None, ratio: _Nature | None) -> bool:
    if amount is None or ratio is None or not amount.is_amount or ratio.is_amount:
        return False
    return not (ratio.under and ratio.over == amount.over)


def _nature(node: ast.expr, units: Mapping[str, str]) -> _Nature | None:
    """The nature of a value; None where it is not known, as of a bare number."""
    match node:
        case ast.Name() | ast.Attribute():
            return _of_unit(units[next(operands_of(node)).measure])
        case ast.UnaryOp(operand=operand):
            return _nature(operand, units)
        case ast.BinOp(left, op, right):
            first, second = _nature(left, units), _nature(right, units)
            if isinstance(op, ast.Add | ast.Sub):
                return first or second
            if second is None:
                return first if _is_small(right) or isinstance(op, ast.Div) else None
            if first is None and not _is_small(left):
                return None
            other = second.inverse() if isinstance(op, ast.Mult) else second
            return (first or _Nature()).per(other)
    return None


def _is_small(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and node.value <= _LARGEST_FACTOR


def _of_unit(unit: str) -> _Nature:
    name = normalise(unit).strip()
    if name in _RATIOS:
        return _Nature()
    over, _, under = name.partition("/")
    return _Nature((over,), (under,) if under else ())
