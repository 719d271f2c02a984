"""`xlkpi send`: writes a draft for each superior, with forms, a reminder or guides; it sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    FOLDER,
    USAGE,
    QuarterType,
    catalogue_in_use,
    company_in_use,
    fail,
    main,
    overwrite_option,
    plainly,
    progress,
)
from xlkpi.cli.places import place_of, quarter_named, roster_of
from xlkpi.cli.rosters import roster_in_use
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import is_folder, write_whole
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlkpi.collect.board import BoardLine
    from xlkpi.collect.letters.letter import Letter
    from xlkpi.common.quarter import Quarter
    from xlkpi.intake.received import ReceivedFile

_KINDS = ("forms", "reminder", "guides")


@main.command("send")
@click.argument("kind", metavar="forms|reminder|guides", type=click.Choice(_KINDS))
@click.argument("source", metavar="QUARTER|DIR", type=FOLDER)
@click.option("--drafts", type=FOLDER, required=True, metavar="DIR", help="草稿（.eml）写到这个文件夹；什么也不发出。")
@click.option("--issued", type=FOLDER, help="reminder：发出的考核表在哪里，附在信里；在公司文件夹里用季度时不用写。")
@click.option("--quarter", type=QuarterType(), help="哪个季度；不写则看考核表，guides 要写或在公司文件夹里用季度。")
@click.option("--roster", type=FILE, help="名册：哪些人应交，各人的上级和邮箱；在公司文件夹里不用写。")
@click.option("--addresses", type=FILE, help="有“姓名”“邮箱”两列的表（.xlsx、.csv）；不写为名册。")
@click.option("--until", metavar="DAY", help="信里写明请在哪天前发回，如 1月10日。")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), default=HANS, show_default=True, help="信的语言。")
@overwrite_option
@plainly
def send(
    kind: str,
    source: Path,
    drafts: Path,
    issued: Path | None,
    quarter: Quarter | None,
    roster: Path | None,
    addresses: Path | None,
    until: str | None,
    language: str,
    overwrite: bool,
) -> None:
    """给每位上级写一封信的草稿，附上考核表（forms）、催交（reminder）或改进指南（guides）；不发送。

    如 xlkpi send reminder 2026Q4 --drafts 草稿
    """
    from xlkpi.collect.letters.kinds import Wanted, forms, guides, reminders
    from xlkpi.collect.letters.letter import FORMS, GUIDES
    from xlkpi.intake.counting import quarter_of

    named = quarter_named(source)
    place = {"forms": CompanyFolder.issued, "reminder": CompanyFolder.returned, "guides": CompanyFolder.guides}[kind]
    company = company_in_use()
    if named is not None and company is not None and issued is None:
        issued = company.issued(named)
    roster = roster_of(roster)
    source = place_of(source, place)
    if not is_folder(source):
        fail(COMMANDS("no_folder", path=source), USAGE)
    known = _addresses(addresses or roster)
    read = [] if kind == GUIDES else _receive(source)
    quarter = quarter or named or quarter_of(read)
    if quarter is None:
        fail(COMMANDS("send_no_quarter" if kind == GUIDES else "send_nothing", path=source), USAGE)
    wanted = Wanted(quarter, known, until, language)
    if kind == FORMS:
        made = forms(read, wanted)
    elif kind == GUIDES:
        made = guides(source, wanted)
    else:
        made = reminders(_board(read, roster, quarter, language), _receive(issued) if issued else [], wanted)
    for line in made.told:
        click.echo(line, err=True)
    if not made.letters:
        fail(COMMANDS("send_nothing", path=source))
    _write(kind, made.letters, drafts, overwrite=overwrite)
    _tell(made.letters, drafts, addressed=any(known.values()))


def _addresses(table: Path | None) -> Mapping[str, str]:
    from xlkpi.roster.addresses import addresses_of

    try:
        return addresses_of(table) if table is not None else {}
    except UnreadableError as error:
        fail(COMMANDS("cannot_read", path=table, error=error))


def _receive(folder: Path) -> list[ReceivedFile]:
    """The forms below a folder."""
    from xlkpi.intake.received import find_files, receive_all

    if not is_folder(folder):
        fail(COMMANDS("no_folder", path=folder), USAGE)
    sources = find_files([folder])
    files = progress(receive_all(sources, catalogue_in_use()), COMMANDS("reading"), len(sources))
    return [file for file in files if not file.own]


def _board(read: Sequence[ReceivedFile], roster: Path | None, quarter: Quarter, language: str) -> Sequence[BoardLine]:
    """Who was expected and what has come, as `xlkpi collect` finds it."""
    from xlkpi.collect.collection import collect

    catalogue = catalogue_in_use()
    expected = roster_in_use(roster, catalogue, quarter, language).assignments if roster else None
    return collect(read, quarter, catalogue, expected, language).lines


def _write(kind: str, letters: Sequence[Letter], drafts: Path, *, overwrite: bool) -> None:
    """Write the drafts; none at all where one of them exists already."""
    from xlkpi.collect.letters.letter import draft
    from xlkpi.form.names import FileNames

    names = FileNames(".eml")
    places = [drafts / names(COMMANDS(f"send_file_{kind}", superior=one.superior)) for one in letters]
    for place in places:
        if place.exists() and not overwrite:
            raise FileExistsError(place)
    for place, one in zip(places, letters, strict=True):
        write_whole(place, draft(one), overwrite=overwrite)


def _tell(letters: Sequence[Letter], drafts: Path, *, addressed: bool) -> None:
    click.echo(COMMANDS("send_written", folder=drafts, count=len(letters)))
    if without := tuple(one.superior for one in letters if not one.to):
        click.echo(COMMANDS("send_no_address", superiors=without))
        if not addressed:
            click.echo(COMMANDS("send_no_address_table"))
