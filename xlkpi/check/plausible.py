"""Asks about numbers that contradict those beside them: parts above their whole, months and quarters far apart."""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.appraisal.inputs import operand_values
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.plausibility import MONTHS_APART, QUARTERS_APART, far_apart, odd_month
from xlkpi.catalogue.role import Measure
from xlkpi.check.context import CheckedForm
from xlkpi.form.layout import measure_id
from xlkpi.i18n.numbers import is_number, number_text
from xlkpi.i18n.problems import ADVICE, Problem


def parts(form: CheckedForm) -> Iterator[Problem]:
    """Parts that are more than their whole: more silent orders than orders."""
    role, typed = form.reading.role, form.reading.inputs.months
    values = operand_values(role, form.reading.inputs)
    for measure in role.measures:
        if measure.part_of is None:
            continue
        whole = role.measure[measure.part_of]
        by_month = measure.monthly and whole.monthly
        for month in typed if by_month else (None,):
            part, of = values[Operand(measure.id, month)], values[Operand(whole.id, month)]
            if is_number(part) and is_number(of) and part > of:
                yield form.problem(
                    "part", measure_id(measure.id), month or "quarter", ADVICE,
                    label=measure.label, value=_shown(form, measure, part),
                    whole=whole.label, of=_shown(form, whole, of),
                )  # fmt: skip


def months(form: CheckedForm) -> Iterator[Problem]:
    """One month that is far from the two others, as by a digit too many."""
    role, columns = form.reading.role, form.reading.inputs.months
    if not role.compare_periods:
        return
    for measure in (m for m in role.measures if m.monthly and m.id not in role.levels):
        row = measure_id(measure.id)
        values = [form.value(row, column) for column in columns]
        odd = odd_month(values, measure.unit)
        if odd is not None:
            others = [_shown(form, measure, value) for place, value in enumerate(values) if place != odd]
            yield form.problem(
                "odd_month", row, columns[odd], ADVICE,
                label=measure.label, value=_shown(form, measure, values[odd]), others=tuple(others), times=MONTHS_APART,
            )  # fmt: skip


def quarters(form: CheckedForm) -> Iterator[Problem]:
    """A value of the quarter before that is far from this quarter's."""
    role = form.reading.role
    if not role.compare_periods:
        return
    values = operand_values(role, form.reading.inputs)
    for measure in role.measures:
        source = measure.carried_from
        if source is None:
            continue
        row, now = measure_id(measure.id), role.measure[source.measure]
        before, value = values[Operand(measure.id)], values[source]
        if far_apart(value, before, measure.unit):
            yield form.problem(
                "odd_quarter", row, "quarter", ADVICE,
                label=measure.label, value=_shown(form, measure, before), now=now.label,
                other=_shown(form, now, value), times=QUARTERS_APART,
            )  # fmt: skip


def _shown(form: CheckedForm, measure: Measure, value: object) -> str:
    assert is_number(value)
    return number_text(value, measure.unit == "%", form.labels)
