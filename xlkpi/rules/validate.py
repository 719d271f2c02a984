"""Whether the parts of a rule agree with each other; each refusal names the question that settles it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from xlkpi.rules.model import Bands, Condition, Full, Inverse, Levels, Linear, RuleError, Subject
from xlkpi.rules.reads import compared_with_target, conditions_of, divided_by_target, measures_of
from xlkpi.rules.spelling import is_label

if TYPE_CHECKING:
    from xlkpi.rules.rule import Rule


def check(rule: Rule) -> None:
    """Raise `RuleError` for the first contradiction; the order decides which one a sentence is refused for."""
    if rule.scale <= 0:
        raise RuleError("满分须大于0")
    if isinstance(rule.base, Full) and not (rule.adjustments or rule.vetoes):
        if rule.cliffs:
            raise RuleError("条件之外得几分没有写明", suggestions=("实际≥85%得100分；实际<85%得0分",))
        raise RuleError("没有写出怎样得分或扣分", suggestions=("按完成率得分", "每低5个百分点扣3分"))
    if isinstance(rule.base, Inverse) and rule.cap is None:
        raise RuleError("按目标值÷实际值得分须写明封顶多少分", suggestions=("按目标值÷实际值得分；封顶100分",))
    if rule.cap is not None and rule.cap < rule.floor:
        raise RuleError("封顶的分数低于最低分")
    for adjustment in rule.adjustments:
        if adjustment.bonus and adjustment.limit is None:
            raise RuleError("加分没有上限：最多加几分？", suggestions=("每超1个百分点加1分，最多加10分",))
    _check_measures(rule)
    _check_origins(rule)
    match rule.base:
        case Bands():
            check_bands(rule.base)
        case Linear():
            _check_linear(rule.base)
        case Levels():
            _check_levels(rule, rule.base)
    _check_cliffs(rule)


def _check_measures(rule: Rule) -> None:
    """Measures are numbered without gaps, named apart, and the clauses stand in their order."""
    used = set(measures_of(rule))
    if used and used != set(range(rule.measures)):
        raise RuleError("数据项的名称与条款对不上")
    if len(rule.labels) != rule.measures or len(set(rule.labels)) != rule.measures or "" in rule.labels[1:]:
        raise RuleError("每个数据项须有自己的名称，只有第一个可以不写")
    for label in rule.labels:
        if label and not is_label(label):
            raise RuleError("“{label}”不能作数据项的名称：名称里不能有分隔号、比较号、百分号和「」", label=label)
    for order in (
        [adjustment.measure for adjustment in rule.adjustments],
        [cliff.condition.measure for cliff in rule.cliffs],
        [veto.measure for veto in rule.vetoes],
        [measure for measure, _ in rule.origins],
    ):
        if order != sorted(order):
            raise RuleError("条款须按数据项的顺序排列")


def _check_origins(rule: Rule) -> None:
    if len(dict(rule.origins)) != len(rule.origins):
        raise RuleError("同一项写了两个基准")
    comparing = set(compared_with_target(rule))
    dividing = set(divided_by_target(rule))
    if isinstance(rule.base, Inverse):
        dividing.add(rule.base.measure)
    for measure, amount in rule.origins:
        if measure not in comparing:
            raise RuleError("写了基准，却没有与基准比较的条款", suggestions=("以95%为基准，每低1个百分点扣1分",))
        if amount.value <= 0 and measure in dividing:
            raise RuleError("作除数的基准须大于0")


def _check_cliffs(rule: Rule) -> None:
    """Cliffs of one number read first match; none may be hidden by those before it, nor all of them hide the base."""
    groups: dict[tuple[Subject, int], list[Condition]] = {}
    for cliff in rule.cliffs:
        condition = cliff.condition
        if not condition.one_sided:
            raise RuleError("与扣分并列的条件只能有一边，如 实际<85%得0分")
        groups.setdefault((condition.subject, condition.measure), []).append(condition)
    if isinstance(rule.base, Bands) and (rule.base.subject, rule.base.measure) in groups:
        raise RuleError("同一个数已经分档，不能另写条件")
    for conditions in groups.values():
        rising = [c for c in conditions if c.low is not None]
        falling = [c for c in conditions if c.high is not None]
        hidden = any(a.low.value <= b.low.value for a, b in pairwise(rising) if a.low and b.low)
        hidden |= any(a.high.value >= b.high.value for a, b in pairwise(falling) if a.high and b.high)
        if rising and falling:
            low, high = rising[-1], falling[-1]
            apart = low.low.value - high.high.value if low.low and high.high else Decimal(0)
            hidden |= apart < 0 or (apart == 0 and (low.low_closed or high.high_closed))
        if hidden:
            raise RuleError(
                "两个条件重叠，或已包括全部数值：同时满足时按哪一个？",
                suggestions=("每低1个百分点扣1分；实际<85%得0分；实际<90%得50分",),
            )


def check_bands(bands: Bands) -> None:
    """Every value in exactly one band; counts (实际=0, 实际=1, …) cover the whole numbers from 0."""
    if len({(band.condition.subject, band.condition.measure) for band in bands.bands}) != 1:
        raise RuleError("同一组分档须比较同一个数：都写完成率，或都写实际")
    if bands.counting:
        _check_counts(bands)
        return
    conditions = [band.condition for band in bands.bands]
    if conditions[0].low is not None or conditions[-1].high is not None:
        raise RuleError("分档没有覆盖全部数值")
    for lower, upper in pairwise(conditions):
        if lower.high is None or upper.low is None or lower.high.value > upper.low.value:
            raise RuleError("两档重叠")
        if lower.high.value < upper.low.value or lower.high_closed == upper.low_closed:
            raise RuleError("两档之间有空隙或重叠")


def _check_counts(bands: Bands) -> None:
    if bands.subject is not Subject.VALUE:
        raise RuleError("完成率不能用“=”分档", suggestions=("完成率≥100%得100分；完成率<100%得0分",))
    expected = Decimal(0)  # the whole number at which the next band has to begin
    for condition in (band.condition for band in bands.bands):
        low = condition.low.value if condition.low else Decimal(0)
        if condition.low and not condition.low_closed:
            low += 1
        if low != expected or expected != int(expected):
            raise RuleError(
                "按次数分档须从0起逐个写明，不能缺少或重复",
                suggestions=("实际=0得100分；实际=1得50分；实际≥2得0分",),
            )
        if condition.high is None:
            expected = Decimal("Infinity")
        else:
            expected = condition.high.value + (1 if condition.high_closed else 0)
    if expected != Decimal("Infinity"):
        raise RuleError("次数再多时得几分没有写明", suggestions=("实际=0得100分；实际≥1得0分",))


def _check_linear(linear: Linear) -> None:
    values = [amount.value for amount, _ in linear.points]
    if len(values) < 2 or any(a >= b for a, b in pairwise(values)):
        raise RuleError("线性至少要有两个端点，从小到大写", suggestions=("线性：80%得60分，100%得100分",))
    if linear.subject is Subject.ACHIEVEMENT and not all(amount.percent for amount, _ in linear.points):
        raise RuleError("完成率的端点须写成百分数", suggestions=("线性：80%得60分，100%得100分",))


def _check_levels(rule: Rule, levels: Levels) -> None:
    names = [name for name, _ in levels.levels]
    if not names or levels.measure != 0 or rule.labels[0]:
        raise RuleError("等级须属于没有名称的数据项", suggestions=("优秀得100分；良好得80分",))
    if not all(is_label(name) for name in names):
        raise RuleError("等级的名称里不能有分隔号、比较号、百分号和「」")
    if len({name.lower() for name in names}) != len(names):
        raise RuleError("同一等级写了两个分数")
    numbers = [adjustment.measure for adjustment in rule.adjustments] + [c.measure for c in conditions_of(rule)]
    if levels.measure in numbers:
        raise RuleError(
            "等级与数值不能用同一格：数值的条款须写数据项的名称",
            suggestions=("优秀得100分；良好得80分；「迟到」每次扣5分",),
        )
