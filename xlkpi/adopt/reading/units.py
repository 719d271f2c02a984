"""Decides the unit of an indicator, how its months become a quarter, and its target as a number in that unit."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlkpi.adopt.finding.sheets import Cell
from xlkpi.adopt.reading.targets import Target
from xlkpi.adopt.words import folded, numbers, pattern, plain_unit, unit_in_label, words


@dataclass(frozen=True)
class Unit:
    """A unit, and where several are said, those (`others`) that it contradicts."""

    name: str
    others: tuple[str, ...] = ()


def unit_of(said: str, target: Target | None, rule: str, label: str, heading: str = "") -> Unit:
    """The unit of an indicator. said: its own column; rule: its sentence; heading: the unit in
    that of the targets, 目标值（万元）. The first that says one decides.

    Words for counting (次, 起, 个) do not contradict each other; what a rule counts contradicts a share.
    """
    column = plain_unit(said)
    in_target, in_label = target.unit if target else "", unit_in_brackets(label) or unit_in_label(label)
    counted = _in_rule(rule)
    if counted and "%" in (column or in_target) and "%" not in unicodedata.normalize("NFKC", rule):
        return Unit(column or in_target, (counted,))  # points for every case of what is a share here
    if column:
        return Unit(column, (in_target,) if _contradicts(column, in_target) else ())
    if in_target:
        if unit_in_brackets(label) == in_label and not _contradicts(in_target, in_label):
            return Unit(in_label or in_target)
        return Unit(in_target, (in_label,) if in_label and _contradicts(in_target, in_label, strict=False) else ())
    if unit_in_brackets(label) or in_label == "%":
        return Unit(in_label)
    if heading and (in_label in words("words", "money") or not (in_label or counted)):
        return Unit(heading)
    if target and not in_label and _is_rate(target.number, rule):
        return Unit("%")
    return Unit(counted or in_label)


def _is_rate(number: Decimal, rule: str) -> bool:
    """Whether a sentence has the number of the target in per cent, and not as an achievement: 95 beside 低于95%."""
    return scale_in_rule(number, rule) is not None and pattern("achievement").search(rule) is None


def unit_in_brackets(text: str) -> str:
    """The unit that stands in brackets at the end of a name or heading: 万元 of 销售额（万元）; "" for other words."""
    match = pattern("unit_in_brackets").search(text)
    unit = plain_unit(match[1]) if match else ""
    return unit if unit == "%" or unit in words("words", "units") else ""


def _in_rule(rule: str) -> str:
    """The unit that a sentence counts in; "" where it names none, or several."""
    found = dict.fromkeys(pattern("counted").findall(unicodedata.normalize("NFKC", rule)))
    return next(iter(found)) if len(found) == 1 else ""


def _contradicts(one: str, other: str, *, strict: bool = True) -> bool:
    """Whether two units cannot both be right. strict: also two that only count differently, such as 小时 and 秒."""
    if not other or one == other:
        return False
    if "%" in (one, other):
        return True
    if {one, other} <= set(words("words", "money")):
        return False
    times = set(words("words", "times"))
    return strict and ({one, other} <= times or (one in times) != (other in times))


# --- months ---------------------------------------------------------------------------------------------------------


def months_of(label: str, unit: str) -> str | None:
    """How the months of an indicator become a quarter: "sum" or "mean"; None where name and unit leave that open.

    People, shops and hours may add up (新增会员) or be counted anew each month (讲师人数).
    """
    plain = folded(label)

    def said(key: str) -> bool:
        return any(word in plain for word in words("months", key))

    if unit in words("months", "points_unit") and said("events") and not said("mean"):
        return "sum"  # 违规扣分 in points adds up, 客户评分 does not
    if unit in words("months", "mean_units"):
        return "mean"
    if said("mean"):
        return "mean"
    if said("last"):
        return None
    return "sum" if unit in words("months", "sum_units") or said("sum") else None


# --- targets --------------------------------------------------------------------------------------------------------


def in_unit(target: Target, cell: Cell, unit: str, scale: str | None) -> list[Decimal]:
    """The target in its unit, rates as fractions; several numbers where it may be any of them.

    scale: how the column writes rates: "percent" (95), "fraction" (0.95); None where it does not show.
    """
    number = target.number
    if unit == "%":
        if target.percent or cell.percent:
            return [number / 100]
        if number == 0:
            return [number]
        if abs(number) > Decimal("1.5"):
            return [number / 100]
        return {"percent": [number / 100], "fraction": [number]}.get(scale or "", [number, number / 100])
    if cell.percent and cell.number is not None:
        return [Decimal(repr(cell.number))]
    large = numbers("large_units").get(unit)
    if large and number >= large and pattern("large_written").search(cell.text):
        return [number / large]
    return [number]


def scale_of(cells: Sequence[Cell]) -> str | None:
    """How the targets of rates of a table are written: "percent", "fraction", or None where that does not show."""
    if any(cell.percent for cell in cells):
        return "fraction"
    bare = [cell.number for cell in cells if cell.number is not None]
    return "percent" if any(abs(number) > 1.5 for number in bare) else None


def scale_in_rule(number: Decimal, rule: str) -> str | None:
    """What a sentence shows of a rate beside it: “fraction” for 0.95 beside ≥95%, “percent” for 0.5 beside 0.5%."""
    said = {Decimal(text) for text in pattern("percent_said").findall(rule)}
    as_fraction, as_percent = number * 100 in said, number in said
    return None if as_fraction == as_percent else "fraction" if as_fraction else "percent"
