"""Makes a company's folder. What is there already is left as it is, so that it can be run again."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.common.company_folder import QUARTERS, CompanyFolder
from xlkpi.common.files import make_folder, write_whole
from xlkpi.company.settings_book import settings_book
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.resources import TEMPLATES


def make_company(path: Path, name: str | None, samples: Catalogue) -> list[Path]:
    """Make what a company's folder lacks, and give the paths of what was made.

    name: of the company; None for a name that asks to be changed. samples: their grades and limits are the first ones.
    Raises OSError, `CatalogueError`.
    """
    company = CompanyFolder(path)
    settings = replace(samples.company(), name=name or COMMANDS("company_unnamed"))
    contents = {
        company.settings: settings_book(settings),
        company.path / COMMANDS("company_guide_file"): (files(TEMPLATES) / "company.md").read_bytes(),
    }
    made: list[Path] = []
    for folder in (company.roles, company.path / QUARTERS, company.history):
        if not folder.is_dir():
            make_folder(folder)
            made.append(folder)
    for file, content in contents.items():
        if not file.exists():
            write_whole(file, content)
            made.append(file)
    return made
