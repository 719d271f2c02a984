"""What stands between `--overwrite` and numbers that somebody has filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.cli.app import fail
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xlkpi.catalogue.catalogue import Catalogue


def spare_filled(paths: Iterable[Path], catalogue: Catalogue) -> None:
    """Exit where one of the files is a form with numbers in it: a new one would be empty."""
    for path in paths:
        if path.is_file() and (count := _numbers_in(path, catalogue)):
            fail(COMMANDS("filled_spared", path=path, count=count))


def _numbers_in(path: Path, catalogue: Catalogue) -> int:
    """How many cells of data entry are filled; 0 for a file that is no workbook of ours."""
    from xlkpi.intake.workbook import open_workbook
    from xlkpi.xlsx.archive import content_of

    try:
        readings = open_workbook(content_of(path), path.name, catalogue).readings
    except UnreadableError:
        return 0
    values = (value for reading in readings for typed in reading.inputs.measures.values() for value in typed)
    return sum(value not in (None, "") for value in values)
