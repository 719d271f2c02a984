"""`xlkpi payroll`: writes the results of a quarter as a table for payroll."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import FILE, FOLDER, PROBLEMS, USAGE, catalogue_in_use, fail, main, overwrite_option, plainly
from xlkpi.cli.places import output_of, quarter_named, roster_of
from xlkpi.cli.results.rows import rows_of
from xlkpi.cli.rosters import roster_in_use
from xlkpi.common.files import write_whole
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from xlkpi.common.company_folder import CompanyFolder
    from xlkpi.common.quarter import Quarter


@main.command()
@click.argument("source", metavar="SUMMARY|QUARTER", type=click.Path(path_type=Path, readable=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="写到这个文件（.xlsx 或 .csv）；在公司文件夹里用季度时可以不写。",
)
@click.option("--roster", type=FILE, help="名册：在册而没有收到表的人另列；不写用公司文件夹里的名册。")
@click.option("--history", type=FOLDER, help="历史的文件夹。")
@overwrite_option
@plainly
def payroll(source: Path, output: Path | None, roster: Path | None, history: Path | None, overwrite: bool) -> None:
    """工资表：每人一行，列名照 公司.xlsx 的“导出”一页；没有结果、申诉未决的人另列。

    例：xlkpi payroll 2026Q4 -o 工资.csv
    """
    from xlkpi.catalogue.appraising.results import OFF
    from xlkpi.collect.history import open_appeals
    from xlkpi.results.payroll import rows
    from xlkpi.results.payroll.files import payroll_book, payroll_csv
    from xlkpi.results.people import results_of

    named = quarter_named(source)
    output = output_of(output, named, _payroll)
    write = {".xlsx": payroll_book, ".csv": payroll_csv}.get(output.suffix.lower())
    if write is None:
        fail(COMMANDS("payroll_ending", path=output), USAGE)
    if output.exists() and not overwrite:
        raise FileExistsError(output)
    of, catalogue = rows_of(source, None, history), catalogue_in_use()
    path = roster_of(roster) if named else roster
    expected = roster_in_use(path, catalogue, of.quarter, HANS).assignments if path else None
    settings = catalogue.company(None, of.quarter).results
    if settings.coefficient == OFF and any(each.content == rows.COEFFICIENT for each in settings.export):
        fail(COMMANDS("payroll_no_coefficients"))
    table = rows.payroll(results_of(of.rows, of.quarter), of.quarter, catalogue, expected, open_appeals(of.rows))
    write_whole(output, write(table), overwrite=overwrite)
    click.echo(COMMANDS("payroll_written", quarter=of.quarter, people=len(table.rows), path=output))
    if table.apart:
        click.echo(COMMANDS("payroll_apart", count=len(table.apart)))
        for one in table.apart:
            who = " ".join(filter(None, (one.id, one.name)))
            click.echo(COMMANDS("payroll_one", who=who or "—", reason=one.reason))
    sys.exit(PROBLEMS if table.apart else 0)


def _payroll(company: CompanyFolder, quarter: Quarter) -> Path:
    return company.summary(quarter) / f"{quarter}-{COMMANDS('payroll_sheet')}.xlsx"
