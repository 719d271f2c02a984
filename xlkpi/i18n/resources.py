"""The package of data files, and texts made safe for terminals."""

from __future__ import annotations

import unicodedata

TEMPLATES = "workbook_templates"
"""The package that holds roles, labels, messages and templates."""


def printable(text: str) -> str:
    """A text without invisible characters: controls, direction marks and lone surrogates are written as escapes."""
    invisible = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in invisible else char for char in text
    )
