"""A fingerprint of version and data: two machines with the same one score alike.

The catalogue of a company's folder is not in it: its files travel to the workers with the work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from xlkpi.i18n.resources import TEMPLATES
from xlkpi.version import __version__


def fingerprint() -> str:
    """Twelve hexadecimal digits: a digest of the version, and of all our TOML files and templates."""
    hashed = hashlib.sha256(__version__.encode())
    for name, content in _data(files(TEMPLATES), ""):
        hashed.update(name.encode() + b"\0" + content.replace(b"\r\n", b"\n") + b"\0")
    return hashed.hexdigest()[:12]


def _data(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{path}/{entry.name}"
        if entry.is_dir():
            yield from _data(entry, name)
        elif entry.name.endswith((".toml", ".j2")):
            yield name, entry.read_bytes()
