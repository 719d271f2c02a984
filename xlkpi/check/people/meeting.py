"""Checks the record of the review meeting (面谈记录): what it lacks, and what cannot be.

Whether somebody changed what was said there, nobody can tell: it is typed, and no other file has it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from xlkpi.appraisal.meeting import Meeting, PreviousAction, below
from xlkpi.check.context import CheckedForm
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.meeting import (
    CAUSES,
    HELD,
    HELD_CELLS,
    OWNER_COLUMN,
    PREVIOUS,
    STATES,
    TEXT_COLUMN,
    previous_id,
    text_id,
)
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.layout import MEETING
from xlkpi.form.register import quarter_in, settings_digest
from xlkpi.i18n.numbers import plain
from xlkpi.i18n.problems import ADVICE, WARNING, Problem
from xlkpi.intake.meeting import has_meeting

_LATEST = dt.timedelta(days=183)
"""After the end of the quarter; a later day is hardly that of the meeting about it."""


def block_gone(form: CheckedForm) -> Iterator[Problem]:
    """A form that was made with the block and has nothing of it any more."""
    quarter, catalogue = quarter_in(form.settings), form.catalogue
    if quarter is None or has_meeting(form.reading.grid) or not catalogue.keeps:
        return
    if MEETING not in catalogue.company(form.labels.language, quarter).blocks:
        return
    if settings_digest(form.settings) == catalogue.company_digest(quarter):
        yield form.problem("row_deleted", HELD, severity=WARNING, label=form.labels("meeting"))


def meeting(form: CheckedForm) -> Iterator[Problem]:
    """The record of a form that has it: day, people, causes, last quarter's actions, and the new ones."""
    record = form.reading.meeting
    if record is None:
        return
    appraisal = form.reading.appraisal
    complete = appraisal is not None and appraisal.complete
    if not record.begun and complete and form.reading.grid.has(HELD, HELD_CELLS["date"]):
        yield form.problem("meeting", HELD, HELD_CELLS["date"], ADVICE, key="meeting_open")
    yield from _day(form, record)
    if record.begun:
        yield from _people(form, record)
    if complete:
        yield from _causes(form, record)
    for action in record.previous:
        yield from _state(form, action, asked=complete or record.begun)
    yield from _agreed(form)


def _day(form: CheckedForm, record: Meeting) -> Iterator[Problem]:
    place, quarter = (HELD, HELD_CELLS["date"]), quarter_in(form.settings)
    if record.date is None:
        if record.begun and form.reading.grid.has(*place):
            unread = "meeting_day" if record.date_said else "meeting_no_day"
            yield form.problem("meeting", *place, WARNING, key=unread, value=record.date_said)
    elif quarter is not None and (key := _implausible(record.date, quarter, _last_day(form, quarter))):
        values = {"value": record.date.isoformat(), "first": quarter.first_day.isoformat()}
        values |= {"last": _last_day(form, quarter).isoformat()}
        yield form.problem("meeting", *place, WARNING, key=key, **values)


def _implausible(day: dt.date, quarter: Quarter, last: dt.date) -> str | None:
    """The key of what is said of a day on which a meeting about a quarter hardly was."""
    if day < quarter.first_day:
        return "meeting_before"
    if day < last:
        return "meeting_early"
    return "meeting_late" if day > last + _LATEST else None


def _last_day(form: CheckedForm, quarter: Quarter) -> dt.date:
    """The person's last day in the role, or the quarter's."""
    assignment = form.reading.registered.assignment
    return quarter.last_day if assignment is None else assignment.within(quarter)[1]


def _people(form: CheckedForm, record: Meeting) -> Iterator[Problem]:
    """Superiors who are not among those who took part; one that the person does not have is not missed."""
    known = form.reading.inputs.person
    for id in ("superior", "second_superior"):
        place = HELD, HELD_CELLS[id]
        if not getattr(record, id) and (known.get(id) or id == "superior") and form.reading.grid.has(*place):
            yield form.problem("meeting", *place, WARNING, key="meeting_absent", who=form.labels(id))


def _causes(form: CheckedForm, record: Meeting) -> Iterator[Problem]:
    line = form.catalogue.company(form.labels.language, quarter_in(form.settings)).low_score
    place, appraisal = (text_id(CAUSES), TEXT_COLUMN), form.reading.appraisal
    low = () if appraisal is None else below(appraisal, line)
    if low and not record.texts[CAUSES] and form.reading.grid.has(*place):
        names = tuple(result.label or form.labels("spare") for result in low)
        yield form.problem("meeting", *place, WARNING, key="meeting_causes", line=plain(line), names=names)


def _state(form: CheckedForm, action: PreviousAction, *, asked: bool) -> Iterator[Problem]:
    """What became of an action. asked: whether it is time to say it."""
    place = previous_id(action.place), PREVIOUS["state"]
    if not form.reading.grid.has(*place):
        return
    words = tuple(form.labels(f"state_of_{state}") for state in STATES)
    if action.said and action.state is None:
        yield form.problem("meeting", *place, WARNING, key="action_state_unknown", value=action.said, words=words)
    elif action.actions and not action.said and asked:
        yield form.problem("meeting", *place, WARNING, key="action_state_missing", action=action.actions, words=words)


def _agreed(form: CheckedForm) -> Iterator[Problem]:
    """New actions that nobody sees to, or that have no day."""
    for review in form.reading.reviews:
        row = f"r:{review.place}"
        wanted = ((review.owner, OWNER_COLUMN, "action_owner"), (review.due, TYPED_TEXT["due"], "action_due"))
        for text, column, label in wanted:
            if review.actions and not text and form.reading.grid.has(row, column):
                values = {"action": review.actions, "what": form.labels(label)}
                yield form.problem("meeting", row, column, WARNING, key="action_lacks", **values)
