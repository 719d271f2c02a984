"""Numbers that came from the quarter before, held against what that quarter's history has of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from xlkpi.appraisal.inputs import operand_values
from xlkpi.appraisal.people import identity
from xlkpi.common.quarter import MONTHS, Quarter
from xlkpi.form.blocks.usual import usual_layout
from xlkpi.form.layout import measure_id
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number, number_text, same_number
from xlkpi.i18n.problems import WARNING, Place, Problem
from xlkpi.intake.received import COUNTED, ReceivedForm


def carried_otherwise(entries: Sequence[ReceivedForm], before: pd.DataFrame, quarter: Quarter) -> Iterator[Problem]:
    """A warning at each number of a counted form that is not the one collected a quarter before.

    before: the history's rows of the quarter before `quarter`. A correction may be right: then it is wanted there, too.
    """
    typed = _typed(before)
    for entry in entries:
        role, inputs = entry.form.appraisal.role, entry.form.appraisal.inputs
        past = typed.get((identity(entry.form).id, role.id))
        if entry.state != COUNTED or past is None:
            continue
        known = operand_values(role, replace(inputs, measures=past, newcomer=False, months=MONTHS))
        labels, layout = words(inputs.language), usual_layout(role, rated=inputs.shares is not None)
        for measure in role.measures:
            source, now = measure.carried_from, [*inputs.measures.get(measure.id, ()), None][0]
            was = None if source is None else known[source]
            if source is None or not is_number(now) or not is_number(was) or same_number(now, was):
                continue
            row, percent = measure_id(measure.id), measure.unit == "%"
            place = Place(entry.file.name, entry.form.sheet, layout.address(row, "quarter"), row, "quarter")
            yield Problem.at(
                place, "carried", inputs.language, WARNING,
                label=measure.label, value=number_text(now, percent, labels), quarter=str(quarter.before),
                source=role.measure[source.measure].label, expected=number_text(was, percent, labels),
            )  # fmt: skip


def _typed(before: pd.DataFrame) -> dict[tuple[str, str], Mapping[str, Sequence[Value]]]:
    """(staff number, role) → the measures typed then; who had two forms of one role is left out."""
    forms = before[before["measures"] != ""].drop_duplicates(["id", "name", "role", "start"])
    forms = forms.drop_duplicates(["id", "role"], keep=False)
    columns = (forms[column].tolist() for column in ("id", "role", "measures"))
    return {(id, role): json.loads(measures) for id, role, measures in zip(*columns, strict=True) if id}
