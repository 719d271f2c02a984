"""Conditions that are no bands: beside a base or steps each decides alone, or says where the steps begin."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import (
    Amount,
    Basis,
    Cliff,
    RuleError,
    Side,
    Step,
    Subject,
    written,
)
from xlkpi.rules.printer.phrase import phrase_condition
from xlkpi.rules.resolver.clauses import Award
from xlkpi.rules.resolver.conditions.bands import UntiledError
from xlkpi.rules.resolver.conditions.measure import Case, Measure
from xlkpi.rules.resolver.deciding import Question


def take_cliffs(of: Measure, group: list[Case], untiled: UntiledError) -> None:
    """Each condition decides alone, or says where the steps begin."""
    for case in group:
        if case.outcome.award is Award.RATIO:
            raise untiled
        check_direction(of, case)
        own = None if of.based or of.has_origin() else own_base_of(of, case)
        if own is not None:
            if not is_tolerated(of, case):
                of.found.origin = own
        elif at_target(of, case):
            continue
        elif not case.condition.one_sided:
            raise untiled
        else:
            of.found.cliffs.append(Cliff(case.condition, of.scale.awarded(case.outcome)))


def is_tolerated(of: Measure, case: Case) -> bool:
    """5%以内不扣分，每超1%扣1分: an actual of 5 %, or 5 % beyond the target?"""
    clause, condition = case.clause, case.condition
    steps = [a for a in of.steps if not a.bonus]
    if (
        clause.label
        or case.outcome.award is not Award.SPARED
        or not ("内" in clause.said or "低于" in clause.said)
        or len(steps) != 1
    ):
        return False
    built, high = steps[0].built, condition.high
    if (
        not isinstance(built, Step)
        or high is None
        or built.side is not Side.OVER
        or high.percent is not (built.basis is not Basis.ABSOLUTE)
    ):
        return False
    question = Question(
        "{shown}以内指实际不超过{shown}，还是与目标的偏差不超过{shown}？", clause.start, {"shown": written(high)}
    )
    if of.open.pick(("actual", "beyond"), question) == "actual":
        return False
    steps[0].built = replace(built, free=high.value)
    return True


def at_target(of: Measure, case: Case) -> bool:
    """达到100%得满分，每低5%扣2分 in a row of things: the steps begin at the target anyway."""
    condition = case.condition
    if condition.subject is not Subject.ACHIEVEMENT or not of.whole(case.outcome):
        return False
    low = condition.low
    if low is None or low.value != 1:
        return False
    if case.clause.bound and case.clause.bound.subject is not None:
        # 完成100%得100分，每超1%加1分，每差1%扣2分: decided alone, nothing could be added
        return any(a.bonus for a in of.steps) and any(not a.bonus for a in of.steps)
    return bool(of.steps)


def own_base_of(of: Measure, case: Case) -> Amount | None:
    """≥95%得满分，每低1%扣1分: where full marks begin, the steps begin too.

    实际≥95%得100分 is a cliff like any other.
    """
    condition, clause = case.condition, case.clause
    named = clause.bound is not None and clause.bound.subject is not None and not of.row_named(clause)
    if named or not of.whole(case.outcome) or condition.subject is not Subject.VALUE:
        return None
    sides = {a.built.side for a in of.steps if isinstance(a.built, Step) and not a.bonus}
    if not sides:
        sides = set()
    if condition.low is not None and condition.is_point:
        return condition.low
    if condition.low is not None and sides == {Side.SHORT}:
        return condition.low
    if condition.high is not None and sides == {Side.OVER}:
        return condition.high
    return None


def check_direction(of: Measure, case: Case) -> None:
    """每低1%扣1分，超过5%不得分: 5 % of the number itself, or of what is missing?"""
    condition, clause = case.condition, case.clause
    points = of.scale.awarded(case.outcome)
    if condition.subject in (Subject.OVER, Subject.SHORT):
        return
    later = [a.built for a in of.steps if isinstance(a.built, Step) and a.clause.start > clause.start]
    up = condition.high is None and condition.low is not None
    down = condition.low is None and condition.high is not None and of.whole(case.outcome)
    if (
        (up or down)
        and any(s.bonus and s.side is (Side.OVER if up else Side.SHORT) for s in later)
        and not at_target(of, case)
        and own_base_of(of, case) is None
    ):
        raise RuleError(
            "{shown}时已经定为{points}分，后面的加分用不上：其余情况得几分？",
            position=clause.start, shown=partial(phrase_condition, condition), points=plain(points),
        )  # fmt: skip
    shortfalls = [step.step for step in later if step.side is Side.SHORT and not step.bonus]
    full = of.whole(case.outcome) and condition.subject is Subject.ACHIEVEMENT
    low = condition.low
    if full and shortfalls and low is not None and condition.high is None and low.value < 1:
        raise RuleError("从{shown}起扣分，还是从目标起扣分？", position=clause.start, shown=written(low))
    sides = {a.built.side for a in of.steps if isinstance(a.built, Step) and not a.bonus}
    free = case.outcome.award is Award.SPARED
    if free and (
        (sides == {Side.SHORT} and condition.low is None) or (sides == {Side.OVER} and condition.high is None)
    ):
        raise RuleError(
            "{shown}指实际值，还是与目标的差？扣分的方向与它相反",
            position=clause.start, shown=partial(phrase_condition, condition),
        )  # fmt: skip
    if clause.bound is None or clause.bound.subject or points >= of.scale.full or of.whole(case.outcome):
        return
    if (sides == {Side.SHORT} and condition.high is None) or (sides == {Side.OVER} and condition.low is None):
        raise RuleError(
            "{shown}指实际值，还是与目标的差？扣分的方向与它相反",
            position=clause.start, shown=partial(phrase_condition, condition),
        )  # fmt: skip


def beside_steps(of: Measure, case: Case) -> RuleError:
    """每低1%扣1分，低于85%扣20分: in all, or on top?"""
    assert case.outcome.points is not None
    lost = plain(case.outcome.points.of(of.scale.full))
    return RuleError(
        "{shown}时一共扣{lost}分，还是在每档扣分之外再扣{lost}分？",
        position=case.clause.start, shown=partial(phrase_condition, case.condition), lost=lost,
    )  # fmt: skip
