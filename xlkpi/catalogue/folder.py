"""A catalogue's folder as bytes: what is read stays as it was, and can go to other machines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from xlkpi.catalogue.toml import LARGEST_FILE

_PARTS = ("roles", "samples", "translations", "translations/en")
"""The folders that files are taken from, beside the folder itself."""


def packed_folder(folder: Path) -> bytes:
    """The TOML files of a catalogue as a zip file: the same bytes for the same files. Raises OSError."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)  # of a larger one it will be told that it is too large
            archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for part in (folder, *filter(Path.is_dir, (folder / name for name in _PARTS))):
        yield from sorted(path for path in part.iterdir() if path.suffix == ".toml" and path.is_file())


def unpacked_folder(packed: bytes) -> Traversable:
    """What `packed_folder` packed."""
    return zipfile.Path(zipfile.ZipFile(io.BytesIO(packed)))
