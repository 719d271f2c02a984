"""Where the data files of the package lie, and texts as a terminal can show them."""

from __future__ import annotations

import unicodedata

TEMPLATES = "workbook_templates"


def printable(text: str) -> str:
    """A text as a terminal can show it: control characters, marks of direction and half characters are spelled out."""
    unseen = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in unseen else char for char in text
    )
