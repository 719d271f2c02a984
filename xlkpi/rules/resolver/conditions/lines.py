"""Straight lines: 线性：80%得60分，100%得100分, points with 中间按线性计算 behind them, and formulas."""

from __future__ import annotations

from xlkpi.rules.model import (
    Linear,
    RuleError,
    Subject,
    written,
)
from xlkpi.rules.resolver.clauses import Award, Clause
from xlkpi.rules.resolver.conditions.bounds import edge_amount
from xlkpi.rules.resolver.conditions.groups import take_conditions
from xlkpi.rules.resolver.conditions.measure import Measure
from xlkpi.rules.resolver.conditions.subjects import subject_of_end
from xlkpi.rules.resolver.quantities import amount


def take_straight(of: Measure) -> None:
    """得分=60+(P-80)/(100-80)×40, which the sentence has to end below and above."""
    for clause in of.clauses:
        if clause.means != "straight":
            continue
        ends = tuple((amount(edge, of.row), of.scale.awarded(outcome)) for edge, outcome in clause.pairs)
        low, high = written(ends[0][0]), written(ends[1][0])
        below = any(c.means == "cond" and c.bound and c.bound.low is None for c in of.clauses)
        capped = any(value == ends[1][1] for value, _ in of.adjustments.numbers("cap"))
        if not (below and capped):
            raise RuleError("低于{low}和高于{high}时得几分？公式没有写明", position=clause.start, low=low, high=high)
        of.found.bases.append(Linear(Subject.VALUE, ends, of.measure))
        of.based = True
        of.before = Subject.VALUE


def take_linear(of: Measure) -> bool:
    """线性：80%得60分，100%得100分, or points with 中间按线性计算 behind them. Returns whether nothing else is left."""
    head = next((c for c in of.clauses if c.means == "linear"), None)
    tail = next((c for c in of.clauses if c.means == "interpolated"), None)
    if head is None and tail is None:
        return False
    ends: list[Clause] = []
    ends += [clause for clause in of.clauses if clause.means == "cond" and clause.bound and clause.bound.bare]
    if len(ends) < 2:
        where = (head or tail or of.first).start
        raise RuleError("线性至少要有两个端点，从小到大写" if ends else "请写出两个端点的得分", position=where)
    subject = None
    for clause in of.clauses:
        if clause in ends:
            break
        if clause.means == "cond" and clause.bound and clause.bound.subject:
            of.before = clause.bound.subject
    points = []
    for clause in ends:
        assert clause.bound is not None
        assert clause.outcome is not None
        told = clause.bound.subject
        if subject is not None and told is not None and told is not subject:
            raise RuleError("线性的端点须是同一个数：都写完成率，或都写实际", position=clause.start)
        subject = subject or told or subject_of_end(of, clause)
        if clause.outcome.award not in (Award.POINTS, Award.FULL, Award.ZERO):
            raise RuleError("线性的端点须写得几分", position=clause.start)
        points.append((edge_amount(of, clause.bound.edge, subject, told), of.scale.awarded(clause.outcome)))
    assert subject is not None
    of.before = subject
    of.found.bases.append(Linear(subject, tuple(points), of.measure))
    rest = [c for c in of.clauses if c not in ends]
    ended = {amount_.value for amount_, _ in points}
    of.clauses = rest
    of.based = True
    take_conditions(of, ended)
    return True
