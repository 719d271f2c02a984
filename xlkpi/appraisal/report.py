"""What the reading commands print: the stable JSON shapes and the rows of their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.printer.wording import plain
from xlkpi.scoring.reasons import VETOES
from xlkpi.scoring.scores import Value, is_number, round_half_up

if TYPE_CHECKING:
    from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
    from xlkpi.catalogue.load import Role
    from xlkpi.intake.workbook import Filled


def role_json(role: Role) -> dict[str, Any]:
    """One entry of `roles --json`; weights are effective ones in per cent, when everything applies."""
    return {
        "id": role.id,
        "title": role.title,
        "source": role.source,
        "effective_from": role.effective_from,
        "duties": [{"heading": d.heading, "text": d.text, "share": d.share} for d in role.duties],
        "indicators": [
            {
                "id": indicator.id,
                "label": indicator.label,
                "group": indicator.group,
                "weight": float(role.weights[indicator.id] * 100),
                "unit": indicator.unit,
                "target": _one([part.target for part in indicator.parts]),
                "target_formula": _one([f.text if (f := p.target_formula) else None for p in indicator.parts]),
                "rule": phrase(indicator.rule),
                "note": indicator.note or None,
            }
            for indicator in role.indicators
        ],
    }


def filled_json(filled: Filled) -> dict[str, Any]:
    """`score --json`. Empty is null; an indicator of several measures has lists."""
    places = ranks([form.appraisal.final for form in filled.forms])
    return {
        "quarter": filled.quarter,
        "sheets": [
            _form_json(form.sheet, form.appraisal, rank) for form, rank in zip(filled.forms, places, strict=True)
        ],
        "problems": [asdict(problem) for problem in filled.problems],
    }


def _form_json(sheet: str, appraisal: Appraisal, rank: int | None) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "role": appraisal.role.id,
        "person": appraisal.inputs.person.get("name") or None,
        "total": appraisal.total,
        "final": appraisal.final,
        "grade": appraisal.grade,
        "rank": rank,
        "complete": appraisal.complete,
        "indicators": [_indicator_json(result) for result in appraisal.indicators],
        "alerts": [{"id": id, "message": text} for id, text in appraisal.alerts],
    }


def _indicator_json(result: IndicatorResult) -> dict[str, Any]:
    veto = result.score in VETOES
    return {
        "id": result.id,
        "label": result.label,
        "applies": result.applies,
        "weight": result.weight,
        "actual": _one(list(result.actual)),
        "target": _one(list(result.target)),
        "score": (0.0 if veto else result.score) if result.applies else None,
        "deducted": result.deducted,
        "receipt": result.receipt,
        "veto": veto,
    }


def _one(values: list[Any]) -> Any:
    """The value of one measure, a list for several."""
    return values[0] if len(values) == 1 else values


def ranks(finals: Sequence[Value]) -> list[int | None]:
    """1-1-3 among those that have a result; None for the others."""
    known = [float(final) for final in finals if is_number(final)]
    return [1 + sum(other > float(f) for other in known) if is_number(f) else None for f in finals]


def shown(value: Value) -> str:
    """A score for a table: two decimals at most, texts as they are, nothing for an empty one."""
    if value is None:
        return ""
    return value if isinstance(value, str) else plain(round_half_up(value))


def indicator_row(result: IndicatorResult) -> tuple[str, str, str, str, str]:
    """Label, weight, score, deduction, receipt."""
    problem = isinstance(result.score, str) and result.receipt is None
    receipt = "" if problem else result.receipt or "（数据未填）"
    return (
        result.label,
        f"{shown(result.weight)}%",
        shown(result.score),
        shown(result.deducted),
        receipt,
    )
