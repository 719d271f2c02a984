"""The words of the list of raters: headings, and who a rater is to the person."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from xlkpi.catalogue.appraising.ratings import KINDS
from xlkpi.catalogue.toml import read_toml
from xlkpi.i18n.resources import TEMPLATES
from xlkpi.roster.header import folded

SELF, SUPERIOR = "self", "superior"
"""Relations besides the kinds of raters; the superior does not stand in the list, but rates on the form."""
RELATIONS = (*KINDS, SELF)
"""The relations that the list has by itself; roles may add others (`Measure.rated_by`)."""
COLUMNS = ("person", "name", "rater", "rater_name", "relation")


@cache
def _file() -> Mapping[str, Any]:
    return read_toml(files(TEMPLATES) / "raters.toml")


def heading(column: str) -> str:
    """The heading of a column as it is written."""
    return str(_file()["headings"][column][0])


@cache
def headings() -> Mapping[str, str]:
    """Folded heading → column."""
    return {folded(name): column for column, names in reversed(_file()["headings"].items()) for name in names}


def relation(id: str) -> str:
    """A relation as it is written."""
    return str(_file()["relations"][id][0])


@cache
def relations() -> Mapping[str, str]:
    """Folded word → relation, one of `RELATIONS` or `SUPERIOR`."""
    return {folded(name): id for id, names in _file()["relations"].items() for name in names}


def text(key: str, **values: str) -> str:
    """Another text of the workbook."""
    return str(_file()["texts"][key]).format(**values)
