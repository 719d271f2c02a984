"""Findings, and the cases that checks look at: a role, or an indicator with its rule tried out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from xlkpi.catalogue.arithmetic.tree import Operand, Range
from xlkpi.catalogue.role import Indicator, Measure, Part, Role
from xlkpi.common.quarter import MONTHS
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.message_files import BOOKS, FAULTS
from xlkpi.lint.trials import Trial, Values, score_of, trials
from xlkpi.rules.model import Adjustment
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.rules.spelling import normalise
from xlkpi.scoring.scorer import Scorer


@dataclass(frozen=True)
class Finding:
    """One thing wrong or risky in a role file.

    key: where in the file. kind: the kind of the finding. text: what the file says there. message: what is the
    matter. advice: what to do. severity: one of `SEVERITIES`; with an error the file cannot be used.
    """

    file: str
    key: str
    kind: str
    severity: str
    text: str
    message: str
    advice: str


def ranges(role: Role) -> dict[Operand, Range]:
    """The plausible range of every measure and of its months; a sum of three months has three times a month's range."""
    by_operand: dict[Operand, Range] = {}
    for measure in role.measures:
        low = -math.inf if measure.low is None else measure.low
        high = math.inf if measure.high is None else measure.high
        times = 3 if measure.monthly and measure.aggregate == "sum" else 1
        by_operand[Operand(measure.id)] = low * times, high * times
        if measure.monthly:
            by_operand |= {Operand(measure.id, month): (low, high) for month in MONTHS}
    return by_operand


@dataclass(frozen=True)
class MeasureRow:
    """One part of an indicator, that is, one measure of its rule.

    number: from 0. key: what stands before the part's keys in the role file. range: of the actual.
    """

    number: int
    key: str
    part: Part
    range: Range

    @property
    def percent(self) -> bool:
        return normalise(self.part.unit).strip() == "%"


@dataclass(frozen=True)
class RoleCase:
    """A role, and the language of its findings. book: whether it stands in a workbook, whose words they then use."""

    role: Role
    language: str
    book: bool = field(default=False, kw_only=True)

    @property
    def labels(self) -> Labels:
        """The labels in the language of the findings."""
        return words(self.language)

    def finding(self, key: str, kind: str, severity: str, text: str, words_key: str, /, **values: object) -> Finding:
        """A finding at a key of the role's file, which the loader has checked to be named after the role's id.

        words_key: under which faults.toml has message and advice; `values` fill them in.
        """
        known = BOOKS.keys() if self.book else frozenset[str]()
        file = BOOKS if words_key in known else FAULTS
        message, advice = file.pair(words_key, self.language, **values)
        return Finding(f"{self.role.id}.toml", key, kind, severity, text, message, advice)


@dataclass(frozen=True)
class IndicatorCase(RoleCase):
    """An indicator of the role, with its rule tried out on plausible numbers."""

    indicator: Indicator

    @property
    def rule(self) -> Rule:
        return self.indicator.rule

    @cached_property
    def rows(self) -> tuple[MeasureRow, ...]:
        by_operand = ranges(self.role)
        pairs = zip(self.indicator.part_keys, self.indicator.parts, strict=True)
        return tuple(MeasureRow(n, key, part, part.actual.bounds(by_operand)) for n, (key, part) in enumerate(pairs))

    @property
    def values(self) -> tuple[Values, ...]:
        """For each measure: the plausible actuals and the targets of the catalogue."""
        return tuple(
            Values(
                row.range,
                tuple(t for t in (row.part.target, *(c.value for c in row.part.choices)) if t is not None),
                row.percent,
            )
            for row in self.rows
        )

    @cached_property
    def trials(self) -> tuple[Trial, ...]:
        return trials(self.rule, self.values)

    @cached_property
    def scores(self) -> tuple[float | str | None, ...]:
        """The score of each trial; None where the trial cannot be scored."""
        scorer = Scorer(self.rule)
        return tuple(score_of(scorer, trial) for trial in self.trials)

    def differs(self, other: Rule) -> bool:
        """Whether another rule gives some trial another score."""
        scorer = Scorer(other)
        return any(score_of(scorer, trial) != score for trial, score in zip(self.trials, self.scores, strict=True))

    def measures(self, name: str) -> Iterator[tuple[MeasureRow, Measure]]:
        """The measures that the `actual` or the `target_formula` of each part reads."""
        for row in self.rows:
            expression = getattr(row.part, name)
            for operand in expression.operands if expression else ():
                yield row, self.role.measure[operand.measure]

    def finding(self, key: str, kind: str, severity: str, text: str, words_key: str, /, **values: object) -> Finding:
        """A finding at a key of the indicator."""
        return super().finding(f"indicators[{self.indicator.id}].{key}", kind, severity, text, words_key, **values)

    def about_rule(self, kind: str, severity: str, words_key: str, /, **values: object) -> Finding:
        """A finding about the sentence."""
        return self.finding("rule", kind, severity, self.indicator.rule_text, words_key, **values)

    def phrase(self, rule: Rule) -> str:
        """A rule as the canonical sentence of the findings' language."""
        return phrase(rule, self.language)


def with_adjustment(rule: Rule, number: int, adjustment: Adjustment) -> Rule:
    """The rule with `adjustment` in place of the one of this number, from 0."""
    return replace(rule, adjustments=(*rule.adjustments[:number], adjustment, *rule.adjustments[number + 1 :]))
