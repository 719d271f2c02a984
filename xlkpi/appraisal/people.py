"""People: the forms of one quarter, those of one person together.

A person with two posts in a quarter has two forms. Their result is the mean of the forms' finals, weighed by the days
in each post and rounded half up to two decimals; it is empty while one of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlkpi.appraisal.appraise import Appraisal, graded
from xlkpi.appraisal.filled import FilledForm
from xlkpi.common.assignment import Identity
from xlkpi.common.person import IDENTITY_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.numbers import Value, is_number, round_half_up
from xlkpi.scoring.grades import DEFAULT_GRADES


@dataclass(frozen=True, kw_only=True)
class Person(Identity):
    """One person's quarter. Department and superiors are those of the last assignment.

    forms: in the order of the assignments' dates. days: of the quarter,
    one for each form. total, final: points, without and with events; None while a form is empty, and the `#KPI …` of a
    form that cannot be scored. grade: of `final`, under the ceiling of a crossed red line; None without a final.
    """

    forms: tuple[FilledForm, ...]
    days: tuple[int, ...]
    total: Value
    final: Value
    grade: str | None

    @property
    def complete(self) -> bool:
        """Whether there is a result."""
        return is_number(self.final)


def identity(form: FilledForm) -> Identity:
    """Whose a form is: as the roster said, else as typed."""
    if form.assignment is not None:
        return form.assignment.identity
    typed = form.appraisal.inputs.person
    return Identity(**{attribute: typed.get(id, "").strip() for id, attribute in IDENTITY_FIELDS.items()})


def people(forms: Iterable[FilledForm], quarter: Quarter, scale: str = DEFAULT_GRADES) -> list[Person]:
    """The persons of a quarter, in the order of their first forms.

    One roster id is one person. Without a roster, forms of one typed number and name belong together, and a form
    without either is a person of its own. `scale` grades where a form has no scale of its own.
    """
    return [_person(group, quarter, scale) for group in grouped(list(forms))]


def grouped(forms: Sequence[FilledForm]) -> list[list[FilledForm]]:
    """The forms of each person, in the order of their first forms."""
    registered = {form.assignment.id: form.assignment.name for form in forms if form.assignment is not None}
    groups: dict[object, list[FilledForm]] = {}
    for number, form in enumerate(forms):
        who = identity(form)
        # A form made without the roster joins the roster's person only under the same name: numbers get mistyped.
        name = registered[who.id] if form.assignment is not None else who.name
        key: object = (who.id, name) if who.id or name else number
        groups.setdefault(key, []).append(form)
    return list(groups.values())


def days_in_post(form: FilledForm, quarter: Quarter) -> int:
    """Days of the quarter that a form stands for: all of them where no roster says otherwise."""
    whole = (quarter.last_day - quarter.first_day).days + 1
    return whole if form.assignment is None else form.assignment.days(quarter)


def _person(forms: Sequence[FilledForm], quarter: Quarter, scale: str) -> Person:
    forms = sorted(forms, key=lambda form: (form.assignment and form.assignment.start) or quarter.first_day)
    days = tuple(days_in_post(form, quarter) for form in forms)
    who = identity(forms[-1])
    final = combined([form.appraisal.final for form in forms], days)
    return Person(
        **vars(who),
        forms=tuple(forms),
        days=days,
        total=combined([form.appraisal.total for form in forms], days),
        final=final,
        grade=_grade(final, [form.appraisal for form in forms], scale),
    )


def combined(results: Sequence[Value], days: Sequence[int]) -> Value:
    """The mean of results, weighed by days in post.

    Empty while one is empty or nobody was in post on any day; a `#KPI …` among them shows.
    """
    if len(results) == 1:
        return results[0]
    if any(result in (None, "") for result in results):
        return None
    for result in results:
        if not is_number(result):
            return result
    weighed = [float(result) * share for result, share in zip(results, days, strict=True)]  # type: ignore[arg-type]
    return round_half_up(sum(weighed) / sum(days)) if sum(days) else None


def red_line(appraisal: Appraisal) -> bool:
    """Whether a form crossed a red line."""
    shown = {id for id, _ in appraisal.alerts}
    return any(alert.red_line and alert.id in shown for alert in appraisal.role.alerts)


def _grade(final: Value, appraisals: Sequence[Appraisal], scale: str) -> str | None:
    if len(appraisals) == 1:
        return appraisals[0].grade
    ceilings = [a.inputs.red_line_total for a in appraisals if red_line(a)]
    return graded(final, ceilings, appraisals[-1].inputs.grade_scale or scale)


def ranks(finals: Sequence[Value]) -> list[int | None]:
    """1-1-3 among those that have a result; None for the others."""
    known = [float(final) for final in finals if is_number(final)]
    return [1 + sum(other > float(f) for other in known) if is_number(f) else None for f in finals]
