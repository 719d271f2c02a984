"""Conditional formats: what is wrong, what is done, what does not count; by word or icon *and* by colour."""

from __future__ import annotations

from openpyxl.formatting.rule import FormulaRule, IconSetRule
from openpyxl.styles import Font, PatternFill

from xlkpi.form import (
    FINAL_ROW,
    GRADE_ROW,
    LETTER,
)
from xlkpi.generate import styles
from xlkpi.generate.canvas import Canvas


def write_highlights(form: Canvas) -> None:
    """Add the conditional formats of a role's sheet."""
    layout = form.layout
    problem = {
        "font": Font(color=styles.BAD, bold=True),
        "fill": PatternFill(bgColor=styles.BAD_PALE, fill_type="solid"),
    }
    areas = [
        f"{LETTER['quarter']}{layout.monthly_rows.first}:{LETTER['quarter']}{layout.quarterly_rows.last}",
        f"{LETTER['actual']}{layout.scoring_rows.first}:{LETTER['receipt']}{layout.total_row}",
        f"{LETTER['target']}{layout.scoring_rows.first}:{LETTER['target']}{layout.scoring_rows.last}",
        f"{LETTER['score']}{FINAL_ROW}:{LETTER['score']}{GRADE_ROW}",
    ]
    for area in areas:
        first = area.split(":")[0]
        _highlight(form, area, f'COUNTIF({first},"#KPI*")>0', **problem)
    entries = f"{LETTER['weighted']}{layout.monthly_rows.first}:{LETTER['weighted']}{layout.quarterly_rows.last}"
    first = entries.split(":")[0]
    for key, colour in (("status_done", styles.GOOD), ("status_check", styles.WARN), ("status_text", styles.BAD)):
        _highlight(form, entries, f'{first}="{form.words(key)}"', font=Font(color=colour, bold=True))
    missing = form.words("status_missing").split("{count}")[0]
    _highlight(form, entries, f'COUNTIF({first},"{missing}*")>0', font=Font(color=styles.MUTED))
    row = layout.scoring_rows.first
    whole = f"{LETTER['label']}{row}:{LETTER['receipt']}{layout.scoring_rows.last}"
    unused = f'${LETTER["applies"]}{row}="{form.words("not_applicable")}"'
    _highlight(form, whole, unused, font=Font(color=styles.MUTED, italic=True))
    scores = f"{LETTER['score']}{row}:{LETTER['score']}{layout.scoring_rows.last}"
    form.sheet.conditional_formatting.add(scores, IconSetRule("3TrafficLights1", "num", [0, 60, 85]))


def _highlight(form: Canvas, area: str, formula: str, **format: object) -> None:
    form.sheet.conditional_formatting.add(area, FormulaRule(formula=[formula], **format))
