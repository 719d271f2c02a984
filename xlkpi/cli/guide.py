"""Commands about improvement guides: guide."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import track

from xlkpi.catalogue import load_company
from xlkpi.cli.collect import FOLDER
from xlkpi.cli.common import PROBLEMS, QuarterType, fail, main, overwrite_option, plainly, print_problems
from xlkpi.files import write_whole
from xlkpi.guide_files import HISTORY, history_beside, named
from xlkpi.quarter import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from xlkpi.collect import Collection

_FORMATS = {"html": ("html",), "docx": ("docx",), "both": ("html", "docx")}


@main.command("guide")
@click.argument("source", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=FOLDER, required=True, help="写到这个文件夹。")
@click.option("--format", "kind", type=click.Choice(list(_FORMATS)), default="both", show_default=True, help="格式。")
@click.option("--quarter", type=QuarterType(), help="哪个季度；不写为多数文件的季度。")
@click.option("--history", type=FOLDER, help=f"历史的文件夹；不写为 FILE|DIR 旁边的“{HISTORY}”，没有就不写以往季度。")
@click.option("--template-dir", type=FOLDER, help="自己的模板所在的文件夹；缺的模板先照程序的写一份在这里。")
@overwrite_option
@plainly
def guide_command(
    source: Path,
    output: Path,
    kind: str,
    quarter: Quarter | None,
    history: Path | None,
    template_dir: Path | None,
    overwrite: bool,
) -> None:
    """每人一份改进指南（网页、Word）：得分、失分与原因、再进一档、以往季度、商定的措施。

    读一个填好的工作簿，或一个文件夹，如 xlkpi guide 2026Q4/ -o 2026Q4-指南
    """
    from xlkpi.generate import guide_pages as pages
    from xlkpi.guide import guides

    formats = _FORMATS[kind]
    collection = _collected(source, quarter)
    people = [ranked.person for ranked in collection.ranking]
    found = guides(people, collection.quarter, _history(source, history))
    files = named(found)
    for path in (output / f"{name}.{format}" for name, _ in files for format in formats):
        if path.exists() and not overwrite:  # rather nothing than a part
            raise FileExistsError(path)
    contents, written = pages.templates(formats, template_dir)
    for path in written:
        click.echo(f"模板已写到 {path}，改好以后再运行一次。")
    company = load_company()
    try:
        for name, guide in track(files, "写改进指南", console=_console(), transient=True):
            for format in formats:
                content = pages.render(guide, format, contents[format], company)
                write_whole(output / f"{name}.{format}", content, overwrite=overwrite)
    except pages.TemplateFault as error:
        fail(str(error))
    incomplete = sum(not guide.person.complete for guide in found)
    told = f"，其中{incomplete}人的表没有填完，只写缺什么" if incomplete else ""
    click.echo(f"已写到 {output}：{len(found)}人的改进指南{told}。")
    if not pages.has_pictures(found):
        click.echo("没有找到中文字体，指南里没有得分图。", err=True)
    print_problems(collection.problems)
    sys.exit(PROBLEMS if collection.problems else 0)


def _console() -> Console:
    return Console(stderr=True, quiet=not sys.stderr.isatty())


def _collected(source: Path, quarter: Quarter | None) -> Collection:
    """The forms that count, as `xlkpi collect` chooses them."""
    from xlkpi.collect import collect, find, quarter_of, receive_all

    if not source.exists():
        raise FileNotFoundError(errno.ENOENT, "", str(source))
    sources = find([source]) if source.is_dir() else [(source.name, source)]
    read = track(receive_all(sources), "读取考核表", len(sources), console=_console(), transient=True)
    received = [file for file in read if not file.own]
    quarter = quarter or quarter_of(received)
    if quarter is None:
        print_problems([problem for file in received for problem in file.problems])
        fail(f"{source}：没有能读的考核表。")
    return collect(received, quarter, load_company())


def _history(source: Path, folder: Path | None) -> pd.DataFrame | None:
    from xlkpi.history import HistoryError, load

    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(folder))
    try:
        return history_beside(source) if folder is None else load(folder)
    except HistoryError as error:
        fail(str(error))
