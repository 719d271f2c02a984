"""Values that stand in typed cells from the start, each with a note that says where it comes from."""

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
    """A number or a text for a typed cell, and the cell note beside it ("" for none)."""

    value: float | str
    note: str = ""


Presets = Mapping[tuple[str, str], Preset]
"""By (row id, column id)."""


def preset_contents(layout: Layout, presets: Presets) -> dict[str, Content]:
    """The values by address."""
    return {layout.address(*place): preset.value for place, preset in presets.items()}


def preset_notes(layout: Layout, presets: Presets) -> dict[str, str]:
    """The texts of the notes by address."""
    return {layout.address(*place): preset.note for place, preset in presets.items() if preset.note}


def typed_cells(
    role: Role,
    measures: Mapping[str, Sequence[Value]],
    person: Mapping[str, str] | None = None,
    targets: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """Address → value of what somebody types into a role's form; targets are those of the indicators' first rows."""
    layout = Layout(role)
    cells: dict[str, Value] = {layout.address("person", field): value for field, value in (person or {}).items()}
    for measure in role.measures:
        columns = MONTHS if measure.monthly else ("quarter",)
        values = measures.get(measure.id, [None] * len(columns))
        for column, value in zip(columns, values, strict=True):
            cells[layout.address(measure_id(measure.id), column)] = value
    return cells | {layout.address(part_id(id), "target"): value for id, value in (targets or {}).items()}
