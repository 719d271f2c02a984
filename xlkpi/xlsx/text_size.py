"""How much room a text takes in a cell: widths in characters, wrapped lines, heights of notes."""

from __future__ import annotations

import math
import re

CELL_MARGIN = 5 / 7
"""What a column keeps free beside its characters, in characters: files tell widths with it."""


_WORD = re.compile(r"[!-~]+ *|.")


# Per font: the width of an n in characters, and the height of a line in points, both of 10 pt; what a line keeps free
# in characters, since other fonts may stand in. Chinese fonts are wider there and stand taller.
_METRICS = {"Calibri": (0.98, 12.8, 0.0)}
_CHINESE_METRICS = (1.1, 14.2, 1.3)
_PADDING = 6.0


def text_width(text: str, latin: float) -> float:
    """Width in characters of the default font: Chinese characters and full-width marks take two."""
    return sum(2.0 if char > "\u2000" else latin * _relative_width(char) for char in text)


def _relative_width(char: str) -> float:
    """The width of a Latin letter beside that of an n."""
    if char in "fijlrtI.,;:'!|()[]/- ":
        return 0.6
    return 1.5 if char in "mwMW@%" else 1.15 if char.isupper() else 1.0


def count_lines(text: str, width: float, font: str = "") -> int:
    """Lines that a wrapped text takes in a column of so many characters."""
    latin, _, margin = _METRICS.get(font, _CHINESE_METRICS)
    room = max(2.0, width * 0.97 - margin)
    return sum(_lines(paragraph, room, latin) for paragraph in text.split("\n"))


def _lines(paragraph: str, room: float, latin: float) -> int:
    """Lines of one paragraph: broken between Chinese characters and at spaces; a word too long for a line inside."""
    lines, used = 1, 0.0
    for word in _WORD.findall(paragraph):
        width = text_width(word, latin)
        if used and used + text_width(word.rstrip(), latin) > room:
            lines, used = lines + 1, 0.0
        used += width
        if used > room:
            lines, used = lines + math.ceil(used / room) - 1, used % room
    return lines


NOTE_WIDTH = 320
"""Of a cell note, in points."""


def note_height(text: str) -> int:
    """The height in points that a cell note needs for its text."""
    return 40 + 20 * count_lines(text, 46)
