"""Last quarter's actions on a form, held against what was carried over to it or collected a quarter before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import identity
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import CARRIED, PREVIOUS, PREVIOUS_ROWS
from xlkpi.form.issued import IssuedForm
from xlkpi.form.layout import Layout
from xlkpi.i18n.labels import words
from xlkpi.i18n.problems import WARNING, Place, Problem
from xlkpi.intake.received import COUNTED, ReceivedFile, ReceivedForm

Agreed = Mapping[tuple[str, str], str]
"""By row id and field: what stands there, if anything does."""

_LABELS = {"about": "about", "actions": "previous_actions", "due": "action_due", "owner": "action_owner"}


def issued_otherwise(
    file: ReceivedFile, form: FilledForm, issued: IssuedForm, blocks: tuple[str, ...]
) -> Iterator[Problem]:
    """A warning at each cell of last quarter's actions that is not as the form was issued: changed, emptied, added.

    blocks: those of the company's forms.
    """
    places = [(row, field) for row in PREVIOUS_ROWS for field in CARRIED]
    cells = issued.cells
    agreed = {(row, field): str(cells.get(f"{row} {PREVIOUS[field]}", "")) for row, field in places}
    yield from _otherwise(file, form, agreed, blocks, "issued_action")


def collected_otherwise(
    entries: Sequence[ReceivedForm],
    before: pd.DataFrame,
    issued: Sequence[IssuedForm],
    quarter: Quarter,
    catalogue: Catalogue,
) -> Iterator[Problem]:
    """As `issued_otherwise`, of counted forms that are not among the issued ones, by the history.

    before: the history's rows of the quarter before `quarter`; forms without record of the meeting have no actions.
    """
    known, collected = {(form.id, form.role) for form in issued}, _collected(before)
    blocks = catalogue.company(None, quarter).blocks
    for entry in entries:
        who = identity(entry.form).id, entry.form.appraisal.role.id
        if entry.state == COUNTED and who in collected and who not in known:
            values = {"quarter": str(quarter.before)}
            yield from _otherwise(entry.file, entry.form, collected[who], blocks, "history_action", **values)


def _otherwise(
    file: ReceivedFile, form: FilledForm, agreed: Agreed, blocks: tuple[str, ...], key: str, **values: object
) -> Iterator[Problem]:
    language, layout = form.appraisal.inputs.language, Layout(form.appraisal.role, blocks)
    labels = words(language)
    lines = {action.place: action for action in form.meeting.previous} if form.meeting else {}
    for number, row in enumerate(PREVIOUS_ROWS, start=1):
        for field in CARRIED:
            now, was = getattr(lines.get(number), field, ""), agreed.get((row, field), "")
            if now.split() == was.split():
                continue
            column = PREVIOUS[field]
            cell = layout.address(row, column) if row in layout.rows else None
            place = Place(file.name, form.sheet, cell, row, column)
            shown = {"value": now or "—", "expected": was or "—", "column": labels(_LABELS[field])}
            yield Problem.at(place, "issued", language, WARNING, key, number=number, **shown, **values)


def _collected(before: pd.DataFrame) -> dict[tuple[str, str], Agreed]:
    """(staff number, role) → the actions agreed then; who had two forms of one role is left out."""
    forms = before[before["actions"] != ""].drop_duplicates(["id", "name", "role", "start"])
    forms = forms.drop_duplicates(["id", "role"], keep=False)
    columns = (forms[column].tolist() for column in ("id", "role", "actions"))
    return {(id, role): _agreed(json.loads(actions)) for id, role, actions in zip(*columns, strict=True) if id}


def _agreed(actions: Sequence[Mapping[str, str]]) -> Agreed:
    return {
        (row, field): action.get(field, "")
        for row, action in zip(PREVIOUS_ROWS, actions, strict=False)
        for field in CARRIED
    }
