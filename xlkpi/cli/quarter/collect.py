"""Commands about a quarter's results: collect, trend."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
    language_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    print_problems,
    progress,
    terminal,
)
from xlkpi.cli.json_shapes import collection_json
from xlkpi.cli.workers import dask_option, jobs_option, workers
from xlkpi.collect.history_folder import HISTORY
from xlkpi.common.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.collect.collection import Collection
    from xlkpi.collect.history import ScoreChange, Standing
    from xlkpi.common.quarter import Quarter
    from xlkpi.intake.received import ReceivedFile

FEW = 16
"""Files that are read sooner than processes start."""


@main.command()
@click.argument("folders", metavar="DIR…", type=FOLDER, nargs=-1, required=True)
@click.option("-o", "--output", type=WORKBOOK, required=True, help="汇总写到这个文件（.xlsx）。")
@click.option("--quarter", type=QuarterType(), help="汇总哪个季度；不写为多数文件的季度。")
@click.option("--roster", type=FILE, help="名册：应收哪些人；不写按文件里登记的人。")
@click.option("--history", type=FOLDER, help=f"历史的文件夹；不写为汇总文件旁边的“{HISTORY}”。")
@jobs_option
@dask_option
@language_option
@overwrite_option
@json_option
@plainly
def collect(
    folders: tuple[Path, ...],
    output: Path,
    quarter: Quarter | None,
    roster: Path | None,
    history: Path | None,
    jobs: int | None,
    cluster: str | None,
    language: str,
    overwrite: bool,
    as_json: bool,
) -> None:
    """汇总收回的考核表：重新计分，排名、部门、指标、分布、问题、回收情况写进一个文件。

    如 xlkpi collect 2026Q4/ -o 2026Q4-汇总.xlsx
    """
    from xlkpi.collect import history as past
    from xlkpi.collect.collection import collect as collected
    from xlkpi.collect.workbook import build
    from xlkpi.intake.counting import quarter_of
    from xlkpi.intake.received import find_files
    from xlkpi.roster.reader import read_roster

    if output.exists() and not overwrite:
        raise FileExistsError(output)
    catalogue = catalogue_in_use()
    sources = find_files(folders, [path for path in (output, roster) if path is not None])
    received = _receive(sources, catalogue, jobs, cluster, quiet=as_json)
    quarter = quarter or quarter_of(received)
    if quarter is None:
        print_problems([problem for file in received for problem in file.problems])
        fail(f"{'、'.join(map(str, folders))}：收到{len(received)}个文件，没有一个是能读的考核表。")
    expected = None if roster is None else read_roster(roster, catalogue, quarter)
    assignments = None if expected is None else expected.assignments
    collection = collected(received, quarter, catalogue, assignments, language)
    if expected:
        collection = replace(collection, problems=(*expected.problems, *collection.problems))
    history = history or output.parent / HISTORY
    rows = past.frame(collection)
    try:
        changes = past.changes(past.load_quarter(history, quarter), rows)
    except past.HistoryError as error:
        fail(str(error))
    write_whole(output, build(collection, output.parent, language), overwrite=overwrite)
    # After the summary: who is interrupted here is told the same changes the next time.
    past.write(history, quarter, rows)
    if as_json:
        print_json(collection_json(collection, changes))
    else:
        _print(collection, changes)
        click.echo(f"已写到 {output}，历史在 {history}。")
    # Advice, such as a signature that is still to come, is no reason to stop a script.
    sys.exit(PROBLEMS if any(problem.severity != "advice" for problem in collection.problems) else 0)


def _receive(
    sources: Sequence[tuple[str, Path]], catalogue: Catalogue, jobs: int | None, cluster: str | None, *, quiet: bool
) -> list[ReceivedFile]:
    from xlkpi.check.run import check_workbook
    from xlkpi.intake.received import receive_all

    with workers(jobs, cluster, many=len(sources) > FEW) as executor:
        files = progress(
            receive_all(sources, catalogue, executor, check_workbook), "读取考核表", len(sources), quiet=quiet
        )
        return [file for file in files if not file.own]


def _print(collection: Collection, changes: Sequence[ScoreChange]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, UNREADABLE, by_superior
    from xlkpi.i18n.numbers import score_text

    console = terminal()
    table = Table("排名", "工号", "姓名", "部门", "总分", "等级", title=f"{collection.quarter}", title_justify="left")
    for ranked in collection.ranking:
        person = ranked.person
        final = score_text(person.final) or "（未填完）"
        row = (str(ranked.rank or "—"), person.id, person.name, person.department, final, person.grade or "—")
        table.add_row(*map(escape, row))
    console.print(table)
    board = Table("上级", "应收", "已收", "未填完", "读不出", "未收", "重复", "改动")
    keys = ("expected", RECEIVED, INCOMPLETE, UNREADABLE, MISSING, "copies", "changed")
    for superior, count in by_superior(collection.lines).items():
        board.add_row(escape(superior or "—"), *(str(count[key] or "") for key in keys))
    console.print(board)
    _print_changes(changes)
    print_problems(collection.problems)


def _print_changes(changes: Sequence[ScoreChange]) -> None:
    """Against the collection before; the first one has nothing to tell."""
    from rich.markup import escape

    if not changes or all(change.before is None for change in changes):
        return
    console = terminal()
    console.print(f"与上次汇总相比，{len(changes)}人有变化：")
    for change in changes:
        who = " ".join(filter(None, (change.id, change.name)))
        told = (
            f"新增，{_standing(change.after)}" if change.before is None else "不再有表，原来" + _standing(change.before)
        )
        if change.before and change.after:
            told = f"{_standing(change.before)} → {_standing(change.after)}"
        console.print(escape(f"  {who}：{told}"), highlight=False)


def _standing(standing: Standing | None) -> str:
    from xlkpi.i18n.numbers import score_text

    if standing is None or standing.final is None:
        return "没有总分"
    return f"{score_text(standing.final)} {standing.grade or ''}".strip()
