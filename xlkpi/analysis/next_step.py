"""The next better step or band of a measure (距下一档): where it begins, and how many points it brings.

Only clauses with steps count: whole steps, bands, all or nothing, leaving a cliff. Occurrences cannot be undone, and
straight lines and pro-rata steps have no next step. The built-in formula, `writer.formulas.next_step`, follows this
module clause by clause.
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

    LESS = "less"  # fewer points deducted
    MORE = "more"  # more points added
    SCORE = "score"  # the points of the clause
    RATIO = "ratio"  # the achievement as points
    LEAVE = "leave"  # the cliff with these points no longer holds


@dataclass(frozen=True, slots=True)
class NextEdge:
    """The next better step or band of one measure.

    It is reached when the number compared is `sign` (≥, >, ≤ or <) `edge`. subject: the number compared, the actual or
    the achievement; deviation: compare the actual's distance from the target instead. points: what `gain` brings, on
    the 100 scale; None for RATIO.
    """

    gain: Gain
    sign: str
    edge: float
    points: float | None
    subject: Subject = Subject.VALUE
    deviation: bool = False


def next_step(rule: Rule, measure: int, actual: float, target: float | None) -> NextEdge | None:
    """The next step of a measure at `actual`; None where there is none.

    target: None where no clause of the measure reads it. The rule must be able to score the inputs.
    """
    origin = rule.origin(measure)
    aim = float(origin.value) if origin is not None else target if target is not None else 0.0
    for clause in clauses(rule, measure):
        step = clause.next_step(actual, aim)
        if step or (isinstance(clause, Leaving) and clause.holding(actual, aim)):
            return step
    return None


def clauses(rule: Rule, measure: int) -> Iterator[Leaving | Climbing | Meeting | Stepping]:
    """The clauses of a measure that have a next step, in the order in which they apply."""
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
    """A cliff: while its condition holds, nothing else counts."""

    condition: Condition
    points: float

    @property
    def edge(self) -> tuple[str, Amount]:
        """The sign and number at which the condition ends; it has no end on the other side."""
        condition = self.condition
        if condition.high is not None:
            return (">" if condition.high_closed else "≥"), condition.high
        assert condition.low is not None
        return ("<" if condition.low_closed else "≤"), condition.low

    @property
    def leaves(self) -> bool:
        """Whether leaving the cliff improves the score."""
        return self.points < 100

    def holding(self, actual: float, aim: float) -> bool:
        return holds(self.condition, _number(self.condition.subject, actual, aim))

    def next_step(self, actual: float, aim: float) -> NextEdge | None:
        if not (self.leaves and self.holding(actual, aim)):
            return None
        sign, amount = self.edge
        return NextEdge(Gain.LEAVE, sign, float(amount.value), self.points, self.condition.subject)


@dataclass(frozen=True)
class Climbing:
    """Bands: the nearest band with more points, upwards if there is one, else downwards."""

    rule: Rule
    base: Bands

    def after(self, index: int) -> tuple[str, Amount, Band] | None:
        """(sign, number, band) of the next better band after the band at `index`; None where there is none."""
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
        """The points of a band on the 100 scale; None for the achievement."""
        return None if band.points is None else _hundred(self.rule, band.points)

    def next_step(self, actual: float, aim: float) -> NextEdge | None:
        number = _number(self.base.subject, actual, aim)
        bands = self.base.bands
        index = next((i for i in range(len(bands) - 1, 0, -1) if holds(bands[i].condition.lower_end, number)), 0)
        better = self.after(index)
        if better is None:
            return None
        sign, amount, band = better
        gain = Gain.RATIO if band.points is None else Gain.SCORE
        return NextEdge(gain, sign, float(amount.value), self.points(band), self.base.subject)


@dataclass(frozen=True)
class Meeting:
    """All or nothing: reaching the target."""

    rule: Rule
    base: Meet

    @property
    def sign(self) -> str:
        return "≥" if self.base.at_least else "≤"

    @property
    def points(self) -> float:
        return _hundred(self.rule, self.base.points)

    def next_step(self, actual: float, aim: float) -> NextEdge | None:
        short = aim - actual if self.base.at_least else actual - aim
        return NextEdge(Gain.SCORE, self.sign, aim, self.points) if round(short, 9) > 0 else None


@dataclass(frozen=True)
class Stepping:
    """Steps: one fewer deducted, or one more added."""

    rule: Rule
    step: Step

    @property
    def _limit(self) -> Decimal | None:
        """The points at which further steps change nothing; None for no limit."""
        alone = self.rule.only_deducts and len(self.rule.adjustments) == 1
        limits = [self.step.limit, self.rule.scale if alone else None]
        return min((limit for limit in limits if limit is not None), default=None)

    @property
    def most(self) -> int | None:
        """The number of steps that count: 0 where none does, None where there is no limit."""
        if not self.step.points or self._limit == 0:
            return 0
        return None if self._limit is None else math.ceil(self._limit / self.step.points)

    @property
    def worth(self) -> tuple[float, float]:
        """The points of a step, and those of the last step that counts, on the 100 scale."""
        points = self.step.points
        last = points if self._limit is None else self._limit - (math.ceil(self._limit / points) - 1) * points
        return _hundred(self.rule, points), _hundred(self.rule, last)

    def next_step(self, actual: float, aim: float) -> NextEdge | None:
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
        return NextEdge(
            Gain.MORE if step.bonus else Gain.LESS, self.sign, edge, points, deviation=step.side is Side.EITHER
        )

    @property
    def sign(self) -> str:
        """The sign between number and edge: a whole step counts from its end on, a begun one beyond its start."""
        whole = self.step.part is PartStep.NOTHING
        if self.step.bonus:  # further away from the target
            beyond = "≥" if whole else ">"
            return {"≥": "≤", ">": "<"}[beyond] if self.step.side is Side.SHORT else beyond
        nearer = "<" if whole else "≤"
        return {"<": ">", "≤": "≥"}[nearer] if self.step.side is Side.SHORT else nearer
