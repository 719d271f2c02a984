"""`xlkpi refresh`: make built-in formulas follow the rules that stand in a form."""

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
    terminal,
)
from xlkpi.common.files import shown_name, write_whole
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
    from xlkpi.xlsx.archive import content_of

    output = output or file.with_name(f"{file.stem}-refresh.xlsx")
    try:
        refreshed = refresh(content_of(file), shown_name(file), catalogue_in_use())
    except UnreadableError as error:
        fail(f"{file}：{error}")
    write_whole(output, refreshed.content, overwrite=overwrite)
    if as_json:
        print_json({"changes": list(map(asdict, refreshed.changes)), "problems": list(map(asdict, refreshed.problems))})
    else:
        _print_changes(refreshed.changes)
        print_problems(refreshed.problems)
        click.echo(f"已写到 {output}：{len(refreshed.changes)} 条评分标准换成了新的内置公式。")
    sys.exit(PROBLEMS if refreshed.problems else 0)


def _print_changes(changes: Sequence[RuleChange]) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not changes:
        return
    table = Table("表", "单元格", "指标", "评分标准", "改写为")
    for change in changes:
        rewritten = change.after if change.after != change.before else "（未改写）"
        table.add_row(*map(escape, (change.sheet, change.cell, change.label, change.before, rewritten)))
    terminal().print(table)
