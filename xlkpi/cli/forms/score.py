"""`xlkpi score`: reads a filled workbook, scores it in Python and prints every indicator."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from xlkpi.cli.app import (
    FILE,
    PROBLEMS,
    catalogue_in_use,
    json_option,
    main,
    plainly,
    print_json,
    print_problems,
    terminal,
)
from xlkpi.i18n.labels import words
from xlkpi.i18n.message_files import COMMANDS
from xlkpi.i18n.numbers import score_text

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import JustifyMethod

    from xlkpi.appraisal.appraise import IndicatorResult
    from xlkpi.appraisal.filled import FilledForm
    from xlkpi.intake.workbook import FilledWorkbook


@main.command()
@click.argument("file", type=FILE)
@json_option
@plainly
def score(file: Path, as_json: bool) -> None:
    """读出填好的表，由Python计分，列出每个指标的得分与说明。"""
    from xlkpi.cli.json_shapes import filled_json
    from xlkpi.intake.workbook import read

    filled = read(file, catalogue_in_use())
    if as_json:
        print_json(filled_json(filled))
    else:
        _print_filled(filled)
    sys.exit(PROBLEMS if filled.problems else 0)


def _print_filled(filled: FilledWorkbook) -> None:
    for form in filled.forms:
        print_form(form, filled.quarter)
    print_problems(filled.problems, filled.language)


def print_form(form: FilledForm, quarter: str | None) -> None:
    """Print one form: its indicators with score and receipt, total, grade, alerts."""
    from rich.markup import escape
    from rich.table import Table

    console, appraisal = terminal(), form.appraisal
    language = appraisal.inputs.language
    labels = words(language)
    person = appraisal.inputs.person.get("name") or COMMANDS("nameless", language)
    table = Table(title=escape(f"{appraisal.role.title} · {person} · {quarter or ''}"), title_justify="left")
    for key in ("indicator", "weight", "score", "deducted", "receipt"):
        justify: JustifyMethod = "left" if key in ("indicator", "receipt") else "right"
        table.add_column(labels(key), justify=justify, overflow="fold")
    for result in appraisal.indicators:
        table.add_row(*(escape(cell) for cell in _indicator_row(result, language)))
    console.print(table)
    final = score_text(appraisal.final) or COMMANDS("incomplete", language)
    values = {"final": f"[bold]{escape(final)}[/bold]", "grade": f"[bold]{escape(appraisal.grade or '—')}[/bold]"}
    console.print(COMMANDS("final_and_grade", language, **values))
    for _, text in appraisal.alerts:
        console.print(escape(COMMANDS("alert", language, text=text)), style="yellow")


def _indicator_row(result: IndicatorResult, language: str) -> tuple[str, str, str, str, str]:
    """Label, weight, score, deduction, receipt."""
    refused = isinstance(result.score, str) and result.receipt is None
    receipt = "" if refused else result.receipt or COMMANDS("no_data", language)
    return (
        result.label,
        f"{score_text(result.weight)}%",
        score_text(result.score),
        score_text(result.deducted),
        receipt,
    )
