"""Which numbers a condition includes, where the sentence leaves its ends open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Amount,
    Condition,
    Count,
    RuleError,
    Side,
    Step,
    Subject,
    written,
)
from xlkpi.rules.resolver.clauses import Award, Bound, Clause, Quantity
from xlkpi.rules.resolver.conditions.measure import Case, Measure
from xlkpi.rules.resolver.deciding import Question
from xlkpi.rules.resolver.quantities import amount


def edge_amount(of: Measure, quantity: Quantity, subject: Subject, told: Subject | None) -> Amount:
    """A bound of its subject; an achievement is in per cent."""
    if subject is not Subject.ACHIEVEMENT or quantity.percent:
        return amount(quantity, of.row)
    if told is not None and quantity.value <= 2:  # 完成率≥1.2; beyond 200% it may as well be 5%
        return Amount(quantity.value, True)
    if told is not None:
        raise RuleError("完成率{number}是{number}%吗？", position=quantity.start, number=plain(quantity.value))
    return Amount(quantity.value / 100, True)


def case_of(
    of: Measure,
    clause: Clause,
    subject: Subject,
    settled: list[tuple[Clause, Subject]],
    ended: set[Decimal],
    given: set[Decimal],
) -> Case:
    """A condition with its ends closed or open; `given` are those of `given_down`."""
    bound, outcome = clause.bound, clause.outcome
    assert bound is not None
    assert outcome is not None
    if bound.bare and not is_point(of, clause, settled):
        bound = end_of(of, bound, clause, settled)
    if bound.late is not None and bound.low is None:  # 超时1小时以内: late all the same
        bound = replace(bound, low=Quantity(Decimal(0), bound.edge.unit, bound.edge.kind), low_closed=False)
    if bound.bare and not is_point(of, clause, settled):
        raise RuleError("“{shown}”是达到还是低于？", position=clause.start, shown=written(bound.edge.amount))
    low, high = (None if q is None else edge_amount(of, q, subject, bound.subject) for q in (bound.low, bound.high))
    if low is not None and high is not None and low.percent is not high.percent and bound.low and not bound.low.kind:
        low = Amount(low.value / 100, True)
    high_closed = bound.high_closed
    if high is not None and high_closed is None:
        high_closed = claims(of, high, clause, subject, settled, ended)
    if high is not None and bound.span and not high_closed and leaves(of, high, clause, subject, settled):
        high_closed = True
    if high is not None and bound.span and high.value in given:
        high_closed = True
    if (
        low is not None
        and bound.bare
        and bound.edge.value == 0
        and any(c.bound and c.bound.high and c is not clause for c, _ in settled)
    ):
        low = None  # 0%得100分；≤8%得75分: nothing lies below 0
    low_closed = bound.low_closed and low is not None
    if (
        low is not None
        and low_closed
        and not bound.equal
        and not bound.bare
        and (is_taken(of, low, clause, subject, settled) or (low.value in given and (bound.span or _loose(clause))))
    ):
        low_closed = False
    condition = Condition(subject, low, low_closed, high, bool(high_closed) and high is not None, of.measure)
    return Case(clause, condition, outcome)


def end_of(of: Measure, bound: Bound, clause: Clause, settled: list[tuple[Clause, Subject]]) -> Bound:
    """100%得满分 beside 90%-100%: where a range ends, the number alone begins what lies beyond."""
    edges = [c.bound for c, _ in settled if c is not clause and c.bound]
    value = bound.edge.value
    if any(b.span and b.high and b.high.value == value for b in edges):
        return replace(bound, high=None, bare=False)
    if any(b.span and b.low and b.low.value == value for b in edges):
        return replace(bound, low=None, bare=False)
    return bound


def is_point(of: Measure, clause: Clause, settled: list[tuple[Clause, Subject]]) -> bool:
    """Whether a bare number can be meant alone: 5万（80分） between 5万以下 and 5万以上, 0%得100分；≤8%得75分."""
    bound = clause.bound
    assert bound is not None
    if bound.edge.kind == "cnt" or bound.edge.value == 0 or bound.nth:
        return True
    edges = [c.bound for c, _ in settled if c is not clause and c.bound]
    above = any(b.low and b.low.value == bound.edge.value and b.high is None for b in edges)
    below = any(b.high and b.high.value == bound.edge.value and b.low is None for b in edges)
    if bound.subject is not None and any(b.equal for b in edges):
        return True  # actual = 0; actual is 1
    return above and below


def claims(
    of: Measure,
    high: Amount,
    clause: Clause,
    subject: Subject,
    settled: list[tuple[Clause, Subject]],
    ended: set[Decimal],
) -> bool:
    """以下 excludes its number where another bound of the same number claims it, and is asked where none does."""
    for other, its in settled:
        if other is clause or its is not subject or other.bound is None:
            continue
        low = other.bound.low
        if low is not None and high.percent is False and other.bound.edge.kind == "cnt" and low.value == high.value + 1:
            return True  # 1次以下, 2-4次
        if (
            low is not None
            and edge_amount(of, low, subject, other.bound.subject).value == high.value
            and other.bound.low_closed
        ):
            return False
    if high.value in ended:
        return False
    question = Question("“{shown}以下”包括{shown}本身吗？", clause.start, {"shown": written(high)})
    return of.open.pick((False, True), question)


def leaves(of: Measure, high: Amount, clause: Clause, subject: Subject, settled: list[tuple[Clause, Subject]]) -> bool:
    """2%-6% beside >6%: who says “above” leaves the number to the band below."""
    return any(
        other is not clause
        and its is subject
        and other.bound is not None
        and other.bound.low is not None
        and not other.bound.low_closed
        and edge_amount(of, other.bound.low, subject, other.bound.subject).value == high.value
        for other, its in settled
    )


def is_taken(of: Measure, low: Amount, clause: Clause, subject: Subject, settled: list[tuple[Clause, Subject]]) -> bool:
    """2%-6% beside ≤2%, and 5万以上 beside 5万: the number belongs to the one that names it."""
    bound = clause.bound
    assert bound is not None
    if bound.low is None or not (bound.span or _loose(clause)):
        return False
    for other, its in settled:
        if other is clause or its is not subject or other.bound is None or other.bound.high is None:
            continue
        same = edge_amount(of, other.bound.high, subject, other.bound.subject).value == low.value
        if same and other.bound.high_closed and (other.bound.low is None or other.bound.bare or _including(other)):
            return True
    return False


def given_down(of: Measure, settled: list[tuple[Clause, Subject]]) -> set[Decimal]:
    """The numbers at which a range ends and the next one begins that belong to the lower one.

    Ranges begin with their first number (2%-3%, 3%-5%: 3% is of the upper one). Beside ≤2%, which takes the first
    number of a range away, that is no longer clear, and is asked, unless ≥5% or >5% goes on from a range.
    """
    ends: list[Amount] = []
    taken = doubtful = False
    for clause, subject in settled:
        bound = clause.bound
        if bound is None or not bound.span or bound.low is None or bound.high is None or bound.high_closed:
            continue
        taken = taken or is_taken(of, edge_amount(of, bound.low, subject, bound.subject), clause, subject, settled)
        high = edge_amount(of, bound.high, subject, bound.subject)
        beginning = _beginning(of, high, clause, subject, settled)
        if leaves(of, high, clause, subject, settled) or any(
            not (other.bound and other.bound.span) and not _loose(other) for other in beginning
        ):
            return set()
        doubtful = doubtful or any(other.bound and other.bound.span for other in beginning)
        ends += [high] if beginning else []
    if not taken or not doubtful:
        return set()
    question = Question("“{shown}”在两档里都有：算哪一档？", settled[0][0].start, {"shown": written(ends[0])})
    return of.open.pick((set(), {end.value for end in ends}), question)


def _beginning(
    of: Measure, number: Amount, clause: Clause, subject: Subject, settled: list[tuple[Clause, Subject]]
) -> list[Clause]:
    """The other conditions that begin with the number."""
    return [
        other
        for other, its in settled
        if other is not clause
        and its is subject
        and other.bound is not None
        and other.bound.low is not None
        and other.bound.low_closed
        and edge_amount(of, other.bound.low, subject, other.bound.subject).value == number.value
    ]


def based_bound(of: Measure, clause: Clause, bounded: Sequence[Clause]) -> Clause:
    """95%得满分，每低1%扣2分: full marks from there on, on the side where nothing is deducted."""
    bound, outcome = clause.bound, clause.outcome
    assert bound is not None
    assert outcome is not None
    at_target = bound.equal and bound.subject is Subject.ACHIEVEMENT and bound.edge.amount.value == 1
    if not (bound.bare or (at_target and of.steps)) or not (of.whole(outcome) or outcome.award is Award.POINTS):
        return clause
    sides = {a.built.side for a in of.steps if isinstance(a.built, Step) and not a.bonus}
    bare = [c for c in bounded if c.bound and (c.bound.bare or c is clause)]
    if len(bare) == 1 and sides == {Side.SHORT}:
        return replace(clause, bound=replace(bound, high=None, bare=False, equal=False))
    if len(bare) == 1 and sides == {Side.OVER}:
        return replace(clause, bound=replace(bound, low=None, bare=False, equal=False))
    return clause


def rising_bound(of: Measure, clause: Clause) -> Clause:
    """每次扣2分，4次不得分: from the fourth on."""
    bound, outcome = clause.bound, clause.outcome
    assert bound is not None
    assert outcome is not None
    counted = any(isinstance(a.built, Count) for a in of.deducting)
    if counted and bound.bare and bound.edge.kind == "cnt" and outcome.award in (Award.ZERO, Award.VETO):
        return replace(clause, bound=replace(bound, high=None, bare=False))
    if outcome.award is Award.VETO and bound.bare and bound.edge.kind == "cnt":
        return replace(clause, bound=replace(bound, high=None, bare=False))
    return clause


def _loose(clause: Clause) -> bool:
    """Whether it says 以上, which gives way to whoever names the number itself."""
    return "以上" in clause.said or "and above" in clause.said or "内" in clause.said


def _including(clause: Clause) -> bool:
    return "内" in clause.said or "含" in clause.said or "包括" in clause.said
