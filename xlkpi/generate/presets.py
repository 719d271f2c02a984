"""Values that stand in typed cells from the start, each with a note that says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.form import LETTER
from xlkpi.generate.canvas import Canvas


@dataclass(frozen=True)
class Preset:
    """A number or a text for a typed cell, and the cell note beside it ("" for none)."""

    value: float | str
    note: str = ""


Presets = Mapping[tuple[str, str], Preset]
"""By (row id, column id)."""


def write_presets(form: Canvas, presets: Presets) -> None:
    """Put the values into the cells of a form that is written already."""
    for (row_id, column_id), preset in presets.items():
        address = f"{LETTER[column_id]}{form.layout.rows[row_id]}"
        cell = form.sheet[address]
        cell.value = preset.value
        if isinstance(preset.value, str):
            cell.data_type = "s"  # never a formula, whatever it begins with
        if preset.note:
            form.note(address, preset.note)
