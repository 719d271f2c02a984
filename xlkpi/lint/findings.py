"""What a check says, and what an indicator's checks look at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from xlkpi.catalogue.arithmetic.tree import Operand, Range
from xlkpi.catalogue.role import Indicator, Measure, Part, Role
from xlkpi.common.quarter import MONTHS
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.message_files import FAULTS
from xlkpi.lint.trials import Trial, Values, score_of, trials
from xlkpi.rules.printer.phrase import phrase
from xlkpi.rules.rule import Rule
from xlkpi.rules.spelling import normalise
from xlkpi.scoring.scorer import Scorer


@dataclass(frozen=True)
class Finding:
    """One thing wrong or risky: where it stands, what stands there, what is the matter, what to do.

    severity: one of `SEVERITIES`: an error keeps the file from being used, a warning is a risk.
    """

    file: str
    key: str
    kind: str
    severity: str
    text: str
    message: str
    advice: str


def ranges(role: Role) -> dict[Operand, Range]:
    """The plausible range of every operand; a quarter that adds up months has three times that of a month."""
    found: dict[Operand, Range] = {}
    for measure in role.measures:
        low = -math.inf if measure.low is None else measure.low
        high = math.inf if measure.high is None else measure.high
        times = 3 if measure.monthly and measure.aggregate == "sum" else 1
        found[Operand(measure.id)] = low * times, high * times
        if measure.monthly:
            found |= {Operand(measure.id, month): (low, high) for month in MONTHS}
    return found


@dataclass(frozen=True)
class MeasureRow:
    """One part of an indicator: one measure of its rule."""

    number: int
    key: str
    part: Part
    range: Range
    """Of the actual."""

    @property
    def percent(self) -> bool:
        return normalise(self.part.unit).strip() == "%"


@dataclass(frozen=True)
class RoleCase:
    """A role that is looked at, and the language in which its findings are told."""

    role: Role
    language: str

    @property
    def labels(self) -> Labels:
        """The words for people, in the language of the findings."""
        return words(self.language)

    def finding(self, key: str, kind: str, severity: str, text: str, words_key: str, /, **values: object) -> Finding:
        """A finding at a key of the role's file, whose name the loader has seen to; faults.toml has its words."""
        message, advice = FAULTS.pair(words_key, self.language, **values)
        return Finding(f"{self.role.id}.toml", key, kind, severity, text, message, advice)


@dataclass(frozen=True)
class IndicatorCase(RoleCase):
    """An indicator in its role, with its rule tried out over plausible numbers."""

    indicator: Indicator

    @property
    def rule(self) -> Rule:
        return self.indicator.rule

    @cached_property
    def rows(self) -> tuple[MeasureRow, ...]:
        known = ranges(self.role)
        pairs = zip(self.indicator.part_keys, self.indicator.parts, strict=True)
        return tuple(MeasureRow(n, key, part, part.actual.bounds(known)) for n, (key, part) in enumerate(pairs))

    @property
    def values(self) -> tuple[Values, ...]:
        """What is known of the numbers of each measure."""
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
        """What the rule makes of each trial."""
        rule = Scorer(self.rule)
        return tuple(score_of(rule, trial) for trial in self.trials)

    def differs(self, other: Rule) -> bool:
        """Whether another rule scores anything else than the indicator's own."""
        rule = Scorer(other)
        return any(score_of(rule, trial) != score for trial, score in zip(self.trials, self.scores, strict=True))

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
