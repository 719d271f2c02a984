"""What is left of a filled workbook that another program opened and saved: inputs, scores, findings, contents."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.programs.calculating import same
from tests.programs.losses import contents, lost
from tests.programs.writers import Edit, Writer
from tests.support.catalogues import SHIPPED
from tests.support.quarters import ROLES, random_quarter
from xlkpi.calc.engine import recalculate
from xlkpi.check.run import check
from xlkpi.collect.collection import collect
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.problems import Problem
from xlkpi.intake.received import receive_all
from xlkpi.intake.workbook import read
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

QUARTER = Quarter(2026, 4)
EDIT = Edit(SHIPPED.role("ecommerce-operations").title, "J10", 654321.0)
"""The input that is changed: sales of the first month. On the first sheet, since ssconvert changes no other."""


@dataclass(frozen=True)
class Saved:
    """What is left of a filled workbook.

    inputs, scores: whether all of them are read as before, of the workbook saved as it was and of the one in which one
    input was changed, and `collect` ranks the people as it should. told: what `check` finds in the workbook that was
    saved as it was, and not in the one before; told_changed: in the one with a changed input, and not in one in which
    the same number was typed into the file. lost: contents that are no longer there. failed: why nothing was saved.
    """

    inputs: bool = False
    scores: bool = False
    told: tuple[Problem, ...] = ()
    told_changed: tuple[Problem, ...] = ()
    lost: tuple[str, ...] = ()
    failed: str = ""


@cache
def filled_book(forms: int) -> bytes:
    """A form of each of so many roles, of people with staff numbers, complete and calculated; EDIT's comes first."""
    roles = sorted(map(SHIPPED.role, ROLES), key=lambda role: role.title != EDIT.sheet)[:forms]
    sheets = [
        PlannedSheet(role.title, role, Assignment(f"{n:04}", f"示例{n:02}", "示例部", role.id, "示例上级", ""))
        for n, role in enumerate(roles, start=1)
    ]
    typed = {}
    for sheet in sheets:
        measures, targets = random_quarter(sheet.role.id, random.Random(sheet.role.id), gaps=False)
        typed[sheet.title] = typed_cells(sheet.role, measures, {"newcomer": "否"}, targets)
    return recalculate(fill(uncalculated(sheets, SHIPPED, QUARTER), typed))


def saved(writer: Writer, forms: int = len(ROLES)) -> Saved:
    """What is left after this program."""
    book = filled_book(forms)
    with tempfile.TemporaryDirectory(prefix="xlkpi-programs-") as name:
        folder = Path(name)
        plain, typed = folder / "before" / "plain.xlsx", folder / "before" / "typed.xlsx"
        plain.parent.mkdir()
        plain.write_bytes(book)
        typed.write_bytes(fill(book, {EDIT.sheet: {EDIT.cell: EDIT.value}}))
        as_it_was = (folder / "after" / "plain.xlsx").with_suffix(writer.suffix)
        changed = (folder / "changed" / "typed.xlsx").with_suffix(writer.suffix)
        as_it_was.parent.mkdir()
        changed.parent.mkdir()
        try:
            writer.save(plain, as_it_was, None)
            writer.save(plain, changed, EDIT)
        except RuntimeError as error:
            return Saved(failed=str(error))
        pairs = ((plain, as_it_was), (typed, changed))
        return Saved(
            all(alike(_inputs(before), _inputs(after)) for before, after in pairs),
            all(alike(_scores(before), _scores(after)) for before, after in pairs),
            _new(plain, as_it_was),
            _new(typed, changed),
            tuple(lost(contents(plain), contents(as_it_was))),
        )


def _inputs(path: Path) -> list[Any]:
    """Who was appraised, and what was typed."""
    inputs = [(form.assignment, form.appraisal.inputs) for form in read(path, SHIPPED).forms]
    return [(who, one.measures, one.targets, one.rules, one.units, one.weights) for who, one in inputs]


def _scores(path: Path) -> list[Any]:
    """What `score` makes of it, and the ranking of `collect`."""
    appraisals = [form.appraisal for form in read(path, SHIPPED).forms]
    ranking = collect(list(receive_all([(path.name, path)], SHIPPED)), QUARTER, SHIPPED).ranking
    return [
        *([one.final, one.grade, *(result.score for result in one.indicators)] for one in appraisals),
        *([one.rank, one.person.name, one.person.final] for one in ranking),
    ]


def alike(one: Any, other: Any) -> bool:
    """Whether two of these are the same, numbers within 1e-9 of their size."""
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return same(other, one)


def _new(before: Path, after: Path) -> tuple[Problem, ...]:
    """What `check` finds in the file that came back, and not in the one before."""
    known = Counter(map(_place, _problems(before)))
    new = []
    for problem in _problems(after):
        if known[_place(problem)]:
            known[_place(problem)] -= 1
        else:
            new.append(problem)
    return tuple(new)


def _place(problem: Problem) -> tuple[str | None, str | None, str]:
    return problem.sheet, problem.cell, problem.kind


def _problems(path: Path) -> Iterable[Problem]:
    (found,) = check([path], SHIPPED)
    return found.problems
