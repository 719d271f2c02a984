"""`xlkpi check`: lists the problems in returned forms, and marks them in a copy."""

from __future__ import annotations

import sys
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    PROBLEMS,
    USAGE,
    WORKBOOK,
    QuarterType,
    catalogue_in_use,
    fail,
    json_option,
    main,
    may_write,
    overwrite_option,
    plainly,
    print_json,
    terminal,
)
from xlkpi.cli.places import place_of
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import is_folder, write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING, UnreadableError

if TYPE_CHECKING:
    from xlkpi.check.run import Checked
    from xlkpi.common.quarter import Quarter

_STYLES = {ERROR: "red", WARNING: "yellow", ADVICE: "dim"}


@main.command("check")
@click.argument("files", type=click.Path(path_type=Path, readable=False), nargs=-1, required=True, metavar="FILE|DIR…")
@click.option("--quarter", type=QuarterType(), help="应是哪个季度的表，如 2026Q4；不写时各文件须一致。")
@click.option(
    "--mark", "marked", type=WORKBOOK, help="写一份副本（.xlsx），有问题的单元格标色并加批注；只能查一个文件。"
)
@json_option
@overwrite_option
@plainly
def check_command(
    files: tuple[Path, ...], quarter: Quarter | None, marked: Path | None, as_json: bool, overwrite: bool
) -> None:
    """检查交回来的表（文件，或文件夹里的全部文件）：漏填、填错、改动、过期的结果，逐格列出。"""
    from xlkpi.check.run import check
    from xlkpi.intake.received import find_files

    files = tuple(place_of(file, CompanyFolder.returned) for file in files)
    paths = ([path for _, path in find_files([file])] if is_folder(file) else [file] for file in files)
    files = tuple(chain.from_iterable(paths))
    if not files:
        fail(COMMANDS("check_no_files"), USAGE)
    if marked and len(files) != 1:
        fail(COMMANDS("mark_one_file"), USAGE)
    if marked:
        may_write(marked, files[0], overwrite=overwrite)
    checked = check(files, catalogue_in_use(), quarter)
    if as_json:
        print_json([asdict(problem) for file in checked for problem in file.problems])
    else:
        for file in checked:
            _print_checked(file)
    if marked:
        _write_marked(files[0], checked[0], marked, overwrite=overwrite, quietly=as_json)
    sys.exit(0 if all(file.fine for file in checked) else PROBLEMS)


def _print_checked(checked: Checked) -> None:
    from rich.markup import escape
    from rich.table import Table

    console, labels = terminal(), words(checked.language)
    if not checked.problems:
        console.print(escape(COMMANDS("check_fine", checked.language, file=checked.file)))
        return
    table = Table(title=escape(checked.file), title_justify="left")
    for key in ("col_sheet", "col_cell", "", "col_problem", "col_what_to_do"):
        table.add_column(labels(key) if key else "", overflow="fold")  # Chinese has no spaces to wrap at
    for problem in checked.problems:
        severity = labels(f"severity_{problem.severity}")
        row = (problem.sheet or "", problem.cell or "", severity, problem.message, problem.advice)
        table.add_row(*map(escape, row), style=_STYLES[problem.severity])
    console.print(table)


def _write_marked(source: Path, checked: Checked, output: Path, *, overwrite: bool, quietly: bool) -> None:
    from xlkpi.xlsx.annotate import mark, marks_of
    from xlkpi.xlsx.archive import content_of

    marks = marks_of(checked.problems)
    try:
        content = mark(content_of(source), marks)
    except UnreadableError as error:
        fail(COMMANDS("cannot_mark", checked.language, file=source, error=error.in_language(checked.language)))
    write_whole(output, content, overwrite=overwrite)
    if not quietly:
        count = sum(map(len, marks.values()))
        click.echo(COMMANDS("marked", checked.language, count=count, path=output))
