"""`xlkpi roster-template`: makes an empty roster; and `new --roster`: makes the forms of a roster."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    PROBLEMS,
    USAGE,
    WORKBOOK,
    catalogue_in_use,
    company_in_use,
    fail,
    language_option,
    main,
    overwrite_option,
    plainly,
    print_problems,
    progress,
    tell_faults,
)
from xlkpi.cli.forms.overwriting import spare_filled
from xlkpi.cli.issuing import record
from xlkpi.cli.places import history_of
from xlkpi.cli.rosters import ask_for_roles, roster_in_use
from xlkpi.cli.workers import workers
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ERROR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.common.assignment import Assignment
    from xlkpi.common.quarter import Quarter
    from xlkpi.form.planned import Added

_MANY = 200
"""With more forms than this, starting several processes saves time."""
_TOLD = 20
"""Of so many forms for a part of the quarter the targets are told one by one."""


@main.command("roster-template")
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件（.xlsx）；不写为 名册.xlsx。")
@language_option
@overwrite_option
@plainly
def roster_template(output: Path | None, language: str, overwrite: bool) -> None:
    """生成一份空名册，如 xlkpi roster-template -o 名册.xlsx。"""
    from xlkpi.writer.sheets.roster import roster_book

    company, catalogue = company_in_use(), catalogue_in_use()
    if not catalogue.roles():
        tell_faults(catalogue)
        fail(COMMANDS("no_roles"), USAGE)
    output = output or (company.roster if company else Path(f"{words(language)('roster')}.xlsx"))
    write_whole(output, roster_book(catalogue, language), overwrite=overwrite)
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
    from xlkpi.cli.people.presets import ask_for_exemptions, carried_scores, exempted, exemptions_in_use, joined, unused
    from xlkpi.roster.grouping import grouped
    from xlkpi.writer.templates import for_workers
    from xlkpi.writer.workbook import workbooks

    catalogue, quarter, folder, language = catalogue_in_use(), wanted.quarter, wanted.output, wanted.language
    read = roster_in_use(roster, catalogue, quarter, HANS)
    if not read.assignments:
        print_problems(read.problems, read.language)
        ask_for_roles(read.asked, catalogue)
        fail(COMMANDS("roster_nobody", read.language, path=roster))
    groups = grouped(read.assignments, quarter, by, language)
    for name in groups:
        if not wanted.overwrite and (folder / name).exists():
            raise FileExistsError(folder / name)
    spare_filled((folder / name for name in groups), catalogue)
    exemptions = exemptions_in_use(catalogue, quarter)
    added = joined(
        carried_scores(read.assignments, catalogue, quarter, history_of(None, folder.absolute().parent)),
        exempted(exemptions, read.assignments, catalogue, quarter, language),
    )
    kit = partial(for_workers, read.assignments, catalogue, quarter, language)
    with workers(jobs, cluster, many=len(read.assignments) > _MANY, kit=kit) as executor:
        contents = workbooks(groups, catalogue, quarter, language, wanted.lite, executor, added)
        for name, content in progress(contents, COMMANDS("making_forms"), len(groups)):
            write_whole(folder / name, content, overwrite=wanted.overwrite)
    _record(wanted, read.assignments, catalogue, added)
    people = len({assignment.id for assignment in read.assignments})
    values = {"folder": folder, "files": len(groups), "people": people, "forms": len(read.assignments)}
    click.echo(COMMANDS("forms_of_roster", quarter=quarter, **values))
    _tell_of_parts(wanted, read.assignments, catalogue)
    ask_for_exemptions(catalogue, quarter)
    problems = [*exemptions.problems, *unused(exemptions, read.assignments), *read.problems]
    print_problems(problems, read.language)
    broken = ask_for_roles(read.asked, catalogue)
    errors = [problem for problem in problems if problem.severity == ERROR]
    if errors:
        click.echo(COMMANDS("roster_errors", read.language, count=len(errors)), err=True)
    if errors or broken:
        sys.exit(PROBLEMS)


def _record(wanted: FormsWanted, assignments: Sequence[Assignment], catalogue: Catalogue, added: Added) -> None:
    """Record the forms that were made, with the targets and whatever else was filled in."""
    from xlkpi.form.issued import issued_form
    from xlkpi.form.part_quarter import reduced_presets

    quarter, labels = wanted.quarter, words(wanted.language)
    part_quarter = catalogue.company(None, quarter).part_quarter
    made = []
    for person in assignments:
        role = catalogue.role(person.role, quarter)
        reduced = reduced_presets(role, person, quarter, part_quarter, labels)
        presets = {**reduced, **added.get(person.post, {})}
        made.append(issued_form(person, role, presets, catalogue, wanted.language))
    record(wanted.output, quarter, made, catalogue)


def _tell_of_parts(wanted: FormsWanted, assignments: Sequence[Assignment], catalogue: Catalogue) -> None:
    """Say what became of the targets of those who are in post for a part of the quarter, or part time."""
    from xlkpi.catalogue.company import BY_DAYS
    from xlkpi.form.part_quarter import part_notice, reduced_presets

    quarter, labels, part_quarter = wanted.quarter, words(HANS), catalogue.company(None, wanted.quarter).part_quarter
    told = []
    for person in assignments:
        if person.is_reduced(quarter):
            role = catalogue.role(person.role, quarter)
            presets = reduced_presets(role, person, quarter, part_quarter, labels)
            if notice := part_notice(role, person, quarter, presets, part_quarter, labels):
                told.append(COMMANDS("part_person", name=person.name, id=person.id, text=notice.lines))
    if told:
        key = "part_reduced_title" if part_quarter == BY_DAYS else "part_whole_title"
        setting = COMMANDS("part_setting_book" if catalogue.keeps else "part_setting_file")
        click.echo(COMMANDS(key, count=len(told), setting=setting))
        for line in told[:_TOLD]:
            click.echo(f"  {line}")
        if len(told) > _TOLD:
            click.echo(f"  {COMMANDS('part_more', count=len(told) - _TOLD)}")
