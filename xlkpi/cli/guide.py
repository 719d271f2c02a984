"""Commands about improvement guides: guide."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd
from rich.progress import track

from xlkpi.catalogue import load_company
from xlkpi.cli.common import (
    PROBLEMS,
    USAGE,
    fail,
    main,
    overwrite_option,
    plainly,
    print_problems,
    terminal,
)
from xlkpi.files import write_whole
from xlkpi.intake import Filled, Form, Problem, read
from xlkpi.naming import FileNames
from xlkpi.people import people
from xlkpi.quarter import Quarter

if TYPE_CHECKING:
    from xlkpi.guide import Guide

_CHOICES = {"html": ("html",), "docx": ("docx",), "both": ("html", "docx")}


@main.command("guide")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="写到这个文件夹。")
@click.option("--format", "kind", type=click.Choice(list(_CHOICES)), default="both", show_default=True, help="文件格式。")
@click.option(
    "--history", type=click.Path(path_type=Path, file_okay=False), help="历史数据的文件夹；有了才写以往各季度。"
)
@click.option(
    "--template-dir", type=click.Path(path_type=Path, file_okay=False), help="自己的模板；没有的，先把程序的模板写到这里。"
)
@overwrite_option
@plainly
def guide_command(
    source: Path, output: Path, kind: str, history: Path | None, template_dir: Path | None, overwrite: bool
) -> None:
    """每人一份改进指南（网页、Word），读一个填好的工作簿或一个文件夹。"""
    from xlkpi.generate import guide_pages as pages

    formats = _CHOICES[kind]
    found, problems = _guides(_workbooks(source), _history(history))
    names = FileNames("")
    files = [(guide, names(_called(guide))) for guide in found]
    _refuse_existing([output / f"{name}.{format}" for _, name in files for format in formats], overwrite)
    contents, written = pages.templates(formats, template_dir)
    for path in written:
        click.echo(f"模板已写到 {path}，可以修改后再用。")
    company = load_company()
    try:
        for guide, name in track(files, description="改进指南", console=terminal(), transient=True):
            for format in formats:
                content = pages.render(guide, format, contents[format], company)
                write_whole(output / f"{name}.{format}", content, overwrite=overwrite)
    except pages.TemplateFault as error:
        fail(str(error))
    incomplete = sum(not guide.person.complete for guide in found)
    told = f"（其中{incomplete}人的表没有填完，只写了缺什么）" if incomplete else ""
    click.echo(f"已写到 {output}：{len(found)}人的改进指南{told}。")
    print_problems(problems)
    sys.exit(PROBLEMS if problems else 0)


def _workbooks(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(path for path in source.rglob("*.xlsx") if not path.name.startswith(("~$", ".")))
    return found or fail(f"{source}：文件夹里没有 .xlsx 文件。", USAGE)


def _history(folder: Path | None) -> pd.DataFrame | None:
    if folder is None:
        return None
    if not folder.is_dir():
        raise FileNotFoundError(2, "", str(folder))
    from xlkpi.history import load

    return load(folder)


def _guides(paths: Sequence[Path], history: pd.DataFrame | None) -> tuple[list[Guide], list[Problem]]:
    """The guides of everyone in the workbooks, quarter by quarter, and what could not be read."""
    from xlkpi.guide import guides

    forms: dict[Quarter, list[Form]] = {}
    problems: list[Problem] = []
    for path in paths:
        filled = read(path)
        problems += filled.problems
        if filled.forms:
            forms.setdefault(_quarter(filled), []).extend(filled.forms)
    return [g for quarter in sorted(forms) for g in guides(people(forms[quarter], quarter), quarter, history)], problems


def _quarter(filled: Filled) -> Quarter:
    return Quarter.parse(filled.quarter or "")


def _called(guide: Guide) -> str:
    person = guide.person
    who = [part for part in (person.id, person.name) if part] or [guide.forms[0].form.sheet]
    return "-".join([str(guide.quarter), *who])


def _refuse_existing(paths: Sequence[Path], overwrite: bool) -> None:
    """Nothing is written where one of the files is there already."""
    for path in paths:
        if path.exists() and not overwrite:
            raise FileExistsError(path)
