"""The command about the quarter after: next."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from xlkpi.cli.app import (
    FILE,
    FOLDER,
    PROBLEMS,
    USAGE,
    catalogue_in_use,
    fail,
    json_option,
    lite_package_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    print_problems,
    progress,
)
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, LANGUAGES


@main.command("next")
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("-o", "--output", type=FOLDER, required=True, metavar="DIR2", help="写到这个文件夹。")
@click.option("--roster", type=FILE, help="下一季的名册（.xlsx 或 .csv）：照它增减人、改部门上级和目标。")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), help="表的语言；不写则各照原来的。")
@lite_package_option
@json_option
@overwrite_option
@plainly
def next_command(
    folder: Path,
    output: Path,
    roster: Path | None,
    language: str | None,
    lite_package: str | None,
    as_json: bool,
    overwrite: bool,
) -> None:
    """读一个文件夹里填好的考核表，生成下一季的：带入上期数据和目标，写出变更说明。"""
    from xlkpi.cli.json_shapes import changes_json
    from xlkpi.intake.received import find_files
    from xlkpi.next_quarter.plan import NothingToFollowError, following
    from xlkpi.next_quarter.report import changes_text
    from xlkpi.writer.lite import current_package
    from xlkpi.writer.workbook import write_workbook

    catalogue, said_in = catalogue_in_use(), language or HANS
    try:
        made = following([path for _, path in find_files([folder])], catalogue, language, said_in, roster)
    except NothingToFollowError as error:
        print_problems(error.problems)
        fail(f"{folder}：{error}。")
    report = output / f"{words(said_in)('next_file')}.md"
    for path in (report, *(output / book.name for book in made.books)):
        if path.exists() and not overwrite:
            raise FileExistsError(path)  # before anything is written
    if lite_package and not any(book.lite for book in made.books):
        fail("--lite-package 只用于 xlwings Lite 的表，收回的表里没有。", USAGE)
    for book in progress(made.books, str(made.quarter), len(made.books)):
        path = output / book.name
        lite = book.lite and (lite_package or current_package(book.lite))
        write_workbook(
            path, book.sheets, catalogue, made.quarter, language=book.language, lite=lite, overwrite=overwrite
        )
    text = changes_text(made, said_in)
    write_whole(report, text.encode(), overwrite=overwrite)
    if as_json:
        print_json(changes_json(made))
    else:
        click.echo(text)
        click.echo(f"已写到 {output}：{len(made.books)} 个工作簿和 {report.name}。")
    sys.exit(PROBLEMS if any(problem.severity == "error" for problem in made.problems) else 0)
