"""`xlkpi refresh`: makes the formulas of a workbook anew from the rules that were edited in it."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    WORKBOOK,
    catalogue_in_use,
    fail,
    json_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    print_problems,
    target,
    terminal,
)
from xlkpi.common.files import shown_name, write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.check.refresh import RuleChange


@main.command("refresh")
@click.argument("file", type=FILE)
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件；不写为 FILE-refresh.xlsx。")
@overwrite_option
@json_option
@plainly
def refresh_command(file: Path, output: Path | None, overwrite: bool, as_json: bool) -> None:
    """在表里改过评分标准以后，按表上的句子重做内置公式和说明；填写的内容不变。"""
    from xlkpi.check.refresh import refresh
    from xlkpi.form.register import language_of_workbook
    from xlkpi.xlsx.archive import content_of

    output = target(file, output or file.with_name(f"{file.stem}-refresh.xlsx"), overwrite=overwrite)
    content = content_of(file)
    try:
        refreshed = refresh(content, shown_name(file), catalogue_in_use())
    except UnreadableError as error:
        fail(COMMANDS("cannot_read", path=file, error=error.in_language(language_of_workbook(content))))
    write_whole(output, refreshed.content, overwrite=overwrite)
    if as_json:
        changes, problems = (list(map(asdict, items)) for items in (refreshed.changes, refreshed.problems))
        print_json({"changes": changes, "restored": refreshed.restored, "problems": problems})
    else:
        _print_changes(refreshed.changes, refreshed.language)
        print_problems(refreshed.problems, refreshed.language)
        click.echo(COMMANDS("refreshed", refreshed.language, path=output, count=len(refreshed.changes)))
        if refreshed.restored:
            click.echo(COMMANDS("restored", refreshed.language, count=refreshed.restored))
    sys.exit(PROBLEMS if refreshed.problems else 0)


def _print_changes(changes: Sequence[RuleChange], language: str) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not changes:
        return
    headers = map(words(language), ("col_sheet", "col_cell", "indicator", "rule"))
    table = Table(*headers, COMMANDS("rewritten", language), COMMANDS("read_as", language))
    for change in changes:
        rewritten = change.after if change.after != change.before else COMMANDS("not_rewritten", language)
        reading = change.reading or COMMANDS("same_words", language)
        table.add_row(*map(escape, (change.sheet, change.cell, change.label, change.before, rewritten, reading)))
    terminal().print(table)
