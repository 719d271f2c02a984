"""Finds the tolerance of a rule (±5%以内满分), which tables like to repeat as the target."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from xlkpi.adopt.reading.targets import Target
from xlkpi.rules.model import Basis, Step
from xlkpi.rules.rule import Rule

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def free_of(rule: Rule) -> tuple[Decimal | None, bool]:
    """The distance from the target that costs nothing, None where there is none; and whether it is a share of it."""
    steps = (one for one in rule.adjustments if isinstance(one, Step) and one.measure == 0 and not one.bonus)
    found = next((step for step in steps if step.free), None)
    if found is None or rule.origin(0) is not None:
        return None, False
    return found.free, found.basis is Basis.RELATIVE


def may_be_tolerance(target: Target, rule: Rule | None, text: str) -> bool:
    """Whether a target may be a tolerance. text: the rule of an error as it stands; "" for anything else."""
    if rule is not None:
        return target.tolerance and rule.reads_target(0)
    numbers = map(Decimal, _NUMBER.findall(unicodedata.normalize("NFKC", text)))
    return target.tolerance or abs(target.number) in numbers
