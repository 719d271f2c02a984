"""Formulas that the engine may not calculate as the program did that saved the file: they keep their stored values.

The engine lacks functions, links to other workbooks and tables, and some of its arrays are silently 0. Where its result
is an error, or differs in a formula unlike ours, the value that the file's own program stored is the better one; what
reads it is calculated from it. Nobody can tell such a difference from an old result, so each is listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import isclose
from typing import Any, NamedTuple

import formualizer
from lxml import etree

from xlkpi.calc.engine import FAILED, evaluated
from xlkpi.calc.result import CellPlace, Kept
from xlkpi.functions import FUNCTIONS
from xlkpi.xlsx.archive import coordinates, reading, sheet_parts
from xlkpi.xlsx.cells import StoredCells
from xlkpi.xlsx.edit import Values, stored_value
from xlkpi.xlsx.markup import CELL, FORMULA, VALUE, xml
from xlkpi.xlsx.usual import Parts

_SCORING = {function.name for function in FUNCTIONS}
_OUR_FUNCTIONS = _SCORING | set(
    "ABS AND AVERAGE COUNT COUNTA COUNTIF IF IFERROR INDEX INT ISNUMBER ISTEXT LARGE LEN MATCH MAX MIN OR ROUND SUM "
    "SUMIF SUMPRODUCT COUNTBLANK RANK".split()  # the last two: in forms made until November 2026
)
_ONE_CELL = r"\$?[A-Z]{1,3}\$?[0-9]{1,3}"
_HARMLESS = re.compile(
    rf"""
    "[^"]*" | '[^']*' | \bCOUNT\([^()]*\) | \bCHAR\(10\)
    | \bEXACT\({_ONE_CELL},(?:{_ONE_CELL}|"[^"]*")\)
    | \bTRIM\(SUBSTITUTE\({_ONE_CELL},"\u3000",""\)\)
    | \bMID\({_ONE_CELL},[1-9],2000\)
    """,
    re.VERBOSE,
)
"""Texts, and calls exactly as our forms have them of functions that the engine calculates like other programs for one
cell, but perhaps not for whatever else others write: EXACT of a range, CHAR of another code page."""
_TEXTS = re.compile(r'"[^"]*"')
_CALL = re.compile(r"([^\W\d][\w.]*)\s*\(")
_WIDE = re.compile(r"[A-Z]:|[0-9]{4}:|:\$?[A-Z]{0,3}\$?[0-9]{4}", re.IGNORECASE)
_ARRAYS = re.compile(
    r"""[\[{@#] | \bSUMPRODUCT\((?![$A-Z0-9:]+,[$A-Z0-9:]+\))
    | \b(?:ABS|INT|ISNUMBER|ISTEXT|LEN|ROUND)\([^()]*: | \b(?:COUNTIF|SUMIF)\([^,()]*,[^,()]*:""",
    re.VERBOSE | re.IGNORECASE,
)
"""Tables, other workbooks, lists of constants; and what the engine silently calculates as 0: SUMPRODUCT of anything but
two ranges, functions of one value applied to a range."""
_REFERENCE = re.compile(
    r"""(?:(?:'(?P<quoted>(?:[^']|'')+)'|(?P<plain>[\w.]+))!)?
    (?<![\w.$])(?P<cells>\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?)(?![\w(])""",
    re.VERBOSE | re.IGNORECASE,
)
Position = tuple[int, int]
"""Row and column from 0."""
_CACHED = 4096
"""Formulas: those of one role are the same on every form."""
_MOST_ROUNDS = 6
"""Of evaluating again with the kept values."""


class Evaluated(NamedTuple):
    """A workbook's values, the formulas that keep their own, and the scores that rest on one of those."""

    values: Values
    kept: tuple[Kept, ...]
    resting: tuple[CellPlace, ...]


def is_strange(formula: str) -> bool:
    """Whether a formula calls a function that our forms do not use, or reads a thousand rows or whole columns."""
    rest = _HARMLESS.sub("", formula)
    return _WIDE.search(rest) is not None or not _OUR_FUNCTIONS.issuperset(map(str.upper, _CALL.findall(rest)))


@lru_cache(_CACHED)
def is_doubtful(formula: str) -> bool:
    """Whether the engine may silently calculate something else than other programs: never a formula of our forms."""
    return not formula or is_strange(formula) or _ARRAYS.search(_TEXTS.sub('""', formula)) is not None


def evaluate_or_fail(book: formualizer.Workbook, place: CellPlace) -> None:
    """Evaluate a cell; one over which the engine gives up the whole workbook becomes an error."""
    try:
        book.evaluate_cell(*place)
    except FAILED:
        book.set_value(*place, formualizer.LiteralValue.error("Name", ""))


def with_stored_values(book: formualizer.Workbook, parts: Parts, stored: Mapping[str, StoredCells]) -> Evaluated:
    """Evaluate a loaded workbook; formulas keep their stored values where those are better."""
    values = evaluated(book)
    kept: dict[CellPlace, Kept] = {}
    scores: dict[CellPlace, Any] = {}
    for doubtful in (True, *[False] * _MOST_ROUNDS):
        found = [one for one in _differing(parts, stored, values, doubtful=doubtful) if one[:3] not in kept]
        if not (found or doubtful):
            break
        scores = scores or {place: values(*place) for place in _scores(stored)} if found else scores
        for one in found:
            kept[one[:3]] = one
            if one.stored is not None:
                book.set_value(*one[:3], one.stored)
        values = evaluated(book) if found else values
    resting = tuple(place for place, before in scores.items() if values(*place) != before)
    return Evaluated(values, tuple(kept.values()), resting)


def _scores(stored: Mapping[str, StoredCells]) -> Iterator[CellPlace]:
    """The cells that call our functions."""
    for sheet, cells in stored.items():
        for (row, column), formula in cells.formulas.items():
            if not _SCORING.isdisjoint(_CALL.findall(formula)):
                yield sheet, row + 1, column + 1


def _differing(parts: Parts, stored: Mapping[str, StoredCells], values: Values, *, doubtful: bool) -> Iterator[Kept]:
    """The doubtful formulas that give another value than the stored one; or else all that give an error instead.

    An error that comes from another cell is right as long as that one stands. A stored error is no value to keep.
    """
    with reading():
        texts = _shared_texts(parts)
        failed = {} if doubtful else _failed(stored, values)
        for part, sheet in sheet_parts(parts):
            formulas = stored[sheet].formulas
            asked = {place for place in formulas if is_doubtful(formulas[place])} if doubtful else failed[sheet]
            for cell in xml(parts[part]).iter(CELL) if asked else ():
                row, column = coordinates(cell.get("r", ""))
                if (row - 1, column - 1) not in asked or cell.find(FORMULA) is None or cell.get("t") == "e":
                    continue
                kind, computed = stored_value(values(sheet, row, column))
                value = _value_of(cell, texts)
                if not (_same(value, kind, computed) or (value is None and kind != "e")):
                    yield Kept(sheet, row, column, formulas[row - 1, column - 1], value, computed)


def _failed(stored: Mapping[str, StoredCells], values: Values) -> dict[str, set[Position]]:
    """By sheet the formulas that give an error which comes from no other cell."""
    wrong = {
        sheet: {place for place in cells.formulas if isinstance(values(sheet, place[0] + 1, place[1] + 1), dict)}
        for sheet, cells in stored.items()
    }
    errors = {sheet: places | stored[sheet].errors.keys() for sheet, places in wrong.items()}
    return {
        sheet: {place for place in places if not _reads(stored[sheet].formulas[place], sheet, errors)}
        for sheet, places in wrong.items()
    }


def _reads(formula: str, sheet: str, cells: Mapping[str, set[Position]]) -> bool:
    """Whether a formula of a sheet reads one of the cells."""
    for match in _REFERENCE.finditer(_TEXTS.sub('""', formula)):
        other = (match["quoted"] or "").replace("''", "'") or match["plain"] or sheet
        first, _, last = match["cells"].replace("$", "").upper().partition(":")
        (top, left), (bottom, right) = coordinates(first), coordinates(last or first)
        if any(top <= row + 1 <= bottom and left <= column + 1 <= right for row, column in cells.get(other, ())):
            return True
    return False


def _value_of(cell: etree._Element, texts: list[str]) -> float | str | bool | None:
    """The stored value of a formula; None where there is none."""
    kind, text = cell.get("t", "n"), cell.findtext(VALUE)
    if kind == "str" and cell.find(VALUE) is not None:
        return text or ""
    if not text:
        return None
    if kind == "b":
        return text == "1"
    if kind == "s":
        return texts[int(text)]
    return float(text) if kind == "n" else text


def _same(value: float | str | bool | None, kind: str | None, computed: str) -> bool:
    if isinstance(value, bool):
        return kind == "b" and computed == str(int(value))
    if isinstance(value, float):
        return kind is None and isclose(value, float(computed), rel_tol=1e-9, abs_tol=1e-9)
    return kind == "str" and value == computed


def _shared_texts(parts: Parts) -> list[str]:
    if (data := parts.get("xl/sharedStrings.xml")) is None:
        return []
    return ["".join(text.text or "" for text in item.iter("{*}t")) for item in xml(data).iterchildren("{*}si")]
