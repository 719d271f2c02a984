"""Workbooks that are ours to the last byte of their formulas: they need no sandbox, and so no second process.

`own.txt` holds a digest of all formulas of a workbook with one form that was made with the shipped settings, and its
language: for each shipped role in each language (`make prepared`). A formula more, less, changed, moved or spread over
several cells is not ours; nor are the forms of a company's own roles and settings, several forms in a file, and what
another program has written its own way. All these are calculated in the sandbox as ever. What people type is no
formula, and is limited.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from xlkpi.calc.engine import loaded
from xlkpi.calc.kept import with_stored_values
from xlkpi.calc.sandbox import Recalculated
from xlkpi.xlsx.archive import sheet_parts, unpack
from xlkpi.xlsx.cells import StoredCells, stored_cells
from xlkpi.xlsx.edit import patched
from xlkpi.xlsx.usual import Parts

_LARGEST, _LARGEST_AREA = 1_500_000, 100_000
"""Bytes of all parts together, since a cell that shows a text multiplies it: a workbook with a form has 500,000. Cells
of a sheet from A1 to the last one: a form has 4,000."""

_SPREAD = re.compile(rb"<(?:[\w.-]+:)?f[^>a-z/]")
"""A formula with attributes: shared by several cells, of an array, of a table of data."""
_NAMED_FORMULA = re.compile(rb"<(?:[\w.-]+:)?definedName[^>]*>[^<]*[(&^{+*]")


def recalculated_if_own(content: bytes) -> Recalculated | None:
    """As `sandbox.recalculated`, in this process; None where the workbook is not one of ours.

    Raises `UnreadableError`.
    """
    parts = unpack(content)
    if sum(map(len, parts.values())) > _LARGEST:
        return None
    stored = stored_cells(parts)
    language = language_of_own(parts, stored)
    if language is None:
        return None
    result = with_stored_values(loaded(parts), parts, stored)
    places = frozenset(one[:3] for one in result.kept if one.stored is not None)
    return Recalculated(patched(parts, result.values, places), result.kept, result.resting, language)


def language_of_own(parts: Parts, stored: Mapping[str, StoredCells]) -> str | None:
    """The language of a workbook whose formulas are exactly those of one of ours; None where they are not.

    stored: by title.
    """
    if any(cells.rows * cells.columns > _LARGEST_AREA or cells.twice or cells.malformed for cells in stored.values()):
        return None
    if any(_SPREAD.search(parts[part]) for part, _ in sheet_parts(parts)):
        return None
    return None if _NAMED_FORMULA.search(parts["xl/workbook.xml"]) else _own().get(digest_of_formulas(stored))


def digest_of_formulas(stored: Mapping[str, StoredCells]) -> str:
    """The digest of all formulas with their places, whatever the first sheet, which is the form, is called.

    stored: by the title of the sheet, in their order.
    """
    form, *others = stored
    written = "'" + form.replace("'", "''") + "'!"
    content = [
        [(*place, formula.replace(written, "\0")) for place, formula in sorted(cells.formulas.items())]
        for cells in stored.values()
    ]
    return sha256(repr((others, content)).encode()).hexdigest()


@cache
def _own() -> dict[str, str]:
    lines = files("xlkpi.calc").joinpath("own.txt").read_text("ascii").splitlines()
    return dict(line.split() for line in lines)
