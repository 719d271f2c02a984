"""Reads 不计分事项 of a form: its lines, the names that they may use, and the scores of the quarter before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlkpi.appraisal.exceptions import FIELDS, ExceptionLine
from xlkpi.catalogue.role import Role
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.grid import Grid
from xlkpi.form.layout import part_id
from xlkpi.i18n.numbers import Value


def has_exceptions(grid: Grid) -> bool:
    """Whether a form has the block, or what is left of it."""
    return grid.has_family("x:1")


def exceptions_in(role: Role, grid: Grid) -> dict[str, Any]:
    """The inputs `exceptions`, `labels` and `carried` of a form; none of them for a form without the block."""
    if not has_exceptions(grid):
        return {}
    return {"exceptions": _lines(grid), "labels": _labels(role, grid), "carried": _carried(role, grid)}


def _lines(grid: Grid) -> tuple[ExceptionLine, ...]:
    rows = sorted(
        (row for row in grid.row if row.startswith("x:") and row[2:].isdecimal()), key=lambda row: int(row[2:])
    )
    return tuple(
        ExceptionLine(int(row[2:]), *(_typed(grid, row, EXCEPTION_COLUMNS[name]) for name in FIELDS)) for row in rows
    )


def _typed(grid: Grid, row: str, column: str) -> str:
    """A typed text as it stands; "" for an error, and where the column is gone or there twice."""
    if not grid.has(row, column) or grid.place(row, column) in grid.errors:
        return ""
    return grid.text(row, column)


def _labels(role: Role, grid: Grid) -> Mapping[str, str]:
    rows = {indicator.id: part_id(indicator.id) for indicator in role.indicators}
    return {id: grid.text(row, "label") for id, row in rows.items() if grid.has(row, "label")}


def _carried(role: Role, grid: Grid) -> Mapping[str, Value]:
    return {indicator.id: grid.get(part_id(indicator.id), "carried") for indicator in role.indicators}
