"""Reads the cells of one form by row and column id, and reports cells that are gone or hold something wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from xlkpi.appraisal.inputs import is_weight
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.role import Indicator, Role
from xlkpi.common.caches import ByIdentity, kept
from xlkpi.common.person import TYPED_FIELDS
from xlkpi.common.quarter import MONTHS
from xlkpi.form.captions import column_caption, rating_caption, row_caption
from xlkpi.form.grid import Grid, Ids, address
from xlkpi.form.layout import OTHERS, SPARE, measure_id, needed_rows, part_id, rating_id
from xlkpi.form.names import without_text_mark
from xlkpi.i18n.labels import Labels, is_nobody, words
from xlkpi.i18n.numbers import Value, is_number, lost_digits, number_meant, number_written, plain, value_text
from xlkpi.i18n.problems import ERROR, Place, Problem
from xlkpi.intake.moved import moved_rows
from xlkpi.intake.ratings import needed_places, rated_places
from xlkpi.rules.model import Levels, RuleError
from xlkpi.scoring.scores import rule_of
from xlkpi.xlsx.cells import is_error_text


class FormCells:
    """The cells of one form, by row and column id; a cell that is gone is empty.

    months: the columns of the months that the person has the role in. shares: what ratings count; None without ratings.
    """

    def __init__(
        self,
        file: str,
        sheet: str,
        role: Role,
        grid: Grid,
        language: str,
        months: tuple[str, ...],
        shares: Shares | None = None,
    ) -> None:
        self.file, self.sheet, self.role, self.grid, self.language = file, sheet, role, grid, language
        self.months, self.shares = months, shares

    def __call__(self, row_id: str, column_id: str) -> Value:
        return self.grid.get(row_id, column_id)

    def text(self, row_id: str, column_id: str) -> str:
        return self.grid.text(row_id, column_id) if self.grid.has(row_id, column_id) else ""

    def typed_text(self, row_id: str, column_id: str) -> str:
        """A typed text; "" where the cell holds an error, which is no name and no department."""
        text = self.text(row_id, column_id)
        return "" if is_error_text(text) else without_text_mark(text)

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
        ratings = [*needed_places(self.role, self.shares)] if self.shares else []
        for row_id in dict.fromkeys((*needed_rows(self.role), *(row for _, row, _ in ratings))):
            if row_id in grid.doubled_rows:
                cell = address(grid.doubled_rows[row_id][-1], grid.id_column)
                yield self._problem(
                    "doubled", row_id, None, "rows_doubled", cell, label=row_caption(row_id, self.role, labels)
                )
            elif row_id not in grid.row:
                yield self._problem("row_deleted", row_id, None, label=row_caption(row_id, self.role, labels))
        monthly = any(measure.monthly for measure in self.role.measures)
        months = MONTHS if monthly else ()
        needed = ("weight", "target", "rule", "unit", "definition", *months, "quarter", "label", "score", "actual")
        for column_id in dict.fromkeys((*needed, *(column for *_, column in ratings), *TYPED_FIELDS)):
            if column_id in grid.doubled_columns:
                cell = address(grid.id_row, grid.doubled_columns[column_id][-1])
                label = column_caption(column_id, labels)
                yield self._problem("doubled", None, column_id, "columns_doubled", cell, label=label)
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

    def unusable(self) -> Iterator[Problem]:
        """Typed cells with a formula that has no result, and typed texts that are an error or have lost digits."""
        grid, labels = self.grid, words(self.language)
        for row, column in counted_places(self.role, self.grid.ids, self.months, rated=self.shares is not None):
            if not (row == "person" or grid.uncalculated) or not grid.has(row, column):
                continue
            place = grid.place(row, column)
            if place in grid.uncalculated:
                label = self._label(row, column, labels)
                weighs = column == "weight" and row not in map(part_id, SPARE)  # without it there must be no total
                kind = "weight" if weighs else "uncalculated"
                yield self._problem(kind, row, column, "uncalculated_cell", label=label)
            elif row == "person" and is_error_text(text := grid.text(row, column)):
                label = self._label(row, column, labels)
                yield self._problem("error_value", row, column, "error_text", label=label, value=text)
            elif (row, column) == ("person", "employee_id") and lost_digits(grid.raw(row, column)):
                label = self._label(row, column, labels)
                yield self._problem("number", row, column, "lost_digits", label=label, value=grid.text(row, column))

    def _label(self, row: str, column: str, labels: Labels) -> str:
        """What the cell is called on the form: its column in the rows that have several typed cells."""
        if row.startswith("s:"):
            return rating_caption(row, column, self.role, labels)
        return row_caption(row, self.role, labels) if row.startswith("m:") else column_caption(column, labels, row)

    def weights(self) -> Iterator[Problem]:
        """Weights that are empty or no weights: without them there must be no total."""
        for indicator in self.role.indicators:
            row = part_id(indicator.id)
            if not self.grid.has(row, "weight") or self.grid.place(row, "weight") in self.grid.uncalculated:
                continue
            if not is_weight(weight := self(row, "weight")):
                key, values = no_weight(weight)
                where = self.grid.address(row, "weight")
                yield self._problem("weight", row, "weight", key, where=where, **values)

    def no_numbers(self) -> Iterator[Problem]:
        """Typed cells that should hold a number, or one of the levels, and hold something else: scores show `#KPI`."""
        labels = words(self.language)
        typed = [*_numbers(ByIdentity(self.role), self.language, self.months, self.shares is not None)]
        rated = {
            measure_id(indicator.rated): self._levels(indicator)
            for indicator in self.role.indicators
            if indicator.levels
        }
        for id in SPARE:
            row, label = part_id(id), self.text(part_id(id), "label") or labels("spare")
            for column, caption in (("actual", label), ("target", labels("target_of", label=label))):
                if (levels := self._read_from_spare(row, column)) is not None:
                    typed.append((row, column, caption, self.text(row, "unit")))
                    rated[row] = levels
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

    def no_ratings(self) -> Iterator[Problem]:
        """Ratings that are none: a word that is no level, points of others beyond the scale, an opinion in words."""
        labels = words(self.language)
        for row, rater in rated_places(self.role, self.grid.row) if self.shares else ():
            indicator = next(one for one in self.role.indicators if rating_id(one.id) == row)
            value, label = self(row, rater), rating_caption(row, rater, self.role, labels)
            if value is None or self.grid.place(row, rater) in self.grid.uncalculated:
                continue
            if indicator not in self.role.rated:
                if rater != OTHERS and not is_number(value):
                    kind, key, meant = _no_number(self.grid, row, rater, "")
                    yield self._problem(kind, row, rater, key, label=label, value=value, meant=meant)
            elif rater != OTHERS:
                levels = self._levels(indicator)
                if value not in levels:
                    yield self._problem("level", row, rater, label=label, levels=levels, value=value)
            elif not is_nobody(value):
                best = self._best(indicator)
                if not (is_number(value) and 0 <= value <= best):
                    values = {"best": plain(best), "nobody": labels("nobody")}
                    yield self._problem("others", row, rater, label=label, value=value, **values)

    def _best(self, indicator: Indicator) -> float:
        """The most points of the rule on the form, on its scale; of that of the catalogue where it cannot be read."""
        row = part_id(indicator.id)
        try:
            return float(rule_of(self.text(row, "rule"), self.text(row, "unit") or None).best or 0)
        except RuleError:
            return float(indicator.rule.best or 0)

    def _read_from_spare(self, row: str, column: str) -> tuple[str, ...] | None:
        """The levels that the rule of a spare row reads from a column, () for numbers; None where it reads nothing."""
        if not (sentence := self.text(row, "rule")):
            return None
        try:
            rule = rule_of(sentence, self.text(row, "unit") or None)
        except RuleError:
            return None
        if column == "target":
            return () if rule.reads_target(0) else None
        return tuple(name for name, _ in rule.base.levels) if isinstance(rule.base, Levels) else ()

    def _levels(self, indicator: Indicator) -> tuple[str, ...]:
        """The levels of the rule on the form; those of the catalogue where that rule cannot be read."""
        row = part_id(indicator.id)
        try:
            base = rule_of(self.text(row, "rule"), self.text(row, "unit") or None).base
        except RuleError:
            return indicator.levels
        return tuple(name for name, _ in base.levels) if isinstance(base, Levels) else indicator.levels


@kept(256)
def _numbers(
    role: ByIdentity[Role], language: str, months: tuple[str, ...], rated: bool
) -> Sequence[tuple[str, str, str, str]]:
    """Row id, column id, label and unit of the cells for numbers. rated: on a form with ratings."""
    labels, shown = words(language), role.value.rated_measures if rated else {}
    measures = (measure for measure in role.value.measures if measure.id not in shown)
    typed = [
        (measure_id(measure.id), column, measure.label, measure.unit)
        for measure in measures
        for column in (months if measure.monthly else ("quarter",))
    ]
    targets = (
        (part_id(indicator.id, n), "target", labels("target_of", label=part.label), part.unit)
        for indicator in role.value.indicators
        for n, part in enumerate(indicator.parts)
        if part.target_formula is None
    )
    return [*typed, *targets]


def counted_places(role: Role, ids: Ids, months: tuple[str, ...], *, rated: bool) -> Sequence[tuple[str, str]]:
    """(row id, column id) of the cells that count and are typed, or set by HR. rated: on a form with ratings."""
    return _counted_places(ByIdentity(role), ByIdentity(ids), months, rated)


@kept(256)
def _counted_places(
    role: ByIdentity[Role], ids: ByIdentity[Ids], months: tuple[str, ...], rated: bool
) -> Sequence[tuple[str, str]]:
    return tuple(_counted(role.value, ids.value, months, rated=rated))


def _counted(role: Role, ids: Ids, months: tuple[str, ...], *, rated: bool) -> Iterator[tuple[str, str]]:
    yield from (("person", field) for field in TYPED_FIELDS)
    if rated:
        yield from rated_places(role, ids.row)
    shown = role.rated_measures if rated else {}
    for measure in (measure for measure in role.measures if measure.id not in shown):
        yield from ((measure_id(measure.id), column) for column in (months if measure.monthly else ("quarter",)))
    for indicator in role.indicators:
        yield from ((part_id(indicator.id), column) for column in ("weight", "rule", "unit"))
        for number, part in enumerate(indicator.parts):
            if part.target_formula is None:
                yield part_id(indicator.id, number), "target"
    for id in SPARE:
        yield from ((part_id(id), column) for column in ("label", "weight", "target", "rule", "unit", "actual"))
    yield from ((row, "score") for row in ids.row if row.startswith("b:"))
    yield "final", "definition"


def no_weight(weight: Value) -> tuple[str, dict[str, str]]:
    """Key and values of the message about a cell that holds no weight: 20 and the text 0.2 are asked about as 20%."""
    shown = value_text(weight)
    number = number_written(shown)
    if number is None or not 0 <= number <= 100:
        return "weight", {"weight": shown}
    return "weight_meant", {"weight": shown, "meant": f"{plain(round(number if number > 1 else number * 100, 9))}%"}


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
