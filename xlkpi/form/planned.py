"""A form before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.form.prefill import Presets


@dataclass(frozen=True)
class PlannedSheet:
    """One form of the workbook: its sheet's name, its role, whose it is by the roster, what is typed already."""

    title: str
    role: Role
    assignment: Assignment | None = None
    presets: Presets = field(default_factory=dict)
