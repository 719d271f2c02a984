"""`xlkpi adopt`: takes in the appraisal tables that a company has, as a role workbook with questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import (
    FILE,
    USAGE,
    WORKBOOK,
    QuarterType,
    fail,
    json_option,
    main,
    may_write,
    overwrite_option,
    plainly,
    print_json,
    terminal,
)
from xlkpi.common.files import shown_name, write_whole
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from xlkpi.adopt.adoption import Adopted, Adoption

_SHOWN_QUESTIONS = 12
"""Questions of a file that are printed; the workbook has all of them."""


@main.command()
@click.argument("table", metavar="旧表", type=FILE)
@click.option("-o", "--output", type=WORKBOOK, help="写到这个岗位工作簿（.xlsx），如 岗位/客服.xlsx。")
@click.option("--sheet", "sheets", multiple=True, metavar="工作表", help="只读这张工作表，可以写几次；不写为全部。")
@click.option("--id", "role_id", default="", metavar="代号", help="岗位的代号；不写就由名称得出。只用于一张表。")
@click.option("--from", "quarter", type=QuarterType(), help="表上没有写季度时，从哪一季起考核；不写为本季。")
@json_option
@overwrite_option
@plainly
def adopt(
    table: Path,
    output: Path | None,
    sheets: tuple[str, ...],
    role_id: str,
    quarter: Quarter | None,
    as_json: bool,
    overwrite: bool,
) -> None:
    """把旧的考核表（.xlsx、.xls、.csv）变成岗位工作簿：读懂的填好，说不清的列为问题。"""
    from xlkpi.adopt.adoption import adopt as adopt_file
    from xlkpi.i18n.problems import UnreadableError

    if output is None and not as_json:
        fail(COMMANDS("adopt_output"), USAGE)
    if output is not None:
        may_write(output, table, overwrite=overwrite)
    try:
        adoption = adopt_file(table, quarter or _this_quarter(), sheets, role_id)
    except UnreadableError as error:
        fail(COMMANDS("adopt_unreadable", file=shown_name(table), message=error))
    _check(adoption, table, sheets, role_id)
    if output is not None:
        from xlkpi.role_books.book import role_book

        write_whole(output, role_book([adopted.draft for adopted in adoption.tables]), overwrite=overwrite)
    if as_json:
        print_json([_json(adopted) for adopted in adoption.tables])
    else:
        _print(adoption, output)


def _this_quarter() -> Quarter:
    today = dt.date.today()
    return Quarter(today.year, (today.month + 2) // 3)


def _check(adoption: Adoption, table: Path, sheets: Sequence[str], role_id: str) -> None:
    """Exit where a sheet is not there, nothing was found, or one id is given to several roles."""
    missing = [sheet for sheet in sheets if sheet not in adoption.sheets]
    if missing:
        fail(COMMANDS("adopt_no_sheet", file=shown_name(table), sheet=missing[0], sheets=adoption.sheets), USAGE)
    if not adoption.tables:
        lines = [COMMANDS("adopt_nothing", file=shown_name(table))]
        for sheet, seen in adoption.without:
            key = "adopt_saw" if seen else "adopt_saw_nothing"
            lines.append(COMMANDS(key, sheet=sheet or shown_name(table), headings=seen))
        fail("\n".join(lines))
    if role_id and len(adoption.tables) > 1:
        fail(COMMANDS("adopt_one_id", count=len(adoption.tables)), USAGE)


def _json(adopted: Adopted) -> dict[str, Any]:
    draft = adopted.draft
    return {
        "sheet": adopted.sheet,
        "headings": adopted.headings,
        "data": draft.data,
        "originals": draft.originals,
        "unread": draft.unread,
        "left": draft.left,
        "questions": [asdict(question) for question in draft.questions],
    }


def _print(adoption: Adoption, output: Path | None) -> None:
    """Print what was understood of each table, then the first questions."""
    from rich.markup import escape
    from rich.table import Table

    console, table = terminal(), Table()
    for key in ("sheet", "headings", "role", "indicators", "questions", "left"):
        heading = COMMANDS(f"adopt_column_{key}")
        table.add_column(heading, justify="left" if key in ("sheet", "headings", "role") else "right", overflow="fold")
    for adopted in adoption.tables:
        draft = adopted.draft
        numbers = len(draft.data["indicators"]), len(draft.questions), len(draft.left) + len(draft.unread)
        texts = adopted.sheet, adopted.headings, str(draft.data["title"]), *map(str, numbers)
        table.add_row(*map(escape, texts))
    console.print(table)
    questions = [(adopted, question) for adopted in adoption.tables for question in adopted.draft.questions]
    for adopted, question in questions[:_SHOWN_QUESTIONS]:
        line = COMMANDS("adopt_question", role=adopted.draft.data["title"], text=question.text)
        console.print(escape(line), soft_wrap=True)
    if len(questions) > _SHOWN_QUESTIONS:
        click.echo(COMMANDS("adopt_more_questions", count=len(questions) - _SHOWN_QUESTIONS))
    for sheet, _ in adoption.without:
        click.echo(COMMANDS("adopt_sheet_without", sheet=sheet))
    for sheet, other in adoption.same:
        click.echo(COMMANDS("adopt_sheet_same", sheet=sheet, other=other))
    for sheet in adoption.hidden:
        click.echo(COMMANDS("adopt_hidden_sheet", sheet=sheet))
    if output is not None:
        key = "adopt_written" if questions else "adopt_written_whole"
        click.echo(COMMANDS(key, path=output, count=len(questions)))
