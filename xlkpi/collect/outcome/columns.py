"""The columns of the ranking that only some companies have: the grade before calibration, the coefficient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlkpi.appraisal.people import Person
from xlkpi.catalogue.appraising.coefficients import Coefficients
from xlkpi.collect.collection import Collection
from xlkpi.i18n.labels import Labels
from xlkpi.writer.sheets.tables import CENTRE, SCORE
from xlkpi.writer.styles import Style
from xlkpi.xlsx.write.rows import TableValue

COEFFICIENT = SCORE.but(format="0.00##")


@dataclass(frozen=True)
class Extra:
    """A column: its header, its width in characters, its look, and what it shows of a person."""

    header: str
    width: float
    style: Style
    value: Callable[[Person], TableValue]


def extra_columns(collection: Collection, labels: Labels) -> list[Extra]:
    """The columns for a collection: none where nobody was calibrated and the company has no coefficients."""
    coefficients = Coefficients(collection.catalogue, collection.quarter)
    columns = []
    if any(ranked.person.calibration for ranked in collection.ranking):
        columns.append(Extra(labels("computed_grade"), 13, CENTRE, lambda person: person.computed_grade or "—"))
    if coefficients.used:

        def coefficient(person: Person) -> TableValue:
            found = coefficients.of(person.grade, person.final)
            return "—" if found is None else found

        columns.append(Extra(labels("coefficient"), 10, COEFFICIENT, coefficient))
    return columns
