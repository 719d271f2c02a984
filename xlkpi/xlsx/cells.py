"""Reads errors, formulas and the used range straight from the sheet XML, and refuses sheets that are too large.

This comes before any other reader gets the file: other readers build a grid from A1 to the last cell, and copy a shared
text into every cell that refers to it, so that a small file could fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from xlkpi.i18n.problems import UnreadableError
from xlkpi.xlsx.archive import coordinates, reading, sheet_parts
from xlkpi.xlsx.function_names import may_have_prefixes, with_bare_names
from xlkpi.xlsx.markup import CELL, FORMULA, VALUE, serialized, xml
from xlkpi.xlsx.number_formats import codes_of, patterns_of, shown
from xlkpi.xlsx.usual import Parts

LARGEST_AREA = 2_000_000
"""Cells of a sheet from A1 to the last one: readers make a grid of them all."""
MOST_CELLS = 500_000
"""Cells of a workbook that are not empty. A form has 1,100."""
LARGEST_TEXT = 30_000_000
"""Characters in the cells of a workbook; a text counts once for every cell that shows it. A form has 20,000."""
LARGEST_FORMULAS = 15_000_000
"""Characters of the formulas of a workbook. A form has 41,000."""
LARGEST_SHARED = 1_500_000
"""Characters of shared formulas (one text for many cells) after expansion: this many take some seconds."""
LOST = "NA()"
"""The formula that the .xls format leaves of one that calls our functions, when LibreOffice saves it."""
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_ERROR = re.compile(r"#(?:N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!|SPILL!|CALC!|BUSY!|FIELD!)|Err:\d{3}")

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?", re.ASCII)

_ROW, _CELL = "{*}row", "{*}c"  # as other readers, which ignore namespaces and parents

CellTexts = dict[tuple[int, int], str]
"""Texts by row and column from 0."""


@dataclass
class StoredCells:
    """What is stored in the cells of one sheet.

    part: the sheet's part. errors: error texts such as #DIV/0!. formulas: without =, with the bare names of our
    functions. uncalculated: formulas without a result. shown: whole numbers that their number format shows otherwise,
    such as 0001. formats: the codes of number formats, but for General. twice: cells that stand in the file more than
    once, of which the last one counts. malformed: whether a cell of numbers holds other text, over which another reader
    gives the sheet up.
    characters: of all formulas. rows, columns: the size of the used range, counted from A1.
    """

    part: str = ""
    errors: CellTexts = field(default_factory=dict)
    formulas: CellTexts = field(default_factory=dict)
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
    shown: CellTexts = field(default_factory=dict)
    formats: CellTexts = field(default_factory=dict)
    twice: dict[tuple[int, int], None] = field(default_factory=dict)
    malformed: bool = False
    characters: int = 0
    rows: int = 0
    columns: int = 0

    def lost(self) -> frozenset[str]:
        """The addresses of the formulas that the .xls format could not hold: LibreOffice leaves `LOST` of them."""
        from openpyxl.utils.cell import get_column_letter

        lost = (place for place, formula in self.formulas.items() if formula == LOST)
        return frozenset(f"{get_column_letter(column + 1)}{row + 1}" for row, column in lost)

    def values(self) -> dict[tuple[int, int], float | str | bool | None]:
        """By place, what is already known of the values: no errors, and nothing without a result. None is empty."""
        return {}

    @property
    def fits(self) -> bool:
        """Whether a grid of the sheet fits into memory."""
        return self.rows * self.columns <= LARGEST_AREA

    def check_area(self) -> None:
        """Raise `UnreadableError` where a grid of the sheet would not fit into memory."""
        if not self.fits:
            raise UnreadableError("sheet", "sheet_too_large", rows=self.rows, columns=self.columns)


def is_error_text(value: object) -> bool:
    """Whether a text is that of an error, as programs write it that keep texts only, CSV among them."""
    return isinstance(value, str) and _ERROR.fullmatch(value.strip()) is not None


def stored_cells(parts: Parts) -> dict[str, StoredCells]:
    """The stored cells of every sheet by name, shared formulas expanded. Raises `UnreadableError` beyond the limits."""
    with reading():
        texts, codes = text_lengths(parts), codes_of(parts)
        sheets: dict[str, StoredCells] = {}
        count = characters = formulas = shared = 0
        for part, sheet in sheet_parts(parts):
            root = xml(parts[part])
            filled = _filled(root)
            shared += expand_shared_formulas(root)
            sheets[sheet] = cells = StoredCells(part)
            characters += _read_sheet(cells, filled, root, texts)
            if codes:
                _read_formats(cells, filled, codes)
            count += len(filled)
            cells.characters = sum(map(len, cells.formulas.values()))
            formulas += cells.characters
            if count > MOST_CELLS or characters > LARGEST_TEXT or formulas > LARGEST_FORMULAS:
                raise UnreadableError("file", "too_many_cells")
            if may_have_prefixes(parts[part]):
                cells.formulas = {place: with_bare_names(formula) for place, formula in cells.formulas.items()}
        return sheets


def without_large_sheets(parts: Parts, stored: Mapping[str, StoredCells]) -> Parts:
    """The workbook without sheets that are too large for a grid or were not measured.

    A sheet was not measured where the workbook does not list it; another reader might still find and open it.
    """
    fit = {cells.part for cells in stored.values() if cells.fits}
    return {name: data for name, data in parts.items() if name in fit or b"sheetData" not in data}


def _filled(root: etree._Element) -> list[etree._Element]:
    """The cells of a sheet that are not empty; missing references are added."""
    filled = [cell for cell in root.iter(_CELL) if len(cell)]
    if not all(cell.get("r") for cell in filled):
        _add_references(root)
    return filled


def _add_references(root: etree._Element) -> None:
    """Give every cell its reference: a writer may omit it where it follows from the cell before."""
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


def _read_sheet(cells: StoredCells, filled: Sequence[etree._Element], root: etree._Element, texts: list[int]) -> int:
    """Read the cells of a sheet into `cells`; returns the characters of the shared texts that they refer to."""
    characters = 0
    seen: set[tuple[int, int]] = set()
    for cell in filled:
        row, column = place = coordinates(cell.get("r", ""))
        if not (0 < row <= LAST_ROW and 0 < column <= LAST_COLUMN):
            raise ValueError("a cell outside of the sheet")
        if row > cells.rows:
            cells.rows = row
        if column > cells.columns:
            cells.columns = column
        if place in seen:
            cells.twice[row - 1, column - 1] = None
        seen.add(place)
        kind = cell.get("t")
        if kind == "s":
            characters += sum(texts[int(value.text)] for value in cell.iterchildren("{*}v") if value.text)
        elif kind == "e" and (error := cell.findtext(VALUE)) is not None:
            cells.errors[row - 1, column - 1] = error
        elif kind == "n" and is_malformed(cell):
            cells.malformed = True
    for formula in root.iter(FORMULA):
        if (parent := formula.getparent()) is not None and (reference := parent.get("r")):
            row, column = coordinates(reference)
            cells.formulas[row - 1, column - 1] = formula.text or ""
            if not parent.findtext(VALUE) and parent.get("t") != "str":  # a text without characters is a result
                cells.uncalculated.add((row - 1, column - 1))
    return characters


def is_malformed(cell: etree._Element) -> bool:
    """Whether a cell of a number holds other text."""
    text = cell.findtext(VALUE) or ""
    return text != "" and _NUMBER.fullmatch(text) is None


def with_texts_for_numbers(parts: Parts, stored: Mapping[str, StoredCells]) -> Parts:
    """The workbook with the malformed numbers as texts, so that they are told at their cells."""
    changed = dict(parts)
    for part in (cells.part for cells in stored.values() if cells.malformed):
        root = xml(parts[part])
        for cell in filter(is_malformed, root.iterfind(f".//{CELL}[@t='n']")):
            cell.set("t", "str")
        changed[part] = serialized(root)
    return changed


def _read_formats(cells: StoredCells, filled: Sequence[etree._Element], codes: Mapping[str, str]) -> None:
    """Read the formats of numbers, and how those are shown that have a pattern."""
    patterns = patterns_of(codes)
    for cell in filled:
        code = codes.get(cell.get("s", ""))
        if code is None or cell.get("t", "n") != "n":
            continue
        row, column = coordinates(cell.get("r", ""))
        cells.formats[row - 1, column - 1] = code
        pattern = patterns.get(cell.get("s", ""))
        if pattern and (text := shown(cell.findtext(VALUE) or "", pattern)):
            cells.shown[row - 1, column - 1] = text


def text_lengths(parts: Parts) -> list[int]:
    """The lengths of the texts that cells refer to by number."""
    shared = next((data for name, data in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)
    if shared is None:
        return []
    return [sum(len(text.text or "") for text in item.iter("{*}t")) for item in xml(shared).iterchildren("{*}si")]


def expand_shared_formulas(root: etree._Element) -> int:
    """Give every cell of a shared formula its own text; returns the characters of those texts.

    Spreadsheets store one text for a run of cells; an edit may replace just the cell that holds it. Raises
    `UnreadableError` where the texts exceed `LARGEST_SHARED` or cannot be read.
    """
    if root.find(f".//{FORMULA}[@t='shared']") is None:
        return 0
    # Imported here: openpyxl takes longer to load than most workbooks to read, and our forms have no shared formulas.
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
