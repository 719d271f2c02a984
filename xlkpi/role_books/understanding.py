"""Says how the program understands an indicator: its rule in the canonical sentence with its edges, or the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from xlkpi.analysis.preview import AXES, Panel, PreviewRow, Terms, panels, rows, shown_number
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.catalogue.units import is_percent
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.periods import holds
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import BOOKS, COMMANDS, MessageError
from xlkpi.i18n.numbers import is_number, plain, round_half_up
from xlkpi.rules.model import RuleError
from xlkpi.rules.rule import Rule
from xlkpi.scoring.rule_in_row import Asked, choices, read_in_row, row_of
from xlkpi.scoring.scorer import ScoreError

_MOST_EDGES = 6


def understood(data: Mapping[str, Any]) -> list[str]:
    """A text for every indicator of a role's data, in order."""
    indicators = [entry for entry in data.get("indicators", []) if isinstance(entry, dict)]
    ways = {str(m.get("id")): _way(m) for m in data.get("measures", []) if isinstance(m, dict)}
    texts = [_understood(entry, _share(data, entry)) for entry in indicators]
    typed = (ways.get(str(entry.get("actual", "")), "") for entry in indicators)
    return ["\n".join(filter(None, lines)) for lines in zip(texts, typed, strict=True)]


def _way(measure: Mapping[str, Any]) -> str:
    """How an actual that is just one measure is entered."""
    if measure.get("entry") == "quarter":
        return BOOKS("understood_quarter")
    usual = "mean" if is_percent(str(measure.get("unit", ""))) else "sum"
    joined = str(measure.get("aggregate", usual))
    return BOOKS(f"understood_month_{joined}") if joined in ("sum", "mean", "last") else ""


def _understood(entry: Mapping[str, Any], share: Fraction | None) -> str:
    sentence = str(entry.get("rule", ""))
    if not sentence.strip():
        return BOOKS("understood_nothing")
    further = [part for part in entry.get("further", []) if isinstance(part, dict)]
    unit, lower = str(entry.get("unit", "")), entry.get("lower_is_better")
    row = row_of(unit, entry.get("target"), share, lower, 1 + len(further))
    try:
        read = read_in_row(sentence, row)
    except RuleError as error:
        return _question(error)
    targets = [part.get("target") for part in (entry, *further)]
    units = [str(part.get("unit", "")) for part in (entry, *further)]
    return "\n".join([BOOKS("understood", reading=read.reading), *_edges(read.rule, targets, units)])


def _question(error: RuleError) -> str:
    lines = [BOOKS("understood_question", question=Asked(error))]
    return "\n".join([*lines, *(BOOKS("understood_choice", sentence=sentence) for sentence in choices(error))])


def _edges(rule: Rule, targets: Sequence[float | None], units: Sequence[str]) -> Iterator[str]:
    """A line for each measure: what it scores at its edges."""
    if len(units) < rule.measures:
        return
    try:
        for panel in panels(rule, (), targets, units[0]):
            unit = (
                units[panel.measure] if panel.terms is Terms.ACTUAL and not panel.percent and not panel.levels else ""
            )
            points = [_point(panel, row.actual, row.outcome.score, unit) for row in _worth_showing(panel)]
            if points:
                yield BOOKS("understood_edges", axis=_axis(panel), points=words.separator().join(points))
    except (ScoreError, AssertionError):
        return


def _worth_showing(panel: Panel) -> list[PreviewRow]:
    """The edges that people may meet: none below 0 where the target is not, and those next to the target."""
    aim = float(panel.aim) if panel.aim is not None else 0.0
    found = [row for row in rows(panel) if row.main]
    numbers = [(row, float(row.actual)) for row in found if is_number(row.actual)]
    if len(numbers) < len(found):
        return found  # rated levels
    possible = [(row, value) for row, value in numbers if value >= min(0.0, aim) or panel.terms is Terms.GAP]
    nearest = sorted(possible, key=lambda one: abs(one[1] - aim))[:_MOST_EDGES]
    return [row for row, _ in sorted(nearest, key=lambda one: one[1])]


def _axis(panel: Panel) -> str:
    name = panel.rule.labels[panel.measure] or ""
    return name if panel.terms is Terms.ACTUAL else name + COMMANDS(AXES[panel.terms])


def _point(panel: Panel, actual: float | str, score: float | str, unit: str) -> str:
    shown = shown_number(actual, panel.percent) + unit if is_number(actual) else str(actual)
    points = plain(round_half_up(score)) if is_number(score) else str(score)
    return BOOKS("understood_point", actual=shown, score=points)


def _share(data: Mapping[str, Any], entry: Mapping[str, Any]) -> Fraction | None:
    """An indicator's share of the total; None while groups or weights are missing."""
    at = _start(entry) or _start(data)

    def valid(name: str) -> list[Mapping[str, Any]]:
        return [one for one in data.get(name, []) if isinstance(one, dict) and (at is None or holds(one, at))]

    try:
        groups = {str(group["path"]): Fraction(repr(group["weight"])) for group in valid("groups")}
        indicators = tuple(
            Indicator(str(one["id"]), str(one["group"]), Fraction(repr(one["weight"])), "", ())
            for one in valid("indicators")
        )
        return Role("", "", "", "", (), groups, (), indicators).weights.get(str(entry["id"]))
    except (KeyError, ValueError, ZeroDivisionError):
        return None


def _start(entry: Mapping[str, Any]) -> Quarter | None:
    try:
        return Quarter.parse(str(entry["effective_from"]))
    except (KeyError, MessageError):
        return None
