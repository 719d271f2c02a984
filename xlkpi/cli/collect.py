"""Commands about a quarter's results: collect, trend."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    WORKBOOK,
    QuarterType,
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
from xlkpi.cli.workers import dask_option, jobs_option, workers
from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.guide.files import HISTORY

if TYPE_CHECKING:
    from xlkpi.collect.board import Received
    from xlkpi.collect.collection import Collection
    from xlkpi.collect.history import Change, Standing

FOLDER = click.Path(path_type=Path, file_okay=False)
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
    from xlkpi.catalogue.load import load_company
    from xlkpi.collect import history as past
    from xlkpi.collect.collection import collect as collected
    from xlkpi.collect.collection import find, quarter_of
    from xlkpi.collect.workbook import build
    from xlkpi.roster.reader import read_roster

    if output.exists() and not overwrite:
        raise FileExistsError(output)
    sources = find(folders, [path for path in (output, roster) if path is not None])
    received = _receive(sources, jobs, cluster, quiet=as_json)
    quarter = quarter or quarter_of(received)
    if quarter is None:
        print_problems([problem for file in received for problem in file.problems])
        fail(f"{'、'.join(map(str, folders))}：收到{len(received)}个文件，没有一个是能读的考核表。")
    company = load_company()
    expected = None if roster is None else read_roster(roster, quarter)
    posts = None if expected is None else expected.posts
    collection = collected(received, quarter, company, posts, language)
    if expected:
        collection = replace(collection, problems=(*expected.problems, *collection.problems))
    history = history or output.parent / HISTORY
    rows = past.frame(collection)
    try:
        changes = past.changes(past.load_quarter(history, quarter), rows)
    except past.HistoryError as error:
        fail(str(error))
    write_whole(output, build(collection, company, output.parent, language), overwrite=overwrite)
    # After the summary: who is interrupted here is told the same changes the next time.
    past.write(history, quarter, rows)
    if as_json:
        print_json(_json(collection, changes))
    else:
        _print(collection, changes)
        click.echo(f"已写到 {output}，历史在 {history}。")
    # Advice, such as a signature that is still to come, is no reason to stop a script.
    sys.exit(PROBLEMS if any(problem.severity != "advice" for problem in collection.problems) else 0)


def _receive(
    sources: Sequence[tuple[str, Path]], jobs: int | None, cluster: str | None, *, quiet: bool
) -> list[Received]:
    from xlkpi.check.run import check_workbook
    from xlkpi.collect.collection import receive_all

    with workers(jobs, cluster, many=len(sources) > FEW) as executor:
        files = progress(receive_all(sources, executor, check_workbook), "读取考核表", len(sources), quiet=quiet)
        return [file for file in files if not file.own]


def _json(collection: Collection, changes: Sequence[Change]) -> dict[str, Any]:
    return {
        "quarter": str(collection.quarter),
        "people": [_person_json(collection, number) for number in range(len(collection.ranking))],
        "board": [
            {
                "superior": line.who.superior,
                "id": line.who.id,
                "name": line.who.name,
                "department": line.who.department,
                "role": line.role,
                "state": line.state,
                "expected": line.expected,
                "changed": line.changed,
                "file": line.entry.file.name if line.entry else None,
                "sheet": line.entry.form.sheet if line.entry else None,
                "copies": [{"file": c.file.name, "sheet": c.form.sheet, "state": c.state} for c in line.copies],
            }
            for line in collection.lines
        ],
        "files": [
            {
                "file": file.name,
                "saved": file.modified.isoformat() if file.modified else None,
                "quarter": file.filled.quarter,
                "sheets": [{"sheet": e.form.sheet, "state": e.state} for e in collection.entries if e.file is file],
            }
            for file in collection.received
        ],
        "problems": [asdict(problem) for problem in collection.problems],
        "changes": [asdict(change) for change in changes],
    }


def _person_json(collection: Collection, number: int) -> dict[str, Any]:
    ranked = collection.ranking[number]
    person = ranked.person
    pairs = zip(collection.entries_of(person), person.days, strict=True)
    return {
        "rank": ranked.rank,
        "id": person.id,
        "name": person.name,
        "department": person.department,
        "superior": person.superior,
        "total": person.total,
        "final": person.final,
        "grade": person.grade,
        "complete": person.complete,
        "forms": [
            {
                "file": entry.file.name,
                "sheet": entry.form.sheet,
                "role": entry.form.appraisal.role.id,
                "days": days,
                "total": entry.form.appraisal.total,
                "final": entry.form.appraisal.final,
                "grade": entry.form.appraisal.grade,
            }
            for entry, days in pairs
        ],
    }


def _print(collection: Collection, changes: Sequence[Change]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.appraisal.report import shown
    from xlkpi.collect.board import INCOMPLETE, MISSING, RECEIVED, UNREADABLE, by_superior

    console = terminal()
    table = Table("排名", "工号", "姓名", "部门", "总分", "等级", title=f"{collection.quarter}", title_justify="left")
    for ranked in collection.ranking:
        person = ranked.person
        final = shown(person.final) or "（未填完）"
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


def _print_changes(changes: Sequence[Change]) -> None:
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
    from xlkpi.appraisal.report import shown

    if standing is None or standing.final is None:
        return "没有总分"
    return f"{shown(standing.final)} {standing.grade or ''}".strip()


@main.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("-o", "--output", type=WORKBOOK, required=True, help="写到这个文件（.xlsx）。")
@click.option("--person", "people", multiple=True, metavar="ID", help="只要这些人，写工号或姓名；可以写几次。")
@click.option("--department", "departments", multiple=True, metavar="NAME", help="只要这些部门；可以写几次。")
@click.option("--indicator", "indicators", multiple=True, metavar="ID", help="只要这些指标；可以写几次。")
@language_option
@overwrite_option
@plainly
def trend(
    folder: Path,
    output: Path,
    people: tuple[str, ...],
    departments: tuple[str, ...],
    indicators: tuple[str, ...],
    language: str,
    overwrite: bool,
) -> None:
    """各季度的变化：按人、部门、指标的表和折线图，出自 collect 留下的历史。

    DIR 是历史的文件夹，或它所在的文件夹。
    """
    from xlkpi.catalogue.load import load_company
    from xlkpi.collect.history import HistoryError, load
    from xlkpi.collect.trend import build

    if output.exists() and not overwrite:
        raise FileExistsError(output)
    inside = folder / HISTORY
    try:
        rows = load(inside if inside.is_dir() else folder)
    except HistoryError as error:
        fail(str(error))
    if rows.empty:
        fail(f"{folder}：没有历史。先运行 xlkpi collect。")
    for values, columns, option in (
        (people, ("id", "name"), "--person"),
        (departments, ("department",), "--department"),
        (indicators, ("indicator",), "--indicator"),
    ):
        known = {value for column in columns for value in rows[column]}
        if unknown := [value for value in values if value not in known]:
            fail(f"历史里没有 {option} {'、'.join(unknown)}。")
        if values:
            rows = rows[rows[list(columns)].isin(values).any(axis=1)]
    if rows.empty:
        fail("没有同时符合这些条件的数据。")
    write_whole(output, build(rows, load_company(), language), overwrite=overwrite)
    click.echo(f"已写到 {output}：{'、'.join(rows['quarter'].unique())}。")
