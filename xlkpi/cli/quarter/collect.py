"""`xlkpi collect`: combines the returned forms of a quarter into a summary workbook and the history."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from xlkpi.cli.app import (
    FILE,
    FOLDER,
    PROBLEMS,
    WORKBOOK,
    QuarterType,
    catalogue_in_use,
    fail,
    json_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    print_problems,
)
from xlkpi.cli.pages import Pages
from xlkpi.cli.people.appeal import appeals_folder, with_appeals
from xlkpi.cli.people.closed import refuse_closed
from xlkpi.cli.people.collected import record
from xlkpi.cli.people.record import rated_in_use
from xlkpi.cli.places import history_of, output_of, place_of, quarter_named, roster_of
from xlkpi.cli.quarter.collection_told import print_collection
from xlkpi.cli.quarter.receiving import receive
from xlkpi.cli.rosters import ask_for_roles, roster_in_use
from xlkpi.cli.workers import dask_option, jobs_option
from xlkpi.common.company_folder import HISTORY, CompanyFolder
from xlkpi.common.files import write_whole
from xlkpi.common.lock import BusyError, locked
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ADVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.collect.changes import ScoreChange
    from xlkpi.collect.collection import Collection
    from xlkpi.collect.overview.facts import Facts
    from xlkpi.common.quarter import Quarter
    from xlkpi.i18n.problems import Problem
    from xlkpi.intake.received import ReceivedFile
    from xlkpi.roster.reader import Roster


@dataclass(frozen=True)
class Against:
    """What a collection is held against. unread: problems of the files that were not read."""

    roster: Roster | None
    history: Path
    calibration: Path | None
    unread: Sequence[Problem]


@main.command()
@click.argument("folders", metavar="DIR…", type=FOLDER, nargs=-1, required=True)
@click.option("-o", "--output", type=WORKBOOK, help="汇总写到这个文件（.xlsx）；在公司文件夹里用季度时可以不写。")
@click.option("--quarter", type=QuarterType(), help="汇总哪个季度；不写为多数文件的季度。")
@click.option("--roster", type=FILE, help="名册：哪些人应交；不写按文件里登记的人。")
@click.option("--history", type=FOLDER, help=f"历史的文件夹；不写为汇总文件旁边的“{HISTORY}”。")
@click.option("--appeals", type=FOLDER, help="申诉表的文件夹；在公司文件夹里不写为 考核/季度/申诉。")
@click.option(
    "--html", type=click.Path(path_type=Path), help="另写一个给大家看的网页（.html）；有 --by 时是放网页的文件夹。"
)
@click.option("--by", type=click.Choice(["department"]), help="网页按部门各写一个，里面没有别的部门的人。")
@click.option("--calibration", type=FILE, help="填好的校准表（xlkpi calibrate 生成）：按它改等级，分数不变。")
@jobs_option
@dask_option
@click.option("--lang", "language", type=click.Choice(LANGUAGES), help="汇总的语言；不写则同多数表的语言。")
@overwrite_option
@json_option
@plainly
def collect(
    folders: tuple[Path, ...],
    output: Path | None,
    quarter: Quarter | None,
    roster: Path | None,
    history: Path | None,
    appeals: Path | None,
    html: Path | None,
    by: str | None,
    calibration: Path | None,
    jobs: int | None,
    cluster: str | None,
    language: str | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """汇总收回的考核表：重新计分，排名、部门、指标、问题等写进一个文件，如 xlkpi collect 2026Q4/ -o 汇总.xlsx"""
    from xlkpi.cli.json_shapes import collection_json
    from xlkpi.intake.counting import language_of_most, quarter_of
    from xlkpi.intake.received import find_files

    named, pages = next(filter(None, map(quarter_named, folders)), None), Pages(html, by, overwrite)
    quarter, roster = quarter or named, roster_of(roster) if named else roster
    output = _free_output(output, named, pages, overwrite=overwrite)
    folders = tuple(place_of(folder, CompanyFolder.returned) for folder in folders)
    catalogue, history = catalogue_in_use(), history_of(history, output.parent)
    appeals = appeals_folder(appeals, quarter)
    skip = [path for path in (output, roster, history, appeals, html, calibration) if path is not None]
    rated, edited = rated_in_use(history)
    everything = receive(find_files(folders, skip), catalogue, language, (jobs, cluster), rated, quiet=as_json)
    received = [file for file in everything if not file.own]
    language = language or language_of_most(received)
    unread = (*edited, *_unread(folders, skip, everything, language))
    quarter = quarter or quarter_of(received) or _nothing_received(received, unread, folders, language)
    refuse_closed(history, quarter, [(file.name, file.path) for file in everything])
    received, told = with_appeals(received, quarter, appeals, language)
    expected = roster_in_use(roster, catalogue, quarter, language) if roster else None
    against = Against(expected, history, calibration, (*told, *unread))
    collection, facts = _combined(received, quarter, catalogue, against, language)
    made = pages.of(collection, facts)
    written = _write(collection, facts, output, history, overwrite=overwrite)
    pages.write(made)
    if as_json:
        print_json(collection_json(collection, *written))
    else:
        print_collection(collection, *written, output, history)
        pages.tell(made, language)
    record(collection, output, history, everything, (folders, appeals), skip)
    ask_for_roles(expected.asked if expected else (), catalogue)
    sys.exit(_code(collection))


def _unread(
    folders: Sequence[Path], skip: Sequence[Path], files: Sequence[ReceivedFile], language: str
) -> tuple[Problem, ...]:
    """The problems of what lies in the folders and was not read."""
    from xlkpi.collect.left_out import left_out
    from xlkpi.intake.received import other_files

    return tuple(left_out(other_files(folders, skip), [file.name for file in files if file.own], language))


def _code(collection: Collection) -> int:
    """The exit code. Advice, such as a missing signature, is no reason to stop a script."""
    return PROBLEMS if any(problem.severity != ADVICE for problem in collection.problems) else 0


def _free_output(output: Path | None, named: Quarter | None, pages: Pages, *, overwrite: bool) -> Path:
    """Where the summary goes. Raises FileExistsError where it, or a page, is there and not to be overwritten."""
    pages.check()
    path = output_of(output, named, _summary)
    if path.exists() and not overwrite:
        raise FileExistsError(path)
    return path


def _nothing_received(
    received: Sequence[ReceivedFile], unread: Sequence[Problem], folders: Sequence[Path], language: str
) -> NoReturn:
    """Exit where no file says its quarter, with what is wrong with the files."""
    print_problems([*(problem for file in received for problem in file.problems), *unread], language)
    fail(COMMANDS("nothing_received", language, folders=tuple(map(str, folders)), count=len(received)))


def _summary(company: CompanyFolder, quarter: Quarter) -> Path:
    return company.summary(quarter) / f"{quarter}-{COMMANDS('summary_file')}.xlsx"


def _combined(
    received: Sequence[ReceivedFile],
    quarter: Quarter,
    catalogue: Catalogue,
    against: Against,
    language: str,
) -> tuple[Collection, Facts]:
    """The collection of a quarter, held against what roster and history know, and what its overview is made of."""
    from xlkpi.cli.people.excepted import with_excepted
    from xlkpi.cli.results.calibrate import with_calibration
    from xlkpi.collect.against.actions import collected_otherwise
    from xlkpi.collect.against.history import carried_otherwise
    from xlkpi.collect.against.issued import held_against_issued
    from xlkpi.collect.against.roster import held_against_roster
    from xlkpi.collect.collection import as_most_were_made
    from xlkpi.collect.collection import collect as collected
    from xlkpi.collect.overview.facts import Facts
    from xlkpi.collect.overview.past import past_people
    from xlkpi.form.issued import IssuedError, read_issued
    from xlkpi.form.layout import AGREEMENT
    from xlkpi.form.records.agreed import AgreedError, read_agreed
    from xlkpi.intake.agreement.held import held_against_agreed

    roster, history = against.roster, against.history
    expected, of_roster = (None, ()) if roster is None else (roster.assignments, roster.problems)
    try:
        issued, agreements = read_issued(history, quarter), read_agreed(history, quarter)
    except (IssuedError, AgreedError) as error:
        fail(error.in_language(language))
    received = held_against_issued(received, issued, quarter, catalogue)
    wanted = AGREEMENT in as_most_were_made(received, quarter, catalogue).company(None, quarter).blocks
    received, of_record = held_against_agreed(received, agreements, quarter, language, wanted=wanted)
    if roster is not None:
        received = held_against_roster(received, roster, quarter, agreements)
    collection = collected(received, quarter, catalogue, expected, language)
    collection = replace(collection, agreements=agreements if wanted or agreements.entries else None)
    before, earlier = _past(history, quarter, language)
    changed = [
        *carried_otherwise(collection.entries, before, quarter),
        *collected_otherwise(collection.entries, before, issued, quarter, catalogue),
    ]
    problems = (*of_roster, *of_record, *collection.problems, *changed, *against.unread)
    collection = with_excepted(replace(collection, problems=problems), issued)
    collection = with_calibration(collection, against.calibration, earlier)
    return collection, Facts.of(collection, past_people(before, quarter.before), language)


def _past(history: Path, quarter: Quarter, language: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the history has of the forms of the quarter before, and of the people of this one."""
    from xlkpi.collect import history as past
    from xlkpi.results import people as results

    try:
        before = past.load_quarter(history, quarter.before, past.OF_FORMS)
        return before, past.load_quarter(history, quarter, results.READ)
    except past.HistoryError as error:
        fail(error.in_language(language))


def _write(
    collection: Collection, facts: Facts, output: Path, history: Path, *, overwrite: bool
) -> tuple[Sequence[ScoreChange], Sequence[tuple[str, str, str]]]:
    """Write the summary workbook and the quarter's history.

    Returns the changes since the last collection, and whoever stays in the history from other summaries: number, name
    and summary.
    """
    try:
        with locked(history):  # of two runs at once, one would not see what the other has written
            return _written(collection, facts, output, history, overwrite=overwrite)
    except BusyError:
        fail(COMMANDS("history_busy", collection.language, path=history))


def _written(
    collection: Collection, facts: Facts, output: Path, history: Path, *, overwrite: bool
) -> tuple[Sequence[ScoreChange], Sequence[tuple[str, str, str]]]:
    from xlkpi.collect import history as past
    from xlkpi.collect.changes import changes, standings, standings_of
    from xlkpi.collect.workbook import build

    summary = past.path_from(history, output)
    try:
        before = past.load_quarter(history, collection.quarter, past.OF_PEOPLE)
        others = past.of_others(before, collection, summary)
        if not others.empty:
            others = past.of_others(past.load_quarter(history, collection.quarter), collection, summary)
    except past.HistoryError as error:
        fail(error.in_language(collection.language))
    write_whole(output, build(collection, output.parent, collection.language, facts), overwrite=overwrite)
    # After the summary: if it is interrupted here, the next run still reports these changes.
    rows = past.parts(collection, summary) if others.empty else past.joined(past.frame(collection, summary), others)
    past.write(history, collection.quarter, rows)
    now = standings_of(collection) | standings(others)
    kept = others[["id", "name", "summary"]].drop_duplicates(["id", "name"])
    return changes(standings(before), now), list(kept.itertuples(index=False, name=None))
