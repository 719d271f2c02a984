"""The coefficient (绩效系数) and the reward of a grade, in whichever of the company's languages the grade is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xlkpi.catalogue.appraising.results import BY_POINTS, OFF, Results
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.numbers import Value, is_number, round_half_up
from xlkpi.scoring.grades import Grade

_PLACES = 4
"""Decimals of a coefficient by points: those of a total with two, divided by 100."""


class Coefficients:
    """What the company's settings of today make of the results of a quarter.

    Forms keep the grades that they were made with; what a grade is worth is decided afterwards. Raises
    `CatalogueError` where the settings cannot be read.
    """

    def __init__(self, catalogue: Catalogue, quarter: Quarter) -> None:
        today = replace(catalogue, made=None)
        companies = [today.company(language, quarter) for language in (None, *LANGUAGES)]
        self.settings: Results = companies[0].results
        self.scales: tuple[tuple[Grade, ...], ...] = tuple(dict.fromkeys(company.grades for company in companies))

    @property
    def used(self) -> bool:
        """Whether the company has coefficients."""
        return self.settings.coefficient != OFF

    @property
    def rewards(self) -> bool:
        """Whether the company wrote a reward or its opposite beside some grade."""
        return any(grade.reward for scale in self.scales for grade in scale)

    def of(self, grade: str | None, final: Value) -> float | None:
        """The coefficient of a grade and a total; None without a total, and for a grade that no scale has."""
        if not self.used or not is_number(final) or grade is None:
            return None
        if self.settings.coefficient == BY_POINTS:
            return self.by_points(float(final))
        found = (each.coefficient for each in self._alike(grade) if each.coefficient is not None)
        return next(found, None)

    def by_points(self, final: float) -> float:
        """The total ÷ 100, within the company's limits."""
        points = max(self.settings.lowest, round_half_up(final / 100, _PLACES))
        return points if self.settings.highest is None else min(self.settings.highest, points)

    def reward(self, grade: str | None) -> str:
        """What the company wrote beside a grade in the column 奖惩."""
        return next((each.reward for each in self._alike(grade or "") if each.reward), "")

    def scale(self, grade: str | None) -> tuple[Grade, ...]:
        """The scale that has a grade of this name; the company's own where none has."""
        return next((scale for scale in self.scales if any(each.name == grade for each in scale)), self.scales[0])

    def _alike(self, grade: str) -> Iterator[Grade]:
        """The grade of this name, and the one of the company's own scale in the same place."""
        for scale in self.scales:
            for place, each in enumerate(scale):
                if each.name == grade:
                    yield each
                    if len(scale) == len(self.scales[0]):
                        yield self.scales[0][place]
