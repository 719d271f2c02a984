"""Our function names in formulas: the bare names, and the prefixes that add-ins write before them.

xlwings Lite's functions are Office.js functions: `_xldudf_KPI_SCORE(…)`, in a cell of a dynamic array. With an add-in
(.xlam) installed, Excel saves `[1]!KPI_SCORE(…)`, where 1 is the number of an external link. Formulas are read here
with the bare names, and written with the prefix that the file already uses.

Other spellings mean the same call and are read, never written: `_xll.` and `_xludf.` before a name, `_xlfn.SINGLE(…)`
around a call (Excel's @), and Google's `IFERROR(__xludf.DUMMYFUNCTION("…"),value)`, which holds the formula as a text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from xlkpi.xlsx.markup import CELL, FORMULA, MAIN

FUNCTION_NAMES = ("KPI_SCORE", "STEP_DEDUCT", "WEIGHTED_TOTAL", "KPI_GRADE", "KPI_EXPLAIN", "KPI_ENGINE")
"""The cell functions that `functions.FUNCTIONS` defines; a test compares the two."""
_OFFICE_JS = "_xldudf_"
_CALL = re.compile(
    rf"""
    "(?:[^"]|"")*"
    | (?<![\w.])(?:_xll\.|_xludf\.|_xlfn\.)*(?P<prefix>(?:\[\d+\]!)?(?:{_OFFICE_JS})?)
      (?P<name>{"|".join(FUNCTION_NAMES)})(?=\()
    """,
    re.VERBOSE | re.IGNORECASE,  # LibreOffice writes names that it does not know in lower case
)


_SINGLE = re.compile(r'(?P<text>"(?:[^"]|"")*")|_xlfn\.SINGLE(?=\()', re.IGNORECASE)
_DUMMY = re.compile(
    r'\s*IFERROR\(\s*__xludf\.DUMMYFUNCTION\(\s*"(?P<formula>(?:[^"]|"")*)"\s*\).*\)\s*', re.IGNORECASE | re.DOTALL
)
_MAY_BE_SPELT = (_OFFICE_JS, "]!", "_xll.", "_xludf.", "_xlfn.SINGLE(")
"""One of these is in every formula that does not spell our calls with bare names; `__xludf.` is among them."""


@dataclass(frozen=True)
class Spelling:
    """How a file spells calls of our functions.

    prefix: the text before the name. record: the number (from 1) of the workbook's metadata record for dynamic arrays,
    which the cell of such a call refers to; "" for plain formulas.
    """

    prefix: str = ""
    record: str = ""

    def write(self, cell: etree._Element, formula: str, *, merged: bool = False) -> None:
        """Write a formula with bare names (without =) into a cell, in this spelling.

        A dynamic array in merged cells would show #SPILL!, so there it is a plain formula, which Excel shows with an @.
        """
        existing = cell.find(FORMULA)
        element = etree.SubElement(cell, FORMULA) if existing is None else existing
        for attribute in ("t", "ref", "si"):
            element.attrib.pop(attribute, "")
        cell.attrib.pop("cm", "")
        element.text = spelt = _with_prefix(formula, self.prefix)
        if self.record and spelt != formula and not merged:
            element.set("t", "array")
            element.set("ref", cell.get("r", ""))
            cell.set("cm", self.record)


BARE = Spelling()
LITE = Spelling(_OFFICE_JS, "1")
"""The spelling of xlwings Lite, in a workbook without other dynamic arrays."""


def with_bare_names(formula: str) -> str:
    """The formula with the bare names of our functions."""
    if not any(mark in formula for mark in _MAY_BE_SPELT):  # a fast exit: this runs for every formula of every file
        return formula
    dummy = _DUMMY.fullmatch(formula)
    if dummy and called_functions(inner := dummy["formula"].replace('""', '"')):
        return with_bare_names(inner.removeprefix("="))
    bare = _with_prefix(formula, "")
    # Our functions never give more than one value; the brackets may stay.
    return _SINGLE.sub(lambda match: match["text"] or "", bare) if called_functions(bare) else bare


def called_functions(formula: str) -> list[str]:
    """The bare names of our functions that a formula calls, one for each call."""
    return [match["name"].upper() for match in _CALL.finditer(formula) if match["name"]]


def may_have_prefixes(sheet: bytes) -> bool:
    """Whether a sheet's XML may spell calls of our functions otherwise than with bare names."""
    return any(mark.encode() in sheet for mark in _MAY_BE_SPELT)


def write_bare_names(sheet: etree._Element) -> None:
    """Remove the prefixes from every formula of a sheet that calls our functions."""
    for cell, formula in _formulas(sheet):
        if (bare_formula := with_bare_names(formula)) != formula:
            BARE.write(cell, bare_formula)


def merged_addresses(sheet: etree._Element) -> set[str]:
    """The addresses of the top left cells of all merged ranges."""
    return {merge.get("ref", "").split(":")[0] for merge in sheet.iter(f"{{{MAIN}}}mergeCell")}


def spelling_of(sheets: Iterable[etree._Element]) -> Spelling:
    """The spelling of most calls in a workbook; `BARE` where there are none."""
    spellings = Counter(
        Spelling(match["prefix"], cell.get("cm", "") if _OFFICE_JS in match["prefix"] else "")
        for sheet in sheets
        for cell, formula in _formulas(sheet)
        for match in _CALL.finditer(formula)
        if match["name"]
    )
    return spellings.most_common(1)[0][0] if spellings else BARE


def _with_prefix(formula: str, prefix: str) -> str:
    return _CALL.sub(lambda match: prefix + match["name"].upper() if match["name"] else match[0], formula)


def _formulas(sheet: etree._Element) -> Iterable[tuple[etree._Element, str]]:
    for cell in sheet.iter(CELL):
        if formula := cell.findtext(FORMULA):
            yield cell, formula
