"""What is risky in how a role's indicators, weights, targets and measures hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from xlkpi.catalogue.role import Role
from xlkpi.i18n.numbers import plain
from xlkpi.i18n.problems import ADVICE, WARNING
from xlkpi.lint.findings import Finding, IndicatorCase, finding
from xlkpi.rules.model import written
from xlkpi.rules.rule import Need

_HUNDRED = Fraction(100)


def check_weights(role: Role) -> Iterator[Finding]:
    """Weights that do not add to 100, or inside a group miss 100 or the group's own weight by one."""
    for parent, weights in _siblings(role).items():
        total = sum(weights.values(), Fraction(0))
        text = "+".join(map(_number, weights.values())) + f"={_number(total)}"
        equal = len(set(weights.values())) == 1
        if not parent:
            if total != _HUNDRED and set(weights.values()) != {1}:  # 1 each says "equal"
                shares = "、".join(
                    f"{name}{_number(round(weight / total * 100, 1))}%" for name, weight in weights.items()
                )
                message = f"各维度的权重合计{_number(total)}，不是100；表上按比例折算：{shares}"
                yield finding(role, "groups", "weight", ADVICE, text, message, "若不是有意如此，请改成合计100")
            continue
        for whole in sorted({_HUNDRED, role.group_weights[parent]}):
            if not equal and 0 < abs(total - whole) <= min(Fraction(1), whole / 10):
                message = f"“{parent}”组里的权重合计{_number(total)}，差一点是{_number(whole)}；表上按比例折算"
                yield finding(
                    role, f"groups[{parent}]", "weight", ADVICE, text, message, "若本想凑成整数，请核对这一组的权重"
                )


def _siblings(role: Role) -> Mapping[str, dict[str, Fraction]]:
    """The weights of what stands directly in each group, by name; those of the dimensions under ""."""
    found: dict[str, dict[str, Fraction]] = {}
    for path, weight in role.group_weights.items():
        parent, _, name = path.rpartition("/")
        found.setdefault(parent, {})[name] = weight
    for indicator in role.indicators:
        found.setdefault(indicator.group, {})[indicator.label] = indicator.weight
    return found


def _number(number: Fraction) -> str:
    return plain(round(float(number), 4))


def check_missing_targets(case: IndicatorCase) -> Iterator[Finding]:
    """Targets that the rule reads and the catalogue leaves to be agreed; those that cannot be divided by."""
    positive = {measure for need, measure in case.rule.needs if need is Need.POSITIVE_TARGET}
    for row in case.rows:
        if not case.rule.reads_target(row.number) or row.part.target_formula is not None:
            continue
        key, target = f"{row.key}target", row.part.target
        if target is None:
            message = "没有目标值，表上空着；空着就没有得分，也没有总分"
            yield case.finding(
                key, "missing-target", ADVICE, "", message, "请在季度开始前商定，在表上填写，或写进岗位文件"
            )
        elif row.number in positive and target <= 0:
            message = "这种评分标准要除以目标值，目标值须大于0"
            yield case.finding(
                key, "target", WARNING, plain(target), message, "请改目标值，或改用不除以目标值的评分标准"
            )


def check_origins(case: IndicatorCase) -> Iterator[Finding]:
    """A base in the sentence beside another target: the target on the form is then for show only."""
    for measure, amount in case.rule.origins:
        row = case.rows[measure]
        target = row.part.target
        if target is not None and round(target - float(amount.value), 9) != 0:
            message = f"评分标准以{written(amount)}为基准，目标值却是{plain(target)}；计分只看基准"
            yield case.finding(
                f"{row.key}target", "origin", WARNING, plain(target), message, "请把两者改成一样，或删去“以…为基准”"
            )


def check_optional(case: IndicatorCase) -> Iterator[Finding]:
    """Measures that may be left empty without being missing, read by an actual or a target: no score, and no hint."""
    for name, what in (("actual", "实际值"), ("target_formula", "目标值")):
        for row, measure in case.measures(name):
            if measure.optional:
                text = getattr(row.part, name).text
                message = f"{what}用到可填可不填的“{measure.label}”：它空着不算漏填，这一项却没有得分"
                advice = f"请删去数据项 {measure.id} 的 optional = true，或不用它计分"
                yield case.finding(f"{row.key}{name}", "optional", WARNING, text, message, advice)


def check_newcomers(case: IndicatorCase) -> Iterator[Finding]:
    """Target formulas that read the period before: the indicator of a newcomer stays, without a target."""
    conditions = case.role.newcomer_conditions(case.indicator)
    for row, measure in case.measures("target_formula"):
        if measure.previous and measure.newcomer is None and measure.id not in conditions:
            assert row.part.target_formula is not None
            message = f"目标值用到上期的“{measure.label}”：新任职者没有上期，这一项便没有目标值，总分也空着"
            advice = f"请让目标值由人填写；若上期空着可以算0，在数据项 {measure.id} 里写 newcomer = 0"
            yield case.finding(
                f"{row.key}target_formula", "newcomer", WARNING, row.part.target_formula.text, message, advice
            )


def check_carried(role: Role) -> Iterator[Finding]:
    """Values carried from a quarter into the next one that are measured in another unit there."""
    for measure in role.measures:
        if measure.carried_from is None:
            continue
        source = role.measure[measure.carried_from.measure]
        if source.unit != measure.unit:
            message = f"“{measure.label}”的单位是{measure.unit}，带入它的“{source.label}”的单位是{source.unit}"
            key, text = f"measures[{measure.id}].carried_from", str(measure.carried_from)
            yield finding(role, key, "carried", WARNING, text, message, "请核对是不是同一个数；单位不同，不会带入")
