"""`xlkpi next`: makes the next quarter's forms from a folder of filled ones, and a report of the changes."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
from xlkpi.cli.issuing import record
from xlkpi.cli.places import output_of, place_of, quarter_named
from xlkpi.cli.rosters import ask_for_roles, titles_in_use
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.form.issued import IssuedForm
    from xlkpi.form.planned import PlannedSheet
    from xlkpi.i18n.problems import Problem
    from xlkpi.next_quarter.plan import NextQuarter, PlannedWorkbook


@main.command("next")
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("-o", "--output", type=FOLDER, metavar="DIR2", help="写到这个文件夹；在公司文件夹里用季度时可以不写。")
@click.option("--roster", type=FILE, help="下一季的名册（.xlsx 或 .csv）：照它增减人、改部门上级和目标。")
@click.option("--lang", "language", type=click.Choice(LANGUAGES), help="表的语言；不写则各照原来的。")
@lite_package_option
@json_option
@overwrite_option
@plainly
def next_command(
    folder: Path,
    output: Path | None,
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
    from xlkpi.writer.lite import PACKAGE
    from xlkpi.writer.workbook import workbook

    quarter, folder, catalogue = quarter_named(folder), place_of(folder, CompanyFolder.returned), catalogue_in_use()
    output = output_of(output, quarter and quarter.after, CompanyFolder.issued)
    titles = titles_in_use(catalogue) if roster else None
    try:
        files = [path for _, path in find_files([folder])]
        planned = following(files, catalogue, language, language, roster, titles)
    except NothingToFollowError as error:
        print_problems(error.problems, language or HANS)
        fail(COMMANDS("nothing_to_follow", language or HANS, path=folder))
    report = output / f"{words(planned.language)('next_file')}.md"
    for path in (report, *(output / book.name for book in planned.books)):
        if path.exists() and not overwrite:
            raise FileExistsError(path)  # before anything is written
    if lite_package and not any(book.lite for book in planned.books):
        fail(COMMANDS("no_lite_forms"), USAGE)
    books, exempt = _with_exemptions(planned, catalogue)
    package = lite_package or catalogue.company().lite_package or PACKAGE
    for book in progress(books, str(planned.quarter), len(books)):
        lite = package if book.lite else None
        content = workbook(book.sheets, catalogue, planned.quarter, book.language, lite)
        write_whole(output / book.name, content, overwrite=overwrite)
    record(output, planned.quarter, list(_issued(books, catalogue)), catalogue)
    text = changes_text(planned)
    write_whole(report, text.encode(), overwrite=overwrite)
    if as_json:
        print_json(changes_json(planned))
    else:
        _tell(planned, text, report, exempt)
    ask_for_roles(planned.asked, catalogue)
    sys.exit(PROBLEMS if any(problem.severity == ERROR for problem in (*planned.problems, *exempt)) else 0)


def _tell(planned: NextQuarter, text: str, report: Path, exempt: Sequence[Problem]) -> None:
    """Print the report, where the forms are, and what is wrong with what HR has approved."""
    click.echo(text)
    values = {"path": report.parent, "count": len(planned.books), "report": report.name}
    click.echo(COMMANDS("next_written", planned.language, **values))
    print_problems(exempt, planned.language)


def _with_exemptions(
    planned: NextQuarter, catalogue: Catalogue
) -> tuple[tuple[PlannedWorkbook, ...], tuple[Problem, ...]]:
    """The planned workbooks with the lines that HR has approved for the new quarter, and what is wrong with those."""
    from xlkpi.cli.people.presets import exempted, exemptions_in_use, unused

    exemptions = exemptions_in_use(catalogue, planned.quarter)

    def filled(sheet: PlannedSheet, language: str) -> PlannedSheet:
        if sheet.assignment is None:
            return sheet
        lines = exempted(exemptions, [sheet.assignment], catalogue, planned.quarter, language)
        return replace(sheet, presets={**sheet.presets, **lines.get(sheet.assignment.post, {})})

    books = (replace(b, sheets=tuple(filled(sheet, b.language) for sheet in b.sheets)) for b in planned.books)
    people = [sheet.assignment for book in planned.books for sheet in book.sheets if sheet.assignment is not None]
    return tuple(books), (*exemptions.problems, *unused(exemptions, people))


def _issued(books: Sequence[PlannedWorkbook], catalogue: Catalogue) -> Iterator[IssuedForm]:
    """The entries of the forms of people."""
    from xlkpi.form.issued import issued_form

    for book in books:
        for sheet in book.sheets:
            if sheet.assignment is not None:
                yield issued_form(sheet.assignment, sheet.role, sheet.presets, catalogue, book.language)
