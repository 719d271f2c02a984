"""Where the forms of `request` and `fill` are: files, folders, or a quarter of the company folder."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from xlkpi.cli.app import USAGE, company_in_use, fail, progress
from xlkpi.cli.places import place_of
from xlkpi.cli.workers import workers
from xlkpi.common.company_folder import CompanyFolder
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
    """The files of forms, each once: name (the path from the folder that was given) and path.

    A quarter such as 2026Q4 stands for what the company folder has issued in it.
    """
    from xlkpi.intake.received import find_files

    found: dict[Path, tuple[str, str]] = {}
    for path in (place_of(Path(one), CompanyFolder.issued) for one in given):
        if not path.exists() and company_in_use() is None and _is_quarter(path):
            fail(COMMANDS("fill_quarter_no_company", quarter=path), USAGE)
        files = find_files([path]) if is_folder(path) else [(path.name, path)]
        for name, file in files:
            found.setdefault(file.resolve(), (name, path.name if file != path else ""))
    names = Counter(name for name, _ in found.values())
    sources = [
        (f"{folder}/{name}" if names[name] > 1 and folder else name, file) for file, (name, folder) in found.items()
    ]
    for name, count in Counter(name for name, _ in sources).items():
        if count > 1:  # copies of both would be written to one place
            fail(COMMANDS("fill_same_names", name=name), USAGE)
    return sources


def _is_quarter(path: Path) -> bool:
    try:
        Quarter.parse(str(path))
    except ValueError:
        return False
    return True


def read_forms(sources: Sequence[tuple[str, Path]], catalogue: Catalogue, jobs: int | None) -> list[FormFile]:
    """The forms of these files."""
    from xlkpi.fill.targets import read_form_files

    with workers(jobs, None, many=len(sources) > MANY) as executor:
        files = read_form_files(sources, catalogue, executor)
        return list(progress(files, COMMANDS("fill_reading"), len(sources)))
