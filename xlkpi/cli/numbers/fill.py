"""`xlkpi fill`: brings the numbers of request workbooks, tables and databases into forms."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    USAGE,
    WORKBOOK,
    catalogue_in_use,
    company_in_use,
    fail,
    json_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    print_problems,
)
from xlkpi.cli.numbers.forms import form_sources, read_forms
from xlkpi.cli.numbers.told import filled_json, print_filled
from xlkpi.cli.people.closed import refuse_closed_forms
from xlkpi.cli.workers import jobs_option
from xlkpi.common.files import is_folder, shown_name, write_whole
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.fill.findings import Findings
    from xlkpi.fill.run import Filling
    from xlkpi.fill.tables.table import Table


@main.command("fill")
@click.argument("forms", nargs=-1, metavar="[FILE|DIR…]")
@click.option(
    "--from",
    "sources",
    multiple=True,
    metavar="FILE|DIR|URL",
    help="数据：填好的数据填报表、.csv、.xlsx、.parquet，或放着它们的文件夹，或数据库地址；可以写几次。",
)
@click.option("--query", help="数据库里查什么（SELECT …）。")
@click.option("--map", "mapping", type=FILE, help="数据对应（.xlsx）；不写为公司文件夹里的。")
@click.option("--suggest", type=FILE, metavar="TABLE", help="看这张表的列名，起草一份数据对应。")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="填好的表写到这个文件夹，原来的不动；用 --suggest 时为数据对应的文件名。",
)
@click.option("--in-place", is_flag=True, help="直接填进这些文件。")
@click.option("--replace", is_flag=True, help="已填的数不一样时，换成新的数。")
@click.option("--partial", is_flag=True, help="月份的数不完整也填。")
@click.option("--receipt", type=WORKBOOK, help="回执写到这个文件（.xlsx）：哪一格来自哪几行。")
@jobs_option
@json_option
@overwrite_option
@plainly
def fill_command(
    forms: tuple[str, ...],
    sources: tuple[str, ...],
    query: str | None,
    mapping: Path | None,
    suggest: Path | None,
    output: Path | None,
    in_place: bool,
    replace: bool,
    partial: bool,
    receipt: Path | None,
    jobs: int | None,
    as_json: bool,
    overwrite: bool,
) -> None:
    """把数据填进考核表：收回的数据填报表、平台导出的表，按人、月份、数据项对上；已填的不动，每格记着来自哪里。

    如 xlkpi fill 2026Q4 --from 数据 -o 填好；第一次用一种表：xlkpi fill --suggest 店铺日报.csv
    """
    from xlkpi.fill.run import Filling

    if suggest is not None:
        from xlkpi.cli.numbers.suggest import suggest_mapping

        suggest_mapping(suggest, forms, output, overwrite=overwrite)
        return
    _check_use(forms, sources, query, output, in_place=in_place)
    company = company_in_use()
    if mapping is None and company is not None and company.mappings.is_file():
        mapping = company.mappings
    if receipt is not None and receipt.exists() and not overwrite:
        raise FileExistsError(receipt)
    catalogue = catalogue_in_use()
    filling = Filling(read_forms(form_sources(forms), catalogue, jobs), catalogue, mapping, replace, partial)
    if in_place:
        refuse_closed_forms(filling.files)
    _fill(filling, sources, query)
    written = _write(filling, output, jobs, overwrite=overwrite)
    _receipt(filling, receipt, overwrite=overwrite)
    if as_json:
        print_json(filled_json(filling))
    else:
        print_filled(filling, written, output, receipt)
    problems = any(file.problems for file in filling.files)
    sys.exit(PROBLEMS if problems or filling.findings.any("fault", "conflict") else 0)


def _check_use(
    forms: Sequence[str], sources: Sequence[str], query: str | None, output: Path | None, *, in_place: bool
) -> None:
    """Exit where something needed is not said, or what is said does not go together."""
    from xlkpi.fill.tables.database import is_url

    databases = [source for source in sources if is_url(source)]
    if not forms:
        fail(COMMANDS("fill_forms_missing"), USAGE)
    if not sources:
        fail(COMMANDS("fill_sources"), USAGE)
    if query and not databases:
        fail(COMMANDS("fill_query_alone"), USAGE)
    if databases and not query:
        fail(COMMANDS("fill_query_missing"), USAGE)
    if output is None and not in_place:
        fail(COMMANDS("fill_where"), USAGE)
    if output is not None and in_place:
        fail(COMMANDS("fill_where_twice"), USAGE)


def _fill(filling: Filling, sources: Sequence[str], query: str | None) -> None:
    """Read the sources and decide about all cells. Exits where there is nothing to fill, or no mapping to be read."""
    from xlkpi.fill.tables.table import TableError

    tables = _tables(sources, query, filling.findings)
    try:
        filling.fill(tables)
    except TableError as error:
        for file in filling.files:
            print_problems(file.problems, file.language)
        fail(COMMANDS(error.key, **error.values))
    except UnreadableError as error:
        fail(COMMANDS("cannot_read", path=filling.mapping, error=error))


def _tables(sources: Sequence[str], query: str | None, findings: Findings) -> list[Table]:
    """The tables of all sources; what cannot be read is a fault."""
    from xlkpi.fill.findings import FAULT
    from xlkpi.fill.tables.database import is_url, read_query
    from xlkpi.fill.tables.table import TableError, read_tables
    from xlkpi.i18n.extras import MissingExtraError

    tables: list[Table] = []
    seen = set[Path]()
    for source in sources:
        if is_url(source):
            try:
                tables.append(read_query(source, query or ""))
            except TableError as error:
                fail(COMMANDS(error.key, **error.values))
            continue
        for path in _files(Path(source)):
            if path.resolve() in seen:
                continue
            seen.add(path.resolve())
            try:
                tables += read_tables(path)
            except TableError as error:
                findings.add(FAULT, error.key, shown_name(path), None, None, **error.values)
            except MissingExtraError:
                raise
            except UnreadableError as error:
                findings.add(FAULT, "fill_unreadable", shown_name(path), error=str(error))
    return tables


def _files(path: Path) -> list[Path]:
    """The tables in a folder, or the file itself."""
    from xlkpi.fill.tables.table import SUFFIXES

    if not is_folder(path):
        return [path]
    found = (file for file in sorted(path.rglob("*")) if file.suffix.lower() in SUFFIXES and file.is_file())
    return [file for file in found if not file.name.startswith(("~$", "._", ".~", ".xlkpi."))]


def _write(filling: Filling, output: Path | None, jobs: int | None, *, overwrite: bool) -> tuple[int, int]:
    """Write the filled files, and with `output` copies of all others. Returns how many were written, and changed."""
    from xlkpi.cli.numbers.writing import contents

    targets = {file.name: file.path if output is None else output / file.name for file in filling.files}
    if output is not None:
        for file in filling.files:
            target = targets[file.name]
            if target.exists() and target.samefile(file.path):
                fail(COMMANDS("copy_other_file"), USAGE)
            if target.exists() and not overwrite:
                raise FileExistsError(target)
    changed = 0
    for file, content in contents(filling, jobs):
        if content is not None:
            changed += 1
            write_whole(targets[file.name], content, overwrite=overwrite or output is None)
        elif output is not None and file.forms:
            write_whole(targets[file.name], file.content, overwrite=overwrite)
    return sum(bool(file.forms) for file in filling.files), changed


def _receipt(filling: Filling, path: Path | None, *, overwrite: bool) -> None:
    from xlkpi.fill.receipt import receipt_book

    if path is not None:
        content = receipt_book(filling.placing.placed, list(filling.findings))
        write_whole(path, content, overwrite=overwrite)
