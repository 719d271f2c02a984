"""The catalogue: one company's roles as of any quarter, its settings and its samples, in any language.

Commands take a catalogue and hand it down; nothing below them loads a role by itself. So one process can work for two
companies.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from xlkpi.catalogue.company import Company, company_digest
from xlkpi.catalogue.folder import packed_folder, unpacked_folder
from xlkpi.catalogue.language import translate
from xlkpi.catalogue.language.translations import Translations, Translator
from xlkpi.catalogue.role import Role, Version
from xlkpi.catalogue.sample import Sample
from xlkpi.catalogue.source import Source, TomlFiles
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.catalogue.versions.digest import digest
from xlkpi.catalogue.workbooks.kept import COMPANY
from xlkpi.common.caches import ByIdentity
from xlkpi.common.company_folder import SETTINGS, CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import FAULTS
from xlkpi.i18n.resources import TEMPLATES


class UnknownRoleError(CatalogueError):
    """The catalogue has no role of this id, or none yet in the quarter."""


@dataclass(frozen=True)
class Made:
    """What the forms of a quarter were made of, where that is not today's. roles: (id, digest). company: a digest."""

    quarter: Quarter
    roles: tuple[tuple[str, str], ...] = ()
    company: str = ""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """One company. Get it by `Catalogue.shipped()`, `Catalogue.of(folder)` or `Catalogue.of_company(company)`.

    folder: with company.toml and roles/*.toml, or with 公司.xlsx and 岗位/*.xlsx. packed: a copy of these files, made
    together with the catalogue; None for the shipped catalogue, which every worker has installed. made: where forms
    were made of other roles and settings than today's, the catalogue has those.

    A file is read when it is first needed, so that a broken file makes only its own role unusable. Within a process a
    catalogue always gives the same objects, because caches compare them by identity.
    """

    folder: Traversable | Path
    packed: bytes | None = None
    made: Made | None = None

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

    def as_made(self, quarter: Quarter, roles: Mapping[str, str], company: str) -> Catalogue:
        """The catalogue with what the forms of a quarter were made of, as far as that was kept.

        roles: id → digest. company: digest of the settings; "" where it is not known.
        """
        other = {id: made for id, made in roles.items() if self._source.kept_role(quarter, id, made)}
        differ = tuple(sorted((id, made) for id, made in other.items() if self.readable_digest(id, quarter) != made))
        kept = company if self._source.kept_company(quarter, company) else ""
        if kept and kept == self.company_digest(quarter):
            kept = ""
        return _as_made(self, Made(quarter, differ, kept)) if differ or kept else self

    def __reduce__(self) -> tuple[Any, ...]:
        # Another machine may not have the folder, so its files travel; `_of_content` keeps one object of them there.
        if self.made is not None:
            return _as_made, (replace(self, made=None), self.made)
        return (_shipped, ()) if self.packed is None else (_of_content, (str(self.folder), self.packed))

    # --- roles --------------------------------------------------------------------------------------------------------

    @property
    def role_ids(self) -> tuple[str, ...]:
        """The ids of all roles, in the order of their files; also of roles with faults."""
        return self._source.role_ids

    def versions(self, id: str) -> tuple[Version, ...]:
        """Every version of a role, oldest first.

        Raises `CatalogueError`; `UnknownRoleError` where the catalogue does not have the id.
        """
        if id not in self.role_ids:
            raise UnknownRoleError([Fault("", "", FAULTS.message("no_role", role=id, known=self.role_ids))])
        return self._source.versions(id)

    def role(self, id: str, quarter: Quarter | None = None, language: str | None = None) -> Role:
        """One role: its newest version or the one of a quarter; as its file has it, or translated.

        Raises `CatalogueError`; `UnknownRoleError` where there is no such role, or none yet in that quarter.
        """
        role = self._kept(id, quarter) or self._version(id, quarter).role
        return role if language is None else self.translated(role, language)

    def _version(self, id: str, quarter: Quarter | None) -> Version:
        versions = self.versions(id)
        begun = [version for version in versions if quarter is None or version.first <= quarter]
        if not begun:
            role = versions[0].role
            message = FAULTS.message("no_role_yet", role=role.title, first=versions[0].first, quarter=quarter)
            raise UnknownRoleError([Fault(f"{role.id}.toml", "effective_from", message, repr(role.effective_from))])
        return begun[-1]

    def _kept(self, id: str, quarter: Quarter | None) -> Role | None:
        if self.made is None or quarter != self.made.quarter or id not in dict(self.made.roles):
            return None
        return self._source.kept_role(self.made.quarter, id, dict(self.made.roles)[id])

    def digest(self, id: str, quarter: Quarter | None) -> str:
        """The digest that forms of a role have in the hidden sheet. Raises as `role`."""
        if self._kept(id, quarter) is not None and self.made is not None:
            return dict(self.made.roles)[id]  # computed anew, it may be another one after an upgrade
        return digest(self.role(id, quarter))

    def readable_digest(self, id: str, quarter: Quarter | None) -> str | None:
        """As `digest`; None for a role that the catalogue does not have, or that has faults."""
        try:
            return self.digest(id, quarter)
        except CatalogueError:
            return None

    def roles(self, quarter: Quarter | None = None, language: str | None = None) -> dict[str, Role]:
        """All roles that can be read, by id, in the order of their files: their newest versions, or those of a quarter.

        Roles with faults are left out; `faults` has these.
        """
        return {id: role for id in self.role_ids if (role := self._readable(id, quarter, language)) is not None}

    def _readable(self, id: str, quarter: Quarter | None, language: str | None) -> Role | None:
        try:
            return self.role(id, quarter, language)
        except CatalogueError:
            return None

    def faults(self) -> tuple[Fault, ...]:
        """The faults of all role files."""
        found = [*self._source.faults]
        for id in self.role_ids:
            try:
                self.versions(id)
            except CatalogueError as error:
                found += error.faults
        return tuple(found)

    # --- company and samples ------------------------------------------------------------------------------------------

    def company(self, language: str | None = None, quarter: Quarter | None = None) -> Company:
        """The company as of a quarter, None for its newest settings: as its file has it, or translated.

        Raises `CatalogueError`.
        """
        made = self.made if self.made and self.made.company and quarter == self.made.quarter else None
        kept = made and self._source.kept_company(made.quarter, made.company)
        company = kept or self._source.company(quarter)[0]
        if language is None:
            return company
        key = (id(company), language)  # the source keeps the object, so that its id stays its own
        if key not in self._companies:
            self._companies.setdefault(key, translate.company(company, self.translator(language)))
        return self._companies[key]

    def company_digest(self, quarter: Quarter) -> str:
        """The digest of the settings as of a quarter. Raises `CatalogueError`."""
        made = self.made
        return (
            made.company
            if made and made.company and quarter == made.quarter
            else company_digest(self.company(None, quarter))
        )

    def definitions(self, quarter: Quarter, roles: Iterable[str]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """What forms of a quarter are made of: id, digest and data of these roles and, under `COMPANY`, the settings.

        Raises as `role`.
        """
        company, data = self._source.company(quarter)
        yield COMPANY, company_digest(company), data
        for id in sorted(roles):
            version = self._version(id, quarter)
            yield id, digest(version.role), version.data

    @property
    def keeps(self) -> bool:
        """Whether what forms are made of is kept: so it is in a company's folder."""
        return self._source.keeps

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
    def _source(self) -> Source:
        folder = self.folder if self.packed is None else unpacked_folder(self.packed)
        if not (folder / SETTINGS).is_file():
            return TomlFiles(folder)
        from xlkpi.catalogue.workbooks.company_source import CompanyWorkbooks  # here: it loads a reader of workbooks

        return CompanyWorkbooks(folder)

    @cached_property
    def _companies(self) -> dict[tuple[int, str], Company]:
        return {}

    @cached_property
    def _samples(self) -> dict[str, Sample]:
        return self._source.samples()

    @cached_property
    def _translations(self) -> Translations:
        return self._source.translations()


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


@lru_cache(maxsize=32)
def _as_made(catalogue: Catalogue, made: Made) -> Catalogue:
    """One object for the same forms."""
    return replace(catalogue, made=made)
