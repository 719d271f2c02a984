"""Reads a role file (TOML) into the role's versions, and names every fault by file, key and value.

A file is read to its end before it is refused, so that one message lists all its faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Any

from xlkpi.catalogue.appraising.policies import MISSING, NO_OCCASION
from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.consistency import DATED, doubled_or_empty, entries_of, inconsistencies, unused
from xlkpi.catalogue.role import Alert, Choice, Duty, Indicator, Measure, Part, Role, Version
from xlkpi.catalogue.toml import CatalogueError, Fault, TomlTable, read_toml
from xlkpi.catalogue.units import is_percent
from xlkpi.common.quarter import Quarter
from xlkpi.rules.model import Levels, RuleError
from xlkpi.scoring.rule_in_row import Asked, choices, read_in_row, reading_of, row_of


def read_versions(path: Traversable | Path) -> tuple[Version, ...]:
    """A role file's versions, oldest first. A version begins with the role and with every quarter that changes it.

    Raises `CatalogueError`, OSError where the file cannot be read.
    """
    return versions_of(read_toml(path), path.name, path.name.removesuffix(".toml"))


def versions_of(data: dict[str, Any], file: str, id: str) -> tuple[Version, ...]:
    """The versions of a role from the data that a role file has, oldest first.

    file: for messages. id: that the role must have. Raises `CatalogueError`.
    """
    faults: dict[Fault, None] = {}  # in order, without repeating those that every version has
    start = _quarter(data.get("effective_from"))
    firsts = [start] if start is None else sorted(_firsts(data, start))
    versions: list[Version] = []
    inconsistent: list[list[Fault]] = []
    for first, following in pairwise([*firsts, None]):
        faults_of_version: list[Fault] = []
        valid = data if first is None else _as_of(data, first)
        table = TomlTable(valid, file, "", faults_of_version)
        role = _role(table, id)
        table.name_unknown_keys()
        faults |= dict.fromkeys(faults_of_version)
        inconsistent.append([*doubled_or_empty(valid, file), *inconsistencies(role, file)])
        versions.append(Version(first or Quarter(1, 1), following.before if following else None, role, valid))
    if not faults and not any(inconsistent):  # else a faulty entry may be the one that uses a measure
        inconsistent = [[*unused(version.role, [other.role for other in versions], file)] for version in versions]
    faults |= dict.fromkeys(_with_versions(versions, inconsistent))
    if faults:
        raise CatalogueError(faults)
    return tuple(versions)


def _with_versions(versions: list[Version], faults: list[list[Fault]]) -> Iterator[Fault]:
    """The faults of all versions; a fault of some versions only names its version."""
    for version, faults_of_version in zip(versions, faults, strict=True):
        for fault in faults_of_version:
            everywhere = all(fault in others for others in faults)
            yield fault if everywhere else replace(fault, key=f"{fault.key} ({version})")


# --- periods --------------------------------------------------------------------------------------------------------


def _quarter(value: object) -> Quarter | None:
    try:
        return Quarter.parse(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _period(entry: object) -> tuple[Quarter | None, Quarter | None]:
    """First and last quarter of an entry; None where it does not say."""
    table = entry if isinstance(entry, dict) else {}
    return _quarter(table.get("effective_from")), _quarter(table.get("effective_to"))


def _firsts(data: dict[str, Any], start: Quarter) -> set[Quarter]:
    """The quarters in which the role begins or changes."""
    periods = [_period(entry) for name in DATED for entry in entries_of(data, name)]
    changes = {first for first, _ in periods if first} | {last.after for _, last in periods if last}
    return {start} | {quarter for quarter in changes if quarter > start}


def _as_of(data: dict[str, Any], quarter: Quarter) -> dict[str, Any]:
    """The file's data without the entries that are not valid in the quarter."""
    start = _quarter(data.get("effective_from"))

    def valid(entry: object) -> bool:
        first, last = _period(entry)
        if last is not None and last < max(filter(None, (first, start))):
            return True  # valid in no quarter: kept, so that `_entries` reports it
        return (first is None or first <= quarter) and (last is None or quarter <= last)

    lists = {name: entries for name in DATED if (entries := entries_of(data, name))}
    return data | {name: [*filter(valid, entries)] for name, entries in lists.items()}


def _entries(table: TomlTable, name: str) -> list[TomlTable]:
    """The entries of one of the `DATED` tables; notes the faults in their periods."""
    start = _quarter(table.data.get("effective_from"))
    entries = table.tables(name)
    for entry in entries:
        first, last = entry.quarter("effective_from"), entry.quarter("effective_to")
        if first and last and last < first:
            entry.fault("effective_to", "backwards")
        elif start and last and last < start:
            entry.fault("effective_to", "before_role", start=start)
    return entries


# --- tables → role --------------------------------------------------------------------------------------------------


def _role(table: TomlTable, expected_id: str) -> Role:
    role_id = table.get("id", str)
    if role_id and role_id != expected_id:
        table.fault("id", "file_name", id=expected_id)
    effective_from = table.get("effective_from", str)
    if effective_from:
        table.quarter("effective_from")
    entries = _entries(table, "indicators")
    role = Role(
        id=role_id,
        title=table.get("title", str),
        source=table.get("source", str),
        effective_from=effective_from,
        duties=tuple(
            Duty(entry.get("heading", str), entry.get("text", str), entry.optional("share", float))
            for entry in _entries(table, "duties")
        ),
        group_weights={entry.get("path", str): _weight(entry) for entry in _entries(table, "groups")},
        measures=tuple(map(_measure, _entries(table, "measures"))),
        indicators=tuple(map(_indicator, entries)),
        alerts=tuple(map(_alert, _entries(table, "alerts"))),
        guidance=table.strings("guidance"),
        compare_periods=bool(table.optional("compare_periods", bool, True)),
        all_rated=bool(table.optional("all_rated", bool, False)),
        missing=table.choice("missing", MISSING),
    )
    weights = _shares(role)
    indicators = zip(entries, role.indicators, strict=True)
    return replace(role, indicators=tuple(_read_rule(entry, one, weights.get(one.id)) for entry, one in indicators))


def _shares(role: Role) -> dict[str, Fraction]:
    """`Role.weights`; none where an indicator's group is missing, which is a fault of its own."""
    try:
        return role.weights
    except KeyError:
        return {}


def _weight(table: TomlTable) -> Fraction:
    weight = table.get("weight", float)
    if weight > 0:
        return Fraction(repr(weight))
    if type(table.data.get("weight")) in (int, float):
        table.fault("weight", "not_positive")
    return Fraction(1)


def _measure(table: TomlTable) -> Measure:
    entry, unit = table.choice("entry", ("month", "quarter")), table.get("unit", str)
    # The rates of three months add up to no rate: without a word they are averaged.
    joined = ("mean", "sum", "last") if is_percent(unit) else ("sum", "mean", "last")
    measure = Measure(
        id=table.identifier("id"),
        label=table.get("label", str),
        definition=table.get("definition", str),
        unit=unit,
        owner=table.get("owner", str),
        entry=entry,
        aggregate=table.choice("aggregate", joined if entry == "month" else ("sum", "mean", "last")),
        low=table.optional("low", float),
        high=table.optional("high", float),
        previous=bool(table.optional("previous", bool, False)),
        newcomer=table.optional("newcomer", float),
        optional=bool(table.optional("optional", bool, False)),
        carried_from=_carried_from(table),
        part_of=table.optional("part_of", str),
        rated_by=table.optional("rated_by", str),
    )
    if measure.low is not None and measure.high is not None and measure.low >= measure.high:
        table.fault("low", "not_below_high")
    if measure.newcomer is not None and (measure.newcomer != 0 or not measure.previous):
        table.fault("newcomer", "newcomer")
    if measure.previous and measure.monthly:
        table.fault("previous", "previous_monthly")
    if measure.carried_from is not None and measure.monthly:
        table.fault("carried_from", "carried_monthly")
    if measure.rated_by is not None and (measure.monthly or is_percent(unit)):
        table.fault("rated_by", "rated_by")
    return measure


def _carried_from(table: TomlTable) -> Operand | None:
    text = table.optional("carried_from", str)
    if text is None:
        return None
    expression = table.parsed("carried_from", text)
    if expression is None or expression.is_condition:
        return None
    if [str(operand) for operand in expression.operands] != [text.strip()]:
        table.fault("carried_from", "carried_from")
        return None
    return expression.operands[0]


def _part(table: TomlTable) -> Part:
    actual_text = table.get("actual", str)
    actual = table.parsed("actual", actual_text) if actual_text else None
    target_formula = table.expression("target_formula")
    target = table.optional("target", float)
    if target is not None and target_formula is not None:
        table.fault("target", "two_targets")
    return Part(
        label=table.get("label", str),
        definition=table.get("definition", str),
        unit=table.get("unit", str),
        actual=actual or Expression("0"),
        target=target,
        target_formula=target_formula,
        choices=tuple(Choice(entry.get("label", str), entry.get("value", float)) for entry in table.tables("choices")),
    )


def _indicator(table: TomlTable) -> Indicator:
    return Indicator(
        id=table.identifier("id"),
        group=table.get("group", str),
        weight=_weight(table),
        rule_text=table.get("rule", str),
        parts=(_part(table), *map(_part, table.tables("further"))),
        note=table.optional("note", str) or "",
        applies=table.expression("applies", condition=True),
        unmet=table.choice("unmet", ("redistribute", "zero")),
        lower_is_better=table.optional("lower_is_better", bool),
        missing=_said(table, "missing", MISSING),
        no_occasion=_said(table, "no_occasion", NO_OCCASION),
    )


def _said(table: TomlTable, name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed texts; "" where the key is missing."""
    return "" if table.optional(name, str) is None else table.choice(name, allowed)


def _read_rule(table: TomlTable, indicator: Indicator, weight: Fraction | None) -> Indicator:
    """The indicator with its sentence as the form has to say it."""
    sentence, part = indicator.rule_text, indicator.parts[0]
    if not sentence:
        return indicator
    row = row_of(indicator.unit, part.target, weight, indicator.lower_is_better, len(indicator.parts))
    try:
        read = read_in_row(sentence, row)
    except RuleError as error:
        instead = dict(zip(("instead", "other"), choices(error), strict=False))
        key = ("error", "error_instead", "error_choices")[len(instead)]
        table.fault("rule", key, error=Asked(error), **instead)
        return indicator
    settled = replace(
        indicator,
        rule_text=read.sentence,
        rule_in_file=sentence,
        annotated=reading_of(sentence, read.rule) is not None,
    )
    _check_rule(table, settled)
    return settled


def _check_rule(table: TomlTable, indicator: Indicator) -> None:
    rule = indicator.rule
    if rule.measures != len(indicator.parts):
        table.fault("rule", "rule_measures", measures=rule.measures, parts=len(indicator.parts))
    for label, part in zip(rule.labels[1:], indicator.parts[1:], strict=False):
        if label != part.label:
            table.fault("rule", "rule_label", label=label, part=part.label)
    if isinstance(rule.base, Levels) and (len(indicator.parts) > 1 or not indicator.parts[0].actual.is_measure):
        table.fault("rule", "rule_levels")


def _alert(table: TomlTable) -> Alert:
    conditions = [table.parsed("when", text, condition=True) for text in table.strings("when", needed=True)]
    red_line = bool(table.optional("red_line", bool, False))
    return Alert(table.get("id", str), table.get("text", str), tuple(filter(None, conditions)), red_line)
