"""Rule → the canonical sentence; `parse(phrase(rule)) == rule`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xlkpi.rules.language import HANS
from xlkpi.rules.rule import (
    Adjustment,
    Amount,
    Bands,
    Basis,
    Condition,
    Count,
    Inverse,
    Levels,
    Linear,
    Meet,
    PartStep,
    Ratio,
    Rule,
    Side,
    Step,
    Subject,
)
from xlkpi.rules.text import is_bare_label

_SUBJECT = {Subject.ACHIEVEMENT: "完成率", Subject.VALUE: "实际"}
_SIDE = {Side.SHORT: "每低", Side.OVER: "每超", Side.EITHER: "每偏离"}
_SIDE_OF_TARGET = {Side.SHORT: "每低于目标值", Side.OVER: "每超出目标值", Side.EITHER: "每偏离目标值"}
_BY_ACHIEVEMENT = "按完成率得分"


def phrase(rule: Rule, language: str = HANS) -> str:
    """The rule as a sentence of a language, in the canonical wording."""
    if language != HANS:
        raise NotImplementedError(language)
    clauses = [f"满分{plain(rule.scale)}分"] if rule.scale != 100 else []
    for measure in range(rule.measures):
        of_measure = list(_clauses(rule, measure))
        origin = rule.origin(measure)
        if origin is not None:
            of_measure[0] = f"以{written(origin)}为基准，{of_measure[0]}"
        label = rule.labels[measure]
        # A label stands before every clause: one without it would be of the unnamed measure. Levels are only
        # ever of the unnamed one.
        clauses += [f"「{label}」{clause}" for clause in of_measure] if label else of_measure
    if rule.cap is not None:
        clauses.append(f"封顶{plain(rule.cap)}分")
    if rule.floor != 0:
        clauses.append(f"最低{plain(rule.floor)}分")
    return "；".join(clauses)


def plain(number: Decimal | int | float) -> str:
    """A number without exponent and without zeros behind the point."""
    text = format(Decimal(repr(number) if isinstance(number, float) else number), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(amount: Amount) -> str:
    """An amount as the sentence writes it: 85%, 6."""
    return plain(amount.value * 100) + "%" if amount.percent else plain(amount.value)


def phrase_condition(condition: Condition) -> str:
    """80%≤完成率<120%, 实际=2, 实际<85%."""
    subject, low, high = _SUBJECT[condition.subject], condition.low, condition.high
    if condition.is_point and low is not None:
        return f"{subject}={written(low)}"
    if low is not None and high is not None:
        left, right = "≤" if condition.low_closed else "<", "≤" if condition.high_closed else "<"
        return f"{written(low)}{left}{subject}{right}{written(high)}"
    if low is not None:
        return f"{subject}{'≥' if condition.low_closed else '>'}{written(low)}"
    assert high is not None
    return f"{subject}{'≤' if condition.high_closed else '<'}{written(high)}"


def _clauses(rule: Rule, measure: int) -> Iterator[str]:
    if getattr(rule.base, "measure", None) == measure:
        yield from _base(rule)
    for adjustment in rule.adjustments:
        if adjustment.measure == measure:
            yield _adjustment(adjustment)
    for cliff in rule.cliffs:
        if cliff.condition.measure == measure:
            yield f"{phrase_condition(cliff.condition)}得{plain(cliff.points)}分"
    for veto in rule.vetoes:
        if veto.measure == measure:
            yield f"{phrase_condition(veto)}一票否决"


def _base(rule: Rule) -> Iterator[str]:
    match rule.base:
        case Ratio():
            yield _BY_ACHIEVEMENT
        case Inverse():
            yield "按目标值÷实际值得分"
        case Meet(points, otherwise, at_least):
            yield f"{'达到' if at_least else '不超过'}目标得{plain(points)}分，否则得{plain(otherwise)}分"
        case Linear(subject, points, measure):
            ends = [f"{written(amount)}得{plain(value)}分" for amount, value in points]
            # Beside steps a bare 80% would be the actual.
            stepped = any(adjustment.measure == measure for adjustment in rule.adjustments)
            bare = subject is Subject.ACHIEVEMENT and not stepped
            yield f"线性：{'' if bare else _SUBJECT[subject]}" + "，".join(ends)
        case Levels(levels):
            for name, value in levels:
                yield f"{name if is_bare_label(name) else f'「{name}」'}得{plain(value)}分"
        case Bands(bands):
            counting = rule.base.counting
            for band in bands if counting else reversed(bands):
                outcome = _BY_ACHIEVEMENT if band.points is None else f"得{plain(band.points)}分"
                yield phrase_condition(band.condition) + outcome


def _adjustment(adjustment: Adjustment) -> str:
    sign = "加" if adjustment.bonus else "扣"
    limit = f"，最多{sign}{plain(adjustment.limit)}分" if adjustment.limit is not None else ""
    return (_step(adjustment, sign) if isinstance(adjustment, Step) else _count(adjustment, sign)) + limit


def _step(step: Step, sign: str) -> str:
    every = (_SIDE_OF_TARGET if step.basis is Basis.RELATIVE else _SIDE)[step.side]
    of_target = "目标值" if step.basis is Basis.RELATIVE else ""
    free = f"偏差{of_target}{_distance(step, step.free)}以内不扣，之后" if step.free else ""
    part = {PartStep.NOTHING: "", PartStep.WHOLE: "，不足一档按一档", PartStep.PRO_RATA: "，按比例"}[step.part]
    return f"{free}{every}{_distance(step, step.step)}{sign}{plain(step.points)}分{part}"


def _distance(step: Step, size: Decimal) -> str:
    """A distance in the basis of a step: 5个百分点, 10%, 0.5."""
    match step.basis:
        case Basis.POINTS:
            return f"{plain(size * 100)}个百分点"
        case Basis.RELATIVE:
            return f"{plain(size * 100)}%"
        case Basis.ABSOLUTE:
            return plain(size)


def _count(count: Count, sign: str) -> str:
    each = f"每次{sign}{plain(count.points)}分"
    allowed = f"允许{count.allowance}次，之后" if count.allowance else ""
    together = f"，累计{count.together[0]}次共{sign}{plain(count.together[1])}分" if count.together else ""
    return allowed + each + together
