"""Recalculation without an office program: formualizer evaluates with our functions, the values go into the sheet XML.

Only cached values are rewritten; styles, validation, formats, notes and charts stay byte for byte what they were.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import formualizer
from lxml import etree
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError

from xlkpi.functions import FUNCTIONS
from xlkpi.spelling import BARE, CELL, FORMULA, Spelling, bare, foreign, merged, spelling_of, unspell

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_ROW, _VALUE = (f"{{{_MAIN}}}{name}" for name in ("row", "v"))
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, etree.XMLSyntaxError,
    TokenizerError, TranslatorError,
)  # fmt: skip
"""What reading a damaged workbook's parts may raise."""

Values = Callable[[str, int, int], Any]
"""Sheet name, row, column (from 1) → the value of a formula cell."""


def recalculate(content: bytes) -> bytes:
    """The workbook with every formula's value calculated through our Python functions.

    Raises ValueError where the bytes are no workbook that can be evaluated.
    """
    values = evaluate(content)
    try:
        return patch(content, values)
    except _BROKEN as error:
        raise ValueError(str(error)) from error


def evaluate(content: bytes, *, functions: bool = True) -> Values:
    """Evaluate a workbook; without `functions` the built-in twins score."""
    try:
        book = formualizer.load_workbook_bytes(_bare(content))
        if functions:
            for function in FUNCTIONS:
                book.register_function(
                    function.name, function.call, min_args=function.required, max_args=len(function.arguments)
                )
        book.evaluate_all()
    except (OSError, *_BROKEN, formualizer.FormualizerHostError) as error:
        raise ValueError(str(error)) from error
    return book.get_value


def _bare(content: bytes) -> bytes:
    """The workbook with the bare names of our functions, as the engine knows them."""
    source = zipfile.ZipFile(io.BytesIO(content))
    if not any(foreign(source.read(part)) for part, _ in sheet_parts(source)):
        return content
    return _rewrite(content, lambda root, _: unspell(root))


def patch(content: bytes, values: Values) -> bytes:
    """Write the values of all formula cells into the sheets' XML, everything else as it was."""

    def set_values(root: etree._Element, sheet: str) -> None:
        for formula in list(root.iter(FORMULA)):
            cell = formula.getparent()
            assert cell is not None  # a formula is never the root
            _set_value(cell, *_stored(values(sheet, *_coordinates(cell.get("r", "")))))

    return _rewrite(content, set_values)


@dataclass(frozen=True)
class Formula:
    """A formula for a cell, without its =."""

    text: str


Content = float | str | Formula | None
"""What a cell may get; None empties it, and a str is text whatever it begins with."""


def fill(content: bytes, inputs: Mapping[str, Mapping[str, float | str | None]]) -> bytes:
    """Type values into cells: sheet name → address → value (None empties the cell).

    Raises KeyError for a cell that the sheet does not have; a form styles all that can be typed into.
    """
    return edit(content, inputs)


def edit(content: bytes, edits: Mapping[str, Mapping[str, Content]]) -> bytes:
    """Give cells values or formulas; formulas get their values by `recalculate`. As `fill` otherwise.

    Formulas have the bare names of our functions; in the file they are spelt as it spells them.
    """
    formulas = any(isinstance(value, Formula) for given in edits.values() for value in given.values())
    spelling = _spelling(content) if formulas else BARE

    def type_in(root: etree._Element, sheet: str) -> None:
        given = edits.get(sheet, {})
        if any(isinstance(value, Formula) for value in given.values()):
            _unshare(root)
        cells = {cell.get("r", ""): cell for cell in root.iter(CELL)} if given else {}
        broad = merged(root)
        for address, value in given.items():
            _put(cells[address], value, spelling, merged=address in broad)

    return _rewrite(content, type_in)


def _spelling(content: bytes) -> Spelling:
    source = zipfile.ZipFile(io.BytesIO(content))
    return spelling_of(xml(source.read(part)) for part, _ in sheet_parts(source))


def _put(cell: etree._Element, value: Content, spelling: Spelling, *, merged: bool) -> None:
    for child in list(cell):
        cell.remove(child)
    for attribute in ("t", "cm"):
        cell.attrib.pop(attribute, "")
    if isinstance(value, Formula):
        spelling.write(cell, value.text, merged=merged)
    elif isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{{{_MAIN}}}is"), f"{{{_MAIN}}}t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    elif value is not None:
        _set_value(cell, *_stored(value))


def _unshare(root: etree._Element) -> None:
    """Write out shared formulas: spreadsheets keep one text for a run of cells, and it may be one that is replaced."""
    masters: dict[str, Translator] = {}
    for cell in root.iter(CELL):
        formula = cell.find(FORMULA)
        if formula is None or formula.get("t") != "shared":
            continue
        group = str(formula.attrib.pop("si", ""))
        if formula.text and cell.get("r"):
            masters[group] = Translator("=" + formula.text, cell.get("r", ""))
        elif group in masters:
            formula.text = masters[group].translate_formula(cell.get("r", "")).removeprefix("=")
        for name in ("t", "ref"):
            formula.attrib.pop(name, "")


def _rewrite(content: bytes, change: Callable[[etree._Element, str], None]) -> bytes:
    """The workbook with every sheet's XML changed; all other parts are copied."""
    source = zipfile.ZipFile(io.BytesIO(content))
    sheets = dict(sheet_parts(source))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            data = source.read(info)
            if info.filename in sheets:
                root = xml(data)
                change(root, sheets[info.filename])
                data = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            target.writestr(info, data)
    return buffer.getvalue()


class Stored(NamedTuple):
    """A cell that is not empty: row and column from 1; `error` is its text, such as #DIV/0!, where it is one."""

    sheet: str
    row: int
    column: int
    error: str | None
    formula: str | None


def stored_cells(content: bytes) -> Iterator[Stored]:
    """Every cell that is not empty, shared formulas written out, our functions by their bare names.

    Raises ValueError where the bytes are no workbook.
    """
    try:
        source = zipfile.ZipFile(io.BytesIO(content))
        for part, sheet in sheet_parts(source):
            row = 0
            root = xml(source.read(part))
            _unshare(root)
            for line in root.iter(_ROW):
                row, column = int(line.get("r") or row + 1), 0
                for cell in line.iterchildren(CELL):
                    # Writers may leave out a place that follows from the one before.
                    reference = cell.get("r")
                    row, column = _coordinates(reference) if reference else (row, column + 1)
                    if len(cell):
                        error = cell.findtext(_VALUE) if cell.get("t") == "e" else None
                        formula = cell.findtext(FORMULA)
                        yield Stored(sheet, row, column, error, formula and bare(formula))
    except _BROKEN as error:
        raise ValueError(str(error)) from error


def sheet_parts(source: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(part, sheet name) of every worksheet."""
    relations = {
        relation.get("Id"): relation.get("Target", "")
        for relation in xml(source.read("xl/_rels/workbook.xml.rels")).iter(f"{{{_PACKAGE_REL}}}Relationship")
    }
    for sheet in xml(source.read("xl/workbook.xml")).iter(f"{{{_MAIN}}}sheet"):
        target = relations[sheet.get(f"{{{_REL}}}id")]
        yield target.removeprefix("/") if target.startswith("/") else f"xl/{target}", sheet.get("name", "")


def xml(data: bytes) -> etree._Element:
    """The root of a part."""
    # Workbooks come from people: no entities, no network.
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


def _coordinates(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"a cell without a reference: {reference!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


_ERRORS = {
    "Div": "#DIV/0!",
    "Value": "#VALUE!",
    "Ref": "#REF!",
    "Name": "#NAME?",
    "Num": "#NUM!",
    "Na": "#N/A",
    "Null": "#NULL!",
}


def _set_value(cell: etree._Element, kind: str | None, text: str) -> None:
    value = cell.find(_VALUE)
    if value is None:
        value = etree.SubElement(cell, _VALUE)
    value.text = text
    if kind is not None:
        cell.set("t", kind)
    elif "t" in cell.attrib:
        del cell.attrib["t"]


def _stored(value: Any) -> tuple[str | None, str]:
    """(cell type, text) as SpreadsheetML stores a value."""
    match value:
        case bool():
            return "b", str(int(value))
        case int() | float() if math.isfinite(value):
            return None, repr(value).removesuffix(".0")
        case {"type": "Error", "kind": kind}:
            return "e", _ERRORS.get(kind, "#VALUE!")
        case None:
            return None, "0"  # a formula that refers to an empty cell
        case _:
            return "str", str(value)
