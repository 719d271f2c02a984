"""The words of the form, from `workbook_templates/labels.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from xlkpi.quarter import Quarter
from xlkpi.rules.language import HANS


class Words:
    """Every word shown, by key. A missing key is an error of ours, and says so."""

    def __init__(self, language: str, table: dict[str, str]) -> None:
        self.language, self._table = language, table

    def __call__(self, key: str, /, **values: object) -> str:
        return self._table[key].format(**values) if values else self._table[key]

    def lines(self, key: str, /, **values: object) -> list[str]:
        """A text of several lines, one item a line."""
        return [line for line in self(key, **values).splitlines() if line.strip()]


@cache
def words(language: str = HANS) -> Words:
    """The words of one language. Raises KeyError for a language that has none."""
    text = (files("workbook_templates") / "labels.toml").read_text("utf-8")
    return Words(language, tomllib.loads(text)[language])


def period_text(quarter: Quarter, words: Words) -> str:
    """2026年第4季度（10–12月）."""
    first, _, last = quarter.months
    return words("period", year=quarter.year, number=quarter.number, first=first, last=last)
