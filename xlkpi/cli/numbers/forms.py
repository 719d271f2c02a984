"""Where the forms of `request` and `fill` are: files, folders, or a quarter of the company folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xlkpi.cli.app import USAGE, company_in_use, fail, progress
from xlkpi.cli.workers import workers
from xlkpi.common.files import is_folder
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.fill.targets import FormFile

MANY = 16
"""With more files than this, starting several processes saves time."""


def form_sources(given: Sequence[str]) -> list[tuple[str, Path]]:
    """The files of forms: name (the path from the folder that was given) and path.

    A quarter such as 2026Q4 stands for what the company folder has issued in it.
    """
    from xlkpi.intake.received import find_files

    sources: list[tuple[str, Path]] = []
    for one in given:
        path = Path(one)
        if not path.exists() and (quarter := _quarter(one)) is not None:
            company = company_in_use()
            if company is None:
                fail(COMMANDS("fill_quarter_no_company", quarter=one), USAGE)
            path = company.issued(quarter)
        sources += find_files([path]) if is_folder(path) else [(path.name, path)]
    return sources


def _quarter(text: str) -> Quarter | None:
    try:
        return Quarter.parse(text)
    except ValueError:
        return None


def read_forms(sources: Sequence[tuple[str, Path]], catalogue: Catalogue, jobs: int | None) -> list[FormFile]:
    """The forms of these files."""
    from xlkpi.fill.targets import read_form_files

    with workers(jobs, None, many=len(sources) > MANY) as executor:
        files = read_form_files(sources, catalogue, executor)
        return list(progress(files, COMMANDS("fill_reading"), len(sources)))
