"""`xlkpi appeal`: writes the appeal workbook of a person; and how `collect` and `guide` hear what came back."""

from __future__ import annotations

import datetime as dt
import errno
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FOLDER,
    USAGE,
    catalogue_in_use,
    company_in_use,
    fail,
    main,
    overwrite_option,
    plainly,
    progress,
)
from xlkpi.cli.people.closed import refuse_closed
from xlkpi.cli.places import history_of, output_of, place_of, quarter_named
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.files import write_whole
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.appraisal.filled import FilledForm
    from xlkpi.common.quarter import Quarter
    from xlkpi.i18n.problems import Problem
    from xlkpi.intake.received import ReceivedFile

_MOST_NAMED = 20


@main.command("appeal")
@click.argument("source", metavar="QUARTER|FILE|DIR", type=click.Path(path_type=Path, readable=False))
@click.option("--person", metavar="ID", help="谁的申诉，写工号或姓名；只有一个人的表时可以不写。")
@click.option("-o", "--output", type=FOLDER, help="写到这个文件夹；在公司文件夹里用季度时可以不写。")
@click.option("--ruler", default="", metavar="NAME", help="由谁裁决，预先填在申诉表里。")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="裁决期限，如 2027-01-15，预先填在申诉表里。"
)
@overwrite_option
@plainly
def appeal_command(
    source: Path, person: str | None, output: Path | None, ruler: str, until: dt.datetime | None, overwrite: bool
) -> None:
    """给一个人生成申诉表：本季各指标的结果，申诉和裁决的空格；填好后由 xlkpi collect 读回。

    如 xlkpi appeal 2026Q4 --person 1001 --until 2027-01-15
    """
    from xlkpi.appeals.book import Order, appeal_book, file_names
    from xlkpi.form.names import FileNames

    output = output_of(output, quarter_named(source), CompanyFolder.appeals)
    source = place_of(source, CompanyFolder.returned)
    if not source.exists():
        raise FileNotFoundError(errno.ENOENT, "", str(source))
    quarter, forms = _forms(source)
    chosen = _chosen(forms, person)
    refuse_closed(history_of(None, source.absolute().parent), quarter)
    names, catalogue = FileNames(), catalogue_in_use()
    order = Order(ruler, until.date() if until else None)
    paths = [output / names(*file_names(form, quarter), always=len(chosen) > 1) for form in chosen]
    for path in paths:
        if path.exists() and not overwrite:
            raise FileExistsError(path)
    for path, form in zip(paths, chosen, strict=True):
        write_whole(path, appeal_book(form, quarter, catalogue, order), overwrite=overwrite)
        click.echo(COMMANDS("appeal_made", path=path))


def _forms(source: Path) -> tuple[Quarter, list[FilledForm]]:
    """The quarter, and its forms that count. Exits with a message where there are none."""
    from xlkpi.intake.counting import entries_of, quarter_of
    from xlkpi.intake.received import COUNTED, find_files, receive_all

    sources = find_files([source]) if source.is_dir() else [(source.name, source)]
    files = progress(receive_all(sources, catalogue_in_use()), COMMANDS("reading"), len(sources))
    received = [file for file in files if not file.own]
    quarter = quarter_of(received)
    if quarter is None:
        fail(COMMANDS("appeal_no_forms", path=source))
    return quarter, [entry.form for entry in entries_of(received, quarter) if entry.state == COUNTED]


def _chosen(forms: Sequence[FilledForm], person: str | None) -> list[FilledForm]:
    """The forms of one person. Exits with a message where it is not clear whose."""
    from xlkpi.appraisal.people import identity

    people = {(who.id, who.name): None for who in map(identity, forms)}
    wanted = [one for one in people if person is None or person.strip() in one]
    if len(wanted) != 1:
        named = tuple(" ".join(filter(None, one)) or "—" for one in wanted or people)[:_MOST_NAMED]
        fail(COMMANDS("appeal_whose" if wanted else "appeal_nobody", person=person or "", people=named), USAGE)
    return [form for form in forms if (identity(form).id, identity(form).name) in wanted]


def appeals_folder(folder: Path | None, quarter: Quarter | None) -> Path | None:
    """Where the appeals of a quarter lie: `folder`, else the place of the company's folder if there is one.

    Raises FileNotFoundError for a folder that is named and not there.
    """
    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(folder))
    company = company_in_use()
    if folder is None and company is not None and quarter is not None and company.appeals(quarter).is_dir():
        return company.appeals(quarter)
    return folder


def with_appeals(
    received: Sequence[ReceivedFile], quarter: Quarter, folder: Path | None, language: str
) -> tuple[list[ReceivedFile], tuple[Problem, ...]]:
    """The files with what was ruled on appeals, and what is wrong with these. folder: None where there are none."""
    from xlkpi.appeals.hearing import appeals_in, heard

    if folder is None:
        return [*received], ()
    appeals, unread = appeals_in(folder, language)
    hearing = heard(received, quarter, appeals, dt.date.today())
    return [*hearing.received], (*unread, *hearing.problems)
