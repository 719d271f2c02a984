"""Packs the files of a catalogue into bytes: a stable copy that can be sent to other machines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from xlkpi.catalogue.toml import LARGEST_FILE

_PARTS = ("roles", "samples", "translations", "translations/en")
"""The sub-folders that are packed too."""


def packed_folder(folder: Path) -> bytes:
    """The TOML files of a catalogue as a zip file: the same bytes for the same files. Raises OSError."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)  # enough for the reader to find that the file is too large
            archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for part in (folder, *filter(Path.is_dir, (folder / name for name in _PARTS))):
        yield from sorted(path for path in part.iterdir() if path.suffix == ".toml" and path.is_file())


def unpacked_folder(packed: bytes) -> Traversable:
    """The folder that `packed_folder` packed."""
    return zipfile.Path(zipfile.ZipFile(io.BytesIO(packed)))
