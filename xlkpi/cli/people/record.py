"""The record of agreed targets as commands use it that only read forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlkpi.cli.app import company_in_use, fail

if TYPE_CHECKING:
    from collections.abc import Callable

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
