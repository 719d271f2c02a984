"""What commands say that would change a quarter which is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.cli.app import company_in_use, fail
from xlkpi.cli.places import history_of
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from xlkpi.common.quarter import Quarter
    from xlkpi.fill.targets import FormFile

_MOST_NAMED = 10


def refuse_closed(history: Path, quarter: Quarter, files: Iterable[tuple[str, Path]] = ()) -> None:
    """Exit with a message where the quarter is closed.

    files: name and path of the files at hand; those that have come or changed since are named.
    """
    from xlkpi.form.records.closed import ClosedError, read_closed
    from xlkpi.form.records.collected import beside

    try:
        closed = read_closed(history, quarter)
    except ClosedError as error:
        fail(str(error))
    if closed is None or not closed.is_closed:
        company = company_in_use()
        if company is not None and company.history.resolve() == history.resolve():
            refuse_lost(company.archive(quarter), history, quarter)
        return
    since = sorted(name for name, path in files if not closed.has(path))
    values = {"quarter": quarter, "by": closed.by, "at": closed.at[:10], "archive": beside(history, closed.archive)}
    text = COMMANDS("closed", **values)
    if since:
        text += COMMANDS("closed_since", count=len(since), files=tuple(since[:_MOST_NAMED]))
    fail(text)


def refuse_lost(archive: Path, history: Path, quarter: Quarter) -> None:
    """Exit with a message where the archive of a quarter lies that is not recorded as closed."""
    from xlkpi.closing.manifest import NAME
    from xlkpi.form.records.closed import path_of

    if (archive / NAME).is_file():
        fail(COMMANDS("closed_lost", quarter=quarter, archive=archive, path=path_of(history, quarter)))


def refuse_closed_forms(files: Iterable[FormFile]) -> None:
    """Exit with a message where one of the forms is of a closed quarter.

    The history is the company's, or lies beside the forms or their folder.
    """
    forms = ((form.quarter, file.path.absolute().parent) for file in files for form in file.forms)
    for quarter, folder in dict.fromkeys(forms):
        for history in dict.fromkeys((history_of(None, folder), history_of(None, folder.parent))):
            refuse_closed(history, quarter)
