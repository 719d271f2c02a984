"""What of a role others rate: its indicators with levels, and the measures that are points given by somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlkpi.catalogue.appraising.ratings import KINDS
from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Indicator, Measure, Role
from xlkpi.form.layout import RATINGS, measure_id, rating_id
from xlkpi.i18n.numbers import is_number
from xlkpi.roster.header import folded
from xlkpi.scoring.scores import kpi_score

SCALE = 0.0, 10.0
"""Lowest and highest points of a measure that does not name its range."""


@dataclass(frozen=True)
class Item:
    """One thing that is rated.

    row: its row id on the form. levels: level → points, best first; none where points are typed, from `low` to `high`.
    """

    row: str
    label: str
    definition: str
    levels: Mapping[str, float]
    low: float = 0.0
    high: float = 100.0

    def points(self, answer: float | int) -> float:
        """The points of an answer: the place of a level from the best one on, else points as they are."""
        return [*self.levels.values()][int(answer)] if self.levels else float(answer)

    @property
    def range(self) -> float:
        """From the lowest to the highest points."""
        points = self.levels.values() or (self.low, self.high)
        return max(points) - min(points)


def items_of(role: Role, company: Company, kind: str, relation: str) -> list[Item]:
    """What somebody in a relation rates of a role. kind: "" where only roles name the relation."""
    levels = rated_indicators(role, company) if counts(company, kind) else ()
    return [*map(_of_indicator, levels), *map(_of_measure, rated_measures(role, relation))]


def counts(company: Company, kind: str) -> bool:
    """Whether forms show ratings of this kind. A self rating is shown also where it does not count."""
    if RATINGS not in company.blocks:
        return False
    return bool(getattr(company.ratings.shares, kind)) if kind in KINDS else kind == "self"


def rated_indicators(role: Role, company: Company) -> tuple[Indicator, ...]:
    """The indicators whose levels give points; one with a veto among its levels is the superior's alone."""
    if RATINGS not in company.blocks:
        return ()
    return tuple(one for one in role.rated if points_of_levels(one))


def points_of_levels(indicator: Indicator) -> dict[str, float]:
    """Level → points, best first; none where a level gives no points."""
    found = {level: kpi_score(level, None, indicator.rule) for level in indicator.levels}
    return {level: float(points) for level, points in found.items() if is_number(points)} if all(
        map(is_number, found.values())
    ) else {}  # fmt: skip


def rated_measures(role: Role, relation: str) -> Iterator[Measure]:
    """The measures that the people of a relation give points for."""
    return (one for one in role.measures if one.rated_by and folded(one.rated_by) == folded(relation))


def relations_of(role: Role) -> list[str]:
    """The relations that a role names, each once."""
    return [*dict.fromkeys(measure.rated_by for measure in role.measures if measure.rated_by)]


def _of_indicator(indicator: Indicator) -> Item:
    part = indicator.parts[0]
    return Item(rating_id(indicator.id), indicator.label, part.definition, points_of_levels(indicator))


def _of_measure(measure: Measure) -> Item:
    low, high = (SCALE[n] if end is None else end for n, end in enumerate((measure.low, measure.high)))
    return Item(measure_id(measure.id), measure.label, measure.definition, {}, low, high)
