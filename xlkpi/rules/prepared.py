"""The rules of the shipped roles' sentences, read when the program was built: `known.json`, made by `make prepared`.

So the first score need not wait until the reader of sentences is loaded. The data is JSON, since whoever reviews a
change must be able to read it, and since nothing can be hidden in it: it names the classes below, and no others.
A value is itself; a list is a class and its fields, in their order; a list that begins with "" is a tuple.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from xlkpi.rules import model
from xlkpi.rules.rule import Rule

Kinds = Mapping[str, Callable[..., Any]]
"""What a list may begin with, and what makes the value of the rest."""

_CLASSES = (
    Decimal, Rule, model.Amount, model.Band, model.Bands, model.Basis, model.Cliff, model.Condition, model.Count,
    model.Full, model.Inverse, model.Levels, model.Linear, model.Meet, model.PartStep, model.Ratio, model.Side,
    model.Step, model.Subject,
)  # fmt: skip
KINDS: Kinds = {"": lambda *values: values} | {kind.__name__: kind for kind in _CLASSES}


def known_rule(sentence: str, unit: str | None) -> Rule | None:
    """The rule of a sentence in a row of this unit; None where it was not read before, or asks a question."""
    prepared = known().get(sentence, {}).get(unit or "")
    return None if prepared is None else decoded(prepared, KINDS)


@cache
def known() -> dict[str, dict[str, list[Any]]]:
    """Sentence → unit → encoded rule."""
    table: dict[str, dict[str, list[Any]]] = json.loads(files("xlkpi.rules").joinpath("known.json").read_bytes())
    return table


def decoded(value: Any, kinds: Kinds) -> Any:
    """The value that was encoded. Raises KeyError for what `kinds` does not name."""
    if type(value) is not list:
        return value
    kind, *content = value
    return kinds[kind](*[decoded(one, kinds) if type(one) is list else one for one in content])


def encoded(value: Any) -> Any:
    """A value as JSON holds it; fields at the end that have their defaults are left out."""
    if isinstance(value, tuple):
        return ["", *map(encoded, value)]
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if isinstance(value, dict):
        return ["dict", *map(encoded, chain.from_iterable(value.items()))]
    if is_dataclass(value):
        return _of_fields(value)
    return value if value is None or isinstance(value, str | int | float) else [type(value).__name__, str(value)]


def _of_fields(value: Any) -> list[Any]:
    held = [(getattr(value, field.name), field.default) for field in fields(value)]
    while held and held[-1][0] == held[-1][1] and repr(held[-1][0]) == repr(held[-1][1]):
        held.pop()
    return [type(value).__name__, *(encoded(one) for one, _ in held)]
