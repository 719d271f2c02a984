"""What of a workbook a program did not save: counted in the XML, whatever its namespaces are."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lxml import etree
from openpyxl.utils.cell import range_boundaries

from xlkpi.form.register import META_SHEET

_COUNTED = {
    "sheetProtection": "protected sheets",
    "iconSet": "icon sets",
    "dataBar": "data bars",
    "comment": "notes",
    "brk": "page breaks",
    "chart": "charts",
    "pane": "frozen panes",
    "mergeCell": "merged cells",
    "headerFooter": "headers and footers",
}
"""The elements that are counted, and what a reader knows them as."""


def contents(path: Path) -> Counter[str]:
    """How many of each a workbook has."""
    found: Counter[str] = Counter()
    with zipfile.ZipFile(path) as archive:
        roots = [
            (name, etree.fromstring(archive.read(name)))
            for name in archive.namelist()
            if name.startswith("xl/") and name.endswith(".xml")
        ]
    for name, root in roots:
        elements = list(root.iter("{*}*"))
        found.update(_COUNTED[tag] for tag in map(_tag, elements) if tag in _COUNTED and not _doubled(name, tag))
        if "/worksheets/" in name:
            found["cells with a validation"] += sum(map(_covered, root.iter("{*}dataValidation")))
            for block in root.iter("{*}conditionalFormatting"):
                found["conditional formats of cells"] += _covered(block) * len(block.findall("{*}cfRule"))
            found["formulas"] += sum(_tag(one) == "f" and _tag(one.getparent()) == "c" for one in elements)
            found["sheets with hidden ids"] += any(map(_hides, elements))
        found["hiding of the register"] += sum(
            one.get("name") == META_SHEET and one.get("state", "visible") != "visible" for one in root.iter("{*}sheet")
        )
        found["unlocked kinds of cells"] += sum(
            _tag(one.getparent()) == "xf" and one.get("locked") in ("0", "false") for one in root.iter("{*}protection")
        )
    found["stored results"] = sum(_results(root) for _, root in roots)
    return found


def lost(before: Counter[str], after: Counter[str]) -> list[str]:
    """What is no longer there, in words: all of a kind, or how many of how many."""
    return list(_lost(before, after))


def _lost(before: Counter[str], after: Counter[str]) -> Iterator[str]:
    for what, number in before.items():
        left = after[what]
        if left == 0:
            yield f"all {number:,} {what}" if number > 1 else f"the {what.removesuffix('s')}"
        elif left < number:
            yield f"{number - left:,} of {number:,} {what}"


def _tag(element: etree._Element | None) -> str:
    return "" if element is None else etree.QName(element).localname


def _doubled(name: str, tag: str) -> bool:
    """Whether an element of this name means something else in this part."""
    return tag == "chart" and "/charts/" not in name


def _covered(element: etree._Element) -> int:
    """How many cells its reference covers."""
    ranges = (element.get("sqref") or element.findtext("{*}sqref") or "").split()
    return sum(
        (last_row - row + 1) * (last_column - column + 1)
        for column, row, last_column, last_row in map(range_boundaries, ranges)
    )


def _hides(element: etree._Element) -> bool:
    """Whether it hides row 1 or column A."""
    first = {"row": "r", "col": "min"}.get(_tag(element), "")
    return bool(first) and element.get(first) == "1" and element.get("hidden") in ("1", "true")


def _results(root: etree._Element) -> int:
    return sum(cell.find("{*}f") is not None and bool(cell.findtext("{*}v")) for cell in root.iter("{*}c"))
