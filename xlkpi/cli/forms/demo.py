"""`xlkpi demo`: fills the forms of all roles with sample data and prints their scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import language_option, main, overwrite_option, plainly, terminal
from xlkpi.cli.forms.score import print_form
from xlkpi.common.files import write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import score_text

if TYPE_CHECKING:
    from xlkpi.intake.workbook import FilledWorkbook


@main.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path("xlkpi-demo"))
@language_option
@overwrite_option
@plainly
def demo(directory: Path, language: str, overwrite: bool) -> None:
    """生成全部岗位的考核表，填入示例数据，计算；列出电商运营的得分与全部岗位的排名。"""
    from xlkpi.calc.engine import recalculate
    from xlkpi.catalogue.catalogue import Catalogue
    from xlkpi.form.prefill import typed_cells
    from xlkpi.intake.workbook import read
    from xlkpi.writer.workbook import sheets_of_roles, uncalculated
    from xlkpi.xlsx.edit import fill

    catalogue = Catalogue.shipped()  # its samples are the demonstration, whichever catalogue is in use
    samples = catalogue.samples(language)
    quarter = Quarter.parse(samples[_DEMONSTRATED].quarter)
    roles = sorted(catalogue.roles(quarter).values(), key=lambda role: role.id != _DEMONSTRATED)  # that one first
    sheets = sheets_of_roles(roles, catalogue, language)
    content = uncalculated(sheets, catalogue, quarter, language)
    typed = {
        sheet.title: typed_cells(sheet.role, sample.measures, sample.person, sample.targets)
        for sheet in sheets
        if sheet.role.id in samples  # a role that somebody added may have none
        for sample in [samples[sheet.role.id]]
    }
    path = directory / f"{quarter}-{words(language)('sample_file')}.xlsx"
    write_whole(path, recalculate(fill(content, typed)), overwrite=overwrite)
    filled = read(path, catalogue)
    _print_ranking(filled, language)
    print_form(filled.forms[0], filled.quarter)
    click.echo(f"\n{COMMANDS('demo_file', language, path=path.resolve())}")
    click.echo(COMMANDS("demo_open", language))


_DEMONSTRATED = "ecommerce-operations"


def _print_ranking(filled: FilledWorkbook, language: str) -> None:
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.appraisal.people import ranks

    table = Table(*map(words(language), ("rank_word", "post", "name", "final", "grade")))
    places = ranks([form.appraisal.final for form in filled.forms])
    for rank, form in sorted(zip(places, filled.forms, strict=True), key=lambda pair: pair[0] or len(places) + 1):
        appraisal = form.appraisal
        name = appraisal.inputs.person.get("name", "")
        row = (str(rank or "—"), form.sheet, name, score_text(appraisal.final), appraisal.grade or "—")
        table.add_row(*map(escape, row))
    terminal().print(table)
