"""Reads what a form says of the agreement of its targets: key actions, signatures, and where they stand."""

from __future__ import annotations

from xlkpi.appraisal.filled import Agreement, KeyAction
from xlkpi.form.blocks.agreement import KEY_ACTION, SIGNED
from xlkpi.form.grid import Grid
from xlkpi.form.layout import KEY_ACTION_COUNT

SIGNED_ROW = "c:targets"
TERM_COLUMNS = ("label", "weight", "target", "rule", "unit")
"""The columns of an indicator's row that hold what is agreed; a label is typed in spare rows only."""


def read_agreement(grid: Grid) -> Agreement:
    """The agreement of a form; cells that are gone are empty."""
    actions = (_action(grid, place) for place in range(1, KEY_ACTION_COUNT + 1))
    typed = tuple(a for a in actions if a.about or a.action or a.owner or a.due)
    employee, superior = (_text(grid, SIGNED_ROW, SIGNED[who]) for who in ("employee", "superior"))
    return Agreement(typed, employee, superior, _cells(grid))


def key_action_id(place: int) -> str:
    """The row id of a key action."""
    return f"k:{place}"


def _action(grid: Grid, place: int) -> KeyAction:
    texts = {field: _text(grid, key_action_id(place), column) for field, column in KEY_ACTION.items()}
    return KeyAction(place, **texts)


def _text(grid: Grid, row: str, column: str) -> str:
    return grid.text(row, column).strip() if grid.has(row, column) else ""


def _cells(grid: Grid) -> dict[str, str]:
    if not grid.has_family(key_action_id(1)):
        return {}
    columns = {"i": TERM_COLUMNS, "k": tuple(KEY_ACTION.values()), "c": (SIGNED["employee"], SIGNED["superior"])}
    return {
        f"{row} {column}": grid.address(row, column)
        for row in grid.row
        for column in columns.get(row.partition(":")[0], ())
        if grid.has(row, column)
    }
