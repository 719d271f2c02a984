"""Estimates the room that a text takes: its width in characters, its wrapped lines, the height of a note."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

CELL_MARGIN = 5 / 7
"""The margin of a column beside its characters, in characters: widths in files include it."""
PADDING = 6.0
"""Points of a row's height above and below its lines."""
NOTE_WIDTH = 320
"""Width of a cell note in points."""

_MOST_CACHED = 4096  # texts of notes: forms of one role have the same
_WORD = re.compile(r"[!-~]+ *|.")


class FontMetrics(NamedTuple):
    """Sizes of a font at 10 pt: the width of an n in characters, the height of a line in points.

    spare: characters that a line keeps free, since another font may be shown instead.
    """

    latin: float
    line_height: float
    spare: float


_METRICS = {"Calibri": FontMetrics(0.98, 12.8, 0.0)}
_CHINESE_METRICS = FontMetrics(1.1, 14.2, 1.3)  # Chinese fonts have wider Latin letters and higher lines


def metrics_of(font: str) -> FontMetrics:
    """The sizes of a font; a font that is not known is taken for a Chinese one."""
    return _METRICS.get(font, _CHINESE_METRICS)


def text_width(text: str, latin: float) -> float:
    """Width in characters of the default font: 2 for Chinese and full-width characters, `latin` for an n."""
    return sum(2.0 if char > "\u2000" else latin * _relative_width(char) for char in text)


_word_width = lru_cache(10_000)(text_width)  # most words are single Chinese characters
_WIDEST = 2.0
"""The width of the widest character."""


def _relative_width(char: str) -> float:
    """The width of a Latin letter as a multiple of the width of an n."""
    if char in "fijlrtI.,;:'!|()[]/- ":
        return 0.6
    return 1.5 if char in "mwMW@%" else 1.15 if char.isupper() else 1.0


def count_lines(text: str, width: float, font: str = "") -> int:
    """Lines of a text wrapped in a column of `width` characters."""
    metrics = metrics_of(font)
    room = max(2.0, width * 0.97 - metrics.spare)
    return sum(_lines(paragraph, room, metrics.latin) for paragraph in text.split("\n"))


def _lines(paragraph: str, room: float, latin: float) -> int:
    """Lines of one paragraph, broken between Chinese characters, at spaces, and inside words longer than a line."""
    lines, used = 1, 0.0
    if len(paragraph) * _WIDEST <= room:
        return lines
    for word in _WORD.findall(paragraph):
        width = _word_width(word, latin)
        if used and used + _word_width(word.rstrip(), latin) > room:
            lines, used = lines + 1, 0.0
        used += width
        if used > room:
            lines, used = lines + math.ceil(used / room) - 1, used % room
    return lines


@lru_cache(_MOST_CACHED)
def note_height(text: str) -> int:
    """The height in points that a cell note needs for its text."""
    return 40 + 20 * count_lines(text, 46)
