"""Where a catalogue's roles and settings come from: TOML files here, the workbooks of a company's folder beside."""

from __future__ import annotations

from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol

from xlkpi.catalogue.company import Company, read_company
from xlkpi.catalogue.language.translations import Translations
from xlkpi.catalogue.prepared.shipped import prepared_versions
from xlkpi.catalogue.role import Role, Version
from xlkpi.catalogue.sample import Sample, read_sample
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import FAULTS


class Source(Protocol):
    """The files of one company, each read when it is first needed.

    keeps: whether what forms are made of is kept.
    """

    keeps: bool

    @property
    def role_ids(self) -> tuple[str, ...]:
        """The ids of all roles, in their order; also of those that cannot be read."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Faults of files of which it is not known which role they are."""

    def versions(self, id: str) -> tuple[Version, ...]:
        """Every version of a role, oldest first. Raises `CatalogueError`."""

    def company(self, quarter: Quarter | None) -> tuple[Company, dict[str, Any]]:
        """The settings as of a quarter, None for the newest, and their data. Raises `CatalogueError`."""

    def kept_role(self, quarter: Quarter, id: str, digest: str) -> Role | None:
        """A role as it was when forms of the quarter were made of it; None where it was not kept."""

    def kept_company(self, quarter: Quarter, digest: str) -> Company | None:
        """The settings as they were when forms of the quarter were made with them; None where they were not kept."""

    def samples(self) -> dict[str, Sample]:
        """The sample quarters by role id, perhaps none. Raises `CatalogueError`."""

    def translations(self) -> Translations:
        """The translations of its texts."""


class TomlFiles:
    """company.toml, roles/*.toml and, optionally, samples/*.toml and translations/. Nothing that was issued is kept."""

    keeps = False
    faults: tuple[Fault, ...] = ()

    def __init__(self, folder: Traversable | Path) -> None:
        self._folder = folder
        self._versions: dict[str, tuple[Version, ...]] = {}

    @cached_property
    def role_ids(self) -> tuple[str, ...]:
        """The ids of all roles, in the order of their file names. Reads no role file."""
        return tuple(self._entries("roles"))

    def versions(self, id: str) -> tuple[Version, ...]:
        if id not in self._versions:
            path = self._entries("roles")[id]
            self._versions.setdefault(id, prepared_versions(path) or _read(path))
        return self._versions[id]

    def company(self, quarter: Quarter | None) -> tuple[Company, dict[str, Any]]:
        return self._company, {}

    def kept_role(self, quarter: Quarter, id: str, digest: str) -> Role | None:
        return None

    def kept_company(self, quarter: Quarter, digest: str) -> Company | None:
        return None

    def samples(self) -> dict[str, Sample]:
        return {id: read_sample(path) for id, path in self._entries("samples").items()}

    def translations(self) -> Translations:
        return Translations(self._folder / "translations")

    @cached_property
    def _company(self) -> Company:
        path = self._folder / "company.toml"
        if not path.is_file():
            raise CatalogueError([Fault(path.name, "", FAULTS.message("no_file"))])
        return read_company(path)

    def _entries(self, name: str) -> dict[str, Traversable | Path]:
        """The TOML files of a sub-folder, by name without .toml, sorted; empty where there is no such folder."""
        folder = self._folder / name
        paths = sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else []
        return {path.name.removesuffix(".toml"): path for path in paths if path.name.endswith(".toml")}


def _read(path: Traversable | Path) -> tuple[Version, ...]:
    from xlkpi.catalogue.role_file import read_versions  # here: it loads the reader of sentences

    return read_versions(path)
