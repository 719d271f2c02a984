"""Units against what the sentence, the targets and the choices say: 12 for 12%, steps a hundred times too wide."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.numbers import number_text, plain
from xlkpi.i18n.problems import WARNING
from xlkpi.lint.findings import Finding, IndicatorCase, MeasureRow
from xlkpi.rules.model import Amount, Basis, Levels, Linear, RuleError, Step, Subject, written
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.rule import Rule, conditions_of
from xlkpi.rules.spelling import normalise

_LEVELS = ("等级", "等第", "级别", "评级", "level", "grade")
_NUMERIC = frozenset("% 元 分 次 个 份 单 人 项 件 天 小时 分钟 秒 倍 万元 次/人".split())
_RATES = frozenset(("百分比", "百分点", "百分数", "个百分点", "percent", "pct", "pp", "％", "%%"))
_LARGEST_RATE = 2
"""Beyond 200% a rate is more likely one that was written without its %."""


def check_steps(case: IndicatorCase) -> Iterator[Finding]:
    """Whole numbers as steps of a rate (每低5扣3分 deducts at 500 points), percentage points of what is no rate."""
    steps = [(n, a) for n, a in enumerate(case.rule.adjustments) if isinstance(a, Step)]
    for number, step in steps:
        row = case.rows[step.measure]
        if row.percent and step.basis is Basis.ABSOLUTE and max(step.step, step.free) >= 1:
            hundredth = replace(step, basis=Basis.POINTS, step=step.step / 100, free=step.free / 100)
            values = {"label": row.part.label, "step": plain(step.step), "points": plain(step.step * 100)}
            instead = _instead(case, number, hundredth)
            yield case.about_rule("unit", WARNING, "step_of_rate", instead=instead, **values)
        elif not row.percent and step.basis is Basis.POINTS:
            values = {"label": row.part.label, "unit": row.part.unit}
            instead = _instead(case, number, replace(step, basis=Basis.RELATIVE))
            yield case.about_rule("unit", WARNING, "points_of_no_rate", instead=instead, **values)


def _instead(case: IndicatorCase, number: int, step: Step) -> str:
    adjustments = case.rule.adjustments
    return case.phrase(replace(case.rule, adjustments=(*adjustments[:number], step, *adjustments[number + 1 :])))


def check_shares_of_further(case: IndicatorCase) -> Iterator[Finding]:
    """A bare 每超1% of a further measure is read by the unit of the first, which may be of another kind."""
    first = case.rows[0]
    for row in case.rows[1:]:
        if row.percent is first.percent:
            continue
        try:
            by_own_unit = parse(case.indicator.rule_text, row.part.unit)
        except RuleError:
            continue
        own = [a for a in by_own_unit.adjustments if a.measure == row.number]
        read = [a for a in case.rule.adjustments if a.measure == row.number]
        if own != read:
            others = [a for a in case.rule.adjustments if a.measure != row.number]
            meant = replace(case.rule, adjustments=tuple(sorted((*others, *own), key=lambda a: a.measure)))
            values = {"label": row.part.label, "unit": row.part.unit, "first": first.part.unit}
            yield case.about_rule("unit", WARNING, "read_by_first", instead=case.phrase(meant), **values)


def check_bounds(case: IndicatorCase) -> Iterator[Finding]:
    """Values compared with a rate and written without %, or with % where the unit is none."""
    for measure, amount in _compared(case.rule):
        row, value = case.rows[measure], amount.value
        if row.percent and not amount.percent and abs(value) >= 1:
            values = {"label": row.part.label, "value": plain(value), "percent": plain(value * 100)}
            yield case.about_rule("unit", WARNING, "bound_of_rate", **values)
        elif not row.percent and amount.percent:
            values = {"label": row.part.label, "unit": row.part.unit, "value": plain(value)}
            yield case.about_rule("unit", WARNING, "bound_of_no_rate", written=written(amount), **values)


def _compared(rule: Rule) -> Iterator[tuple[int, Amount]]:
    """The amounts that actuals are compared with, by measure, each once."""
    found: list[tuple[int, Amount]] = list(rule.origins)
    for condition in conditions_of(rule):
        if condition.subject is Subject.VALUE:
            found += ((condition.measure, amount) for amount in (condition.low, condition.high) if amount)
    if isinstance(rule.base, Linear) and rule.base.subject is Subject.VALUE:
        found += ((rule.base.measure, amount) for amount, _ in rule.base.points)
    yield from dict.fromkeys(found)


def check_units(case: IndicatorCase) -> Iterator[Finding]:
    """A rate in other words than %, rated levels under a numeric unit and the other way round."""
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


def check_targets(case: IndicatorCase) -> Iterator[Finding]:
    """Targets and choices: 12 for 12%, outside of what is plausible, or not above 0 where they are divided by."""
    for row in case.rows:
        named = [
            ("target", row.part.target),
            *((f"choices[{n}].value", c.value) for n, c in enumerate(row.part.choices, 1)),
        ]
        for name, target in named:
            if target is not None:
                yield from _target(case, row, f"{row.key}{name}", target)


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
