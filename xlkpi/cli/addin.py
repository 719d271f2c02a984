"""`xlkpi addin build | install | status | uninstall`: the add-ins for Excel and LibreOffice."""

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
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from xlkpi.addin.status import Fact

_SUFFIXES = {"excel": ".xlam", "libreoffice": ".oxt"}
"""Host → file ending. The module that builds the add-in is named after the host."""


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
        fail(COMMANDS("ending", ending=suffix, path=output), USAGE)
    write_whole(output, _built(host), overwrite=overwrite)
    click.echo(COMMANDS(f"built_{host}", path=output))


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
        built_for(file)  # raises where it is no add-in of ours
    content = file.read_bytes() if file else _built("excel")
    try:
        installing.install(machine, content)
    except installing.InstallError as error:
        fail(str(error))
    click.echo(COMMANDS("installed", addin=machine.addin, config=machine.config))
    missing = [fact for fact in status(machine) if not fact.fine]
    if missing:
        click.echo(COMMANDS("still_missing"), err=True)
        _print_facts(missing)
        sys.exit(PROBLEMS)


@addin.command("status")
@json_option
@plainly
def status_command(as_json: bool) -> None:
    """逐项检查加载项所需条件：有什么，缺什么，怎么办。"""
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

    table = Table("", "", COMMANDS("status_now"), COMMANDS("status_advice"))
    for column in table.columns:
        column.overflow = "fold"
    for fact in facts:
        style = "" if fact.fine else "red"
        table.add_row("✓" if fact.fine else "✗", *map(escape, (fact.name, fact.found, fact.advice)), style=style)
    terminal().print(table)


@addin.command()
@plainly
def uninstall() -> None:
    """从Excel中卸载：删去装上的文件和设置，原来有的照旧。"""
    from xlkpi.addin import install as installing

    try:
        messages = installing.uninstall(installing.this_machine())
    except installing.InstallError as error:
        fail(str(error))
    click.echo(COMMANDS("uninstalled"))
    for message in messages:
        click.echo(message, err=True)
