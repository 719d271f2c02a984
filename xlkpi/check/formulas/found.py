"""The layout of a form as it came back, and formulas for its rows: rows and columns may stand elsewhere than before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xlkpi.form.layout import SPARE, Layout, Span, measure_id, part_id
from xlkpi.writer.formulas.sheet import SheetFormulas


@dataclass(frozen=True)
class _FoundSpan(Span):
    """Rows of a returned file, where columns may have other letters."""

    letters: Mapping[str, str]

    def cells(self, column_id: str) -> str:
        letter = self.letters[column_id]
        return f"{letter}{self.first}:{letter}{self.last}"


@dataclass(frozen=True)
class FoundLayout(Layout):
    """Where everything stands in a returned file, by the ids in the file: row id → row, column id → letter."""

    rows_by_id: Mapping[str, int] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, int]:
        return dict(self.rows_by_id)

    def row(self, part: str) -> int:
        return self.rows_by_id[part] if part in self.rows_by_id else super().row(part)

    @property
    def scored(self) -> Span:
        indicators = (part_id(i.id, part) for i in self.role.indicators for part in range(len(i.parts)))
        return self._around((*indicators, *map(part_id, SPARE)))

    @property
    def entries(self) -> Span:
        return self._around(measure_id(measure.id) for measure in self.role.measures)

    def _around(self, row_ids: Iterable[str]) -> Span:
        rows = [self.rows_by_id[id] for id in row_ids if id in self.rows_by_id]
        return _FoundSpan(min(rows), max(rows), self.letters)

    def address(self, row_id: str, column_id: str) -> str:
        return f"{self.letters[column_id]}{self.rows_by_id[row_id]}"


class FoundFormulas(SheetFormulas):
    """Formulas for the rows of a returned file; right only for formulas that read no rows but their indicator's."""

    layout: FoundLayout

    def at(self, column_id: str, row: int) -> str:
        return f"{self.layout.letters[column_id]}{row}"

    def fixed(self, column_id: str, row: int) -> str:
        return f"${self.layout.letters[column_id]}${row}"
