"""The roster as commands read it: with the titles that the company has settled, and the new ones written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import company_in_use, tell_faults
from xlkpi.common.files import write_whole
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.common.company_folder import CompanyFolder
    from xlkpi.common.quarter import Quarter
    from xlkpi.roster.reader import Roster
    from xlkpi.roster.titles import AskedTitle, Titles

_LOCKS = ("~$", ".~lock.")
"""How the names of the files begin that Excel, WPS and LibreOffice put beside a workbook while it is open."""


def titles_in_use(catalogue: Catalogue) -> Titles | None:
    """What the company has settled of its titles; None without a company's folder."""
    from xlkpi.roster.titles import read_titles

    company = company_in_use()
    return None if company is None else read_titles(company.titles, catalogue)


def roster_in_use(path: Path, catalogue: Catalogue, quarter: Quarter, language: str) -> Roster:
    """A roster read with the company's titles; its problems begin with those of the titles."""
    from xlkpi.roster.reader import read_with_titles

    return read_with_titles(path, catalogue, quarter, language, titles_in_use(catalogue))


def ask_for_roles(asked: Sequence[AskedTitle], catalogue: Catalogue) -> bool:
    """Add titles to the company's table, for somebody to choose their roles there, and say so.

    Nothing is added where a role file has faults: a title may be that role's. They are told instead; then the result
    is true. Titles that the table has are not added again. Says so, too, where the table is open in a program or is no
    such table; then nothing is written.
    """
    if not asked:
        return False
    if tell_faults(catalogue):
        return True
    company, titles = company_in_use(), titles_in_use(catalogue)
    if company is not None and titles is not None and (new := titles.new(asked)):
        _ask(company, titles, new, catalogue)
    return False


def _ask(company: CompanyFolder, titles: Titles, new: Sequence[AskedTitle], catalogue: Catalogue) -> None:
    path, names = company.titles, tuple(title.title for title in new)
    if any((path.parent / f"{start}{path.name}{end}").exists() for start in _LOCKS for end in ("", "#")):
        click.echo(COMMANDS("titles_open", path=path, titles=names), err=True)
        return
    if path.is_file() and not titles.columns:
        return  # it is told why it cannot be read
    try:
        write_whole(path, _with(new, titles, path, catalogue), overwrite=True)
    except PermissionError:
        click.echo(COMMANDS("titles_open", path=path, titles=names), err=True)
        return
    click.echo(COMMANDS("titles_asked", path=path, count=len(new), titles=names), err=True)


def _with(new: Sequence[AskedTitle], titles: Titles, path: Path, catalogue: Catalogue) -> bytes:
    """The company's table with new titles."""
    from xlkpi.roster.titles import headers, not_appraised
    from xlkpi.writer.sheets.titles import titles_book, with_titles
    from xlkpi.xlsx.archive import content_of

    rows = [(title.title, title.people) for title in new]
    listed = [not_appraised(), *(role.title for role in catalogue.roles().values())]
    if not path.is_file():
        return titles_book(rows, headers(), listed)
    return with_titles(content_of(path), titles.sheet, titles.end, titles.columns, rows, listed)
