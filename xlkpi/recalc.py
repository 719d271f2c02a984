"""Recalculation without an office program: formualizer evaluates with our functions, the values go into the sheet XML.

Only cached values are rewritten; styles, validation, formats, notes and charts stay byte for byte what they were.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import formualizer
from lxml import etree

from xlkpi.functions import FUNCTIONS
from xlkpi.package import MAIN, for_readers, pack, reading, sheet_parts, unpack, xml
from xlkpi.stored import CELL, FORMULA, VALUE, coordinates, unshare

_LONGEST = 60_000
"""Milliseconds that evaluating a workbook may take: 300 forms take 5,000."""
_FAILED = (formualizer.FormualizerHostError, formualizer.ExcelEvaluationError)

Values = Callable[[str, int, int], Any]
"""Sheet name, row, column (from 1) → the value of a formula cell."""


def recalculate(content: bytes) -> bytes:
    """The workbook with every formula's value calculated through our Python functions.

    Raises `UnreadableError` where the bytes are no workbook that can be evaluated.
    """
    return patch(content, evaluate(content))


def evaluate(content: bytes, *, functions: bool = True) -> Values:
    """Evaluate a workbook; without `functions` the built-in twins score."""
    limited = formualizer.EvaluationConfig()
    limited.max_eval_time_ms = _LONGEST
    readable = for_readers(unpack(content))
    with reading(*_FAILED):
        book = formualizer.Workbook.from_bytes(readable, config=formualizer.WorkbookConfig(eval_config=limited))
        if functions:
            for function in FUNCTIONS:
                book.register_function(
                    function.name, function.call, min_args=function.required, max_args=len(function.arguments)
                )
        book.evaluate_all()
    return book.get_value


def patch(content: bytes, values: Values) -> bytes:
    """Write the values of all formula cells into the sheets' XML, everything else as it was."""

    def set_values(root: etree._Element, sheet: str) -> None:
        with reading():
            for cell in root.iter(CELL):
                if cell.find(FORMULA) is not None:
                    _set_value(cell, *_stored(values(sheet, *coordinates(cell.get("r", "")))))

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
    """Give cells values or formulas; formulas get their values by `recalculate`. As `fill` otherwise."""

    def type_in(root: etree._Element, sheet: str) -> None:
        given = edits.get(sheet, {})
        if any(isinstance(value, Formula) for value in given.values()):
            unshare(root)
        cells = {cell.get("r", ""): cell for cell in root.iter(CELL)} if given else {}
        for address, value in given.items():
            _put(cells[address], value)

    return _rewrite(content, type_in)


def _put(cell: etree._Element, value: Content) -> None:
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", "")
    if isinstance(value, Formula):
        etree.SubElement(cell, FORMULA).text = value.text
    elif isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    elif value is not None:
        _set_value(cell, *_stored(value))


def _rewrite(content: bytes, change: Callable[[etree._Element, str], None]) -> bytes:
    """The workbook with every sheet's XML changed; all other parts are copied."""
    parts = unpack(content)
    with reading():
        sheets = sheet_parts(parts)
    for part, sheet in sheets:
        with reading():
            root = xml(parts[part])
        change(root, sheet)
        parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return pack(parts)


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
    for old in cell.findall(VALUE):
        cell.remove(old)
    if kind is None:
        cell.attrib.pop("t", "")
    else:
        cell.set("t", kind)
    etree.SubElement(cell, VALUE).text = text


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
