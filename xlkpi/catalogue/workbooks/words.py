"""The words of role workbooks: titles of blocks, headings of columns, the words of their choices."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from xlkpi.catalogue.toml import read_toml
from xlkpi.catalogue.workbooks.reading.grid import folded
from xlkpi.i18n.resources import TEMPLATES

BLOCKS = ("duties", "measures", "groups", "indicators", "alerts")
"""The blocks that are tables; beside them are the head (names on the left) and the guidance (one text a row)."""
FURTHER = "└"
"""Stands before the name of a further measure of the rule above."""
FURTHER_MARKS = "└↳┗"


@cache
def _file() -> Mapping[str, Any]:
    return read_toml(files(TEMPLATES) / "role_book.toml")


def title(block: str) -> str:
    """The title of a block as it is written."""
    return str(_file()["titles"][block][0])


def columns(block: str) -> tuple[str, ...]:
    """The fields of a block, or of the head, in the order of their columns."""
    return tuple(_file()[block])


def heading(block: str, field: str) -> str:
    """The heading of a field as it is written."""
    return str(_file()[block][field]["names"][0])


def note(block: str, field: str) -> str:
    """What the note on a heading says."""
    return str(_file()[block][field]["note"])


def sheet(name: str) -> str:
    """The name of a sheet beside the roles: `instructions` or `questions`."""
    return str(_file()["sheets"][name])


@cache
def headings(block: str) -> Mapping[str, str]:
    """Folded heading → field."""
    return {folded(name): field for field, entry in reversed(_file()[block].items()) for name in entry["names"]}


@cache
def titles() -> Mapping[str, str]:
    """Folded title → block."""
    return {folded(name): block for block, names in _file()["titles"].items() for name in names}


def choice(kind: str, value: str) -> str:
    """A choice as it is written; kind: `aggregates`, `unmet`, `missing`, `no_occasion`, `yes_no` or `settled`."""
    return str(_file()[kind][value][0])


def choices(kind: str) -> tuple[str, ...]:
    """All choices as they are written."""
    return tuple(str(names[0]) for names in _file()[kind].values())


def aggregates() -> tuple[str, ...]:
    """How data can be entered: the ways in which months are joined, and `quarter`."""
    return tuple(_file()["aggregates"])


@cache
def chosen(kind: str) -> Mapping[str, str]:
    """Folded word → choice."""
    return {folded(name): value for value, names in _file()[kind].items() for name in names}


@cache
def totals() -> frozenset[str]:
    """Folded names of rows that only add up weights."""
    return frozenset(folded(name) for name in _file()["totals"]["names"])


@cache
def blanks() -> frozenset[str]:
    """Folded texts that stand for no number."""
    return frozenset(folded(name) for name in _file()["blank"]["names"])


def default(name: str) -> str:
    """What stands where somebody wrote nothing: `group`, `owner`, `source`, `title`."""
    return str(_file()["defaults"][name])


def usual(name: str) -> tuple[str, ...]:
    """What lists offer: `units`, `owners`."""
    return tuple(_file()["usual"][name])


def text(key: str, **values: str) -> str:
    """Another text of the workbook; `values` fill in its {…}."""
    return str(_file()["texts"][key]).format(**values)


def question_columns() -> Mapping[str, str]:
    """The headings of the sheet of questions by the names of its columns, in their order."""
    return {name: str(heading) for name, heading in _file()["questions"].items()}


def instructions() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The instructions: title and lines of each part."""
    return tuple((part["title"], tuple(part["lines"])) for part in _file()["instructions"])


def separator() -> str:
    """What stands between the parts of one cell."""
    return text("separator")
