"""Decides what the weights of a table say: 30%, 30 or 0.3, points of an item, weights of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlkpi.adopt.finding.sheets import Cell, Place
from xlkpi.adopt.finding.tables import Item, Table
from xlkpi.adopt.words import pattern, plain_unit
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import plain

_ENOUGH = 0.005
"""Sums that are nearer than this, relative to what they should be, are it."""


@dataclass(frozen=True)
class Weights:
    """The weights of the items, in the order of the table.

    items: in per cent of the whole, or of the group where `groups` has weights; None where nothing is said. groups:
    name of a group → its weight, where the table says it. shared: items that share one weight, which is divided by
    their number. asked: the questions about all of them. fractions: whether they are written as 0.3.
    """

    items: tuple[float | None, ...]
    groups: Mapping[str, float] = field(default_factory=dict)
    shared: Mapping[int, tuple[float, int]] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    fractions: bool = False


def _near(number: float, wanted: float) -> bool:
    return abs(number - wanted) <= _ENOUGH * wanted


def weight_in(cell: Cell | None) -> tuple[float | None, bool]:
    """The number in a cell of weights, in per cent where it is written so; and whether it is."""
    if cell is None:
        return None, False
    if cell.number is not None:
        return (cell.number * 100, True) if cell.percent else (cell.number, False)
    match = pattern("weight").fullmatch(cell.text)
    if match is None:
        return None, False
    return float(match[1]), plain_unit(match[2] or "") == "%"


@dataclass
class _Column:
    """The numbers of a column of weights, one for each cell; merged cells count once."""

    numbers: dict[Place, float] = field(default_factory=dict)
    percent: set[Place] = field(default_factory=set)

    def add(self, place: Place, cell: Cell | None) -> None:
        number, percent = weight_in(cell)
        if number is not None:
            self.numbers[place] = number
            if percent:
                self.percent.add(place)

    @property
    def fractions(self) -> bool:
        """Whether it holds 0.3 for 30%."""
        bare = [number for place, number in self.numbers.items() if place not in self.percent]
        small = bool(bare) and all(number <= 1 for number in bare)
        return small and (any(number < 1 for number in bare) or bool(self.percent) or _near(sum(bare), 1))

    def in_percent(self) -> dict[Place, float]:
        """The numbers, all in per cent: 0.3 beside sums of 1 is 30."""
        bare = self.numbers.keys() - self.percent if self.fractions else set()
        return {place: round(n * 100, 8) if place in bare else n for place, n in self.numbers.items()}


def weights_of(table: Table, groups: Sequence[str]) -> Weights:
    """The weights of the items. groups: the group of each item; "" for none."""
    column = _Column()
    places = [_place(table, item, table.columns.weight) for item in table.items]
    for place in dict.fromkeys(place for place in places if place is not None):
        column.add(place, table.sheet.cells.get(place))
    numbers = column.in_percent()
    shared_by = {place: [n for n, other in enumerate(places) if other == place] for place in numbers}
    items: list[float | None] = []
    shared: dict[int, tuple[float, int]] = {}
    for number, at in enumerate(places):
        weight = numbers.get(at) if at is not None else None
        if weight is not None and at is not None and len(shared_by[at]) > 1:
            shared[number] = weight, len(shared_by[at])
            weight /= len(shared_by[at])
        items.append(weight)
    said = _groups(table, groups)
    if said and all(group in said for group in groups) and not any(item is not None for item in items):
        counts = {group: list(groups).count(group) for group in said}
        shared = {n: (said[group], counts[group]) for n, group in enumerate(groups) if counts[group] > 1}
        return Weights(
            tuple(said[group] / counts[group] for group in groups), said, shared, _asked(table, said.values())
        )
    if said and _inside(items, groups, said):
        return Weights(tuple(items), said, shared, _asked(table, said.values()), column.fractions)
    sums = [item for item in items if item is not None]
    asked = (*_asked(table, sums), *_not_as_said(items, groups, said))
    return Weights(tuple(items), {}, shared, asked, column.fractions)


def _place(table: Table, item: Item, column: int | None) -> Place | None:
    if column is None:
        return None
    places = [table.sheet.anchor(row, column) for row in item.rows]
    return next((place for place in places if place in table.sheet.cells), None)


def _groups(table: Table, groups: Sequence[str]) -> dict[str, float]:
    """Group → its weight, from a column of its own, or from its name (业绩（60%）)."""
    column, owners = _Column(), dict[Place, str]()
    for item, group in zip(table.items, groups, strict=True):
        place = _place(table, item, table.columns.group_weight)
        if place is not None and group:
            owners.setdefault(place, group)
            column.add(place, table.sheet.cells[place])
    found = {owners[place]: number for place, number in column.in_percent().items()}
    for item, group in zip(table.items, groups, strict=True):
        for place in _naming(table, item):
            number = weight_in_name(table.sheet.text(*place))
            if group and number is not None:
                found.setdefault(group, number)
    return found


def _naming(table: Table, item: Item) -> list[Place]:
    named = [table.sheet.anchor(item.rows[0], column) for column in table.columns.groups]
    if item.section:
        row = item.section.place[0]
        beside = [(row, column) for column in (table.columns.weight, table.columns.group_weight) if column is not None]
        named += [item.section.place, *beside]
    return named


def weight_in_name(text: str) -> float | None:
    """The weight in the name of a group: 60 for 业绩指标（60%）, for 60分 and for 0.6 written in per cent."""
    match = pattern("weight_in_name").search(text)
    return float(match[1]) if match else None


def _inside(items: Sequence[float | None], groups: Sequence[str], said: Mapping[str, float]) -> bool:
    """Whether the weights of the items are those inside their groups: they add up to 100 in each, or to the group's."""
    if set(groups) - said.keys():
        return False
    sums = {group: sum(item or 0 for item, of in zip(items, groups, strict=True) if of == group) for group in said}
    whole = all(_near(total, 100) for total in sums.values())
    return whole or all(_near(total, said[group]) for group, total in sums.items())


def _not_as_said(items: Sequence[float | None], groups: Sequence[str], said: Mapping[str, float]) -> list[str]:
    """A question for each group whose items do not add up to what is said of it."""
    sums = {group: sum(item or 0 for item, of in zip(items, groups, strict=True) if of == group) for group in said}
    off = [(group, total) for group, total in sums.items() if not _near(total, said[group])]
    return [COMMANDS("adopt_group_sum", group=g, sum=plain(round(t, 4)), said=plain(said[g])) for g, t in off]


def _asked(table: Table, weights: object) -> tuple[str, ...]:
    """The question where the weights do not add up to 100; and where a total of the table says another sum."""
    total = round(sum(weights), 6)  # type: ignore[call-overload]
    if not total:
        return (COMMANDS("adopt_no_weights"),)
    questions = []
    if not _near(total, 100):
        questions.append(COMMANDS("adopt_weight_sum", sum=plain(total)))
    for row in table.totals:
        said, percent = weight_in(table.sheet.cells.get((row, table.columns.weight or 0)))
        if said is not None and not percent and said <= 1.5:
            said *= 100
        if said is not None and not _near(said, total):
            values = {"cell": table.sheet.address((row, table.columns.weight or 0)), "sum": plain(total)}
            questions.append(COMMANDS("adopt_total_differs", said=plain(round(said, 4)), **values))
    return tuple(questions)
