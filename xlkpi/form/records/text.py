"""How records hold their content: JSON that people can read, also with names of files that are no text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ENCODING = ("utf-8", "surrogateescape")
"""Bytes of a file's name that are no text stay what they are."""


def encoded(content: object, *, indent: int | None = 1, sort_keys: bool = False) -> bytes:
    """The bytes of a record; without `indent` on one line, as it is hashed."""
    return json.dumps(content, ensure_ascii=False, indent=indent, sort_keys=sort_keys).encode(*_ENCODING)


def content_in(path: Path) -> Any:
    """What `encoded` made the file of. Raises ValueError, OSError."""
    return json.loads(path.read_text(*_ENCODING))
