"""Commands about the roster: roster-template; what `new` does with one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    PROBLEMS,
    WORKBOOK,
    catalogue_in_use,
    fail,
    language_option,
    main,
    overwrite_option,
    plainly,
    print_problems,
    progress,
)
from xlkpi.cli.workers import workers
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words

if TYPE_CHECKING:
    from xlkpi.common.quarter import Quarter

_MANY = 200
"""Forms that take longer to make than processes to start."""


@main.command("roster-template")
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件（.xlsx）；不写为 名册.xlsx。")
@language_option
@overwrite_option
@plainly
def roster_template(output: Path | None, language: str, overwrite: bool) -> None:
    """生成一份空名册，如 xlkpi roster-template -o 名册.xlsx。"""
    from xlkpi.writer.sheets.roster import roster_book

    output = output or Path(f"{words(language)('roster')}.xlsx")
    write_whole(output, roster_book(catalogue_in_use(), language), overwrite=overwrite)
    click.echo(f"已生成 {output}：第3行是举例，填写前请删去。填好后运行 xlkpi new 季度 --roster {output} -o 文件夹。")


def new_from_roster(
    quarter: Quarter,
    roster: Path,
    folder: Path,
    by: str,
    language: str,
    lite: str | None,
    jobs: int | None,
    cluster: str | None,
    *,
    overwrite: bool,
) -> None:
    """Write one workbook a group of the roster's people; ends the program with 1 where a row has an error."""
    from xlkpi.roster.grouping import grouped
    from xlkpi.roster.reader import read_roster
    from xlkpi.writer.workbook import workbooks

    catalogue = catalogue_in_use()
    read = read_roster(roster, catalogue, quarter)
    if not read.assignments:
        print_problems(read.problems)
        fail(f"{roster}：名册里没有能生成考核表的人。")
    groups = grouped(read.assignments, quarter, by, language)
    for name in groups:
        if not overwrite and (folder / name).exists():
            raise FileExistsError(folder / name)
    with workers(jobs, cluster, many=len(read.assignments) > _MANY) as executor:
        made = workbooks(groups, catalogue, quarter, language, lite, executor)
        for name, content in progress(made, "生成考核表", len(groups)):
            write_whole(folder / name, content, overwrite=overwrite)
    people = len({assignment.id for assignment in read.assignments})
    click.echo(f"已在 {folder} 生成 {len(groups)} 个文件：{quarter}，{people} 人，{len(read.assignments)} 张考核表。")
    print_problems(read.problems)
    errors = [problem for problem in read.problems if problem.severity == "error"]
    if errors:
        click.echo(f"名册里有 {len(errors)} 处错误，有错误的行没有生成考核表。", err=True)
        sys.exit(PROBLEMS)
