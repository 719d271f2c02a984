"""Which posts share a workbook, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from xlkpi.common.quarter import Quarter
from xlkpi.form.names import FileNames
from xlkpi.i18n.labels import words

if TYPE_CHECKING:
    from xlkpi.common.assignment import Assignment

GROUPINGS = ("superior", "department", "person", "none")


def grouped(assignments: Iterable[Assignment], quarter: Quarter, by: str, language: str) -> dict[str, list[Assignment]]:
    """The posts by the name of their file; the groups in the order of their first posts."""
    said = words(language)
    kinds: dict[str, Callable[[Assignment], tuple[str, str, str]]] = {
        "superior": lambda assignment: (assignment.superior, assignment.superior or said("no_superior"), ""),
        "department": lambda assignment: (assignment.department, assignment.department or said("no_department"), ""),
        "person": lambda assignment: (assignment.id, assignment.name, assignment.id),
        "none": lambda assignment: ("", said("forms_file"), ""),
    }
    groups: dict[tuple[str, str, str], list[Assignment]] = {}
    for assignment in assignments:
        groups.setdefault(kinds[by](assignment), []).append(assignment)
    names = FileNames()
    namesakes = [text for _, text, apart in groups if apart]
    return {
        names(f"{quarter}-{text}", apart, always=namesakes.count(text) > 1): members
        for (_, text, apart), members in groups.items()
    }
