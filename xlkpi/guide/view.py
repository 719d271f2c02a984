"""The data for the templates of a guide: all its texts, in the language of the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from xlkpi.appraisal.appealed import Appealed
from xlkpi.appraisal.people import Person
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.quarter import period_text
from xlkpi.guide.content import FormGuide, Guide
from xlkpi.guide.meeting import meeting_view
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, plain, round_half_up, score_text
from xlkpi.rules.model import RuleError
from xlkpi.scoring.reasons import VETOES
from xlkpi.scoring.rule_in_row import reading_of
from xlkpi.scoring.scores import rule_of

FULL, MOST_BEYOND = 100, 20
"""Points that a full bar stands for, and the points that it may go beyond at most."""


def view(guide: Guide, catalogue: Catalogue) -> dict[str, Any]:
    """The texts of a guide under the names that the templates use. Raises `CatalogueError`."""
    labels, person = words(guide.language), guide.person
    company = catalogue.company(guide.language, guide.quarter)
    return {
        "t": labels,
        "language": guide.language,
        "title": labels("improvement_title", company=company.name),
        "period": period_text(guide.quarter, labels),
        "quarter": str(guide.quarter),
        "name": person.name,
        "id": person.id,
        "department": person.department,
        "superior": person.superior,
        "second_superior": person.second_superior,
        "roles": labels("list_separator").join(dict.fromkeys(form.appraisal.role.title for form in guide.forms)),
        "complete": person.complete,
        "combined": len(guide.forms) > 1,
        "total": _points(person.total),
        "final": _points(person.final),
        "grade": _grade(person, labels),
        "rank": labels("rank", rank=guide.rank, of=guide.of) if guide.rank is not None and guide.of > 1 else "",
        "forms": [_form(form, labels) for form in guide.forms],
    }


def _grade(person: Person, labels: Labels) -> str:
    """The grade that counts; who has a calibrated one reads so, and what the score comes to, but not who said why."""
    if person.calibration is None:
        return person.grade or ""
    return labels("improvement_calibrated", grade=person.grade, computed=person.calibration.computed)


def _form(guide: FormGuide, labels: Labels) -> dict[str, Any]:
    appraisal, assignment = guide.appraisal, guide.form.assignment
    inputs = appraisal.inputs
    return {
        "role": appraisal.role.title,
        "superior": assignment.superior if assignment is not None else inputs.person.get("superior", ""),
        "dates": _dates(guide, labels),
        "days": labels("improvement_days", days=guide.days),
        "complete": is_number(appraisal.final),
        "missing": [{"label": missing.label, "what": missing.what} for missing in guide.missing],
        "total": _points(appraisal.total),
        "final": _points(appraisal.final),
        "grade": appraisal.grade or "",
        "bars": list(bars(guide)),
        "bars_hint": labels("improvement_scores_hint") if len(guide.dimensions) > 1 else "",
        "losses": list(_losses(guide, labels)),
        "lost": _points(guide.lost),
        "sums": _sums(guide, labels),
        "full": _list(guide, labels, "improvement_full", lambda score: is_number(score) and score >= 100),
        "left_out": _list(guide, labels, "improvement_left_out", lambda score: score == labels("not_applicable")),
        "steps": [
            {"label": s.label, "text": s.text, "score": _more(s.score), "total": _more(s.total)} for s in guide.steps
        ],
        "alerts": [text for _, text in appraisal.alerts],
        "events": [
            {"text": event.text, "evidence": event.evidence, "points": _signed(event.points)}
            for event in guide.form.events
        ],
        "events_sum": _events_sum(guide, labels),
        "key_actions": [
            {"about": action.about or "—", "action": action.action, "owner": action.owner, "due": action.due}
            for action in guide.form.agreement.actions
        ],
        "actions": [
            {"label": label, "actions": review.actions, "due": review.due, "owner": review.owner}
            for label, review in guide.reviews
        ],
        "meeting": meeting_view(guide.form.meeting, labels),
        "past": _past(guide),
        "appeals": [_appeal(appeal, labels) for appeal in guide.form.appeals],
        "appeals_sum": _appeals_sum(guide, labels),
    }


def _dates(guide: FormGuide, labels: Labels) -> str:
    assignment = guide.form.assignment
    if assignment is None or (assignment.start is None and assignment.end is None):
        return labels("improvement_whole_quarter")
    start = labels("improvement_begin") if assignment.start is None else assignment.start.isoformat()
    end = labels("improvement_end") if assignment.end is None else assignment.end.isoformat()
    return labels("plausible_range", low=start, high=end)


def bars(guide: FormGuide) -> Iterator[dict[str, Any]]:
    """A bar for every indicator; with several dimensions, a bar for the mean stands before each dimension's bars."""
    for dimension in guide.dimensions:
        if len(guide.dimensions) > 1:
            yield _bar(dimension.label, dimension.score, mean=True)
        for result in dimension.results:
            yield _bar(result.label, result.score, mean=False)


def _bar(label: str, score: Value, *, mean: bool) -> dict[str, Any]:
    """The data of a bar. points, rest, beyond: whole points up to the score, from there to 100, and above 100.

    A score that is no number has none of them; a veto counts as 0.
    """
    number = float(score) if is_number(score) else 0.0
    points = min(max(int(number), 0), FULL)  # rounded down: a nearly full bar must not look full
    return {
        "label": label,
        "mean": mean,
        "score": plain(round_half_up(number)) if is_number(score) else str(score or "—"),
        "points": points,
        "rest": FULL - points if is_number(score) or score in VETOES else 0,
        "beyond": min(max(int(number) - FULL, 0), MOST_BEYOND),
    }


def _losses(guide: FormGuide, said: Labels) -> Iterator[dict[str, str]]:
    for loss in guide.losses:
        result = loss.result
        yield {
            "place": str(loss.place),
            "label": result.label,
            "weight": f"{score_text(result.weight)}%",
            "score": score_text(result.score),
            "lost": "—" if loss.lost is None else _points(loss.lost),
            "receipt": (result.receipt or "")
            + _reading(guide, result.id, said)
            + _key_actions(guide, result.label, said),
        }


def _key_actions(guide: FormGuide, label: str, labels: Labels) -> str:
    """What was agreed to be done about an indicator, in brackets."""
    actions = [action.action for action in guide.form.agreement.actions if action.about == label and action.action]
    said = labels("list_separator").join(actions)
    return labels("improvement_key_action", actions=said) if actions else ""


def _reading(guide: FormGuide, id: str, labels: Labels) -> str:
    """How the rule on the form is read, where it is not in canonical words."""
    inputs = guide.appraisal.inputs
    spare = next((spare for spare in inputs.spare if spare.id == id), None)
    sentence, unit = (spare.rule, spare.unit) if spare else (inputs.rules[id], inputs.units[id])
    try:
        reading = reading_of(sentence, rule_of(sentence, unit or None))
    except RuleError:  # its score says why
        return ""
    return labels("improvement_reading", reading=reading) if reading else ""


def _sums(guide: FormGuide, labels: Labels) -> str:
    """How the losses add up to the total; with a veto a sentence instead; "" without a total."""
    if guide.vetoed:
        return labels("improvement_sum_vetoed")
    if not is_number(guide.appraisal.total):
        return ""
    key = "improvement_sum_above" if round_half_up(guide.above) else "improvement_sum"
    sums = {"lost": _points(guide.lost), "above": _points(guide.above), "total": _points(guide.appraisal.total)}
    return labels(key, **sums)


def _list(guide: FormGuide, labels: Labels, key: str, wanted: Callable[[Any], bool]) -> str:
    """One line that lists the indicators with a wanted score; "" where there are none."""
    names = [result.label for result in guide.appraisal.indicators if wanted(result.score)]
    return labels(key, indicators=labels("list_separator").join(names)) if names else ""


def _events_sum(guide: FormGuide, labels: Labels) -> str:
    appraisal = guide.appraisal
    points = [float(event.points) for event in guide.form.events if is_number(event.points)]
    if not points or not is_number(appraisal.final):
        return ""
    counted = float(appraisal.final) - float(appraisal.total)  # type: ignore[arg-type]
    return labels("improvement_events_counted", sum=_signed(sum(points)), counted=_signed(round_half_up(counted)))


def _appeal(appeal: Appealed, labels: Labels) -> dict[str, str]:
    ruled = "" if appeal.pending else _points(appeal.score)
    why = "" if appeal.pending else appeal.why
    return {
        "label": appeal.label,
        "state": labels(f"appeal_{appeal.state}"),
        "before": _points(appeal.score_before),
        "score": ruled,
        "why": why,
    }


def _appeals_sum(guide: FormGuide, labels: Labels) -> str:
    """The final score before and after what was ruled; "" where nothing was."""
    before = guide.form.before
    if before is None:
        return ""
    finals = {"before": _points(before.final) or "—", "after": _points(guide.appraisal.final) or "—"}
    return labels("improvement_appeal_final", **finals)


def _past(guide: FormGuide) -> dict[str, Any] | None:
    if guide.past is None:
        return None
    rows = [{"label": label, "values": [score_text(value) for value in values]} for label, values in guide.past.rows]
    return {"quarters": list(guide.past.quarters), "rows": rows}


def _points(value: Value) -> str:
    """A number with two decimals; a text such as `#KPI …` as it is."""
    return f"{round_half_up(float(value)):.2f}" if is_number(value) else str(value or "")


def _more(value: float | None) -> str:
    return "—" if value is None else f"{round_half_up(value):+.2f}"


def _signed(value: Value) -> str:
    if not is_number(value):
        return str(value or "")
    number = float(value)
    return f"{'+' if number > 0 else ''}{plain(round_half_up(number))}"
