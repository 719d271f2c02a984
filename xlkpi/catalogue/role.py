"""The data of a role: duties, measures, groups, indicators with their weights, alerts."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from xlkpi.catalogue.appraising.policies import BLOCK
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.direction import lower_is_better
from xlkpi.common.quarter import Quarter
from xlkpi.rules.model import Levels
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scores import rule_of


@dataclass(frozen=True)
class Duty:
    """One duty (岗位职责); `share` is its share of working time in per cent, where the source gives one."""

    heading: str
    text: str
    share: float | None = None


@dataclass(frozen=True)
class Measure:
    """One row of data entry (数据录入).

    entry: "month" (three cells, joined by `aggregate`: "sum", "mean" or "last"; a role file that does not say means
    "sum", and "mean" for a rate) or "quarter" (one cell).
    unit: printed; it also decides the number format. low, high: the plausible range, rates as fractions.
    previous: a value of the period before. newcomer: for a person who was not there then, an empty value counts as this
    number (None: the indicators that read it do not apply). optional: may be left empty without being reported.
    part_of: the measure that this one is a part of and cannot exceed. rated_by: who gives it as points, as the list of
    raters names them (设计), None where nobody rates it.
    carried_from: the measure (or one month of it) of a quarter's form whose value the next quarter's form begins with.
    """

    id: str
    label: str
    definition: str
    unit: str
    owner: str
    entry: str = "month"
    aggregate: str = "sum"
    low: float | None = None
    high: float | None = None
    previous: bool = False
    newcomer: float | None = None
    optional: bool = False
    carried_from: Operand | None = field(default=None, repr=False)
    part_of: str | None = field(default=None, repr=False)
    rated_by: str | None = field(default=None, repr=False)
    """repr=False, because `digest` is made of repr and must not change with these fields."""

    @property
    def monthly(self) -> bool:
        return self.entry == "month"


@dataclass(frozen=True)
class Choice:
    """A usual target, offered in the target cell's list."""

    label: str
    value: float


@dataclass(frozen=True)
class Part:
    """One measure of an indicator's rule and one row of the scoring block, with its actual and its target."""

    label: str
    definition: str
    unit: str
    actual: Expression
    target: float | None = None
    target_formula: Expression | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """One indicator (指标): parts[0] is the indicator itself, further parts are the other measures of its rule.

    weight: relative to the others in `group`. applies: a condition; where it is known and not met, `unmet` says whether
    the weight goes to the rest of the group ("redistribute") or the indicator scores 0 ("zero"). rule_text: the
    sentence of the form; rule_in_file: that of the role file, or "" where it was changed on a form. lower_is_better:
    None where the file does not say. annotated: whether the form has a line on how the sentence of the file is read.
    missing, no_occasion: one of `MISSING` and `NO_OCCASION`; "" where the file does not say.
    """

    id: str
    group: str
    weight: Fraction
    rule_text: str
    parts: tuple[Part, ...]
    note: str = ""
    applies: Expression | None = None
    unmet: str = "redistribute"
    lower_is_better: bool | None = None
    rule_in_file: str = ""
    annotated: bool = False
    missing: str = ""
    no_occasion: str = ""

    @property
    def label(self) -> str:
        return self.parts[0].label

    @property
    def unit(self) -> str:
        return self.parts[0].unit

    @cached_property
    def rule(self) -> Rule:
        return rule_of(self.rule_text, self.unit)

    def saying(self, sentence: str, parts: tuple[Part, ...]) -> Indicator:
        """The same indicator with the sentence and the parts of a form."""
        in_file = self.rule_in_file if sentence == self.rule_text else ""
        return replace(self, rule_text=sentence, rule_in_file=in_file, parts=parts)

    @property
    def dimension(self) -> str:
        """The top-level group (维度)."""
        return self.group.split("/")[0]

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of a rated indicator, best first; empty for an indicator scored by numbers."""
        return tuple(name for name, _ in self.rule.base.levels) if isinstance(self.rule.base, Levels) else ()

    @property
    def rated(self) -> str:
        """The measure that holds the level of a rated indicator; "" for an indicator scored by numbers."""
        return self.parts[0].actual.operands[0].measure if self.levels else ""

    def less_is_better(self, part: int) -> bool:
        """Whether less of a measure is better: as the role file says, else as the rule rewards."""
        if part == 0 and self.lower_is_better is not None:
            return self.lower_is_better
        return lower_is_better(self.rule, part)

    @property
    def expressions(self) -> Iterator[tuple[str, Expression]]:
        """Key in the role file and expression, for all arithmetic of the indicator."""
        if self.applies is not None:
            yield "applies", self.applies
        for key, part in zip(self.part_keys, self.parts, strict=True):
            yield f"{key}actual", part.actual
            if part.target_formula is not None:
                yield f"{key}target_formula", part.target_formula

    @property
    def part_keys(self) -> tuple[str, ...]:
        """What stands before a part's keys in the role file: nothing, further[1]., further[2]. …"""
        return ("", *(f"further[{number}]." for number in range(1, len(self.parts))))

    @property
    def operands(self) -> Iterator[Operand]:
        """The measures (or months of them) that its actuals are computed from."""
        for part in self.parts:
            yield from part.actual.operands


@dataclass(frozen=True)
class Alert:
    """A warning beside the score: it shows where any of the conditions is known and met; it never scores.

    A red line also keeps the grade at or under the company's ceiling.
    """

    id: str
    text: str
    when: tuple[Expression, ...]
    red_line: bool = False


@dataclass(frozen=True)
class Role:
    """One role (岗位) with everything that its form holds.

    compare_periods: whether months that are far apart, and quarters that are, are asked about. all_rated: whether forms
    with ratings ask for an opinion on every indicator, also on those that are scored by numbers. missing: one of
    `MISSING`, for the indicators that do not say it themselves.
    """

    id: str
    title: str
    source: str
    effective_from: str
    duties: tuple[Duty, ...]
    group_weights: dict[str, Fraction]
    measures: tuple[Measure, ...]
    indicators: tuple[Indicator, ...]
    alerts: tuple[Alert, ...] = ()
    guidance: tuple[str, ...] = ()
    compare_periods: bool = True
    all_rated: bool = False
    missing: str = BLOCK

    def __reduce__(self) -> tuple[Any, ...]:
        # Every form sent between processes carries its role, so each role is packed once and unpacked once.
        return _unpacked, (self._packed,)

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps([getattr(self, attribute.name) for attribute in fields(self)])

    @cached_property
    def measure(self) -> dict[str, Measure]:
        return {measure.id: measure for measure in self.measures}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Labels of the measures by id."""
        return {measure.id: measure.label for measure in self.measures}

    @cached_property
    def weights(self) -> dict[str, Fraction]:
        """The exact share of every indicator in the total when everything applies; they sum to 1.

        The share is the weight ÷ the sum of weights directly in the group × the group's own share.
        """
        siblings: dict[str, Fraction] = {}
        for path, weight in [*self.group_weights.items(), *((f"{i.group}/", i.weight) for i in self.indicators)]:
            parent = path.rpartition("/")[0]
            siblings[parent] = siblings.get(parent, Fraction(0)) + weight

        def share(path: str) -> Fraction:
            parent = path.rpartition("/")[0]
            return self.group_weights[path] / siblings[parent] * (share(parent) if parent else 1)

        return {i.id: share(i.group) * i.weight / siblings[i.group] for i in self.indicators}

    @cached_property
    def rescaled(self) -> dict[str, tuple[str, Fraction, Fraction]]:
        """First indicator of a group → the group, the sum of the weights in it, the weight of the group itself.

        Only where they seem to contradict each other in a role whose weights are in per cent: 45 inside of 20.
        """
        top = sum((weight for path, weight in self.group_weights.items() if "/" not in path), Fraction(0))
        found: dict[str, tuple[str, Fraction, Fraction]] = {}
        for path, weight in self.group_weights.items() if top == 100 else ():
            inside = [indicator for indicator in self.indicators if indicator.group == path]
            groups = [other for of, other in self.group_weights.items() if of.rpartition("/")[0] == path]
            total = sum((indicator.weight for indicator in inside), Fraction(0)) + sum(groups, Fraction(0))
            if inside and len(inside) + len(groups) > 1 and total > weight:
                found[inside[0].id] = path, total, weight
        return found

    @cached_property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """Rated measure → the levels that may be typed for it. All other measures are numbers."""
        return {indicator.rated: indicator.levels for indicator in self.indicators if indicator.levels}

    @cached_property
    def rated(self) -> tuple[Indicator, ...]:
        """The indicators whose levels are chosen once a quarter; those that may be left empty last."""
        once = (i for i in self.indicators if i.levels and not self.measure[i.rated].monthly)
        return tuple(sorted(once, key=lambda indicator: self.measure[indicator.rated].optional))

    @cached_property
    def rated_measures(self) -> dict[str, Indicator]:
        """Rated measure → its indicator, the first of several."""
        return {indicator.rated: indicator for indicator in reversed(self.rated)}

    def if_missing(self, indicator: Indicator) -> str:
        """What holds where an indicator's data is missing: one of `MISSING`."""
        return indicator.missing or self.missing

    def newcomer_conditions(self, indicator: Indicator) -> tuple[str, ...]:
        """Measures of the period before whose absence takes the indicator off a newcomer's form."""
        ids = dict.fromkeys(operand.measure for operand in indicator.operands)
        return tuple(id for id in ids if self.measure[id].previous and self.measure[id].newcomer is None)


@dataclass(frozen=True)
class Version:
    """A role as it is from quarter `first` to quarter `last`, both included; last: None for the newest version.

    data: the entries of the role file that hold in these quarters.
    """

    first: Quarter
    last: Quarter | None
    role: Role
    data: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.first}–{self.last or ''}"


@lru_cache(maxsize=256)
def _unpacked(packed: bytes) -> Role:
    return Role(*pickle.loads(packed))


def weight_value(weight: Fraction) -> float:
    """A weight as a number for a cell: 0 to 1."""
    return weight.numerator / weight.denominator
