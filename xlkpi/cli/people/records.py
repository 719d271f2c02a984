"""What the history keeps of forms, for the commands that hold returned forms against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.cli.app import company_in_use
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from xlkpi.check.records.rated import Records


def rated_in_use(history: Path | None) -> tuple[Records, list[Problem]]:
    """The ratings of every quarter, and an error for each record that cannot be read, or that somebody edited.

    history: None for that of the company's folder.
    """
    from xlkpi.form.records.rated import all_rated

    company = company_in_use()
    history = history or (company.history if company is not None else None)
    if history is None:
        return {}, []
    records, errors = all_rated(history)
    told = [(name, error.message.pair(HANS)) for name, error in errors.items()]
    return records, [Problem(name, None, None, None, None, "rated", what, advice) for name, (what, advice) in told]
