"""Finds what does not fit together in a role file: doubled names, undeclared names, unused measures, split groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Measure, Role
from xlkpi.catalogue.toml import Fault
from xlkpi.i18n.message_files import FAULTS

DATED = {"duties": "heading", "groups": "path", "measures": "id", "indicators": "id", "alerts": "id"}
"""The tables whose entries may have `effective_from` and `effective_to`, and the key that names an entry."""


def entries_of(data: dict[str, Any], name: str) -> list[Any]:
    """The entries of an array of tables; none where the key holds something else."""
    entries = data.get(name)
    return entries if isinstance(entries, list) else []


def doubled_or_empty(data: dict[str, Any], file: str) -> Iterator[Fault]:
    """Entries with the same name, and tables without entries. data: the file as of one quarter."""
    for name, key in DATED.items():
        entries = [entry for entry in entries_of(data, name) if isinstance(entry, dict)]
        if name != "duties":
            for id, times in Counter(str(entry.get(key, "")) for entry in entries).items():
                if id and times > 1:
                    yield Fault(file, f"{name}[{id}]", FAULTS.message("twice"))
        if not entries and name not in ("duties", "alerts") and data.get(name, []) == []:
            yield Fault(file, name, FAULTS.message("none_there", name=name))


def inconsistencies(role: Role, file: str) -> Iterator[Fault]:
    """Names that no table declares, groups without indicators, groups whose indicators are not together."""
    for measure in role.measures:
        if measure.carried_from is not None:
            key, text = f"measures[{measure.id}].carried_from", str(measure.carried_from)
            yield from _unknown(role, file, key, (measure.carried_from,), text)
        if measure.part_of is not None:
            yield from _not_a_whole(role, file, measure)
    for indicator in role.indicators:
        where = f"indicators[{indicator.id}]"
        if indicator.group and indicator.group not in role.group_weights:
            message = FAULTS.message("no_group", known=tuple(role.group_weights))
            yield Fault(file, f"{where}.group", message, repr(indicator.group))
        for key, expression in indicator.expressions:
            yield from _unknown(role, file, f"{where}.{key}", expression.operands, expression.text)
    for alert in role.alerts:
        for expression in alert.when:
            yield from _unknown(role, file, f"alerts[{alert.id}].when", expression.operands, expression.text)
    for path in filter(None, role.group_weights):
        where, parent = f"groups[{path}].path", path.rpartition("/")[0]
        if parent and parent not in role.group_weights:
            yield Fault(file, where, FAULTS.message("no_parent", parent=parent))
        inside = [(indicator.group + "/").startswith(path + "/") for indicator in role.indicators]
        if not any(inside):
            yield Fault(file, where, FAULTS.message("empty_group"))
        directly = [indicator.group == path for indicator in role.indicators]
        # Formulas and the summary sheet refer to a group's rows as one range.
        if any(sum(belongs for belongs, _ in groupby(belong)) > 1 for belong in (inside, directly)):
            yield Fault(file, "indicators", FAULTS.message("torn_group", group=path))


def _not_a_whole(role: Role, file: str, measure: Measure) -> Iterator[Fault]:
    """A whole that does not exist, is the part itself, or is in another unit."""
    key, whole = f"measures[{measure.id}].part_of", role.measure.get(measure.part_of or "")
    if whole is None:
        yield Fault(file, key, FAULTS.message("no_measure", measure=measure.part_of), repr(measure.part_of))
    elif whole.id == measure.id or whole.unit != measure.unit:
        yield Fault(file, key, FAULTS.message("no_whole", unit=measure.unit), repr(measure.part_of))


def unused(role: Role, roles: Sequence[Role], file: str) -> Iterator[Fault]:
    """Measures that no indicator and no alert reads. roles: all versions of the role."""
    used, ever = set(_used(role)), {id for version in roles for id in _used(version)}
    for measure in role.measures:
        if measure.id not in used:
            key = "unused_now" if measure.id in ever else "unused"
            yield Fault(file, f"measures[{measure.id}]", FAULTS.message(key))


def _used(role: Role) -> Iterator[str]:
    for indicator in role.indicators:
        for _, expression in indicator.expressions:
            yield from (operand.measure for operand in expression.operands)
    for alert in role.alerts:
        for expression in alert.when:
            yield from (operand.measure for operand in expression.operands)


def _unknown(role: Role, file: str, key: str, operands: tuple[Operand, ...], text: str) -> Iterator[Fault]:
    for operand in operands:
        measure = role.measure.get(operand.measure)
        if measure is None:
            yield Fault(file, key, FAULTS.message("no_measure", measure=operand.measure), repr(text))
        elif operand.month is not None and not measure.monthly:
            message = FAULTS.message("no_month", measure=operand.measure, month=operand.month)
            yield Fault(file, key, message, repr(text))
