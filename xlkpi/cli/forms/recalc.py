"""`xlkpi recalc`: recalculate a workbook without an office program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import FILE, WORKBOOK, fail, main, overwrite_option, plainly
from xlkpi.common.files import write_whole
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
    try:
        content = recalculated(content_of(file))
    except UnreadableError as error:
        fail(f"{file}：{error}")
    write_whole(output, content, overwrite=overwrite)
    click.echo(f"已重新计算，写到 {output}。")
