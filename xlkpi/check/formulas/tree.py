"""The meaning of a formula: a tree in which neither idle brackets nor earlier spellings of ours make a difference.

A tree is a constant or name (text), or a tuple: an operator or function and what it is applied to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Tree = str | tuple["Tree", ...]

_SIGNS = "= < > <= >= <>", "&", "+ -", "* /", "^"
_BINDING = {sign: level for level, signs in enumerate(_SIGNS, start=1) for sign in signs.split()}
"""How strongly an operator binds, as Excel has it."""
_DEEPEST = 150
"""Nested brackets and functions; Excel allows 64 functions."""


def tree_of(tokens: Iterable[str]) -> Tree:
    """The tree of a formula's tokens, as `formula_identity` spells them. Raises ValueError for what is no formula."""
    parser = _Parser(_joined(tokens))
    tree = parser.expression(0)
    if parser.next:
        raise ValueError(f"{parser.next} after the formula's end")
    return tree


def _joined(tokens: Iterable[str]) -> list[str]:
    """The tokens with >= and FALSE in one piece each, which came letter by letter, and IF( as one."""
    joined: list[str] = []
    for token in tokens:
        before = joined[-1] if joined else ""
        name = before[:1].isalpha() and not before.endswith("(")
        if (before and before + token in _BINDING) or (name and (token == "(" or token.isalpha())):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


class _Parser:
    """Reads tokens by precedence of operators."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    @property
    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.next
        if not token or (wanted and token != wanted):
            raise ValueError(f"{token or 'the end'} in place of {wanted or 'an operand'}")
        self.at += 1
        return token

    def expression(self, binding: int) -> Tree:
        """What operators that bind more strongly than `binding` join."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError("too deep")
        left = self.operand()
        while _BINDING.get(self.next, 0) > binding:
            sign = self.take()
            left = _meant(sign, (left, self.expression(_BINDING[sign])))
        self.depth -= 1
        return left

    def operand(self) -> Tree:
        token = self.take()
        if token in ("-", "+"):
            operand = self.expression(max(_BINDING.values()))
            return ("-", operand) if token == "-" else operand
        if token == "(":
            inner = self.expression(0)
            self.take(")")
            return inner
        if token.endswith("("):
            return _meant(token[:-1], tuple(self.arguments()))
        if token in _BINDING or token in "),":
            raise ValueError(f"{token} in place of an operand")
        return "0.0" if token == "FALSE" else token

    def arguments(self) -> Iterable[Tree]:
        while self.next != ")":
            yield "" if self.next == "," else self.expression(0)
            if self.next == ")":
                break
            self.take(",")
            if self.next == ")":
                yield ""
        self.take(")")


# --- earlier spellings ------------------------------------------------------------------------------------------------
# Forms made until November 2026 say some things in words that not every program knows; both mean the same.


def _meant(head: str, parts: tuple[Tree, ...]) -> Tree:
    """A function or operator with its parts, as the earlier forms have it."""
    match head, parts:
        case "FALSE", ():
            return "0.0"
        case "TRUE", ():
            return "TRUE"
        case "*", (str(), "1e-10"):  # rows further down lose ties by a trifle: the row's number
            return "#"
        case "IFERROR", (("=", cell, '""') | ("=", ("LEN", cell), "0.0"), "0.0"):
            return "COUNTBLANK", cell
        case "IF", (("=", ("LEN", cell), "0.0"), '""', shown) if shown == cell:
            return cell
        case "ISTEXT", (cell,):
            return "=", ("COUNT", cell), "0.0"
        case "COUNTBLANK", (str(area),):
            return _blank_cells(area)
        case "+", (number, ("+", one, other)) if _counts_blanks(number) and _counts_blanks(other):
            return "+", _meant("+", (number, one)), other
        case ">", (number, "0.0") if _counts_blanks(number):  # as a condition it is the same
            return number
        case "/", (("ROUND", ("ROUND", ("*", number, size), "9.0"), "0.0"), share):
            return _rounded(number, size, share)
        case "MATCH", (('"#KPI*"' | ("-", "1.0")), _, "0.0"):  # the loss of a row with a problem is -1
            return "first problem"
        case "IF", (("AND", (">", ("COUNTIF", _, '"#KPI*"'), "0.0"), _), ("-", "1.0"), "0.0"):
            return "0.0"
        case "+", (("ROUND", _, _) as number, "0.0"):  # no -0
            return number
    return (head, *parts)


def _cells(area: str) -> list[str]:
    """The cells of a range, both written [rows|columns]."""
    rows, _, columns = area.strip("[]").partition("|")
    return [f"[{row}|{column}]" for row in rows.split() for column in columns.split()]


def _blank_cells(area: str) -> Tree:
    """Counting the blanks of a range is adding those of its cells."""
    cells = _cells(area)
    if len(cells) < 2:
        return "COUNTBLANK", area
    first, *others = (("COUNTBLANK", cell) for cell in cells)
    total: Tree = first
    for other in others:
        total = ("+", total, other)
    return total


def _counts_blanks(tree: Tree) -> bool:
    match tree:
        case ("COUNTBLANK", _):
            return True
        case ("+", one, other):
            return _counts_blanks(one) and _counts_blanks(other)
        case ("IF", _, "0.0", number) | ("IF", _, number, "0.0"):
            return _counts_blanks(number)
    return False


def _rounded(number: Tree, size: Tree, share: Tree) -> Tree:
    """ROUND(ROUND(x*size,9),0)/share rounds to as many decimals as the share has zeros."""
    times = float(str(size)) / float(str(share))
    return "ROUND", number if times == 1 else ("*", number, repr(times)), repr(float(len(str(share)) - 3))
