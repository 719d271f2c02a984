"""The page about the architecture, the guide for contributors and the page about security name what is there."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import pkgutil
import re
from pathlib import Path

import pytest

from xlkpi.calc import sandbox

ROOT = Path(__file__).parents[2]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PAGES = ["README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md"]


def _floors() -> dict[str, int]:
    """Room → floor, as the page's table has them."""
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| .+ \|$", ARCHITECTURE, re.MULTILINE)
    assert len(rows) == len({room for _, room in rows}), "a room is named twice"
    return {room: int(floor) for floor, room in rows}


def test_every_room_is_named() -> None:
    rooms = {path.parent.name for path in (ROOT / "xlkpi").glob("*/__init__.py")}
    assert _floors().keys() == rooms, "add the room to the table in docs/architecture.md, with one line about it"


@pytest.mark.skipif(importlib.util.find_spec("tests.test_layers") is None, reason="there is no tests/test_layers.py")
def test_floors_are_those_that_imports_are_held_to() -> None:
    known: dict[str, int] = importlib.import_module("tests.test_layers").FLOORS
    assert _floors() == {room: known[room] for room in _floors()}


def test_the_picture_is_drawn_from_the_text() -> None:
    (source,) = re.findall(r"```mermaid\n(.*?)```", ARCHITECTURE, re.DOTALL)
    drawn = (ROOT / "docs" / "pictures" / "data-flow.svg").read_text("utf-8")
    assert hashlib.sha256(source.encode()).hexdigest() in drawn, "run make pictures"


@pytest.mark.parametrize("page", PAGES)
def test_files_and_folders_that_are_named_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:xlkpi|udfs|tests|workbook_templates|requirements|docs)/[\w./-]+)`", text)
    missing = [path for path in named if not (ROOT / path).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_modules_and_functions_that_are_named_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for name in re.findall(r"`(xlkpi(?:\.\w+)+)[`(]", text):
        pkgutil.resolve_name(name)  # raises where it is not there


@pytest.mark.parametrize(
    "name", re.findall(r"`([A-Z]{4,})` in `(xlkpi/[\w/]+\.py)`", (ROOT / PAGES[2]).read_text("utf-8"))
)
def test_tables_that_are_named_exist(name: tuple[str, str]) -> None:
    table, path = name
    assert re.search(rf"^{table}\b", (ROOT / path).read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("row", "limits"),
    [
        ("archive.py", "xlsx.archive.LARGEST xlsx.archive.MOST_PARTS xlsx.archive.MOST_MARKS"),
        (
            "cells.py",
            "xlsx.cells.MOST_CELLS xlsx.cells.LARGEST_AREA xlsx.cells.LARGEST_TEXT xlsx.cells.LARGEST_FORMULAS",
        ),
        ("sandbox.py", "calc.sandbox.SECONDS calc.sandbox.MOST_SECONDS calc.sandbox.MEGABYTES calc.sandbox._MOST_WAIT"),
        (
            "expression.py",
            "catalogue.toml.LARGEST_FILE catalogue.arithmetic.expression.MAX_LENGTH "
            "catalogue.arithmetic.expression.MAX_DEPTH",
        ),
    ],
)
def test_limits_are_those_of_the_code(row: str, limits: str) -> None:
    security = (ROOT / "SECURITY.md").read_text("utf-8")
    (line,) = re.findall(rf"^\| (.+) \| .*/{re.escape(row)}` \|$", security, re.MULTILINE)
    told = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", line)]
    known = [(name, pkgutil.resolve_name(f"xlkpi.{name}")) for name in limits.split()]
    # Where the code counts bytes and characters, the page counts millions of them.
    assert told == [limit // 1_000_000 if "LARGEST" in name and "AREA" not in name else limit for name, limit in known]


def test_the_guide_names_the_limits_of_evaluating() -> None:
    guide = (ROOT / "docs" / "hr-guide.zh.md").read_text("utf-8")
    (line,) = re.findall(r"^公式只有 `recalc` .+$", guide, re.MULTILINE)
    seconds, most, megabytes, forms = map(int, re.findall(r"\d+", line))
    assert (seconds, most, megabytes) == (sandbox.SECONDS, sandbox.MOST_SECONDS, sandbox.MEGABYTES)
    security = (ROOT / "SECURITY.md").read_text("utf-8")
    assert f"{forms} forms in a file stay within the limits" in security
    assert f"{forms} forms take" in Path(sandbox.__file__).read_text("utf-8")


def test_the_pictures_can_be_drawn_from_what_is_there() -> None:
    scripts = [ROOT / "docs" / name for name in ("render-pictures", "example_quarters.py")]
    script = "\n".join(path.read_text("utf-8") for path in scripts)
    named = re.findall(r"^from (xlkpi[\w.]*) import (.+)$", script, re.MULTILINE)
    assert named
    for module, names in named:
        assert all(hasattr(importlib.import_module(module), name) for name in names.split(", ")), module
