"""What is stored in the cells of a workbook that no value tells: errors, formulas, and how far the cells reach.

It is read before any other reader gets the file, and refuses what would grow in their hands: a cell far away, which
makes a grid of all that lies before it, and one text in very many cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import CELL, FORMULA, VALUE, Parts, coordinates, reading, sheet_parts, xml
from xlkpi.xlsx.function_names import bare, foreign

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

_ROW, _CELL = "{*}row", "{*}c"  # other readers look neither at namespaces nor at what a cell stands in

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
            filled = _filled(root)
            shared += unshare(root)
            found[sheet] = cells = StoredCells(part)
            characters += _read(cells, filled, root, texts)
            count += len(filled)
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


def _read(cells: StoredCells, filled: Sequence[etree._Element], root: etree._Element, texts: list[int]) -> int:
    """Read what is stored in the cells of a sheet; the characters of the texts that they refer to."""
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
            characters += sum(texts[int(value.text or "")] for value in cell.iterchildren("{*}v"))
        elif kind == "e" and (error := cell.findtext(VALUE)) is not None:
            cells.errors[row - 1, column - 1] = error
    for formula in root.iter(FORMULA):
        if (parent := formula.getparent()) is not None and (reference := parent.get("r")):
            row, column = coordinates(reference)
            cells.formulas[row - 1, column - 1] = formula.text or ""
    return characters


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
