"""The inputs of one form (typed by a person or set by HR), and the values of its measures over the quarter. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xlkpi.appraisal.exceptions import ExceptionLine
from xlkpi.appraisal.ratings import Rating
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Indicator, Measure, Role
from xlkpi.common.quarter import MONTHS
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.scoring import grades, reasons


@dataclass(frozen=True, slots=True)
class Spare:
    """A spare row of a form, as typed: an indicator that the role does not have. weight: from 0 to 1."""

    id: str
    label: str
    weight: Value
    actual: Value
    target: Value
    rule: str
    unit: str

    @property
    def used(self) -> bool:
        """Whether anything is typed that could score."""
        return bool(self.label or self.rule) or any(value not in (None, "") for value in (self.weight, self.actual))

    @property
    def share(self) -> float:
        """The weight that counts, from 0 to 1: 0 for an empty cell; 1 for an invalid one, so that there is no total."""
        if self.weight in (None, ""):
            return 0.0
        return float(self.weight) if self.weighs else 1.0

    @property
    def weighs(self) -> bool:
        """Whether the weight is valid."""
        return is_weight(self.weight)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of one form; the role that goes with them is in the language of the form.

    measures: three monthly values or one quarterly value, by measure. targets: by indicator, one per part; None where
    the cell is empty or the target is a formula. rules, units: as in the form, by indicator. weights: from 0 to 1.
    """

    measures: Mapping[str, Sequence[Value]]
    targets: Mapping[str, Sequence[Value]]
    rules: Mapping[str, str]
    units: Mapping[str, str]
    weights: Mapping[str, float]
    spare: Sequence[Spare] = ()
    person: Mapping[str, str] = field(default_factory=dict)
    newcomer: bool = False
    language: str = HANS
    """Of the form; messages about a rule are in the language of its sentence."""
    grade_scale: str = grades.DEFAULT_GRADES
    months: tuple[str, ...] = MONTHS
    """The months in the role; the others need no values."""
    events: Sequence[Value] = ()
    """± points outside the 100; their sum is limited to ± `events_limit`."""
    events_limit: float = 5.0
    shares: Shares | None = None
    """What the ratings of each count, on a form with ratings; None on a form without."""
    ratings: Mapping[str, Rating] = field(default_factory=dict)
    """By indicator, on a form with ratings. `measures` has the superior's word of a rated indicator, too."""
    red_line_total: float | None = None
    """The grade is that of at most so many points where a red line is crossed; None for no such ceiling."""
    exceptions: Sequence[ExceptionLine] | None = None
    """The lines of 不计分事项; None for a form without that block."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The names of the indicators as they stand on the form, which those lines name."""
    carried: Mapping[str, Value] = field(default_factory=dict)
    """The scores of the quarter before that the form holds, by indicator."""
    rulings: Mapping[tuple[str, int], Value] = field(default_factory=dict)
    """What was ruled on appeals: indicator and place of its measure from 0 → the actual that counts in its place."""

    def rated(self, role: Role) -> Mapping[str, Indicator]:
        """The measures that only show what the superior chose, on a form with ratings → their indicators."""
        return {} if self.shares is None else role.rated_measures

    @classmethod
    def preset(cls, role: Role, measures: Mapping[str, Sequence[Value]], **given: Any) -> Inputs:
        """The inputs of a form as generated, with these measures filled in; `given` replaces other fields."""
        inputs = cls(
            measures=measures,
            targets={i.id: [part.target for part in i.parts] for i in role.indicators},
            rules={i.id: i.rule_text for i in role.indicators},
            units={i.id: i.unit for i in role.indicators},
            weights={id: float(weight) for id, weight in role.weights.items()},
            labels={i.id: i.label for i in role.indicators},
        )
        return replace(inputs, **given)


def operand_values(role: Role, inputs: Inputs) -> dict[Operand, Value]:
    """The value of every operand: each measure's quarter and, where it is monthly, its months."""
    values: dict[Operand, Value] = {}
    for measure in role.measures:
        typed = inputs.measures.get(measure.id, ())
        if measure.monthly:
            months = [*typed, None, None, None][:3]
            by_month = dict(zip(MONTHS, months, strict=True))
            values |= {Operand(measure.id, month): value for month, value in by_month.items()}
            values[Operand(measure.id)] = _quarter_value(measure, [by_month[m] for m in inputs.months], inputs.language)
        else:
            value = typed[0] if typed else None
            if value in (None, "") and inputs.newcomer and measure.newcomer is not None:
                value = measure.newcomer
            values[Operand(measure.id)] = value
    return values


def _quarter_value(measure: Measure, months: Sequence[Value], language: str) -> Value:
    """The value of the quarter from the months in the role; None while one is empty, never 0."""
    if not months or any(value in (None, "") for value in months):
        return None
    if not all(is_number(value) for value in months):
        return reasons.cell_text(reasons.NOT_A_NUMBER, language, label=measure.label)
    numbers = [float(value) for value in months]  # type: ignore[arg-type]
    return {"sum": sum(numbers), "mean": sum(numbers) / len(numbers), "last": numbers[-1]}[measure.aggregate]


def is_weight(weight: Value) -> bool:
    """Whether a cell holds a weight: a number from 0 to 1."""
    return is_number(weight) and 0 <= weight <= 1
