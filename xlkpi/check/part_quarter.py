"""Checks the targets of somebody who has the role for a part of the quarter, or works part time."""

from __future__ import annotations

from collections.abc import Iterator

from xlkpi.check.context import CheckedForm
from xlkpi.form.part_quarter import PartTarget, part_targets, part_text, shown_target
from xlkpi.form.register import prorates, quarter_in
from xlkpi.i18n.problems import ADVICE, Problem


def _targets(form: CheckedForm) -> tuple[PartTarget, ...]:
    quarter = quarter_in(form.settings)
    return () if quarter is None else part_targets(form.reading.role, form.reading.registered.assignment, quarter)


def reduced_targets(form: CheckedForm) -> dict[str, PartTarget]:
    """The targets with which a form was made that are reduced for a part of the quarter, by row id."""
    if not prorates(form.settings):
        return {}
    return {target.row: target for target in _targets(form) if target.reduced is not None}


def not_reduced(form: CheckedForm, target: PartTarget, value: float) -> Iterator[Problem]:
    """A target that is not the reduced one with which its form was made."""
    assignment, quarter = form.reading.registered.assignment, quarter_in(form.settings)
    if assignment is None or quarter is None or target.reduced is None or target.is_reduced(value):
        return
    part = part_text(assignment, quarter, form.labels)
    shown = {"value": shown_target(value), "expected": shown_target(target.reduced)}
    yield form.problem(
        "target", target.row, "target", ADVICE, "target_reduced", label=target.part.label, part=part, **shown
    )


def whole_targets(form: CheckedForm) -> Iterator[Problem]:
    """Targets of a whole quarter on the form of a part of it: the months that are missing count as a loss."""
    assignment, quarter = form.reading.registered.assignment, quarter_in(form.settings)
    if assignment is None or quarter is None or prorates(form.settings):
        return
    for target in _targets(form):
        if target.whole is None or target.reduced is None or not target.is_whole(form.value(target.row, "target")):
            continue
        numbers = {"whole": target.whole, "reduced": target.reduced}
        shown = {key: shown_target(number) for key, number in numbers.items()}
        part = part_text(assignment, quarter, form.labels)
        yield form.problem("part_quarter", target.row, "target", ADVICE, label=target.part.label, part=part, **shown)
