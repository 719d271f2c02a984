"""The shipped roles as they were read when the program was built: `roles/*.json`, as `rules.prepared` describes them.

A file says of which bytes it was made. Where the role file has others, because somebody has edited it, it is not used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from xlkpi.catalogue.arithmetic.expression import Expression
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.role import Alert, Choice, Duty, Indicator, Measure, Part, Role, Version
from xlkpi.common.quarter import Quarter
from xlkpi.rules.prepared import Kinds, decoded

_CLASSES = (Alert, Choice, Duty, Fraction, Indicator, Measure, Operand, Part, Role)
_KINDS: Kinds = {
    **{kind.__name__: kind for kind in _CLASSES},
    "": lambda *values: values,
    "dict": lambda *pairs: dict(zip(pairs[::2], pairs[1::2], strict=True)),
    "Expression": Expression.checked_before,
}


def prepared_versions(path: Traversable | Path) -> tuple[Version, ...] | None:
    """The versions of a role file; None where there are none of exactly this content. Raises OSError."""
    prepared = files("xlkpi.catalogue.prepared").joinpath("roles", path.name.removesuffix("toml") + "json")
    if not prepared.is_file():
        return None
    held = json.loads(prepared.read_bytes())
    if held["made_of"] != digest_of(path):
        return None
    return tuple(
        Version(Quarter.parse(first), last and Quarter.parse(last), decoded(role, _KINDS), _Entries(path, place))
        for place, (first, last, role) in enumerate(held["versions"])
    )


def digest_of(path: Traversable | Path) -> str:
    """The digest of a file's bytes. Raises OSError."""
    return sha256(path.read_bytes()).hexdigest()


class _Entries(Mapping[str, Any]):
    """`Version.data` of one of the versions, read from the role file when it is first asked for."""

    def __init__(self, path: Traversable | Path, place: int) -> None:
        self._path, self._place = path, place

    @cached_property
    def _data(self) -> Mapping[str, Any]:
        from xlkpi.catalogue.role_file import read_versions  # here: it loads the reader of sentences

        return read_versions(self._path)[self._place].data

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)
