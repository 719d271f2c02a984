"""`xlkpi roster-template`: makes an empty roster; and `new --roster`: makes the forms of a roster."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    PROBLEMS,
    WORKBOOK,
    catalogue_in_use,
    fail,
    language_option,
    main,
    overwrite_option,
    plainly,
    print_problems,
    progress,
)
from xlkpi.cli.issuing import record
from xlkpi.cli.workers import workers
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ERROR

if TYPE_CHECKING:
    from xlkpi.common.quarter import Quarter

_MANY = 200
"""With more forms than this, starting several processes saves time."""


@main.command("roster-template")
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件（.xlsx）；不写为 名册.xlsx。")
@language_option
@overwrite_option
@plainly
def roster_template(output: Path | None, language: str, overwrite: bool) -> None:
    """生成一份空名册，如 xlkpi roster-template -o 名册.xlsx。"""
    from xlkpi.writer.sheets.roster import roster_book

    output = output or Path(f"{words(language)('roster')}.xlsx")
    write_whole(output, roster_book(catalogue_in_use(), language), overwrite=overwrite)
    click.echo(COMMANDS("roster_made", path=output))


@dataclass(frozen=True)
class FormsWanted:
    """The forms that `xlkpi new` must make.

    output: a workbook; with a roster a folder. lite: the package for xlwings Lite; None for the functions of an add-in.
    """

    quarter: Quarter
    output: Path
    language: str
    lite: str | None
    overwrite: bool


def new_from_roster(wanted: FormsWanted, roster: Path, by: str, jobs: int | None, cluster: str | None) -> None:
    """Write a workbook for each group of the roster's people. Exits with 1 where a row has an error."""
    from xlkpi.form.issued import issued_form
    from xlkpi.roster.grouping import grouped
    from xlkpi.roster.reader import read_roster
    from xlkpi.writer.workbook import workbooks

    catalogue, quarter, folder, language = catalogue_in_use(), wanted.quarter, wanted.output, wanted.language
    read = read_roster(roster, catalogue, quarter)
    if not read.assignments:
        print_problems(read.problems, read.language)
        fail(COMMANDS("roster_nobody", read.language, path=roster))
    groups = grouped(read.assignments, quarter, by, language)
    for name in groups:
        if not wanted.overwrite and (folder / name).exists():
            raise FileExistsError(folder / name)
    with workers(jobs, cluster, many=len(read.assignments) > _MANY) as executor:
        contents = workbooks(groups, catalogue, quarter, language, wanted.lite, executor)
        for name, content in progress(contents, COMMANDS("making_forms"), len(groups)):
            write_whole(folder / name, content, overwrite=wanted.overwrite)
    made = ((person, catalogue.role(person.role, quarter)) for person in read.assignments)
    record(folder, quarter, [issued_form(person, role, {}, catalogue, language) for person, role in made], catalogue)
    people = len({assignment.id for assignment in read.assignments})
    values = {"folder": folder, "files": len(groups), "people": people, "forms": len(read.assignments)}
    click.echo(COMMANDS("forms_of_roster", quarter=quarter, **values))
    print_problems(read.problems, read.language)
    errors = [problem for problem in read.problems if problem.severity == ERROR]
    if errors:
        click.echo(COMMANDS("roster_errors", read.language, count=len(errors)), err=True)
        sys.exit(PROBLEMS)
