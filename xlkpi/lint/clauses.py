"""Clauses that do nothing: each is taken out or changed, and where no trial scores otherwise, nobody needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from xlkpi.lint.findings import ADVICE, WARNING, Case, Finding
from xlkpi.rules.phrase import phrase, phrase_condition, plain
from xlkpi.rules.rule import (
    Adjustment,
    Amount,
    Bands,
    Condition,
    Count,
    Levels,
    Linear,
    Meet,
    Rule,
    Subject,
)
from xlkpi.scoring import holds as condition_holds
from xlkpi.scoring import is_number

_T = TypeVar("_T")
_FAR = Decimal(10**6)
_NOWHERE = Amount(Decimal(10**14))


def check_adjustments(case: Case) -> Iterator[Finding]:
    """Deductions that never deduct, bonuses that never add, limits that never bind."""
    for number, adjustment in enumerate(case.rule.adjustments):
        said = _said(case.rule, adjustment)
        if not case.differs(_with(case.rule, number, _silent(adjustment))):
            yield _without_effect(case, number, adjustment, said)
        elif _never_binds(case, number, adjustment):
            least = case.rule.scale - case.rule.floor
            beyond = not adjustment.bonus and adjustment.limit is not None and adjustment.limit >= least
            why = f"扣{plain(least)}分就到最低分了" if beyond else "按数据项的常见范围到不了这么多"
            yield case.about_rule("needless", ADVICE, f"“{said}”的“最多”没有作用：{why}", "请改小，或删去“最多”")


def _without_effect(case: Case, number: int, adjustment: Adjustment, said: str) -> Finding:
    verb = "加分" if adjustment.bonus else "扣分"
    if not adjustment.points:
        return case.about_rule("unreachable", WARNING, f"“{said}”是{verb}0分", "请写明每档几分，或删去这一句")
    rule = case.rule
    if adjustment.bonus and rule.cap is not None and rule.cap <= rule.scale:
        message = f"“{said}”加不上：封顶{plain(rule.cap)}分，加的分全被封掉"
        higher = plain(rule.scale + (adjustment.limit or 0))
        return case.about_rule("swallowed", WARNING, message, f"要让加分算数，请写封顶{higher}分；不加分就删去这一句")
    message = f"“{said}”从不发生：按数据项的常见范围到不了那里，或总被别的条件先决定"
    return case.about_rule("unreachable", WARNING, message, "请核对这一句，和数据项的 low、high")


def _never_binds(case: Case, number: int, adjustment: Adjustment) -> bool:
    """A bonus must have a limit, even where the cap does the same."""
    if adjustment.limit is None or (adjustment.bonus and case.rule.cap is not None):
        return False
    return not case.differs(_with(case.rule, number, replace(adjustment, limit=adjustment.limit + _FAR)))


def check_conditions(case: Case) -> Iterator[Finding]:
    """Bands, cliffs and vetoes that no plausible number reaches, or that others always decide before."""
    rule = case.rule
    if isinstance(rule.base, Bands):
        for number, band in enumerate(rule.base.bands):
            awarded = "按完成率得分" if band.points is None else f"得{plain(band.points)}分"
            changed = [
                replace(rule, base=Bands(_replaced(rule.base.bands, number, replace(band, points=far))))
                for far in (_FAR, -_FAR)
            ]
            if not any(map(case.differs, changed)):
                yield _unreached(case, band.condition, awarded)
    for number, cliff in enumerate(rule.cliffs):
        changed = [
            replace(rule, cliffs=_replaced(rule.cliffs, number, replace(cliff, points=far))) for far in (_FAR, -_FAR)
        ]
        if not any(map(case.differs, changed)):
            yield _unreached(case, cliff.condition, f"得{plain(cliff.points)}分")
    for number, veto in enumerate(rule.vetoes):
        never = replace(veto, low=replace(_NOWHERE, percent=(veto.low or veto.high).percent), high=None)  # type: ignore[union-attr]
        if not case.differs(replace(rule, vetoes=_replaced(rule.vetoes, number, never))):
            yield _unreached(case, veto, "一票否决")


def _unreached(case: Case, condition: Condition, outcome: str) -> Finding:
    label = case.rule.labels[condition.measure]
    said = f"{f'「{label}」' if label else ''}{phrase_condition(condition)}{outcome}"
    if any(_holds(case.rule, condition, trial.actuals, trial.targets) for trial in case.trials):
        message, advice = f"“{said}”轮不到：这时总有别的条款先决定得分", "请删去一句，或改它的数值"
    else:
        message, advice = f"“{said}”到不了：按数据项的常见范围，没有数值满足它", "请核对这一句，和数据项的 low、high"
    return case.about_rule("unreachable", WARNING, message, advice)


def _holds(rule: Rule, condition: Condition, actuals: tuple[object, ...], targets: tuple[object, ...]) -> bool:
    actual, origin = actuals[condition.measure], rule.origin(condition.measure)
    target = targets[condition.measure] if origin is None else float(origin.value)
    if not is_number(actual) or (condition.subject is Subject.ACHIEVEMENT and not target):
        return False
    return condition_holds(condition, actual if condition.subject is Subject.VALUE else actual / target)  # type: ignore[operator, arg-type]


def check_ends(case: Case) -> Iterator[Finding]:
    """A cap or a floor that no score reaches; points that the cap takes away again."""
    rule = case.rule
    if rule.cap is not None:
        cap = f"封顶{plain(rule.cap)}分"
        over = [points for points in _awarded(rule) if points > rule.cap]
        if over:
            message = f"“得{plain(max(over))}分”拿不到：{cap}"
            yield case.about_rule("swallowed", WARNING, message, f"请写封顶{plain(max(over))}分，或改这一档的分数")
        elif not case.differs(replace(rule, cap=rule.cap + _FAR)):
            yield case.about_rule(
                "needless", ADVICE, f"“{cap}”没有作用：得分到不了{plain(rule.cap)}分以上", "请删去这一句"
            )
    if rule.floor and not case.differs(replace(rule, floor=rule.floor - _FAR)):
        said = f"最低{plain(rule.floor)}分"
        yield case.about_rule(
            "needless", ADVICE, f"“{said}”没有作用：得分到不了{plain(rule.floor)}分以下", "请删去这一句"
        )


def _awarded(rule: Rule) -> Iterator[Decimal]:
    """The points that the base awards as they are written."""
    match rule.base:
        case Bands(bands):
            yield from (band.points for band in bands if band.points is not None)
        case Linear(_, ends) | Levels(ends):
            yield from (points for _, points in ends)
        case Meet(points, otherwise):
            yield from (points, otherwise)


def _said(rule: Rule, adjustment: Adjustment) -> str:
    """One clause as the canonical sentence has it."""
    label = rule.labels[adjustment.measure]
    return phrase(Rule(adjustments=(replace(adjustment, measure=0),), labels=(label,)))


def _silent(adjustment: Adjustment) -> Adjustment:
    if isinstance(adjustment, Count):
        return replace(adjustment, points=Decimal(0), together=None)
    return replace(adjustment, points=Decimal(0))


def _with(rule: Rule, number: int, adjustment: Adjustment) -> Rule:
    return replace(rule, adjustments=_replaced(rule.adjustments, number, adjustment))


def _replaced(items: tuple[_T, ...], number: int, item: _T) -> tuple[_T, ...]:
    return (*items[:number], item, *items[number + 1 :])
