"""`xlkpi init`: makes a company's own folder."""

from __future__ import annotations

from pathlib import Path

import click

from xlkpi.cli.app import FOLDER, main, plainly
from xlkpi.i18n.message_files import COMMANDS


@main.command()
@click.argument("folder", metavar="[DIR]", type=FOLDER, default=Path())
@click.option("--name", help="公司的名称，印在表上；以后可以在 公司.xlsx 里改。")
@plainly
def init(folder: Path, name: str | None) -> None:
    """新建一个公司文件夹：公司的设置、岗位、名册、各季度的考核都放在里面。

    如 xlkpi init 我的公司 --name 晨光小店。已有的文件不会改动。
    """
    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.company.init import make_company

    made = make_company(folder, name, Catalogue.shipped())
    if not made:
        click.echo(COMMANDS("company_there", path=folder.absolute()))
        return
    names = tuple(path.relative_to(folder).as_posix() for path in made)
    click.echo(COMMANDS("company_made", path=folder.absolute(), files=names))
    click.echo(COMMANDS("company_next"))
