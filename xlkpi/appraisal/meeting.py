"""The record of a review meeting (面谈记录) as it came back, and the indicators that it must explain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
from xlkpi.i18n.numbers import is_number
from xlkpi.scoring.reasons import VETOES


@dataclass(frozen=True)
class PreviousAction:
    """An action that was agreed a quarter before. place: of its line, from 1.

    state: one of `blocks.meeting.STATES`; None where nothing was typed. said: what was typed for it. remark: beside it.
    """

    place: int
    about: str
    actions: str
    due: str
    owner: str
    state: str | None = None
    said: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Meeting:
    """The record on a form.

    date: None where none was typed, or none that can be read. date_said: as it was typed. superior, second_superior,
    others: who took part beside the employee. texts: by `blocks.meeting.TEXTS`, as typed. previous: the lines in which
    an action stands.
    """

    date: dt.date | None
    date_said: str
    superior: str
    second_superior: str
    others: str
    texts: Mapping[str, str]
    previous: tuple[PreviousAction, ...] = ()

    @property
    def begun(self) -> bool:
        """Whether somebody wrote anything of a meeting."""
        return bool(self.date_said or self.others or any(self.texts.values()))

    @property
    def held(self) -> bool:
        """Whether the form says when the meeting was."""
        return self.date is not None

    @property
    def people(self) -> tuple[str, ...]:
        """Who took part beside the employee."""
        return tuple(filter(None, (self.superior, self.second_superior, self.others)))


def below(appraisal: Appraisal, line: float) -> tuple[IndicatorResult, ...]:
    """The indicators that count and scored less than `line` points; a veto counts as 0."""
    return tuple(
        result
        for result in appraisal.indicators
        if result.weight > 0
        and (result.score in VETOES or (is_number(result.score) and round(float(result.score) - line, 9) < 0))
    )
