"""Workbooks that are ours to the last byte of their formulas: they need no sandbox, and so no second process.

`own.txt` holds a digest of all formulas of a workbook with one form that was made with the shipped settings, and its
language: for each shipped role in each language (`make prepared`). A formula more, less, changed, moved or spread over
several cells is not ours; nor are the forms of a company's own roles and settings, several forms in a file, and what
another program has written its own way. All these are calculated in the sandbox as ever. What people type is no
formula, and is limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files

from lxml import etree

from xlkpi.calc.engine import evaluated, loaded
from xlkpi.calc.result import Recalculated
from xlkpi.xlsx.archive import coordinates, pack, reading, sheet_parts, unpack
from xlkpi.xlsx.cells import LARGEST_TEXT, is_malformed, text_lengths
from xlkpi.xlsx.edit import Values, patched, store_values
from xlkpi.xlsx.function_names import with_bare_names
from xlkpi.xlsx.markup import FORMULA, serialized, xml
from xlkpi.xlsx.usual import WORKBOOK, Parts

Sheets = Mapping[str, etree._Element]
"""The roots of the sheets by title, in the order of the workbook."""

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
    with reading():
        sheets = {title: xml(parts[part]) for part, title in sheet_parts(parts)}
        language = language_of_own(parts, sheets)
    if language is None:
        return None
    book = loaded(parts)
    values = evaluated(book)
    if not any(isinstance(values(title, *place), dict) for title in sheets for place, _ in _formulas(sheets[title])):
        changed = {part: _with_values(sheets[title], title, values) for part, title in sheet_parts(parts)}
        return Recalculated(pack({**parts, **changed}), language=language)
    # Here, since nothing but an error keeps another value in a form of ours.
    from xlkpi.calc.kept import with_stored_values
    from xlkpi.xlsx.cells import stored_cells

    result = with_stored_values(book, parts, stored_cells(parts))
    kept = frozenset(one[:3] for one in result.kept if one.stored is not None)
    return Recalculated(patched(parts, result.values, kept), result.kept, result.resting, language)


def language_of_own(parts: Parts, sheets: Sheets) -> str | None:
    """The language of a workbook whose formulas are exactly those of one of ours; None where they are not."""
    filled = {title: [cell for cell in sheet.iter("{*}c") if len(cell)] for title, sheet in sheets.items()}
    if not all(map(_is_usual, filled.values())):
        return None
    if sum(map(len, filled.values())) * max(text_lengths(parts), default=0) > LARGEST_TEXT:
        return None
    if any(_SPREAD.search(parts[part]) for part, _ in sheet_parts(parts)):
        return None
    return None if _NAMED_FORMULA.search(parts[WORKBOOK]) else _own().get(digest_of_formulas(sheets))


def _is_usual(filled: Sequence[etree._Element]) -> bool:
    """Whether the cells of a sheet stand within the area, each once, and those of numbers hold numbers."""
    if not all(cell.get("r") for cell in filled):
        return False
    places = {coordinates(cell.get("r", "")) for cell in filled}
    area = max((row for row, _ in places), default=0) * max((column for _, column in places), default=0)
    if area > _LARGEST_AREA or len(places) < len(filled) or any(row < 1 for row, _ in places):
        return False
    return not any(cell.get("t") == "n" and is_malformed(cell) for cell in filled)


def digest_of_formulas(sheets: Sheets) -> str:
    """The digest of all formulas with their places, whatever the first sheet, which is the form, is called."""
    form, *others = sheets
    written = "'" + form.replace("'", "''") + "'!"
    content = [
        [(row - 1, column - 1, formula.replace(written, "\0")) for (row, column), formula in sorted(_formulas(sheet))]
        for sheet in sheets.values()
    ]
    return sha256(repr((others, content)).encode()).hexdigest()


def _formulas(sheet: etree._Element) -> Iterator[tuple[tuple[int, int], str]]:
    """Row and column, from 1, and the text of each formula, with the bare names of our functions."""
    for formula in sheet.iter(FORMULA):
        if (cell := formula.getparent()) is not None and (reference := cell.get("r")):
            yield coordinates(reference), with_bare_names(formula.text or "")


def _with_values(sheet: etree._Element, title: str, values: Values) -> bytes:
    store_values(sheet, title, values)
    return serialized(sheet)


@cache
def _own() -> dict[str, str]:
    lines = files("xlkpi.calc").joinpath("own.txt").read_text("ascii").splitlines()
    return dict(line.split() for line in lines)
