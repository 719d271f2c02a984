"""An appeal (申诉) against the result of one indicator, and what was ruled on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from xlkpi.i18n.numbers import Value

OPEN, UPHELD, PARTLY, REJECTED, UNSETTLED = "open", "upheld", "partly", "rejected", "unsettled"
"""The states of an appeal: nobody has ruled; the ruling gives the person right, gives a part, gives nothing; there is a
ruling that cannot count as it is, or two that differ."""
STATES = (OPEN, UNSETTLED, UPHELD, PARTLY, REJECTED)
GRANTED = (UPHELD, PARTLY)
"""The states in which an indicator has a new actual."""
VERDICTS = (UPHELD, PARTLY, REJECTED)
PENDING = (OPEN, UNSETTLED)


@dataclass(frozen=True)
class Appealed:
    """One appeal, as it came back.

    file, path: the workbook it stands in. indicator, part: id, and which of its measures, from 0; "" where that cannot
    be told. label: what the appeal calls it. wanted: the actual that the person holds for right, as text. until: the
    last day for a ruling; overdue: it has passed without one. value: the new actual; None without. score_before,
    score: of the indicator, as scored from the form and as ruled.
    """

    file: str
    path: Path
    label: str
    grounds: str
    wanted: str
    state: str
    indicator: str = ""
    part: int = 0
    unit: str = ""
    ruler: str = ""
    day: dt.date | None = None
    until: dt.date | None = None
    overdue: bool = False
    why: str = ""
    actual: Value = None
    value: Value = None
    score_before: Value = None
    score: Value = None

    @property
    def pending(self) -> bool:
        """Whether the result of the person may still change."""
        return self.state in PENDING
