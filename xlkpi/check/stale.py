"""Compares the scores that a form shows with those that Python computes."""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.check.context import MANY, CheckedForm
from xlkpi.form.layout import part_id
from xlkpi.i18n.numbers import Value, is_number, round_half_up
from xlkpi.i18n.problems import WARNING, Problem
from xlkpi.scoring.reasons import is_refusal

_TOLERANCE = 1e-6
"""Of a score; relative above 1."""
_MANY = 4
"""A changed number changes an indicator, total, final total and grade; more than these are told once."""


def stale(form: CheckedForm) -> Iterator[Problem]:
    """Scores, total, final total and grade whose formulas showed something else when the file was saved.

    Where many formulas have become fixed values, which are not told one by one, these are compared as well.
    """
    appraisal = form.reading.appraisal
    if appraisal is None:
        return
    computed: list[tuple[str, Value]] = [(part_id(result.id), result.score) for result in appraisal.indicators]
    computed += [("total", appraisal.total), ("final", appraisal.final)]
    computed += [("grade", appraisal.grade if appraisal.complete else appraisal.final)]
    wrong = [
        (row, shown, value)
        for row, value in computed
        if form.reading.grid.has(row, "score") and (form.overwritten > MANY or form.formula(row, "score") is not None)
        for shown in [form.value(row, "score")]
        if not _same(shown, value) and not (form.lost and shown == "#N/A")
    ]
    if len(wrong) > 1 and all(shown is None for _, shown, _ in wrong):  # written by a program that does not calculate
        computed_anew = form.shown(_rounded(appraisal.final)) or "—"
        yield form.problem("stale", "final", "score", WARNING, key="uncalculated", computed=computed_anew)
        return
    if len(wrong) > _MANY:  # a number was changed by a program that does not calculate
        row, values = wrong[0][0], {"computed": form.shown(_rounded(appraisal.final)) or "—"}
        yield form.problem(
            "stale", row, "score", WARNING, "stale_many", label=form.label(row), count=len(wrong), **values
        )
        return
    for row, shown, value in wrong:
        near = is_number(shown) and _rounded(shown) == _rounded(value)
        pair = {"shown": shown, "computed": value} if near else {"shown": _rounded(shown), "computed": _rounded(value)}
        values = {key: form.shown(score) or "—" for key, score in pair.items()}
        yield form.problem("stale", row, "score", WARNING, label=form.label(row), **values)


def _rounded(value: Value) -> Value:
    """A score to two decimals, as a form shows it."""
    return round_half_up(float(value), 2) if is_number(value) else value


def _same(shown: Value, computed: Value) -> bool:
    if is_number(shown) and is_number(computed):
        return abs(float(shown) - float(computed)) <= _TOLERANCE * max(1.0, abs(float(computed)))
    if is_refusal(shown) and is_refusal(computed):
        return True
    return (shown or None) == (computed or None) if not is_number(shown) and not is_number(computed) else False
