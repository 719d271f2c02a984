"""Writes the sheet 各上级 of the calibration workbook: level, spread, drift and grades of every superior's people."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.formatting.rule import DataBarRule

from xlkpi.collect.workbook_scores import advice
from xlkpi.form.layout import Span
from xlkpi.i18n.labels import Labels
from xlkpi.results.calibration.content import Content
from xlkpi.results.calibration.superiors import Figures, figures
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import COUNT, FINAL, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue

_DRIFT = SCORE.but(format="+0.00;-0.00;0.00")
_FIGURES = 8
"""Columns before the grades."""


def write_superiors(sheet: TableSheet, content: Content, title: str, ranges: Mapping[str, str], grades: Span) -> None:
    """Write the table.

    ranges: `superior` and `grade`, the cells of everyone on the first sheet. grades: the rows of the grades on the
    last sheet.
    """
    labels, minimum = sheet.labels, content.company.share_minimum
    sheet.title(f"{title} · {labels('calibration_superiors')}", labels("calibration_superiors_note", minimum=minimum))
    keys = "superior col_people col_complete col_mean col_spread col_against col_drift col_compared"
    names = [grade.name for grade in content.grades]
    headers = [
        *(labels(key) for key in keys.split()),
        *(labels("grade_by_score", grade=name) for name in names),
        *(labels("grade_calibrated", grade=name) for name in names),
        labels("col_advice"),
    ]
    cells = [TEXT, COUNT, COUNT, FINAL, SCORE, _DRIFT, _DRIFT, COUNT, *[COUNT] * 2 * len(names), TEXT.but(size=9)]
    everyone = figures(content.results, list(content.before.values()))
    rows = [_row(each, content, labels) for each in everyone]
    rows[-1][0] = labels("whole_company")
    table = sheet.table(headers, cells, rows, bold_last=True)
    _count_grades(sheet, table, grades, ranges)
    for column, most in ((3, 120), (4, 30)):
        bars = DataBarRule("num", 0, "num", most, color=styles.BAR)
        sheet.sheet.conditional_formatting.add(sheet.cells(column, table), bars)
    sheet.finish(table.first - 1, columns=1)


def _row(of: Figures, content: Content, labels: Labels) -> list[TableValue]:
    shares = {grade.name: grade.share for grade in content.grades if grade.share is not None}
    counts = [of.grades.get(grade.name, 0) for grade in content.grades]
    hint = advice(
        {name: of.grades.get(name, 0) for name in shares}, of.scored, shares, content.company.share_minimum, labels
    )
    return [
        of.superior or labels("no_superior"),
        of.people,
        of.scored,
        "—" if of.mean is None else of.mean,
        of.spread,
        of.against_company,
        of.drift,
        of.compared or None,
        *counts,
        *[None] * len(counts),
        hint,
    ]


def _count_grades(sheet: TableSheet, table: Span, grades: Span, ranges: Mapping[str, str]) -> None:
    """Write the formulas that count the grades after calibration; the last row adds them up."""
    help = sheet.labels("calibration_help")
    for place, grade in enumerate(grades):
        letter = sheet.letter(_FIGURES + len(grades) + place)
        for row in list(table)[:-1]:
            counted = f"COUNTIFS({ranges['superior']},$B{row},{ranges['grade']},'{help}'!$B${grade})"
            sheet.paint.put(f"{letter}{row}", f"={counted}", COUNT)
        total = f"=SUM({letter}{table.first}:{letter}{table.last - 1})"
        sheet.paint.put(f"{letter}{table.last}", total, COUNT.but(bold=True, fill=styles.FIXED))
