"""A filled form as it came back: its result, its assignment, and the texts of its events, agreement and review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlkpi.appraisal.appealed import Appealed
from xlkpi.appraisal.appraise import Appraisal
from xlkpi.appraisal.meeting import Meeting
from xlkpi.common.assignment import Assignment
from xlkpi.i18n.numbers import Value


@dataclass(frozen=True)
class Event:
    """An event outside the 100 points (加减分项), as typed: `points` need not be a number."""

    text: str
    evidence: str
    points: Value


@dataclass(frozen=True)
class Review:
    """What was agreed in the review meeting about one indicator, as typed.

    place: of the line, 1 for the biggest loss when the file was saved. about: the indicator; "" where none was chosen.
    owner: who sees to it; "" on forms where that stands in one cell with `due`.
    """

    place: int
    actions: str
    due: str
    about: str = ""
    owner: str = ""


@dataclass(frozen=True)
class KeyAction:
    """A key action (核心抓手), as typed. place: of its line, from 1. about: the indicator."""

    place: int
    about: str
    action: str
    owner: str
    due: str


@dataclass(frozen=True)
class Agreement:
    """What a form says of the agreement of its targets, as typed.

    actions: the lines in which something is typed. employee, superior: their signatures under the targets (目标确认).
    cells: the addresses in the file, by "row id column id", of what is agreed; none on a form without this block.
    """

    actions: tuple[KeyAction, ...] = ()
    employee: str = ""
    superior: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FilledForm:
    """One filled sheet. assignment: from the roster that the form was made of; None for a form without roster.

    events, reviews: only the rows in which something was typed. meeting: the record of the meeting, where the form has
    it. signed: what stands where the result is signed. appeals: against this form. before: the appraisal without what
    was ruled on them; None where nothing was ruled.
    """

    sheet: str
    appraisal: Appraisal
    assignment: Assignment | None = None
    events: tuple[Event, ...] = ()
    reviews: tuple[Review, ...] = ()
    agreement: Agreement = field(default_factory=Agreement)
    meeting: Meeting | None = None
    signed: tuple[str, ...] = ()
    appeals: tuple[Appealed, ...] = ()
    before: Appraisal | None = None
