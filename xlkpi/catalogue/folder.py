"""Packs the files of a catalogue into bytes: a stable copy that can be sent to other machines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from xlkpi.catalogue.toml import LARGEST_FILE
from xlkpi.catalogue.workbooks.kept import DEFINITIONS
from xlkpi.common.company_folder import HISTORY, ROLES, SETTINGS
from xlkpi.common.files import SIDE_FILES

_TOML_PARTS = {"": "company.toml", **dict.fromkeys(("roles", "samples", "translations", "translations/en"), ".toml")}
"""The sub-folders of a folder of TOML files that are packed, and how the names of their files end."""
_COMPANY_PARTS = {"": SETTINGS, ROLES: ".xlsx", f"{HISTORY}/{DEFINITIONS}": ".json"}
"""Those of a company's folder, and how the names of their files end."""


def packed_folder(folder: Path) -> bytes:
    """The files of a catalogue as a zip file: the same bytes for the same files. Raises OSError."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(folder):
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)  # enough for the reader to find that the file is too large
            archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    parts = _COMPANY_PARTS if (folder / SETTINGS).is_file() else _TOML_PARTS
    for name, ending in parts.items():
        part = folder / name
        for path in sorted(part.iterdir()) if part.is_dir() or not name else ():
            if path.name.endswith(ending) and not path.name.startswith(SIDE_FILES) and path.is_file():
                yield path


def unpacked_folder(packed: bytes) -> Traversable:
    """The folder that `packed_folder` packed."""
    return zipfile.Path(zipfile.ZipFile(io.BytesIO(packed)))
