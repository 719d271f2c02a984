"""`xlkpi agree`: records the targets agreed on returned forms, revises them, and lists who has agreed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    FOLDER,
    PROBLEMS,
    USAGE,
    catalogue_in_use,
    fail,
    json_option,
    main,
    plainly,
    print_json,
)
from xlkpi.cli.people.closed import refuse_closed
from xlkpi.cli.places import history_of, place_of, quarter_named, roster_of
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import is_folder
from xlkpi.common.lock import BusyError, locked
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.cli.people.agreed import Result
    from xlkpi.collect.agreement.standing import Standing
    from xlkpi.collect.board import BoardLine
    from xlkpi.common.assignment import Assignment
    from xlkpi.form.records.agreed import Agreements, Revision
    from xlkpi.intake.received import ReceivedFile


@main.command()
@click.argument("files", metavar="QUARTER|FILE|DIR…", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--list", "listing", is_flag=True, help="只列出谁已商定、谁还没有、修订过什么，不登记。")
@click.option("--revise", is_flag=True, help="登记修订：双方重新签过名的表。要同时写 --from、--reason、--approver。")
@click.option("--from", "since", metavar="DATE", help="修订从哪天起生效，如 2026-11-15。")
@click.option("--reason", help="为什么修订。")
@click.option("--approver", metavar="NAME", help="谁批准修订。")
@click.option("--person", "people", multiple=True, metavar="ID", help="只登记这些人，写工号或姓名；可以写几次。")
@click.option("--roster", type=FILE, help="名册：哪些人应商定；不写按文件里登记的人。")
@click.option("--history", type=FOLDER, help="记录放在哪个文件夹；不写为公司文件夹的“历史”，或考核表文件夹旁边的。")
@json_option
@plainly
def agree(
    files: tuple[Path, ...],
    listing: bool,
    revise: bool,
    since: str | None,
    reason: str | None,
    approver: str | None,
    people: tuple[str, ...],
    roster: Path | None,
    history: Path | None,
    as_json: bool,
) -> None:
    """登记季度初双方签名商定的目标、权重、评分标准；以后收回的表都与它核对，改过的逐格提示。

    如 xlkpi agree 2026Q4；以后要改的，双方重新签名，再加 --revise --from 2026-11-15 --reason 原因 --approver 姓名
    """
    from xlkpi.cli.people.agreed import Result, print_result, result_json

    named = next(filter(None, map(quarter_named, files)), None)
    roster = roster_of(roster) if named else roster
    if revise and not people and any(named or is_folder(file) for file in files):
        fail(COMMANDS("agree_revise_whom"), USAGE)
    revision = _revision(since, reason, approver, revise=revise)
    if listing:
        result = _listed(files[0], named, roster, history)
    else:
        result = _recorded(
            [place_of(file, CompanyFolder.returned) for file in files], roster, history, revision, people
        )
    result = Result(result.quarter, result.agreements, _of(people, result.standings), result.problems, result.language)
    if as_json:
        print_json(result_json(result))
    else:
        print_result(result, catalogue_in_use(), listing=listing)
    sys.exit(0 if result.fine else PROBLEMS)


def _revision(since: str | None, reason: str | None, approver: str | None, *, revise: bool) -> Revision | None:
    """The revision that the options describe. Exits where it is not whole."""
    import datetime as dt

    from xlkpi.form.records.agreed import Revision

    given = {"--from": since, "--reason": reason, "--approver": approver}
    if not revise:
        if any(text is not None for text in given.values()):
            fail(COMMANDS("agree_not_revising", options=tuple(name for name, text in given.items() if text)), USAGE)
        return None
    if missing := tuple(name for name, text in given.items() if not (text or "").strip()):
        fail(COMMANDS("agree_revise_needs", options=missing), USAGE)
    try:
        day = dt.date.fromisoformat(str(since).strip())
    except ValueError:
        fail(COMMANDS("agree_bad_day", day=since), USAGE)
    return Revision(day.isoformat(), str(reason).strip(), str(approver).strip())


def _of(people: Sequence[str], standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Those of some people, by number or name; of everyone where none are named. Exits where somebody is not there."""
    known = {text for standing in standings for text in (standing.who.id, standing.who.name)}
    if unknown := tuple(person for person in people if person not in known):
        fail(COMMANDS("agree_no_person", people=unknown))
    return tuple(one for one in standings if not people or {one.who.id, one.who.name} & {*people})


def _recorded(
    paths: Sequence[Path],
    roster: Path | None,
    history: Path | None,
    revision: Revision | None,
    people: Sequence[str],
) -> Result:
    """Read forms and record what is agreed on them."""
    from xlkpi.cli.people.agreed import Result
    from xlkpi.intake.counting import language_of_most, quarter_of

    catalogue = catalogue_in_use()
    received = _received(paths, catalogue)
    quarter, language = quarter_of(received), language_of_most(received)
    if quarter is None:
        fail(COMMANDS("nothing_received", language, folders=tuple(map(str, paths)), count=len(received)))
    if revision is not None and not str(quarter.first_day) <= revision.since <= str(quarter.last_day):
        fail(COMMANDS("agree_other_quarter", day=revision.since, quarter=str(quarter)), USAGE)
    lines = _lines(received, quarter, _expected(roster, catalogue, quarter, language))
    first = paths[0].absolute()
    history = history_of(history, (first if is_folder(first) else first.parent).parent)
    refuse_closed(history, quarter)
    try:
        with locked(history):
            agreements, standings = _settled(history, quarter, lines, revision, people)
    except BusyError:
        fail(COMMANDS("history_busy", HANS, path=history))
    problems = [p for file in received for p in file.problems if p.sheet is None or file.quarter != quarter]
    return Result(quarter, agreements, tuple(standings), tuple(problems), language)


def _settled(
    history: Path, quarter: Quarter, lines: Sequence[BoardLine], revision: Revision | None, people: Sequence[str]
) -> tuple[Agreements, list[Standing]]:
    """The record with what is new in it, and what became of every line."""
    import datetime as dt

    from xlkpi.collect.agreement.standing import Recording, standings
    from xlkpi.form.records.agreed import AgreedError, read_agreed, record_agreed

    now = dt.datetime.now(dt.UTC).astimezone().isoformat(timespec="seconds")
    try:
        recording = Recording(now, revision)
        settled = standings(lines, read_agreed(history, quarter), recording)
        if new := [one.new for one in _of(people, settled) if one.new]:
            record_agreed(history, quarter, new)
        return read_agreed(history, quarter), settled
    except AgreedError as error:
        fail(str(error))


def _listed(argument: Path, named: Quarter | None, roster: Path | None, history: Path | None) -> Result:
    """Who has agreed, by the record alone. Expected is who is on the roster, else who got a form."""
    from xlkpi.cli.people.agreed import Result, listed
    from xlkpi.form.issued import IssuedError, read_issued
    from xlkpi.form.records.agreed import AgreedError, read_agreed

    try:
        quarter = named or Quarter.parse(str(argument))
    except ValueError:
        fail(COMMANDS("agree_list_quarter", argument=argument), USAGE)
    catalogue = catalogue_in_use()
    history = history_of(history, Path.cwd())
    expected = _expected(roster, catalogue, quarter, HANS)
    try:
        agreements = read_agreed(history, quarter)
        issued = read_issued(history, quarter) if expected is None else []
    except (AgreedError, IssuedError) as error:
        fail(str(error))
    return Result(quarter, agreements, tuple(listed(agreements, expected, issued)), (), HANS)


def _received(paths: Sequence[Path], catalogue: Catalogue) -> list[ReceivedFile]:
    from xlkpi.check.run import check_workbook
    from xlkpi.intake.received import find_files, receive_all

    sources = [source for path in paths for source in (find_files([path]) if is_folder(path) else [(path.name, path)])]
    return [file for file in receive_all(sources, catalogue, check=check_workbook) if not file.own]


def _expected(
    roster: Path | None, catalogue: Catalogue, quarter: Quarter, language: str
) -> Sequence[Assignment] | None:
    from xlkpi.cli.rosters import roster_in_use

    return roster_in_use(roster, catalogue, quarter, language).assignments if roster else None


def _lines(
    received: Sequence[ReceivedFile], quarter: Quarter, expected: Sequence[Assignment] | None
) -> list[BoardLine]:
    from xlkpi.collect import board
    from xlkpi.intake.counting import entries_of
    from xlkpi.intake.split import without_split_sheets

    received = without_split_sheets(received)
    return board.lines(received, entries_of(received, quarter), quarter, expected)
