"""The data for the page's template: all its texts and the positions in its charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from math import ceil, floor
from typing import Any

from xlkpi.catalogue.catalogue import UnknownRoleError
from xlkpi.collect.collection import Collection
from xlkpi.collect.overview.facts import Scope
from xlkpi.collect.overview.figures import GradeCount, Loss, Mover, Overview, Spread, Team, difference, overview
from xlkpi.collect.overview.page.parts import Part
from xlkpi.collect.overview.page.receipts import receipts
from xlkpi.collect.overview.records import Record
from xlkpi.collect.overview.texts import losses_text, mark_text, names_text, percent, points, signed, tiles, vetoed_text
from xlkpi.common.quarter import period_text
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import is_number

_NAMES = 30
"""Names written out in a line."""
_STEP = 10
"""Points between the lines of the scale."""
_SCRIPT_TEXTS = (
    "page_receipts page_ranking_count page_lost page_marks problem_line indicator weight score rule "
    "col_total final grade event evidence event_points alerts"
)
"""Keys of the labels that the script fills in."""


def view(part: Part, collection: Collection, language: str) -> dict[str, Any]:
    """The texts of a page under the names that the template uses. Raises `CatalogueError`."""
    labels = words(language)
    company = part.facts.company
    scale = _Scale(part)
    return {
        "t": labels,
        "language": language,
        "title": labels("collected_title", company=company.name, period=period_text(collection.quarter, labels)),
        "department": None if part.department is None else part.department or labels("no_department"),
        "departments": [name or labels("no_department") for name in part.departments],
        "superiors": [name or "—" for name in part.superiors],
        "ticks": scale.ticks,
        "scopes": [
            {"key": key, **_scope(overview(part.facts, scope), scope, scale, labels)}
            for key, scope in part.scopes.items()
        ],
        "rows": [_row(record, part, collection, labels) for record in part.records],
        "unranked": [*_unranked(part, collection, labels)],
        "data": _data(part, collection, labels),
    }


class _Scale:
    """Where scores stand in the charts of a page, in per cent of the width; one scale for all of them."""

    def __init__(self, part: Part) -> None:
        finals = [record.final for record in part.records if record.final is not None] or [0.0, 100.0]
        self.low = max(0, floor(min(finals) / _STEP) * _STEP - _STEP // 2)
        self.high = ceil(max(finals) / _STEP) * _STEP + _STEP // 2

    def at(self, score: float) -> str:
        return f"{100 * (score - self.low) / (self.high - self.low):.2f}"

    @property
    def ticks(self) -> list[tuple[int, str]]:
        first = ceil(self.low / _STEP) * _STEP
        step = _STEP * max(1, ceil((self.high - first) / _STEP / 6))
        return [(score, self.at(score)) for score in range(first, self.high + 1, step)]


def _scope(figures: Overview, scope: Scope, scale: _Scale, labels: Labels) -> dict[str, Any]:
    named = [name for name in (scope.department, scope.superior) if name is not None]
    most = max((grade.share for grade in figures.grades), default=0.0)
    most = max([most, *(grade.wanted for grade in figures.grades if grade.wanted is not None)]) or 1.0
    return {
        "name": " · ".join(name or "—" for name in named) or labels("page_whole"),
        "tiles": [asdict(tile) for tile in tiles(figures, labels)],
        "shares": any(grade.wanted is not None for grade in figures.grades),
        "grades": [_grade(grade, most) for grade in figures.grades],
        "by_superior": scope.department is not None,
        "teams": [_team(team, scope, scale, labels) for team in figures.teams],
        "losses_note": losses_text(figures, labels),
        "losses": [_loss(loss, figures.losses[0].points) for loss in figures.losses],
        "vetoed": vetoed_text(figures, labels),
        "risen": [_mover(mover, labels) for mover in figures.risen],
        "fallen": [_mover(mover, labels) for mover in figures.fallen],
        "doubts": [
            {
                "what": labels(f"overview_doubt_{doubt.kind}"),
                "count": len(doubt.names),
                "names": names_text(doubt.names, _NAMES, labels),
                "advice": labels(f"overview_doubt_{doubt.kind}_advice"),
            }
            for doubt in figures.doubts
        ],
    }


def _grade(grade: GradeCount, most: float) -> dict[str, Any]:
    return {
        "name": grade.name,
        "count": grade.count,
        "share": percent(grade.share),
        "width": f"{100 * grade.share / most:.2f}",
        "wanted": percent(grade.wanted) if grade.wanted is not None else "",
        "wanted_at": None if grade.wanted is None else f"{100 * grade.wanted / most:.2f}",
        "away": "" if grade.wanted_people is None else f"{grade.count - grade.wanted_people:+.1f}",
    }


def _team(team: Team, scope: Scope, scale: _Scale, labels: Labels) -> dict[str, Any]:
    nameless = labels("no_department") if scope.department is None else "—"
    spread = team.spread
    change = None if spread is None else difference(spread.mean, team.before)
    return {
        "name": team.name or nameless,
        "people": team.people,
        "mean": points(spread.mean if spread else None),
        "before": points(team.before),
        "change": signed(change),
        "range": f"{points(spread.low)} – {points(spread.high)}" if spread else "—",
        "box": _box(spread, scale) if spread else None,
    }


def _box(spread: Spread, scale: _Scale) -> dict[str, str]:
    at = {name: scale.at(getattr(spread, name)) for name in ("low", "lower", "mean", "upper", "high")}
    return {
        **at,
        "whole": f"{float(at['high']) - float(at['low']):.2f}",
        "half": f"{float(at['upper']) - float(at['lower']):.2f}",
    }


def _loss(loss: Loss, most: float) -> dict[str, Any]:
    return {
        "label": loss.label,
        "points": points(loss.points),
        "width": f"{100 * loss.points / most:.2f}",
        "share": percent(loss.share),
        "people": loss.people,
        "applied": loss.applied,
        "each": points(loss.each),
    }


def _mover(mover: Mover, labels: Labels) -> dict[str, str]:
    person = mover.record.person
    notes = [person.department, labels("overview_role_changed") if mover.role_changed else ""]
    return {
        "name": person.name or person.id,
        "note": labels("list_separator").join(filter(None, [*notes, mark_text(mover.record.marks, labels)])),
        "before": points(mover.before),
        "now": points(mover.record.final),
        "change": signed(mover.change),
    }


def _row(record: Record, part: Part, collection: Collection, labels: Labels) -> dict[str, Any]:
    person = record.person
    titles = [_title(form.appraisal.role.id, collection, labels) for form in person.forms]
    return {
        "rank": record.ranked.rank if record.ranked.rank is not None else "—",
        "id": person.id,
        "name": person.name or labels("nameless"),
        "department": person.department or labels("no_department"),
        "post": labels("list_separator").join(dict.fromkeys(titles)),
        "superior": person.superior or "—",
        "total": points(float(person.total)) if is_number(person.total) else "—",
        "final": points(record.final) if record.final is not None else _why(record, labels),
        "grade": person.grade or "—",
        "mark": mark_text(record.marks, labels),
        "d": part.departments.index(person.department),
        "s": part.superiors.index(person.superior),
    }


def _why(record: Record, labels: Labels) -> str:
    return labels("no_score" if record.person.final else "no_final")


def _title(role: str, collection: Collection, labels: Labels) -> str:
    try:
        return collection.role(role, labels.language).title
    except UnknownRoleError:  # the roster may name a role that the catalogue does not have
        return role


def _unranked(part: Part, collection: Collection, labels: Labels) -> Iterator[dict[str, Any]]:
    for one in part.missing:
        who = one.line.who
        yield {
            "id": who.id,
            "name": who.name or labels("nameless"),
            "department": who.department or labels("no_department"),
            "post": _title(one.line.role, collection, labels),
            "superior": who.superior or "—",
            "state": labels(f"unranked_{one.state}"),
            "d": part.departments.index(who.department),
            "s": part.superiors.index(who.superior),
        }
    if part.department is None:
        for file, reason in part.facts.unread:
            state = labels("file_unreadable", message=reason)
            nobody = dict.fromkeys(("id", "department", "post", "superior"), "—")
            yield {**nobody, "name": file.name, "state": state, "d": "", "s": ""}


def _data(part: Part, collection: Collection, labels: Labels) -> dict[str, Any]:
    """What the script needs: its texts, the choices, and everybody's receipts and values to sort by."""
    texts: dict[str, int] = {}

    def text(value: str) -> int:
        return texts.setdefault(value, len(texts))

    grades = {name: number for number, name in enumerate(_grades(part))}
    superiors: dict[str, list[int]] = {}
    for record in part.records:
        number = part.departments.index(record.person.department)
        superiors.setdefault(str(part.superiors.index(record.person.superior)), []).append(number)
    for one in part.missing:
        number = part.departments.index(one.line.who.department)
        superiors.setdefault(str(part.superiors.index(one.line.who.superior)), []).append(number)
    return {
        "language": labels.language,
        "t": {key: labels.raw(key) for key in _SCRIPT_TEXTS.split()},
        "scopes": list(part.scopes),
        "superiors": {superior: sorted(set(of)) for superior, of in superiors.items()},
        "people": [
            {
                "sort": [
                    record.ranked.rank,
                    *_sortable(record),
                    grades.get(record.person.grade or ""),
                    _weight(record),
                ],
                **receipts(record, collection, text, labels),
            }
            for record in part.records
        ],
        "texts": list(texts),
    }


def _grades(part: Part) -> list[str]:
    company = [grade.name for grade in part.facts.company.grades]
    return list(dict.fromkeys([*company, *(r.person.grade for r in part.records if r.person.grade)]))


def _sortable(record: Record) -> list[float | None]:
    """Total and final; names and places are sorted by what the table shows."""
    total = record.person.total
    return [float(total) if is_number(total) else None, record.final]


def _weight(record: Record) -> int | None:
    """Errors weigh more than warnings; None without either, which is sorted to the end."""
    return sum(1000 if problem.severity == "error" else 1 for problem in record.marks) or None
