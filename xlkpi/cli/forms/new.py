"""`xlkpi new`: makes the forms of a quarter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    USAGE,
    QuarterType,
    catalogue_in_use,
    company_in_use,
    fail,
    language_option,
    lite_package_option,
    main,
    overwrite_option,
    plainly,
    tell_faults,
)
from xlkpi.cli.forms.overwriting import spare_filled
from xlkpi.cli.forms.roster import FormsWanted, new_from_roster
from xlkpi.cli.issuing import keep_definitions
from xlkpi.cli.people.closed import refuse_closed
from xlkpi.cli.places import history_of, output_of, roster_of
from xlkpi.cli.workers import dask_option, jobs_option
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.i18n.message_files import COMMANDS
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
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="写到这个文件（.xlsx）；用名册时为文件夹；在公司文件夹里可以不写。",
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
    output: Path | None,
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
    if lite_package and functions != "lite":
        fail(COMMANDS("lite_package_alone"), USAGE)
    lite = _package(lite_package) if functions == "lite" else None
    roster = roster if role_ids else roster_of(roster)
    company = company_in_use()
    if company and not (roster or role_ids or output):
        fail(COMMANDS("no_roster", path=company.roster), USAGE)
    output = output_of(output, quarter, CompanyFolder.issued if roster else _file_of_roles)
    refuse_closed(history_of(None, output.absolute().parent), quarter)
    wanted = FormsWanted(quarter, output, language, lite, overwrite)
    if roster:
        if role_ids:
            fail(COMMANDS("role_and_roster"), USAGE)
        if output.suffix.lower() == ".xlsx":
            fail(COMMANDS("roster_into_folder", path=output), USAGE)
        new_from_roster(wanted, roster, by or GROUPINGS[0], jobs, cluster)
        return
    if jobs or cluster:
        fail(COMMANDS("only_with_roster", options=("--jobs", "--dask")), USAGE)
    if by:
        fail(COMMANDS("only_with_roster", options="--by"), USAGE)
    if output.suffix.lower() != ".xlsx":
        fail(COMMANDS("ending", ending=".xlsx", path=output), USAGE)
    _new_by_role(wanted, role_ids)


def _file_of_roles(company: CompanyFolder, quarter: Quarter) -> Path:
    return company.issued(quarter) / f"{quarter}.xlsx"


def _package(lite_package: str | None) -> str:
    """The package for xlwings Lite to install; by default the published one, which a message then names."""
    from xlkpi.writer.lite import PACKAGE

    own = lite_package or catalogue_in_use().company().lite_package
    if not own:
        click.echo(COMMANDS("lite_package", package=PACKAGE), err=True)
    return own or PACKAGE


def _new_by_role(wanted: FormsWanted, role_ids: tuple[str, ...]) -> None:
    """Write one workbook with a form for each role. role_ids: ids or titles; without any, all roles of the quarter."""
    from xlkpi.writer.workbook import sheets_of_roles, write_workbook

    catalogue, quarter, language = catalogue_in_use(), wanted.quarter, wanted.language
    by_title = not {*role_ids} <= {*catalogue.role_ids}  # a broken file of another role is nothing to those named by id
    named = {role.title: role.id for role in catalogue.roles().values()} if by_title else {}
    ids = dict.fromkeys(named.get(role_id, role_id) for role_id in role_ids)
    chosen = [catalogue.role(role_id, quarter) for role_id in ids] or [*catalogue.roles(quarter).values()]
    broken = not role_ids and tell_faults(catalogue)
    if not chosen:
        fail(COMMANDS("no_roles_yet" if catalogue.role_ids else "no_roles", quarter=quarter), USAGE)
    if wanted.overwrite:
        spare_filled([wanted.output], catalogue)
    sheets = sheets_of_roles(chosen, catalogue, language)
    write_workbook(
        wanted.output, sheets, catalogue, quarter, language=language, lite=wanted.lite, overwrite=wanted.overwrite
    )
    keep_definitions(quarter, {role.id for role in chosen}, catalogue)
    click.echo(COMMANDS("forms_made", path=wanted.output, quarter=quarter, forms=len(sheets)))
    for role in chosen:
        if texts := catalogue.untranslated(role, language):
            values = {"role": role.id, "count": len(texts), "language": language, "text": texts[0]}
            click.echo(COMMANDS("untranslated", **values), err=True)
    if broken:
        sys.exit(PROBLEMS)
