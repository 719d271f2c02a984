"""Decides what each column of a table holds, where its heading alone does not say: by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from xlkpi.adopt.finding.headings import MORE, NAMELESS, Column, Header
from xlkpi.adopt.finding.sheets import Sheet
from xlkpi.adopt.reading.targets import read_target
from xlkpi.adopt.words import pattern
from xlkpi.rules.model import RuleError
from xlkpi.scoring.rule_in_row import read_in_row, row_of

_LABELS = ("label", "item", "content")
_NUMBER = 12
"""Characters that a number with its unit has at most."""
_LONG = 24
"""Characters, on average, from which a text explains rather than names."""


@dataclass(frozen=True)
class Columns:
    """The columns of a table by what they hold, from 0.

    rules: those that might be the rule, likeliest first. levels: where each level of the rule has a column of its own.
    """

    label: int
    groups: tuple[int, ...] = ()
    definitions: tuple[int, ...] = ()
    weight: int | None = None
    points: bool = False
    group_weight: int | None = None
    target: int | None = None
    rules: tuple[int, ...] = ()
    owner: int | None = None
    period: int | None = None
    unit: int | None = None
    direction: int | None = None
    levels: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    results: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()


class _Body:
    """The texts of the columns below the headings."""

    def __init__(self, sheet: Sheet, rows: Sequence[int]) -> None:
        self.sheet, self.rows = sheet, rows

    def own(self, column: int) -> list[str]:
        """The texts of the cells of a column; a merged cell counts once."""
        return [cell.text for row in self.rows if (cell := self.sheet.cells.get((row, column)))]

    def texts(self, column: int) -> list[str]:
        """The texts that people see in a column."""
        return [text for row in self.rows if (text := self.sheet.text(row, column))]

    def groups_rows(self, column: int) -> bool:
        """Whether the cells of a column stand for several rows: merged, repeated, or followed by empty ones."""
        own, merged = self.own(column), [self.sheet.areas.get((row, column)) for row in self.rows]
        return (
            any(area and area[2] > area[0] for area in merged)
            or len(set(own)) < len(own) < len(self.rows)
            or (0 < len(own) < len(self.rows) * 0.7 or (len(own) > 2 and len(set(own)) <= len(own) / 2))
        )

    def share(self, column: int, like: re.Pattern[str]) -> float:
        """The share of the texts of a column in which a pattern is found."""
        texts = self.own(column)
        return sum(like.search(text) is not None for text in texts) / len(texts) if texts else 0.0

    def rule_share(self, column: int) -> float:
        """The share of the texts of a column that are rules, or look like some."""
        texts = self.own(column)
        return sum(_is_rule(text) for text in texts) / len(texts) if texts else 0.0

    def holds_numbers(self, column: int) -> bool:
        """Whether a column has a number in every cell, such as a second target, and explains nothing."""
        texts = self.own(column)
        return bool(texts) and all(read_target(text) is not None and len(text) <= _NUMBER for text in texts)

    def is_long(self, column: int) -> bool:
        texts = self.own(column)
        return bool(texts) and sum(map(len, texts)) / len(texts) >= _LONG


def _is_rule(text: str) -> bool:
    if pattern("rule").search(text):
        return True
    try:
        return bool(read_in_row(text, row_of("%")))
    except RuleError:
        return False


def columns_of(sheet: Sheet, header: Header, rows: Sequence[int]) -> Columns:
    """What the columns hold. rows: below the headings, without totals and what stands at the foot."""
    body = _Body(sheet, rows)
    kinds = {column.number: column for column in _continued(header.columns, body)}

    def of(*wanted: str) -> list[int]:
        return [number for number, column in kinds.items() if column.kind in wanted]

    rules = _rules(of("rule", "standard"), [*of("target", "formula", "definition", ""), *of("result")], body, kinds)
    goals = [number for number in of("target") if number not in rules]
    target = max(goals, key=lambda number: body.share(number, pattern("target")), default=None)
    if target is None:
        target = next((n for n in of("standard") if n not in rules and body.share(n, pattern("target")) >= 0.5), None)
    weights = of("weight", "points")
    weight = next((number for number in weights if body.own(number)), weights[0] if weights else None)
    named = of(*_LABELS) or [n for n in (*of(*NAMELESS), *kinds) if body.own(n) and n not in rules][:1] or [*kinds][:1]
    weighed = 0 if weight is None else len(body.own(weight))
    label, groups, explained = _names(named, of("group", "subgroup"), body, kinds, weighed)
    groups, target = [number for number in groups if number != label], None if target == label else target
    group_weight = next(iter(of("group_weight")), None)
    if weight is None and group_weight is not None and not groups:
        weight, group_weight = group_weight, None
    one = {name: next(iter(of(name)), None) for name in ("owner", "period", "unit", "direction")}
    levels = of("level") if len(of("level")) > 1 and not any(map(body.own, rules)) else []
    rules = [] if levels else rules
    used = {*levels, label, *groups, *explained, target, weight, group_weight, *rules, *one.values()}
    explaining = (n for n in of("definition", "formula", "standard") if n not in used and not body.holds_numbers(n))
    definitions = [*explained, *explaining]
    results, numbers = of("result"), of("number")
    used |= {*definitions, *results, *numbers}
    return Columns(
        label, tuple(groups), tuple(definitions), weight, weight is not None and kinds[weight].kind == "points",
        group_weight, target, tuple(rules), **one, levels=tuple(levels), numbers=tuple(numbers),
        results=tuple(n for n in results if n not in rules), unknown=tuple(n for n in kinds if n not in used),
    )  # fmt: skip


def _continued(columns: Iterable[Column], body: _Body) -> list[Column]:
    """The columns; a second one under a heading of names is what is named, and the first is its group."""
    settled: list[Column] = []
    for column in columns:
        before = settled[-1] if settled else column
        unmerged = not column.heading and before.kind in _LABELS and body.groups_rows(before.number)
        if column.kind != MORE and not (unmerged and body.own(column.number)):
            settled.append(column)
            continue
        if before.kind in _LABELS and body.own(column.number):
            settled[-1] = replace(before, kind="group")
            settled.append(replace(column, kind=before.kind))
        elif before.kind == "group" and body.own(column.number):
            settled.append(replace(column, kind="label"))
        else:
            settled.append(replace(column, kind=before.kind if before.kind in ("result", "definition", "rule") else ""))
    return [column for column in settled if column.heading or body.own(column.number)]


def _rules(named: list[int], others: list[int], body: _Body, kinds: dict[int, Column]) -> list[int]:
    """The columns that might be the rule, likeliest first."""

    def rank(column: int) -> tuple[bool, float]:
        return kinds[column].kind == "rule" and body.rule_share(column) > 0.3, body.rule_share(column)

    found = [column for column in named if kinds[column].kind == "rule" or body.rule_share(column) >= 0.5]
    filled = [column for column in found if body.own(column)]
    if filled:
        return sorted(filled, key=rank, reverse=True)
    if found:
        return found[:1]
    likely = [column for column in others if body.rule_share(column) >= 0.5]
    return [max(likely, key=body.rule_share)] if likely else []


def _names(
    named: list[int], groups: list[int], body: _Body, kinds: dict[int, Column], weights: int
) -> tuple[int, list[int], list[int]]:
    """The column of the names, those of the groups, and those that explain the names.

    weights: how many cells have a weight: where names are merged over several of these, what stands beside them is
    what is weighed.
    """
    filled = [column for column in named if body.own(column)] or named
    strong = [column for column in filled if kinds[column].kind == "label"]
    if strong:
        label = next((column for column in reversed(strong) if not body.is_long(column)), strong[-1])
        finer = [c for c in filled if c not in strong and len(body.own(c)) == weights > len(body.own(label))]
        label = next(iter(finer), label)
    else:
        short = [column for column in filled if not body.is_long(column) and not body.groups_rows(column)]
        contents = [column for column in short if kinds[column].kind == "content"]
        items = [column for column in short if kinds[column].kind == "item"]
        label = next(
            iter(items or contents or [c for c in reversed(filled) if body.groups_rows(c) is False]), filled[-1]
        )
    explained: list[int] = []
    above = list(groups)
    for column in filled:
        if column == label:
            continue
        if column < label and (body.groups_rows(column) or kinds[column].kind != "content"):
            above.append(column)
        else:
            explained.append(column)
    return label, sorted(above), explained
