"""Quantities → numbers in the unit of the row."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xlkpi.rules.model import Amount, Basis, RuleError, Subject
from xlkpi.rules.resolver.clauses import Clause, Quantity
from xlkpi.rules.resolver.deciding import Open, Question
from xlkpi.rules.row import Row

TIME = {
    "秒": 1, "秒钟": 1, "s": 1, "分钟": 60, "个分钟": 60, "小时": 3600, "个小时": 3600, "h": 3600, "天": 86400,
    "日": 86400,
    "second": 1, "seconds": 1, "sec": 1, "minute": 60, "minutes": 60, "min": 60, "mins": 60, "hour": 3600,
    "hours": 3600,
    "hr": 3600, "hrs": 3600, "day": 86400, "days": 86400, "周": 604800, "week": 604800, "weeks": 604800,
    "月": 2629800, "个月": 2629800, "季度": 7889400, "个季度": 7889400, "month": 2629800, "months": 2629800,
    "年": 31557600,
}  # fmt: skip
"""Units of time in seconds, as sentences and rows write them; a month is only told apart from a day."""

MASSES = {"克": 1, "g": 1, "斤": 500, "公斤": 1000, "千克": 1000, "kg": 1000, "吨": 1_000_000, "ton": 1_000_000}
LENGTHS = {"米": 1, "m": 1, "公里": 1000, "千米": 1000, "km": 1000}


def _apart(written: str, unit: str | None) -> bool:
    """Whether two units measure the same thing in different sizes."""
    return any(written in family and unit in family and family[written] != family[unit] for family in _MEASURES)


_MONEY = {"百元": 100, "千元": 1_000, "万元": 10_000, "亿元": 100_000_000}
_MEASURES: tuple[dict[str, int], ...] = (TIME, MASSES, LENGTHS)


def absolute(quantity: Quantity, row: Row) -> Decimal:
    """A size in the row's own unit. Raises `RuleError` where the unit written is another one."""
    unit = row.unit
    value = quantity.value * _large(quantity, row)
    if quantity.unit == "‰" and unit != "‰":
        raise RuleError("“‰”：请换算成%", position=quantity.start)
    if row.rate and quantity.kind in ("cnt", "dim", "mark"):
        raise RuleError(
            "这一行的单位是%，句子里是{written}：请写成百分点，或改单位", position=quantity.start, written=quantity.unit
        )
    if quantity.kind == "dim" and _apart(quantity.unit, unit):
        raise RuleError("这一行的单位是{unit}：请换算成{unit}", position=quantity.start, unit=unit)
    if quantity.unit == "元" and quantity.large is None and unit in _MONEY:
        raise RuleError("这一行的单位是{unit}：请换算成{unit}", position=quantity.start, unit=unit)
    return value


def _large(quantity: Quantity, row: Row) -> Decimal:
    """The factor of 万: 1 where the row itself is in 万元."""
    unit = row.unit
    large = quantity.large
    if quantity.unit in _MONEY:
        large = Decimal(_MONEY[quantity.unit]) * (large or 1)
    if large is None:
        return Decimal(1)
    if unit in _MONEY:
        return large / _MONEY[unit]
    if unit and unit[0] in "万亿":
        own = Decimal(10_000 if unit[0] == "万" else 100_000_000)
        return large / own
    if unit is None and quantity.unit in ("元", "", *_MONEY):
        raise RuleError("这一行的单位是万元还是元？", position=quantity.start)
    return large


def percent_basis(quantity: Quantity, of_target: str, row: Row, open: Open) -> Basis:
    """What a per cent step is measured in: points of the rate, or a share of the target.

    One point of the achievement (actual ÷ target) is one per cent of the target.
    """
    if quantity.kind == "pp" and of_target != "rate":
        return Basis.POINTS
    if of_target in ("share", "rate", "excess"):
        return Basis.RELATIVE
    if row.rate:
        return Basis.POINTS
    if row.unit is not None or of_target == "target":
        return Basis.RELATIVE
    number = f"{quantity.value.normalize():f}"
    question = Question("{number}%是{number}个百分点，还是目标值的{number}%？", quantity.start, {"number": number})
    return open.pick((Basis.POINTS, Basis.RELATIVE), question)


def step_basis(clause: Clause, row: Row, open: Open) -> Basis:
    """What the per cent of a step are measured in."""
    size = clause.size
    assert size is not None
    if size.kind == "pp" and clause.of_target == "rate" and clause.label and row.rate:  # 重点工作完成率每低1个百分点
        question = Question(
            "“{said}”：是本项数值的百分点，还是完成率（实际÷目标）的百分点？", size.start, {"said": clause.said}
        )
        return open.pick((Basis.POINTS, Basis.RELATIVE), question)
    return percent_basis(size, clause.of_target, row, open)


def of_achievement(clause: Clause, clauses: Sequence[Clause], row: Row) -> bool:
    """Whether the steps are of the achievement that a condition names: 完成率达到100%得满分，每低1%扣1分.

    Of the last condition before; points (个百分点) only where it is the only one, since bands say all there is to say
    of the achievement. In a row of per cent a name before it (排产完成率) is that of the number itself; without a unit
    points are those of the number.
    """
    if clause.size is None or not clause.size.percent or (row.rate and clause.label):
        return False
    if clause.size.kind == "pp" and (row.unit is None or "pp" in clause.said):
        return False  # English sentences say “% of target” where they mean it
    before = [
        c for c in clauses if c.means == "cond" and c.bound and c.label == clause.label and c.start < clause.start
    ]
    if not before or (clause.size.kind == "pp" and len(before) > 1):
        return False
    return before[-1].bound is not None and before[-1].bound.subject is Subject.ACHIEVEMENT


def amount(quantity: Quantity, row: Row) -> Amount:
    """A bound in the row's own unit; per cent are fractions."""
    if quantity.percent:
        return Amount(quantity.value / 100, True)
    return Amount(absolute(quantity, row))
