"""The records of agreed targets and of ratings as commands use them that only read forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.cli.app import company_in_use, fail
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from xlkpi.check.people.rated import Records
    from xlkpi.common.quarter import Quarter
    from xlkpi.form.records.agreed import Agreements


def agreements_in_use() -> Callable[[Quarter], Agreements] | None:
    """The record of each quarter in the company's folder; None outside of one, where nobody knows which record counts.

    Exits with a message where a record cannot be read.
    """
    company = company_in_use()
    if company is None:
        return None
    history, known = company.history, dict[str, "Agreements"]()

    def of(quarter: Quarter) -> Agreements:
        from xlkpi.form.records.agreed import AgreedError, read_agreed

        if str(quarter) not in known:
            try:
                known[str(quarter)] = read_agreed(history, quarter)
            except AgreedError as error:
                fail(str(error))
        return known[str(quarter)]

    return of


def rated_in_use(history: Path | None) -> tuple[Records | None, list[Problem]]:
    """The ratings of every quarter, and an error for each record that cannot be read, or that somebody edited.

    history: None for that of the company's folder. None where there are no ratings and no company's folder, without
    which nobody collects ratings.
    """
    from xlkpi.check.people.rated import by_post
    from xlkpi.form.records.rated import all_rated

    company = company_in_use()
    history = history or (company.history if company is not None else None)
    if history is None:
        return None, []
    found, errors = all_rated(history)
    records = {quarter: by_post(rated) for quarter, rated in found.items()}
    told = [(name, error.message.pair(HANS)) for name, error in errors.items()]
    return records if records or company is not None else None, [
        Problem(name, None, None, None, None, "rated", what, advice) for name, (what, advice) in told
    ]
