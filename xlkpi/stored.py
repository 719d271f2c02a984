"""What is stored in the cells of a workbook that no value tells: errors, formulas, and how far the cells reach.

It is read before any other reader gets the file, and refuses what would grow in their hands: a cell far away, which
makes a grid of all that lies before it, and one text in very many cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from xlkpi.problems import UnreadableError
from xlkpi.spelling import CELL, FORMULA, bare, foreign
from xlkpi.unpacked import MAIN, Parts, reading, sheet_parts, xml

LARGEST_AREA = 2_000_000
"""Cells of a sheet from A1 to its last one: readers make a grid of them all."""
MOST_CELLS = 500_000
"""Cells of a workbook that are not empty. A form has 1,100."""
LARGEST_TEXT = 30_000_000
"""Characters in the cells of a workbook, a text counted as often as it stands there. A form has 20,000."""
LARGEST_FORMULAS = 15_000_000
"""Characters of the formulas of a workbook. A form has 41,000."""
LARGEST_SHARED = 1_500_000
"""Characters of the formulas that are one text for many cells, written out: so many take some seconds."""
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384

VALUE = f"{{{MAIN}}}v"

Places = dict[tuple[int, int], str]
"""Texts by row and column from 0."""


@dataclass
class StoredCells:
    """Of one sheet: its part, the errors' texts, such as #DIV/0!, and the formulas', without their = and
    with our functions by their bare names."""

    part: str = ""
    errors: Places = field(default_factory=dict)
    formulas: Places = field(default_factory=dict)
    rows: int = 0
    columns: int = 0

    @property
    def fits(self) -> bool:
        """Whether a grid of the sheet would fit into the memory."""
        return self.rows * self.columns <= LARGEST_AREA

    def check_area(self) -> None:
        """Raises `UnreadableError` where it would not."""
        if not self.fits:
            raise UnreadableError("sheet", "sheet_too_large", rows=self.rows, columns=self.columns)


def stored_cells(parts: Parts) -> dict[str, StoredCells]:
    """The cells of every sheet, shared formulas written out. Raises `UnreadableError`."""
    with reading():
        texts = _text_lengths(parts)
        found: dict[str, StoredCells] = {}
        count = characters = formulas = shared = 0
        for part, sheet in sheet_parts(parts):
            root = xml(parts[part])
            shared += unshare(root)
            found[sheet] = cells = StoredCells(part)
            filled, told = _read(cells, root, texts)
            count, characters = count + filled, characters + told
            formulas += sum(map(len, cells.formulas.values()))
            if count > MOST_CELLS or characters > LARGEST_TEXT or formulas > LARGEST_FORMULAS:
                raise UnreadableError("file", "too_many_cells")
            if foreign(parts[part]):
                cells.formulas = {place: bare(formula) for place, formula in cells.formulas.items()}
        return found


def fitting(parts: Parts, stored: Mapping[str, StoredCells]) -> Parts:
    """The workbook without the sheets that are too large for a grid, or that nobody measured because they are in no
    list: which part belongs to a name, another reader may decide otherwise."""
    fit = {cells.part for cells in stored.values() if cells.fits}
    return {name: data for name, data in parts.items() if name in fit or b"sheetData" not in data}


def _read(cells: StoredCells, root: etree._Element, texts: list[int]) -> tuple[int, int]:
    """Read the cells of a sheet; how many are not empty, and the characters of the texts that they refer to.

    Writers may leave out places that follow from the one before. Other readers look neither at namespaces nor at what
    a cell stands in.
    """
    filled = characters = row = column = 0
    for element in root.iter("{*}row", "{*}c"):
        reference = element.get("r")
        if element.tag.endswith("row"):
            row, column = int(reference or row + 1), 0
            continue
        row, column = coordinates(reference) if reference else (row, column + 1)
        if not len(element):
            continue
        if not (0 < row <= _LAST_ROW and 0 < column <= _LAST_COLUMN):
            raise ValueError("a cell outside of the sheet")
        filled += 1
        if row > cells.rows:
            cells.rows = row
        if column > cells.columns:
            cells.columns = column
        formula = element.find(FORMULA)
        if formula is not None:
            cells.formulas[row - 1, column - 1] = formula.text or ""
        kind = element.get("t")
        if kind == "s":
            characters += sum(texts[int(value.text or "")] for value in element.iterchildren("{*}v"))
        elif kind == "e" and (error := element.findtext(VALUE)) is not None:
            cells.errors[row - 1, column - 1] = error
    return filled, characters


def _text_lengths(parts: Parts) -> list[int]:
    """The lengths of the texts that cells refer to by number."""
    shared = next((data for name, data in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)
    if shared is None:
        return []
    return [sum(len(text.text or "") for text in item.iter("{*}t")) for item in xml(shared).iterchildren("{*}si")]


def unshare(root: etree._Element) -> int:
    """Write out shared formulas, and tell their characters: spreadsheets keep one text for a run of cells, and it may
    be one that is replaced. Raises `UnreadableError`."""
    if root.find(f".//{FORMULA}[@t='shared']") is None:
        return 0
    # Here, because openpyxl takes longer to load than most workbooks to read, and we write no shared formulas.
    from openpyxl.formula.tokenizer import TokenizerError
    from openpyxl.formula.translate import Translator, TranslatorError

    masters: dict[str, tuple[Translator, int]] = {}
    written = 0
    for formula in root.iter(FORMULA):
        if formula.get("t") != "shared" or (cell := formula.getparent()) is None or cell.tag != CELL:
            continue
        group = str(formula.attrib.pop("si", ""))
        written += len(formula.text or "") or masters.get(group, (None, 0))[1]
        if written > LARGEST_SHARED:
            raise UnreadableError("file", "too_many_cells")
        try:
            if formula.text and cell.get("r"):
                masters[group] = Translator("=" + formula.text, cell.get("r", "")), len(formula.text)
            elif group in masters:
                formula.text = masters[group][0].translate_formula(cell.get("r", "")).removeprefix("=")
        except (TokenizerError, TranslatorError):
            raise UnreadableError("file", "unreadable") from None
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
