"""Finds the data that need no row of their own, because an indicator's actual is typed directly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

_SAME = ("label", "definition", "unit")
_CAN_SAY = {"id", *_SAME, "owner", "entry", "aggregate", "low", "high"}
"""What the row of an indicator can say of its data."""


def typed_measures(data: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the measures that the rows of their indicators say. They are the last ones of the role, in order:
    read again they come after those of the block of data.
    """
    indicators, measures = data.get("indicators", []), data.get("measures", [])
    places = {entry["id"]: number for number, entry in enumerate(indicators) if "id" in entry}
    times = Counter(entry.get("id") for entry in [*indicators, *measures])
    by_id = {entry.get("id"): entry for entry in indicators}
    found: list[Mapping[str, Any]] = []
    for measure in reversed(measures):
        id = measure.get("id")
        fits = times[id] == 2 and id in by_id and _is_own(measure, by_id[id])
        if not fits or (found and places[id] > places[found[-1]["id"]]):
            break
        found.append(measure)
    typed = {measure["id"] for measure in found}
    others = {(key, measure.get(key)) for measure in measures if measure.get("id") not in typed for key in _CAN_SAY}
    return frozenset(m["id"] for m in found) if not any(("label", m["label"]) in others for m in found) else frozenset()


def _is_own(measure: Mapping[str, Any], indicator: Mapping[str, Any]) -> bool:
    same = all(measure.get(key) == indicator.get(key) for key in _SAME)
    dated = "effective_from" in indicator or "effective_to" in indicator
    return same and not dated and indicator.get("actual") == measure.get("id") and measure.keys() <= _CAN_SAY
