"""Values that are filled into typed cells in advance, each with a note that says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlkpi.catalogue.role import Role
from xlkpi.common.quarter import MONTHS
from xlkpi.form.layout import Layout, measure_id, part_id
from xlkpi.i18n.numbers import Value
from xlkpi.xlsx.edit import Content


@dataclass(frozen=True)
class Preset:
    """A number or text for a typed cell, and its cell note ("" for none).

    own: whether it is a target that was agreed for just the part of a quarter that the form is for.
    """

    value: float | str
    note: str = ""
    own: bool = False


Presets = Mapping[tuple[str, str], Preset]
"""By (row id, column id)."""


def preset_contents(layout: Layout, presets: Presets) -> dict[str, Content]:
    """The preset values by cell address."""
    return {layout.address(*place): preset.value for place, preset in presets.items()}


def preset_notes(layout: Layout, presets: Presets) -> dict[str, str]:
    """The texts of the cell notes by cell address."""
    return {layout.address(*place): preset.note for place, preset in presets.items() if preset.note}


def typed_cells(
    role: Role,
    measures: Mapping[str, Sequence[Value]],
    person: Mapping[str, str] | None = None,
    targets: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """Cell address → value, for filling in a role's form.

    measures: three monthly values or one quarterly value. person: by column id. targets: by indicator, of its first
    row. None empties a cell.
    """
    layout = Layout(role)
    cells: dict[str, Value] = {layout.address("person", field): value for field, value in (person or {}).items()}
    for measure in role.measures:
        columns = MONTHS if measure.monthly else ("quarter",)
        values = measures.get(measure.id, [None] * len(columns))
        for column, value in zip(columns, values, strict=True):
            cells[layout.address(measure_id(measure.id), column)] = value
    return cells | {layout.address(part_id(id), "target"): value for id, value in (targets or {}).items()}
