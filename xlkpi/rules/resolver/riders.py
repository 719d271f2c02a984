"""What is said about a step or count that stands before: limits, floors, part steps, the n-th occurrence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.numbers import plain
from xlkpi.rules.model import Count, PartStep, RuleError, Step
from xlkpi.rules.resolver.adjustments import Adjusted, Adjustments
from xlkpi.rules.resolver.clauses import Clause
from xlkpi.rules.resolver.deciding import Open, Question
from xlkpi.rules.resolver.later import beyond
from xlkpi.rules.resolver.scales import Scale
from xlkpi.rules.row import Row


def adjustments_of(clauses: list[Clause], scale: Scale, row: Row, open: Open) -> Adjustments:
    """The steps and counts of a sentence with all that is said about them. Raises `RuleError`."""
    of = Adjustments(clauses, scale, row, open)
    early: list[Clause] = []
    for place, clause in enumerate(clauses):
        if place in of.listed:
            continue
        rider = _RIDERS.get(clause.means)
        if rider is None:
            of.take(clause, place)
        elif clause.means == "limit" and clause.named and not of.kept:
            early.append(clause)
        else:
            rider(of, clause)
    for clause in early:  # 扣分不超过20分，每少1个扣2分
        if len(_of_sign(of, clause)) != 1:
            raise RuleError("“{said}”前面没有它所说的扣分或加分", position=clause.start, said=clause.said)
        take_limit(of, clause)
    for adjusted in of.kept:
        if adjusted.clause.means == "before_nth":
            raise RuleError("次数再多时得几分没有写明", position=adjusted.clause.start)
    of.finish()
    return of


def _of_sign(of: Adjustments, clause: Clause) -> list[Adjusted]:
    """The deductions, or the bonuses, that a limit may be said about."""
    return [adjusted for adjusted in of.kept if adjusted.bonus is clause.bonus]


def take_nth(of: Adjustments, clause: Clause) -> None:
    """第4次起每次扣6分; 首次扣5分，第二次及以后每次扣10分."""
    label = clause.label or ""
    assert clause.points is not None
    assert clause.number is not None
    points, number = clause.points.of(of.scale.full), int(clause.number)
    allowed = of.waited("allowance", label)
    before = of.kept[-1] if of.kept else None
    if clause.means == "before_nth":
        of.kept.append(Adjusted(clause, label, Count(points, bonus=clause.bonus)))
    elif before is not None and before.clause.means == "before_nth" and before.clause.number == number - 1:
        before.clause = clause  # 前3次每次扣2分，第4次起每次扣5分: what a later one costs more
        more = points - before.built.points
        if more < 0 or before.bonus is not clause.bonus:
            raise RuleError("有两种得分办法，只能留一种", position=clause.start)
        of.kept.append(Adjusted(clause, label, Count(more, number - 1, bonus=clause.bonus)))
    elif clause.means == "first_of":
        if number != 1:
            raise RuleError(
                "第{times}次扣{lost}分，是一共扣{lost}分，还是在前面之外再扣{lost}分？",
                position=clause.start,
                times=number,
                lost=f"{points:f}",
            )
        of.kept.append(Adjusted(clause, label, Count(points, bonus=clause.bonus)))
    elif before is not None and before.clause.means == "first_of" and number == 2 and isinstance(before.built, Count):
        before.built = Count(points, together=(1, before.built.points), bonus=clause.bonus)
        before.clause = clause
    elif before is not None and before.clause.means == "first_of" and before.label == label:
        raise RuleError("第2次到第{times}次各扣几分没有写明", position=clause.start, times=number - 1)
    elif allowed is not None and allowed.number != number - 1:
        raise RuleError("允许的次数写了两次", position=clause.start)
    else:
        if not clause.bonus:
            points = beyond([a.built for a in of.of(label)], points, number - 1, clause, of.open)
        of.kept.append(Adjusted(clause, label, Count(points, number - 1, bonus=clause.bonus)))


def take_double(of: Adjustments, clause: Clause) -> None:
    """严重的加倍扣分."""
    last = of.last(clause, False)
    if not isinstance(last.built, Count):
        raise RuleError("“{said}”前面没有它所说的扣分或加分", position=clause.start, said=clause.said)
    points = last.built.points
    if not last.label:  # 每次扣5分，造成损失的加倍: do those that do so count among all?
        question = Question("“{label}”的，是否也算在前面的每次扣分里？", clause.start, {"label": clause.label})
        points = of.open.pick((points, points * 2), question)
    else:
        points *= 2
    of.kept.append(Adjusted(clause, clause.label or "", Count(points)))


def take_limit(of: Adjustments, clause: Clause) -> None:
    """Limits, caps and floors."""
    match clause.means:
        case "at_zero":
            return
        case "limit":
            assert clause.points is not None
            points = clause.points.of(of.scale.full)
            if not clause.named and (not of.kept or points >= of.scale.full):
                take_cap(of, clause)
                return
            bonus = clause.bonus if clause.named else of.kept[-1].bonus
            set_limit(of, clause, bonus, points)
        case "floor":
            take_floor(of, clause)
        case "cap":
            take_cap(of, clause)
        case "down_to":
            take_down_to(of, clause)


def set_limit(of: Adjustments, clause: Clause, bonus: bool, points: Decimal) -> None:
    """Limit the deduction or bonus that it is said about."""
    candidates = [a for a in of.kept if a.bonus is bonus]
    free = [a for a in candidates if a.built.limit is None]
    behind = clause.at == "least" or (clause.named and bool(free))
    last = (free or candidates)[-1] if candidates and behind else of.last(clause, bonus)
    if last.built.limit is not None:
        raise RuleError("同一项最多几分写了两次", position=clause.start)
    if not bonus and _limits_all(of, clause, last):
        of.limits["floor"].append((of.scale.full - points, clause))
        return
    last.built = replace(last.built, limit=points)


def _limits_all(of: Adjustments, clause: Clause, last: Adjusted) -> bool:
    """迟到每次扣1分，旷工每次扣5分，最多扣20分: in all, or the last alone? What stands behind a ； is its own."""
    before = [a for a in of.deducting if a is not last and a.clause.segment == clause.segment and a.built.limit is None]
    if not before:
        return False
    question = Question(
        "最多扣{points}分，是几项一共，还是仅指“{said}”？",
        clause.start,
        {"points": plain(clause.points.value if clause.points else Decimal(0)), "said": last.clause.said},
    )
    if any(a.bonus for a in of.kept):
        raise question.refusal()
    one = last.clause.means == "from_nth" and before[-1].clause is last.clause
    return one or of.open.pick((True, False), question)


def take_floor(of: Adjustments, clause: Clause) -> None:
    """最低20分, and the limit that 最低不低于-9分 is."""
    assert clause.points is not None
    value = clause.points.value
    if value < 0 and of.deducting and ("不低于" in clause.said or "not below" in clause.said):
        set_limit(of, replace(clause, at="least"), False, -value)
        return
    of.limits["floor"].append((value, clause))


def take_cap(of: Adjustments, clause: Clause) -> None:
    """最高120分: of the score, or of a bonus or deduction before."""
    value = of.scale.full if clause.points is None else clause.points.value
    if not of.kept:
        of.limits["cap"].append((value, clause))
        return
    unlimited = [a for a in of.kept if a.bonus and a.built.limit is None]
    start = of.scale.full if of.scale.start is None else of.scale.start
    if (
        clause.at != "sure"
        and len(unlimited) == 1
        and value > start
        and not any(a.clause.means == "count" for a in of.deducting)
    ):
        unlimited[0].built = replace(unlimited[0].built, limit=value - start)
        return
    from_zero = "最高" in clause.said and not of.deducting and bool(unlimited) and unlimited[-1].clause.means == "count"
    if clause.at != "sure" and unlimited and not from_zero and value < of.scale.full / 2:
        unlimited[-1].built = replace(unlimited[-1].built, limit=value)
        return
    last = of.kept[-1]
    if from_zero:
        raise RuleError(
            "从0分起加，最高{points}分，还是在满分之上最多加{points}分？",
            position=clause.start,
            points=f"{value:f}",
        )
    if clause.at != "sure" and not last.bonus and value < of.scale.full and last.built.limit is None:
        question = Question("最多扣{cap}分，还是得分封顶{cap}分？", clause.start, {"cap": f"{value:f}"})
        if of.open.pick(("limit", "cap"), question) == "limit":
            last.built = replace(last.built, limit=value)
            return
    of.limits["cap"].append((value, clause))


def take_down_to(of: Adjustments, clause: Clause) -> None:
    """最高扣至0分 says nothing; 最低扣至20分 is a floor; 最高扣至20分 asks."""
    assert clause.points is not None
    value = clause.points.value
    if value == 0:
        return
    if clause.at == "least":
        of.limits["floor"].append((value, clause))
        return
    question = Question("最多扣{points}分，还是扣到剩{points}分为止？", clause.start, {"points": f"{value:f}"})
    if of.open.pick(("limit", "floor"), question) == "limit":
        set_limit(of, clause, False, value)
    else:
        of.limits["floor"].append((value, clause))


def take_part(of: Adjustments, clause: Clause) -> None:
    """What a part of a step costs."""
    last = of.last(clause)
    if not isinstance(last.built, Step):
        raise RuleError("“{said}”前面没有它所说的扣分或加分", position=clause.start, said=clause.said)
    part = {"part_whole": PartStep.WHOLE, "pro_rata": PartStep.PRO_RATA, "part_none": PartStep.NOTHING}[clause.means]
    if last.told_part and last.built.part is not part:
        raise RuleError("不足一档怎样算写了两次", position=clause.start)
    if clause.size is not None and clause.means == "part_whole" and clause.size.amount.value != last.built.step:
        raise RuleError("这里说的一档与前面的每档不一样大", position=clause.start)
    if clause.size is not None and clause.means == "part_none" and clause.size.amount.value not in (last.built.step,):
        raise RuleError("不扣分的范围与每档须用同一单位", position=clause.start)
    last.built, last.told_part = replace(last.built, part=part), True


def take_together(of: Adjustments, clause: Clause) -> None:
    """每次扣1分，累计3次共扣5分."""
    last = of.last(clause)
    if not isinstance(last.built, Count) or last.bonus is not clause.bonus:
        raise RuleError("“累计”与前面的每次扣分须同为扣分或加分", position=clause.start)
    if last.built.together is not None:
        raise RuleError("累计几次共几分写了两次", position=clause.start)
    assert clause.points is not None
    assert clause.number is not None
    number, total = int(clause.number), clause.points.of(of.scale.full)
    if not clause.total:
        message = (
            "{times}次一共加{total}分，还是在每次加分之外再加{total}分？"
            if clause.bonus
            else "{times}次一共扣{total}分，还是在每次扣分之外再扣{total}分？"
        )
        question = Question(message, clause.start, {"times": number, "total": f"{total:f}"})
        total = of.open.pick((total, total + last.built.points * number), question)
    last.built = replace(last.built, together=(number, total))


_RIDERS: dict[str, Callable[[Adjustments, Clause], None]] = {
    **dict.fromkeys(("limit", "cap", "floor", "down_to", "at_zero"), take_limit),
    **dict.fromkeys(("part_whole", "pro_rata", "part_none"), take_part),
    **dict.fromkeys(("from_nth", "first_of", "before_nth"), take_nth),
    "together": take_together,
    "double": take_double,
}
