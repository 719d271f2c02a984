"""Sample quarters: plainly invented inputs that fill a form, for the demo and the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path

from xlkpi.catalogue.toml import read_toml
from xlkpi.i18n.numbers import Value


@dataclass(frozen=True)
class Sample:
    """One role's sample.

    person: field → text. measures: id → three monthly values, or one of the quarter. targets: indicator id → target,
    where the catalogue presets none.
    """

    role: str
    quarter: str
    person: Mapping[str, str]
    measures: Mapping[str, list[Value]]
    targets: Mapping[str, Value] = field(default_factory=dict)


def read_sample(path: Traversable | Path) -> Sample:
    """Read a sample file. Raises `CatalogueError` where it is no TOML."""
    return Sample(**read_toml(path))
