"""The plan of a form: what is known of it before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.form.prefill import Presets

Added = Mapping[tuple[str, str, str], Presets]
"""Presets by `Assignment.post`."""


@dataclass(frozen=True)
class PlannedSheet:
    """One form of a workbook to be written. title: its sheet's name. assignment: None without a roster."""

    title: str
    role: Role
    assignment: Assignment | None = None
    presets: Presets = field(default_factory=dict)
