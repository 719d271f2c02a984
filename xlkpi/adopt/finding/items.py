"""What a table says of each indicator, as texts: its own columns, the group it stands in, and the cells left over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.adopt.finding.sheets import Cell
from xlkpi.adopt.finding.tables import Item, Table
from xlkpi.adopt.names import group_name, label_name
from xlkpi.adopt.reading.targets import period_in
from xlkpi.adopt.reading.units import unit_in_brackets
from xlkpi.adopt.words import level_points, pattern
from xlkpi.i18n.labels import words as labels
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS


@dataclass(frozen=True)
class ItemTexts:
    """The texts of one indicator.

    rules: those of the columns that might be the rule, the likeliest first. target: the cell itself, for its number and
    format. unit_of_targets, period_of_targets: what the heading of the targets says. originals: heading → text, for all
    its cells. unread: heading → text of the columns that are not understood.
    """

    item: Item
    label: str
    group: str
    definition: str
    target: Cell | None
    rules: tuple[str, ...]
    owner: str
    period: str
    unit: str
    unit_of_targets: str
    period_of_targets: str
    direction: str
    originals: Mapping[str, str]
    unread: Mapping[str, str]


def items_of(table: Table) -> list[ItemTexts]:
    """The texts of the items of a table, in its order."""
    found: list[ItemTexts] = []
    group: list[str] = [""] * len(table.columns.groups)
    for item in table.items:
        group = _groups(table, item, group)
        found.append(_item(table, item, _path(table, item, group)))
    return found


def _groups(table: Table, item: Item, before: list[str]) -> list[str]:
    """The texts of the columns of groups; an empty cell goes on with the one above, unless one left of it is new."""
    texts = [table.text(item.rows[0], column) for column in table.columns.groups]
    for number, text in enumerate(texts):
        if (not text and not any(texts[:number])) or (not text and texts[:number] == before[:number]):
            texts[number] = before[number]
    return texts


def _path(table: Table, item: Item, groups: list[str]) -> str:
    names = [item.section.text] if item.section else []
    label = table.text(item.rows[0], table.columns.label)
    names += [text for text in groups if text and text != label]
    return "/".join(dict.fromkeys(map(group_name, names)))


def _item(table: Table, item: Item, group: str) -> ItemTexts:
    columns = table.columns

    def joined(column: int | None, separator: str = "\n") -> str:
        texts = dict.fromkeys(table.text(row, column) for row in item.rows)
        return separator.join(filter(None, texts))

    headings = {
        column: table.header.heading(column) or table.sheet.address((0, column)).rstrip("1")
        for column in range(table.sheet.columns)
    }
    texts = {column: text for column in headings if (text := joined(column))}
    graded, with_points = _graded(table, item)
    label = joined(columns.label, "")
    goal = "" if columns.target is None else table.header.heading(columns.target)
    at = None if columns.target == with_points else columns.target
    target = next((cell for row in item.rows if at is not None and (cell := table.sheet.cell(row, at))), None)
    explaining = [column for column in columns.definitions if column != with_points]
    return ItemTexts(
        item=item,
        label=label_name(label),
        group=group,
        definition="\n".join(dict.fromkeys(filter(None, map(joined, explaining)))),
        target=target,
        direction=joined(columns.direction),
        rules=graded or _levels(table, item) or tuple(_sentence(table, item, column) for column in columns.rules),
        owner=joined(columns.owner, labels(HANS)("list_separator")),
        period=joined(columns.period),
        unit=joined(columns.unit),
        unit_of_targets=unit_in_brackets(goal),
        period_of_targets=period_in(goal),
        originals={headings[column]: text for column, text in texts.items()},
        unread={headings[column]: texts[column] for column in columns.unknown if column in texts}
        | _notes(table, item, headings),
    )


def _notes(table: Table, item: Item, headings: Mapping[int, str]) -> dict[str, str]:
    """What people noted at the cells of an indicator, by heading."""
    notes = {place: text for place, text in table.sheet.notes.items() if place[0] in item.rows}
    return {COMMANDS("adopt_note", heading=headings.get(column, "")): text for (_, column), text in notes.items()}


def _graded(table: Table, item: Item) -> tuple[tuple[str, ...], int | None]:
    """The rule of an indicator of several rows, of which one column has the points and another what they are for.

    Also the column that says what for; None where the table is not like this.
    """
    if len(item.rows) < 2:
        return (), None
    columns = table.columns
    for column in columns.rules:
        points = [table.text(row, column) for row in item.rows]
        if not all(pattern("bare_points").fullmatch(text) for text in points) or len(set(points)) < 2:
            continue
        for other in (*columns.rules, *columns.definitions, columns.target):
            said = [table.text(row, other) for row in item.rows]
            if other != column and all(said) and len(set(said)) == len(said):
                pairs = zip(said, (pattern("mark").sub("", text) for text in points), strict=True)
                lines = [COMMANDS("adopt_level", said=text, points=number) for text, number in pairs]
                return ("\n".join(lines),), other
    return (), None


def _levels(table: Table, item: Item) -> tuple[str, ...]:
    """The rule of a table with a column for each level: what stands in it, with the points of its heading."""
    said = [(table.text(item.rows[0], column), table.header.heading(column)) for column in table.columns.levels]
    lines = [COMMANDS("adopt_level", said=text, points=level_points(heading)) for text, heading in said if text]
    return ("\n".join(lines),) if lines else ()


def _sentence(table: Table, item: Item, column: int) -> str:
    """The rule of an indicator in a column; where its lines stand in rows of their own, they are joined."""
    texts = dict.fromkeys(table.text(row, column) for row in item.rows)
    return "\n".join(text.strip() for text in texts if text)
