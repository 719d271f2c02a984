"""What a calibration workbook is made of: everyone's results, the quarter before, the grades and their coefficients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.company import Company
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import score_text
from xlkpi.results.people import Result, Who, results_of
from xlkpi.results.roles import red_lines
from xlkpi.scoring.grades import Grade


@dataclass(frozen=True)
class Content:
    """The content. results: the best first. before: who → the quarter before. grades: of the scales that people's
    grades are on, from the best down. crossed: who crossed a red line.
    """

    quarter: Quarter
    company: Company
    results: tuple[Result, ...]
    before: Mapping[Who, Result]
    grades: tuple[Grade, ...]
    coefficients: Coefficients
    crossed: frozenset[Who]

    def worth(self, grade: Grade) -> float | None:
        """The coefficient of a grade; None where grades have none."""
        return self.coefficients.of(grade.name, 0.0)

    def remark(self, result: Result, labels: Labels) -> str:
        """What to know of a person: the quarter before, and a crossed red line."""
        return "\n".join(self._remarks(result, labels))

    def _remarks(self, result: Result, labels: Labels) -> Iterator[str]:
        if result.who in self.crossed and self.company.red_line_grade:
            yield labels("calibration_red_line", grade=self.company.red_line_grade)
        if (was := self.before.get(result.who)) and was.final is not None:
            yield labels("calibration_before", final=score_text(was.final), grade=was.grade)


def content_of(
    rows: pd.DataFrame, before: pd.DataFrame, quarter: Quarter, catalogue: Catalogue, language: str
) -> Content:
    """The content from the history of a quarter and of the one before. Raises `CatalogueError`."""
    results = sorted(results_of(rows, quarter), key=lambda result: (result.final is None, -(result.final or 0)))
    coefficients = Coefficients(catalogue, quarter)
    scales = dict.fromkeys(coefficients.scale(result.computed_grade or None) for result in results)
    return Content(
        quarter,
        catalogue.company(language, quarter),
        tuple(results),
        {result.who: result for result in results_of(before, quarter.before)},
        tuple(grade for scale in scales for grade in scale),
        coefficients,
        red_lines(rows, catalogue, quarter),
    )
