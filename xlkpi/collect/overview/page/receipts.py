"""A person's receipts as the page's script lays them out: how each score was reached. Texts only, from the forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xlkpi.appraisal.filled import FilledForm
from xlkpi.collect.collection import Collection
from xlkpi.collect.overview.records import Record, lost_points
from xlkpi.collect.overview.texts import points
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import is_number, round_half_up, score_text

Text = Callable[[str], int]
"""Gives a text its number in the page's list of texts: rules and labels are the same on many forms."""


def receipts(record: Record, collection: Collection, text: Text, labels: Labels) -> dict[str, Any]:
    """The forms of a person, and the errors and warnings about them."""
    forms = [
        _form(form, days, collection, text, labels)
        for form, days in zip(record.person.forms, record.person.days, strict=True)
    ]
    marks = [
        [labels(f"severity_{problem.severity}"), problem.cell or "", problem.message, problem.advice]
        for problem in record.marks
    ]
    if len(forms) == 1:
        forms[0]["grade"] = record.person.grade or "—"  # calibrated, it is another one than that of the form
    return {"forms": forms, "marks": marks}


def _form(form: FilledForm, days: int, collection: Collection, text: Text, labels: Labels) -> dict[str, Any]:
    appraisal, inputs = form.appraisal, form.appraisal.inputs
    role = collection.role(appraisal.role.id, labels.language)
    label_of = {indicator.id: indicator.label for indicator in role.indicators}
    spare_rules: Mapping[str, str] = {spare.id: spare.rule for spare in inputs.spare}
    lost = lost_points(appraisal)
    rows = []
    for result in appraisal.indicators:
        rule = spare_rules.get(result.id) or inputs.rules.get(result.id, "")
        rows.append(
            [
                text(label_of.get(result.id, result.label)),
                text(f"{score_text(result.weight)}%" if result.weight else "—"),
                score_text(result.score) or "—",
                _lost(lost.get(result.id, 0.0)),
                result.receipt or "",
                text(rule),
            ]
        )
    events = [[event.text, event.evidence, _signed(event.points)] for event in form.events]
    return {
        "title": labels("page_form", role=role.title, days=days),
        "total": _score(appraisal.total, labels),
        "final": _score(appraisal.final, labels),
        "grade": appraisal.grade or "—",
        "rows": rows,
        "events": events,
        "alerts": [alert for _, alert in appraisal.alerts],
    }


def _lost(lost: float | None) -> str:
    """— for a veto, which took everything; empty where nothing was lost."""
    if lost is None:
        return "—"
    return points(lost) if round_half_up(lost) else ""


def _score(value: object, labels: Labels) -> str:
    if is_number(value):
        return points(float(value))
    return str(value) if value else labels("no_final")


def _signed(value: object) -> str:
    return f"{float(value):+g}" if is_number(value) else str(value or "")
