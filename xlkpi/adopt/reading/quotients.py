"""Reads how a table calculates a rate: （预算－实际）÷预算 → the formula for a role workbook, and the data it needs."""

from __future__ import annotations

import ast
import re
import unicodedata
from dataclasses import dataclass

from xlkpi.adopt.words import pattern
from xlkpi.catalogue.arithmetic.expression import Expression, ExpressionError
from xlkpi.catalogue.workbooks.reading.names import UnknownNameError, in_ids

_BETWEEN = re.compile(r"[-+*/()]+")
_LONGEST_NAME = 20


@dataclass(frozen=True)
class Quotient:
    """A formula as the table has it, brackets and all, and the names in it, each once."""

    formula: str
    names: tuple[str, ...]


def quotient_in(line: str) -> Quotient | None:
    """The quotient that a line says; None for anything else, and for what a role workbook would not read like it."""
    match = pattern("quotient").fullmatch(re.sub(r"\s", "", line))
    if match is None:
        return None
    formula = _without_outer(pattern("divided").sub("÷", match[1]))
    plain = unicodedata.normalize("NFKC", formula).replace("÷", "/").replace("×", "*").replace("−", "-")
    names = tuple(dict.fromkeys(filter(None, _BETWEEN.split(plain))))
    if not all(pattern("data_name").fullmatch(name) and len(name) <= _LONGEST_NAME for name in names):
        return None
    if all(pattern("no_data").fullmatch(name) for name in names):
        return None
    try:
        arithmetic = Expression(in_ids(formula, {name: f"n{number}" for number, name in enumerate(names)})).text
    except (ExpressionError, UnknownNameError):
        return None
    tree = ast.parse(arithmetic, mode="eval").body
    divides = isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div)
    once = sum(isinstance(node, ast.Div) for node in ast.walk(tree)) == 1
    return Quotient(formula, names) if divides and once and len(names) > 1 else None


def _without_outer(formula: str) -> str:
    """The formula without brackets around the whole of it, or around a single name."""
    plain = pattern("name_in_brackets").sub(r"\1", formula)
    around = pattern("brackets_around").fullmatch(plain)
    if around is None:
        return plain
    depth = lowest = 0
    for character in around[1]:
        opened, closed = (pattern(name).match(character) is not None for name in ("opened", "closed"))
        depth += opened - closed
        lowest = min(lowest, depth)
    return around[1] if depth == lowest == 0 else plain
