"""`xlkpi calibrate`: writes the workbook in which grades are calibrated; what `collect --calibration` makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    USAGE,
    WORKBOOK,
    QuarterType,
    catalogue_in_use,
    fail,
    language_option,
    main,
    overwrite_option,
    plainly,
)
from xlkpi.cli.people.closed import refuse_closed
from xlkpi.cli.places import output_of, quarter_named
from xlkpi.cli.results.rows import rows_of
from xlkpi.common.files import shown_name, write_whole
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    import pandas as pd

    from xlkpi.collect.collection import Collection
    from xlkpi.common.company_folder import CompanyFolder
    from xlkpi.common.quarter import Quarter


@main.command()
@click.argument("source", metavar="SUMMARY|QUARTER", type=click.Path(path_type=Path, readable=False))
@click.option("-o", "--output", type=WORKBOOK, help="写到这个文件（.xlsx）；在公司文件夹里用季度时可以不写。")
@click.option("--quarter", type=QuarterType(), help="汇总文件里的哪个季度；不写为它唯一的季度。")
@click.option("--history", type=click.Path(path_type=Path, file_okay=False, readable=False), help="历史的文件夹。")
@language_option
@overwrite_option
@plainly
def calibrate(
    source: Path, output: Path | None, quarter: Quarter | None, history: Path | None, language: str, overwrite: bool
) -> None:
    """生成校准表：每人一行，可以提议改等级；各上级的平均分、标准差、等级人数在旁边。

    填好后：xlkpi collect 季度 --calibration 校准表。例：xlkpi calibrate 汇总.xlsx -o 校准.xlsx
    """
    from xlkpi.collect.history import HistoryError, load_quarter
    from xlkpi.results.calibration.book import calibration_book
    from xlkpi.results.calibration.content import content_of

    output = output_of(output, quarter_named(source), _calibration)
    if output.exists() and not overwrite:
        raise FileExistsError(output)
    of = rows_of(source, quarter, history)
    refuse_closed(of.history, of.quarter)
    try:
        before = load_quarter(of.history, of.quarter.before)
    except HistoryError as error:
        fail(str(error))
    content = content_of(of.rows, before, of.quarter, catalogue_in_use(), language)
    write_whole(output, calibration_book(content, language), overwrite=overwrite)
    click.echo(COMMANDS("calibration_written", path=output, people=len(content.results), quarter=of.quarter))


def _calibration(company: CompanyFolder, quarter: Quarter) -> Path:
    return company.summary(quarter) / f"{quarter}-{words()('calibration_file')}.xlsx"


def with_calibration(collection: Collection, path: Path | None, before: pd.DataFrame) -> Collection:
    """The collection with the grades of a calibration workbook, if there is one, and with its problems.

    before: the history of the quarter as it was. Exits with a message where the workbook cannot be used.
    """
    from dataclasses import replace

    from xlkpi.i18n.problems import UnreadableError
    from xlkpi.results.calibration.apply import as_calibrated, lost
    from xlkpi.results.calibration.reading import read_calibration

    if path is not None:
        try:
            changes, problems = read_calibration(path.read_bytes(), shown_name(path), collection)
        except UnreadableError as error:
            message = error.in_language(collection.language)
            fail(COMMANDS("calibration_unusable", path=path, message=message), USAGE)
        collection = as_calibrated(collection, changes)
        collection = replace(collection, problems=(*collection.problems, *problems))
    return replace(collection, problems=(*collection.problems, *lost(before, collection)))
