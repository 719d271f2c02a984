"""What `new` and `next` record of the forms that they write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.cli.app import company_in_use, fail
from xlkpi.cli.places import history_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.common.quarter import Quarter
    from xlkpi.form.issued import IssuedForm


def record(folder: Path, quarter: Quarter, forms: Sequence[IssuedForm], catalogue: Catalogue) -> None:
    """Record the forms that were written to a folder; `collect` holds returned ones against the record.

    The record lies in the history, which is the company's, or beside the folder.
    """
    from xlkpi.form.issued import IssuedError, record_issued

    if not forms:
        return
    try:
        record_issued(history_of(None, folder.absolute().parent), quarter, forms)
    except IssuedError as error:
        fail(str(error))
    keep_definitions(quarter, {form.role for form in forms}, catalogue)


def keep_definitions(quarter: Quarter, roles: set[str], catalogue: Catalogue) -> None:
    """Keep in the company's folder what forms were made of, so that they are scored as they were made."""
    from xlkpi.catalogue.workbooks.kept import keep

    if (company := company_in_use()) is not None:
        keep(company.path, quarter, catalogue.definitions(quarter, roles))
