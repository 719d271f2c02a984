"""Occurrences listed one by one: 发生1次扣5分，2次扣10分，3次及以上不得分."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Amount,
    Band,
    Condition,
    RuleError,
    Subject,
)
from xlkpi.rules.resolver.clauses import Award, Clause
from xlkpi.rules.resolver.conditions.bands import tile
from xlkpi.rules.resolver.conditions.measure import Case, Measure
from xlkpi.rules.resolver.quantities import amount


def take_occurrences(of: Measure) -> None:
    """发生1次扣5分，2次扣10分，3次及以上不得分: bands of a count."""
    listed = [of.all[p] for p in of.places if p in of.adjustments.listed]
    if not listed:
        return
    _check_verb(of, listed)
    entries = [entry_of(of, clause) for clause in listed]
    others = [
        c
        for c in of.clauses
        if c.means == "cond" and c not in listed and c.outcome and c.outcome.award is not Award.VETO
    ]
    cases = [occurrence_case(of, c) for c in others]
    edges = [
        c.condition.low.value + (0 if c.condition.low_closed else 1)
        for c in cases
        if c.condition.low and not c.condition.high
    ]
    check_nth(of, listed)
    last = max(number for number, _, _ in entries)
    behind = all(c.clause.start > listed[-1].start for c in cases)
    if behind and len(edges) == 1 and edges[0] == last:  # 出2次40分，2次以上0分
        cases = [replace(c, condition=replace(c.condition, low_closed=False)) if c.condition.low else c for c in cases]
        edges = [last + 1]
    for number, clause, _ in entries:
        if any(number >= edge for edge in edges):
            raise RuleError("满{number}次按哪一句？这里写了两种", position=clause.start, number=plain(number))
    bands = [Band(of.exactly(number), points) for number, _, points in entries]
    bands += [Band(case.condition, of.scale.awarded(case.outcome)) for case in cases]
    zero = [c for c in of.all if c.means in ("none", "named") and c.outcome]
    missed = next((c for c in of.clauses if c.means == "meet" and c.at == "lt" and c.outcome), None)
    if missed is not None and not any(covers_zero(of, band.condition) for band in bands):
        below = Condition(Subject.VALUE, high=Amount(Decimal(1)), measure=of.measure)
        bands.insert(0, Band(below, of.points(missed)))
    if not any(covers_zero(of, band.condition) for band in bands):
        taken = any(c.outcome and c.outcome.award in (Award.LOST, Award.ZERO) for c in (*listed, *others)) or zero
        falling = (
            entries[0][0] == 1
            and entries[0][2] < of.scale.full
            and all(a[2] > b[2] for a, b in itertools.pairwise(entries))
        )
        if taken or falling or any(c.points for c in listed):
            bands.insert(0, Band(of.exactly(Decimal(0)), points_without(of, zero)))
    if not edges:
        bands[-1:] = last_band(of, bands, listed)
    of.found.bases.append(tile(bands, None, of.first.start))
    used = {id(c) for c in (*listed, *others, *zero)}
    of.clauses = [c for c in of.clauses if id(c) not in used]
    for clause in zero:
        of.all[of.all.index(clause)] = replace(clause, means="comment")


def _check_verb(of: Measure, listed: list[Clause]) -> None:
    """丢失一份记3分, alone, is asked about: 3 points deducted, or 3 points scored?"""
    only = listed[0]
    once = len(listed) == 1 and only.bound is not None and only.bound.edge.value == 1
    alone = not any(c.means == "cond" and c is not only for c in of.clauses)
    if once and alone and only.outcome is not None and only.outcome.award is Award.POINTS:
        raise RuleError("“{said}”：是扣分，还是加分？", position=only.start, said=only.said)


def points_without(of: Measure, zero: list[Clause]) -> Decimal:
    """The points of 0 times: those said in words, else full marks."""
    for clause in zero:
        assert clause.outcome is not None
        return of.scale.awarded(clause.outcome)
    return of.scale.full


def last_band(of: Measure, bands: list[Band], listed: list[Clause]) -> list[Band]:
    """The last band reaches on where nothing is left to lose."""
    last = bands[-1]
    if last.points == 0 and last.condition.low is not None:
        return [Band(Condition(Subject.VALUE, last.condition.low, True, measure=of.measure), last.points)]
    if all(c.means in ("count_once", "first_of") or (c.outcome and c.outcome.award is Award.LOST) for c in listed):
        raise RuleError("次数再多时得几分没有写明", position=listed[-1].start)
    return [last]


def covers_zero(of: Measure, condition: Condition) -> bool:
    """Whether a condition holds for 0."""
    return condition.low is None or (condition.low.value <= 0 and condition.low_closed)


def entry_of(of: Measure, clause: Clause) -> tuple[Decimal, Clause, Decimal]:
    """(how many times, clause, points)."""
    if clause.means in ("count_once", "first_of"):
        assert clause.points is not None
        assert clause.number is not None
        lost = clause.points.of(of.scale.full)
        return clause.number, clause, of.scale.full + lost if clause.bonus else of.scale.full - lost
    assert clause.bound is not None
    return clause.bound.edge.value, clause, of.points(clause)


def occurrence_case(of: Measure, clause: Clause) -> Case:
    """A condition on a number of occurrences."""
    assert clause.bound is not None
    assert clause.outcome is not None
    bound = clause.bound
    high_closed = bound.high_closed
    if high_closed is None:
        high_closed = False
    low, high = (None if q is None else amount(q, of.row) for q in (bound.low, bound.high))
    condition = Condition(
        Subject.VALUE,
        low,
        bound.low_closed and low is not None,
        high,
        high_closed and high is not None,
        of.measure,
    )
    return Case(clause, condition, clause.outcome)


def check_nth(of: Measure, listed: list[Clause]) -> None:
    """第2次扣10分: the second one's own points, or those of both?"""
    before = Decimal(0)
    for clause in listed:
        lost = clause.outcome.points if clause.outcome and clause.outcome.award is Award.LOST else None
        points = lost.of(of.scale.full) if lost else None
        if clause.means == "first_of" and clause.points:
            points = clause.points.of(of.scale.full)
        if ((clause.bound and clause.bound.nth) or clause.means == "first_of") and points is not None and before:
            raise RuleError(
                "第{times}次扣{lost}分，是一共扣{lost}分，还是在前面之外再扣{lost}分？",
                position=clause.start, lost=plain(points),
                times=plain(clause.bound.edge.value if clause.bound else clause.number or Decimal(0)),
            )  # fmt: skip
        before += points or 0
