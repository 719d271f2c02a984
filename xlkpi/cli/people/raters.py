"""`xlkpi raters suggest | make | collect`: who rates whom, a workbook for each rater, what their ratings come to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    USAGE,
    QuarterType,
    catalogue_in_use,
    company_in_use,
    fail,
    json_option,
    language_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    print_problems,
    terminal,
)
from xlkpi.cli.people.closed import refuse_closed
from xlkpi.cli.places import roster_of
from xlkpi.cli.rosters import roster_in_use
from xlkpi.common.company_folder import PARTS
from xlkpi.common.files import write_whole
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import ERROR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.common.assignment import Assignment
    from xlkpi.common.company_folder import CompanyFolder
    from xlkpi.common.quarter import Quarter
    from xlkpi.raters.listing.listed import RaterList

FOLDER = click.Path(path_type=Path, file_okay=False)
roster_option = click.option("--roster", type=FILE, help="名册；不写为公司文件夹里的。")


@main.group()
def raters() -> None:
    """评价人：谁评谁，给每位评价人一个评价表，收回后汇总、填进考核表。"""


def company_folder() -> CompanyFolder:
    """The company's folder. Exits where there is none: ratings are a company's own."""
    company = company_in_use()
    if company is None:
        fail(COMMANDS("raters_no_company"), USAGE)
    return company


def people(roster: Path | None, catalogue: Catalogue, quarter: Quarter) -> Sequence[Assignment]:
    """The people of the roster. Exits where there is no roster, or where it has errors."""
    path = roster_of(roster)
    if path is None:
        fail(COMMANDS("raters_no_roster"), USAGE)
    read = roster_in_use(path, catalogue, quarter, HANS)
    if any(problem.severity == ERROR for problem in read.problems):
        print_problems(read.problems, read.language)
        fail(COMMANDS("raters_roster_faults", path=path))
    return read.assignments


def rater_list(company: CompanyFolder, assignments: Sequence[Assignment], quarter: Quarter) -> RaterList:
    """The list of raters. Exits where it has errors, which are printed: a rater would be left out."""
    from xlkpi.catalogue.appraising.ratings import KINDS
    from xlkpi.raters.listing.listed import read_list
    from xlkpi.raters.rateable import counts, relations_of

    if not company.raters.is_file():
        fail(COMMANDS("raters_no_list", path=company.raters, quarter=quarter), USAGE)
    catalogue = catalogue_in_use()
    settings = catalogue.company(None, quarter)
    named = [word for id in _roles(assignments) for word in relations_of(catalogue.role(id, quarter))]
    counted = [kind for kind in KINDS if counts(settings, kind)]
    read = read_list(company.raters, assignments, named, counted)
    if any(problem.severity == ERROR for problem in read.problems):
        print_problems(read.problems)
        fail(COMMANDS("raters_list_faults", path=company.raters))
    return read


def _roles(assignments: Sequence[Assignment]) -> list[str]:
    return [*dict.fromkeys(one.role for one in assignments)]


@raters.command()
@click.argument("quarter", type=QuarterType())
@roster_option
@overwrite_option
@plainly
def suggest(quarter: Quarter, roster: Path | None, overwrite: bool) -> None:
    """按名册起草 评价人.xlsx：同一上级的互为同级，直接下属评上级；其他部门的请自己补上。"""
    from xlkpi.raters.listing.book import list_book
    from xlkpi.raters.listing.suggest import suggested
    from xlkpi.raters.listing.words import RELATIONS, relation
    from xlkpi.raters.rateable import counts, rated_indicators, relations_of

    company, catalogue = company_folder(), catalogue_in_use()
    assignments, settings = people(roster, catalogue, quarter), catalogue.company(None, quarter)
    roles = {id: catalogue.role(id, quarter) for id in _roles(assignments)}
    by_levels = {id for id, role in roles.items() if rated_indicators(role, settings)}
    named = {id: relations_of(role) for id, role in roles.items()}
    kinds = [kind for kind in RELATIONS if counts(settings, kind) and getattr(settings.ratings.shares, kind)]
    pairs = suggested(assignments, kinds, by_levels, named)
    if not pairs:
        fail(COMMANDS("raters_nothing_rated"))
    words = dict.fromkeys(word for of_role in named.values() for word in of_role)
    content = list_book(pairs, [*map(relation, RELATIONS), *words])
    write_whole(company.raters, content, overwrite=overwrite)
    open_lines = sum(not pair.rater for pair in pairs)
    click.echo(COMMANDS("raters_suggested", path=company.raters, count=len(pairs), open=open_lines))


@raters.command()
@click.argument("quarter", type=QuarterType())
@click.option("-o", "--output", type=FOLDER, help="写到这个文件夹；不写为这一季度的 评价/发出。")
@roster_option
@language_option
@overwrite_option
@plainly
def make(quarter: Quarter, output: Path | None, roster: Path | None, language: str, overwrite: bool) -> None:
    """给每位评价人生成一个评价表：里面只有他要评的人，等级从列表里选。"""
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.raters.asked import asked_of
    from xlkpi.raters.book import BookOf, rater_book
    from xlkpi.raters.files import file_names

    company, catalogue = company_folder(), catalogue_in_use()
    refuse_closed(company.history, quarter)
    assignments = people(roster, catalogue, quarter)
    listed = rater_list(company, assignments, quarter)
    print_problems(listed.problems)
    asked = asked_of(listed.pairs, assignments, catalogue, quarter, language)
    settings, folder = catalogue.company(None, quarter), output or company.ratings(quarter) / PARTS[0]
    names = file_names({rater: listed.raters[rater] for rater, rows in asked.items() if rows}, quarter, language)
    if not names:
        fail(COMMANDS("raters_nothing_asked"))
    for name in names.values():
        if (folder / name).exists() and not overwrite:
            raise FileExistsError(folder / name)
    table = Table(*(COMMANDS(f"raters_col_{key}") for key in ("rater_name", "people", "rows", "file")))
    for rater, name in names.items():
        of = BookOf(rater, listed.raters[rater], settings.name, language, settings.ratings.anonymous)
        write_whole(folder / name, rater_book(of, asked[rater]), overwrite=overwrite)
        judged = len({row.pair.person for row in asked[rater]})
        table.add_row(*map(escape, (listed.raters[rater], str(judged), str(len(asked[rater])), name)))
    terminal().print(table)
    idle = tuple(listed.raters[rater] for rater, rows in asked.items() if not rows)
    if idle:
        click.echo(COMMANDS("raters_idle", names=idle))
    click.echo(COMMANDS("raters_made", folder=folder, count=len(names)))


@raters.command()
@click.argument("quarter", type=QuarterType())
@click.argument("forms", nargs=-1, metavar="[FILE|DIR…]")
@click.option("--from", "returned", type=click.Path(path_type=Path), help="收回的评价表；不写为这一季度的 评价/收回。")
@click.option("-o", "--output", type=FOLDER, help="填好的考核表写到这个文件夹，原来的不动。")
@click.option("--in-place", is_flag=True, help="直接填进考核表。")
@click.option("--replace", is_flag=True, help="已填的和评价不一样时，换成评价的。")
@roster_option
@json_option
@overwrite_option
@plainly
def collect(
    quarter: Quarter,
    forms: tuple[str, ...],
    returned: Path | None,
    output: Path | None,
    in_place: bool,
    replace: bool,
    roster: Path | None,
    as_json: bool,
    overwrite: bool,
) -> None:
    """汇总收回的评价表，写 评价汇总.xlsx，并填进考核表（不写文件为 发出 里的）。

    如 xlkpi raters collect 2026Q4 --in-place
    """
    from xlkpi.cli.people import rating

    if output is not None and in_place:
        fail(COMMANDS("fill_where_twice"), USAGE)
    if forms and output is None and not in_place:
        fail(COMMANDS("fill_where"), USAGE)
    company = company_folder()
    refuse_closed(company.history, quarter)
    assignments = people(roster, catalogue_in_use(), quarter)
    listed = rater_list(company, assignments, quarter)
    run = rating.Rating(company, quarter, listed, assignments, replace=replace)
    run.receive(returned or company.ratings(quarter) / PARTS[1])
    targets = forms or ((str(quarter),) if output is not None or in_place else ())
    run.fill(targets, output, overwrite=overwrite)
    path = run.write_report()
    if as_json:
        print_json(run.as_json())
    else:
        run.tell(path)
    sys.exit(PROBLEMS if run.has_problems else 0)
