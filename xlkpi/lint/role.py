"""Checks how a role's weights, targets, measures and indicators fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from xlkpi.catalogue.role import Role
from xlkpi.catalogue.units import is_percent
from xlkpi.i18n.numbers import plain
from xlkpi.i18n.problems import ADVICE, WARNING
from xlkpi.lint.findings import Finding, IndicatorCase, RoleCase
from xlkpi.rules.model import written
from xlkpi.rules.rule import Need

_HUNDRED = Fraction(100)


def check_weights(case: RoleCase) -> Iterator[Finding]:
    """Weights that do not sum to 100; weights in a group whose sum nearly is 100 or the group's own weight."""
    role = case.role
    for parent, weights in _siblings(role).items():
        total = sum(weights.values(), Fraction(0))
        text = "+".join(map(_number, weights.values())) + f"={_number(total)}"
        equal = len(set(weights.values())) == 1
        if not parent:
            if total != _HUNDRED and set(weights.values()) != {1}:  # 1 each says "equal"
                shares = tuple(f"{name} {_number(round(weight / total * 100, 1))}%" for name, weight in weights.items())
                values = {"total": _number(total), "shares": shares}
                yield case.finding("groups", "weight", ADVICE, text, "weights_not_100", **values)
            continue
        for whole in sorted({_HUNDRED, role.group_weights[parent]}):
            if not equal and 0 < abs(total - whole) <= min(Fraction(1), whole / 10):
                values = {"group": parent, "total": _number(total), "whole": _number(whole)}
                yield case.finding(f"groups[{parent}]", "weight", ADVICE, text, "weights_near", **values)


def _siblings(role: Role) -> Mapping[str, dict[str, Fraction]]:
    """Group path → name → weight of the sub-groups and indicators directly in it; "" has the dimensions."""
    siblings: dict[str, dict[str, Fraction]] = {}
    for path, weight in role.group_weights.items():
        parent, _, name = path.rpartition("/")
        siblings.setdefault(parent, {})[name] = weight
    for indicator in role.indicators:
        siblings.setdefault(indicator.group, {})[indicator.label] = indicator.weight
    return siblings


def _number(number: Fraction) -> str:
    return plain(round(float(number), 4))


def check_missing_targets(case: IndicatorCase) -> Iterator[Finding]:
    """Targets that the rule reads and the role file leaves open; targets of 0 or less that the rule divides by."""
    positive = {measure for need, measure in case.rule.needs if need is Need.POSITIVE_TARGET}
    for row in case.rows:
        if not case.rule.reads_target(row.number) or row.part.target_formula is not None:
            continue
        key, target = f"{row.key}target", row.part.target
        if target is None:
            yield case.finding(key, "missing-target", ADVICE, "", "target_open")
        elif row.number in positive and target <= 0:
            yield case.finding(key, "target", WARNING, plain(target), "target_divides")


def check_origins(case: IndicatorCase) -> Iterator[Finding]:
    """A base in the sentence (以95%为基准) that differs from the target: the form then only shows the target."""
    for measure, amount in case.rule.origins:
        row = case.rows[measure]
        target = row.part.target
        if target is not None and round(target - float(amount.value), 9) != 0:
            values = {"base": written(amount), "target": plain(target)}
            yield case.finding(f"{row.key}target", "origin", WARNING, plain(target), "two_bases", **values)


def check_optional(case: IndicatorCase) -> Iterator[Finding]:
    """Optional measures that an actual or a target reads: left empty they give no score, and nobody is told why."""
    for name in ("actual", "target_formula"):
        for row, measure in case.measures(name):
            if measure.optional:
                text = getattr(row.part, name).text
                values = {"label": measure.label, "measure": measure.id}
                yield case.finding(f"{row.key}{name}", "optional", WARNING, text, f"optional_{name}", **values)


def check_newcomers(case: IndicatorCase) -> Iterator[Finding]:
    """Target formulas that read the period before: a newcomer keeps the indicator but has no target."""
    conditions = case.role.newcomer_conditions(case.indicator)
    for row, measure in case.measures("target_formula"):
        if measure.previous and measure.newcomer is None and measure.id not in conditions:
            assert row.part.target_formula is not None
            key, text = f"{row.key}target_formula", row.part.target_formula.text
            values = {"label": measure.label, "measure": measure.id}
            yield case.finding(key, "newcomer", WARNING, text, "newcomer_target", **values)


def check_summed_rates(case: RoleCase) -> Iterator[Finding]:
    """Rates of three months that are added up: three times 23% are no rate of a quarter."""
    for measure in case.role.measures:
        if measure.monthly and measure.aggregate == "sum" and is_percent(measure.unit):
            key = f"measures[{measure.id}].aggregate"
            yield case.finding(key, "summed-rate", WARNING, measure.aggregate, "summed_rate", label=measure.label)


def check_carried(case: RoleCase) -> Iterator[Finding]:
    """Values that the next quarter carries over into a measure of another unit."""
    role = case.role
    for measure in role.measures:
        if measure.carried_from is None:
            continue
        source = role.measure[measure.carried_from.measure]
        if source.unit != measure.unit:
            key, text = f"measures[{measure.id}].carried_from", str(measure.carried_from)
            values = {"label": measure.label, "unit": measure.unit, "source": source.label, "other": source.unit}
            yield case.finding(key, "carried", WARNING, text, "carried_other_unit", **values)
