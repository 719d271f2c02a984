"""Groups assignments into workbooks, and names the workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from xlkpi.common.quarter import Quarter
from xlkpi.form.names import FileNames
from xlkpi.i18n.labels import words

if TYPE_CHECKING:
    from xlkpi.common.assignment import Assignment

GROUPINGS = ("superior", "department", "person", "none")
"""What the people of one workbook share; none: one workbook for everyone."""


def grouped(assignments: Iterable[Assignment], quarter: Quarter, by: str, language: str) -> dict[str, list[Assignment]]:
    """File name → assignments. by: one of `GROUPINGS`. Groups are in the order of their first assignments."""
    labels = words(language)
    # Key of the group, text of the file name, and what is added where two groups have the same text.
    group_of: dict[str, Callable[[Assignment], tuple[str, str, str]]] = {
        "superior": lambda assignment: (assignment.superior, assignment.superior or labels("no_superior"), ""),
        "department": lambda assignment: (assignment.department, assignment.department or labels("no_department"), ""),
        "person": lambda assignment: (assignment.id, assignment.name, assignment.id),
        "none": lambda assignment: ("", labels("forms_file"), ""),
    }
    groups: dict[tuple[str, str, str], list[Assignment]] = {}
    for assignment in assignments:
        groups.setdefault(group_of[by](assignment), []).append(assignment)
    names = FileNames()
    namesakes = [text for _, text, apart in groups if apart]
    return {
        names(f"{quarter}-{text}", apart, always=namesakes.count(text) > 1): members
        for (_, text, apart), members in groups.items()
    }
