"""The tables of `cases/rules`: what HR could read, as the tests use it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.strategies import Value

FOLDER = Path(__file__).parent / "cases" / "rules"


@dataclass(frozen=True)
class Example:
    """One line of a `[[rule]]`: what the cells hold and must show."""

    id: str
    rule: str
    unit: str | None
    actual: tuple[Value, ...]
    target: tuple[Value, ...]
    score: float | str
    deducted: float | None
    receipt: str | None


@dataclass(frozen=True)
class Refusal:
    """A `[[refused]]` sentence."""

    id: str
    rule: str
    unit: str | None
    words: tuple[str, ...]
    suggestions: tuple[str, ...] | None


@dataclass(frozen=True)
class Spelling:
    """A sentence and the canonical one that means the same."""

    id: str
    sentence: str
    canonical: str
    unit: str | None


@cache
def examples() -> tuple[Example, ...]:
    return tuple(_examples())


@cache
def refusals() -> tuple[Refusal, ...]:
    return tuple(
        Refusal(
            f"{stem}: {table['name']}",
            table["rule"],
            table.get("unit"),
            tuple(table["words"]),
            tuple(table["suggestions"]) if "suggestions" in table else None,
        )
        for stem, table in _tables("refused", {"name", "rule", "unit", "words", "suggestions"})
    )


@cache
def spellings() -> tuple[Spelling, ...]:
    found = [
        Spelling(f"{stem}: {sentence}", sentence, table["canonical"], table.get("unit"))
        for stem, table in _tables("same", {"canonical", "sentences", "unit"})
        for sentence in table["sentences"]
    ]
    found += [
        Spelling(f"{stem}: {table['name']}", table["rule"], table.get("canonical", table["rule"]), table.get("unit"))
        for stem, table in _tables("rule", _RULE_KEYS)
    ]
    return tuple(found)


_RULE_KEYS = {"name", "rule", "unit", "canonical", "cases"}
_CASE_KEYS = {"actual", "target", "score", "deducted", "receipt"}


def _examples() -> Iterator[Example]:
    for stem, table in _tables("rule", _RULE_KEYS):
        for number, case in enumerate(table["cases"], start=1):
            if unknown := case.keys() - _CASE_KEYS:
                raise ValueError(f"{stem}: {table['name']}: {unknown}")
            actual = _cells(case.get("actual"))
            yield Example(
                f"{stem}: {table['name']} #{number}",
                table["rule"],
                table.get("unit"),
                actual,
                _cells(case.get("target", [None] * len(actual))),
                float(case["score"]) if isinstance(case["score"], int) else case["score"],
                case.get("deducted"),
                case.get("receipt"),
            )


def _tables(kind: str, known: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file, table) of one kind; a key that nobody reads is a mistake in the file."""
    for path in sorted(FOLDER.glob("*.toml")):
        content = tomllib.loads(path.read_text("utf-8"))
        if unknown := content.keys() - {"rule", "same", "refused"}:
            raise ValueError(f"{path.name}: {unknown}")
        for table in content.get(kind, []):
            if unknown := table.keys() - known:
                raise ValueError(f"{path.name}: {table.get('name')}: {unknown}")
            yield path.stem, table


def _cells(written: Any) -> tuple[Value, ...]:
    return tuple(map(_cell, written if isinstance(written, list) else [written]))


def _cell(written: Any) -> Value:
    if isinstance(written, str) and re.fullmatch(r"-?\d+(\.\d+)?%", written):
        return float(Decimal(written.removesuffix("%")) / 100)
    return float(written) if isinstance(written, int) else written
