"""Values that stand in typed cells from the start, each with a note that says where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.calc.engine import Content
from xlkpi.form.layout import Layout


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
