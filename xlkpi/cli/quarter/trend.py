"""`xlkpi trend`: writes a workbook with tables and charts over the collected quarters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import FOLDER, WORKBOOK, catalogue_in_use, fail, language_option, main, overwrite_option, plainly
from xlkpi.common.company_folder import HISTORY
from xlkpi.common.files import write_whole
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path


@main.command()
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("-o", "--output", type=WORKBOOK, required=True, help="写到这个文件（.xlsx）。")
@click.option("--person", "people", multiple=True, metavar="ID", help="只要这些人，写工号或姓名；可以写几次。")
@click.option("--department", "departments", multiple=True, metavar="NAME", help="只要这些部门；可以写几次。")
@click.option("--indicator", "indicators", multiple=True, metavar="ID", help="只要这些指标；可以写几次。")
@click.option("--rows", "detailed", is_flag=True, help="写成明细表：每人每季每个指标一行，可以筛选和透视，没有图。")
@language_option
@overwrite_option
@plainly
def trend(
    folder: Path,
    output: Path,
    people: tuple[str, ...],
    departments: tuple[str, ...],
    indicators: tuple[str, ...],
    detailed: bool,
    language: str,
    overwrite: bool,
) -> None:
    """各季度的变化：按人、部门、指标的表和折线图，出自 collect 留下的历史。

    DIR 是历史的文件夹，或它所在的文件夹。
    """
    from xlkpi.closing import history_book
    from xlkpi.collect import trend as over_quarters
    from xlkpi.collect.history import HistoryError, load

    if output.exists() and not overwrite:
        raise FileExistsError(output)
    inside = folder / HISTORY
    try:
        read = history_book.READ if detailed else over_quarters.READ
        rows = load(inside if inside.is_dir() else folder, [*dict.fromkeys((*read, "indicator"))])
    except HistoryError as error:
        fail(str(error))
    if rows.empty:
        fail(COMMANDS("no_history", path=folder))
    for values, columns, option in (
        (people, ("id", "name"), "--person"),
        (departments, ("department",), "--department"),
        (indicators, ("indicator",), "--indicator"),
    ):
        existing = {value for column in columns for value in rows[column].unique()}
        if unknown := [value for value in values if value not in existing]:
            fail(COMMANDS("not_in_history", option=option, values=tuple(unknown)))
        if values:
            rows = rows[rows[list(columns)].isin(values).any(axis=1)]
    if rows.empty:
        fail(COMMANDS("nothing_fits"))
    if detailed and len(rows) > history_book.MOST_ROWS:
        fail(COMMANDS("too_many_rows", rows=f"{len(rows):,}", most=f"{history_book.MOST_ROWS:,}"))
    book = history_book.history_book if detailed else over_quarters.build
    write_whole(output, book(rows, catalogue_in_use(), language), overwrite=overwrite)
    click.echo(COMMANDS("trend_written", path=output, quarters=tuple(rows["quarter"].unique())))
