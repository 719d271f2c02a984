"""`xlkpi fill --suggest`: drafts what the columns of a table are, into the mapping workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import USAGE, WORKBOOK, catalogue_in_use, company_in_use, fail
from xlkpi.cli.numbers.forms import form_sources, read_forms
from xlkpi.common.files import write_whole
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.problems import UnreadableError

if TYPE_CHECKING:
    from xlkpi.common.quarter import Quarter
    from xlkpi.fill.mapping.model import Mappings, TableMapping
    from xlkpi.fill.mapping.suggest import Labels

_LOST = ("fill_map_no_sheet", "fill_map_no_column")
"""What keeps the mapping workbook from being read at all."""


def suggest_mapping(source: Path, forms: Sequence[str], output: Path | None, *, overwrite: bool) -> None:
    """Write the draft of a table; to the tables that the mapping workbook has already, where there is one."""
    from xlkpi.fill.mapping.book import mapping_book
    from xlkpi.fill.tables.table import TableError
    from xlkpi.fill.words import mapping_word

    company = company_in_use()
    if output is None:
        output = company.mappings if company is not None else Path(COMMANDS("fill_mapping_file"))
    WORKBOOK.convert(str(output), None, None)
    labels, quarter = _labels(forms)
    known, shops, lines = _known(output, labels, overwrite=overwrite)
    try:
        drafts, names = _drafts(source, labels, quarter)
    except TableError as error:
        fail(COMMANDS("cannot_read_table", path=source, error=COMMANDS(error.key, **error.values)))
    except UnreadableError as error:
        fail(COMMANDS("cannot_read_table", path=source, error=error))
    there = {draft.name: known.covering([column.header for column in draft.columns]) for draft in drafts}
    new = [draft for draft in drafts if not there[draft.name]]
    if not new:
        alike = tuple(dict.fromkeys(mapping.name for found in there.values() for mapping in found))
        click.echo(COMMANDS("fill_already", path=output, table=source.name, names=alike))
        return
    shops |= {name: shops.get(name, ()) for name in names}
    write_whole(output, mapping_book(new, shops, labels, lines), overwrite=True)
    for draft in new:
        used = sum(column.kind != "unused" for column in draft.columns)
        questions = sum(bool(column.remark) for column in draft.columns)
        values = {"table": draft.name, "columns": len(draft.columns), "known": used, "questions": questions}
        click.echo(COMMANDS("fill_suggested", path=output, **values))
    if any(not numbers for numbers in shops.values()):
        click.echo(
            COMMANDS("fill_shops_to_name", sheet=mapping_word("shops"), count=sum(not n for n in shops.values()))
        )


def _labels(forms: Sequence[str]) -> tuple[Labels, Quarter]:
    """The labels of the forms, else of all roles of the company; and the quarter that months without a year are of."""
    import datetime as dt

    from xlkpi.common.quarter import Quarter
    from xlkpi.fill.run import labels_in, labels_of, quarter_of
    from xlkpi.fill.tables.table import TableError

    if not forms:
        today = dt.datetime.now(dt.UTC).date()
        quarter = Quarter(today.year, (today.month + 2) // 3)
        return labels_in(catalogue_in_use(), None), quarter
    found = [form for file in read_forms(form_sources(forms), catalogue_in_use(), None) for form in file.forms]
    try:
        return labels_of(found), quarter_of(found)
    except TableError as error:
        fail(COMMANDS(error.key, **error.values))


def _known(
    output: Path, labels: Labels, *, overwrite: bool
) -> tuple[Mappings, dict[str, tuple[str, ...]], list[dict[str, str]]]:
    """What the mapping workbook has already, and its lines as written. Exits where adding would lose something.

    What is wrong with a line does not matter: it stays as it is, and `fill` tells it.
    """
    from xlkpi.fill.findings import Findings
    from xlkpi.fill.mapping.model import Mappings
    from xlkpi.fill.mapping.reading import lines_as_written, read_mappings, shops_as_written
    from xlkpi.fill.tables.table import TableError, read_tables
    from xlkpi.fill.words import mapping_word

    if not output.exists() or overwrite:
        return Mappings(), {}, []
    own = {mapping_word(key) for key in ("sheet", "shops")}
    findings = Findings()
    try:
        others = tuple(table.sheet for table in read_tables(output) if table.sheet not in own)
        if others:
            names = {"columns": mapping_word("sheet"), "shops": mapping_word("shops"), "others": others}
            fail(COMMANDS("fill_map_other_sheets", path=output, **names), USAGE)
        known = read_mappings(output, labels, findings)
        shops, lines = shops_as_written(output), lines_as_written(output)
    except (TableError, UnreadableError) as error:
        text = COMMANDS(error.key, **error.values) if isinstance(error, TableError) else str(error)
        fail(COMMANDS("cannot_read_table", path=output, error=text))
    lost = [one for one in findings if one.key in _LOST]
    if lost:
        fail("\n".join(COMMANDS("fill_line", where=one.where, message=one.message) for one in lost))
    return known, shops, lines


def _drafts(source: Path, labels: Labels, quarter: Quarter) -> tuple[list[TableMapping], list[str]]:
    """The drafts of the tables in a file, and the shops in them."""
    from xlkpi.fill.mapping.headers import best_header, header_rows
    from xlkpi.fill.mapping.suggest import drafted, is_known, lacking, shops_in
    from xlkpi.fill.tables.table import read_tables

    drafts, shops = [], list[str]()
    tables = read_tables(source)
    for table in tables:
        header = best_header(header_rows(table), lambda text: is_known(text, labels, quarter))
        if header is None:
            continue
        draft = drafted(table, header, labels, quarter)
        if len(tables) > 1 and len(lacking(draft)) > 1:
            continue
        drafts.append(draft)
        shops += shops_in(table, header, draft)
    return drafts, list(dict.fromkeys(shops))
