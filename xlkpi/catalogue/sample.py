"""Sample quarters: plainly invented data that fills a form, for the demo and the documentation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable

from xlkpi.i18n.numbers import Value


@dataclass(frozen=True)
class Sample:
    """One role's sample: whose, of which quarter, the measures (three monthly values, or one), targets agreed."""

    role: str
    quarter: str
    person: Mapping[str, str]
    measures: Mapping[str, list[Value]]
    targets: Mapping[str, Value] = field(default_factory=dict)
    """By indicator, where the catalogue presets none."""


def load_samples() -> dict[str, Sample]:
    """All samples, by role; a role that somebody added may have none."""
    folder = files("workbook_templates") / "samples"
    return {path.name.removesuffix(".toml"): _load(path) for path in folder.iterdir() if path.name.endswith(".toml")}


def load_sample(role: str) -> Sample:
    """The sample of a role. Raises FileNotFoundError where there is none."""
    return _load(files("workbook_templates") / "samples" / f"{role}.toml")


def _load(path: Traversable) -> Sample:
    return Sample(**tomllib.loads(path.read_text("utf-8")))
