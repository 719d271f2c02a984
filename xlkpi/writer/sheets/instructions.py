"""The sheet 填写说明: the five steps, the colours, what #KPI means, how scores come about."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.company import Company
from xlkpi.i18n.labels import Labels
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page

_WIDTH = 96


def write_guidance(sheet: Worksheet, company: Company, words: Labels) -> None:
    """Write the guidance, one column of text a person can read in two minutes."""
    paint = Painter(sheet, words("font"))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 2, _WIDTH
    sheet.sheet_view.showGridLines = False
    fit_page(sheet, landscape=False)
    sheet.protection.sheet = True
    paint.put("B2", words("guide_title"), styles.TITLE)
    sheet.row_dimensions[2].height = 32
    lines: list[tuple[str, Style]] = []
    text = styles.PLAIN.but(vertical="top")
    lines.append((words("guide_steps_title"), styles.SECTION))
    lines += [(line, text) for line in words.lines("guide_steps")]
    lines.append((words("guide_colours_title"), styles.SECTION))
    for key, fill in (
        ("input", styles.INPUT),
        ("computed", styles.WHITE),
        ("fixed", styles.FIXED),
        ("problem", styles.BAD_PALE),
    ):
        lines.append((words(f"guide_colour_{key}"), Style(fill=fill)))
    lines.append((words("guide_kpi_title"), styles.SECTION))
    lines += [(line, text) for line in words.lines("guide_kpi")]
    lines.append((words("guide_scoring_title"), styles.SECTION))
    lines += [(line, text) for line in words.lines("guide_scoring")]
    lines.append((words("guide_grades_title"), styles.SECTION))
    lines.append((company.grade_scale, text))
    for row, (line, style) in enumerate(lines, start=4):
        paint.text(f"B{row}", line, style)
        paint.height(row, (line, _WIDTH, style), least=26 if style is styles.SECTION else 20)
