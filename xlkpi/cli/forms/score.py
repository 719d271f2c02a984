"""`xlkpi score`: read a filled workbook and score it in Python."""

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
from xlkpi.i18n.numbers import score_text

if TYPE_CHECKING:
    from pathlib import Path

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
    print_problems(filled.problems)


def print_form(form: FilledForm, quarter: str | None) -> None:
    """Print one form: its indicators with score and receipt, total, grade, alerts."""
    from rich.markup import escape
    from rich.table import Table

    console, appraisal = terminal(), form.appraisal
    person = appraisal.inputs.person.get("name") or "（未填姓名）"
    table = Table(title=escape(f"{form.sheet} · {person} · {quarter or ''}"), title_justify="left")
    for heading in ("指标", "权重", "得分", "扣分", "说明"):
        table.add_column(heading, justify="right" if heading in ("权重", "得分", "扣分") else "left", overflow="fold")
    for result in appraisal.indicators:
        table.add_row(*(escape(cell) for cell in _indicator_row(result)))
    console.print(table)
    final = score_text(appraisal.final) or "（数据未填完）"
    console.print(f"总分 [bold]{escape(final)}[/bold]　等级 [bold]{escape(appraisal.grade or '—')}[/bold]")
    for _, text in appraisal.alerts:
        console.print(f"提醒：{escape(text)}", style="yellow")


def _indicator_row(result: IndicatorResult) -> tuple[str, str, str, str, str]:
    """Label, weight, score, deduction, receipt."""
    problem = isinstance(result.score, str) and result.receipt is None
    receipt = "" if problem else result.receipt or "（数据未填）"
    return (
        result.label,
        f"{score_text(result.weight)}%",
        score_text(result.score),
        score_text(result.deducted),
        receipt,
    )
