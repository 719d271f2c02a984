"""The package of data files, the entries of message files, and texts made safe for terminals."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

TEMPLATES = "workbook_templates"
"""The package that holds roles, labels, messages and templates."""

_TABLE = re.compile(r"^(?=\[)", re.MULTILINE)
_KEY = re.compile(r'^(?=(?:[\w-]+|"[^"]*") = )', re.MULTILINE)
_NAME = re.compile(r'\[?(?:([\w-]+)|"([^"]*)")')
"""How an entry begins, at the start of a line: [name] of a table, or before the first of those name = …"""


@cache
def entries(package: str, file: str) -> dict[str, str]:
    """The text of each entry of a TOML file, by its name."""
    first, *tables = _TABLE.split(files(package).joinpath(file).read_text("utf-8"))
    texts = (*_KEY.split(first), *tables)
    return {match[1] or match[2]: text for text in texts if (match := _NAME.match(text))}


@cache
def entry(package: str, file: str, name: str) -> Any:
    """One entry, parsed by itself: all of a file takes longer than most commands. Raises KeyError."""
    import tomllib  # here, since the help of the command line needs no words

    return tomllib.loads(entries(package, file)[name])[name]


def printable(text: str) -> str:
    """A text without invisible characters: controls, direction marks and lone surrogates are written as escapes."""
    if text.isprintable():
        return text
    invisible = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return "".join(
        char.encode("unicode_escape").decode() if unicodedata.category(char) in invisible else char for char in text
    )
