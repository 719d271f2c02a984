"""What is stored in the cells of a workbook that no value tells: errors, formulas, and how far the cells reach.

It is read before any other reader gets the file, and refuses what would grow in their hands: a cell far away, which
makes a grid of all that lies before it, and one text in very many cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from xlkpi.problems import UnreadableError
from xlkpi.spelling import CELL, FORMULA, bare
from xlkpi.unpacked import MAIN, Parts, reading, sheet_parts, xml

LARGEST_AREA = 2_000_000
"""Cells of a sheet from A1 to its last one: readers make a grid of them all."""
MOST_CELLS = 500_000
"""Cells of a workbook that are not empty. A form has 1,100."""
LARGEST_TEXT = 30_000_000
"""Characters in the cells of a workbook, a text counted as often as it stands there. A form has 20,000."""
LARGEST_SHARED = 1_500_000
"""Characters of the formulas that are one text for many cells, written out: so many take some seconds."""
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384

VALUE = f"{{{MAIN}}}v"
_ROW, _CELL = "{*}row", "{*}c"  # other readers do not look at namespaces

Places = dict[tuple[int, int], str]
"""Texts by row and column from 0."""


@dataclass
class StoredCells:
    """Of one sheet: the errors' texts, such as #DIV/0!, and the formulas', without their = and
    with our functions by their bare names."""

    errors: Places = field(default_factory=dict)
    formulas: Places = field(default_factory=dict)
    rows: int = 0
    columns: int = 0

    def check_area(self) -> None:
        """Raises `UnreadableError` where a grid of the sheet would not fit into the memory."""
        if self.rows * self.columns > LARGEST_AREA:
            raise UnreadableError("sheet", "sheet_too_large", rows=self.rows, columns=self.columns)


def stored_cells(parts: Parts) -> dict[str, StoredCells]:
    """The cells of every sheet, shared formulas written out. Raises `UnreadableError`."""
    with reading():
        texts = _text_lengths(parts)
        found: dict[str, StoredCells] = {}
        count = characters = shared = 0
        for part, sheet in sheet_parts(parts):
            root = xml(parts[part])
            filled = _filled(root)
            shared += unshare(root)
            found[sheet], told = _cells(filled, root, texts)
            count, characters = count + len(filled), characters + told
            if count > MOST_CELLS or characters > LARGEST_TEXT or shared > LARGEST_SHARED:
                raise UnreadableError("file", "too_many_cells")
        return found


def check_areas(parts: Parts) -> None:
    """Before a workbook is evaluated. Raises `UnreadableError` where a sheet is too large for it."""
    for cells in stored_cells(parts).values():
        cells.check_area()


def _filled(root: etree._Element) -> list[etree._Element]:
    """The cells of a sheet that are not empty, each with its reference."""
    filled = [cell for cell in root.iter(_CELL) if len(cell)]
    if not all(cell.get("r") for cell in filled):
        _refer(root)
    return filled


def _refer(root: etree._Element) -> None:
    """Give every cell its reference: writers may leave out those that follow from the one before."""
    from openpyxl.utils.cell import get_column_letter

    row = column = 0
    for element in root.iter(_ROW, _CELL):
        reference = element.get("r")
        if etree.QName(element).localname == "row":
            row, column = int(reference or row + 1), 0
        elif reference:
            row, column = coordinates(reference)
        else:
            column += 1
            element.set("r", f"{get_column_letter(column)}{row}")


def _cells(filled: Sequence[etree._Element], root: etree._Element, texts: list[int]) -> tuple[StoredCells, int]:
    """Of one sheet: what is stored in its cells, and the characters of the texts that they refer to."""
    cells = StoredCells()
    characters = 0
    for cell in filled:
        row, column = coordinates(cell.get("r", ""))
        if not (0 < row <= _LAST_ROW and 0 < column <= _LAST_COLUMN):
            raise ValueError("a cell outside of the sheet")
        if row > cells.rows:
            cells.rows = row
        if column > cells.columns:
            cells.columns = column
        kind = cell.get("t")
        if kind == "s":
            characters += texts[int(cell.findtext(VALUE, ""))]
        elif kind == "e" and (error := cell.findtext(VALUE)) is not None:
            cells.errors[row - 1, column - 1] = error
    for formula in root.iter(FORMULA):
        if (parent := formula.getparent()) is not None and (reference := parent.get("r")):
            row, column = coordinates(reference)
            cells.formulas[row - 1, column - 1] = bare(formula.text or "")
    return cells, characters


def _text_lengths(parts: Parts) -> list[int]:
    """The lengths of the texts that cells refer to by number."""
    shared = next((data for name, data in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)
    if shared is None:
        return []
    return [sum(len(text.text or "") for text in item.iter("{*}t")) for item in xml(shared).iterchildren("{*}si")]


def unshare(root: etree._Element) -> int:
    """Write out shared formulas, and tell their characters: spreadsheets keep one text for a run of cells, and it may
    be one that is replaced. Raises `UnreadableError`."""
    formulas = (formula for formula in root.iter(FORMULA) if formula.get("t") == "shared")
    cells = ((formula, formula.getparent()) for formula in formulas)
    shared = [(formula, cell) for formula, cell in cells if cell is not None and cell.tag == CELL]
    return _written_out(shared) if shared else 0


def _written_out(shared: Sequence[tuple[etree._Element, etree._Element]]) -> int:
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import Translator, TranslatorError

    masters: dict[str, tuple[Translator, int]] = {}
    written = 0
    for formula, cell in shared:
        group = str(formula.attrib.pop("si", ""))
        written += len(formula.text or "") or masters.get(group, (None, 0))[1]
        if written > LARGEST_SHARED:
            raise UnreadableError("file", "too_many_cells")
        with reading(TokenizerError, TranslatorError):
            if formula.text and cell.get("r"):
                masters[group] = Translator("=" + formula.text, cell.get("r", "")), len(formula.text)
            elif group in masters:
                formula.text = masters[group][0].translate_formula(cell.get("r", "")).removeprefix("=")
        for name in ("t", "ref"):
            formula.attrib.pop(name, "")
    return written


_REFERENCE = re.compile("([A-Z]{1,3})([0-9]{1,7})")


@lru_cache(10_000)
def coordinates(reference: str) -> tuple[int, int]:
    """Row and column, from 1, of A1."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"a cell without a reference: {reference!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column
