"""Lists the indicators of a quarter that were not scored by their rule, and who approved that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xlkpi.appraisal.exceptions import IN_FORCE, JudgedLine, judged
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import identity
from xlkpi.i18n.numbers import Value
from xlkpi.roster.exemptions import Exemptions

BY_HR, BY_SUPERIOR, BY_ROLE = "hr", "superior", "role"
"""Who approved it: HR's table says the same; only the form says it; the role, for a divisor that was 0."""


@dataclass(frozen=True)
class Excepted:
    """An indicator that its rule did not score.

    situation: one of `SITUATIONS`. score: what it counted with; the word for 不适用 where it did not count, None where
    its missing data kept the form from a total. weight: in per cent of the total. approved: one of `BY_HR` …
    """

    id: str
    name: str
    superior: str
    role: str
    sheet: str
    indicator: str
    label: str
    situation: str
    score: Value
    weight: float
    reason: str
    approver: str
    approved: str


def excepted(forms: Iterable[FilledForm], exemptions: Exemptions) -> Iterator[Excepted]:
    """The indicators of forms, form by form."""
    for form in forms:
        who, appraisal = identity(form), form.appraisal
        lines = {line.indicator: line for line in lines_in_force(form)}
        approved = {line.indicators[appraisal.role.id]: line for line in exemptions.of(who.id, appraisal.role.id)}
        for result in appraisal.indicators:
            if not result.situation:
                continue
            line = lines.get(result.id)
            hr = line is not None and result.id in approved and approved[result.id].situation == result.situation
            yield Excepted(
                who.id, who.name, who.superior, appraisal.role.title, form.sheet, result.id, result.label,
                result.situation, result.score, result.weight,
                line.line.reason.strip() if line else "",
                line.line.approver.strip() if line else "",
                BY_HR if hr else BY_SUPERIOR if line else BY_ROLE,
            )  # fmt: skip


def lines_in_force(form: FilledForm) -> list[JudgedLine]:
    """The lines of a form that hold."""
    inputs = form.appraisal.inputs
    lines = judged(inputs.exceptions or (), inputs.labels, inputs.language)
    return [line for line in lines if line.state == IN_FORCE]
