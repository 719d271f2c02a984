"""Every message that the code says about rules and scores, found in the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import xlkpi
from xlkpi.scoring import reasons

PACKAGE = Path(xlkpi.__file__).parent
SOURCES = (
    *sorted((PACKAGE / "rules").rglob("*.py")),
    *(
        PACKAGE / name
        for name in (
            "scoring/formula.py",
            "scoring/scores.py",
            "scoring/receipt.py",
            "catalogue/arithmetic/expression.py",
            "functions.py",
            "scoring/grades.py",
        )
    ),
)
SAYING = {"RuleError", "ScoreError", "UntiledError", "_refuse", "refused", "say", "_say", "cell_text", "Habit", "Hint"}
"""What takes a message as its first argument."""


def messages() -> set[str]:
    """The templates in simplified Chinese. Raises ValueError for one that is not a constant."""
    found = {text for name, text in vars(reasons).items() if name.isupper() and isinstance(text, str)}
    found |= set(reasons.NEED.values())
    for path in SOURCES:
        found |= set(_Module(path).messages())
    return {message for message in found if re.search("[\u4e00-\u9fff，；「]", message)}


class _Module:
    """The code of one module."""

    def __init__(self, path: Path) -> None:
        self.path, self.tree = path, ast.parse(path.read_text("utf-8"))
        self.functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]

    def messages(self) -> Iterator[str]:
        for call in _calls(*self.tree.body):  # tables
            if _name(call.func) in SAYING and isinstance(call.args[0], ast.Constant):
                yield str(call.args[0].value)
        for function in self.functions:
            for call in _calls(function):
                if _name(call.func) in SAYING and call.args:
                    yield from self._texts(call.args[0], function)

    def _texts(self, said: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
        """The constants that an expression may be."""
        match said:
            case ast.Constant(str(text)):
                yield text
            case ast.IfExp(body=one, orelse=other):
                yield from self._texts(one, function)
                yield from self._texts(other, function)
            case ast.Dict(values=values):
                for value in values:
                    yield from self._texts(value, function)
            case ast.Subscript(value=ast.Name() | ast.IfExp() as table):
                yield from self._texts(table, function)
            case ast.Name(name):
                for value, where in self._values(name, function):
                    yield from self._texts(value, where)
            case ast.Attribute() | ast.Subscript(value=ast.Attribute()):
                pass  # a message of `reasons`, or of an error that is told again
            case _:
                raise ValueError(f"{self.path.name}:{said.lineno}: a message must be constant: {ast.unparse(said)}")

    def _values(self, name: str, function: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.FunctionDef]]:
        """What a function assigns to a name, is handed for it, or finds under it in the module."""
        parameters = [parameter.arg for parameter in function.args.args if parameter.arg != "self"]
        if name in parameters:
            place = parameters.index(name)
            for caller in self.functions:
                calls = [call for call in _calls(caller) if _name(call.func) == function.name]
                yield from ((call.args[place], caller) for call in calls if len(call.args) > place)
            return
        assigned = list(_assigned(name, ast.walk(function))) or list(_assigned(name, iter(self.tree.body)))
        yield from ((value, function) for value in assigned)


def _calls(*nodes: ast.AST) -> Iterator[ast.Call]:
    return (found for node in nodes for found in ast.walk(node) if isinstance(found, ast.Call))


def _assigned(name: str, nodes: Iterator[ast.AST]) -> Iterator[ast.expr]:
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
