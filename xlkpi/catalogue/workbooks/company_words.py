"""The words of a company's workbook: its sheets, headings and settings, and what can be chosen there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from xlkpi.catalogue.toml import read_toml
from xlkpi.i18n.resources import TEMPLATES


@cache
def _file() -> Mapping[str, Mapping[str, str]]:
    return read_toml(files(TEMPLATES) / "company_book.toml")


def sheet(key: str) -> str:
    """The name of a sheet: `settings`, `grades` or `words`."""
    return _file()["sheets"][key]


def heading(key: str) -> str:
    """The heading of a column."""
    return _file()["headings"][key]


def items() -> Mapping[str, str]:
    """The settings: key → name for people, in their order."""
    return _file()["items"]


def languages() -> Mapping[str, str]:
    """Language → its name."""
    return _file()["languages"]


def choices(key: str) -> Mapping[str, str]:
    """What can be chosen: value → word. key: `yes_no` or a setting."""
    return _file()[key]
