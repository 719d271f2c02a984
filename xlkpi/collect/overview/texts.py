"""The texts of the overview that the sheet and the page share: headline figures, marks, lists of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlkpi.collect.board import INCOMPLETE, MISSING, UNREADABLE
from xlkpi.collect.overview.figures import Overview, difference
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import round_half_up
from xlkpi.i18n.problems import ERROR, Problem


@dataclass(frozen=True)
class Tile:
    """A headline figure: what it is, the figure, and a line that explains it. doubtful: shown as a warning."""

    label: str
    value: str
    hint: str
    doubtful: bool = False


def points(number: float | None) -> str:
    """A score with two decimals; — for none."""
    return "—" if number is None else f"{round_half_up(number):.2f}"


def signed(number: float | None) -> str:
    """A difference with its sign and two decimals; — for none."""
    if number is None:
        return "—"
    shown = round_half_up(number)
    return f"{shown:+.2f}" if shown else "0.00"


def percent(share: float | None) -> str:
    """A share with one decimal; — for none."""
    return "—" if share is None else f"{round_half_up(share * 100, 1):.1f}%"


def tiles(figures: Overview, labels: Labels) -> list[Tile]:
    """The headline figures."""
    spread, before, same = figures.spread, figures.before, figures.same
    arrived = labels("overview_arrived_value", arrived=figures.arrived, expected=figures.expected)
    mean_hint = labels("overview_nobody")
    if spread:
        mean_hint = labels("overview_no_before")
    if spread and before:
        values = {"before": points(before.mean), "count": before.count, "change": signed(figures.change)}
        mean_hint = labels("overview_before", **values)
    reach = labels("overview_range", low=points(spread.low), high=points(spread.high)) if spread else ""
    same_hint = labels("overview_no_same")
    if same:
        values = {"count": same.count, "before": points(same.before), "now": points(same.now)}
        same_hint = labels("overview_same_hint", **values)
    complete = labels("overview_people_hint", complete=spread.count if spread else 0)
    doubts = sum(len(doubt.names) for doubt in figures.doubts)
    return [
        Tile(labels("overview_people"), str(figures.people), complete),
        Tile(labels("overview_arrived"), arrived, _arrived(figures, labels), figures.arrived < figures.expected),
        Tile(labels("overview_mean"), points(spread.mean if spread else None), mean_hint),
        Tile(labels("overview_median"), points(spread.median if spread else None), reach),
        Tile(labels("overview_same"), signed(difference(same.now, same.before) if same else None), same_hint),
        Tile(
            labels("overview_doubts"),
            labels("overview_doubts_value", count=doubts) if doubts else "✓",
            labels("overview_doubts_hint" if doubts else "overview_no_doubts"),
            bool(doubts),
        ),
    ]


def _arrived(figures: Overview, labels: Labels) -> str:
    keys = (MISSING, UNREADABLE, INCOMPLETE)
    parts = [labels(f"overview_arrived_{key}", count=figures.states[key]) for key in keys if figures.states[key]]
    return labels("list_separator").join(parts) or labels("overview_arrived_all")


def mark_text(marks: Sequence[Problem], labels: Labels) -> str:
    """What stands beside a person who is ranked with errors or warnings; "" without."""
    errors = sum(problem.severity == ERROR for problem in marks)
    if errors:
        return labels("mark_errors", count=errors)
    return labels("mark_warnings", count=len(marks)) if marks else ""


def names_text(names: Sequence[str], most: int, labels: Labels) -> str:
    """Names in one line, the first `most` of them and how many there are."""
    shown = labels("list_separator").join(name or labels("nameless") for name in names[:most])
    return shown if len(names) <= most else labels("overview_more_names", names=shown, count=len(names))


def vetoed_text(figures: Overview, labels: Labels) -> str:
    """Whose total a veto made 0, and by which indicator; "" where nobody's."""
    joined = labels("list_separator").join
    names = [
        labels("overview_vetoed_one", name=name or labels("nameless"), indicators=joined(indicators))
        for name, indicators in figures.vetoed
    ]
    return labels("overview_vetoed", names=joined(names)) if names else ""


def losses_text(figures: Overview, labels: Labels) -> str:
    """How much of all losses the shown indicators make up."""
    if not figures.losses:
        return labels("overview_no_losses")
    share = sum(loss.share for loss in figures.losses)
    values = {"lost": points(figures.lost), "count": len(figures.losses), "share": percent(share)}
    return labels("overview_losses_note", **values)
