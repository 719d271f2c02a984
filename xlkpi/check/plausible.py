"""Asks about numbers that can be read and are hardly meant.

Parts above their whole, months and quarters far apart, 96 in place of 96%, targets far from the actuals, a total far
beyond all grades.
"""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.plausibility import LEAST, MONTHS_APART, QUARTERS_APART, far_apart, odd_month
from xlkpi.catalogue.role import Indicator, Measure
from xlkpi.catalogue.units import is_percent, rate_meant
from xlkpi.check.context import CheckedForm
from xlkpi.form.layout import measure_id, part_id
from xlkpi.i18n.numbers import Value, is_number, number_text
from xlkpi.i18n.problems import ADVICE, WARNING, Problem
from xlkpi.rules.model import RuleError
from xlkpi.scoring.grades import grade_scale
from xlkpi.scoring.scores import rule_of

_NO_RATE = 10.0
"""1000%: from here on it is no rate that anybody has."""
_HUNDREDTH = 0.01
"""No more than this share of its target was hardly done by anybody; nor was as many times the target."""
_FAR = 1.5
"""A total beyond this multiple of 100 and of the highest grade is not reached by good work."""


def parts(form: CheckedForm) -> Iterator[Problem]:
    """Parts that are more than their whole: more silent orders than orders."""
    role, typed = form.reading.role, form.reading.inputs.months
    values = form.reading.values
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
    values = form.reading.values
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


def rates(form: CheckedForm) -> Iterator[Problem]:
    """Rates that were typed without their %: targets, actuals of spare rows, measures without a plausible range."""
    for measure in form.reading.role.measures:
        open_range = measure.unit == "%" and measure.high is None
        for column in (form.reading.inputs.months if measure.monthly else ("quarter",)) if open_range else ():
            typed = form.value(measure_id(measure.id), column)
            if is_number(typed) and (meant := rate_meant(typed)) is not None:
                yield _asked(form, measure_id(measure.id), column, meant)
    for indicator in form.reading.role.indicators:
        for number, _ in enumerate(indicator.parts):
            if (meant := target_meant(form, indicator, number)) is not None:
                yield _asked(form, part_id(indicator.id, number), "target", meant)
    for spare in form.reading.inputs.spare:
        if not (is_number(spare.target) or is_number(spare.actual)) or not _holds_rates(spare.rule, spare.unit):
            continue
        for column, typed, beside in (("target", spare.target, spare.actual), ("actual", spare.actual, spare.target)):
            if is_number(typed) and (meant := rate_meant(typed, beside)) is not None:
                yield _asked(form, part_id(spare.id), column, meant)


def target_meant(form: CheckedForm, indicator: Indicator, number: int) -> float | None:
    """The rate probably meant by the target of a part of an indicator; None where the target may well be right."""
    part, inputs = indicator.parts[number], form.reading.inputs
    value = inputs.targets[indicator.id][number]
    if part.target_formula is not None or not is_number(value):
        return None
    unit = str(form.value(part_id(indicator.id, number), "unit") or "")
    if not _holds_rates(inputs.rules[indicator.id], unit, number):
        return None
    actual: Value = form.results[indicator.id].actual[number] if indicator.id in form.results else None
    return rate_meant(value, actual, part.target)


def targets(form: CheckedForm) -> Iterator[Problem]:
    """Targets, other than the catalogue's, that are far from the actual, as by a digit too many.

    Where less is better, an actual far below the target is good work.
    """
    for indicator in form.reading.role.indicators:
        for number, part in enumerate(indicator.parts):
            value = form.reading.inputs.targets[indicator.id][number]
            actual = form.results[indicator.id].actual[number] if indicator.id in form.results else None
            agreed = part.target_formula is not None or value == part.target or indicator.less_is_better(number)
            if agreed or not is_number(value) or target_meant(form, indicator, number) is not None:
                continue
            percent = part.unit == "%"
            # Rates may outgrow a target many times.
            if far_apart(value, actual, part.unit) and not (percent and is_number(actual) and actual > value):
                shown = [number_text(float(one), percent, form.labels) for one in (value, actual) if is_number(one)]
                yield form.problem(
                    "range", part_id(indicator.id, number), "target", ADVICE, "target_far",
                    label=part.label, value=shown[0], actual=shown[1], times=QUARTERS_APART,
                )  # fmt: skip


def actuals(form: CheckedForm) -> Iterator[Problem]:
    """Actuals that are no more than a hundredth of their target, or a hundred times it, as by 万元 in place of 元.

    Of the catalogue's targets; `targets` looks at the others, and more closely. Where less is better, an actual far
    below the target is good work.
    """
    inputs, results = form.reading.inputs, form.results
    for indicator in form.reading.role.indicators if results else ():
        for number, part in enumerate(indicator.parts):
            actual, target = results[indicator.id].actual[number], results[indicator.id].target[number]
            agreed = part.target_formula is not None or inputs.targets[indicator.id][number] == part.target
            if part.unit == "%" or not agreed or indicator.less_is_better(number):
                continue
            if not (is_number(actual) and is_number(target)) or min(actual, target) <= 0 or max(actual, target) < LEAST:
                continue
            if _HUNDREDTH < actual / target < 1 / _HUNDREDTH:
                continue
            operands = part.actual.operands
            alone = len(operands) == 1 and not part.actual.divides
            place = (measure_id(operands[0].measure), "quarter") if alone else (part_id(indicator.id, number), "actual")
            shown = [number_text(float(one), percent=False, labels=form.labels) for one in (actual, target)]
            key = "actual_far_below" if actual < target else "actual_far_above"
            yield form.problem("range", *place, ADVICE, key, label=part.label, actual=shown[0], target=shown[1])


def _holds_rates(sentence: str, unit: str, measure: int = 0) -> bool:
    try:
        rule = rule_of(sentence, unit or None)
    except RuleError:  # reported by another check
        return is_percent(unit)
    return is_percent(unit) or (measure < rule.measures and rule.shows_percent(measure))


def _asked(form: CheckedForm, row: str, column: str, meant: float) -> Problem:
    rate = meant * 100
    shown = {"value": form.shown(rate, "%"), "meant": form.shown(meant, "%")}
    severity = WARNING if abs(rate) >= _NO_RATE else ADVICE
    label, of = form.label(row), form.column_label(row, column)
    return form.problem("range", row, column, severity, "rate", label=label, column=of, **shown)


def total(form: CheckedForm) -> Iterator[Problem]:
    """A total far beyond what the grades know."""
    appraisal = form.reading.appraisal
    if appraisal is None or not is_number(appraisal.total) or not form.reading.grid.has("total", "score"):
        return
    try:
        highest = grade_scale(form.reading.inputs.grade_scale)[0].at_least
    except RuleError:  # reported by another check
        highest = None
    edge = max(100.0, float(highest or 0))
    if appraisal.total > _FAR * edge:
        shown = {"total": form.shown(appraisal.total), "edge": form.shown(edge)}
        yield form.problem("total", "total", "score", WARNING, "total_far", **shown)


def _shown(form: CheckedForm, measure: Measure, value: object) -> str:
    assert is_number(value)
    return number_text(value, measure.unit == "%", form.labels)
