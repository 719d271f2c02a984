"""Reads the indicators (指标) of a role, and the further measures of their rules on the rows below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.grid import folded
from xlkpi.catalogue.workbooks.reading.groups import group_path, paths_to
from xlkpi.catalogue.workbooks.reading.measures import Measures, plain_label
from xlkpi.catalogue.workbooks.reading.rows import Row, id_for, tidy
from xlkpi.catalogue.workbooks.reading.weights import Weighted, weight_of
from xlkpi.i18n.numbers import is_number, number_meant

_JOINED = re.compile(r"\S\s*[×÷*+＋]\s*\S|「")
"""What only a formula has."""
_SEPARATOR, _EQUALS = re.compile("[;；\n]"), re.compile("[＝=：:]")
_PART_KEYS = {
    **{key: key for key in ("label", "definition", "unit", "actual", "target", "choices")},
    "target_formula": "target",
}
_KEYS = _PART_KEYS | {
    key: key
    for key in (
        *("id", "group", "weight", "rule", "note", "applies", "unmet", "lower_is_better", "missing", "no_occasion"),
        *("effective_from", "effective_to"),
    )
}


def indicators_of(rows: Sequence[Row], measures: Measures) -> list[Weighted]:
    """The indicators in order."""
    found: list[Weighted] = []
    group = ""
    for row, following in pairwise([*rows, None]):
        assert row is not None
        group = group_path(row.text("group")) or group or words.default("group")
        if _is_heading(row):
            if following is None or following.text("group"):
                row.wrong("group", "only_group", row.text("group"))
            continue
        if not _is_further(row):
            found.append(_indicator(row, group, measures))
        elif found:
            _add_further(found[-1].entry, row, measures)
        else:
            row.wrong("label", "further_first", row.text("label"))
    _note_torn_groups(found)
    return found


def _is_heading(row: Row) -> bool:
    """Whether a row has nothing but a dimension: then it stands above the indicators of that dimension."""
    others = (field for field in words.columns("indicators") if field not in ("group", "reading", "originals"))
    return bool(row.text("group")) and not any(map(row.text, others))


def is_total(row: Row) -> bool:
    """Whether a row only adds up the weights above."""
    named = any(folded(row.text(field)) in words.totals() for field in ("group", "label"))
    return named and not row.text("rule") and not row.text("unit")


def _is_further(row: Row) -> bool:
    """Whether a row is a further measure of the rule above: its name has the mark, or stands under no weight or rule.

    Without the mark that would be a guess, so such a row gets a fault, as an indicator.
    """
    return row.text("label").startswith(tuple(words.FURTHER_MARKS))


def _indicator(row: Row, group: str, measures: Measures) -> Weighted:
    label = row.needed("label")
    id = row.text("id") or id_for(label)
    entry: dict[str, Any] = {"id": id, "label": label, "group": group}
    bare = not row.text("weight") and not row.text("rule")
    if bare:
        row.wrong("weight", "maybe_further", label=label)
    row.needed("weight")
    entry |= _part(row, label, measures)
    if rule := row.text("rule") if bare else row.needed("rule"):
        entry["rule"] = rule
    if note := row.text("note"):
        entry["note"] = note
    if applies := row.formula("applies", measures.names):
        entry["applies"] = applies
    if (unmet := row.choice("unmet", "unmet")) is not None:
        entry["unmet"] = unmet
    for name in ("missing", "no_occasion"):
        if (policy := row.choice(name, name)) is not None:
            entry[name] = policy
    if (lower := row.yes("lower_is_better")) is not None:
        entry["lower_is_better"] = lower
    entry |= row.period()
    row.keep_places(entry, "indicators", id, _KEYS | ({"reading": "reading"} if row.has("reading") else {}))
    return Weighted(row, entry, weight_of(row))


def _part(row: Row, label: str, measures: Measures) -> dict[str, Any]:
    """What an indicator and a further measure have in common."""
    row.needed("unit")
    unit = row.unit()
    entry: dict[str, Any] = {"unit": unit, "definition": row.text("definition") or label}
    actual = measures.typed.get(row.number) or row.formula("actual", measures.names)
    if actual:
        entry["actual"] = actual
    entry |= _target(row, unit, measures)
    if choices := _choices(row, unit):
        entry["choices"] = choices
    return entry


def _target(row: Row, unit: str, measures: Measures) -> dict[str, Any]:
    """The target: a number, or a formula over the data."""
    text, value = row.text("target"), row.value("target")
    if isinstance(value, str) and _looks_like_formula(text, measures):
        formula = row.formula("target", measures.names)
        return {} if formula is None else {"target_formula": formula}
    number = row.number_of("target", unit)
    return {} if number is None else {"target": number}


def _looks_like_formula(text: str, measures: Measures) -> bool:
    """Whether a text has the name of a measure, or an operator between two things."""
    if number_meant(text, "%") is not None or folded(text) in words.blanks():
        return False
    return any(name in text for name in measures.names) or _JOINED.search(text) is not None


def _choices(row: Row, unit: str) -> list[dict[str, Any]]:
    """Usual targets, written as 快消品=30%；耐用品=20%."""
    entries: list[dict[str, Any]] = []
    if not row.has("unit"):  # which is told; without it nobody can read them
        return entries
    for text in filter(str.strip, _SEPARATOR.split(row.text("choices"))):
        label, equals, number = _EQUALS.sub("=", text).rpartition("=")
        value = number_meant(number, unit)
        if not equals or not label.strip() or not is_number(value):
            row.wrong("choices", "choices", text)
            return []
        entries.append({"label": label.strip(), "value": tidy(value)})
    return entries


def _add_further(entry: dict[str, Any], row: Row, measures: Measures) -> None:
    label = plain_label(row.text("label"))
    if row.text("weight") or row.text("rule"):
        row.wrong("weight" if row.text("weight") else "rule", "further_weight", label=label)
    part = {"label": label} | _part(row, label, measures)
    further = entry.setdefault("further", [])
    further.append(part)
    stem = f"indicators[{entry['id']}].further[{len(further)}]"
    row.notes.places[stem] = row.place("label")
    for key, field in _PART_KEYS.items():
        row.notes.places[f"{stem}.{key}"] = row.place(field)


def _note_torn_groups(indicators: Sequence[Weighted]) -> None:
    """Note where a group is taken up again after another one; the loader refuses that."""
    seen: set[str] = set()
    before: set[str] = set()
    for one in indicators:
        inside = set(paths_to(one.entry["group"]))
        for path in inside - before & seen:
            one.row.notes.places.setdefault(f"torn[{path}]", one.row.place("group"))
        seen |= inside
        before = inside
