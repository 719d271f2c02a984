"""Checks units against the rule, the targets and the choices: 12 written for 12%, steps a hundred times too wide."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.catalogue.units import MONEY
from xlkpi.i18n.numbers import number_text, plain
from xlkpi.i18n.problems import WARNING
from xlkpi.lint.findings import Finding, IndicatorCase, MeasureRow, with_adjustment
from xlkpi.rules.model import Amount, Basis, Levels, Linear, RuleError, Side, Step, Subject, written
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.rule import Rule, conditions_of
from xlkpi.rules.spelling import normalise

_LEVELS = ("等级", "等第", "级别", "评级", "level", "grade")
_NUMERIC = frozenset("% 元 分 次 个 份 单 人 项 件 天 小时 分钟 秒 倍 万元 次/人".split())
_RATES = frozenset(("百分比", "百分点", "百分数", "个百分点", "percent", "pct", "pp", "％", "%%"))
_LARGEST_RATE = 2
"""A rate above 200% was more likely written without its %."""

_MOST_TARGETS = 3
"""A step over a target that is more than so many times the target was hardly meant in percentage points."""


def check_steps(case: IndicatorCase) -> Iterator[Finding]:
    """Steps of a rate in whole numbers (每低5 is 500 points) or far beyond its target; points of no rate."""
    for number, step in enumerate(case.rule.adjustments):
        if not isinstance(step, Step):
            continue
        row = case.rows[step.measure]
        if row.percent and step.basis is Basis.ABSOLUTE and max(step.step, step.free) >= 1:
            hundredth = replace(step, basis=Basis.POINTS, step=step.step / 100, free=step.free / 100)
            values = {"label": row.part.label, "step": plain(step.step), "points": plain(step.step * 100)}
            instead = _instead(case, number, hundredth)
            yield case.about_rule("unit", WARNING, "step_of_rate", instead=instead, **values)
        elif not row.percent and step.basis is Basis.POINTS:
            values = {"label": row.part.label, "unit": row.part.unit}
            origin = case.rule.origin(step.measure)
            divisible = origin is None or origin.value > 0  # else there are no shares of the base
            basis = Basis.RELATIVE if divisible else Basis.ABSOLUTE
            instead = _instead(case, number, replace(step, basis=basis))
            yield case.about_rule("unit", WARNING, "points_of_no_rate", instead=instead, **values)
        elif row.percent and step.basis is Basis.POINTS and (target := _far_below(case, step)) is not None:
            shown = {"target": number_text(float(target), True, case.labels), "step": plain(step.step * 100)}
            instead = _instead(case, number, replace(step, basis=Basis.RELATIVE))
            yield case.about_rule("unit", WARNING, "step_beyond_target", label=row.part.label, instead=instead, **shown)


def _far_below(case: IndicatorCase, step: Step) -> Decimal | None:
    """The target, or base, of which a step over it is many times: 每超10个百分点扣5分 beside 3% hardly ever deducts."""
    typed, origin = case.rows[step.measure].part.target, case.rule.origin(step.measure)
    base = origin.value if origin is not None else None if typed is None else Decimal(repr(typed))
    if step.bonus or step.side is not Side.OVER or base is None or base <= 0:
        return None
    return base if step.step > _MOST_TARGETS * base else None


def _instead(case: IndicatorCase, number: int, step: Step) -> str:
    """The rule in canonical wording with another step in place of the adjustment of this number."""
    return case.phrase(with_adjustment(case.rule, number, step))


def check_shares_of_further(case: IndicatorCase) -> Iterator[Finding]:
    """A bare 每超1% of a further measure, where the unit of the first measure makes another clause of it."""
    first = case.rows[0]
    for row in case.rows[1:]:
        if row.percent is first.percent:
            continue
        try:
            by_own_unit = parse(case.indicator.rule_text, row.part.unit)
        except RuleError:
            continue
        by_own = [a for a in by_own_unit.adjustments if a.measure == row.number]
        by_first = [a for a in case.rule.adjustments if a.measure == row.number]
        if by_own != by_first:
            others = [a for a in case.rule.adjustments if a.measure != row.number]
            meant = replace(case.rule, adjustments=tuple(sorted((*others, *by_own), key=lambda a: a.measure)))
            values = {"label": row.part.label, "unit": row.part.unit, "first": first.part.unit}
            yield case.about_rule("unit", WARNING, "read_by_first", instead=case.phrase(meant), **values)


def check_bounds(case: IndicatorCase) -> Iterator[Finding]:
    """Values without % that are compared with a rate, and values with % that are compared with anything else."""
    for measure, amount in _compared(case.rule):
        row, value = case.rows[measure], amount.value
        if row.percent and not amount.percent and abs(value) >= 1:
            values = {"label": row.part.label, "value": plain(value), "percent": plain(value * 100)}
            yield case.about_rule("unit", WARNING, "bound_of_rate", **values)
        elif not row.percent and amount.percent:
            values = {"label": row.part.label, "unit": row.part.unit, "value": plain(value)}
            yield case.about_rule("unit", WARNING, "bound_of_no_rate", written=written(amount), **values)


def _compared(rule: Rule) -> Iterator[tuple[int, Amount]]:
    """The measures and the amounts that their actuals are compared with, each pair once."""
    compared: list[tuple[int, Amount]] = list(rule.origins)
    for condition in conditions_of(rule):
        if condition.subject is Subject.VALUE:
            compared += ((condition.measure, amount) for amount in (condition.low, condition.high) if amount)
    if isinstance(rule.base, Linear) and rule.base.subject is Subject.VALUE:
        compared += ((rule.base.measure, amount) for amount, _ in rule.base.points)
    yield from dict.fromkeys(compared)


def check_units(case: IndicatorCase) -> Iterator[Finding]:
    """Rates whose unit is not written %, rated levels with a unit of numbers, and numbers with a unit of levels."""
    rated = isinstance(case.rule.base, Levels)
    for row in case.rows:
        unit = normalise(row.part.unit).strip()
        key = f"{row.key}unit"
        if (unit in _RATES) or (unit == "%" and row.part.unit != "%"):
            yield case.finding(key, "unit", WARNING, row.part.unit, "unit_unknown", unit=row.part.unit)
        elif rated and row.number == 0 and unit in _NUMERIC:
            yield case.finding(key, "unit", WARNING, row.part.unit, "unit_of_levels")
        elif unit in _LEVELS and not (rated and row.number == 0):
            yield case.finding(key, "unit", WARNING, row.part.unit, "unit_of_numbers")


def check_sums(case: IndicatorCase) -> Iterator[Finding]:
    """Rates and amounts of money whose formula adds an amount and a ratio: probably brackets were forgotten."""
    units = {measure.id: measure.unit for measure in case.role.measures}
    for row in case.rows:
        if not row.percent and row.part.unit not in MONEY:
            continue
        for name in ("actual", "target_formula"):
            formula = getattr(row.part, name)
            if formula is not None and (mixed := formula.mixed_sum(units, case.role.labels)):
                amount, ratio = mixed
                key = f"{row.key}{name}"
                yield case.finding(key, "mixed", WARNING, formula.text, "mixed_sum", amount=amount, ratio=ratio)


def check_targets(case: IndicatorCase) -> Iterator[Finding]:
    """Targets and choices written 12 for 12%, or outside the plausible range."""
    for row in case.rows:
        if row.part.target is not None:
            yield from _target(case, row, f"{row.key}target", row.part.target)
        for number, choice in enumerate(row.part.choices, start=1):
            yield from _target(case, row, f"{row.key}choices[{number}].value", choice.value)


def _target(case: IndicatorCase, row: MeasureRow, key: str, target: float) -> Iterator[Finding]:
    text = plain(Decimal(repr(target)))
    low, high = row.range
    if row.percent and abs(target) > _LARGEST_RATE:
        shown, meant = number_text(target, True, case.labels), plain(round(target / 100, 9))
        yield case.finding(key, "target", WARNING, text, "target_of_rate", text=text, shown=shown, meant=meant)
    elif not low <= target <= high:
        ends = {"low": low, "high": high, "target": target}
        values = {
            name: number_text(end, row.percent, case.labels) if math.isfinite(end) else "…"
            for name, end in ends.items()
        }
        yield case.finding(key, "target", WARNING, text, "target_beyond", **values)
