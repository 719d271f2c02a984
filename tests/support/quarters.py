"""Quarters of all roles: what people type, the workbook of it, and what Python makes of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED
from tests.support.forms import Shown, differences
from xlkpi.appraisal.appraise import Appraisal, appraise
from xlkpi.appraisal.inputs import Inputs
from xlkpi.appraisal.people import ranks
from xlkpi.catalogue.role import Measure, Role
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

ROLES = sorted(SHIPPED.roles())
Typed = tuple[dict[str, list[Value]], dict[str, Value]]
"""The measures and the targets of a form."""


@cache
def empty() -> bytes:
    """A form of each role, unfilled; formulas without values."""
    roles = [SHIPPED.role(id) for id in ROLES]
    return uncalculated([PlannedSheet(role.title, role) for role in roles], SHIPPED, Quarter(2026, 4))


def filled(typed: Mapping[str, Typed]) -> bytes:
    """The same with what is typed into each role's form."""
    cells = {}
    for id, (measures, targets) in typed.items():
        role = SHIPPED.role(id)
        cells[role.title] = typed_cells(role, measures, {"name": "示例", "newcomer": "否"}, targets)
    return fill(empty(), cells)


def appraised(id: str, typed: Typed) -> Appraisal:
    role = SHIPPED.role(id)
    measures, agreed = typed
    targets: dict[str, Sequence[Value]] = {i.id: [part.target for part in i.parts] for i in role.indicators}
    for indicator_id, target in agreed.items():
        targets[indicator_id] = [target, *targets[indicator_id][1:]]
    ceiling = SHIPPED.company().red_line_total
    return appraise(role, Inputs.preset(role, measures, targets=targets, red_line_total=float(ceiling or 0)))


def differences_of(path: Path, typed: Mapping[str, Typed]) -> list[str]:
    """Where a calculated workbook shows something else than Python computes."""
    book = CalamineWorkbook.from_path(str(path))
    found: list[str] = []
    appraisals = {id: appraised(id, given) for id, given in typed.items()}
    for (id, appraisal), rank in zip(appraisals.items(), ranks([a.final for a in appraisals.values()]), strict=True):
        shown = Shown(book, SHIPPED.role(id).title)
        found += [f"{id} {line}" for line in differences(shown, appraisal)]
        people = sum(is_number(a.final) for a in appraisals.values())
        wanted = "" if rank is None else f"排名 {rank}/{people}"
        if shown("final", "rank") != wanted:
            found.append(f"{id}: the form shows {shown('final', 'rank')!r}, the rank is {wanted!r}")
    return found


def sample(id: str) -> Typed:
    """The role's sample data."""
    given = SHIPPED.samples()[id]
    return {measure: list(values) for measure, values in given.measures.items()}, dict(given.targets)


def _random_value(measure: Measure, role: Role, random: random.Random) -> Value:
    if levels := role.levels.get(measure.id):
        return random.choice(levels)
    low = 0.0 if measure.low is None else measure.low
    high = 1000.0 if measure.high is None else min(measure.high, low + 1000)
    if measure.unit == "%" or high <= 1:
        return round(random.uniform(low, high), 4)
    return float(random.randint(int(low), int(high)))


def random_quarter(id: str, random: random.Random, *, gaps: bool) -> Typed:
    """Plausible values; with `gaps`, some cells are left empty."""
    role = SHIPPED.role(id)
    measures = {m.id: [_random_value(m, role, random) for _ in range(3 if m.monthly else 1)] for m in role.measures}
    targets: dict[str, Value] = {
        i.id: round(random.uniform(0.01, 120), 2) for i in role.indicators if _is_open(role, i.id)
    }
    if gaps:
        for values in measures.values():
            if random.random() < 0.15:
                values[random.randrange(len(values))] = None
        targets = {id: None if random.random() < 0.2 else target for id, target in targets.items()}
    return measures, targets


def _is_open(role: Role, indicator_id: str) -> bool:
    """Whether the manager types the target."""
    (indicator,) = [i for i in role.indicators if i.id == indicator_id]
    part = indicator.parts[0]
    return part.target is None and part.target_formula is None and indicator.rule.reads_target(0)
