"""Writes a role's data as a role file (TOML), for exchange with other programs and companies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ORDER = ("id", "title", "source", "effective_from", "compare_periods", "all_rated", "missing", "guidance")
_TABLES = ("duties", "groups", "measures", "indicators", "alerts")
_NESTED = ("choices", "further")


def role_file(data: Mapping[str, Any]) -> str:
    """The text of a role file; read again it gives the same data."""
    lines = [*_pairs({key: data[key] for key in _ORDER if key in data})]
    for name in _TABLES:
        for entry in data.get(name, []):
            lines += ["", f"[[{name}]]", *_entry(entry, name)]
    return "\n".join(lines) + "\n"


def _entry(entry: Mapping[str, Any], name: str) -> Iterator[str]:
    yield from _pairs({key: value for key, value in entry.items() if key not in _NESTED})
    for nested in _NESTED:
        for inner in entry.get(nested, []):
            yield from ("", f"[[{name}.{nested}]]", *_entry(inner, f"{name}.{nested}"))


def _pairs(entry: Mapping[str, Any]) -> Iterator[str]:
    for key, value in entry.items():
        yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]" if value else "[]"
    return json.dumps(str(value), ensure_ascii=False).replace(
        "\x7f", "\\u007f"
    )  # TOML's strings are JSON's, but for DEL
