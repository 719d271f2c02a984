"""A filled form as it came back: what it scores, whose it is, and the words typed beside the numbers."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.appraisal.appraise import Appraisal
from xlkpi.common.assignment import Assignment
from xlkpi.i18n.numbers import Value


@dataclass(frozen=True)
class Event:
    """One of 加减分项, as typed; points may be anything."""

    text: str
    evidence: str
    points: Value


@dataclass(frozen=True)
class Review:
    """What was agreed in the meeting about one of the biggest losses, as typed. place: 1 for the biggest."""

    place: int
    actions: str
    due: str


@dataclass(frozen=True)
class FilledForm:
    """One filled sheet. `assignment` is whose it is, as the roster said when it was made; None without a roster.

    events, reviews: those of their rows where something was typed.
    """

    sheet: str
    appraisal: Appraisal
    assignment: Assignment | None = None
    events: tuple[Event, ...] = ()
    reviews: tuple[Review, ...] = ()
