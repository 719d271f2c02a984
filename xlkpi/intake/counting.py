"""Decides which of many received forms count: for each assignment, the newest complete form of the quarter.

Where two are equally new and say different things, neither counts: a file's name must not decide about a score.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import grouped, identity
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import Problem
from xlkpi.intake.received import (
    BLANK,
    COUNTED,
    OLDER,
    OTHER_QUARTER,
    SAME,
    UNDECIDED,
    UNFINISHED,
    ReceivedFile,
    ReceivedForm,
    overlap,
)


def quarter_of(received: Sequence[ReceivedFile]) -> Quarter | None:
    """The quarter that most files are of, the latest of several; None where no file has one."""
    counts = Counter(filter(None, (file.quarter for file in received)))
    return max(counts, key=lambda quarter: (counts[quarter], quarter), default=None)


def language_of_most(received: Sequence[ReceivedFile]) -> str:
    """The language of most files that have forms; simplified Chinese where no file has any."""
    counts = Counter(file.filled.language for file in received if file.filled.registered)
    return max(counts, key=lambda language: counts[language], default=HANS)


def entries_of(received: Sequence[ReceivedFile], quarter: Quarter) -> list[ReceivedForm]:
    """Every received form with its state in a quarter (it counts, or why not), in the order of `received`."""
    all_forms = [(file, form) for file in received for form in file.filled.forms]
    of_quarter = [form for file, form in all_forms if file.quarter == quarter and not _blank(form)]
    files = {id(form): file for file, form in all_forms}
    decisions: dict[int, tuple[str, FilledForm]] = {}
    for group in grouped(of_quarter):
        decisions |= _decisions(group, files, quarter)
    leading = {
        id(form): ReceivedForm(files[id(form)], form, decisions[id(form)][0])
        for form in of_quarter
        if decisions[id(form)][1] is form
    }

    def entry(file: ReceivedFile, form: FilledForm) -> ReceivedForm:
        if file.quarter != quarter:
            return ReceivedForm(file, form, OTHER_QUARTER)
        if _blank(form):
            return ReceivedForm(file, form, BLANK)
        state, instead = decisions[id(form)]
        return leading[id(form)] if instead is form else ReceivedForm(file, form, state, leading[id(instead)])

    return [entry(file, form) for file, form in all_forms]


def _decisions(
    forms: Sequence[FilledForm], files: Mapping[int, ReceivedFile], quarter: Quarter
) -> dict[int, tuple[str, FilledForm]]:
    """Decide about one person's forms: `id` of a form → its state, and the form that leads for its assignment."""

    def order(form: FilledForm) -> tuple[bool, dt.datetime]:
        return form.appraisal.complete, files[id(form)].saved

    leading: list[FilledForm] = []
    decisions: dict[int, tuple[str, FilledForm]] = {}
    by_name = sorted(forms, key=lambda form: files[id(form)].name, reverse=True)  # only between equal forms
    for form in sorted(by_name, key=order, reverse=True):
        instead = next((other for other in leading if _same_assignment(form, other, quarter)), None)
        if instead is None:
            leading.append(form)
            decisions[id(form)] = COUNTED, form
        elif order(form) != order(instead):
            older = form.appraisal.complete or not instead.appraisal.complete
            decisions[id(form)] = (OLDER if older else UNFINISHED), instead
        elif form.appraisal.inputs == instead.appraisal.inputs:
            decisions[id(form)] = SAME, instead
        else:
            decisions[id(form)] = decisions[id(instead)] = UNDECIDED, instead
    return decisions


def _same_assignment(form: FilledForm, other: FilledForm, quarter: Quarter) -> bool:
    """Whether two forms of one person are for the same role at the same time; a person may return to a role later."""
    return form.appraisal.role.id == other.appraisal.role.id and overlap(form.assignment, other.assignment, quarter)


def copy_problem(entry: ReceivedForm, entries: Sequence[ReceivedForm], language: str) -> Problem:
    """What is said at a form beside another one of the same assignment. entries: all forms."""
    lead = entry.instead or entry
    others = [other for other in entries if other is not entry and lead in (other, other.instead)]
    if entry.state == UNDECIDED:
        others = [other for other in others if other.state == UNDECIDED]
    elif lead.state == COUNTED:
        others = [lead]
    undecided = lead.state == UNDECIDED != entry.state
    key = "copy_undecided_older" if undecided else f"copy_{entry.state}"
    files = tuple(other.file.name for other in others)
    return entry.problem("duplicate", language, key, name=identity(entry.form).name, file=files)


def _blank(form: FilledForm) -> bool:
    """Whether the form has no person and no inputs."""
    who = identity(form)
    inputs = form.appraisal.inputs
    typed = any(value not in (None, "") for values in inputs.measures.values() for value in values)
    rated = any(rating.given for rating in inputs.ratings.values())
    return not (typed or rated or who.id or who.name)
