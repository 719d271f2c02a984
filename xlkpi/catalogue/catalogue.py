"""The catalogue: one company's roles as of any quarter, its settings and its samples, in any language.

Commands take a catalogue and hand it down; nothing below them loads a role by itself. So one process can work for two
companies.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from xlkpi.catalogue.company import Company, read_company
from xlkpi.catalogue.folder import packed_folder, unpacked_folder
from xlkpi.catalogue.language import translate
from xlkpi.catalogue.language.translations import Translations, Translator
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.role_file import Version, read_versions
from xlkpi.catalogue.sample import Sample, read_sample
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.identity import ByIdentity
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import FAULTS
from xlkpi.i18n.resources import TEMPLATES


class UnknownRoleError(CatalogueError):
    """The catalogue has no role of this id, or none yet in the quarter."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One company. Get it by `Catalogue.shipped()` or `Catalogue.of(folder)`.

    folder: with company.toml, roles/*.toml and, optionally, translations/ and samples/.
    packed: a copy of these files, made together with the catalogue; None for the shipped catalogue, which every worker
    has installed.

    A file is read when it is first needed, so that a broken file makes only its own role unusable. Within a process a
    catalogue always gives the same objects, because caches compare them by identity.
    """

    folder: Traversable | Path
    packed: bytes | None = None

    @staticmethod
    def shipped() -> Catalogue:
        """The catalogue that comes with the program."""
        return _shipped()

    @staticmethod
    def of(folder: Path) -> Catalogue:
        """The catalogue of a folder as its files are now; after a change of the files this gives another catalogue.

        Raises OSError where the folder cannot be read.
        """
        return _of_content(str(folder.absolute()), packed_folder(folder))

    @staticmethod
    def of_company(company: CompanyFolder) -> Catalogue:
        """The catalogue of a company folder as its workbooks are now. Raises OSError as `of`."""
        return Catalogue.of(company.path)

    def __reduce__(self) -> tuple[Any, ...]:
        # Another machine may not have the folder, so its files travel; `_of_content` keeps one object of them there.
        return (_shipped, ()) if self.packed is None else (_of_content, (str(self.folder), self.packed))

    # --- roles --------------------------------------------------------------------------------------------------------

    @cached_property
    def role_ids(self) -> tuple[str, ...]:
        """The ids of all roles, in the order of their file names. Reads no role file."""
        return tuple(self._entries("roles"))

    def versions(self, id: str) -> tuple[Version, ...]:
        """Every version of a role, oldest first.

        Raises `CatalogueError`; `UnknownRoleError` where the catalogue does not have the id.
        """
        if id not in self.role_ids:
            raise UnknownRoleError([Fault("", "", FAULTS.message("no_role", role=id, known=self.role_ids))])
        if id not in self._versions:
            self._versions.setdefault(id, read_versions(self._entries("roles")[id]))
        return self._versions[id]

    def role(self, id: str, quarter: Quarter | None = None, language: str | None = None) -> Role:
        """One role: its newest version or the one of a quarter; as its file has it, or translated.

        Raises `CatalogueError`; `UnknownRoleError` where there is no such role, or none yet in that quarter.
        """
        versions = self.versions(id)
        begun = [version for version in versions if quarter is None or version.first <= quarter]
        if not begun:
            role = versions[0].role
            message = FAULTS.message("no_role_yet", role=role.title, first=versions[0].first, quarter=quarter)
            raise UnknownRoleError([Fault(f"{role.id}.toml", "effective_from", message, repr(role.effective_from))])
        return begun[-1].role if language is None else self.translated(begun[-1].role, language)

    def roles(self, quarter: Quarter | None = None, language: str | None = None) -> dict[str, Role]:
        """All roles by id, in the order of their file names: their newest versions, or those of a quarter.

        Raises `CatalogueError`.
        """
        versions_of = {id: self.versions(id) for id in self.role_ids}
        begun = [id for id, versions in versions_of.items() if quarter is None or versions[0].first <= quarter]
        return {id: self.role(id, quarter, language) for id in begun}

    # --- company and samples ------------------------------------------------------------------------------------------

    def company(self, language: str | None = None) -> Company:
        """The company: as its file has it, or translated. Raises `CatalogueError`."""
        if language is None:
            return self._company
        if language not in self._companies:
            self._companies.setdefault(language, translate.company(self._company, self.translator(language)))
        return self._companies[language]

    def samples(self, language: str | None = None) -> dict[str, Sample]:
        """The sample quarters by role id, perhaps none; as their files have them, or translated.

        Raises `CatalogueError`.
        """
        if language is None:
            return dict(self._samples)
        return {
            id: translate.sample(sample, self.translator(language, id, "samples"))
            for id, sample in self._samples.items()
        }

    # --- languages ----------------------------------------------------------------------------------------------------

    def translator(self, language: str, *names: str) -> Translator:
        """A translator of the catalogue's texts into a language.

        names: English tables (role ids) that it looks into before the common table.
        Raises `CatalogueError` where a translation file cannot be read.
        """
        return Translator(self._translations, language, *names)

    def translated(self, role: Role, language: str) -> Role:
        """A role translated. A rule that is written in another language is given in the canonical wording.

        Raises `CatalogueError` where a translation file cannot be read.
        """
        return _translated(self, ByIdentity(role), language)

    def title(self, role: Role, language: str) -> str:
        """A role's title, translated. Raises `CatalogueError` where a translation file cannot be read."""
        return self.translator(language, role.id)(role.title)

    def untranslated(self, role: Role, language: str) -> tuple[str, ...]:
        """The texts of a role that have no translation and stay as they are. Raises `CatalogueError`."""
        translator = self.translator(language, role.id)
        translate.role(role, translator)
        return tuple(translator.missing)

    # --- files, each read once ----------------------------------------------------------------------------------------

    @cached_property
    def _files(self) -> Traversable | Path:
        return self.folder if self.packed is None else unpacked_folder(self.packed)

    def _entries(self, name: str) -> dict[str, Traversable | Path]:
        """The TOML files of a sub-folder, by name without .toml, sorted; empty where there is no such folder."""
        folder = self._files / name
        paths = sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else []
        return {path.name.removesuffix(".toml"): path for path in paths if path.name.endswith(".toml")}

    @cached_property
    def _versions(self) -> dict[str, tuple[Version, ...]]:
        return {}

    @cached_property
    def _company(self) -> Company:
        path = self._files / "company.toml"
        if not path.is_file():
            raise CatalogueError([Fault(path.name, "", FAULTS.message("no_file"))])
        return read_company(path)

    @cached_property
    def _companies(self) -> dict[str, Company]:
        return {}

    @cached_property
    def _samples(self) -> dict[str, Sample]:
        return {id: read_sample(path) for id, path in self._entries("samples").items()}

    @cached_property
    def _translations(self) -> Translations:
        return Translations(self._files / "translations")


@cache
def _shipped() -> Catalogue:
    return Catalogue(files(TEMPLATES))


@lru_cache(maxsize=8)
def _of_content(folder: str, packed: bytes) -> Catalogue:
    """One object for the same files, so that caches by identity work."""
    return Catalogue(Path(folder), packed)


@lru_cache(maxsize=128)
def _translated(catalogue: Catalogue, role: ByIdentity[Role], language: str) -> Role:
    return translate.role(role.value, catalogue.translator(language, role.value.id))
