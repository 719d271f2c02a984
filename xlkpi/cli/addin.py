"""Commands about add-ins."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from xlkpi.cli.common import FILE, USAGE, fail, main, overwrite_option, plainly
from xlkpi.files import write_whole

_SUFFIXES = {"excel": ".xlam", "libreoffice": ".oxt"}
"""Host and file ending; the module of the host has the same name."""


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
    content: bytes = import_module(f"xlkpi.addin.{host}").build()
    write_whole(output, content, overwrite=overwrite)
    click.echo(f"已生成 {output}。")
