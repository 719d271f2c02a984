"""Number formats of cells, and whole numbers that one shows with leading zeros or with letters: 1 as 0001 or E-0001."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from xlkpi.xlsx.markup import MAIN, xml
from xlkpi.xlsx.usual import Parts

_TOKEN = re.compile(
    r'\[[^\]]*\] | "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | _. | (?P<zero>0) | (?P<plain>[-+()/:\ ])', re.VERBOSE
)

Pattern = tuple[str, ...]
"""The characters of a shown number: "0" for each digit; a literal has a mark before it."""
_LITERAL = "="
BUILT_IN = {
    "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%", "37": "#,##0;-#,##0",
    "38": "#,##0;-#,##0", "39": "#,##0.00;-#,##0.00", "40": "#,##0.00;-#,##0.00",
}  # fmt: skip
"""The formats of numbers that files do not spell out; the others are of days, fractions and exponents."""


def codes_of(parts: Parts) -> Mapping[str, str]:
    """The codes of the cell formats, by their numbers, as cells refer to them; without those of General.

    May raise what `archive.reading` turns into `UnreadableError`.
    """
    styles = next((data for name, data in parts.items() if name.lower() == "xl/styles.xml"), b"")
    if not styles:
        return {}
    root = xml(styles)
    own = {code.get("numFmtId", ""): code.get("formatCode", "") for code in root.iter(f"{{{MAIN}}}numFmt")}
    formats = root.find(f"{{{MAIN}}}cellXfs")
    codes = {**BUILT_IN, **own}
    numbered = enumerate(() if formats is None else formats)
    return {str(number): codes[id] for number, one in numbered if (id := one.get("numFmtId", "")) in codes}


def patterns_of(codes: Mapping[str, str]) -> Mapping[str, Pattern]:
    """Of cell formats those that show a whole number otherwise than with its digits."""
    return {number: pattern for number, code in codes.items() if (pattern := _pattern(code))}


@lru_cache(256)
def _pattern(code: str) -> Pattern:
    """The pattern of a format that has only zeros and literals; empty for any other."""
    pattern: list[str] = []
    place = 0
    section = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)[0]
    while place < len(section):
        match = _TOKEN.match(section, place)
        if match is None:
            return ()
        literal = match["quoted"] or match["escaped"] or match["plain"] or ""
        pattern += ["0"] if match["zero"] else [_LITERAL + char for char in literal]
        place = match.end()
    return tuple(pattern) if "0" in pattern and len(pattern) > 1 else ()


def shown(value: str, pattern: Pattern) -> str | None:
    """A stored number as its format shows it; None where it is no whole number from 0 up."""
    try:
        number = float(value)
    except ValueError:
        return None
    if not (number.is_integer() and 0 <= number < 1e15):
        return None
    digits = list(str(int(number)).zfill(pattern.count("0")))
    text: list[str] = []
    first = pattern.index("0")
    for place in range(len(pattern) - 1, -1, -1):
        one = pattern[place]
        text.append(one[1:] if one != "0" else "".join(digits) if place == first else digits.pop())
    return "".join(reversed(text))
