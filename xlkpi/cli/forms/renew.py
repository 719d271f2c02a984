"""`xlkpi renew`: makes forms anew from today's roles, with everything that was typed into them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FOLDER,
    PROBLEMS,
    USAGE,
    catalogue_in_use,
    fail,
    main,
    overwrite_option,
    plainly,
    print_problems,
    tell_faults,
    terminal,
)
from xlkpi.cli.issuing import keep_definitions, record
from xlkpi.cli.places import history_of, place_of
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import is_folder, shown_name, write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.check.renew import Renewed
    from xlkpi.common.assignment import Assignment
    from xlkpi.common.quarter import Quarter
    from xlkpi.form.prefill import Presets


@main.command("renew")
@click.argument("files", type=click.Path(path_type=Path, readable=False), nargs=-1, required=True, metavar="FILE|DIR…")
@click.option("-o", "--output", type=FOLDER, required=True, metavar="DIR", help="写到这个文件夹，文件名不变。")
@overwrite_option
@plainly
def renew_command(files: tuple[Path, ...], output: Path, overwrite: bool) -> None:
    """岗位或公司设置在发出以后改了：按现在的重做这些表，填过的内容带过去，列出有变化的行。

    如 xlkpi renew 2026Q4 -o 考核/2026Q4/重发
    """
    from xlkpi.intake.received import find_files

    catalogue = catalogue_in_use()
    tell_faults(catalogue)
    paths: list[Path] = []
    for file in (place_of(file, CompanyFolder.returned) for file in files):
        paths += [path for _, path in find_files([file])] if is_folder(file) else [file]
    if not paths:
        fail(COMMANDS("check_no_files"), USAGE)
    targets = [output / path.name for path in paths]
    if twice := next((path for path in targets if targets.count(path) > 1), None):
        fail(COMMANDS("renew_same_name", name=twice.name), USAGE)
    for path, target in zip(paths, targets, strict=True):
        if target.exists() and (not overwrite or target.samefile(path)):
            raise FileExistsError(target)
    fine = [_renewed(path, target, catalogue, overwrite=overwrite) for path, target in zip(paths, targets, strict=True)]
    sys.exit(0 if all(fine) else PROBLEMS)


def _renewed(path: Path, target: Path, catalogue: Catalogue, *, overwrite: bool) -> bool:
    """Renew one workbook, and return whether it could be made."""
    from xlkpi.check.renew import renew
    from xlkpi.cli.people.presets import carried_scores
    from xlkpi.form.issued import issued_form
    from xlkpi.form.register import language_of_workbook
    from xlkpi.writer.lite import PACKAGE
    from xlkpi.xlsx.archive import content_of

    def carried(person: Assignment, quarter: Quarter) -> Presets:
        history = history_of(None, target.absolute().parent.parent)
        return carried_scores([person], catalogue, quarter, history).get(person.post, {})

    content = content_of(path)
    try:
        renewed = renew(content, shown_name(path), catalogue, catalogue.company().lite_package or PACKAGE, carried)
    except UnreadableError as error:
        click.echo(COMMANDS("cannot_read", path=path, error=error.in_language(language_of_workbook(content))), err=True)
        return False
    if renewed.content is None or renewed.quarter is None:
        print_problems(renewed.problems, renewed.language)
        click.echo(COMMANDS("renew_not", renewed.language, path=path), err=True)
        return False
    write_whole(target, renewed.content, overwrite=overwrite)
    forms = [
        issued_form(sheet.assignment, sheet.role, sheet.presets, catalogue, renewed.language)
        for sheet in renewed.sheets
        if sheet.assignment is not None
    ]
    record(target.parent, renewed.quarter, forms, catalogue)
    keep_definitions(renewed.quarter, {sheet.role.id for sheet in renewed.sheets}, catalogue)
    _print(renewed, target)
    return True


def _print(renewed: Renewed, target: Path) -> None:
    from rich.markup import escape
    from rich.table import Table

    language = renewed.language
    click.echo(COMMANDS("renewed", language, path=target, count=renewed.carried))
    if not renewed.changes:
        return
    labels = words(language)
    table = Table(labels("col_sheet"), "", *(COMMANDS(f"renew_{key}", language) for key in ("row", "before", "after")))
    for change in renewed.changes:
        kind = COMMANDS(f"renew_{change.kind}", language)
        table.add_row(*map(escape, (change.sheet, kind, change.label, change.before, change.after)))
    terminal().print(table)
