"""All sheets of a workbook, where every one of them is usual."""

from __future__ import annotations

from xlkpi.xlsx.archive import sheet_parts
from xlkpi.xlsx.cells import LARGEST_FORMULAS, LARGEST_TEXT, MOST_CELLS
from xlkpi.xlsx.plain.formats import formats_of
from xlkpi.xlsx.plain.sheet import PlainCells
from xlkpi.xlsx.plain.texts import NotPlainError, shared_texts
from xlkpi.xlsx.usual import Parts


def plain_sheets(parts: Parts) -> dict[str, PlainCells] | None:
    """The cells of every sheet by name; None where one is not plain, or beyond a limit: `cells` says what is wrong.

    May raise what `archive.reading` turns into `UnreadableError`.
    """
    try:
        texts, formats = shared_texts(parts), formats_of(parts)
        sheets = {name: PlainCells(part, parts[part], texts, formats) for part, name in sheet_parts(parts)}
    except (NotPlainError, LookupError, ValueError):
        return None
    filled = sum(sheet.filled for sheet in sheets.values())
    longest = max(map(len, texts), default=0)
    formulas = sum(sheet.characters for sheet in sheets.values())
    within = filled <= MOST_CELLS and filled * longest <= LARGEST_TEXT and formulas <= LARGEST_FORMULAS
    return sheets if within and all(sheet.fits for sheet in sheets.values()) else None
