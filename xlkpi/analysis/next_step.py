"""What is missing to the next better step or band (距下一档): where it begins, and what it is worth.

Only what one more effort can change is told: whole steps, bands, all or nothing, a cliff to climb back from.
Occurrences have happened, and straight lines and exact shares have no steps. The built-in formula of the form is
`generate.ahead`; it follows this module clause by clause.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from xlkpi.rules.model import Amount, Band, Bands, Basis, Condition, Meet, PartStep, Side, Step, Subject
from xlkpi.rules.rule import Rule
from xlkpi.scoring.arithmetic import count_steps, distance
from xlkpi.scoring.scores import holds


class Gain(Enum):
    """What the next step brings."""

    LESS = "less"  # so many points fewer are deducted
    MORE = "more"  # so many points more are added
    SCORE = "score"  # the clause gives so many points
    RATIO = "ratio"  # the clause gives the achievement
    LEAVE = "leave"  # the condition that gives so many points no longer holds


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next better step or band of one measure.

    The number looked at (`subject`; with `deviation` its distance from the target) must be `sign` `edge`: ≥, >, ≤
    or <. points: on the 100 scale; None beside RATIO.
    """

    gain: Gain
    sign: str
    edge: float
    points: float | None
    subject: Subject = Subject.VALUE
    deviation: bool = False


def ahead(rule: Rule, measure: int, actual: float, target: float | None) -> Ahead | None:
    """What comes next for a measure at `actual`; None where nothing does.

    `target` may be None where no clause of the measure reads it. The inputs must be ones that the rule can score.
    """
    origin = rule.origin(measure)
    aim = float(origin.value) if origin is not None else target if target is not None else 0.0
    for clause in clauses(rule, measure):
        found = clause.ahead(actual, aim)
        if found or (isinstance(clause, Leaving) and clause.holding(actual, aim)):
            return found
    return None


def clauses(rule: Rule, measure: int) -> Iterator[Leaving | Climbing | Meeting | Stepping]:
    """The clauses of a measure that have something ahead, in the order in which they are asked."""
    for cliff in rule.cliffs:
        if cliff.condition.measure == measure:
            yield Leaving(cliff.condition, _hundred(rule, cliff.points))
    base = rule.base
    if isinstance(base, Bands) and base.measure == measure and not base.counting:
        yield Climbing(rule, base)
    if isinstance(base, Meet) and base.measure == measure and base.points > base.otherwise:
        yield Meeting(rule, base)
    for adjustment in rule.adjustments:
        if isinstance(adjustment, Step) and adjustment.measure == measure and adjustment.part is not PartStep.PRO_RATA:
            stepping = Stepping(rule, adjustment)
            if stepping.most != 0:
                yield stepping


def _hundred(rule: Rule, points: Decimal) -> float:
    return float(points * 100 / rule.scale)


def _number(subject: Subject, actual: float, aim: float) -> float:
    return actual if subject is Subject.VALUE else actual / aim


@dataclass(frozen=True)
class Leaving:
    """A cliff: while it holds nothing else counts."""

    condition: Condition
    points: float

    @property
    def edge(self) -> tuple[str, Amount]:
        """Where the condition ends; it is open on the other side."""
        condition = self.condition
        if condition.high is not None:
            return (">" if condition.high_closed else "≥"), condition.high
        assert condition.low is not None
        return ("<" if condition.low_closed else "≤"), condition.low

    @property
    def leaves(self) -> bool:
        """Whether leaving it is to be wished for."""
        return self.points < 100

    def holding(self, actual: float, aim: float) -> bool:
        return holds(self.condition, _number(self.condition.subject, actual, aim))

    def ahead(self, actual: float, aim: float) -> Ahead | None:
        if not (self.leaves and self.holding(actual, aim)):
            return None
        sign, amount = self.edge
        return Ahead(Gain.LEAVE, sign, float(amount.value), self.points, self.condition.subject)


@dataclass(frozen=True)
class Climbing:
    """Bands: the nearest one that gives more, upwards if there is one, else downwards."""

    rule: Rule
    base: Bands

    def after(self, index: int) -> tuple[str, Amount, Band] | None:
        """Where the next better band begins, seen from a band, and that band."""
        bands = self.base.bands
        here = bands[index]
        for band in bands[index + 1 :]:
            low = band.condition.low
            assert low is not None
            if self._better(here, band, low):
                return ("≥" if band.condition.low_closed else ">"), low, band
        for band in reversed(bands[:index]):
            high = band.condition.high
            assert high is not None
            if band.points is not None and here.points is not None and band.points > here.points:
                return ("≤" if band.condition.high_closed else "<"), high, band
        return None

    def _better(self, here: Band, there: Band, edge: Amount) -> bool:
        at_edge = edge.value * self.rule.scale if self.base.subject is Subject.ACHIEVEMENT else None
        if here.points is not None and there.points is not None:
            return there.points > here.points
        if at_edge is None or (here.points is None and there.points is None):
            return False
        if there.points is None:
            return here.points is not None and at_edge > here.points
        return there.points >= at_edge

    def points(self, band: Band) -> float | None:
        """What a band gives, on the 100 scale."""
        return None if band.points is None else _hundred(self.rule, band.points)

    def ahead(self, actual: float, aim: float) -> Ahead | None:
        number = _number(self.base.subject, actual, aim)
        bands = self.base.bands
        index = next((i for i in range(len(bands) - 1, 0, -1) if holds(bands[i].condition.lower_end, number)), 0)
        found = self.after(index)
        if found is None:
            return None
        sign, amount, band = found
        gain = Gain.RATIO if band.points is None else Gain.SCORE
        return Ahead(gain, sign, float(amount.value), self.points(band), self.base.subject)


@dataclass(frozen=True)
class Meeting:
    """All or nothing: the target."""

    rule: Rule
    base: Meet

    @property
    def sign(self) -> str:
        return "≥" if self.base.at_least else "≤"

    @property
    def points(self) -> float:
        return _hundred(self.rule, self.base.points)

    def ahead(self, actual: float, aim: float) -> Ahead | None:
        short = aim - actual if self.base.at_least else actual - aim
        return Ahead(Gain.SCORE, self.sign, aim, self.points) if round(short, 9) > 0 else None


@dataclass(frozen=True)
class Stepping:
    """Steps: one deducted less, or one more added."""

    rule: Rule
    step: Step

    @property
    def _limit(self) -> Decimal | None:
        """The points beyond which further steps change nothing."""
        alone = self.rule.only_deducts and len(self.rule.adjustments) == 1
        limits = [self.step.limit, self.rule.scale if alone else None]
        return min((limit for limit in limits if limit is not None), default=None)

    @property
    def most(self) -> int | None:
        """The step from which on nothing changes; 0 where none changes anything, None where there is no such."""
        if not self.step.points or self._limit == 0:
            return 0
        return None if self._limit is None else math.ceil(self._limit / self.step.points)

    @property
    def worth(self) -> tuple[float, float]:
        """The points of a step, and those of the last one, on the 100 scale."""
        points = self.step.points
        last = points if self._limit is None else self._limit - (math.ceil(self._limit / points) - 1) * points
        return _hundred(self.rule, points), _hundred(self.rule, last)

    def ahead(self, actual: float, aim: float) -> Ahead | None:
        step = self.step
        unit = aim if step.basis is Basis.RELATIVE else 1.0
        size, free = float(step.step) * unit, float(step.free) * unit
        taken = count_steps(distance(step.side, actual, aim) - free, size, step.part)
        most = math.inf if self.most is None else self.most
        if step.bonus:
            if taken >= most:
                return None
            counted = taken + (1 if step.part is PartStep.NOTHING else 0)
            away = free + counted * size
        else:
            taken = min(taken, most)
            if taken <= 0:
                return None
            away = free + (taken if step.part is PartStep.NOTHING else taken - 1) * size
        each, last = self.worth
        points = last if taken + step.bonus == most else each
        edge = away if step.side is Side.EITHER else aim - away if step.side is Side.SHORT else aim + away
        return Ahead(
            Gain.MORE if step.bonus else Gain.LESS, self.sign, edge, points, deviation=step.side is Side.EITHER
        )

    @property
    def sign(self) -> str:
        """How the number must lie to the edge: a whole step counts from its end on, a begun one beyond its start."""
        whole = self.step.part is PartStep.NOTHING
        if self.step.bonus:  # further away from the target
            beyond = "≥" if whole else ">"
            return {"≥": "≤", ">": "<"}[beyond] if self.step.side is Side.SHORT else beyond
        nearer = "<" if whole else "≤"
        return {"<": ">", "≤": "≥"}[nearer] if self.step.side is Side.SHORT else nearer
