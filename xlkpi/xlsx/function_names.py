"""How a file spells a call of our functions: the bare name, or as the add-in that it was saved with has it.

xlwings Lite's functions are Office.js functions: `_xldudf_KPI_SCORE(…)`, in a cell of a dynamic array. Excel that saved
against an installed .xlam writes `[1]!KPI_SCORE(…)`, the number being that of an external link. Whatever reads formulas
here reads the bare names; what is written into a file is spelt as the file spells it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from xlkpi.xlsx.archive import CELL, FORMULA, MAIN

FUNCTION_NAMES = ("KPI_SCORE", "STEP_DEDUCT", "WEIGHTED_TOTAL", "KPI_GRADE", "KPI_EXPLAIN", "KPI_ENGINE")
"""The cell functions, as `functions.FUNCTIONS` defines them; a test holds the two together."""
_OFFICE_JS = "_xldudf_"
_CALL = re.compile(
    rf"""
    "(?:[^"]|"")*"
    | (?<![\w.])(?P<prefix>(?:\[\d+\]!)?(?:{_OFFICE_JS})?)(?P<name>{"|".join(FUNCTION_NAMES)})(?=\()
    """,
    re.VERBOSE | re.IGNORECASE,  # LibreOffice writes names that it does not know in small letters
)


@dataclass(frozen=True)
class Spelling:
    """What stands before the names of our functions.

    record: the number (from 1) of the workbook's record of dynamic arrays, by which such a cell is known.
    """

    prefix: str = ""
    record: str = ""

    def write(self, cell: etree._Element, formula: str, *, merged: bool = False) -> None:
        """Let a formula with bare names (without its =) be the cell's.

        A dynamic array in merged cells would be #SPILL!: there the formula is a plain one, which Excel shows with an @.
        """
        found = cell.find(FORMULA)
        element = etree.SubElement(cell, FORMULA) if found is None else found
        for attribute in ("t", "ref", "si"):
            element.attrib.pop(attribute, "")
        cell.attrib.pop("cm", "")
        element.text = spelt = _spelt(formula, self.prefix)
        if self.record and spelt != formula and not merged:
            element.set("t", "array")
            element.set("ref", cell.get("r", ""))
            cell.set("cm", self.record)


BARE = Spelling()
LITE = Spelling(_OFFICE_JS, "1")
"""As xlwings Lite has it, in a workbook without other dynamic arrays."""


def bare(formula: str) -> str:
    """The formula with the bare names of our functions."""
    if _OFFICE_JS not in formula and "]!" not in formula:  # asked for every formula of every file
        return formula
    return _spelt(formula, "")


def calls(formula: str) -> list[str]:
    """Which of our functions a formula calls, each as often as it does, by their bare names."""
    return [match["name"].upper() for match in _CALL.finditer(formula) if match["name"]]


def foreign(sheet: bytes) -> bool:
    """Whether a sheet's XML may spell our functions otherwise than bare."""
    return _OFFICE_JS.encode() in sheet or b"]!" in sheet


def unspell(sheet: etree._Element) -> None:
    """Write the bare names into every formula of a sheet that calls our functions."""
    for cell, formula in _formulas(sheet):
        if (known := bare(formula)) != formula:
            BARE.write(cell, known)


def merged(sheet: etree._Element) -> set[str]:
    """The addresses of the cells that are merged with those to the right or below."""
    return {one.get("ref", "").split(":")[0] for one in sheet.iter(f"{{{MAIN}}}mergeCell")}


def spelling_of(sheets: Iterable[etree._Element]) -> Spelling:
    """How most calls in a workbook are spelt."""
    found = Counter(
        Spelling(match["prefix"], cell.get("cm", "") if _OFFICE_JS in match["prefix"] else "")
        for sheet in sheets
        for cell, formula in _formulas(sheet)
        for match in _CALL.finditer(formula)
        if match["name"]
    )
    return found.most_common(1)[0][0] if found else BARE


def _spelt(formula: str, prefix: str) -> str:
    return _CALL.sub(lambda match: prefix + match["name"].upper() if match["name"] else match[0], formula)


def _formulas(sheet: etree._Element) -> Iterable[tuple[etree._Element, str]]:
    for cell in sheet.iter(CELL):
        if formula := cell.findtext(FORMULA):
            yield cell, formula
