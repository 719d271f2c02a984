"""The JSON that commands print. It is stable: fields may be added, never renamed."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from xlkpi.appraisal.people import ranks
from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.cli.people.meeting_json import meeting_json
from xlkpi.rules.model import RuleError
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring.reasons import VETOES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.analysis.explanation import Explanation
    from xlkpi.appraisal.appealed import Appealed
    from xlkpi.appraisal.appraise import Appraisal, IndicatorResult
    from xlkpi.catalogue.role import Role
    from xlkpi.collect.changes import ScoreChange
    from xlkpi.collect.collection import Collection
    from xlkpi.intake.workbook import FilledWorkbook
    from xlkpi.next_quarter.plan import NextQuarter
    from xlkpi.scoring.scorer import Outcome, ScoreError


def role_json(role: Role) -> dict[str, Any]:
    """One entry of `roles --json`. weight: share of the total in per cent when every indicator applies."""
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
                "rule_in_file": indicator.rule_in_file,
                "rule_on_form": indicator.rule_text,
                "note": indicator.note or None,
            }
            for indicator in role.indicators
        ],
    }


def filled_json(filled: FilledWorkbook) -> dict[str, Any]:
    """`score --json`. Empty values are null; an indicator with several measures has lists of actuals and targets."""
    places = ranks([form.appraisal.final for form in filled.forms])
    return {
        "quarter": filled.quarter,
        "sheets": [
            _form_json(form.sheet, form.appraisal, rank) | meeting_json(form)
            for form, rank in zip(filled.forms, places, strict=True)
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
        "situation": result.situation or None,
        "veto": veto,
        **({} if result.rating is None else {"ratings": asdict(result.rating)}),
    }


def _one(values: list[Any]) -> Any:
    """The only value, or the list of several."""
    return values[0] if len(values) == 1 else values


def explanation_json(explained: Explanation) -> dict[str, Any]:
    """`explain --json`. A veto is score 0 with `veto` true; without an actual the score is null."""
    outcome = explained.outcome
    return {
        **(_outcome_json(outcome) if outcome else {"score": None, "deducted": None, "veto": False}),
        "receipt": explained.receipt,
        "rule": explained.phrases,
        "reading": explained.reading,
        "native": explained.native,
        "cells": explained.cells,
        "preview": _preview_json(explained),
    }


def _preview_json(explained: Explanation) -> list[dict[str, Any]]:
    return [
        {"actual": row.actual, **_outcome_json(row.outcome), "note": row.note}
        | {"measure": panel.measure + 1, "terms": panel.terms.value}
        for panel, found in explained.panels
        for row in found
    ]


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    veto = outcome.score in VETOES
    return {"score": 0.0 if veto else outcome.score, "deducted": outcome.deducted, "veto": veto}


def refusal_json(error: RuleError | ScoreError, readings: Sequence[Explanation] = ()) -> dict[str, Any]:
    """`explain --json` for a refused rule or input. Only refused rules have a position, suggestions and readings.

    readings: the rules between which the sentence decides, each with its score. example: numbers that tell the first
    two apart, in words.
    """
    refused = error if isinstance(error, RuleError) else None
    return {
        "error": {
            "message": error.message,
            "position": refused.position if refused else None,
            "suggestions": list(refused.suggestions) if refused else [],
            "example": refused.example if refused else None,
            "readings": [_reading_json(reading) for reading in readings],
        }
    }


def _reading_json(reading: Explanation) -> dict[str, Any]:
    return {
        "sentence": reading.sentence,
        **(_outcome_json(reading.outcome) if reading.outcome else {"score": None, "deducted": None, "veto": False}),
        "preview": _preview_json(reading),
    }


def changes_json(next_quarter: NextQuarter) -> dict[str, Any]:
    """`next --json`."""
    return {
        "before": str(next_quarter.before),
        "quarter": str(next_quarter.quarter),
        "files": [{"file": b.name, "sheets": [sheet.title for sheet in b.sheets]} for b in next_quarter.books],
        "roles": [asdict(role) for role in next_quarter.roles],
        "people": [asdict(person) for person in next_quarter.people],
        "gone": [asdict(form) for form in next_quarter.gone],
        "duplicates": [asdict(form) for form in next_quarter.duplicates],
        "problems": [asdict(problem) for problem in next_quarter.problems],
    }


def collection_json(
    collection: Collection, changes: Sequence[ScoreChange], kept: Sequence[tuple[str, str, str]]
) -> dict[str, Any]:
    """`collect --json`. kept: number, name and summary of everyone who stays in the history beside the collection."""
    coefficients = Coefficients(collection.catalogue, collection.quarter)
    return {
        "quarter": str(collection.quarter),
        "people": [_person_json(collection, number, coefficients) for number in range(len(collection.ranking))],
        "board": [
            {
                "superior": line.who.superior,
                "id": line.who.id,
                "name": line.who.name,
                "department": line.who.department,
                "role": line.role,
                "state": line.state,
                "expected": line.expected,
                "changed": line.changed,
                "file": line.entry.file.name if line.entry else None,
                "sheet": line.entry.form.sheet if line.entry else None,
                "copies": [{"file": c.file.name, "sheet": c.form.sheet, "state": c.state} for c in line.copies],
            }
            for line in collection.lines
        ],
        "files": [
            {
                "file": file.name,
                "saved": file.modified.isoformat() if file.modified else None,
                "quarter": file.filled.quarter,
                "sheets": [{"sheet": e.form.sheet, "state": e.state} for e in collection.entries if e.file is file],
            }
            for file in collection.received
        ],
        "excepted": [asdict(line) for line in collection.excepted],
        "problems": [asdict(problem) for problem in collection.problems],
        "changes": [asdict(change) for change in changes],
        "kept": [{"id": id, "name": name, "summary": summary} for id, name, summary in kept],
    }


def _person_json(collection: Collection, number: int, coefficients: Coefficients) -> dict[str, Any]:
    ranked = collection.ranking[number]
    person = ranked.person
    pairs = zip(collection.entries_of(person), person.days, strict=True)
    return {
        "rank": ranked.rank,
        "id": person.id,
        "name": person.name,
        "department": person.department,
        "superior": person.superior,
        "total": person.total,
        "final": person.final,
        "grade": person.grade,
        "computed_grade": person.computed_grade,
        "calibration": asdict(person.calibration) if person.calibration else None,
        "coefficient": coefficients.of(person.grade, person.final),
        "complete": person.complete,
        "final_before": person.final_before,
        "appeals": [_appeal_json(appeal) for appeal in person.appeals],
        "forms": [
            {
                "file": entry.file.name,
                "sheet": entry.form.sheet,
                "role": entry.form.appraisal.role.id,
                "days": days,
                "total": entry.form.appraisal.total,
                "final": entry.form.appraisal.final,
                "grade": entry.form.appraisal.grade,
            }
            for entry, days in pairs
        ],
    }


def _appeal_json(appeal: Appealed) -> dict[str, Any]:
    return {
        "file": appeal.file,
        "indicator": appeal.indicator or None,
        "measure": appeal.part + 1,
        "label": appeal.label,
        "state": appeal.state,
        "overdue": appeal.overdue,
        "until": appeal.until.isoformat() if appeal.until else None,
        "ruler": appeal.ruler or None,
        "actual_before": appeal.actual,
        "actual": appeal.value,
        "score_before": appeal.score_before,
        "score": appeal.score,
    }
