"""`xlkpi guide`: writes an improvement guide for everyone in a workbook or folder."""

from __future__ import annotations

import errno
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FOLDER,
    PROBLEMS,
    QuarterType,
    catalogue_in_use,
    fail,
    main,
    overwrite_option,
    plainly,
    print_problems,
    progress,
)
from xlkpi.cli.people.appeal import appeals_folder, with_appeals
from xlkpi.cli.places import history_of, output_of, place_of, quarter_named
from xlkpi.cli.quarter.receiving import FEW
from xlkpi.cli.workers import dask_option, jobs_option, workers
from xlkpi.common.company_folder import HISTORY, CompanyFolder
from xlkpi.common.files import write_whole
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    import pandas as pd

    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.collect.collection import Collection
    from xlkpi.common.quarter import Quarter
    from xlkpi.guide.content import Guide

_FORMATS = {"html": ("html",), "docx": ("docx",), "both": ("html", "docx")}


@main.command("guide")
@click.argument("source", metavar="FILE|DIR", type=click.Path(path_type=Path, readable=False))
@click.option("-o", "--output", type=FOLDER, help="写到这个文件夹；在公司文件夹里用季度时可以不写。")
@click.option("--format", "kind", type=click.Choice(list(_FORMATS)), default="both", show_default=True, help="格式。")
@click.option("--quarter", type=QuarterType(), help="哪个季度；不写为多数文件的季度。")
@click.option("--history", type=FOLDER, help=f"历史的文件夹；不写为 FILE|DIR 旁边的“{HISTORY}”，没有就不写以往季度。")
@click.option("--appeals", type=FOLDER, help="申诉表的文件夹；在公司文件夹里用季度时不写为 考核/季度/申诉。")
@click.option("--template-dir", type=FOLDER, help="自己的模板所在的文件夹；缺的模板先照程序的写一份在这里。")
@jobs_option
@dask_option
@overwrite_option
@plainly
def guide_command(
    source: Path,
    output: Path | None,
    kind: str,
    quarter: Quarter | None,
    history: Path | None,
    appeals: Path | None,
    template_dir: Path | None,
    jobs: int | None,
    cluster: str | None,
    overwrite: bool,
) -> None:
    """每人一份改进指南（网页、Word）：得分、失分与原因、提升空间、以往季度、商定的措施。

    读一个填好的工作簿，或一个文件夹，如 xlkpi guide 2026Q4/ -o 2026Q4-指南
    """
    from xlkpi.guide.content import guides
    from xlkpi.guide.files import named
    from xlkpi.i18n.extras import WORD, need
    from xlkpi.intake.received import find_files
    from xlkpi.results.calibration.apply import as_calibrated, changes_in

    if "docx" in _FORMATS[kind]:
        need(WORD)  # before reading all the files
    output = output_of(output, quarter_named(source), CompanyFolder.guides)
    appeals = appeals_folder(appeals, quarter_named(source))
    source = place_of(source, CompanyFolder.returned)
    if not source.exists():
        raise FileNotFoundError(errno.ENOENT, "", str(source))
    catalogue = catalogue_in_use()
    sources = find_files([source], [appeals] if appeals else ()) if source.is_dir() else [(source.name, source)]
    with workers(jobs, cluster, many=len(sources) > FEW) as executor:
        collection = _collected(source, sources, catalogue, (quarter, appeals), executor)
        past, of_quarter = _history(source, history, collection)
        if of_quarter is not None:
            collection = as_calibrated(collection, changes_in(of_quarter, collection))
        all_guides = guides([ranked.person for ranked in collection.ranking], collection.quarter, past)
        _write(named(all_guides), catalogue, output, _FORMATS[kind], template_dir, executor, overwrite=overwrite)
    incomplete = sum(not guide.person.complete for guide in all_guides)
    language = collection.language
    key = "guides_incomplete" if incomplete else "guides"
    click.echo(COMMANDS(key, language, path=output, people=len(all_guides), incomplete=incomplete))
    print_problems(collection.problems, language)
    sys.exit(PROBLEMS if collection.problems else 0)


def _collected(
    source: Path,
    sources: Sequence[tuple[str, Path]],
    catalogue: Catalogue,
    of: tuple[Quarter | None, Path | None],
    executor: Executor | None,
) -> Collection:
    """Read the files and combine them as `xlkpi collect` does. Exits with a message where no form can be read.

    of: the quarter, None for that of most files; and the folder of its appeals, None without one.
    """
    from xlkpi.collect.collection import collect
    from xlkpi.intake.counting import language_of_most, quarter_of
    from xlkpi.intake.received import receive_all

    files = progress(receive_all(sources, catalogue, executor), COMMANDS("reading"), len(sources))
    received = [file for file in files if not file.own]
    quarter, language = of[0] or quarter_of(received), language_of_most(received)
    if quarter is None:
        print_problems([problem for file in received for problem in file.problems])
        fail(COMMANDS("nothing_to_guide", path=source))
    received, told = with_appeals(received, quarter, of[1], language)
    collection = collect(received, quarter, catalogue, language=language)
    return replace(collection, problems=(*told, *collection.problems))


def _write(
    files: Sequence[tuple[str, Guide]],
    catalogue: Catalogue,
    output: Path,
    formats: tuple[str, ...],
    template_dir: Path | None,
    executor: Executor | None,
    *,
    overwrite: bool,
) -> None:
    from xlkpi.guide.files import rendered
    from xlkpi.guide.render import TemplateFault, templates

    for path in (output / f"{name}.{format}" for name, _ in files for format in formats):
        if path.exists() and not overwrite:  # before anything is written
            raise FileExistsError(path)
    contents, written = templates(formats, template_dir)
    for path in written:
        click.echo(COMMANDS("template_written", path=path))
    all_pages = rendered(files, contents, catalogue, executor)
    try:
        for pages in progress(all_pages, COMMANDS("writing_guides"), len(files)):
            for name, content in pages:
                write_whole(output / name, content, overwrite=overwrite)
    except TemplateFault as error:
        fail(str(error))


def _history(
    source: Path, folder: Path | None, collection: Collection
) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """What the history has of these people, and of this quarter.

    None where no history is named, and none lies beside the source or in the company's folder.
    """
    from xlkpi.collect.history import HistoryError, load, load_quarter
    from xlkpi.guide.past import READ

    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, "", str(folder))
    history = history_of(folder, source.absolute().parent)
    if not history.is_dir():
        return None, None
    people = {ranked.person.id for ranked in collection.ranking}
    try:
        return load(history, READ, {"id": people}), load_quarter(history, collection.quarter)
    except HistoryError as error:
        fail(str(error))
