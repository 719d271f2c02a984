"""`xlkpi request`: writes a workbook for each data owner, with the numbers that forms want from there."""

from __future__ import annotations

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
    overwrite_option,
    plainly,
    print_problems,
    terminal,
)
from xlkpi.cli.numbers.forms import form_sources, read_forms
from xlkpi.cli.workers import jobs_option
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlkpi.common.quarter import Quarter
    from xlkpi.fill.request.rows import Asked
    from xlkpi.fill.targets import FormFile


@main.command("request")
@click.argument("quarter", type=QuarterType())
@click.argument("forms", nargs=-1, metavar="[FILE|DIR…]")
@click.option("-o", "--output", type=FOLDER, help="写到这个文件夹；在公司文件夹里不写为 考核/季度/数据。")
@click.option("--owner", "owners", multiple=True, metavar="NAME", help="只生成这些数据来源的，可以写几次。")
@click.option(
    "--by",
    type=click.Choice(["measure", "person"]),
    default="measure",
    show_default=True,
    help="行的顺序：一个数据项一个数据项（measure），或一个人一个人（person）。",
)
@jobs_option
@overwrite_option
@plainly
def request_command(
    quarter: Quarter,
    forms: tuple[str, ...],
    output: Path | None,
    owners: tuple[str, ...],
    by: str,
    jobs: int | None,
    overwrite: bool,
) -> None:
    """给每个数据来源（财务、平台后台等）生成一个数据填报表：每人每项一行，填好后用 xlkpi fill 带回考核表。

    如 xlkpi request 2026Q4 2026Q4 -o 数据；在公司文件夹里：xlkpi request 2026Q4
    """
    company = company_in_use()
    if not forms:
        if company is None:
            fail(COMMANDS("request_forms", quarter=quarter), USAGE)
        forms = (str(quarter),)
    if output is None:
        if company is None:
            fail(COMMANDS("request_where"), USAGE)
        output = company.numbers(quarter)
    files = read_forms(form_sources(forms), catalogue_in_use(), jobs)
    for file in files:
        print_problems(file.problems, file.language)
        if file.forms and file.forms[0].quarter != quarter:
            click.echo(COMMANDS("request_other_quarter", file=file.name, found=file.forms[0].quarter, quarter=quarter))
    asked = _asked(files, quarter, owners, by)
    _write(asked, quarter, output, overwrite=overwrite)
    sys.exit(PROBLEMS if any(file.problems for file in files) else 0)


def _asked(
    files: Sequence[FormFile], quarter: Quarter, owners: Sequence[str], by: str
) -> Mapping[str, Sequence[Asked]]:
    """What each owner is asked for. Exits where there is nothing to ask for."""
    from xlkpi.fill.request.rows import asked_by_owner, grouped

    forms = [form for file in files for form in file.forms if form.quarter == quarter]
    if not forms:
        fail(COMMANDS("fill_no_forms"))
    found = asked_by_owner(forms)
    for owner in owners:
        if owner not in found:
            fail(COMMANDS("request_no_owner", owner=owner, owners=tuple(found)), USAGE)
    chosen = {owner: rows for owner, rows in found.items() if not owners or owner in owners}
    superior = words(forms[0].language)("superior")
    if superior in chosen and not owners:  # superiors type into the forms themselves
        click.echo(COMMANDS("request_by_superior", owner=superior, count=len(chosen.pop(superior))))
    if not chosen:
        fail(COMMANDS("request_nothing"))
    return {owner: grouped(rows, by_person=by == "person") for owner, rows in chosen.items()}


def _write(asked: Mapping[str, Sequence[Asked]], quarter: Quarter, folder: Path, *, overwrite: bool) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.fill.request.book import request_book
    from xlkpi.fill.request.rows import cells_of
    from xlkpi.form.names import FileNames

    names = FileNames()
    paths = {
        owner: folder / names(words(rows[0].form.language)("request_file", quarter=quarter, owner=owner))
        for owner, rows in asked.items()
    }
    for path in paths.values():
        if path.exists() and not overwrite:
            raise FileExistsError(path)
    table = Table(*(COMMANDS(f"request_{key}") for key in ("owner", "people", "open", "there", "file")))
    total = 0
    for owner, rows in asked.items():
        write_whole(paths[owner], request_book(owner, rows), overwrite=overwrite)
        wanted, there = cells_of(rows)
        total += wanted
        people = len({row.form.who for row in rows})
        table.add_row(escape(owner), str(people), str(wanted), str(there or ""), escape(paths[owner].name))
    terminal().print(table)
    click.echo(COMMANDS("request_made", folder=folder, count=len(paths), cells=total))
