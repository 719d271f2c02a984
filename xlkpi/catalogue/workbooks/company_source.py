"""The catalogue of a company's folder: 公司.xlsx, the workbooks of 岗位/, and what was kept of issued forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from xlkpi.catalogue.company import Company, company_of
from xlkpi.catalogue.language.translations import Translations
from xlkpi.catalogue.role import Role, Version
from xlkpi.catalogue.role_file import versions_of
from xlkpi.catalogue.sample import Sample
from xlkpi.catalogue.toml import CatalogueError, Fault
from xlkpi.catalogue.workbooks.company_book import CompanyBook, read_company_book
from xlkpi.catalogue.workbooks.kept import COMPANY, Key, kept_files, read_kept
from xlkpi.catalogue.workbooks.role_book import RoleSheet, read_role_book, versions
from xlkpi.common.company_folder import ROLES, SETTINGS
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import FAULTS
from xlkpi.i18n.resources import TEMPLATES


class CompanyWorkbooks:
    """The files of a company's folder, each read when it is first needed (see `Source`)."""

    keeps = True

    def __init__(self, folder: Traversable | Path) -> None:
        self._folder = folder
        self._versions: dict[str, tuple[Version, ...]] = {}
        self._companies: dict[Quarter | None, tuple[Company, dict[str, Any]]] = {}
        self._kept_roles: dict[Key, Role | None] = {}
        self._kept_companies: dict[Key, Company | None] = {}

    @property
    def role_ids(self) -> tuple[str, ...]:
        return tuple(self._sheets[0])

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._sheets[1]

    def versions(self, id: str) -> tuple[Version, ...]:
        if id not in self._versions:
            self._versions.setdefault(id, versions(self._sheets[0][id]))
        return self._versions[id]

    def company(self, quarter: Quarter | None) -> tuple[Company, dict[str, Any]]:
        if quarter not in self._companies:
            data = self._book.data(quarter)
            try:
                company = company_of(data, SETTINGS)
            except CatalogueError as error:
                raise CatalogueError([self._book.located(fault, quarter) for fault in error.faults]) from None
            self._companies.setdefault(quarter, (company, data))
        return self._companies[quarter]

    def kept_role(self, quarter: Quarter, id: str, digest: str) -> Role | None:
        key = (str(quarter), id, digest)
        if key not in self._kept_roles:
            self._kept_roles[key] = _role(self._kept.get(key), id)
        return self._kept_roles[key]

    def kept_company(self, quarter: Quarter, digest: str) -> Company | None:
        key = (str(quarter), COMPANY, digest)
        if key not in self._kept_companies:
            self._kept_companies[key] = _company(self._kept.get(key))
        return self._kept_companies[key]

    def samples(self) -> dict[str, Sample]:
        return {}

    def translations(self) -> Translations:
        # A role copied from the samples keeps its id, by which its English texts are found.
        return Translations(files(TEMPLATES) / "translations", self._book.words)

    # --- files --------------------------------------------------------------------------------------------------------

    @cached_property
    def _book(self) -> CompanyBook:
        return read_company_book((self._folder / SETTINGS).read_bytes(), SETTINGS)

    @cached_property
    def _kept(self) -> Mapping[Key, Traversable | Path]:
        return dict(kept_files(self._folder))

    @cached_property
    def _sheets(self) -> tuple[dict[str, RoleSheet], tuple[Fault, ...]]:
        """The sheets of the role workbooks by id, and the faults of files and sheets that are no role."""
        folder = self._folder / ROLES
        paths = sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else []
        sheets: dict[str, RoleSheet] = {}
        faults: list[Fault] = []
        for path in (path for path in paths if path.name.endswith(".xlsx")):
            book = read_role_book(path.read_bytes(), f"{ROLES}/{path.name}")
            faults += book.faults
            for sheet in book.sheets:
                first = sheets.setdefault(sheet.id, sheet)
                if first is not sheet:  # within one file the sheet says so itself
                    message = FAULTS.message("role_twice", id=sheet.id, other=f"{first.file} “{first.sheet}”")
                    faults += sheet.faults or [Fault(sheet.file, "", message, sheet=sheet.sheet)]
        return sheets, tuple(faults)


def _role(path: Traversable | Path | None, id: str) -> Role | None:
    data = None if path is None else read_kept(path)
    try:
        return None if path is None or data is None else versions_of(data, path.name, id)[-1].role
    except CatalogueError:
        return None


def _company(path: Traversable | Path | None) -> Company | None:
    data = None if path is None else read_kept(path)
    try:
        return None if path is None or data is None else company_of(data, path.name)
    except CatalogueError:
        return None
