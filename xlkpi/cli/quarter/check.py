"""`xlkpi check`: lists the problems in returned forms, and marks them in copies."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    PROBLEMS,
    USAGE,
    QuarterType,
    catalogue_in_use,
    fail,
    json_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    terminal,
)
from xlkpi.cli.people.record import agreements_in_use, rated_in_use
from xlkpi.cli.places import place_of
from xlkpi.cli.quarter.marking import MarkedType, copies_of, write_marked
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import is_folder
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ADVICE, ERROR, SEVERITIES, WARNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.check.run import Checked
    from xlkpi.common.quarter import Quarter

_STYLES = {ERROR: "red", WARNING: "yellow", ADVICE: "dim"}
_NAMED = 5
"""Unsigned forms are named up to this many; before the forms are printed for signing it is all of them."""


@main.command("check")
@click.argument("files", type=click.Path(path_type=Path, readable=False), nargs=-1, required=True, metavar="FILE|DIR…")
@click.option("--quarter", type=QuarterType(), help="应是哪个季度的表，如 2026Q4；不写时各文件须一致。")
@click.option(
    "--mark", "marked", type=MarkedType(path_type=Path),
    help="另写副本，有问题的单元格标色并加批注：只查一个文件时写文件名（.xlsx），多个文件时写文件夹。",
)  # fmt: skip
@json_option
@overwrite_option
@plainly
def check_command(
    files: tuple[Path, ...], quarter: Quarter | None, marked: Path | None, as_json: bool, overwrite: bool
) -> None:
    """检查交回来的表（文件，或文件夹里的全部文件）：漏填、填错、改动、过期的结果，逐格列出。

    如 xlkpi check 2026Q4/ --mark 标注/
    """
    from xlkpi.check.run import Checked, check

    named = _named([place_of(file, CompanyFolder.returned) for file in files], marked)
    if not named:
        fail(COMMANDS("check_no_files"), USAGE)
    copies = copies_of(named, marked, overwrite=overwrite) if marked else None
    paths = [path for _, path in named]
    rated, edited = rated_in_use(None)
    checked = check(paths, catalogue_in_use(), quarter, agreements=agreements_in_use(), rated=rated)
    language = Counter(one.language for one in checked).most_common(1)[0][0]
    checked += [Checked("", tuple(edited), HANS)] if edited else []
    if as_json:
        print_json([asdict(problem) for file in checked for problem in file.problems])
    else:
        for file in checked:
            _print_findings(file)
        click.echo(_count(checked, language))
    fine = all(file.fine for file in checked)
    if copies is not None:
        fine &= write_marked(paths, checked, copies, language, overwrite=overwrite, quietly=as_json)
    sys.exit(0 if fine else PROBLEMS)


def _named(files: Sequence[Path], marked: Path | None) -> list[tuple[str, Path]]:
    """The files with their paths from the folder that they were found in. marked: our own copies, which are skipped."""
    from xlkpi.intake.received import find_files

    named: list[tuple[str, Path]] = []
    for file in files:
        skip = [marked] if marked is not None and os.path.realpath(marked) != os.path.realpath(file) else []
        named += find_files([file], skip) if is_folder(file) else [(file.name, file)]
    return named


def _print_findings(checked: Checked) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not checked.findings:
        return
    labels = words(checked.language)
    table = Table(title=escape(checked.file), title_justify="left")
    for key in ("col_sheet", "col_cell", "", "col_problem", "col_what_to_do"):
        table.add_column(labels(key) if key else "", overflow="fold")  # Chinese has no spaces to wrap at
    for problem in checked.findings:
        severity = labels(f"severity_{problem.severity}")
        row = (problem.sheet or "", problem.cell or "", severity, problem.message, problem.advice)
        table.add_row(*map(escape, row), style=_STYLES[problem.severity])
    terminal().print(table)


def _count(checked: Sequence[Checked], language: str) -> str:
    """One line for all files: how many there are, what was found, and how many forms are not signed."""
    files = [one for one in checked if one.file]
    found = Counter(problem.severity for one in checked for problem in one.findings)
    unsigned = tuple(sheet for one in checked for sheet in one.unsigned)
    values = dict(zip(("errors", "warnings", "advices"), (found[severity] for severity in SEVERITIES), strict=True))
    values |= {"files": len(files), "forms": sum(one.forms for one in files)}
    text = COMMANDS("checked_found" if found else "checked_fine", language, **values)
    if unsigned:
        key = "checked_unsigned" if len(unsigned) > _NAMED else "checked_unsigned_named"
        text += COMMANDS(key, language, count=len(unsigned), sheets=unsigned)
    return text + COMMANDS("full_stop", language)
