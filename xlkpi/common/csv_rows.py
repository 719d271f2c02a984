"""Reads CSV files as people have them: in three encodings, with commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from xlkpi.i18n.problems import UnreadableError

_SAMPLE = 10_000
"""Characters of a CSV that tell its delimiter."""
_MOST_FIELDS = 2_000_000


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV. Raises `UnreadableError`."""
    text = _decoded(content)
    delimiter = max(",;\t", key=lambda delimiter: _columns(text, delimiter))
    if text.count(delimiter) + text.count("\n") > _MOST_FIELDS:
        raise UnreadableError("file", "too_many_cells")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableError("file", "roster_csv", error=error) from None


def _columns(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first lines have the same number of delimiters, and that number: titles have none, or others."""
    lines = re.sub('"[^"]*"', "", text[:_SAMPLE]).splitlines()
    counts = Counter(filter(None, (line.count(delimiter) for line in lines)))
    return max(((lines, count) for count, lines in counts.items()), default=(0, 0))


def _decoded(content: bytes) -> str:
    """The text of a file in UTF-8, in GB 18030 (CSV of a Chinese Excel) or in UTF-16 (Excel's “Unicode text”)."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("file", "roster_encoding")
