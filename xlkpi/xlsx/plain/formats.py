"""The number formats of a workbook, by the numbers with which cells refer to them, as they stand in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xlkpi.common.caches import kept_if_small
from xlkpi.xlsx.markup import xml
from xlkpi.xlsx.number_formats import BUILT_IN, Pattern, codes_of, patterns_of
from xlkpi.xlsx.usual import Parts

_STYLES = "xl/styles.xml"
_GENERAL, _TEXT = "0", "49"
_LETTERS = re.compile("[dmyhs]|a/p", re.IGNORECASE)
"""One of them is in every format of dates and times, whether or not it is quoted: few others have one."""


@dataclass(frozen=True)
class Formats:
    """codes, patterns: as in `number_formats`. dates: the formats that may show a number as a date or a time."""

    codes: Mapping[bytes, str]
    patterns: Mapping[bytes, Pattern]
    dates: frozenset[bytes]


def formats_of(parts: Parts) -> Formats:
    """May raise what `archive.reading` turns into `UnreadableError`."""
    return _formats(next((data for name, data in parts.items() if name.lower() == _STYLES), b""))


@kept_if_small(16, 1_000_000, len)
def _formats(styles: bytes) -> Formats:
    if not styles:
        return Formats({}, {}, frozenset())
    codes, root = codes_of({_STYLES: styles}), xml(styles)
    own = {code.get("numFmtId", ""): code.get("formatCode", "") for code in root.iter("{*}numFmt")}
    cells = [one.get("numFmtId", _GENERAL) for all in root.iter("{*}cellXfs") for one in all]
    dates = (str(number).encode() for number, id in enumerate(cells) if _may_be_date(id, own.get(id)))
    return Formats(
        {number.encode(): code for number, code in codes.items()},
        {number.encode(): pattern for number, pattern in patterns_of(codes).items()},
        frozenset(dates),
    )


def _may_be_date(id: str, code: str | None) -> bool:
    return id not in (_GENERAL, _TEXT, *BUILT_IN) if code is None else _LETTERS.search(code) is not None
