"""Finds rows whose visible cells were moved while their hidden ids stayed, as sorting the visible columns leaves them.

Numbers are read by id, so they would score as those of another row, and the form would look right.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xlkpi.catalogue.role import Role
from xlkpi.common.caches import ByIdentity, kept
from xlkpi.form.grid import Grid, Ids
from xlkpi.form.layout import FURTHER, SPARE, measure_id, part_id, rating_id


@dataclass(frozen=True)
class MovedRow:
    """A row whose visible cells were moved.

    column: the id of the column that tells it. holds: the label of the row whose text stands there; "" where only units
    were exchanged, which several rows may share.
    """

    row: str
    column: str
    holds: str


def moved_rows(role: Role, grid: Grid) -> Iterator[MovedRow]:
    """The rows of measures and indicators that hold exactly what belongs to another one.

    A label or a definition of another row is enough. A rule may be given to a second indicator on purpose; where two
    rows have exchanged theirs, and the formulas were not made anew from them, it was moved. So were the units of
    measures that have changed places among themselves, and the numbers beside them with them.
    """
    if _as_made(role, grid):
        return
    measures = _measures(role)
    for rows in (measures, _indicators(role), _ratings(role, grid.row)):
        found: dict[str, MovedRow] = {}
        for column in _TELLING:
            for moved in _told_by(column, rows, grid):
                found.setdefault(moved.row, moved)
        for row in _units_exchanged(role, grid) if rows is measures else ():
            found.setdefault(row, MovedRow(row, "unit", ""))
        yield from (found[row] for row in rows if row in found)


_TELLING = ("label", "definition", "rule")
"""The columns whose texts tell a moved row."""


def _as_made(role: Role, grid: Grid) -> bool:
    """Whether every cell that tells a moved row holds the text with which the form was made."""
    places = _telling_places(ByIdentity(role), ByIdentity(grid.ids))
    return all(
        grid.rows[row][column] == text or _plain(grid.text(*id)) == plain for row, column, text, plain, id in places
    )


@kept(256)
def _telling_places(
    role: ByIdentity[Role], ids: ByIdentity[Ids]
) -> Sequence[tuple[int, int, str, str, tuple[str, str]]]:
    """Row, column, text as made, the same as `_plain` leaves it, and ids of those cells; the text is "" where anything
    that stands there may be another row's."""
    row, column = ids.value.row, ids.value.column
    texts = {
        (id, one): own.get(one, "")
        for rows in (_measures(role.value), _indicators(role.value), _ratings(role.value, row))
        for one in _TELLING
        if any(one in own for own in rows.values())
        for id, own in rows.items()
    }
    texts |= {(measure_id(measure.id), "unit"): measure.unit for measure in role.value.measures}
    present = {id: text for id, text in texts.items() if id[0] in row and id[1] in column}
    return [(row[id[0]], column[id[1]], text, _plain(text), id) for id, text in present.items()]


def _units_exchanged(role: Role, grid: Grid) -> list[str]:
    """The rows of measures whose units are those of each other, in another order."""
    rows = {measure_id(m.id): _plain(m.unit) for m in role.measures if grid.has(measure_id(m.id), "unit")}
    now = {row: _plain(grid.text(row, "unit")) for row in rows}
    other = [row for row in rows if now[row] != rows[row]]
    return other if sorted(now[row] for row in other) == sorted(rows[row] for row in other) else []


_Texts = Mapping[str, Mapping[str, str]]
"""Row id → column id → the text of the form as generated."""


def _measures(role: Role) -> _Texts:
    return {measure_id(m.id): {"label": m.label, "definition": m.definition} for m in role.measures}


def _indicators(role: Role) -> _Texts:
    rows = {
        part_id(indicator.id, number): {"label": part.label, "definition": part.definition}
        | ({"rule": indicator.rule_text} if number == 0 else {})
        for indicator in role.indicators
        for number, part in enumerate(indicator.parts)
    }
    return rows | {part_id(id): {} for id in SPARE}


def _ratings(role: Role, present: Container[str]) -> _Texts:
    return {rating_id(i.id): {"label": i.label} for i in role.indicators if rating_id(i.id) in present}


def _told_by(column: str, rows: _Texts, grid: Grid) -> Iterator[MovedRow]:
    own = {row: _plain(texts[column]) for row, texts in rows.items() if texts.get(column)}
    now = {row: _plain(grid.text(row, column)) for row in rows if grid.has(row, column)}
    for row, text in now.items():
        if not text or text == own.get(row):
            continue
        others = [other for other, theirs in own.items() if theirs == text and other in now]
        if row not in own or column == "rule":  # a spare row, or a rule: somebody may have typed it
            others = [other for other in others if now[other] != own[other] and not _made_anew(grid, row, text)]
        if others:
            yield MovedRow(row, column, rows[others[0]]["label"])


def _made_anew(grid: Grid, row: str, rule: str) -> bool:
    """Whether the row's formulas were made from this rule."""
    return grid.has(row, "compiled") and _plain(grid.text(row, "compiled")) == rule


@lru_cache(4096)
def _plain(text: str) -> str:
    """A text without blanks and marks that programs change."""
    return "".join(text.strip().removeprefix(FURTHER).split()).casefold()
