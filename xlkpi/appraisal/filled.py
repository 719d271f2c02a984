"""A filled form as it came back: its result, its assignment, and the texts of its events and review meeting."""

from __future__ import annotations

from dataclasses import dataclass

from xlkpi.appraisal.appealed import Appealed
from xlkpi.appraisal.appraise import Appraisal
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
    """

    place: int
    actions: str
    due: str
    about: str = ""


@dataclass(frozen=True)
class FilledForm:
    """One filled sheet. assignment: from the roster that the form was made of; None for a form without roster.

    events, reviews: only the rows in which something was typed. signed: what stands where the result is signed.
    appeals: against this form. before: the appraisal without what was ruled on them; None where nothing was ruled.
    """

    sheet: str
    appraisal: Appraisal
    assignment: Assignment | None = None
    events: tuple[Event, ...] = ()
    reviews: tuple[Review, ...] = ()
    signed: tuple[str, ...] = ()
    appeals: tuple[Appealed, ...] = ()
    before: Appraisal | None = None
