"""The rules of the shipped roles' sentences, read when the program was built: `known.json`, made by `make prepared`.

So the first score need not wait until the reader of sentences is loaded. The data is JSON, since whoever reviews a
change must be able to read it, and since nothing can be hidden in it: it names the classes below, and no others.
A value is itself; an object is a class, named by "", and its fields; a list is a class and what it is made of; a list
that begins with "" is a tuple.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from xlkpi.rules import model
from xlkpi.rules.rule import Rule

Kinds = Mapping[str, Callable[..., Any]]
"""What a list or an object may name, and what makes the value of the rest."""

_CLASSES = (
    Decimal, Rule, model.Amount, model.Band, model.Bands, model.Basis, model.Cliff, model.Condition, model.Count,
    model.Full, model.Inverse, model.Levels, model.Linear, model.Meet, model.PartStep, model.Ratio, model.Side,
    model.Step, model.Subject,
)  # fmt: skip
KINDS: Kinds = {"": lambda *values: values} | {kind.__name__: kind for kind in _CLASSES}
_LINE = re.compile(r'^("[^"\\]*(?:\\.[^"\\]*)*"): (\{.*\})', re.MULTILINE)


def known_rule(sentence: str, unit: str | None) -> Rule | None:
    """The rule of a sentence in a row of this unit; None where it was not read before, or asks a question."""
    line = known().get(json.dumps(sentence, ensure_ascii=False))
    prepared = json.loads(line).get(unit or "") if line else None
    return None if prepared is None else decoded(prepared, KINDS)


@cache
def known() -> dict[str, str]:
    """Sentence → {unit: encoded rule}, both as the lines of the file have them: reading all of these takes a while."""
    return dict(_LINE.findall(files("xlkpi.rules").joinpath("known.json").read_text("utf-8")))


def decoded(value: Any, kinds: Kinds) -> Any:
    """The value that was encoded. Raises KeyError for what `kinds` does not name."""
    if type(value) is list:
        kind, *content = value
        return kinds[kind](*[decoded(one, kinds) for one in content])
    if type(value) is dict:
        kind = value[""]
        return kinds[kind](**{name: decoded(one, kinds) for name, one in value.items() if name})
    return value


def encoded(value: Any) -> Any:
    """A value as JSON holds it; fields that have their defaults are left out."""
    if isinstance(value, tuple):
        return ["", *map(encoded, value)]
    if isinstance(value, Enum):
        return [type(value).__name__, value.value]
    if isinstance(value, dict):
        return ["dict", *map(encoded, chain.from_iterable(value.items()))]
    if is_dataclass(value):
        held = {field.name: getattr(value, field.name) for field in fields(value) if not _is_default(value, field)}
        return {"": type(value).__name__} | {name: encoded(one) for name, one in held.items()}
    return value if value is None or isinstance(value, str | int | float) else [type(value).__name__, str(value)]


def _is_default(value: Any, field: Field[Any]) -> bool:
    return repr(getattr(value, field.name)) == repr(field.default)  # 0.50 is not 0.5 here, nor 1 True
