"""Changes cells of a workbook in its XML: types values, writes formulas, stores results.

Only the given cells are touched; styles, validation, formats, notes and charts stay byte for byte what they were.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree

from xlkpi.xlsx.archive import coordinates, pack, reading, sheet_parts, unpack
from xlkpi.xlsx.cells import expand_shared_formulas
from xlkpi.xlsx.function_names import BARE, Spelling, merged_addresses, spelling_of
from xlkpi.xlsx.markup import CELL, FORMULA, MAIN, VALUE, serialized, xml
from xlkpi.xlsx.usual import Parts

_TEXT = f"{{{MAIN}}}si"

Values = Callable[[str, int, int], Any]
"""Sheet name, row, column (from 1) → the value of a formula cell."""


def patch(content: bytes, values: Values) -> bytes:
    """The workbook with these values stored in its formula cells; everything else stays as it was."""
    return patched(unpack(content), values)


def patched(parts: Parts, values: Values, kept: Collection[tuple[str, int, int]] = ()) -> bytes:
    """As `patch`, but from the workbook's parts. kept: (sheet, row, column) of cells that stay as they are."""
    return pack(patched_parts(parts, values, kept))


def patched_parts(parts: Parts, values: Values, kept: Collection[tuple[str, int, int]] = ()) -> Parts:
    """As `patched`, not yet packed."""

    return with_sheets_changed(parts, lambda root, sheet: store_values(root, sheet, values, kept))


def store_values(root: etree._Element, sheet: str, values: Values, kept: Collection[tuple[str, int, int]] = ()) -> None:
    """Store the values of a sheet's formulas in its XML. kept: as for `patched`."""
    with reading():
        for formula in root.iter(FORMULA):
            cell = formula.getparent()
            assert cell is not None  # a formula is never the root
            place = (sheet, *coordinates(cell.get("r", "")))
            if place not in kept:
                _set_value(cell, *stored_value(values(*place)))


@dataclass(frozen=True)
class Formula:
    """A formula for a cell, without its =."""

    text: str


Content = float | str | Formula | None
"""The new content of a cell: None empties it; a str is text, even if it begins with =."""


def fill(content: bytes, inputs: Mapping[str, Mapping[str, float | str | None]]) -> bytes:
    """Type values into cells: sheet name → address → value (None empties the cell).

    Raises KeyError for a cell that the sheet does not store; a form stores every cell that can be typed into.
    """
    return pack(_edited(unpack(content), inputs, create=False))


def edit(content: bytes, edits: Mapping[str, Mapping[str, Content]]) -> bytes:
    """As `fill`, with formulas too; `calc.engine.recalculate` gives them their values.

    A cell that the sheet does not store is added: some programs drop the empty ones when they save. Formulas call our
    functions by their bare names; they are written with the prefix that the file uses for them.
    """
    return pack(edited_parts(unpack(content), edits))


def edited_parts(parts: Parts, edits: Mapping[str, Mapping[str, Content]]) -> Parts:
    """As `edit`, from the workbook's parts and not yet packed."""
    with reading():
        return _edited(parts, edits, create=True)


def _edited(parts: Parts, edits: Mapping[str, Mapping[str, Content]], *, create: bool) -> Parts:
    formulas = any(isinstance(value, Formula) for contents in edits.values() for value in contents.values())
    spelling = _spelling_in(parts) if formulas else BARE
    texts = _SharedTexts(parts)

    def type_in(root: etree._Element, sheet: str) -> None:
        contents = edits.get(sheet, {})
        if any(isinstance(value, Formula) for value in contents.values()):
            expand_shared_formulas(root)
        cells = {cell.get("r", ""): cell for cell in root.iter(CELL)} if contents else {}
        merged = merged_addresses(root)
        for address, value in contents.items():
            if create and address not in cells:
                if value is None:
                    continue
                cells[address] = new_cell(root, address)
            _put(cells[address], value, spelling, texts, merged=address in merged)

    return {**with_sheets_changed(parts, type_in, edits.keys()), **texts.changed()}


def _spelling_in(parts: Parts) -> Spelling:
    with reading():
        return spelling_of(xml(parts[part]) for part, _ in sheet_parts(parts))


class _SharedTexts:
    """The texts to which a workbook's cells refer by number, and those that edits add to them.

    Where the workbook has none, texts are written into their cells, where a few programs do not read them.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._name = next((name for name in parts if name.lower() == "xl/sharedstrings.xml"), None)
        self._numbers: dict[str, int] = {}

    @cached_property
    def _root(self) -> etree._Element:
        with reading():
            return xml(self._parts[self._name or ""])

    def write(self, cell: etree._Element, text: str) -> None:
        if self._name is None:
            cell.set("t", "inlineStr")
            _add_text(etree.SubElement(cell, f"{{{MAIN}}}is"), text)
            return
        if text not in self._numbers:
            self._numbers[text] = sum(1 for _ in self._root.iterchildren(_TEXT))
            _add_text(etree.SubElement(self._root, _TEXT), text)
        cell.set("t", "s")
        etree.SubElement(cell, VALUE).text = str(self._numbers[text])

    def changed(self) -> dict[str, bytes]:
        """The part with the texts, if any were added."""
        if not self._numbers:
            return {}
        for name in ("count", "uniqueCount"):  # both may be left out
            self._root.attrib.pop(name, "")
        return {self._name or "": serialized(self._root)}


def _add_text(parent: etree._Element, text: str) -> None:
    element = etree.SubElement(parent, f"{{{MAIN}}}t")
    element.text = text
    element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _put(cell: etree._Element, value: Content, spelling: Spelling, texts: _SharedTexts, *, merged: bool) -> None:
    for child in list(cell):
        cell.remove(child)
    for attribute in ("t", "cm"):
        cell.attrib.pop(attribute, "")
    if isinstance(value, Formula):
        spelling.write(cell, value.text, merged=merged)
    elif isinstance(value, str):
        texts.write(cell, value)
    elif value is not None:
        _set_value(cell, *stored_value(value))


def new_cell(root: etree._Element, address: str) -> etree._Element:
    """A new empty cell, at its place in the sheet, with the style of its row or column."""
    data = root.find(f"{{{MAIN}}}sheetData")
    if data is None:
        raise ValueError("a sheet without cells")
    number, column = coordinates(address)
    row = _row_or_cell(data, "row", str(number), number)
    cell = _row_or_cell(row, "c", address, column)
    if row.get("customFormat") in ("1", "true"):
        cell.set("s", row.get("s", "0"))
    else:
        for definition in root.iter(f"{{{MAIN}}}col"):
            if int(definition.get("min", "0")) <= column <= int(definition.get("max", "0")):
                cell.set("s", definition.get("style", "0"))
    return cell


def _row_or_cell(parent: etree._Element, tag: str, reference: str, number: int) -> etree._Element:
    """The row or cell with this number; a missing one is inserted in order."""
    place = len(parent)
    for index, sibling in enumerate(parent):
        own = sibling.get("r") or "0"  # of a row the number, of a cell the address; a few programs leave it out
        sibling_number = int(own) if own.isdecimal() else coordinates(own)[1]
        if sibling_number == number:
            return sibling
        if sibling_number > number:
            place = index
            break
    child = etree.Element(f"{{{MAIN}}}{tag}", r=reference)
    parent.insert(place, child)
    return child


def with_sheets_changed(
    parts: Parts, change: Callable[[etree._Element, str], None], only: Collection[str] | None = None
) -> Parts:
    """The workbook with `change` applied to the root of every sheet, or of these; other parts stay as they were."""
    changed = dict(parts)
    with reading():
        sheets = sheet_parts(parts)
    for part, sheet in sheets:
        if only is not None and sheet not in only:
            continue
        with reading():
            root = xml(parts[part])
        change(root, sheet)
        changed[part] = serialized(root)
    return changed


def with_rows_raised(content: bytes, heights: Mapping[str, Mapping[int, float]]) -> bytes:
    """The workbook with rows at least so high. heights: sheet name → row, from 1 → points.

    Rows without a height of their own are left to the spreadsheet, which makes them high enough itself.
    """

    def change(root: etree._Element, sheet: str) -> None:
        wanted = heights.get(sheet, {})
        for row in root.iter(f"{{{MAIN}}}row"):
            least, before = wanted.get(int(row.get("r", "0"))), row.get("ht")
            if least is not None and before is not None and float(before) < least:
                row.set("ht", f"{least:g}")
                row.set("customHeight", "1")

    with reading():
        return pack(with_sheets_changed(unpack(content), change))


_DAY_ZERO = dt.datetime(1899, 12, 30)

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
    value = cell.find(VALUE)
    if value is None:
        value = etree.SubElement(cell, VALUE)
    value.text = text
    if kind is not None:
        cell.set("t", kind)
    elif "t" in cell.attrib:
        del cell.attrib["t"]


def stored_value(value: Any) -> tuple[str | None, str]:
    """(cell type, text) as SpreadsheetML stores a value; the type is None for a number."""
    match value:
        case str():
            return "str", value
        case bool():
            return "b", str(int(value))
        case int() | float() if math.isfinite(value):
            return None, repr(value).removesuffix(".0")
        case {"type": "Error", "kind": kind}:
            return "e", _ERRORS.get(kind, "#VALUE!")
        case dt.datetime() | dt.date() | dt.time():
            return None, repr(_serial(value)).removesuffix(".0")
        case None:
            return None, "0"  # a formula that refers to an empty cell
        case _:
            return "str", str(value)


def _serial(moment: dt.datetime | dt.date | dt.time) -> float:
    """A day, a moment or a time of day as the number of days that spreadsheets store."""
    day = moment if isinstance(moment, dt.date) else _DAY_ZERO.date()
    time = moment.time() if isinstance(moment, dt.datetime) else moment if isinstance(moment, dt.time) else dt.time()
    return (dt.datetime.combine(day, time.replace(tzinfo=None)) - _DAY_ZERO) / dt.timedelta(days=1)
