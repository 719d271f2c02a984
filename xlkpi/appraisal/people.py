"""Groups the forms of a quarter by person, and combines the results of a person who has several.

A person with two assignments in a quarter has two forms. The result is the mean of the forms' finals, weighted by the
days of each assignment and rounded half up to two decimals; it is empty while one of the finals is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlkpi.appraisal.appealed import Appealed
from xlkpi.appraisal.appraise import Appraisal, graded
from xlkpi.appraisal.filled import FilledForm
from xlkpi.common.assignment import Identity
from xlkpi.common.person import IDENTITY_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.numbers import Value, is_number, round_half_up
from xlkpi.scoring.grades import DEFAULT_GRADES


@dataclass(frozen=True)
class Calibration:
    """Why somebody has another grade than that of the score. computed: the grade of the score."""

    computed: str
    reason: str
    approver: str


@dataclass(frozen=True, kw_only=True)
class Person(Identity):
    """One person's quarter. Department and superiors are those of the last assignment.

    forms: in the order of the assignments' dates. days: days of the quarter, one number for each form. total, final:
    points without and with events; None while a form is empty, the `#KPI …` of a form that cannot be scored. grade: of
    `final`, under the ceiling of a crossed red line, or the calibrated one; None without a final.
    """

    forms: tuple[FilledForm, ...]
    days: tuple[int, ...]
    total: Value
    final: Value
    grade: str | None
    calibration: Calibration | None = None

    @property
    def computed_grade(self) -> str | None:
        """The grade of the score, whatever it was changed to."""
        return self.grade if self.calibration is None else self.calibration.computed

    @property
    def complete(self) -> bool:
        """Whether there is a final score."""
        return is_number(self.final)

    @property
    def appeals(self) -> tuple[Appealed, ...]:
        """The appeals against all forms."""
        return tuple(appeal for form in self.forms for appeal in form.appeals)

    @property
    def final_before(self) -> Value:
        """The final without what was ruled on appeals."""
        return mean_by_days([(form.before or form.appraisal).final for form in self.forms], self.days)


def identity(form: FilledForm) -> Identity:
    """The person of a form: from the roster, else as typed."""
    if form.assignment is not None:
        return form.assignment.identity
    typed = form.appraisal.inputs.person
    return Identity(**{attribute: typed.get(id, "").strip() for id, attribute in IDENTITY_FIELDS.items()})


def people(forms: Iterable[FilledForm], quarter: Quarter, scale: str = DEFAULT_GRADES) -> list[Person]:
    """The persons of a quarter, in the order of their first forms.

    Forms with one staff number of the roster are one person. Without a roster, forms with the same typed number and
    name are one person, and a form without either is a person of its own. scale: for forms without their own scale.
    """
    return [_person(group, quarter, scale) for group in grouped(list(forms))]


def grouped(forms: Sequence[FilledForm]) -> list[list[FilledForm]]:
    """The forms of each person, in the order of their first forms."""
    registered = {form.assignment.id: form.assignment.name for form in forms if form.assignment is not None}
    groups: dict[object, list[FilledForm]] = {}
    for number, form in enumerate(forms):
        person = identity(form)
        # A form without roster joins a person of the roster only under the same name: numbers get mistyped.
        name = registered[person.id] if form.assignment is not None else person.name
        key: object = (person.id, name) if person.id or name else number
        groups.setdefault(key, []).append(form)
    return list(groups.values())


def days_covered(form: FilledForm, quarter: Quarter) -> int:
    """Days of the quarter that a form covers: those of its assignment, or all of them without a roster."""
    whole = (quarter.last_day - quarter.first_day).days + 1
    return whole if form.assignment is None else form.assignment.days(quarter)


def _person(forms: Sequence[FilledForm], quarter: Quarter, scale: str) -> Person:
    forms = sorted(forms, key=lambda form: (form.assignment and form.assignment.start) or quarter.first_day)
    days = tuple(days_covered(form, quarter) for form in forms)
    person = identity(forms[-1])
    final = mean_by_days([form.appraisal.final for form in forms], days)
    return Person(
        **vars(person),
        forms=tuple(forms),
        days=days,
        total=mean_by_days([form.appraisal.total for form in forms], days),
        final=final,
        grade=_grade(final, [form.appraisal for form in forms], scale),
    )


def mean_by_days(results: Sequence[Value], days: Sequence[int]) -> Value:
    """The mean of results, weighted by days.

    None while one is empty, or where the days add up to 0; the first `#KPI …` text if there is one.
    """
    if len(results) == 1:
        return results[0]
    if any(result in (None, "") for result in results):
        return None
    for result in results:
        if not is_number(result):
            return result
    weighed = [float(result) * weight for result, weight in zip(results, days, strict=True)]  # type: ignore[arg-type]
    return round_half_up(sum(weighed) / sum(days)) if sum(days) else None


def red_line(appraisal: Appraisal) -> bool:
    """Whether a form crossed a red line."""
    raised = {id for id, _ in appraisal.alerts}
    return any(alert.red_line and alert.id in raised for alert in appraisal.role.alerts)


def _grade(final: Value, appraisals: Sequence[Appraisal], scale: str) -> str | None:
    if len(appraisals) == 1:
        return appraisals[0].grade
    ceilings = [a.inputs.red_line_total for a in appraisals if red_line(a)]
    return graded(final, ceilings, appraisals[-1].inputs.grade_scale or scale)


def ranks(finals: Sequence[Value]) -> list[int | None]:
    """The rank of each final, ties sharing the better rank (1, 1, 3); None for those without a result."""
    descending = sorted((float(final) for final in finals if is_number(final)), reverse=True)
    ranked = {final: rank for rank, final in reversed([*enumerate(descending, start=1)])}
    return [ranked[float(final)] if is_number(final) else None for final in finals]
