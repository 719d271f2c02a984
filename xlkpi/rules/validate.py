"""Whether parts agree with each other: bands cover every value once, lines rise, no cliff hides another one."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from xlkpi.rules.model import Bands, Base, Cliff, Condition, Linear, RuleError, Subject


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
        raise RuleError("完成率不能用“=”分档")
    expected = Decimal(0)  # the whole number at which the next band has to begin
    for condition in (band.condition for band in bands.bands):
        low = condition.low.value if condition.low else Decimal(0)
        if condition.low and not condition.low_closed:
            low += 1
        if low != expected or expected != int(expected):
            raise RuleError("按次数分档须从0起逐个写明，不能缺少或重复")
        if condition.high is None:
            expected = Decimal("Infinity")
        else:
            expected = condition.high.value + (1 if condition.high_closed else 0)
    if expected != Decimal("Infinity"):
        raise RuleError("次数再多时得几分没有写明")


def check_linear(linear: Linear) -> None:
    """At least two ends, rising; those of achievement in per cent."""
    values = [amount.value for amount, _ in linear.points]
    if len(values) < 2 or any(a >= b for a, b in pairwise(values)):
        raise RuleError("线性至少要有两个端点，从小到大写")
    if linear.subject is Subject.ACHIEVEMENT and not all(amount.percent for amount, _ in linear.points):
        raise RuleError("完成率的端点须写成百分数")


def check_cliffs(cliffs: tuple[Cliff, ...], base: Base) -> None:
    """Cliffs of one number read first match; none may be hidden by those before it, nor all of them hide the base."""
    groups: dict[tuple[Subject, int], list[Condition]] = {}
    for cliff in cliffs:
        condition = cliff.condition
        if not condition.one_sided:
            raise RuleError("与扣分并列的条件只能有一边，如 实际<85%得0分")
        groups.setdefault((condition.subject, condition.measure), []).append(condition)
    if isinstance(base, Bands) and (base.subject, base.measure) in groups:
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
            raise RuleError("两个条件重叠，或已包括全部数值：同时满足时按哪一个？")
