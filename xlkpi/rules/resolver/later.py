"""Occurrences: what a later one costs where another clause has the earlier ones, and which clauses count at all."""

from __future__ import annotations

from decimal import Decimal

from xlkpi.rules.model import Adjustment, Count, Side
from xlkpi.rules.resolver.clauses import Award, Clause
from xlkpi.rules.resolver.deciding import Open, Question

_PLAIN = ("允许", "允許", "容许", "容許", "after", "first")
"""Words of the allowance of canonical sentences: what follows it is on top of what stands before."""


def plain_allowance(clause: Clause) -> bool:
    """Whether an allowance is said as canonical sentences say it."""
    return any(word in clause.said.lower() for word in _PLAIN)


def beyond(before: list[Adjustment], points: Decimal, allowance: int, clause: Clause, open: Open) -> Decimal:
    """The points of each occurrence beyond `allowance`, on top of what the counts before take for it.

    Asks whether the points written are all that such an occurrence costs, or are added to the earlier ones.
    """
    taken = sum((c.points for c in before if isinstance(c, Count) and not c.bonus and not c.allowance), Decimal(0))
    if not allowance or not taken or taken >= points:
        return points
    question = Question(
        "第{times}次起每次一共扣{points}分，还是在每次{before}分之外再扣{points}分？",
        clause.start,
        {"times": allowance + 1, "points": f"{points:f}", "before": f"{taken:f}"},
    )
    return open.pick((points - taken, points), question)


def zero_only(clauses: list[Clause], bare: list[int]) -> bool:
    """Whether nothing but 0次 is named: 0起得满分，每发生1起扣8%."""
    return all((b := clauses[place].bound) is not None and b.edge.value == 0 for place in bare) and bool(bare)


def names_times(clause: Clause) -> bool:
    """3次扣30分: a bare number of times with points."""
    bound, vetoes = clause.bound, clause.outcome is not None and clause.outcome.award is Award.VETO
    return bound is not None and bound.bare and (bound.nth or bound.edge.kind == "cnt") and not vetoes


def counts_events(clause: Clause, clauses: list[Clause]) -> bool:
    """每超时一次, and 缺一页 where 记录齐备 has full marks, count what happens and compare nothing with a target."""
    size = clause.size
    if size is None or size.kind != "cnt" or clause.of_target:
        return False
    if clause.named and clause.side is Side.OVER:
        return True
    in_words = any(c.means in ("none", "named") for c in clauses)
    return in_words and clause.side is Side.SHORT and clause.verb == "low"
