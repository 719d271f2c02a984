"""What the blocks of a role's sheet say: for every entry of its data the values of a row, by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlkpi.catalogue.units import is_percent
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.draft import RoleDraft
from xlkpi.catalogue.workbooks.reading.groups import derived_groups
from xlkpi.catalogue.workbooks.reading.measures import names_of
from xlkpi.catalogue.workbooks.reading.names import in_names
from xlkpi.catalogue.workbooks.reading.periods import periods_of
from xlkpi.i18n.numbers import is_number, plain, same_number
from xlkpi.role_books.typed import typed_measures
from xlkpi.role_books.understanding import understood

_PERIOD = ("effective_from", "effective_to")
_WHOLE = 100


@dataclass(frozen=True)
class Shown:
    """A value for a cell, and its number format."""

    value: str | float
    format: str = "General"


Values = dict[str, Shown]
"""Field → value; a field that is not there leaves its cell empty."""


@dataclass(frozen=True)
class _Entry:
    entry: dict[str, Any]


class Content:
    """The rows of every block of a role's sheet."""

    def __init__(self, draft: RoleDraft) -> None:
        self.draft, data = draft, draft.data
        self.data = data
        self._typed = typed_measures(data)
        measures = entries(data, "measures")
        pairs = [(str(m.get("label", "")), str(m.get("id", ""))) for m in measures]
        self._labels = {id: label for label, id in pairs if label}
        self._names = names_of(pairs)
        self._measures = {str(measure.get("id")): measure for measure in measures}
        self.in_percent = self._sums_to_hundred()

    def head(self) -> Values:
        """The values of the head by field."""
        texts = {field: self.data.get(field) for field in ("title", "id", "source", "effective_from")}
        values = {field: Shown(str(text)) for field, text in texts.items() if text}
        values["compare_periods"] = _yes_no(self.data.get("compare_periods", True))
        values["all_rated"] = _yes_no(self.data.get("all_rated", False))
        if "missing" in self.data:
            values["missing"] = _policy("missing", self.data["missing"])
        return values

    def guidance(self) -> list[str]:
        """The texts of the guidance."""
        return [str(text) for text in self.data.get("guidance", [])]

    def rows(self, block: str) -> list[Values]:
        """The rows of a block; none for groups that weigh what their indicators weigh."""
        of_block = {
            "duties": self._duties,
            "measures": self._measure_rows,
            "groups": self._groups,
            "indicators": self._indicators,
            "alerts": self._alerts,
        }
        return [*of_block[block]()]

    # --- blocks -------------------------------------------------------------------------------------------------------

    def _duties(self) -> Iterator[Values]:
        for entry in entries(self.data, "duties"):
            values = _texts(entry, "heading", "text", *_PERIOD)
            if is_number(share := entry.get("share")):
                values["share"] = rate(share / _WHOLE)
            yield values

    def _groups(self) -> Iterator[Values]:
        if self.in_percent:
            return
        for entry in entries(self.data, "groups"):
            yield _texts(entry, "path", *_PERIOD) | _number(entry, "weight", "")

    def _measure_rows(self) -> Iterator[Values]:
        for entry in entries(self.data, "measures"):
            if entry.get("id") not in self._typed:
                yield self._measure(entry)

    def _measure(self, entry: Mapping[str, Any]) -> Values:
        values = _texts(entry, "label", "unit", "rated_by", "id", *_PERIOD) | _described(entry) | _how_entered(entry)
        for field in ("previous", "optional"):
            if field in entry:
                values[field] = _yes_no(entry[field])
        if entry.get("newcomer") == 0:
            values["newcomer"] = _yes_no(True)
        for field in ("carried_from", "part_of"):
            if entry.get(field):
                values[field] = Shown(self._formula(str(entry[field])))
        return values

    def _indicators(self) -> Iterator[Values]:
        said = understood(self.data)
        for entry, reading in zip(entries(self.data, "indicators"), said, strict=True):
            yield self._indicator(entry) | {"reading": Shown(reading)}
            for part in entries(entry, "further"):
                values = self._part(part)
                values["label"] = Shown(f"{words.FURTHER} {part.get('label', '')}")
                yield values

    def _indicator(self, entry: Mapping[str, Any]) -> Values:
        id = str(entry.get("id", ""))
        values = _texts(entry, "group", "label", "rule", "note", "id", *_PERIOD) | self._part(entry)
        if is_number(weight := entry.get("weight")):
            values["weight"] = rate(weight / _WHOLE) if self.in_percent else number(weight)
        if "applies" in entry:
            values["applies"] = Shown(self._formula(str(entry["applies"])))
        if "unmet" in entry:
            values["unmet"] = Shown(words.choice("unmet", "zero" if entry["unmet"] == "zero" else "redistribute"))
        values |= {name: _policy(name, entry[name]) for name in ("missing", "no_occasion") if name in entry}
        if "lower_is_better" in entry:
            values["lower_is_better"] = _yes_no(entry["lower_is_better"])
        if id in self._typed:
            values.pop("actual", None)
            values |= _described(self._measures[id]) | _how_entered(self._measures[id])
        if originals := self.draft.originals.get(id):
            values["originals"] = Shown(
                "\n".join(words.text("original", heading=heading, text=text) for heading, text in originals.items())
            )
        if unread := self.draft.unread.get(id):
            values["unread"] = Shown(unread)
        return values

    def _part(self, entry: Mapping[str, Any]) -> Values:
        unit = str(entry.get("unit", ""))
        values = _texts(entry, "label", "unit") | _described(entry) | _number(entry, "target", unit)
        for field, key in (("actual", "actual"), ("target", "target_formula")):
            if entry.get(key):
                values[field] = Shown(self._formula(str(entry[key])))
        if choices := entries(entry, "choices"):
            percent = is_percent(unit)
            texts = (f"{choice['label']}={_written(choice['value'], percent)}" for choice in choices)
            values["choices"] = Shown(words.separator().join(texts))
        return values

    def _alerts(self) -> Iterator[Values]:
        for entry in entries(self.data, "alerts"):
            values = _texts(entry, "text", "id", *_PERIOD)
            values["when"] = Shown("\n".join(self._formula(str(text)) for text in entry.get("when", [])))
            if "red_line" in entry:
                values["red_line"] = _yes_no(entry["red_line"])
            yield values

    # --- values -------------------------------------------------------------------------------------------------------

    def _formula(self, expression: str) -> str:
        return in_names(expression, self._labels, self._names)

    def _sums_to_hundred(self) -> bool:
        """Whether groups weigh what their indicators weigh and these sum to 100: then the weights are per cent."""
        indicators = [_Entry(entry) for entry in entries(self.data, "indicators")]
        if not all(is_number(one.entry.get("weight")) and one.entry.get("group") for one in indicators):
            return not entries(self.data, "groups")
        sums = (sum(entry["weight"] for entry in holding) for _, holding in periods_of(indicators))
        if not all(same_number(total, _WHOLE) for total in sums):
            return False
        groups = entries(self.data, "groups")
        return not groups or sorted(map(_comparable, groups)) == sorted(map(_comparable, derived_groups(indicators)))


def formula_in_names(expression: str, labels: Mapping[str, str]) -> str:
    """A formula with the names of its data. labels: id → name."""
    return in_names(expression, labels, names_of([(label, id) for id, label in labels.items()]))


def entries(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The entries of an array of tables; none where there is no such array."""
    found = data.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, Sequence) else []


def _comparable(group: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(group.get("path")), f"{group.get('weight', 0):g}", *(str(group.get(end, "")) for end in _PERIOD))


def _texts(entry: Mapping[str, Any], *fields: str) -> Values:
    return {field: Shown(str(entry[field])) for field in fields if entry.get(field)}


def _described(entry: Mapping[str, Any]) -> Values:
    """Owner and definition, where they say more than what stands for an empty cell."""
    texts = _texts(entry, "owner", "definition")
    implied = {"owner": words.default("owner"), "definition": entry.get("label")}
    return {field: shown for field, shown in texts.items() if shown.value != implied[field]}


def _number(entry: Mapping[str, Any], field: str, unit: str) -> Values:
    value = entry.get(field)
    if not is_number(value):
        return {}
    return {field: rate(value) if is_percent(unit) else number(value)}


def _how_entered(measure: Mapping[str, Any]) -> Values:
    unit = str(measure.get("unit", ""))
    usual = "mean" if is_percent(unit) else "sum"
    chosen = "quarter" if measure.get("entry") == "quarter" else str(measure.get("aggregate", usual))
    known = chosen in words.aggregates()
    values = {"aggregate": Shown(words.choice("aggregates", chosen) if known else chosen)}
    return values | _number(measure, "low", unit) | _number(measure, "high", unit)


def rate(value: float) -> Shown:
    """A rate with as many decimals as it has."""
    decimals = plain(round(value * _WHOLE, 10)).partition(".")[2]
    return Shown(round(value, 12), f"0.{'0' * len(decimals)}%" if decimals else "0%")


def number(value: float) -> Shown:
    """A number; a large whole one with separators."""
    return Shown(value, "#,##0" if float(value).is_integer() and abs(value) >= 1000 else "General")


def _written(value: float, percent: bool) -> str:
    return f"{plain(round(value * _WHOLE, 10))}%" if percent else plain(value)


def _policy(kind: str, value: object) -> Shown:
    """The word of a choice; a value that is none as it is."""
    known = words.chosen(kind).values()
    return Shown(words.choice(kind, str(value)) if value in known else str(value))


def _yes_no(value: object) -> Shown:
    return Shown(words.choice("yes_no", "yes" if value else "no"))
