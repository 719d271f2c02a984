"""Reads the data (数据) of a role; an indicator without 计算方法 has data of its own, typed on the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlkpi.catalogue.units import MONEY, is_percent
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.grid import folded
from xlkpi.catalogue.workbooks.reading.names import UnknownNameError, in_ids
from xlkpi.catalogue.workbooks.reading.rows import Row, id_for

_FLOWS = MONEY | frozenset("次 个 份 单 项 件".split())
"""Units of what adds up over months where nobody says how. People and points do not."""
_PERIOD = ("effective_from", "effective_to")
_KEYS = ("id", "label", "definition", "unit", "owner", "low", "high", *_PERIOD)
_MARKS = ("previous", "newcomer", "optional", "carried_from", "part_of", "rated_by")


@dataclass(frozen=True)
class Measures:
    """The measures of a role.

    entries: as in a role file. names: name or id → id, for formulas. typed: row of an indicator without 计算方法 → the
    measure that is its actual.
    """

    entries: list[dict[str, Any]]
    names: Mapping[str, str]
    typed: Mapping[int, str]


def measures_of(rows: Sequence[Row], indicator_rows: Sequence[Row]) -> Measures:
    """The measures of the block 数据, then those of the indicators that are typed directly."""
    ids = [row.text("id") or id_for(row.text("label")) for row in rows]
    units = {id: row.unit() for row, id in zip(rows, ids, strict=True)}
    names = names_of([(row.text("label"), id) for row, id in zip(rows, ids, strict=True)])
    own: list[tuple[Row, str]] = []
    typed: dict[int, str] = {}
    for row in indicator_rows:
        label = plain_label(row.text("label"))
        if row.is_filled("actual") or not label:
            continue
        id = row.text("id") or id_for(label)
        known = names.get(label) or (id if id in ids else None)
        typed[row.number] = known or id
        if known is None:
            own.append((row, id))
        elif row.unit() and row.unit() != units[known]:
            row.wrong("unit", "typed_unit", row.text("unit"), label=label, unit=units[known])
    names = names | names_of([(plain_label(row.text("label")), id) for row, id in own], names)
    entries = [_measure(row, id, names) for row, id in zip(rows, ids, strict=True)]
    entries += [_own_measure(row, id) for row, id in own]
    return Measures(entries, names, typed)


def plain_label(text: str) -> str:
    """The name of an indicator, or of a further measure without the mark before it."""
    return text.lstrip(words.FURTHER_MARKS).strip()


def names_of(pairs: Sequence[tuple[str, str]], taken: Mapping[str, str] | None = None) -> dict[str, str]:
    """Name → id, "" for a name that two measures share. Every id is a name as well."""
    by_label: dict[str, set[str]] = {}
    for label, id in pairs:
        by_label.setdefault(label, set()).add(id)
    labels = {label: min(ids) if len(ids) == 1 else "" for label, ids in by_label.items() if label}
    return {**{id: id for _, id in pairs if id}, **labels, **(taken or {})}


def _measure(row: Row, id: str, names: Mapping[str, str]) -> dict[str, Any]:
    label = row.needed("label")
    entry: dict[str, Any] = {"id": id, "label": label, "definition": row.text("definition") or label}
    row.needed("unit")
    unit = row.unit()
    entry |= {"unit": unit, "owner": row.text("owner") or words.default("owner")}
    previous, carried = row.yes("previous"), row.formula("carried_from", names)
    entry |= _entry(row, unit, by_quarter=bool(previous or carried)) | _range(row, unit)
    if previous:
        entry["previous"] = True
    if row.yes("newcomer"):
        entry["newcomer"] = 0
    if row.yes("optional"):
        entry["optional"] = True
    if carried:
        entry["carried_from"] = carried
    if whole := row.text("part_of"):
        entry["part_of"] = _whole(whole, names)
    if rated_by := row.text("rated_by"):
        entry["rated_by"] = rated_by
    entry |= row.period()
    row.keep_places(entry, "measures", id, {key: key for key in (*_KEYS, *_MARKS)} | _ENTRY_PLACES)
    return entry


def _whole(text: str, names: Mapping[str, str]) -> str:
    try:
        return in_ids(text, names)
    except UnknownNameError:
        return text  # the loader says that there is no such data


def _own_measure(row: Row, id: str) -> dict[str, Any]:
    label, unit = plain_label(row.text("label")), row.unit()
    entry: dict[str, Any] = {"id": id, "label": label, "definition": row.text("definition") or label, "unit": unit}
    entry["owner"] = row.text("owner") or words.default("owner")
    entry |= _entry(row, unit, by_quarter=False) | _range(row, unit) | row.period()
    row.keep_places(entry, "measures", id, {key: key for key in _KEYS} | _ENTRY_PLACES)
    return entry


_ENTRY_PLACES = {"entry": "aggregate", "aggregate": "aggregate"}


def _entry(row: Row, unit: str, *, by_quarter: bool) -> dict[str, str]:
    """How it is entered, and how its months are joined; where nobody says so, by what is safe for the unit."""
    chosen = row.choice("aggregate", "aggregates")
    if chosen is None:
        usual = "mean" if is_percent(unit) else "sum" if folded(unit).upper() in _FLOWS else "quarter"
        chosen = "quarter" if by_quarter else usual
    if chosen == "quarter":
        return {"entry": "quarter"}
    # A role file that does not say means the sum, but the mean of rates: those are named always.
    return {} if chosen == "sum" and not is_percent(unit) else {"aggregate": chosen}


def _range(row: Row, unit: str) -> dict[str, float]:
    ends = {end: row.number_of(end, unit) for end in ("low", "high")}
    return {end: number for end, number in ends.items() if number is not None}
