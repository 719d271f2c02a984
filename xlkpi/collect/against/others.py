"""Forms of different people that hold the same numbers: filled in for the wrong person, or copied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlkpi.appraisal.people import identity
from xlkpi.i18n.numbers import is_number
from xlkpi.i18n.problems import Problem
from xlkpi.intake.received import COUNTED, ReceivedForm

_FEW = 8
"""So many different numbers are not the same by chance."""


def alike(entries: Sequence[ReceivedForm]) -> Iterator[Problem]:
    """A warning at every counted form whose numbers are all those of somebody else in the same role.

    Only of people with the same superior, who fills in their forms one after the other.
    """
    groups: dict[tuple[object, ...], list[ReceivedForm]] = {}
    for entry in entries:
        measures = entry.form.appraisal.inputs.measures
        numbers = {value for values in measures.values() for value in values if is_number(value) and value}
        if entry.state == COUNTED and len(numbers) >= _FEW:
            typed = tuple((id, tuple(values)) for id, values in measures.items())
            key = (identity(entry.form).superior, entry.form.appraisal.role.id, typed)
            groups.setdefault(key, []).append(entry)
    for group in groups.values():
        people = {identity(entry.form).id or identity(entry.form).name for entry in group}
        if len(people) < 2:
            continue
        for entry in group:
            who = identity(entry.form)
            others = tuple(identity(other.form).name for other in group if identity(other.form) != who)
            measures = entry.form.appraisal.inputs.measures
            count = sum(is_number(value) for values in measures.values() for value in values)
            yield entry.problem("alike", entry.file.filled.language, "alike", others=others, count=count)
