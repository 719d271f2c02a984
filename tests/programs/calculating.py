"""What an engine makes of our formulas, held against Python."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils.cell import get_column_letter

from tests.programs.engines import Engine, Shown
from tests.support.catalogues import SHIPPED
from tests.support.forms import formulas
from tests.support.quarters import ROLES, Typed, filled, random_quarter
from xlkpi.calc.engine import evaluate
from xlkpi.form.layout import Layout
from xlkpi.i18n.numbers import is_number

TOLERANCE = 1e-9
_UNUSABLE = ("无", -1.0, 0.0, 12.5)
"""What else stands in cells for numbers."""


@dataclass(frozen=True)
class Book:
    """A workbook with a form of each role, without stored values, and what its formulas come to in Python.

    scores: the cells of scores, totals and grades. roles: by the sheet's name.
    """

    content: bytes
    expected: Mapping[tuple[str, str], Any]
    scores: frozenset[tuple[str, str]]

    @property
    def cells(self) -> dict[str, list[str]]:
        """The addresses of all formulas by sheet."""
        found: dict[str, list[str]] = {}
        for sheet, cell in self.expected:
            found.setdefault(sheet, []).append(cell)
        return found


@dataclass
class Comparison:
    """How an engine's results compare with Python's.

    books, cells, scores: so many were compared; seconds: the engine took for them, its start included. other_cells,
    other_scores: so many of them show something else, and examples where. failed: why it stopped.
    """

    books: int = 0
    cells: int = 0
    scores: int = 0
    seconds: float = 0.0
    other_cells: int = 0
    other_scores: int = 0
    examples: list[str] = field(default_factory=list)
    failed: str = ""


def quarters(number: int) -> Iterator[Book]:
    """So many random quarters of all roles: complete, with gaps, and with gaps and unusable values, in turn."""
    for turn in range(number):
        chosen = random.Random(turn)
        typed = {id: random_quarter(id, chosen, gaps=turn % 3 > 0) for id in ROLES}
        if turn % 3 == 2:
            _spoil(typed, chosen)
        yield book(filled(typed))


def _spoil(typed: Mapping[str, Typed], chosen: random.Random) -> None:
    for measures, _ in typed.values():
        for id in chosen.sample(sorted(measures), 2):
            measures[id][chosen.randrange(len(measures[id]))] = chosen.choice(_UNUSABLE)


def book(content: bytes) -> Book:
    """A workbook and what it comes to. The cell that says which engine is at work is left out."""
    values = evaluate(content)
    expected = {
        (sheet, f"{get_column_letter(column)}{row}"): values(sheet, row, column)
        for (sheet, row, column), formula in formulas(content).items()
        if "KPI_ENGINE" not in formula
    }
    return Book(content, expected, frozenset(expected) & _scores())


def _scores() -> set[tuple[str, str]]:
    found = set()
    for role in map(SHIPPED.role, ROLES):
        layout = Layout(role)
        rows = [f"i:{indicator.id}" for indicator in role.indicators] + ["total", "final", "grade"]
        found.update((role.title, layout.address(row, "score")) for row in rows)
    return found


def compared(engine: Engine, books: Sequence[Book]) -> Comparison:
    """What an engine makes of these workbooks. It stops with the first that it cannot calculate."""
    comparison = Comparison()
    with tempfile.TemporaryDirectory(prefix="xlkpi-programs-") as folder:
        for number, one in enumerate(books):
            source = Path(folder) / f"quarter{number}.xlsx"
            source.write_bytes(one.content)
            started = time.perf_counter()
            try:
                shown = engine.calculate(source, one.cells)
            except RuntimeError as error:
                comparison.failed = str(error)
                break
            comparison.seconds += time.perf_counter() - started
            _count(comparison, one, shown, engine.texts)
    return comparison


def _count(comparison: Comparison, one: Book, shown: Shown, texts: bool) -> None:
    comparison.books += 1
    comparison.cells += len(one.expected)
    comparison.scores += len(one.scores)
    for (sheet, cell), wanted in one.expected.items():
        found = shown[sheet][cell]
        if not same(found, wanted, texts=texts):
            comparison.other_cells += 1
            comparison.other_scores += (sheet, cell) in one.scores
            comparison.examples.append(f"{sheet} {cell}: {found!r}, {wanted!r}")


def same(found: Any, wanted: Any, *, texts: bool = False) -> bool:
    """Whether an engine shows what Python computes: numbers within 1e-9 of their size; "" and an empty cell are one.

    texts: whether a number may come as a text.
    """
    found, wanted = ("" if value is None else value for value in (found, wanted))
    if texts and is_number(wanted) and isinstance(found, str):
        try:
            found = float(found)
        except ValueError:
            return False
    if is_number(found) and is_number(wanted):
        return bool(abs(found - wanted) <= TOLERANCE * max(1.0, abs(wanted)))
    return bool(found == wanted)
