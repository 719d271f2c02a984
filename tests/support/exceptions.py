"""Forms with the block 不计分事项: a company that has it, and a role whose indicators say what then holds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.support.catalogues import TEMPLATES
from tests.support.paths import ROOT
from xlkpi.appraisal.exceptions import FIELDS, ExceptionLine
from xlkpi.appraisal.inputs import Inputs
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.layout import Layout, part_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

ROLE = "store-keeper"
QUARTER = Quarter(2026, 4)
CASES = ROOT / "tests" / "cases" / "exceptions"
MEASURES: Mapping[str, Sequence[Value]] = {
    "sales": (80000, 90000, 100000), "planned": (4,), "opened": (3,), "projects": (5,), "done": (4,), "errors": (1,),
    "trained": (12,), "rating": ("良好",),
}  # fmt: skip
WEIGHTS = {"revenue": 30, "opening": 20, "finished": 10, "accuracy": 20, "training": 10, "teamwork": 10}
PERSON = Assignment("001", "员工甲", "拓展部", ROLE, "考核员乙", "考核员丙")
Line = tuple[str, str, str, str]
"""Indicator, situation, reason, approver."""


@cache
def catalogue(*, on: bool = True, role_text: str = "") -> Catalogue:
    """The program's catalogue with the role; on: whether the company's forms have the block."""
    folder = Path(tempfile.mkdtemp()) / "catalogue"
    shutil.copytree(TEMPLATES, folder)
    text = role_text or (CASES / f"{ROLE}.toml").read_text("utf-8")
    (folder / "roles" / f"{ROLE}.toml").write_text(text, "utf-8")
    if on:
        company = folder / "company.toml"
        blocks = '"events", "review", "confirmation"'
        text = company.read_text("utf-8").replace(f"[{blocks}]", f'[{blocks}, "exceptions"]')
        company.write_text(text, "utf-8")
    return Catalogue.of(folder)


def role(language: str = HANS) -> Role:
    return catalogue().role(ROLE, QUARTER, language)


def layout(language: str = HANS) -> Layout:
    return Layout(role(language), catalogue().company().blocks)


def typed_lines(*lines: Line) -> dict[str, Value]:
    """The cells of lines, by address."""
    where = layout()
    return {
        where.address(f"x:{number}", EXCEPTION_COLUMNS[field]): text or None
        for number, line in enumerate(lines, start=1)
        for field, text in zip(FIELDS, line, strict=True)
    }


def form(
    *lines: Line,
    measures: Mapping[str, Sequence[Value]] | None = None,
    cells: Mapping[str, Value] | None = None,
    carried: Mapping[str, float] | None = None,
    assignment: Assignment | None = None,
    language: str = HANS,
) -> bytes:
    """A filled form on the sheet 表1, formulas without values. measures: in place of the usual ones."""
    sheet = PlannedSheet("表1", catalogue().role(ROLE, QUARTER), assignment)
    content = uncalculated([sheet], catalogue(), QUARTER, language)
    where, person = layout(), {"name": "员工甲", "newcomer": "否"} if assignment is None else {}
    given = {id: values for id, values in {**MEASURES, **(measures or {})}.items() if values}  # else left empty
    usual = typed_cells(role(), given, person)
    scores = {where.address(part_id(id), "carried"): score for id, score in (carried or {}).items()}
    return fill(content, {"表1": usual | typed_lines(*lines) | scores | dict(cells or {})})


def inputs(
    *lines: Line,
    measures: Mapping[str, Sequence[Value]] | None = None,
    carried: Mapping[str, float] | None = None,
    language: str = HANS,
) -> Inputs:
    """The inputs that `form` types."""
    typed = tuple(ExceptionLine(number, *line) for number, line in enumerate(lines, start=1))
    values = {id: list(given) for id, given in {**MEASURES, **(measures or {})}.items()}
    given = {"exceptions": typed, "carried": dict(carried or {}), "language": language}
    return Inputs.preset(role(language), values, **given)
