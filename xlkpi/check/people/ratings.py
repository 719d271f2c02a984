"""Checks the ratings of a form: those that are missing, by who owes them. Intake reports those that are none."""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.check.context import CheckedForm
from xlkpi.check.people.exceptions import excused
from xlkpi.form.captions import rating_caption
from xlkpi.i18n.numbers import is_number
from xlkpi.i18n.problems import ERROR, WARNING, Problem
from xlkpi.intake.ratings import needed_places


def missing_ratings(form: CheckedForm) -> Iterator[Problem]:
    """Empty ratings of indicators that count; only a warning where the total can be computed without them."""
    reading, labels = form.reading, form.labels
    if reading.inputs.shares is None:
        return
    appraisal = reading.appraisal
    severity = WARNING if appraisal is not None and is_number(appraisal.total) else ERROR
    left_out = {result.id for result in appraisal.indicators if not result.applies} if appraisal else set()
    left_out |= excused(form)
    for indicator, row, rater in needed_places(reading.role, reading.inputs.shares):
        optional = reading.role.measure[indicator.rated].optional
        if optional or indicator.id in left_out or not reading.grid.has(row, rater) or not form.empty(row, rater):
            continue
        values = {"label": rating_caption(row, rater, reading.role, labels), "who": labels(f"rater_{rater}")}
        yield form.problem("missing", row, rater, severity, "missing_rating", **values)
