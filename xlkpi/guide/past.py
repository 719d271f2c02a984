"""Looks up a person's earlier quarters in the same role, for the guide."""

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
"""Earlier quarters that a guide shows at most."""


@dataclass(frozen=True)
class Past:
    """Earlier quarters in the same role, and this one: rows for the final score, the grade, and every indicator.

    quarters: the oldest first, this one last. rows: label, and one value for each quarter.
    """

    quarters: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Value, ...]], ...]


READ = ("id", "role", "indicator", "score", "final", "grade", "person_final", "person_grade")
"""The columns of the history that guides need."""


class Records:
    """The history, as `xlkpi.collect.history.load` gives it, with `READ`, grouped once by person and role."""

    def __init__(self, history: pd.DataFrame) -> None:
        columns = ["quarter", "indicator", "score", "final", "grade", "person_final", "person_grade"]
        self._columns = history.reindex(columns=columns)
        self._rows = history.groupby([history["id"].astype(str), history["role"]]).indices

    def past(self, appraisal: Appraisal, person: Person, quarter: Quarter) -> Past | None:
        """The person's earlier quarters in the role; None where there are none, or the person has no staff number."""
        rows = self._rows.get((person.id, appraisal.role.id), []) if person.id else []
        results: dict[str, tuple[Value, Value]] = {}
        scores: dict[tuple[str, str], Value] = {}
        for earlier, indicator, score, final, grade, of_person, counted in self._columns.iloc[rows].itertuples(
            index=False
        ):
            if str(earlier) < str(quarter):
                alone = _value(final) is not None and _value(final) == _value(of_person)
                results[str(earlier)] = (_value(final), _value(counted if alone else grade))
                scores[str(earlier), str(indicator)] = _value(score)
        quarters = sorted(results)[-PAST_QUARTERS:]
        results[str(quarter)] = (appraisal.final, person.grade if len(person.forms) == 1 else appraisal.grade)
        return _past(appraisal, [*quarters, str(quarter)], results, scores) if quarters else None


def _past(
    appraisal: Appraisal,
    quarters: Sequence[str],
    results: dict[str, tuple[Value, Value]],
    scores: dict[tuple[str, str], Value],
) -> Past:
    labels, earlier = words(appraisal.inputs.language), quarters[:-1]
    finals, grades = zip(*(results[quarter] for quarter in quarters), strict=True)
    rows: list[tuple[str, tuple[Value, ...]]] = [
        (labels("final"), finals),
        (labels("grade"), grades),
    ]
    for result in appraisal.indicators:
        values = [scores.get((quarter, result.id)) for quarter in earlier]
        if any(value is not None for value in values):
            rows.append((result.label, (*values, result.score)))
    return Past(tuple(quarters), tuple(rows))


def _value(cell: object) -> Value:
    """A cell of the frame; None where it is empty (None or NaN)."""
    if cell is None or cell != cell:
        return None
    return float(cell) if is_number(cell) else str(cell)
