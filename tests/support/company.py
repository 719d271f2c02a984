"""A small company for the tests: people with posts, their filled workbooks, saved when a test says."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.support.catalogues import SHIPPED
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)
ROLES = ("ecommerce-operations", "customer-service", "operations-specialist")
SUPERIORS = ("孙上级", "周上级", "吴上级")
DEPARTMENTS = ("运营一部", "运营二部", "客服部")
NAMES = ("赵一", "钱二", "孙三", "李四", "周五", "吴六", "郑七", "王八", "冯九", "陈十", "褚甲", "卫乙")


@dataclass(frozen=True)
class Filled:
    """A post and what is typed into its form: the role's sample times `factor`, or nothing at all."""

    assignment: Assignment
    factor: float | None = 1.0
    cells: Mapping[str, Value] = field(default_factory=dict)


def assignments() -> list[Assignment]:
    """Twelve people of three roles under three superiors."""
    return [
        Assignment(f"{n:03}", name, DEPARTMENTS[n % 3], ROLES[n // 3 % 3], SUPERIORS[n % 3], "何总")
        for n, name in enumerate(NAMES, start=1)
    ]


@cache
def _empty(assignments: tuple[tuple[object, ...], ...], quarter: Quarter, language: str, registered: bool) -> bytes:
    made = [Assignment(*assignment) for assignment in assignments]  # type: ignore[arg-type]
    sheets = [
        PlannedSheet(title(assignment), SHIPPED.role(assignment.role), assignment if registered else None)
        for assignment in made
    ]
    return uncalculated(sheets, SHIPPED, quarter, language)


def title(assignment: Assignment) -> str:
    return f"{assignment.id} {assignment.role}"[:31]


def measures(role: str, factor: float) -> dict[str, list[Value]]:
    """The role's sample with every number but counts of a few times the factor; words stay."""

    def value(value: Value) -> Value:
        if not is_number(value) or abs(float(value)) < 10:  # type: ignore[arg-type]
            return value
        return round(float(value) * factor)  # type: ignore[arg-type]

    given = SHIPPED.samples()[role].measures
    return {
        id: [value(one) for one in values] if n % 2 else list(values) for n, (id, values) in enumerate(given.items())
    }


def workbook(
    forms: Sequence[Filled], quarter: Quarter = QUARTER, *, language: str = "zh-Hans", registered: bool = True
) -> bytes:
    """The filled workbook of some people, as the writer leaves it (no values of formulas)."""
    keys = tuple(
        (p.id, p.name, p.department, p.role, p.superior, p.second_superior, p.start, p.end)
        for p in (form.assignment for form in forms)
    )
    content = _empty(keys, quarter, language, registered)
    typed: dict[str, dict[str, Value]] = {}
    for form in forms:
        role, cells = SHIPPED.role(form.assignment.role), dict(form.cells)
        if form.factor is not None:
            targets = SHIPPED.samples()[role.id].targets
            cells = typed_cells(role, measures(role.id, form.factor), None, targets) | cells
        typed[title(form.assignment)] = cells
    return fill(content, typed)


def saved_at(content: bytes, moment: dt.datetime) -> bytes:
    """The workbook as if saved then."""
    stamp = b"\\g<1>" + moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    source, buffer = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", stamp, data)
            target.writestr(info, data)
    return buffer.getvalue()


def put(path: Path, content: bytes, day: int = 1) -> Path:
    """Write a workbook as saved on a day of January 2026."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(saved_at(content, dt.datetime(2026, 1, day, 8)))
    return path
