"""The sheet 填写说明: the five steps, the colours, the meaning of #KPI, how scores are computed, the grades."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.company import Company
from xlkpi.form.layout import AGREEMENT, MEETING
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import plain
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page

_WIDTH = 96


def write_instructions(sheet: Worksheet, company: Company, labels: Labels, *, rated: bool) -> None:
    """Write the instructions as one column of text. rated: whether a form of the workbook has ratings to fill in."""
    paint = Painter(sheet, labels("font"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 2, _WIDTH
    sheet.sheet_view.showGridLines = False
    fit_page(sheet, landscape=False)
    sheet.protection.sheet = True
    paint.put("B2", labels("guide_title"), styles.TITLE)
    sheet.row_dimensions[2].height = 32
    lines: list[tuple[str, Style]] = []
    text = styles.PLAIN.but(vertical="top")
    lines.append((labels("guide_steps_title"), styles.SECTION))
    lines += [(line, text) for line in labels.lines("guide_steps")]
    if AGREEMENT in company.blocks:
        lines.append((labels("guide_agreement_title"), styles.SECTION))
        lines += [(line, text) for line in labels.lines("guide_agreement")]
    if MEETING in company.blocks:
        lines.append((labels("meeting"), styles.SECTION))
        lines += [(line, text) for line in labels.lines("guide_meeting", line=plain(company.low_score))]
    lines.append((labels("guide_colours_title"), styles.SECTION))
    for key, fill in (
        ("input", styles.INPUT),
        ("computed", styles.WHITE),
        ("fixed", styles.FIXED),
        ("problem", styles.BAD_PALE),
    ):
        lines.append((labels(f"guide_colour_{key}"), Style(fill=fill)))
    lines.append((labels("guide_kpi_title"), styles.SECTION))
    lines += [(line, text) for line in labels.lines("guide_kpi")]
    lines.append((labels("guide_scoring_title"), styles.SECTION))
    lines += [(line, text) for line in labels.lines("guide_scoring")]
    if rated:
        lines.append((labels("guide_ratings_title"), styles.SECTION))
        lines += [(line, text) for line in labels.lines("guide_ratings")]
    lines.append((labels("guide_grades_title"), styles.SECTION))
    lines.append((company.grade_scale, text))
    for row, (line, style) in enumerate(lines, start=4):
        paint.text(f"B{row}", line, style)
        paint.height(row, (line, _WIDTH, style), least=26 if style is styles.SECTION else 20)
