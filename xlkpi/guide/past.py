"""What a guide says of the quarters before: the same person's scores in the same role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xlkpi.appraisal.appraise import Appraisal
from xlkpi.appraisal.people import Person
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number

if TYPE_CHECKING:
    import pandas as pd

PAST_QUARTERS = 4
"""How many quarters before this one a guide tells."""


@dataclass(frozen=True)
class Past:
    """The quarters before in the same role: one row for the final score, the grade, and every indicator.

    quarters: from the oldest on, this one last. rows: label and one value a quarter.
    """

    quarters: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Value, ...]], ...]


class Records:
    """The history, as `xlkpi.history.load` gives it, sorted once by person and role."""

    def __init__(self, history: pd.DataFrame) -> None:
        self._told = history[["quarter", "indicator", "score", "final", "grade"]]
        self._rows = history.groupby([history["id"].astype(str), history["role"]]).indices

    def past(self, appraisal: Appraisal, person: Person, quarter: Quarter) -> Past | None:
        """The person's quarters before in the role; None where there are none, or nobody gave the person a number."""
        rows = self._rows.get((person.id, appraisal.role.id), []) if person.id else []
        ends: dict[str, tuple[Value, Value]] = {}
        scores: dict[tuple[str, str], Value] = {}
        for before, indicator, score, final, grade in self._told.iloc[rows].itertuples(index=False):
            if str(before) < str(quarter):
                ends[str(before)] = (_value(final), _value(grade))
                scores[str(before), str(indicator)] = _value(score)
        quarters = sorted(ends)[-PAST_QUARTERS:]
        return _past(appraisal, [*quarters, str(quarter)], ends, scores) if quarters else None


def _past(
    appraisal: Appraisal,
    quarters: Sequence[str],
    ends: dict[str, tuple[Value, Value]],
    scores: dict[tuple[str, str], Value],
) -> Past:
    said, before = words(appraisal.inputs.language), quarters[:-1]
    finals, grades = zip(*(ends[past] for past in before), strict=True)
    rows: list[tuple[str, tuple[Value, ...]]] = [
        (said("final"), (*finals, appraisal.final)),
        (said("grade"), (*grades, appraisal.grade)),
    ]
    for result in appraisal.indicators:
        told = [scores.get((past, result.id)) for past in before]
        if any(value is not None for value in told):
            rows.append((result.label, (*told, result.score)))
    return Past(tuple(quarters), tuple(rows))


def _value(cell: object) -> Value:
    """A cell of the frame; None for what pandas has for nothing."""
    if cell is None or cell != cell:
        return None
    return float(cell) if is_number(cell) else str(cell)
