"""What is wrong in 不计分事项: lines that are not in force, and scores that were kept from the quarter before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from xlkpi.appraisal.exceptions import (
    EMPTY,
    IN_FORCE,
    INCOMPLETE,
    MISSING,
    NO_INDICATOR,
    JudgedLine,
    judged,
    situation_words,
)
from xlkpi.catalogue.appraising.policies import CARRY_OVER
from xlkpi.catalogue.role import Indicator
from xlkpi.check.context import CheckedForm
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.layout import part_id
from xlkpi.i18n.numbers import is_number, plain, round_half_up
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, Problem

_CAPTIONS = {"reason": "exception_reason"}


def exceptions(form: CheckedForm) -> Iterator[Problem]:
    """Lines that are half filled in, name what the form does not have, or are approved by the person appraised."""
    lines = judged_lines(form)
    times = Counter(line.indicator for line in lines if line.state == IN_FORCE)
    for line in lines:
        if line.state == EMPTY:
            continue
        if line.state != IN_FORCE:
            yield _not_in_force(form, line)
        elif times[line.indicator] > 1:
            yield _problem(form, line, "indicator", ERROR, "exception_twice", value=line.line.indicator)
        elif line.line.approver.strip() == form.reading.inputs.person.get("name", "").strip():
            yield _problem(form, line, "approver", WARNING, "exception_self", value=line.line.approver.strip())


def judged_lines(form: CheckedForm) -> tuple[JudgedLine, ...]:
    """The lines of 不计分事项 of a form; none where it has no such block."""
    inputs = form.reading.inputs
    return judged(inputs.exceptions or (), inputs.labels, inputs.language)


def excused(form: CheckedForm) -> frozenset[str]:
    """The indicators that a line says the data is missing of, or that do not count: nothing is to be filled in."""
    return frozenset(line.indicator for line in judged_lines(form) if line.state == IN_FORCE)


def excused_measures(form: CheckedForm) -> frozenset[str]:
    """The measures that only such indicators read."""
    out, role = excused(form), form.reading.role
    if not out:
        return frozenset()
    read = {one.id: _measures(one) for one in role.indicators}
    return frozenset().union(*(read[id] for id in out)) - frozenset().union(*(read[id] for id in read.keys() - out))


def _measures(indicator: Indicator) -> frozenset[str]:
    return frozenset(operand.measure for _, formula in indicator.expressions for operand in formula.operands)


def _not_in_force(form: CheckedForm, line: JudgedLine) -> Problem:
    if line.state == INCOMPLETE:
        what = tuple(form.labels(_CAPTIONS.get(field, field)) for field in line.line.missing)
        return _problem(form, line, line.line.missing[0], WARNING, "exception_missing", what=what)
    if line.state == NO_INDICATOR:
        return _problem(form, line, "indicator", WARNING, "exception_unknown", value=line.line.indicator)
    words = tuple(situation_words(form.labels.language).values())
    return _problem(form, line, "situation", WARNING, "exception_situation", value=line.line.situation, words=words)


def _problem(form: CheckedForm, line: JudgedLine, field: str, severity: str, key: str, **values: Any) -> Problem:
    row, column = f"x:{line.line.place}", EXCEPTION_COLUMNS[field]
    there = column if form.reading.grid.has(row, column) else None  # a deleted column is told by another check
    return form.problem("exception", row, there, severity, key, number=line.line.place, **values)


def missing_data(form: CheckedForm) -> Iterator[Problem]:
    """Indicators without a total for want of data, scores kept from the quarter before, and such that nobody uses."""
    grid = form.reading.grid
    if form.reading.appraisal is None or form.reading.inputs.exceptions is None:
        return
    for indicator in form.reading.role.indicators:
        row, result = part_id(indicator.id), form.results[indicator.id]
        carried = form.reading.inputs.carried.get(indicator.id)
        carries = form.reading.role.if_missing(indicator) == CARRY_OVER
        if result.situation == MISSING and result.score is None and grid.has(row, "score"):
            yield form.problem("exception", row, "score", WARNING, "exception_blocks", label=indicator.label)
        elif carries and result.situation == MISSING and is_number(carried):
            shown = plain(round_half_up(carried))
            yield form.problem("carried", row, "carried", ADVICE, "carried_used", label=indicator.label, value=shown)
        if carried is not None and not (carries and is_number(carried)):
            shown = form.shown(carried)
            yield form.problem("carried", row, "carried", WARNING, "carried_stray", label=indicator.label, value=shown)
