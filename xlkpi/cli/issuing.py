"""What `new` and `next` record of the forms that they write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.cli.app import fail
from xlkpi.collect.history_folder import HISTORY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.common.quarter import Quarter
    from xlkpi.form.issued import IssuedForm


def record(folder: Path, quarter: Quarter, forms: Sequence[IssuedForm]) -> None:
    """Record forms in the history beside the folder that they were written to; `collect` finds them there."""
    from xlkpi.form.issued import IssuedError, record_issued

    if not forms:
        return
    try:
        record_issued(folder.absolute().parent / HISTORY, quarter, forms)
    except IssuedError as error:
        fail(str(error))
