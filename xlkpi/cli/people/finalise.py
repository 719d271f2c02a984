"""`xlkpi finalise` closes a quarter and checks a closed one; `xlkpi reopen` opens it again."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FOLDER,
    PROBLEMS,
    USAGE,
    QuarterType,
    catalogue_in_use,
    company_in_use,
    fail,
    main,
    plainly,
)
from xlkpi.cli.people.closed import refuse_lost
from xlkpi.cli.places import history_of
from xlkpi.common.company_folder import HISTORY
from xlkpi.i18n.message_files import COMMANDS, MessageError

if TYPE_CHECKING:
    import pandas as pd

    from xlkpi.closing.archive import Archived, Places
    from xlkpi.closing.manifest import Closing
    from xlkpi.common.quarter import Quarter
    from xlkpi.form.records.closed import Closed
    from xlkpi.form.records.collected import Collected

_MOST_TOLD = 20

archive_option = click.option("-o", "--output", type=FOLDER, help="归档的文件夹；在公司文件夹里不写为 考核/季度/归档。")
history_option = click.option("--history", type=FOLDER, help=f"历史的文件夹；不写为归档旁边的“{HISTORY}”。")


@main.command("finalise")
@click.argument("quarter", type=QuarterType())
@click.option("--by", metavar="NAME", help="谁确认关账。")
@click.option("--with-open", default="", metavar="REASON", help="还有没裁决的申诉也关账，写明原因。")
@click.option("--check", "checking", is_flag=True, help="不关账，只检查已有的归档：缺了、改了、多了什么。")
@click.option("--no-pdf", is_flag=True, help="不把考核表存成 PDF。")
@archive_option
@history_option
@plainly
def finalise_command(
    quarter: Quarter,
    by: str | None,
    with_open: str,
    checking: bool,
    no_pdf: bool,
    output: Path | None,
    history: Path | None,
) -> None:
    """一个季度关账：汇总、计入的考核表、PDF、历史和清单存进归档，以后不能再改；要改先 xlkpi reopen。

    如 xlkpi finalise 2026Q4 --by 王芳；检查归档：xlkpi finalise 2026Q4 --check
    """
    places = _places(quarter, output, history)
    if checking:
        _check(quarter, places)
        return
    if not (by or "").strip():
        fail(COMMANDS("missing_meaning", name="--by", meaning=COMMANDS("by_meaning")), USAGE)
    from xlkpi.common.lock import BusyError, locked

    try:
        with locked(places.history):
            closing, rows = _closing(quarter, str(by).strip(), with_open.strip(), places)
            archived = _written(closing, places, rows, pdf=not no_pdf)
    except BusyError:
        fail(COMMANDS("history_busy", path=places.history))
    _tell(closing, archived, places)


@main.command("reopen")
@click.argument("quarter", type=QuarterType())
@click.option("--reason", required=True, help="为什么重新打开。")
@click.option("--by", required=True, metavar="NAME", help="谁同意重新打开。")
@archive_option
@history_option
@plainly
def reopen_command(quarter: Quarter, reason: str, by: str, output: Path | None, history: Path | None) -> None:
    """重新打开已关账的季度：原来的归档留着，原因记在以后的清单里；改完重新汇总，再关账。

    如 xlkpi reopen 2026Q4 --reason 退货率数据有误 --by 王芳
    """
    from xlkpi.closing.archive import reopen
    from xlkpi.form.records.closed import Reopened, record_closed
    from xlkpi.form.records.collected import seen_from

    places = _places(quarter, output, history)
    closed = _closed(places, quarter)
    if closed is None or not closed.is_closed:
        fail(COMMANDS("not_closed", quarter=quarter))
    if not (reason.strip() and by.strip()):
        fail(COMMANDS("missing_meaning", name="--reason --by", meaning=COMMANDS("reopen_meaning")), USAGE)
    earlier = {Path(one.archive).name for one in closed.reopened}
    target = places.archive / COMMANDS("archive_before", number=len(closed.reopened) + 1)
    where = seen_from(places.history, target)
    once = Reopened(_now(), by.strip(), reason.strip(), closed.at, closed.by, closed.digest, where)
    stay = earlier | {target.name}
    entries = [path.name for path in places.archive.iterdir() if path.name not in stay and path.name[0] != "."]
    record_closed(places.history, quarter, reopen(closed, places, entries, once))
    click.echo(COMMANDS("reopened", quarter=quarter, archive=target))


def _places(quarter: Quarter, archive: Path | None, history: Path | None) -> Places:
    from xlkpi.closing.archive import Places

    company = company_in_use()
    if archive is None:
        if company is None:
            fail(COMMANDS("missing_meaning", name="-o/--output", meaning=COMMANDS("archive_meaning")), USAGE)
        archive = company.archive(quarter)
    return Places(archive, history_of(history, archive.absolute().parent))


def _now() -> str:
    return dt.datetime.now().isoformat(timespec="seconds")


def _closed(places: Places, quarter: Quarter) -> Closed | None:
    """The record of the quarter. Exits with a message where it cannot be read, or is gone though the archive lies."""
    from xlkpi.form.records.closed import ClosedError, read_closed

    try:
        closed = read_closed(places.history, quarter)
    except ClosedError as error:
        fail(str(error))
    if closed is None or not closed.is_closed:
        refuse_lost(places.archive, places.history, quarter)
    return closed


def _collected(history: Path, quarter: Quarter) -> Collected | None:
    from xlkpi.form.records.collected import CollectedError, read_collected

    try:
        return read_collected(history, quarter)
    except CollectedError as error:
        fail(str(error))


def _closing(quarter: Quarter, by: str, with_open: str, places: Places) -> tuple[Closing, pd.DataFrame]:
    """What the quarter is closed with, and its history. Exits with a message where it cannot be closed."""
    from xlkpi.closing.manifest import Closing, Confirmation
    from xlkpi.closing.presence import changed_since

    history = places.history
    closed, collected = _closed(places, quarter), _collected(history, quarter)
    if closed is not None and closed.is_closed:
        fail(COMMANDS("finalised_before", quarter=quarter, by=closed.by, at=closed.at[:10]))
    if collected is None:
        fail(COMMANDS("finalise_not_collected", quarter=quarter))
    if changed := list(changed_since(collected, history, quarter)):
        fail(COMMANDS("finalise_collect_again", quarter=quarter) + _lines(changed))
    rows = _rows(history, quarter)
    if others := sorted(set(zip(rows["id"], rows["name"], strict=True)) - {(p.id, p.name) for p in collected.people}):
        fail(COMMANDS("finalise_others", people=tuple(" ".join(who) for who in others[:_MOST_TOLD])))
    if collected.pending and not with_open:
        fail(COMMANDS("finalise_open", count=len(collected.pending)) + _lines(collected.pending))
    confirmation = Confirmation(by, _now(), with_open if collected.pending else "")
    return Closing(quarter, collected, confirmation, closed.reopened if closed else ()), rows


def _rows(history: Path, quarter: Quarter) -> pd.DataFrame:
    from xlkpi.collect.history import COLUMNS, HistoryError, load_quarter

    try:
        return load_quarter(history, quarter).assign(quarter=str(quarter))[["quarter", *COLUMNS]]
    except HistoryError as error:
        fail(str(error))


def _lines(lines: list[str] | tuple[str, ...]) -> str:
    more = [COMMANDS("and_more", count=len(lines) - _MOST_TOLD)] if len(lines) > _MOST_TOLD else []
    return "".join(f"\n  {line}" for line in [*lines[:_MOST_TOLD], *more])


def _written(closing: Closing, places: Places, rows: pd.DataFrame, *, pdf: bool) -> Archived:
    from xlkpi.closing.archive import finalise

    try:
        return finalise(closing, places, rows, catalogue_in_use(), pdf=pdf)
    except FileExistsError as error:
        fail(COMMANDS("archive_taken", path=error.filename or error.args[0]))


def _tell(closing: Closing, archived: Archived, places: Places) -> None:
    collected = closing.collected
    click.echo(COMMANDS("finalised", quarter=closing.quarter, people=len(collected.people), path=places.archive))
    if collected.errors:
        click.echo(COMMANDS("finalised_errors", count=collected.errors))
    if collected.missing:
        click.echo(COMMANDS("finalised_missing", people=collected.missing[:_MOST_TOLD], count=len(collected.missing)))
    if archived.not_printed:
        click.echo(archived.not_printed)
    if archived.unprinted:
        click.echo(COMMANDS("finalised_unprinted", forms=archived.unprinted))
    click.echo(COMMANDS("finalised_digest", digest=archived.digest))


def _check(quarter: Quarter, places: Places) -> None:
    """Print what is not as it was when the quarter was closed, and exit."""
    from xlkpi.closing.archive import differences

    closed = _closed(places, quarter)
    if closed is None or not closed.is_closed:
        fail(COMMANDS("not_closed", quarter=quarter))
    try:
        found = list(differences(closed, _collected(places.history, quarter), places))
    except MessageError as error:
        fail(str(error))
    for line in found:
        click.echo(line)
    key = "archive_fine" if not found else "archive_differs"
    click.echo(COMMANDS(key, quarter=quarter, count=len(found), by=closed.by, at=closed.at[:10]))
    sys.exit(PROBLEMS if found else 0)
