"""What writing and reading an appeal workbook agree on: the hidden sheet, the ids of rows and columns, the digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import identity
from xlkpi.catalogue.role import Role
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import part_id
from xlkpi.i18n.numbers import Value, is_number

CONTRACT = 1
LINES = 3
"""Indicators that one workbook has room for."""

COLUMNS = {
    "id": "A", "no": "B", "indicator": "C", "about": "C", "employee_id": "C", "unit": "D", "verdict": "D",
    "grounds": "D", "name": "D", "target": "E", "value": "E", "department": "E", "actual": "F", "read": "F",
    "superior": "F", "score": "G", "ruler": "G", "final": "G", "weight": "H", "day": "H", "grade": "H", "receipt": "I",
    "until": "I", "post": "I", "wanted": "J", "why": "J", "period": "J",
}  # fmt: skip
"""Column id → sheet column as generated. Blocks share sheet columns, as on a form."""
ANCHORS = frozenset(("person", "a:1", "v:1"))
"""Row ids by which the sheet is known."""
PERSON = ("employee_id", "name", "department", "superior", "final", "grade", "post", "period")
"""The columns of the row of the person."""
TYPED, RULED = ("about", "grounds", "wanted"), ("verdict", "value", "ruler", "day", "until", "why")
"""What the person fills in of a line, and whoever rules."""


def line_id(number: int) -> str:
    """The row id of the appeal of this number, from 1."""
    return f"a:{number}"


def ruling_id(number: int) -> str:
    """The row id of the ruling on the appeal of this number."""
    return f"v:{number}"


def part_labels(role: Role, result: IndicatorResult) -> list[str]:
    """What the measures of a result are called on the form, the indicator first."""
    labels = [[part.label for part in one.parts] for one in role.indicators if one.id == result.id]
    return labels[0] if labels else [result.label]


def shown_values(appraisal: Appraisal) -> dict[tuple[str, str], Value]:
    """What an appeal shows of a form, by row id and column id: each target and actual, each score and weight."""
    shown: dict[tuple[str, str], Value] = {}
    for result in appraisal.indicators:
        for number, (target, actual) in enumerate(zip(result.target, result.actual, strict=True)):
            row = part_id(result.id, number)
            shown |= {(row, "target"): target, (row, "actual"): actual}
        shown[part_id(result.id), "score"] = result.score
        shown[part_id(result.id), "weight"] = result.weight / 100
    return shown | {("person", "final"): appraisal.final, ("person", "grade"): appraisal.grade}


def start_of(form: FilledForm) -> str:
    """The first day in the role, ISO; "" where it is not known."""
    return form.assignment.begins if form.assignment else ""


def result_digest(form: FilledForm, quarter: Quarter) -> str:
    """Sixteen hexadecimal digits that change with the result of a form, without what was ruled on it."""
    appraisal, who = form.before or form.appraisal, identity(form)
    values = [[*place, _said(value)] for place, value in shown_values(appraisal).items()]
    content = json.dumps([str(quarter), who.id, who.name, appraisal.role.id, start_of(form), values])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def meta_of(form: FilledForm, quarter: Quarter) -> Mapping[str, float | str]:
    """The rows of the hidden sheet, but for version and language."""
    who = identity(form)
    return {
        "contract": CONTRACT,
        "quarter": str(quarter),
        "language": form.appraisal.inputs.language,
        "role": form.appraisal.role.id,
        "person": who.id,
        "name": who.name,
        "start": start_of(form),
        "result": result_digest(form, quarter),
    }


def _said(value: Value) -> str:
    """A value for the digest: programs drop the last digits of a number when they store it."""
    return f"{value:.10g}" if is_number(value) else str(value or "")
