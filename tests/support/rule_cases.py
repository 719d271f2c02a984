"""The tables of `cases/rules` and `cases/wordings`: what HR could read, as the tests use it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.paths import CASES
from tests.support.strategies import Value

FOLDER = CASES / "rules"
WORDINGS = FOLDER.with_name("wordings")


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
    ) + tuple(
        Refusal(f"{stem}: {table['wording']}", table["wording"], table.get("unit"), tuple(table["asks"]), None)
        for stem, table in _wordings("refuse", {"wording", "unit", "asks", "seen"})
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
    found += [
        Spelling(f"{stem}: {table['wording']}", table["wording"], table["means"], table.get("unit"))
        for stem, table in _wordings("accept", _WORDING_KEYS)
    ]
    return tuple(found)


_WORDING_KEYS = {"wording", "unit", "means", "seen", "cases"}
_RULE_KEYS = {"name", "rule", "unit", "canonical", "cases"}
_CASE_KEYS = {"actual", "target", "score", "deducted", "receipt"}


def _examples() -> Iterator[Example]:
    rules = [(stem, table["name"], table["rule"], table) for stem, table in _tables("rule", _RULE_KEYS)]
    accepted = _wordings("accept", _WORDING_KEYS)
    rules += [(stem, table["wording"], table["wording"], table) for stem, table in accepted]
    for stem, name, rule, table in rules:
        for number, case in enumerate(table.get("cases", []), start=1):
            if unknown := case.keys() - _CASE_KEYS:
                raise ValueError(f"{stem}: {name}: {unknown}")
            actual = _cells(case.get("actual"))
            yield Example(
                f"{stem}: {name} #{number}",
                rule,
                table.get("unit"),
                actual,
                _cells(case.get("target", [None] * len(actual))),
                float(case["score"]) if isinstance(case["score"], int) else case["score"],
                case.get("deducted"),
                case.get("receipt"),
            )


def _tables(kind: str, known: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file, table) of one kind in `cases/rules`."""
    yield from _read(FOLDER, {"rule", "same", "refused"}, kind, known)


def _wordings(kind: str, known: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file, table) of one kind in `cases/wordings`."""
    yield from _read(WORDINGS, {"accept", "refuse"}, kind, known)


def _read(folder: Path, kinds: set[str], kind: str, known: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(file, table) of one kind in a folder; a key that nobody reads is a mistake in the file."""
    for path in sorted(folder.glob("*.toml")):
        content = tomllib.loads(path.read_text("utf-8"))
        if unknown := content.keys() - kinds:
            raise ValueError(f"{path.name}: {unknown}")
        for table in content.get(kind, []):
            if unknown := table.keys() - known:
                raise ValueError(f"{path.name}: {table.get('name') or table.get('wording')}: {unknown}")
            yield path.stem, table


def _cells(written: Any) -> tuple[Value, ...]:
    return tuple(map(_cell, written if isinstance(written, list) else [written]))


def _cell(written: Any) -> Value:
    if isinstance(written, str) and re.fullmatch(r"-?\d+(\.\d+)?%", written):
        return float(Decimal(written.removesuffix("%")) / 100)
    return float(written) if isinstance(written, int) else written
