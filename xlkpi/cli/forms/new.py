"""`xlkpi new`: the forms of a quarter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    USAGE,
    QuarterType,
    catalogue_in_use,
    fail,
    language_option,
    lite_package_option,
    main,
    overwrite_option,
    plainly,
)
from xlkpi.cli.forms.roster import new_from_roster
from xlkpi.cli.workers import dask_option, jobs_option
from xlkpi.roster.grouping import GROUPINGS

if TYPE_CHECKING:
    from xlkpi.common.quarter import Quarter


@main.command()
@click.argument("quarter", type=QuarterType())
@click.option(
    "--role",
    "role_ids",
    multiple=True,
    metavar="ID",
    help="岗位的代号或名称（xlkpi roles 列出），可以写几次；不写为全部岗位。",
)
@click.option("--roster", type=FILE, help="按名册生成，每人一张表（.xlsx 或 .csv）。")
@click.option("--by", type=click.Choice(GROUPINGS), help="名册怎样分文件；不写为按直接上级（superior）。")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="写到这个文件（.xlsx）；用名册时为文件夹。"
)
@language_option
@click.option(
    "--functions",
    type=click.Choice(["python", "lite"]),
    default="python",
    show_default=True,
    help="得分公式用哪里的函数：python 为本机的加载项，lite 为 xlwings Lite（代码在表里，不需要安装Python）。",
)
@lite_package_option
@jobs_option
@dask_option
@overwrite_option
@plainly
def new(
    quarter: Quarter,
    role_ids: tuple[str, ...],
    roster: Path | None,
    by: str | None,
    output: Path,
    language: str,
    functions: str,
    lite_package: str | None,
    jobs: int | None,
    cluster: str | None,
    overwrite: bool,
) -> None:
    """生成一个季度的考核表，如 xlkpi new 2026Q4 --roster 名册.xlsx -o 2026Q4。

    没有名册时按岗位生成一个文件：xlkpi new 2026Q4 --role ecommerce-operations -o 表.xlsx。
    """
    from xlkpi.writer.workbook import sheets_of, write_workbook

    if lite_package and functions != "lite":
        fail("--lite-package 要和 --functions lite 一起用。", USAGE)
    lite = None
    if functions == "lite":
        from xlkpi.writer.lite import PACKAGE

        lite = lite_package or PACKAGE
        if not lite_package:
            click.echo(
                f"打开这些表的 xlwings Lite 会从公共的软件包库安装 {PACKAGE}：发给大家以前请确认它是 xlkpi 发布的。"
                "公司自己存放安装包的，用 --lite-package 写它的地址。",
                err=True,
            )
    if roster:
        if role_ids:
            fail("--role 与 --roster 不能一起用：名册里写着各人的岗位。", USAGE)
        if output.suffix.lower() == ".xlsx":
            fail(f"用名册时 -o 须为文件夹，不是文件：{output}", USAGE)
        new_from_roster(quarter, roster, output, by or GROUPINGS[0], language, lite, jobs, cluster, overwrite=overwrite)
        return
    if jobs or cluster:
        fail("--jobs、--dask 要和 --roster 一起用。", USAGE)
    if by:
        fail("--by 要和 --roster 一起用。", USAGE)
    if output.suffix.lower() != ".xlsx":
        fail(f"文件名须以 .xlsx 结尾：{output}", USAGE)
    catalogue = catalogue_in_use()
    named = {role.title: role.id for role in catalogue.roles().values()} if role_ids else {}
    ids = dict.fromkeys(named.get(role_id, role_id) for role_id in role_ids)
    chosen = [catalogue.role(role_id, quarter) for role_id in ids] or [*catalogue.roles(quarter).values()]
    if not chosen:
        fail(f"{quarter}还没有岗位：各岗位的 effective_from 都在这以后。", USAGE)
    sheets = sheets_of(chosen, catalogue, language)
    write_workbook(output, sheets, catalogue, quarter, language=language, lite=lite, overwrite=overwrite)
    click.echo(f"已生成 {output}：{quarter}，{len(sheets)} 张考核表。")
    for role in chosen:
        if texts := catalogue.untranslated(role, language):
            click.echo(f"{role.id}：{len(texts)}段文字没有{language}译文，照原样写在表里，如“{texts[0]}”。", err=True)
