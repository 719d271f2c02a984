"""The form that a check looks at: its cells, its catalogue, what is expected in it, and problems in its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from xlkpi.appraisal.appraise import IndicatorResult
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.role import Role
from xlkpi.check.expected import Expected, expected
from xlkpi.check.formulas.cells import FormulaCells, formula_cells, identities_of
from xlkpi.check.formulas.identity import Identities
from xlkpi.check.formulas.stored import SheetValues
from xlkpi.common.caches import ByIdentity
from xlkpi.form.blocks.meeting import HELD, LOW, TEXTS, text_id
from xlkpi.form.captions import column_caption
from xlkpi.form.layout import measure_id, part_id, rating_id
from xlkpi.form.register import quarter_in
from xlkpi.i18n.labels import Labels, words
from xlkpi.i18n.numbers import Value, is_number, number_text, plain, round_half_up
from xlkpi.i18n.problems import ERROR, Place, Problem
from xlkpi.intake.reading import FormReading
from xlkpi.xlsx.cells import CellTexts, StoredCells

MEETING_LABELS = {text_id(field): f"meeting_{field}" for field in TEXTS} | {HELD: "meeting_date", LOW: "col_low"}
"""Row id → the key of its label, in the record of the meeting."""
MANY = 20
"""Changes of one kind that are no longer told one by one: they would hide everything else."""


@dataclass(frozen=True)
class CheckedForm:
    """One form of a returned workbook.

    stored: what is stored in the cells of its sheet. settings: those of the workbook's hidden sheet.
    """

    reading: FormReading
    stored: StoredCells
    settings: Mapping[str, object]
    catalogue: Catalogue

    @cached_property
    def formulas(self) -> CellTexts:
        """By place in the sheet, without their =."""
        return self.stored.formulas

    @cached_property
    def labels(self) -> Labels:
        return words(self.reading.language)

    @cached_property
    def current(self) -> bool:
        """Whether the role in the catalogue is still the one that the form was made from."""
        registered = self.reading.registered
        return registered.digest == self.catalogue.digest(registered.role, quarter_in(self.settings))

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        return expected(self.reading, self.settings, self.catalogue)

    @cached_property
    def identities(self) -> Identities:
        return identities_of(ByIdentity(self.reading.grid.ids), ByIdentity(self.expected[0].identities))

    @cached_property
    def same_places(self) -> bool:
        """Whether every row and column stands where it stood when the form was generated."""
        return self.identities is self.expected[0].identities

    @cached_property
    def formula_cells(self) -> FormulaCells:
        """The cells that held formulas when the form was made, and what stands in them."""
        return formula_cells(
            ByIdentity(self.expected[0].formulas), ByIdentity(self.reading.grid.ids), ByIdentity(self.formulas)
        )

    @cached_property
    def overwritten(self) -> int:
        """The number of formulas in whose place something else stands."""
        return self.formula_cells.overwritten

    @cached_property
    def lost(self) -> tuple[tuple[str, str], ...]:
        """The places whose formula the .xls format could not hold."""
        return self.formula_cells.lost

    @property
    def results_only(self) -> bool:
        """Whether a program saved the form without its formulas."""
        return self.overwritten == len(self.formula_cells.texts) > MANY

    def formula(self, row_id: str, column_id: str) -> str | None:
        """The text of the cell's formula, without its =."""
        return self.formulas.get(self.reading.grid.place(row_id, column_id))

    @cached_property
    def shown_values(self) -> SheetValues:
        """The values that the cells of the form's sheet show, for the formulas that read them."""
        return SheetValues(self.reading.sheet, self.reading.grid.rows, self.stored)

    def value(self, row_id: str, column_id: str) -> Value:
        """The cell's value; None where it is empty or gone."""
        return self.reading.grid.get(row_id, column_id)

    def empty(self, row_id: str, column_id: str) -> bool:
        """Whether nothing stands in the cell, not even a formula without a result, which intake reports."""
        grid = self.reading.grid
        return self.value(row_id, column_id) is None and not (
            grid.has(row_id, column_id) and grid.place(row_id, column_id) in grid.uncalculated
        )

    def problem(
        self,
        kind: str,
        row_id: str | None = None,
        column_id: str | None = None,
        severity: str = ERROR,
        key: str = "",
        cell: str | None = None,
        **values: object,
    ) -> Problem:
        """A problem of the form, or of a cell; `key` names its message where a kind has several.

        cell: an address, where it is not that of row and column.
        """
        reading = self.reading
        if cell is None and row_id is not None and column_id is not None:
            cell = reading.grid.address(row_id, column_id)
        place = Place(reading.file, reading.sheet, cell, row_id, column_id)
        return Problem.at(place, kind, reading.language, severity, key, **values)

    # --- labels for people -------------------------------------------------------------------------------------------

    @cached_property
    def row_labels(self) -> Mapping[str, str]:
        """Row id → label, for the rows that have one of their own."""
        spares = self.reading.inputs.spare
        of_role = _row_labels(ByIdentity(self.reading.role), self.labels.language)
        return {**of_role, **{part_id(spare.id): spare.label or self.labels("spare") for spare in spares}}

    @cached_property
    def results(self) -> Mapping[str, IndicatorResult]:
        """The results of the indicators; none where the form is not scored."""
        appraisal = self.reading.appraisal
        return {result.id: result for result in appraisal.indicators} if appraisal else {}

    def label(self, row_id: str) -> str:
        """The label of a row; its id where it has none."""
        families = {"b": "events", "k": "key_actions", "r": "review", "d": "duties", "g": "dimensions", "n": "readings"}
        families |= {"p": "previous_actions", "t": "meeting", "x": "exceptions"}
        family, _, number = row_id.partition(":")
        if row_id in self.row_labels:
            return self.row_labels[row_id]
        return f"{self.labels(families[family])} {number}" if family in families else row_id

    def column_label(self, row_id: str, column_id: str) -> str:
        """The caption of a column, which some rows have a caption of their own for."""
        return column_caption(column_id, self.labels, row_id)

    def shown_apart(self, value: float, expected: float, unit: str) -> dict[str, str]:
        """A number and the expected one for a message, with so many digits that they look different."""
        texts = [number_text(float(number), unit == "%", self.labels) for number in (value, expected)]
        if texts[0] == texts[1]:
            factor, sign = (100, "%") if unit == "%" else (1, "")
            texts = [plain(Decimal(str(float(number))) * factor) + sign for number in (value, expected)]
        return {"value": texts[0], "expected": texts[1]}

    def shown(self, value: object, unit: str = "") -> str:
        """A value for people; a rate (unit %) in per cent."""
        if not is_number(value):
            return "" if value is None else str(value)
        if unit == "%":
            return f"{plain(round_half_up(float(value) * 100, 4))}%"
        return plain(round(float(value), 9))


@lru_cache(256)
def _row_labels(role: ByIdentity[Role], language: str) -> Mapping[str, str]:
    in_language, indicators = words(language), role.value.indicators
    labels = {measure_id(measure.id): measure.label for measure in role.value.measures}
    labels |= {part_id(i.id, number): part.label for i in indicators for number, part in enumerate(i.parts)}
    labels |= {rating_id(i.id): in_language("rating_of", label=i.label) for i in indicators}
    labels |= {id: in_language(id) for id in ("final", "grade", "engine", "total")}
    return labels | {
        "events": in_language("events_total"),
        "c:targets": in_language("confirm_targets"),
        "c:result": in_language("confirm_result"),
        **{row: in_language(key) for row, key in MEETING_LABELS.items()},
    }
