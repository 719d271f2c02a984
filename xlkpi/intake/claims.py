"""What `_xlkpi` of a returned workbook claims about the company, held against the company file.

Anyone can type into a hidden sheet. Where we know better, the claim counts for nothing, and a difference is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlkpi.catalogue.company import Company
from xlkpi.form.register import META_SHEET, setting_value
from xlkpi.i18n.numbers import is_number, plain
from xlkpi.i18n.problems import ERROR, Place, Problem
from xlkpi.xlsx.reader import WorkbookReader

_PUBLISHED = re.compile(r"xlkpi==\d[\w.]*")
"""The published package, of any version."""


def claimed_otherwise(file: str, book: WorkbookReader, company: Company, language: str) -> Iterator[Problem]:
    """An error for each setting of the hidden sheet that is not the company's; company: in the forms' language."""
    known = {"events_limit": company.events_limit, "red_line_total": company.red_line_total}
    for number, (key, *values) in enumerate(book.rows(META_SHEET), start=1):
        place, value = Place(file, META_SHEET, f"B{number}"), setting_value(str(key), values[0] if values else None)
        if key in known:
            ours = known[str(key)]
            same = abs(float(value) - float(ours)) < 1e-9 if is_number(value) and ours is not None else value == ours
            if not same:
                shown = {"value": _shown(value), "expected": _shown(None if ours is None else float(ours))}
                yield Problem.at(place, "setting", language, ERROR, f"setting_{key}", **shown)
        elif key == "lite" and not _is_own(value, company):
            yield Problem.at(place, "setting", language, ERROR, "setting_lite", value=str(value))


def _is_own(package: object, company: Company) -> bool:
    return package == company.lite_package or bool(_PUBLISHED.fullmatch(str(package)))


def _shown(value: object) -> str:
    if is_number(value):
        return plain(float(value))
    return "-" if value in (None, "") else str(value)
