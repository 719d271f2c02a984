"""Reading a filled workbook by identity: inputs only, never what its formulas show.

A returned file is untrusted. What cannot be read is a `Problem` that names file, sheet and cell; a sheet that cannot
be read does not keep the others from being read, nor a cell the other cells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from xlkpi.appraisal.appraise import Appraisal, appraise
from xlkpi.appraisal.inputs import Inputs, Spare
from xlkpi.catalogue import translate
from xlkpi.catalogue.expression import MONTHS
from xlkpi.catalogue.load import Indicator, Role, load_role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.assignment import Post
from xlkpi.common.files import shown_name
from xlkpi.common.quarter import Quarter
from xlkpi.form.grid import Book, Grid, Registered, address, find, language_in, meta
from xlkpi.form.layout import SPARE, TYPED_PERSON_FIELDS, TYPED_TEXT, measure_id, part_id
from xlkpi.i18n.labels import is_yes, words
from xlkpi.i18n.numbers import number_meant
from xlkpi.i18n.problems import Problem, UnreadableError, told
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.wording import plain
from xlkpi.scoring.scores import Value, is_number
from xlkpi.xlsx.archive import content_of

__all__ = [
    "Book", "Filled", "Form", "Grid", "Problem", "Reading", "Registered", "UnreadableError", "Workbook", "language_in",
    "meta", "open_workbook", "read", "scored",
]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One of 加减分项, as typed; points may be anything."""

    text: str
    evidence: str
    points: Value


@dataclass(frozen=True)
class Review:
    """What was agreed in the meeting about one of the biggest losses, as typed. place: 1 for the biggest."""

    place: int
    actions: str
    due: str


@dataclass(frozen=True)
class Form:
    """One filled sheet. `post` is whose it is, as the roster said when it was made; None without a roster.

    events, reviews: those of their rows where something was typed.
    """

    sheet: str
    appraisal: Appraisal
    post: Post | None = None
    events: tuple[Event, ...] = ()
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True)
class Filled:
    """A filled workbook: what could be read, and what could not."""

    quarter: str | None
    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]
    registered: tuple[Registered, ...] = ()
    lite: str | None = None
    """The package that its functions for xlwings Lite come from; None without them."""


@dataclass(frozen=True)
class Reading:
    """One registered form as it was found, all that is readable read. The role is in the language of the form.

    sheet: its name in the file. inputs: what could not be read in them is empty, or a weight of 0. problems: of the
    cells that were read.
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
    def appraisal(self) -> Appraisal | None:
        """None where an identity or a weight is gone: a total without it would pass for the right one."""
        if any(problem.kind in _NOT_SCORED for problem in self.problems):
            return None
        return appraise(self.role, self.inputs)


_NOT_SCORED = ("row_deleted", "column_deleted", "doubled", "weight")


@dataclass(frozen=True)
class Workbook:
    """A returned workbook: the forms found in it, and what is wrong with the sheets.

    strays: sheets that look like forms and are not registered.
    """

    file: str
    book: Book
    settings: Mapping[str, object]
    readings: tuple[Reading, ...]
    problems: tuple[Problem, ...]
    strays: tuple[str, ...]
    registered: tuple[Registered, ...] = ()

    @property
    def quarter(self) -> str | None:
        quarter = self.settings.get("quarter")
        return quarter if isinstance(quarter, str) else None

    @property
    def language(self) -> str:
        return language_in(self.settings)


def read(path: Path) -> Filled:
    """Read and score every form of a workbook; a file that is none of ours is a problem. Raises OSError."""
    try:
        return scored(open_workbook(content_of(path), shown_name(path)))
    except UnreadableError as error:
        return Filled(None, (), (error.problem(shown_name(path)),))


def scored(workbook: Workbook) -> Filled:
    """Every form of an opened workbook, scored; those that cannot be are left to their problems."""
    forms = (
        Form(reading.sheet, appraisal, reading.registered.post, _events(reading.grid), _reviews(reading.grid))
        for reading in workbook.readings
        if (appraisal := reading.appraisal)
    )
    problems = (problem for reading in workbook.readings for problem in reading.problems)
    lite = workbook.settings.get("lite")
    return Filled(
        workbook.quarter,
        tuple(forms),
        (*workbook.problems, *problems),
        workbook.registered,
        lite if isinstance(lite, str) else None,
    )


def open_workbook(content: bytes, file: str) -> Workbook:
    """Read every form of a workbook; `file` is its name. Raises `UnreadableError` where it is none of ours."""
    book = Book(content)
    settings, sheets = meta(book)
    language = language_in(settings)
    roles: dict[str, Role] = {}
    problems: list[Problem] = []
    for registered in sheets:
        try:
            roles[registered.role] = translate.role(load_role(registered.role, quarter_in(settings)), language)
        except CatalogueError as error:
            problems.append(_problem(file, language, registered.title, "role", error=error))
    found = find(book, sheets, {id: frozenset(needed_rows(role)) for id, role in roles.items()})
    readings: list[Reading] = []
    for registered, title in found.forms:
        if registered.role not in roles:
            continue
        if title is not None and title != registered.title:
            problems.append(_problem(file, language, title, "renamed", severity="warning", title=registered.title))
        try:
            grid = book.grid(title or registered.title)
            readings.append(
                _reading(file, title or registered.title, registered, roles[registered.role], grid, settings)
            )
        except UnreadableError as error:
            problems.append(error.problem(file, registered.title, language))
    return Workbook(file, book, settings, tuple(readings), tuple(problems), found.strays, tuple(sheets))


def _problem(file: str, language: str, sheet: str, kind: str, severity: str = "error", **values: object) -> Problem:
    message, advice = told(kind, language, **values)
    return Problem(file, sheet, None, None, None, kind, message, advice, severity)


def _reading(
    file: str, title: str, registered: Registered, role: Role, grid: Grid, settings: Mapping[str, object]
) -> Reading:
    months = _months(registered.post, settings)
    cells = _Cells(file, title, role, grid, language_in(settings), months)
    inputs = Inputs(
        months=months,
        measures={m.id: [cells(measure_id(m.id), column) for column in _columns(m.monthly)] for m in role.measures},
        targets={
            i.id: [None if p.target_formula else cells(part_id(i.id, n), "target") for n, p in enumerate(i.parts)]
            for i in role.indicators
        },
        rules={i.id: cells.text(part_id(i.id), "rule") for i in role.indicators},
        units={i.id: cells.text(part_id(i.id), "unit") for i in role.indicators},
        weights={i.id: _weight(cells(part_id(i.id), "weight")) for i in role.indicators},
        spare=[_spare(cells, id) for id in SPARE if part_id(id) in grid.row],
        person={field: cells.text("person", field) for field in TYPED_PERSON_FIELDS},
        newcomer=is_yes(cells.text("person", "newcomer")),
        language=cells.language,
        grade_scale=cells.text("final", "definition"),
        events=[cells(row_id, "score") for row_id in grid.row if row_id.startswith("b:")],
        **_company(settings),
    )
    problems = (*cells.gone(), *cells.weights(), *cells.no_numbers())
    return Reading(file, title, registered, role, cells.language, grid, inputs, problems)


def _columns(monthly: bool) -> tuple[str, ...]:
    return MONTHS if monthly else ("quarter",)


def needed_rows(role: Role) -> dict[str, str]:
    """The rows without which a form cannot be scored, and what stands in those of measures and indicators."""
    parts = {part_id(i.id, number): part.label for i in role.indicators for number, part in enumerate(i.parts)}
    return {measure_id(measure.id): measure.label for measure in role.measures} | parts | {"person": "", "final": ""}


def _events(grid: Grid) -> tuple[Event, ...]:
    rows = [id for id in grid.row if id.startswith("b:")]
    typed = (Event(_typed(grid, id, "event"), _typed(grid, id, "evidence"), grid(id, "score")) for id in rows)
    return tuple(event for event in typed if event.text or event.evidence or event.points not in (None, ""))


def _reviews(grid: Grid) -> tuple[Review, ...]:
    rows = sorted(id for id in grid.row if id.startswith("r:"))
    typed = (Review(n, _typed(grid, id, "actions"), _typed(grid, id, "due")) for n, id in enumerate(rows, start=1))
    return tuple(review for review in typed if review.actions or review.due)


def _typed(grid: Grid, row_id: str, what: str) -> str:
    """Words beside the numbers; no score needs them, so that a form without their column is read all the same."""
    column = TYPED_TEXT[what]
    return grid.text(row_id, column).strip() if column in grid.column else ""


def _months(post: Post | None, settings: Mapping[str, object]) -> tuple[str, ...]:
    """The months in post: all of them without a roster, or where the workbook no longer says of which quarter it is."""
    quarter = quarter_in(settings)
    return post.months(quarter) if post and quarter else MONTHS


def quarter_in(settings: Mapping[str, object]) -> Quarter | None:
    """The quarter of a workbook; None where it no longer says a valid one."""
    try:
        return Quarter.parse(str(settings.get("quarter")))
    except ValueError:
        return None


def _company(settings: Mapping[str, object]) -> dict[str, Any]:
    """The company's settings that the form was made with."""
    return {key: value for key in ("events_limit", "red_line_total") if is_number(value := settings.get(key))}


def _spare(cells: _Cells, id: str) -> Spare:
    row = part_id(id)
    label, rule, unit = (cells.text(row, column) for column in ("label", "rule", "unit"))
    return Spare(id, label, cells(row, "weight"), cells(row, "actual"), cells(row, "target"), rule, unit)


def _weight(weight: Value) -> float:
    """A fraction of 1; 0 where there is none, and the form is not scored."""
    return float(weight) if _weighs(weight) else 0.0  # type: ignore[arg-type]


def _weighs(weight: Value) -> bool:
    return is_number(weight) and 0 <= weight <= 1


class _Cells:
    """The cells of one form while it is read: those that are gone are empty."""

    def __init__(self, file: str, sheet: str, role: Role, grid: Grid, language: str, months: tuple[str, ...]) -> None:
        self.file, self.sheet, self.role, self.grid, self.language = file, sheet, role, grid, language
        self.months = months

    def __call__(self, row_id: str, column_id: str) -> Value:
        return self.grid.get(row_id, column_id)

    def text(self, row_id: str, column_id: str) -> str:
        return self.grid.text(row_id, column_id) if self.grid.has(row_id, column_id) else ""

    def _problem(
        self,
        kind: str,
        row_id: str | None,
        column_id: str | None,
        key: str = "",
        cell: str | None = None,
        **values: object,
    ) -> Problem:
        message, advice = told(key or kind, self.language, **values)
        if cell is None and row_id is not None and column_id is not None:
            cell = self.grid.address(row_id, column_id)
        return Problem(self.file, self.sheet, cell, row_id, column_id, kind, message, advice)

    def gone(self) -> Iterator[Problem]:
        """Rows and columns that must be there, once."""
        grid = self.grid
        for row_id, label in needed_rows(self.role).items():
            if row_id in grid.doubled_rows:
                cell = address(grid.doubled_rows[row_id][-1], grid.id_column)
                yield self._problem("doubled", row_id, None, "rows_doubled", cell, id=row_id)
            elif row_id not in grid.row:
                label = label or words(self.language)("name" if row_id == "person" else row_id)
                yield self._problem("row_deleted", row_id, None, row=row_id, label=label)
        monthly = any(measure.monthly for measure in self.role.measures)
        months = MONTHS if monthly else ()
        needed = ("weight", "target", "rule", "unit", "definition", *months, "quarter", "label", "score", "actual")
        for column_id in dict.fromkeys((*needed, *TYPED_PERSON_FIELDS)):
            if column_id in grid.doubled_columns:
                cell = address(0, grid.doubled_columns[column_id][-1])
                yield self._problem("doubled", None, column_id, "columns_doubled", cell, id=column_id)
            elif column_id not in grid.column:
                yield self._problem("column_deleted", None, column_id, column=column_id)

    def weights(self) -> Iterator[Problem]:
        """Without a weight there is no total, and a wrong one must not pass for one."""
        for indicator in self.role.indicators:
            row = part_id(indicator.id)
            if self.grid.has(row, "weight") and not _weighs(weight := self(row, "weight")):
                shown = "" if weight is None else weight
                where = self.grid.address(row, "weight")
                yield self._problem("weight", row, "weight", where=where, weight=shown)

    def no_numbers(self) -> Iterator[Problem]:
        """Typed cells that hold something else than a number: what they belong to is `#KPI`."""
        said = words(self.language)
        typed = [
            (measure_id(m.id), column, m.label, m.unit)
            for m in self.role.measures
            for column in (self.months if m.monthly else ("quarter",))
        ]
        typed += [
            (part_id(indicator.id, n), "target", said("target_of", label=part.label), part.unit)
            for indicator in self.role.indicators
            for n, part in enumerate(indicator.parts)
            if part.target_formula is None
        ]
        rated = {
            measure_id(indicator.parts[0].actual.operands[0].measure): self._levels(indicator)
            for indicator in self.role.indicators
            if indicator.levels
        }
        for row_id, column_id, label, unit in typed:
            value = self(row_id, column_id)
            levels = rated.get(row_id, ())
            if value is None:
                continue
            if levels and value not in levels:
                yield self._problem(
                    "level", row_id, column_id, label=label, levels=said("list_separator").join(levels), value=value
                )
            elif not levels and not is_number(value):
                kind, key, meant = _no_number(self.grid, row_id, column_id, unit)
                yield self._problem(kind, row_id, column_id, key, label=label, value=value, meant=meant)

    def _levels(self, indicator: Indicator) -> tuple[str, ...]:
        """The words that the form's own rule knows; those of the catalogue where it cannot be read."""
        row = part_id(indicator.id)
        try:
            base = parse(self.text(row, "rule"), self.text(row, "unit")).base
        except RuleError:
            return indicator.levels
        return tuple(name for name, _ in base.levels) if isinstance(base, Levels) else indicator.levels


def _no_number(grid: Grid, row_id: str, column_id: str, unit: str) -> tuple[str, str, str]:
    """What stands there in place of a number: kind, which words to say, and the number that may be meant."""
    value = grid.raw(row_id, column_id)
    if grid.place(row_id, column_id) in grid.errors:
        return "error_value", "error_value", ""
    if isinstance(value, bool):
        return "boolean", "boolean", ""
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return "date", "date", ""
    if not str(value).strip():
        return "number", "number_blank", ""
    meant = number_meant(str(value), unit)
    if meant is None:
        return "number", "number", ""
    percent = unit == "%" and str(value).strip().endswith(("%", "％"))
    shown = f"{plain(round(meant * 100, 9))}%" if percent else plain(meant)
    return "number", "number_meant", shown
