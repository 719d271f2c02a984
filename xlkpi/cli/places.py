"""Where commands read and write when no path is given: in a company's folder a quarter stands for its own places."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xlkpi.cli.app import USAGE, company_in_use, fail
from xlkpi.common.company_folder import HISTORY
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlkpi.common.company_folder import CompanyFolder

    Place = Callable[[CompanyFolder, Quarter], Path]


def quarter_named(argument: Path) -> Quarter | None:
    """The quarter that an argument names, such as 2026Q4; None for a path, and outside of a company's folder."""
    if argument.exists() or company_in_use() is None:
        return None
    try:
        return Quarter.parse(str(argument))
    except ValueError:
        return None


def place_of(argument: Path, place: Place) -> Path:
    """The path of an argument: the place of the quarter that it names, else itself.

    Exits with a message where the quarter has no such place yet.
    """
    company, quarter = company_in_use(), quarter_named(argument)
    if company is None or quarter is None:
        return argument
    path = place(company, quarter)
    if not path.is_dir():
        fail(COMMANDS("no_place", quarter=quarter, path=path), USAGE)
    return path


def output_of(output: Path | None, quarter: Quarter | None, place: Place) -> Path:
    """Where to write: `output`, else the place of a quarter. Exits with a message where neither is given."""
    company = company_in_use()
    if output is not None:
        return output
    if company is None or quarter is None:
        fail(COMMANDS("missing_meaning", name="-o/--output", meaning=COMMANDS("output_meaning")), USAGE)
    return place(company, quarter)


def history_of(history: Path | None, beside: Path) -> Path:
    """The folder of the history: `history`, else that of the company's folder, else the one in the folder `beside`."""
    company = company_in_use()
    return history or (company.history if company else beside / HISTORY)


def roster_of(roster: Path | None) -> Path | None:
    """The roster: `roster`, else that of the company's folder if there is one."""
    company = company_in_use()
    if roster is None and company is not None and company.roster.is_file():
        return company.roster
    return roster
