"""The house stands: rooms on floors, imports that go down only, and nothing that has grown too large to read.

Only the sources are read. What fails here is mended by moving code, not by changing this file;
a new room gets a place in FLOORS.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from pathlib import Path

import pytest

import xlkpi
from tests.support.paths import ROOT

FLOORS = {
    "version": 1, "i18n": 1,
    "common": 2, "rules": 2,
    "scoring": 3, "xlsx": 3,
    "catalogue": 4, "analysis": 4, "functions": 4,
    "form": 5, "appraisal": 5, "calc": 5, "lint": 5,
    "writer": 6, "intake": 6, "roster": 6, "addin": 6, "adopt": 6,
    "check": 7, "collect": 7, "company": 7, "fill": 7, "guide": 7, "next_quarter": 7, "role_books": 7,
    "raters": 7, "appeals": 7,
    "results": 8, "closing": 8,
    "cli": 9, "udfs": 9,
}  # fmt: skip
"""From the ground up: a room imports from lower floors and from itself. `udfs` stands beside `xlkpi`."""

MOST_FLOORS = 9
FACES = {"__init__", "__main__", "version", "functions"}
"""All that lies in `xlkpi/` itself: what Python, the command line and workbooks name."""
DOORS_WITH_CODE = {"xlkpi", "xlkpi.cli"}
"""`from xlkpi import kpi_score` and the program `xlkpi.cli:main` are named outside."""
MOST_MODULES = 12
"""In one room, not counting its `__init__` and what is in rooms of its own."""
LONGEST_MODULE = 320
LONGEST_FUNCTION = 50
"""Lines, from `def` to the last one."""
MOST_PARAMETERS = 7


@dataclass(frozen=True)
class Module:
    """A module and its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def room(self) -> str:
        """`rules` for xlkpi.rules.parser.tree; `__init__` for the package itself."""
        parts = self.name.split(".")
        return parts[0] if parts[0] != "xlkpi" else (parts[1] if len(parts) > 1 else "__init__")

    def at(self, node: ast.AST) -> str:
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"


@dataclass(frozen=True)
class Import:
    """A name that a module imports from another one, and what it calls it; "" for the module itself.

    Also in functions, also for types.
    """

    by: Module
    node: ast.stmt
    module: str
    name: str = ""
    known_as: str = ""


@cache
def modules(*folders: str) -> dict[str, Module]:
    """Every module of these packages by its dotted name."""
    found = {}
    for path in chain.from_iterable(sorted((ROOT / folder).rglob("*.py")) for folder in folders):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if "node_modules" not in parts:
            found[name] = Module(name, path, ast.parse(path.read_text("utf-8"), path))
    return found


def house() -> dict[str, Module]:
    return modules("xlkpi", "udfs")


def imports(module: Module, known: dict[str, Module]) -> Iterator[Import]:
    """What a module imports of the known ones."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(module, node, alias.name) for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module.at(node)}: import by the full name"
            for alias in node.names:
                if f"{node.module}.{alias.name}" in known:
                    yield Import(module, node, f"{node.module}.{alias.name}")
                elif node.module in known:
                    yield Import(module, node, str(node.module), alias.name, alias.asname or alias.name)


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(one for module in house().values() for one in imports(module, house()))


def _listed(faults: Iterator[str] | list[str], advice: str) -> None:
    found = sorted(set(faults))
    assert not found, "\n".join([f"{len(found)} × {advice}", *found])


# --- floors ---------------------------------------------------------------------------------------------------------


def test_every_room_has_its_floor() -> None:
    rooms = {module.room for module in house().values()} - {"__init__", "__main__"}
    assert rooms == FLOORS.keys(), "give a new room a place in FLOORS, and take away one that is gone"
    assert max(FLOORS.values()) <= MOST_FLOORS, "nobody keeps more floors in mind"


def test_rooms_import_from_lower_floors_only() -> None:
    """`__main__` stands above all of them, and so does `xlkpi` itself: a room that imports it would wait for itself."""
    rooms = {name: module.room for name, module in house().items()}
    above = max(FLOORS.values()) + 1
    floors = FLOORS | {"__init__": above, "__main__": above}
    _listed(
        [
            f"{one.by.at(one.node)} {one.by.room} ({floors[one.by.room]}) imports {one.module} "
            f"({floors[rooms[one.module]]})"
            for one in all_imports()
            if one.by.room != rooms[one.module] and floors[one.by.room] <= floors[rooms[one.module]]
        ],
        "an import that does not go down: move what is shared to a lower room, or hand it in as an argument",
    )


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not in functions and not for types either. A room imports no module of its own through its `__init__`."""
    graph: dict[str, set[str]] = {name: set() for name in house()}
    for one in all_imports():
        if one.module != one.by.name:
            graph[one.by.name].add(one.module)
    # `xlkpi` names its modules for type checkers only, and everything below it has to import it first.
    graph["xlkpi"].clear()
    circles = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
            break
        except CycleError as error:
            circle = error.args[1]
            circles.append(" → ".join(reversed(circle)))
            graph[circle[1]].discard(circle[0])
    _listed(circles, "circle of imports: take out what both need into a module below them")


# --- rooms ----------------------------------------------------------------------------------------------------------


def test_nothing_lies_loose_beside_the_rooms() -> None:
    loose = {path.stem for path in (ROOT / "xlkpi").glob("*.py")} - FACES
    _listed([f"xlkpi/{name}.py" for name in loose], "a module outside the rooms: find it a room")


def test_a_room_is_taken_in_at_a_glance() -> None:
    rooms = [module.path.parent for module in house().values() if module.is_package]
    sizes = {room: len([path for path in room.glob("*.py") if path.name != "__init__.py"]) for room in rooms}
    _listed(
        [f"{room.relative_to(ROOT)}: {size} modules" for room, size in sizes.items() if size > MOST_MODULES],
        f"a room of more than {MOST_MODULES} modules: put those of one thought into a room of their own",
    )


def test_the_door_of_a_room_says_what_it_is_for_and_imports_nothing() -> None:
    """Whoever imports a module waits for every `__init__` on the way: Excel would wait for them at each start."""
    _listed(
        [
            str(module.path.relative_to(ROOT))
            for module in house().values()
            if module.is_package and module.name not in DOORS_WITH_CODE
            if len(module.tree.body) != 1 or not ast.get_docstring(module.tree)
        ],
        "an __init__.py that is not a docstring alone: move its code into a module of the room",
    )


def test_no_room_hides_a_name_of_the_library() -> None:
    """`import xlkpi.explain.x` would put the package in the place of the function `xlkpi.explain`."""
    assert not {module.room for module in house().values()} & set(xlkpi.__all__)


def test_names_are_imported_from_the_module_that_defines_them() -> None:
    """So that a name has one address, and whoever reads it knows where to go."""
    known = modules("xlkpi", "udfs", "tests", "benchmarks")
    through = {name: {one.known_as for one in imports(module, known) if one.name} for name, module in known.items()}
    _listed(
        [
            f"{one.by.at(one.node)} imports {one.name} through {one.module}"
            for module in known.values()
            for one in imports(module, known)
            if one.name in through[one.module] and one.module not in DOORS_WITH_CODE
        ],
        "a name imported through a module that only imports it itself: import it from where it is defined",
    )


# --- sizes ----------------------------------------------------------------------------------------------------------


def test_no_module_is_too_long_to_read() -> None:
    lengths = {module.path: len(module.path.read_text("utf-8").splitlines()) for module in house().values()}
    _listed(
        [f"{path.relative_to(ROOT)}: {length} lines" for path, length in lengths.items() if length > LONGEST_MODULE],
        f"a module of more than {LONGEST_MODULE} lines: it usually holds two things",
    )


def _functions() -> Iterator[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for module in house().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield module, node


def test_no_function_is_too_long_to_read() -> None:
    lengths = [(module, node, (node.end_lineno or 0) - node.lineno + 1) for module, node in _functions()]
    _listed(
        [
            f"{module.at(node)} {node.name}: {length} lines"
            for module, node, length in lengths
            if length > LONGEST_FUNCTION
        ],
        f"a function of more than {LONGEST_FUNCTION} lines: give its parts names",
    )


def _is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether click calls it, with a parameter for each option."""
    called = [node.func for node in function.decorator_list if isinstance(node, ast.Call)]
    return any(isinstance(decorator, ast.Attribute) and decorator.attr == "command" for decorator in called)


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    given = function.args
    named = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(named) - (named[:1] in (["self"], ["cls"])) + bool(given.vararg) + bool(given.kwarg)


def test_no_function_asks_for_too_much() -> None:
    _listed(
        [
            f"{module.at(node)} {node.name}: {_parameters(node)} parameters"
            for module, node in _functions()
            if _parameters(node) > MOST_PARAMETERS and not _is_command(node)
        ],
        f"a function of more than {MOST_PARAMETERS} parameters: what belongs together is a dataclass",
    )


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import xlkpi.rules.rule", [("xlkpi.rules.rule", "")]),
        ("from xlkpi.rules import rule", [("xlkpi.rules.rule", "")]),
        ("def f():\n    from xlkpi.rules.rule import Rule", [("xlkpi.rules.rule", "Rule")]),
        ("if TYPE_CHECKING:\n    from xlkpi.rules.rule import Rule as R", [("xlkpi.rules.rule", "Rule")]),
        ("import os, numpy as xlkpi", []),
    ],
)
def test_every_kind_of_import_is_seen(source: str, found: list[tuple[str, str]]) -> None:
    module = Module("xlkpi.form.new", ROOT / "xlkpi" / "form" / "new.py", ast.parse(source))
    assert [(one.module, one.name) for one in imports(module, house())] == found
