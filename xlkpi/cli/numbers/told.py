"""Tells what `fill` did: a table on the terminal, or JSON."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlkpi.cli.app import print_problems, terminal
from xlkpi.i18n.message_files import COMMANDS

if TYPE_CHECKING:
    from xlkpi.fill.findings import Finding
    from xlkpi.fill.run import Filling

_MOST = 40
"""Findings that are printed; the receipt has all of them."""
_STYLES = {"fault": "red", "conflict": "yellow", "note": "dim"}
_MAPPED = (
    "fill_column_asked",
    "fill_column_left",
    "fill_lacks_person",
    "fill_lacks_values",
    "fill_lacks_month",
    "fill_rate_asked",
)


def print_filled(filling: Filling, written: tuple[int, int], output: Path | None, receipt: Path | None) -> None:
    """Print what became of the cells of every form, what was not placed, and where the files are."""
    from rich.markup import escape
    from rich.table import Table

    from xlkpi.fill.place import FILLED, SAME
    from xlkpi.fill.receipt import CONFLICTS, counts, summary

    for file in filling.files:
        print_problems(file.problems, file.language)
    rows = summary(filling.placing.placed)
    if rows:
        table = Table(*(COMMANDS(f"fill_col_{key}") for key in ("file", "sheet", "filled", "same", "conflicts")))
        for file_name, sheet, *numbers in rows[:_MOST]:
            table.add_row(escape(file_name), escape(sheet), *(str(number or "") for number in numbers))
        terminal().print(table)
    found = list(filling.findings)
    _print_findings(found)
    count = counts(filling.placing.placed)
    conflicts = sum(count[state] for state in CONFLICTS)
    faults = sum(one.count for one in found if one.kind == "fault")
    click.echo(COMMANDS("fill_done", filled=count[FILLED], same=count[SAME], conflicts=conflicts, faults=faults))
    files, changed = written
    if output is not None:
        click.echo(COMMANDS("fill_written", folder=output, files=files, changed=changed))
    elif changed:
        click.echo(COMMANDS("fill_written_in_place", changed=changed, left=files - changed))
    else:
        click.echo(COMMANDS("fill_nothing_changed"))
    if receipt is not None:
        click.echo(COMMANDS("fill_receipt_written", path=receipt))


def _print_findings(found: list[Finding]) -> None:
    from rich.markup import escape

    console = terminal()
    order = list(_STYLES)
    ordered = sorted(found, key=lambda one: order.index(one.kind))
    for one in ordered[:_MOST]:
        line = COMMANDS("fill_line", where=one.where, message=one.message)
        console.print(escape(line), style=_STYLES[one.kind], soft_wrap=True)
    if len(ordered) > _MOST:
        click.echo(COMMANDS("fill_more_findings", count=len(ordered) - _MOST))
    if any(one.key in _MAPPED for one in found):
        click.echo(COMMANDS("fill_how_to_map"))


def filled_json(filling: Filling) -> dict[str, Any]:
    """The cells, the findings, and the problems of the forms."""
    from xlkpi.fill.receipt import month_of

    return {
        "cells": [
            {
                "file": one.form.file,
                "sheet": one.form.sheet,
                "cell": one.slot.address,
                "person": one.form.number,
                "measure": one.candidate.measure.id,
                "label": one.candidate.measure.label,
                "month": month_of(one),
                "before": one.before,
                "value": one.value,
                "state": one.state,
                "origin": one.candidate.origin.text,
            }
            for one in filling.placing.placed
        ],
        "findings": [
            {"kind": one.kind, "file": one.file, "sheet": one.sheet, "cell": one.cell, "message": one.message}
            for one in filling.findings
        ],
        "problems": [asdict(problem) for file in filling.files for problem in file.problems],
    }
