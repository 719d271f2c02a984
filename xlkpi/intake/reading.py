"""Reads one registered form, cell by cell, into the inputs of its appraisal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from xlkpi.appraisal.appraise import Appraisal, appraise
from xlkpi.appraisal.filled import Agreement, Event, Review
from xlkpi.appraisal.inputs import Inputs, Spare, is_weight, operand_values
from xlkpi.appraisal.meeting import Meeting
from xlkpi.catalogue.arithmetic.tree import Operand
from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.caches import ByIdentity
from xlkpi.common.person import TYPED_FIELDS
from xlkpi.common.quarter import MONTHS
from xlkpi.form.blocks.agreement import SIGNED
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.grid import Grid
from xlkpi.form.layout import LOSS_COUNT, SPARE, measure_id, part_id
from xlkpi.form.register import Registered, language_in, quarter_in
from xlkpi.i18n.labels import is_yes
from xlkpi.i18n.numbers import Value
from xlkpi.i18n.problems import Problem
from xlkpi.intake.agreement.reading import read_agreement
from xlkpi.intake.cells import FormCells
from xlkpi.intake.exceptions import exceptions_in
from xlkpi.intake.meeting import read_meeting, read_owner, typed
from xlkpi.intake.ratings import read_ratings, shares_of, superiors_words

RESULT_SIGNED = "c:result"
"""The row in which the result is signed."""


@dataclass(frozen=True)
class FormReading:
    """One registered form and everything in it that could be read.

    sheet: its name in the file. role: in the language of the form. inputs: what could not be read is empty, a weight 0.
    problems: those of the cells that were read.
    """

    file: str
    sheet: str
    registered: Registered
    role: Role
    language: str
    grid: Grid
    inputs: Inputs
    problems: tuple[Problem, ...]

    @cached_property
    def values(self) -> Mapping[Operand, Value]:
        """The value of every measure, and of its months."""
        return operand_values(self.role, self.inputs)

    @cached_property
    def reviews(self) -> tuple[Review, ...]:
        """The lines of the review (面谈与改进) that have actions, a date or somebody who sees to them."""
        grid, ids = self.grid, {number: f"r:{number}" for number in range(1, LOSS_COUNT + 1)}
        lines = (
            Review(
                n,
                **{field: _typed(grid, id, field) for field in ("actions", "due", "about")},
                owner=read_owner(grid, id),
            )
            for n, id in ids.items()
            if id in grid.row
        )
        return tuple(review for review in lines if review.actions or review.due or review.owner)

    @cached_property
    def agreement(self) -> Agreement:
        """What the form says of the agreement of its targets."""
        return read_agreement(self.grid)

    @cached_property
    def meeting(self) -> Meeting | None:
        """The record of the review meeting (面谈记录); None where the form has no such block."""
        return read_meeting(self.grid)

    @cached_property
    def appraisal(self) -> Appraisal | None:
        """The scores; None where an id or a weight is gone: a total without it would look right and be wrong."""
        if any(problem.kind in NOT_SCORED for problem in self.problems):
            return None
        return appraise(self.role, self.inputs, self.values)


NOT_SCORED = ("row_deleted", "column_deleted", "doubled", "moved", "weight")
"""The kinds of problems with which a form has no scores."""


def read_form(
    file: str,
    title: str,
    registered: Registered,
    role: Role,
    grid: Grid,
    settings: Mapping[str, object],
    company: Company,
) -> FormReading:
    """Read the form on a sheet.

    role, company: in the language of the form. settings: those of the workbook's hidden sheet.
    """
    months = _months(registered.assignment, settings)
    shares = shares_of(grid, role, company)
    cells = FormCells(file, title, role, grid, language_in(settings), months, shares)
    made = _preset(ByIdentity(role))
    inputs = Inputs(
        months=months,
        measures={m.id: [cells(measure_id(m.id), column) for column in _columns(m.monthly)] for m in role.measures}
        | ({} if shares is None else superiors_words(role, grid)),
        shares=shares,
        ratings={} if shares is None else read_ratings(role, grid),
        targets={
            i.id: [None if p.target_formula else cells(part_id(i.id, n), "target") for n, p in enumerate(i.parts)]
            for i in role.indicators
        },
        rules=_shared({i.id: cells.text(part_id(i.id), "rule") for i in role.indicators}, made.rules),
        units=_shared({i.id: cells.text(part_id(i.id), "unit") for i in role.indicators}, made.units),
        weights={i.id: _weight(cells(part_id(i.id), "weight")) for i in role.indicators},
        spare=[_spare(cells, id) for id in SPARE if part_id(id) in grid.row],
        person={field: cells.typed_text("person", field) for field in TYPED_FIELDS},
        newcomer=is_yes(cells.typed_text("person", "newcomer")),
        language=cells.language,
        grade_scale=cells.text("final", "definition"),
        events=[cells(row_id, "score") for row_id in grid.row if row_id.startswith("b:")],
        events_limit=float(company.events_limit),
        red_line_total=None if company.red_line_total is None else float(company.red_line_total),
        **exceptions_in(role, grid),
    )
    problems = (
        *cells.gone(),
        *cells.moved(),
        *cells.unusable(),
        *cells.weights(),
        *cells.no_numbers(),
        *cells.no_ratings(),
    )
    return FormReading(file, title, registered, role, cells.language, grid, inputs, problems)


@lru_cache(256)
def _preset(role: ByIdentity[Role]) -> Inputs:
    return Inputs.preset(role.value, {})


def _shared(texts: Mapping[str, str], made: Mapping[str, str]) -> Mapping[str, str]:
    """The texts of the role where they are the same: then all forms of a large company hold them once."""
    return made if texts == made else texts


def _columns(monthly: bool) -> tuple[str, ...]:
    return MONTHS if monthly else ("quarter",)


def read_events(grid: Grid) -> tuple[Event, ...]:
    """The events of a form (加减分项) that have a text, evidence or points."""
    rows = [id for id in grid.row if id.startswith("b:")]
    events = (Event(_typed(grid, id, "event"), _typed(grid, id, "evidence"), grid(id, "score")) for id in rows)
    return tuple(event for event in events if event.text or event.evidence or event.points not in (None, ""))


def read_signed(grid: Grid) -> tuple[str, ...]:
    """What was typed where the result is signed: the employee, the superior, the superior's superior."""
    places = [(RESULT_SIGNED, column) for column in SIGNED.values() if grid.has(RESULT_SIGNED, column)]
    return tuple(text for place in places if (text := grid.text(*place).strip()))


def _typed(grid: Grid, row_id: str, field: str) -> str:
    return typed(grid, row_id, TYPED_TEXT[field])


def _months(assignment: Assignment | None, settings: Mapping[str, object]) -> tuple[str, ...]:
    """The months in which the person has the role; all three without a roster or where the quarter is gone."""
    quarter = quarter_in(settings)
    return assignment.months(quarter) if assignment and quarter else MONTHS


def _spare(cells: FormCells, id: str) -> Spare:
    row = part_id(id)
    label, rule, unit = (cells.text(row, column) for column in ("label", "rule", "unit"))
    return Spare(id, label, cells(row, "weight"), cells(row, "actual"), cells(row, "target"), rule, unit)


def _weight(weight: Value) -> float:
    """A weight, 0 to 1; 0 where the cell holds none, and then the form is not scored."""
    return float(weight) if is_weight(weight) else 0.0  # type: ignore[arg-type]
