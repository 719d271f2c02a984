"""Writes values into a workbook of forms: cells, notes that say where each comes from, and the scores anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import unescape

from xlkpi.calc.engine import evaluated, loaded
from xlkpi.calc.kept import is_doubtful
from xlkpi.calc.sandbox import recalculated
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.caches import ByIdentity
from xlkpi.form.register import quarter_in
from xlkpi.i18n.problems import Problem
from xlkpi.intake.reading import FormReading
from xlkpi.intake.workbook import Workbook
from xlkpi.writer.person import RANK
from xlkpi.writer.templates import FormTemplate, form_template
from xlkpi.xlsx.annotate import note
from xlkpi.xlsx.archive import pack, unpack
from xlkpi.xlsx.edit import edited_parts, patched_parts

_OTHER_FORMULAS = 60
"""Formulas for each form on the sheet of all of them; there are some 13."""


@dataclass(frozen=True)
class Typed:
    """What is typed into one workbook. cells, notes: sheet → address → value or text. ours: its formulas are ours."""

    name: str
    content: bytes
    language: str
    cells: Mapping[str, Mapping[str, float | str]]
    notes: Mapping[str, Mapping[str, str]]
    start: str
    ours: bool

    @property
    def size(self) -> int:
        return len(self.content)


def typed_in(typed: Typed) -> tuple[bytes, Sequence[Problem]]:
    """The workbook with the values, calculated, and the problems of calculating. Raises `UnreadableError`."""
    parts = edited_parts(unpack(typed.content), typed.cells)
    if typed.ours:
        calculated = patched_parts(parts, evaluated(loaded(parts)))
        return note(calculated, typed.notes, typed.start), ()
    result = recalculated(pack(parts))  # formulas that others wrote may take any time and memory
    return note(result.content, typed.notes, typed.start), tuple(result.problems(typed.name, typed.language))


def has_our_formulas(workbook: Workbook) -> bool:
    """Whether all formulas of a workbook are those that its forms were made with: they take no time to speak of."""
    titles = {reading.sheet for reading in workbook.readings}
    others = [
        formula
        for title in workbook.book.titles
        if title not in titles
        for formula in workbook.book.stored(title).formulas.values()
    ]
    if len(others) > _OTHER_FORMULAS * (len(titles) + 1) or any(map(is_doubtful, others)):
        return False
    return all(_is_ours(reading, workbook) for reading in workbook.readings)


def _is_ours(reading: FormReading, workbook: Workbook) -> bool:
    registered, quarter = reading.registered, quarter_in(workbook.settings)
    if quarter is None:
        return False
    catalogue: Catalogue = workbook.catalogue
    try:
        role = catalogue.role(registered.role, quarter)
        template = form_template(role, catalogue, quarter, reading.language, registered.assignment)
    except (CatalogueError, ValueError):
        return False
    formulas = workbook.book.stored(reading.sheet).formulas
    rank = RANK[0] - 1, RANK[1] - 1
    own = _formulas_of(ByIdentity(template))
    return all(formula in own for place, formula in formulas.items() if place != rank) and not is_doubtful(
        formulas.get(rank, "0")
    )


@lru_cache(128)
def _formulas_of(template: ByIdentity[FormTemplate]) -> frozenset[str]:
    rows = template.value.template.rows
    return frozenset(unescape(cell.formula) for _, cells in rows for cell in cells if cell.formula)
