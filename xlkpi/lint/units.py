"""Units against what the sentence, the targets and the choices say: 12 for 12%, steps a hundred times too wide."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import number_text, plain
from xlkpi.i18n.problems import WARNING
from xlkpi.lint.findings import Finding, IndicatorCase, MeasureRow
from xlkpi.rules.model import Amount, Basis, Levels, Linear, RuleError, Step, Subject, written
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
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
            message = (
                f"“{row.part.label}”的单位是%，一档{plain(step.step)}就是{plain(step.step * 100)}个百分点，几乎扣不到"
            )
            yield case.about_rule("unit", WARNING, message, f"可以写：{_instead(case.rule, number, hundredth)}")
        elif not row.percent and step.basis is Basis.POINTS:
            message = f"“{row.part.label}”的单位是{row.part.unit}，不是%，不能按百分点计档"
            relative = _instead(case.rule, number, replace(step, basis=Basis.RELATIVE))
            yield case.about_rule("unit", WARNING, message, f"可以写：{relative}")


def _instead(rule: Rule, number: int, step: Step) -> str:
    changed = (*rule.adjustments[:number], step, *rule.adjustments[number + 1 :])
    return phrase(replace(rule, adjustments=changed))


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
            yield case.about_rule(
                "unit",
                WARNING,
                f"“{row.part.label}”的单位是{row.part.unit}，它的每…%却按第一个数据项的单位（{first.part.unit}）来读",
                f"可以写：{phrase(meant)}",
            )


def check_bounds(case: IndicatorCase) -> Iterator[Finding]:
    """Values compared with a rate and written without %, or with % where the unit is none."""
    for measure, amount in _compared(case.rule):
        row, value = case.rows[measure], amount.value
        if row.percent and not amount.percent and abs(value) >= 1:
            message = f"“{row.part.label}”的单位是%，{plain(value)}就是{plain(value * 100)}%"
            yield case.about_rule("unit", WARNING, message, f"若指{plain(value)}%，请写上%")
        elif not row.percent and amount.percent:
            message = f"“{row.part.label}”的单位是{row.part.unit}，{written(amount)}就是{plain(value)}{row.part.unit}"
            yield case.about_rule(
                "unit", WARNING, message, f"请写成数值；若与目标比，请写“完成率”，如 完成率≥{written(amount)}"
            )


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
            message = f"单位“{row.part.unit}”不认识，会按普通数字对待"
            yield case.finding(key, "unit", WARNING, row.part.unit, message, "比率的单位请写 %，数值写成小数")
        elif rated and row.number == 0 and unit in _NUMERIC:
            message = "评分标准按等级得分，单位却是数字的单位"
            yield case.finding(
                key, "unit", WARNING, row.part.unit, message, "单位请写 等级，或改成按数值得分的评分标准"
            )
        elif unit in _LEVELS and not (rated and row.number == 0):
            message = "单位是等级，评分标准却按数值得分"
            advice = "评分标准请写成 优秀得100分；良好得85分 这样，或改单位"
            yield case.finding(key, "unit", WARNING, row.part.unit, message, advice)


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
        message = f"单位是%，{text}就是{number_text(target, True, words())}"
        yield case.finding(key, "target", WARNING, text, message, f"若指{text}%，请写 {plain(round(target / 100, 9))}")
    elif not low <= target <= high:
        shown = (number_text(end, row.percent, words()) if math.isfinite(end) else "…" for end in (low, high))
        message = f"目标值{number_text(target, row.percent, words())}在常见范围 {' ～ '.join(shown)} 以外"
        advice = "请核对目标值，和数据项的 low、high（每月相加的，季度是三个月之和）"
        yield case.finding(key, "target", WARNING, text, message, advice)
