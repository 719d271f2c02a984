"""Commands about add-ins."""

from __future__ import annotations

import sys
from dataclasses import asdict
from importlib import import_module
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    USAGE,
    fail,
    json_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    terminal,
)
from xlkpi.common.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.addin.status import Fact

_SUFFIXES = {"excel": ".xlam", "libreoffice": ".oxt"}
"""Host and file ending; the module of the host has the same name."""
_THEN = {
    "excel": "在装着Excel的Windows上，关闭Excel，运行 xlkpi addin install --file {file}",
    "libreoffice": "关闭LibreOffice，运行 unopkg add {file}",
}
"""What to do with the file."""


@main.group()
def addin() -> None:
    """加载项：让Excel或LibreOffice里的得分由Python计算。"""


@addin.command()
@click.option("--for", "host", type=click.Choice(list(_SUFFIXES)), required=True, help="用在哪个程序里。")
@click.option("-o", "--output", type=FILE, required=True, help="写到这个文件（.xlam 或 .oxt）。")
@overwrite_option
@plainly
def build(host: str, output: Path, overwrite: bool) -> None:
    """生成加载项文件，在哪个系统上都可以。"""
    suffix = _SUFFIXES[host]
    if output.suffix.lower() != suffix:
        fail(f"文件名须以 {suffix} 结尾：{output}", USAGE)
    write_whole(output, _built(host), overwrite=overwrite)
    click.echo(f"已生成 {output}。{_THEN[host].format(file=output)}")


def _built(host: str) -> bytes:
    content: bytes = import_module(f"xlkpi.addin.{host}").build()
    return content


@addin.command()
@click.option("--file", type=FILE, help="装这个文件（.xlam）；不写则现在生成。")
@plainly
def install(file: Path | None) -> None:
    """装进Windows版的Excel：以后打开Excel就有“xlkpi 绩效”一栏，得分由这个Python计算。再装一次即更新。"""
    from xlkpi.addin import install as installing
    from xlkpi.addin.excel import built_for
    from xlkpi.addin.status import elsewhere, status

    machine = installing.this_machine()
    if machine.system != installing.WINDOWS:
        fail(elsewhere(machine.system))
    if file:
        built_for(file)  # fails where it is something else
    content = file.read_bytes() if file else _built("excel")
    try:
        installing.install(machine, content)
    except installing.InstallError as error:
        fail(str(error))
    click.echo(f"已装到 {machine.addin}，设置在 {machine.config}。请关闭并重新打开Excel。")
    missing = [fact for fact in status(machine) if not fact.fine]
    if missing:
        click.echo("还缺：", err=True)
        _print_facts(missing)
        sys.exit(PROBLEMS)


@addin.command("status")
@json_option
@plainly
def status_command(as_json: bool) -> None:
    """加载项需要的一样样看过去：有什么，缺什么，怎么办。"""
    from xlkpi.addin.install import this_machine
    from xlkpi.addin.status import status

    facts = status(this_machine())
    if as_json:
        print_json([asdict(fact) for fact in facts])
    else:
        _print_facts(facts)
    sys.exit(0 if all(fact.fine for fact in facts) else PROBLEMS)


def _print_facts(facts: Sequence[Fact]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("", "", "现在", "怎么办")
    for column in table.columns:
        column.overflow = "fold"
    for fact in facts:
        style = "" if fact.fine else "red"
        table.add_row("✓" if fact.fine else "✗", *map(escape, (fact.name, fact.found, fact.advice)), style=style)
    terminal().print(table)


@addin.command()
@plainly
def uninstall() -> None:
    """从Excel里拿掉：删去装上的文件和设置，原来有的照旧。"""
    from xlkpi.addin import install as installing

    try:
        left = installing.uninstall(installing.this_machine())
    except installing.InstallError as error:
        fail(str(error))
    click.echo("已拿掉。重新打开Excel后生效；考核表改由内置公式计分，得分不变。")
    for one in left:
        click.echo(one, err=True)
