"""Bands and steps of what lies beyond the target: 超5%以内扣8分，5%-10%扣16分."""

from __future__ import annotations

from decimal import Decimal

from xlkpi.rules.model import (
    Amount,
    Band,
    Basis,
    Condition,
    RuleError,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.resolver.adjustments import Adjusted
from xlkpi.rules.resolver.clauses import Award, Clause
from xlkpi.rules.resolver.conditions.bands import UntiledError, tile
from xlkpi.rules.resolver.conditions.measure import Measure


def take_beyond(of: Measure) -> None:
    """超5%以内扣8分，5%-10%扣16分: bands of the excess, or with 以此类推 steps that count as soon as they begin."""
    first = next((c for c in of.clauses if c.means == "beyond"), None)
    if first is None:
        return
    assert first.size is not None
    assert first.outcome is not None
    place = of.clauses.index(first)
    spans = [c for c in of.clauses[place + 1 :] if c.means == "cond" and c.bound and c.bound.subject is None]
    size = first.size
    lost = first.outcome.points
    if first.outcome.award is not Award.LOST or lost is None or not size.percent:
        raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=first.start, said=first.said)
    if any(c.means == "and_so_on" for c in of.all):
        second = spans[0] if len(spans) == 1 else None
        twice = (
            second is not None
            and second.bound is not None
            and second.bound.high is not None
            and second.bound.high.value == size.value * 2
        )
        if not (
            twice
            and second
            and second.outcome
            and second.outcome.points
            and second.outcome.points.value == lost.value * 2
        ):
            raise RuleError("“以此类推”怎样推下去？前面的几档不等距", position=first.start)
        basis = Basis.POINTS if of.row.rate else Basis.RELATIVE
        from xlkpi.rules.model import PartStep

        step = Step(Side.OVER, size.value / 100, lost.of(of.scale.full), basis, part=PartStep.WHOLE)
        adjusted = Adjusted(first, of.label, step)
        of.adjustments.kept.append(adjusted)
        of.own.append(adjusted)
        of.clauses = [c for c in of.clauses if c is not second and not (c.means == "meet" and c.at == "le")]
        of.steps.append(adjusted)
        return
    excess_bands(of, first, spans)


def excess_bands(of: Measure, first: Clause, spans: list[Clause]) -> None:
    """The bands of what lies beyond the target."""
    assert first.size is not None
    assert first.outcome is not None
    target = Amount(Decimal(1), True)
    bands = [Band(Condition(Subject.ACHIEVEMENT, high=target, high_closed=True, measure=of.measure), of.scale.full)]
    edge = Amount(1 + first.size.value / 100, True)
    bands.append(Band(Condition(Subject.ACHIEVEMENT, target, False, edge, True, of.measure), of.points(first)))
    closed = True
    for clause in spans:
        assert clause.bound is not None
        low, high = clause.bound.low, clause.bound.high
        if low is None or Amount(1 + low.value / 100, True) != edge:
            raise UntiledError("两档之间有空隙或重叠", position=clause.start)
        top = None if high is None else Amount(1 + high.value / 100, True)
        bands.append(Band(Condition(Subject.ACHIEVEMENT, edge, not closed, top, False, of.measure), of.points(clause)))
        if top is not None:
            edge, closed = top, False
    of.found.bases.append(tile(bands, None, first.start))
    of.clauses = [c for c in of.clauses if c not in spans]
