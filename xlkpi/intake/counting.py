"""Decides which of many received forms count: for each assignment, the newest complete form of the quarter."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import grouped, identity
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.intake.received import BLANK, COUNTED, OLDER, OTHER_QUARTER, UNFINISHED, ReceivedFile, ReceivedForm, overlap


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
    counting = {
        id(form): ReceivedForm(files[id(form)], form, COUNTED) for form in of_quarter if decisions[id(form)][1] is form
    }

    def entry(file: ReceivedFile, form: FilledForm) -> ReceivedForm:
        if file.quarter != quarter:
            return ReceivedForm(file, form, OTHER_QUARTER)
        if _blank(form):
            return ReceivedForm(file, form, BLANK)
        state, instead = decisions[id(form)]
        return counting[id(form)] if instead is form else ReceivedForm(file, form, state, counting[id(instead)])

    return [entry(file, form) for file, form in all_forms]


def _decisions(
    forms: Sequence[FilledForm], files: Mapping[int, ReceivedFile], quarter: Quarter
) -> dict[int, tuple[str, FilledForm]]:
    """Decide about one person's forms: `id` of a form → its state, and the form that counts for its assignment."""

    def order(form: FilledForm) -> tuple[bool, dt.datetime, str]:
        return form.appraisal.complete, files[id(form)].saved, files[id(form)].name

    counting: list[FilledForm] = []
    decisions: dict[int, tuple[str, FilledForm]] = {}
    for form in sorted(forms, key=order, reverse=True):
        instead = next((other for other in counting if _same_assignment(form, other, quarter)), None)
        if instead is None:
            counting.append(form)
            decisions[id(form)] = COUNTED, form
        else:
            older = form.appraisal.complete or not instead.appraisal.complete
            decisions[id(form)] = (OLDER if older else UNFINISHED), instead
    return decisions


def _same_assignment(form: FilledForm, other: FilledForm, quarter: Quarter) -> bool:
    """Whether two forms of one person are for the same role at the same time; a person may return to a role later."""
    return form.appraisal.role.id == other.appraisal.role.id and overlap(form.assignment, other.assignment, quarter)


def _blank(form: FilledForm) -> bool:
    """Whether the form has no person and no inputs."""
    who = identity(form)
    typed = any(value not in (None, "") for values in form.appraisal.inputs.measures.values() for value in values)
    return not (typed or who.id or who.name)
