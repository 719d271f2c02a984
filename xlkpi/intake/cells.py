"""Reads the cells of one form by row and column id, and reports cells that are gone or hold something wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from unicodedata import normalize

from xlkpi.appraisal.inputs import is_weight
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.common.person import TYPED_FIELDS
from xlkpi.common.quarter import MONTHS
from xlkpi.form.captions import column_caption, row_caption
from xlkpi.form.grid import Grid, address
from xlkpi.form.layout import SPARE, measure_id, needed_rows, part_id
from xlkpi.i18n.labels import words
from xlkpi.i18n.numbers import Value, is_number, number_meant, plain
from xlkpi.i18n.problems import ERROR, Place, Problem
from xlkpi.intake.moved import moved_rows
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.parse import parse


class FormCells:
    """The cells of one form, by row and column id; a cell that is gone is empty.

    months: the columns of the months that the person has the role in.
    """

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
        if cell is None and row_id is not None and column_id is not None:
            cell = self.grid.address(row_id, column_id)
        return Problem.at(
            Place(self.file, self.sheet, cell, row_id, column_id), kind, self.language, ERROR, key, **values
        )

    def gone(self) -> Iterator[Problem]:
        """Rows and columns that scoring needs and that are deleted, or there twice."""
        grid = self.grid
        labels = words(self.language)
        for row_id in needed_rows(self.role):
            if row_id in grid.doubled_rows:
                cell = address(grid.doubled_rows[row_id][-1], grid.id_column)
                yield self._problem("doubled", row_id, None, "rows_doubled", cell, id=row_id)
            elif row_id not in grid.row:
                yield self._problem("row_deleted", row_id, None, label=row_caption(row_id, self.role, labels))
        monthly = any(measure.monthly for measure in self.role.measures)
        months = MONTHS if monthly else ()
        needed = ("weight", "target", "rule", "unit", "definition", *months, "quarter", "label", "score", "actual")
        for column_id in dict.fromkeys((*needed, *TYPED_FIELDS)):
            if column_id in grid.doubled_columns:
                cell = address(grid.id_row, grid.doubled_columns[column_id][-1])
                yield self._problem("doubled", None, column_id, "columns_doubled", cell, id=column_id)
            elif column_id not in grid.column:
                yield self._problem("column_deleted", None, column_id, label=column_caption(column_id, labels))

    def moved(self) -> Iterator[Problem]:
        """Rows that hold what belongs to another row: which number is whose is not known."""
        labels = words(self.language)
        for row in moved_rows(self.role, self.grid):
            label = labels("spare") if row.row in map(part_id, SPARE) else row_caption(row.row, self.role, labels)
            key = "moved" if row.holds else "moved_unit"
            unit = self.text(row.row, "unit")
            yield self._problem("moved", row.row, row.column, key, label=label, other=row.holds, unit=unit)

    def weights(self) -> Iterator[Problem]:
        """Weights that are empty or no weights: without them there must be no total."""
        for indicator in self.role.indicators:
            row = part_id(indicator.id)
            if self.grid.has(row, "weight") and not is_weight(weight := self(row, "weight")):
                shown = "" if weight is None else weight
                where = self.grid.address(row, "weight")
                yield self._problem("weight", row, "weight", where=where, weight=shown)

    def no_numbers(self) -> Iterator[Problem]:
        """Typed cells that should hold a number, or one of the levels, and hold something else: scores show `#KPI`."""
        labels = words(self.language)
        typed = [
            (measure_id(m.id), column, m.label, m.unit)
            for m in self.role.measures
            for column in (self.months if m.monthly else ("quarter",))
        ]
        typed += [
            (part_id(indicator.id, n), "target", labels("target_of", label=part.label), part.unit)
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
                yield self._problem("level", row_id, column_id, label=label, levels=levels, value=value)
            elif not levels and not is_number(value):
                kind, key, meant = _no_number(self.grid, row_id, column_id, unit)
                yield self._problem(kind, row_id, column_id, key, label=label, value=value, meant=meant)

    def _levels(self, indicator: Indicator) -> tuple[str, ...]:
        """The levels of the rule on the form; those of the catalogue where that rule cannot be read."""
        row = part_id(indicator.id)
        try:
            base = parse(self.text(row, "rule"), self.text(row, "unit")).base
        except RuleError:
            return indicator.levels
        return tuple(name for name, _ in base.levels) if isinstance(base, Levels) else indicator.levels


def _no_number(grid: Grid, row_id: str, column_id: str, unit: str) -> tuple[str, str, str]:
    """Kind and message key of the problem of a cell without a number, and the number that may be meant, as text."""
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
    percent = unit == "%" and normalize("NFKC", str(value)).strip().endswith("%")
    shown = f"{plain(round(meant * 100, 9))}%" if percent else plain(meant)
    return "number", "number_meant", shown
