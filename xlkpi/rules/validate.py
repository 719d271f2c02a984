"""Whether the parts of a base agree with each other: bands cover every value once, lines rise from end to end."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from xlkpi.rules.model import Bands, Linear, RuleError, Subject


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


def check_linear(linear: Linear) -> None:
    """At least two ends, rising; those of achievement in per cent."""
    values = [amount.value for amount, _ in linear.points]
    if len(values) < 2 or any(a >= b for a, b in pairwise(values)):
        raise RuleError("线性至少要有两个端点，从小到大写", suggestions=("线性：80%得60分，100%得100分",))
    if linear.subject is Subject.ACHIEVEMENT and not all(amount.percent for amount, _ in linear.points):
        raise RuleError("完成率的端点须写成百分数", suggestions=("线性：80%得60分，100%得100分",))
