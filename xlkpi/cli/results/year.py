"""`xlkpi year`: the totals of a year, from the history of its quarters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import (
    FILE,
    FOLDER,
    PROBLEMS,
    USAGE,
    WORKBOOK,
    catalogue_in_use,
    fail,
    json_option,
    language_option,
    main,
    overwrite_option,
    plainly,
    print_json,
    terminal,
)
from xlkpi.cli.places import history_of, roster_of
from xlkpi.cli.results.rows import refuse_changed
from xlkpi.cli.rosters import roster_in_use
from xlkpi.common.files import write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from xlkpi.results.year.totals import Year


@main.command("year")
@click.argument("year", metavar="YEAR", type=click.IntRange(1000, 9999))
@click.option("-o", "--output", type=WORKBOOK, help="另写成工作簿（.xlsx），总分是公式，可以逐步核对。")
@click.option("--history", type=FOLDER, help="历史的文件夹；不写为公司文件夹里的，或当前文件夹里的“历史”。")
@click.option("--roster", type=FILE, help="名册：哪些人在岗；不写用公司文件夹里的名册。")
@language_option
@overwrite_option
@json_option
@plainly
def year_command(
    year: int,
    output: Path | None,
    history: Path | None,
    roster: Path | None,
    language: str,
    overwrite: bool,
    as_json: bool,
) -> None:
    """年度总分：各季度总分按公司的权重和在岗天数加权，再评年度等级和排名。

    在岗而没有结果的季度，不出年度总分，并说明。例：xlkpi year 2026 -o 年度.xlsx
    """
    from xlkpi.collect.history import HistoryError, load_quarter
    from xlkpi.results.year.book import year_book
    from xlkpi.results.year.totals import quarters_of, year_of

    if output is not None and output.exists() and not overwrite:
        raise FileExistsError(output)
    folder, catalogue, path = history_of(history, Path.cwd()), catalogue_in_use(), roster_of(roster)
    try:
        rows = {quarter: load_quarter(folder, quarter) for quarter in quarters_of(year)}
    except HistoryError as error:
        fail(str(error))
    for quarter in rows:
        refuse_changed(folder, quarter)
    if all(each.empty for each in rows.values()):
        fail(COMMANDS("no_results", source=year, path=folder), USAGE)
    rosters = {each: roster_in_use(path, catalogue, each, HANS).assignments for each in rows} if path else {}
    found = year_of(year, rows, rosters, catalogue)
    if output is not None:
        company = catalogue.company(language, max(found.weights)).name
        write_whole(output, year_book(found, company, language), overwrite=overwrite)
    if as_json:
        print_json(_json(found))
    else:
        _print(found, language)
        if output is not None:
            click.echo(COMMANDS("year_written", year=year, path=output))
    sys.exit(0 if all(person.settled for person in found.people) else PROBLEMS)


def _json(year: Year) -> dict[str, Any]:
    return {
        "year": year.year,
        "quarters": [
            {"quarter": str(quarter), "weight": weight, "days": quarter.days}
            for quarter, weight in year.weights.items()
        ],
        "absent": [str(quarter) for quarter in year.absent],
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "department": person.department,
                "superior": person.superior,
                "total": person.total,
                "grade": person.grade,
                "coefficient": person.coefficient,
                "rank": person.rank,
                "number_doubled": person.doubled,
                "quarters": [
                    {
                        "quarter": str(part.quarter),
                        "state": part.state,
                        "days": part.days,
                        "final": part.final,
                        "grade": part.grade or None,
                        "appeal_open": part.appealed,
                    }
                    for part in person.parts
                ],
            }
            for person in year.people
        ],
    }


def _print(year: Year, language: str) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.i18n.numbers import score_text
    from xlkpi.results.year.book import year_remarks

    console, labels = terminal(), words(language)
    headers = [labels(key) for key in ("rank_word", "employee_id", "name", "department")]
    table = Table(*headers, *map(str, year.weights), labels("year_total"), labels("grade"), title=str(year.year))
    for person in year.people:
        finals = [score_text(part.final) or "—" for part in person.parts]
        who = (str(person.rank or "—"), person.id, person.name, person.department)
        table.add_row(*map(escape, (*who, *finals, score_text(person.total) or "—", person.grade or "—")))
    console.print(table)
    for person in year.people:
        for remark in year_remarks(person, year, labels):
            name = " ".join(filter(None, (person.id, person.name)))
            click.echo(COMMANDS("payroll_one", who=name or "—", reason=remark))
    if year.absent:
        click.echo(labels("year_absent", quarters=labels("list_separator").join(map(str, year.absent))))
