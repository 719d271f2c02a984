"""Sample quarters: plainly invented data that fills a form, for the demo and the documentation."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from xlkpi.catalogue import Role
from xlkpi.expression import MONTHS
from xlkpi.form import Layout, measure_id
from xlkpi.scoring import Value


@dataclass(frozen=True)
class Sample:
    """One role's sample: whose, of which quarter, and the measures (three monthly values, or one)."""

    role: str
    quarter: str
    person: Mapping[str, str]
    measures: Mapping[str, list[Value]]


def load_sample(role: str) -> Sample:
    """The sample of a role. Raises FileNotFoundError where there is none."""
    text = (files("workbook_templates") / "samples" / f"{role}.toml").read_text("utf-8")
    return Sample(**tomllib.loads(text))


def typed_cells(
    role: Role, measures: Mapping[str, list[Value]], person: Mapping[str, str] | None = None
) -> dict[str, Value]:
    """Address → value of what somebody types into a role's form."""
    layout = Layout(role)
    cells: dict[str, Value] = {layout.address("person", field): value for field, value in (person or {}).items()}
    for measure in role.measures:
        columns = MONTHS if measure.monthly else ("quarter",)
        values = measures.get(measure.id, [None] * len(columns))
        for column, value in zip(columns, values, strict=True):
            cells[layout.address(measure_id(measure.id), column)] = value
    return cells
