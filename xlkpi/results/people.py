"""The results of a quarter by person, as the history has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from xlkpi.common.quarter import Quarter

Who = tuple[str, str]
"""Staff number and name: by these the history knows a person."""


READ = (
    "id name department superior role start days person_total person_final person_grade computed_grade "
    "calibration_reason calibration_approver coefficient rank"
).split()


@dataclass(frozen=True)
class Result:
    """A person's quarter. Department and superior are those of the last assignment.

    roles: ids, each once. days: of the quarter in post, at most all of them. total, final: points without and with
    events, None without a result. grade: the one that counts, computed_grade: that of the score; "" without a result.
    reason, approver: of a calibrated grade. coefficient: as it was collected. start: the first day of the first
    assignment, ISO; "" where it is not known.
    """

    id: str
    name: str
    department: str
    superior: str
    roles: tuple[str, ...]
    days: int
    total: float | None
    final: float | None
    grade: str
    computed_grade: str
    reason: str
    approver: str
    coefficient: float | None
    rank: int | None
    start: str

    @property
    def who(self) -> Who:
        return self.id, self.name

    @property
    def calibrated(self) -> bool:
        """Whether the grade that counts is another one than that of the score."""
        return self.grade != self.computed_grade


def results_of(rows: pd.DataFrame, quarter: Quarter) -> list[Result]:
    """Everyone in a quarter's rows, in their order."""
    forms = rows.drop_duplicates(["id", "name", "role", "start"])[READ]
    of_person: dict[Who, list[Mapping[str, object]]] = {}
    for form in forms.to_dict("records"):
        of_person.setdefault((str(form["id"]), str(form["name"])), []).append(form)  # type: ignore[arg-type]
    return [_result(who, each, quarter) for who, each in of_person.items()]


def _result(who: Who, forms: Sequence[Mapping[str, object]], quarter: Quarter) -> Result:
    forms = sorted(forms, key=lambda form: str(form["start"]))
    last = forms[-1]
    grade = str(last["person_grade"])
    rank = last["rank"]
    return Result(
        *who,
        str(last["department"]),
        str(last["superior"]),
        tuple(dict.fromkeys(str(form["role"]) for form in forms)),
        min(quarter.days, sum(int(str(form["days"])) for form in forms)),
        _number(last["person_total"]),
        _number(last["person_final"]),
        grade,
        str(last["computed_grade"]) or grade,  # earlier versions wrote one grade
        str(last["calibration_reason"]),
        str(last["calibration_approver"]),
        _number(last["coefficient"]),
        None if pd.isna(rank) else int(str(rank)),  # type: ignore[call-overload]
        str(forms[0]["start"]),
    )


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(str(value))  # type: ignore[call-overload]
