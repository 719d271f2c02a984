"""Reads the record of the review meeting (面谈记录) of a form."""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.appraisal.meeting import Meeting, PreviousAction
from xlkpi.common.day import day_written
from xlkpi.form.blocks.meeting import (
    HELD,
    HELD_CELLS,
    OWNER_COLUMN,
    PREFIXES,
    PREVIOUS,
    PREVIOUS_ROWS,
    STATES,
    TEXT_COLUMN,
    TEXTS,
    text_id,
)
from xlkpi.form.grid import Grid
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES


def has_meeting(grid: Grid) -> bool:
    """Whether a form has the block, or what is left of it."""
    return any(map(grid.has_family, PREFIXES))


def read_meeting(grid: Grid) -> Meeting | None:
    """The record of a form; None where the form has no such block."""
    if not has_meeting(grid):
        return None
    date = HELD, HELD_CELLS["date"]
    said = typed(grid, *date)
    return Meeting(
        day_written(grid.raw(*date)) if said else None,
        said,
        **{id: typed(grid, HELD, HELD_CELLS[id]) for id in ("superior", "second_superior", "others")},
        texts={field: typed(grid, text_id(field), TEXT_COLUMN) for field in TEXTS},
        previous=tuple(_previous(grid)),
    )


def read_owner(grid: Grid, row_id: str) -> str:
    """Who sees to an action of the review; "" on forms where that has no cell of its own."""
    return typed(grid, row_id, OWNER_COLUMN) if has_meeting(grid) else ""


def typed(grid: Grid, row_id: str, column_id: str) -> str:
    """A typed text, a date without its time; "" where the cell is gone, because no score needs it."""
    if not grid.has(row_id, column_id):
        return ""
    return grid.text(row_id, column_id).strip().removesuffix(" 00:00:00")


def _previous(grid: Grid) -> Iterator[PreviousAction]:
    states = {words(language)(f"state_of_{state}"): state for language in LANGUAGES for state in STATES}
    known = {word.casefold(): state for word, state in states.items()}
    for place, row in enumerate(PREVIOUS_ROWS, start=1):
        text = {field: typed(grid, row, column) for field, column in PREVIOUS.items()}
        said = text.pop("state")
        if any(text.values()) or said:
            yield PreviousAction(place, **text, state=known.get(said.casefold()), said=said)
