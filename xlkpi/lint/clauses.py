"""Clauses that do nothing: each is taken out or changed, and where no trial scores otherwise, nobody needs it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from xlkpi.i18n.numbers import is_number, plain
from xlkpi.i18n.problems import ADVICE, WARNING
from xlkpi.lint.findings import Finding, IndicatorCase
from xlkpi.lint.trials import Trial
from xlkpi.rules.model import Adjustment, Bands, Condition, Count, Levels, Linear, Meet, Subject
from xlkpi.rules.printer.phrase import phrase, phrase_condition
from xlkpi.rules.rule import Rule
from xlkpi.scoring.scores import holds as condition_holds

_T = TypeVar("_T")
_FAR = Decimal(10**6)


def check_adjustments(case: IndicatorCase) -> Iterator[Finding]:
    """Deductions that never deduct, bonuses that never add, limits that never bind."""
    for number, adjustment in enumerate(case.rule.adjustments):
        said = _said(case.rule, adjustment)
        if not case.differs(_with(case.rule, number, _silent(adjustment))):
            yield _without_effect(case, number, adjustment, said)
        elif _never_binds(case, number, adjustment):
            used_up = not adjustment.bonus and adjustment.limit > case.rule.scale - case.rule.floor  # type: ignore[operator]
            why = "分已先扣到最低分" if used_up else "按数据项的常见范围到不了这么多"
            yield case.about_rule("needless", ADVICE, f"“{said}”的“最多”没有作用：{why}", "请改小，或删去“最多”")


def _without_effect(case: IndicatorCase, number: int, adjustment: Adjustment, said: str) -> Finding:
    verb = "加分" if adjustment.bonus else "扣分"
    if not adjustment.points or adjustment.limit == 0:
        return case.about_rule("unreachable", WARNING, f"“{said}”等于不{verb}", "请写明几分，或删去这一句")
    rule = case.rule
    if adjustment.bonus and rule.cap is not None and rule.cap <= rule.scale:
        message = f"“{said}”加不上：封顶{plain(rule.cap)}分，加的分全被封掉"
        higher = plain(rule.scale + (adjustment.limit or 0))
        return case.about_rule("swallowed", WARNING, message, f"要让加分算数，请写封顶{higher}分；不加分就删去这一句")
    message = f"“{said}”从不发生：按数据项的常见范围到不了那里，或总被别的条件先决定"
    return case.about_rule("unreachable", WARNING, message, "请核对这一句，和数据项的 low、high")


def _never_binds(case: IndicatorCase, number: int, adjustment: Adjustment) -> bool:
    """Whether a limit does nothing, and is not there for another reason.

    A bonus must have one, even where the cap does the same; 最多扣100分 says that there is no less than 0.
    """
    limit, rule = adjustment.limit, case.rule
    if limit is None or (rule.cap is not None if adjustment.bonus else limit == rule.scale - rule.floor):
        return False
    return not case.differs(_with(rule, number, replace(adjustment, limit=limit + _FAR)))


def check_conditions(case: IndicatorCase) -> Iterator[Finding]:
    """Bands, cliffs and vetoes that no plausible number reaches, or that others always decide before."""
    rule = case.rule
    cliffs = [cliff.condition for cliff in rule.cliffs]
    for band in rule.base.bands if isinstance(rule.base, Bands) else ():
        awarded = "按完成率得分" if band.points is None else f"得{plain(band.points)}分"
        yield from _unreached(case, band.condition, [*rule.vetoes, *cliffs], awarded)
    for number, cliff in enumerate(rule.cliffs):
        yield from _unreached(case, cliff.condition, [*rule.vetoes, *cliffs[:number]], f"得{plain(cliff.points)}分")
    for number, veto in enumerate(rule.vetoes):
        yield from _unreached(case, veto, [*rule.vetoes[:number], *rule.vetoes[number + 1 :]], "一票否决")


def _unreached(case: IndicatorCase, condition: Condition, before: list[Condition], outcome: str) -> Iterator[Finding]:
    """A finding where the condition never holds, or never without one of those that decide before it."""
    reached = [trial for trial in case.trials if _holds(case.rule, condition, trial)]
    if any(not any(_holds(case.rule, other, trial) for other in before) for trial in reached):
        return
    label = case.rule.labels[condition.measure]
    said = f"{f'「{label}」' if label else ''}{phrase_condition(condition)}{outcome}"
    if reached:
        message, advice = f"“{said}”轮不到：这时总有别的条款先决定得分", "请删去一句，或改它的数值"
    else:
        message, advice = f"“{said}”到不了：按数据项的常见范围，没有数值满足它", "请核对这一句，和数据项的 low、high"
    yield case.about_rule("unreachable", WARNING, message, advice)


def _holds(rule: Rule, condition: Condition, trial: Trial) -> bool:
    actual, origin = trial.actuals[condition.measure], rule.origin(condition.measure)
    target = trial.targets[condition.measure] if origin is None else float(origin.value)
    if condition.subject is Subject.VALUE:
        return is_number(actual) and condition_holds(condition, float(actual))
    if not target and condition.subject is Subject.ACHIEVEMENT:
        return False
    return condition_holds(condition, condition.subject.of(float(actual), float(target or 0.0)))  # type: ignore[arg-type]


def check_ends(case: IndicatorCase) -> Iterator[Finding]:
    """A cap or a floor that no score reaches; points that the cap takes away again."""
    rule = case.rule
    if rule.cap is not None:
        cap = f"封顶{plain(rule.cap)}分"
        over = [points for points in _awarded(rule) if points > rule.cap]
        if over:
            message = f"“得{plain(max(over))}分”拿不到：{cap}"
            yield case.about_rule("swallowed", WARNING, message, f"请写封顶{plain(max(over))}分，或改这一档的分数")
        elif _idle(case, replace(rule, cap=rule.cap + _FAR), rule.cap):
            yield _needless(case, cap, f"得分到不了{plain(rule.cap)}分")
    if rule.floor and _idle(case, replace(rule, floor=rule.floor - _FAR), rule.floor):
        yield _needless(case, f"最低{plain(rule.floor)}分", f"得分总在{plain(rule.floor)}分以上")


def _idle(case: IndicatorCase, without: Rule, end: Decimal) -> bool:
    """Whether a cap or floor changes nothing, and does not say either how far the score reaches."""
    return not case.differs(without) and float(end * 100 / case.rule.scale) not in case.scores


def _needless(case: IndicatorCase, said: str, why: str) -> Finding:
    return case.about_rule("needless", ADVICE, f"“{said}”没有作用：{why}", "请删去这一句，或改它的分数")


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
