"""On which scale the points of a sentence are: 满分20分, 得5分，每次扣2分, 达到目标得120分."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xlkpi.rules.model import RuleError, Side
from xlkpi.rules.resolver.clauses import Award, Clause, Outcome
from xlkpi.rules.resolver.deciding import Open, Question
from xlkpi.rules.row import Row

HUNDRED = Decimal(100)
_DEDUCTING = frozenset({"step", "step_once", "loose", "count", "count_once", "from_nth", "first_of"})


@dataclass(frozen=True, slots=True)
class Scale:
    """Full marks; whether the sentence says them; and what deductions start from where that is not the full marks."""

    full: Decimal = HUNDRED
    said: bool = False
    start: Decimal | None = None

    def awarded(self, outcome: Outcome) -> Decimal:
        """The points of an outcome on this scale."""
        match outcome.award:
            case Award.FULL | Award.SPARED:
                return self.full
            case Award.ZERO:
                return Decimal(0)
            case Award.HALF:
                return self.full / 2
            case Award.LOST:
                assert outcome.points is not None
                return self.full - outcome.points.of(self.full)
            case Award.GAINED:
                assert outcome.points is not None
                return self.full + outcome.points.of(self.full)
        assert outcome.points is not None
        return outcome.points.of(self.full)


def scale_of(clauses: list[Clause], row: Row, open: Open) -> Scale:
    """The scale that a sentence says, or implies by what it awards while nothing is deducted."""
    said = [clause for clause in clauses if clause.means == "scale"]
    numbers = [clause.points.value for clause in said if clause.points]
    factors = [
        c.number for c in clauses if c.means in ("ratio", "formula") and c.number not in (None, HUNDRED, Decimal(1))
    ]
    started = next((c.points.value for c in clauses if c.means == "start" and c.points), None)
    if len(numbers) > 1:
        raise RuleError("满分写了两次", position=said[1].start)
    if factors and numbers and factors[0] != numbers[0]:
        raise RuleError("满分是{best}分，还是{full}分？", position=said[0].start, best=numbers[0], full=factors[0])
    if numbers or factors:
        full = numbers[0] if numbers else factors[0]
        assert full is not None
        head = _head(clauses)
        start = started if started is not None else head[0] if head and head[0] > full else None
        start = None if start == full else start
        return Scale(full, True, start)
    if (most := _most_earned(clauses)) is not None and most < HUNDRED:  # 每签1单得2分，最高30分
        question = Question("满分是{best}分，还是{full}分？", clauses[0].start, {"best": most, "full": HUNDRED})
        return Scale(open.pick((most, HUNDRED), question), True, started)
    if started is not None:
        return Scale(HUNDRED, True, None if started == HUNDRED else started)
    head = _head(clauses)
    if head is None or head[0] == HUNDRED:
        return Scale(HUNDRED, head is not None)
    points, clause = head
    if points > HUNDRED:
        return Scale(HUNDRED, True, points)
    capped = [c.points.value for c in clauses if c.means == "cap" and c.points]
    if any(cap >= HUNDRED for cap in capped):  # 达到目标得80分，…最高100分
        return Scale(HUNDRED, True, points)
    most = sum((c.points.value for c in clauses if c.means == "limit" and c.bonus and c.points), Decimal(0))
    if points >= 60 or (most and points + most >= HUNDRED):
        question = Question("{points}分是满分，还是从{points}分起加减？", clause.start, {"points": points})
        if open.pick(("full", "start"), question) == "start":
            return Scale(HUNDRED, True, points)
    return Scale(points, True)


def _most_earned(clauses: list[Clause]) -> Decimal | None:
    """The most that can be scored where points are earned from 0 on, without a word of a 基础分."""
    if not any(c.means == "start" and c.once for c in clauses):
        return None
    return next((c.points.value for c in clauses if c.means in ("cap", "limit") and c.points), None)


def _head(clauses: list[Clause]) -> tuple[Decimal, Clause] | None:
    """What is awarded while nothing is deducted, beside deductions: 零差错得8分，差错一次扣2分."""
    losing = any(c.means == "cond" and c.outcome and c.outcome.award is Award.LOST for c in clauses)
    if not losing and not any(c.means in _DEDUCTING and not c.bonus for c in clauses):
        return None
    if any(c.outcome and c.outcome.award is Award.RATIO for c in clauses):  # a share of the scale, which is not said
        return None
    awards = [
        clause
        for clause in clauses
        if clause.outcome
        and clause.outcome.award is Award.POINTS
        and clause.outcome.points
        and clause.means in ("cond", "meet", "named", "none")
    ]
    positive = [
        clause for clause in awards if clause.outcome and clause.outcome.points and clause.outcome.points.value > 0
    ]
    if len(positive) != 1 or any(c.means in ("linear", "otherwise") for c in clauses):
        return None
    clause = positive[0]
    if clause.bound is not None and clause.bound.low is None and clause.bound.high is None:
        return None
    assert clause.outcome is not None
    assert clause.outcome.points is not None
    if clause.outcome.points.share:
        return None
    first = min((c.start for c in clauses if c.means in _DEDUCTING), default=0)
    if clause.bound is not None and clause.bound.subject is not None and clause.start > first:
        return None  # 每低1%扣1分；实际>72得10分: a condition that decides alone
    if not _good(clause, clauses):
        return None
    return clause.outcome.points.value, clause


def _good(clause: Clause, clauses: list[Clause]) -> bool:
    """Whether it is awarded on the side where nothing is deducted, so that it can be what deductions start from."""
    sides = {c.side for c in clauses if c.means in ("step", "step_once", "loose") and not c.bonus}
    counted = any(c.means in ("count", "count_once", "from_nth", "first_of") for c in clauses)
    if not sides and not counted:
        return True
    if clause.means in ("named", "none"):
        return True
    if clause.means == "meet":
        return clause.at in ("ge", "le", "eq", "met")
    bound = clause.bound
    assert bound is not None
    if bound.bare or bound.equal:
        return not counted or bound.edge.value == 0
    if sides == {Side.SHORT}:
        return bound.high is None
    if sides == {Side.OVER}:
        return bound.low is None
    return sides <= {None} and not counted
