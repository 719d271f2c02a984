"""Reads returned files for `collect`, by several processes where there are many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from xlkpi.cli.app import progress
from xlkpi.cli.workers import workers
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.check.people.rated import Records
    from xlkpi.intake.received import ReceivedFile

FEW = 16
"""With more files than this, starting several processes saves time."""


def receive(
    sources: Sequence[tuple[str, Path]],
    catalogue: Catalogue,
    language: str | None,
    parallel: tuple[int | None, str | None],
    rated: Records | None,
    *,
    quiet: bool,
) -> list[ReceivedFile]:
    """Read all files. parallel: processes, and the address of a cluster. rated: as `check` takes it."""
    from xlkpi.check.run import check_workbook
    from xlkpi.intake.received import receive_all

    with workers(*parallel, many=len(sources) > FEW) as executor:
        check = partial(check_workbook, rated=rated)
        received = receive_all(sources, catalogue, executor, check, language or HANS)
        return list(progress(received, COMMANDS("reading"), len(sources), quiet=quiet))
