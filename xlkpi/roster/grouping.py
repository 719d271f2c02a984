"""Groups assignments into workbooks, and names the workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from xlkpi.common.quarter import Quarter
from xlkpi.form.names import FileNames
from xlkpi.i18n.labels import Labels, words

if TYPE_CHECKING:
    from xlkpi.common.assignment import Assignment

GROUPINGS = ("superior", "department", "person", "none")
"""What the people of one workbook share; none: one workbook for everyone."""


def grouped(assignments: Iterable[Assignment], quarter: Quarter, by: str, language: str) -> dict[str, list[Assignment]]:
    """File name → assignments. by: one of `GROUPINGS`. Groups are in the order of their first assignments."""
    assignments, labels = [*assignments], words(language)
    tops = _tops(assignments, labels)
    # Key of the group, text of the file name, and what is added where two groups have the same text.
    group_of: dict[str, Callable[[Assignment], tuple[str, str, str]]] = {
        "superior": lambda assignment: (
            (assignment.superior, assignment.superior, "")
            if assignment.superior
            else ("", tops.get(assignment.id, labels("no_superior")), "")
        ),
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


def _tops(assignments: Sequence[Assignment], labels: Labels) -> dict[str, str]:
    """Staff number → the name of the file of those who have no superior and need none.

    They are those whom others name as their superior, and whoever is the only one without a superior.
    """
    superiors = {name for each in assignments for name in (each.superior, each.second_superior) if name}
    without = {each.id: each.name for each in assignments if not each.superior}
    tops = {id: name for id, name in without.items() if name in superiors or len(without) == 1}
    if len(tops) != 1:
        return dict.fromkeys(tops, labels("tops"))
    # A file with just the name is that of the people below.
    return {id: labels("own_form", name=name) if name in superiors else name for id, name in tops.items()}
