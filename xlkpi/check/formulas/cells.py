"""The cells of a form that hold formulas, found out once for all forms of a shape.

Forms of one role that one program saved have the same ids and the same formulas; their readers share these objects, so
that what follows from them is found by their identity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from xlkpi.check.formulas.functions import Unknown
from xlkpi.check.formulas.identity import Identities
from xlkpi.check.formulas.places import Place
from xlkpi.check.formulas.value import Formula, formula_of
from xlkpi.common.caches import ByIdentity, kept
from xlkpi.form.grid import Ids
from xlkpi.xlsx.cells import LOST, CellTexts

_CACHED = 256
_MOST_READ = 200_000
"""Characters of a form's formulas, and cells that they read: some 15,000 as it was made, but anyone can type more."""
_HIDDEN = ("native", "effective", "check", "applies", "loss", "exception")
"""The columns of formulas that nobody sees."""


@dataclass(frozen=True)
class FormulaCells:
    """The cells that held formulas when a form was made, and are still there.

    texts: their formulas by row and column id, None where there is none. shown: those that people see, each with its
    row and column in the sheet, from 0, and its formula, None where there is none that we know. changed: those with
    another formula, which may say the same, or without one. overwritten: how many have none. lost: whose formula the
    .xls format could not hold.
    """

    texts: Mapping[Place, str | None]
    shown: tuple[tuple[Place, tuple[int, int], Formula | None], ...]
    changed: tuple[Place, ...]
    overwritten: int
    lost: tuple[Place, ...]


@kept(_CACHED)
def formula_cells(
    made: ByIdentity[Mapping[Place, str]], ids: ByIdentity[Ids], stored: ByIdentity[CellTexts]
) -> FormulaCells:
    """The formula cells of a form. made: the formulas when it was made. stored: those in the file, by place."""
    row, column, texts = ids.value.row, ids.value.column, stored.value
    at = {place: (row[place[0]], column[place[1]]) for place in made.value if place[0] in row and place[1] in column}
    found = {place: texts.get(where) for place, where in at.items()}
    return FormulaCells(
        found,
        tuple(_evaluable(at, texts)),
        tuple(place for place, formula in found.items() if formula != made.value[place]),
        sum(formula is None for formula in found.values()),
        tuple(place for place, formula in found.items() if formula == LOST),
    )


def _evaluable(
    at: Mapping[Place, tuple[int, int]], texts: CellTexts
) -> Iterator[tuple[Place, tuple[int, int], Formula | None]]:
    left = _MOST_READ
    for place, where in at.items():
        if place[1] in _HIDDEN:
            continue
        formula, text = None, texts.get(where)
        if text is not None and (left := left - len(text)) > 0:
            with suppress(Unknown):
                formula = formula_of(text)
                left -= formula.cells
        yield place, where, formula


@kept(_CACHED)
def identities_of(ids: ByIdentity[Ids], made: ByIdentity[Identities]) -> Identities:
    """The identities of the rows and columns of a form; those with which it was made where they are the same.

    One object for all such forms: their formulas are cached by it.
    """
    rows = {place: id for id, place in ids.value.row.items()}
    own = Identities(rows, {place: ids.value.headers[place] for place in ids.value.column.values()})
    return made.value if own == made.value else own
