"""达到目标 and its like: all or nothing, three outcomes, or where steps and bands begin."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from xlkpi.rules.model import (
    Amount,
    Band,
    Condition,
    Count,
    Meet,
    Ratio,
    RuleError,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.resolver.clauses import Award, Bound, Clause, Quantity
from xlkpi.rules.resolver.conditions.bands import tile
from xlkpi.rules.resolver.conditions.measure import Measure
from xlkpi.rules.resolver.quantities import amount


def take_half_opens(of: Measure) -> None:
    """月盘<98%，少0.5%扣5分: the steps begin at the open end; so do those behind 及时率98%."""
    for clause in of.clauses:
        if clause.means != "half_open" or clause.bound is None:
            continue
        if not of.deducting:
            raise RuleError("“{said}”读不懂：没有写怎样得分或扣分", position=clause.start, said=clause.said)
        of.found.origin = amount(clause.bound.edge, of.row)


def take_meets(of: Measure) -> None:
    """达标得满分，不达标不得分, and what stands for it."""
    meets = [c for c in of.clauses if c.means == "meet" and c.outcome]
    if of.own:  # 低于目标值不扣分
        meets = [c for c in meets if not (c.at in ("lt", "gt") and c.outcome and c.outcome.award is Award.SPARED)]
    if sum(c.means in ("named", "none") for c in of.all) > 1 and not of.adjustments.kept:
        of.clauses = [c for c in of.clauses if c.means != "meet"]
        return  # 大部分完成得80分，未完成得0分: levels
    otherwise = next((c for c in of.all if c.means == "otherwise" and c.outcome and follows(c, of.all, "meet")), None)
    if otherwise is not None and meets:
        of.otherwise.append(otherwise)
    if any(c.means == "either_or" for c in of.clauses):
        of.found.bases.append(Meet(of.scale.full, Decimal(0), True, of.measure))
    if not meets:
        return
    if any(c.means == "beyond" for c in of.clauses):
        meets = [c for c in meets if not (c.at == "le" and c.outcome and of.whole(c.outcome))]
    if not meets or (otherwise is None and (is_idle(of, meets) or joins_bands(of, meets))):
        return
    if three_outcomes(of, meets):
        return
    first = meets[0]
    assert first.outcome is not None
    at_least = first.at in ("ge", "lt", "met")
    hit = next((c for c in meets if c.at in ("ge", "le", "met", "eq")), None)
    miss = next((c for c in meets if c.at in ("lt", "gt")), None) or otherwise
    if len(meets) == 2 and {c.at for c in meets} == {"gt", "lt"}:
        if {c.outcome.award for c in meets if c.outcome} == {Award.GAINED, Award.LOST}:
            three_bands(of, {c.at: of.points(c) for c in meets} | {"eq": of.scale.full}, first)
            return
        raise RuleError("刚好等于目标时得几分？", position=meets[-1].start)
    if len(meets) == 1 and lost_once(of, first):
        raise RuleError("“{clause}”：每次都算，还是仅算一次？", position=first.start, clause=first.said)
    if len(meets) > 2 or (len(meets) == 2 and not (hit and miss)):
        raise RuleError("有两种得分办法，只能留一种", position=meets[-1].start)
    if any(c.outcome and c.outcome.award is Award.VETO for c in meets):
        raise RuleError("什么情况下一票否决？请写出条件", position=first.start)
    if miss and miss.outcome and miss.outcome.award is Award.RATIO and hit and hit.outcome and hit.outcome.whole:
        of.found.bases.append(Ratio(of.measure))
        of.adjustments.numbers("cap").append((of.scale.full, hit))
        return
    if miss is None and of.deducting:
        raise RuleError("有两种得分办法，只能留一种", position=first.start)
    if miss is None:
        raise RuleError("没有达到目标时得几分？", position=first.start)
    points = of.points(hit) if hit else of.scale.full
    if hit is not None and hit.outcome and hit.outcome.award in (Award.RATIO,):
        raise RuleError("按完成率得分的是哪些数值？请写出条件", position=first.start)
    of.found.bases.append(Meet(points, of.points(miss), at_least, of.measure))
    of.based = True


def lost_once(of: Measure, meet: Clause) -> bool:
    """每项未按时完成扣5分，质量不达标扣3分: once, or for each, beside what is counted?"""
    lost = meet.outcome is not None and meet.outcome.award is Award.LOST
    return lost and meet.at == "lt" and any(isinstance(a.built, Count) for a in of.adjustments.kept)


def is_idle(of: Measure, meets: list[Clause]) -> bool:
    """达标得满分，每低1%扣1分: steps begin at the target with full marks anyway."""
    if len(meets) != 1 or not of.deducting:
        return False
    meet = meets[0]
    assert meet.outcome is not None
    good = {"ge": Side.OVER, "le": Side.SHORT, "eq": None, "met": None}.get(meet.at, Side.EITHER)
    whole = meet.outcome.whole or (
        meet.outcome.award is Award.POINTS and of.points(meet) in (of.scale.full, of.scale.start)
    )
    steps = [a.built for a in of.steps if isinstance(a.built, Step)]
    counts = [a for a in of.deducting if isinstance(a.built, Count)]
    if not whole or good is Side.EITHER:
        return False
    if counts and not steps:
        return True
    if all(a.clause.named for a in of.steps):  # 按计划完成得满分，每推迟一周扣10分
        return True
    return all(good is None or step.side is Side.EITHER or (step.side is good) is step.bonus for step in steps)


def joins_bands(of: Measure, meets: list[Clause]) -> bool:
    """完成任务得100分，完成任务的90%得85分: the target is the 100% of the bands."""
    conds = [c for c in of.clauses if c.means == "cond" and c.bound and c.bound.subject is Subject.ACHIEVEMENT]
    if not conds or len(meets) != 1 or meets[0].at != "ge":
        return False
    whole = Quantity(Decimal(100), "%", "pct", start=meets[0].start)
    edge = replace(meets[0], means="cond", bound=Bound(Subject.ACHIEVEMENT, whole))
    place = of.clauses.index(meets[0])
    of.clauses[place] = edge
    for index, clause in enumerate(of.clauses):
        if clause.means == "cond" and clause.bound and clause.bound.bare:
            of.clauses[index] = replace(clause, bound=replace(clause.bound, bare=False, high=None))
    return True


def three_outcomes(of: Measure, meets: list[Clause]) -> bool:
    """等于目标值得满分，高于目标值加5%，低于目标值减15%."""
    by_sign = {c.at: c for c in meets}
    if set(by_sign) != {"eq", "gt", "lt"} or len(meets) != 3:
        return False
    three_bands(of, {at: of.points(clause) for at, clause in by_sign.items()}, meets[0])
    return True


def three_bands(of: Measure, points: dict[str, Decimal], first: Clause) -> None:
    """Points below the target, at it and beyond it."""
    one = Amount(Decimal(1), True)
    where = {"lt": (None, False, one, False), "eq": (one, True, one, True), "gt": (one, False, None, False)}
    bands = [
        Band(Condition(Subject.ACHIEVEMENT, *where[sign], of.measure), points[sign]) for sign in ("lt", "eq", "gt")
    ]
    of.found.bases.append(tile(bands, None, first.start))


def follows(clause: Clause, clauses: list[Clause], means: str) -> bool:
    """Whether 否则 stands behind a clause of such a meaning, with nothing but limits between."""
    place = next(i for i, c in enumerate(clauses) if c is clause)
    for before in reversed(clauses[:place]):
        if before.means in ("comment", "cap", "floor", "scale"):
            continue
        return before.means == means and not (before.outcome and before.outcome.award is Award.VETO)
    return False
