"""Plain arithmetic over measures, as role files write it: ``(uv - uv_prev) / uv_prev``.

An expression is evaluated in Python and translated to a formula over cells. Both check the same things in the same
order: with an empty measure the result is empty; with a measure that is no number, or a divisor of 0, it is `#KPI`.

Allowed are + - * /, brackets, numbers, measures (``sales``, one month of it: ``sales.m1``), and in conditions one
comparison or several joined by ``and``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import cached_property

from xlkpi.catalogue.arithmetic.natures import mixed_sum
from xlkpi.catalogue.arithmetic.tree import (
    ARITHMETIC,
    COMPARISONS,
    Computing,
    Operand,
    OperandCell,
    Range,
    bounds_of,
    compute,
    computing,
    in_words,
    operands_of,
    post_order,
    translated,
)
from xlkpi.common.quarter import MONTHS
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import FAULTS, MessageError
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.scoring import reasons
from xlkpi.scoring.formula import any_holds, kpi_literal, refuses
from xlkpi.scoring.scorer import ScoreError

MAX_LENGTH, MAX_DEPTH = 300, 40
"""Characters and levels of brackets. Longer or deeper arithmetic is a mistake, and would not fit into a formula."""


class ExpressionError(MessageError):
    """A text that is not such arithmetic."""


def _error(key: str, text: str, **values: object) -> ExpressionError:
    return ExpressionError(FAULTS.message(key, text=text, **values))


class Expression:
    """A parsed expression. Expressions are equal if their texts are. Raises `ExpressionError`."""

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > MAX_LENGTH:
            raise _error("expression_long", text[:30] + "…", most=MAX_LENGTH)
        try:
            tree = self._tree
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise _error("expression", text) from None
        if _depth(tree) > MAX_DEPTH:
            raise _error("expression_deep", text[:30] + "…")
        for node in ast.walk(tree):
            _check(node, text)
        if self.is_condition:
            _check_condition(tree, text)
        _refuse_constant_zero(tree, text)

    @classmethod
    def checked_before(cls, text: str) -> Expression:
        """The expression of a text that was checked when the program was built."""
        expression = cls.__new__(cls)
        expression.text = text
        return expression

    def __reduce__(self) -> tuple[Callable[[str], Expression], tuple[str]]:
        return Expression.checked_before, (self.text,)  # what was made of it is no data

    @cached_property
    def _tree(self) -> ast.expr:
        return ast.parse(self.text.strip(), mode="eval").body

    @cached_property
    def is_condition(self) -> bool:
        """Whether it compares, so that it holds or does not."""
        return any(isinstance(node, ast.Compare | ast.BoolOp) for node in ast.walk(self._tree))

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def is_measure(self) -> bool:
        """Whether the expression is just one measure."""
        return isinstance(self._tree, ast.Name)

    @property
    def is_sum(self) -> bool:
        """Whether the expression only adds and subtracts measures."""
        nodes = (node for node in ast.walk(self._tree) if isinstance(node, ast.expr))
        return all(
            isinstance(node, ast.Name) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub))
            for node in nodes
        )

    @property
    def divides(self) -> bool:
        """Whether it divides by a measure, so that its result need not be whole even if all measures are counts."""
        return bool(self._divisors)

    def mixed_sum(self, units: Mapping[str, str], labels: Mapping[str, str]) -> tuple[str, str] | None:
        """An amount and a ratio that are added or subtracted, in words; None where there are none.

        units, labels: of the measures by id.
        """
        mixed = mixed_sum(self._tree, units)
        return None if mixed is None else (in_words(mixed[0], labels), in_words(mixed[1], labels))

    @cached_property
    def operands(self) -> tuple[Operand, ...]:
        """The measures that it reads, each once, by first appearance."""
        return tuple(dict.fromkeys(operands_of(self._tree)))

    # --- Python -----------------------------------------------------------------------------------------------------

    def evaluate(self, values: Mapping[Operand, Value], labels: Mapping[str, str]) -> float | None:
        """The number (a condition gives 1 or 0), or None where a measure is empty.

        Raises `ScoreError` where a measure is no number, a divisor is 0, or the result is too large for a float.
        """
        if any(values[operand] in (None, "") for operand in self.operands):
            return None
        for operand in self.operands:
            value = values[operand]
            if reasons.is_refusal(value):
                raise ScoreError(reasons.PASSED, text=value)
            if not is_number(value):
                raise ScoreError(reasons.NOT_A_NUMBER, label=labels[operand.measure])
        if (divisor := self._zero(values)) is not None:
            raise ScoreError(reasons.ZERO_DIVISOR, label=in_words(divisor, labels))
        result = self._compute(values)
        if not math.isfinite(result):
            raise ScoreError(reasons.TOO_LARGE)
        return result

    def divides_by_zero(self, values: Mapping[Operand, Value]) -> bool:
        """Whether every measure is a number, and a divisor is 0."""
        if not self._divisors:
            return False
        return all(is_number(values[operand]) for operand in self.operands) and self._zero(values) is not None

    def _zero(self, values: Mapping[Operand, Value]) -> ast.expr | None:
        """The first divisor that is 0; an inner one stands before those that need it."""
        return next((divisor for divisor, of in self._computed_divisors if of(values) == 0), None)

    @cached_property
    def _compute(self) -> Computing:
        return computing(self._tree)

    @cached_property
    def _computed_divisors(self) -> tuple[tuple[ast.expr, Computing], ...]:
        return tuple((divisor, computing(divisor)) for divisor in self._divisors)

    def bounds(self, ranges: Mapping[Operand, Range]) -> Range:
        """The range of the result, given the range of every operand.

        Operands are taken as independent of each other, so the range may be too wide but never too narrow.
        """
        return bounds_of(self._tree, ranges)

    # --- formula ----------------------------------------------------------------------------------------------------

    def formula(
        self,
        cells: Mapping[Operand, OperandCell],
        language: str = HANS,
        *,
        empty: str = '""',
        then: Callable[[str], str] = lambda value: value,
    ) -> str:
        """The formula (without =) with its checks, whose `#KPI` texts are in `language`.

        empty: the formula for the result where a measure is empty. then: makes the formula for the result from that for
        the value; it is used where all checks pass.
        """
        labels = {operand.measure: cell.label for operand, cell in cells.items()}
        formula = then(translated(self._tree, cells))
        for divisor in reversed(self._divisors):
            refused = kpi_literal(reasons.ZERO_DIVISOR, language, label=in_words(divisor, labels))
            formula = f"IF({translated(divisor, cells)}=0,{refused},{formula})"
        for operand in reversed(self.operands):
            cell = cells[operand]
            no_number = kpi_literal(reasons.NOT_A_NUMBER, language, label=cell.label)
            refused = f"IF({refuses(cell.address)},{cell.address},{no_number})"
            formula = f"IF({cell.number},{formula},{refused})"
        blank = [cells[operand].blank for operand in self.operands]
        return f"IF({any_holds(blank)},{empty},{formula})" if blank else formula

    def zero_formula(self, cells: Mapping[Operand, OperandCell]) -> str:
        """The formula (without =) that is 1 where every measure is a number and a divisor is 0, else 0."""
        formula = "0"
        for divisor in reversed(self._divisors):
            formula = f"IF({translated(divisor, cells)}=0,1,{formula})"
        for operand in reversed(self.operands if self._divisors else ()):
            formula = f"IF({cells[operand].number},{formula},0)"
        return formula

    @cached_property
    def _divisors(self) -> tuple[ast.expr, ...]:
        """The divisors that read a measure, inner divisions first; `_refuse_constant_zero` checks the others."""
        divisors: dict[str, ast.expr] = {}
        for node in post_order(self._tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and any(operands_of(node.right)):
                divisors.setdefault(ast.unparse(node.right), node.right)
        return tuple(divisors.values())


def _check(node: ast.AST, text: str) -> None:
    """Raises `ExpressionError` for a node that such arithmetic does not allow."""
    if isinstance(node, ast.Attribute) and node.attr not in MONTHS:
        raise _error("expression_month", text)
    allowed = (
        isinstance(node, ast.BinOp | ast.operator | ast.Name | ast.expr_context | ast.cmpop | ast.And)
        or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub))
        or isinstance(node, ast.USub)
        or (isinstance(node, ast.Constant) and _is_writable(node.value))
        or (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name))
        or (isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARISONS)
        or (isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And))
    )
    if not allowed or (isinstance(node, ast.BinOp) and type(node.op) not in ARITHMETIC):
        raise _error("expression_parts", text)


def _is_writable(constant: object) -> bool:
    """Whether a constant is a number that a formula can write without an exponent."""
    return is_number(constant) and (constant == 0 or 1e-9 <= constant < 1e15)


def _check_condition(tree: ast.expr, text: str) -> None:
    """Raises `ExpressionError` unless a condition is one comparison, or several joined by `and` and not nested."""
    joined = tree.values if isinstance(tree, ast.BoolOp) else [tree]
    comparisons = sum(isinstance(node, ast.Compare) for node in ast.walk(tree))
    if comparisons != len(joined) or not all(isinstance(node, ast.Compare) for node in joined):
        raise _error("expression_and", text)


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level:
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
    return depth


def _refuse_constant_zero(tree: ast.AST, text: str) -> None:
    for node in post_order(tree):
        match node:
            case ast.BinOp(op=ast.Div(), right=divisor) if not any(operands_of(divisor)) and not compute(divisor, {}):
                raise _error("expression_zero", text)
