"""Writes the sheet 不计分事项 of the summary workbook."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from xlkpi.appraisal.exceptions import situation_words
from xlkpi.collect.exceptions.listed import BY_HR, BY_ROLE, BY_SUPERIOR, Excepted
from xlkpi.i18n.numbers import is_number, round_half_up
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue

WIDTHS = (12, 13, 20, 13, 26, 16, 12, 10, 36, 13, 16)
_COLUMNS = (
    "employee_id", "name", "post", "superior", "indicator", "situation", "score", "weight", "exception_reason",
    "approver", "excepted_by",
)  # fmt: skip


def write_excepted(sheet: TableSheet, lines: Sequence[Excepted]) -> None:
    """Write every indicator that its rule did not score; those that only the superior approved stand out."""
    labels = sheet.labels
    words = situation_words(labels.language)
    by = {key: labels(f"excepted_{key}") for key in (BY_HR, BY_SUPERIOR, BY_ROLE)}
    cells = [CENTRE, TEXT, TEXT, TEXT, TEXT, CENTRE, SCORE, SCORE.but(format='0.0"%"'), TEXT, TEXT, CENTRE]
    rows = [_row(line, words, by) for line in lines]
    table = sheet.table([labels(key) for key in _COLUMNS], cells, rows)
    first = f"{sheet.letter(len(_COLUMNS) - 1)}{table.first}"
    rule = FormulaRule([f'{first}="{by[BY_SUPERIOR]}"'], font=Font(color=styles.WARN, bold=True))
    sheet.sheet.conditional_formatting.add(sheet.cells(len(_COLUMNS) - 1, table), rule)
    sheet.finish(table.first - 1, table=table)


def _row(line: Excepted, words: dict[str, str], by: dict[str, str]) -> list[TableValue]:
    score: TableValue = round_half_up(line.score) if is_number(line.score) else line.score or "—"
    return [
        line.id, line.name, line.role, line.superior, line.label, words[line.situation], score,
        round_half_up(line.weight), line.reason or None, line.approver or None, by[line.approved],
    ]  # fmt: skip
