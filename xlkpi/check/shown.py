"""What the form shows against what Python computes anew."""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.check.subject import Subject
from xlkpi.form import part_id
from xlkpi.problems import WARNING, Problem
from xlkpi.rules.reasons import is_refusal
from xlkpi.scoring import Value, is_number

_TOLERANCE = 1e-6


def stale(form: Subject) -> Iterator[Problem]:
    """Scores, total, final and grade that formulas showed when the file was saved, and that are others now."""
    appraisal = form.reading.appraisal
    if appraisal is None:
        return
    computed: list[tuple[str, Value]] = [(part_id(result.id), result.score) for result in appraisal.indicators]
    computed += [("total", appraisal.total), ("final", appraisal.final)]
    computed += [("grade", appraisal.grade if appraisal.complete else appraisal.final)]
    for row, value in computed:
        if not form.reading.grid.has(row, "score") or form.formula(row, "score") is None:
            continue
        shown = form.value(row, "score")
        if not _same(shown, value):
            told = {"shown": form.shown(shown) or "—", "computed": form.shown(value) or "—"}
            yield form.problem("stale", row, "score", WARNING, label=form.label(row), **told)


def _same(shown: Value, computed: Value) -> bool:
    if is_number(shown) and is_number(computed):
        return abs(float(shown) - float(computed)) <= _TOLERANCE * max(1.0, abs(float(computed)))  # type: ignore[arg-type]
    if is_refusal(shown) and is_refusal(computed):
        return True
    return (shown or None) == (computed or None) if not is_number(shown) and not is_number(computed) else False
