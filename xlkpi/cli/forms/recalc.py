"""`xlkpi recalc`: recalculates a workbook without an office program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import FILE, PROBLEMS, WORKBOOK, fail, main, may_write, overwrite_option, plainly, print_problems
from xlkpi.common.files import shown_name, write_whole
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from pathlib import Path


@main.command()
@click.argument("file", type=FILE)
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件；不写为 FILE-recalc.xlsx。")
@overwrite_option
@plainly
def recalc(file: Path, output: Path | None, overwrite: bool) -> None:
    """不用Excel，由Python重新计算一个工作簿。"""
    from xlkpi.calc.sandbox import recalculated
    from xlkpi.xlsx.archive import content_of

    output = output or file.with_name(f"{file.stem}-recalc.xlsx")
    may_write(output, file, overwrite=overwrite)
    original = content_of(file)
    try:
        result = recalculated(original)
    except UnreadableError as error:
        fail(COMMANDS("cannot_read", path=file, error=error.in_language(_language_of(original))))
    language = result.language or _language_of(original)
    write_whole(output, result.content, overwrite=overwrite)
    problems = list(result.problems(shown_name(file), language))
    if problems:  # the library of tables takes a while to load
        print_problems(problems, language)
    click.echo(COMMANDS("recalculated", language, path=output))
    sys.exit(PROBLEMS if problems else 0)


def _language_of(content: bytes) -> str:
    from xlkpi.form.register import language_of_workbook  # here: it takes longer to load than a form to calculate

    return language_of_workbook(content)
