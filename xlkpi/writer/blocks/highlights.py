"""Conditional formats: problems, finished rows, indicators that do not count; by word or icon *and* by colour."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import DataBarRule, FormulaRule, IconSetRule, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from xlkpi.form.blocks.meeting import CAUSES, OWNER_COLUMN, PREVIOUS, PREVIOUS_ROWS, TEXT_COLUMN, text_id
from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.layout import (
    EVENTS,
    EXCEPTIONS,
    FINAL_ROW,
    GRADE_ROW,
    LETTER,
    MEETING,
    RATINGS,
    REVIEW,
    Span,
    measure_id,
)
from xlkpi.scoring.formula import refuses
from xlkpi.scoring.reasons import PREFIX
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.formulas.low_scores import causes_missing

_SHORT_FORMATS = 190
"""The numbers of the formats that show a `#KPI …` in short begin there."""
_PROBLEM: dict[str, Any] = {
    "font": Font(color=styles.BAD, bold=True),
    "fill": PatternFill(bgColor=styles.BAD_PALE, fill_type="solid"),
}


def write_highlights(form: Canvas) -> None:
    """Add the conditional formats of a form."""
    layout = form.layout
    entries, scoring = layout.entries, layout.scored
    _mark_refusals(form)
    rows = layout.span("monthly")
    typed = [f"{LETTER[form.months[0]]}{rows.first}:{LETTER[form.months[-1]]}{rows.last}"] if rows else []
    typed += [
        f"{LETTER['quarter']}{layout.rows[measure_id(measure.id)]}"
        for measure in layout.quarterly
        if measure.id not in form.role.levels
    ]
    for area in (" ".join(typed), scoring.cells("target")):
        if area:
            first = area.partition(":")[0].partition(" ")[0]
            _highlight(form, area, f'AND(ISTEXT({first}),{first}<>"")', **_PROBLEM)
    states = entries.cells("weighted")
    first = states.split(":")[0]
    for key, colour in (
        ("status_done", styles.GOOD), ("status_check", styles.WARN), ("status_part", styles.WARN),
        ("status_month", styles.WARN), ("status_before", styles.WARN), ("status_text", styles.BAD),
        ("status_level", styles.BAD),
    ):  # fmt: skip
        _highlight(form, states, f'{first}="{form.labels(key)}"', font=Font(color=colour, bold=True))
    missing = form.labels.around("status_missing")[0]
    _highlight(form, states, f'COUNTIF({first}:{first},"{missing}*")>0', font=Font(color=styles.MUTED))
    _mark_ratings(form)
    whole = f"{LETTER['label']}{scoring.first}:{LETTER['receipt']}{scoring.last}"
    unused = f'${LETTER["applies"]}{scoring.first}="{form.labels("not_applicable")}"'
    _highlight(form, whole, unused, font=Font(color=styles.MUTED, italic=True))
    if lines := layout.span(EXCEPTIONS):
        said = f"{LETTER['receipt']}{lines.first}"
        in_force = f'{said}="{form.labels("exception_in_force")}"'
        _highlight(form, lines.cells("receipt"), f"IF(LEN({said})=0,FALSE,NOT({in_force}))", **_PROBLEM)
    add = form.sheet.conditional_formatting.add
    add(scoring.cells("score"), IconSetRule("3Signs", "num", [0, 60, 85]))
    if MEETING in layout.blocks:
        _mark_missing(form)
    if dimensions := layout.span("dimensions"):
        add(dimensions.cells("target"), DataBarRule("num", 0, "num", 120, color=styles.BAR, showValue=False))


def _mark_missing(form: Canvas) -> None:
    """Mark what the record of the meeting still lacks: causes, what became of actions, who does one until when."""
    layout = form.layout
    missing = PatternFill(bgColor=styles.BAD_PALE, fill_type="solid")
    causes = layout.address(text_id(CAUSES), TEXT_COLUMN)
    _highlight(form, causes, causes_missing(form.formulas), fill=missing)
    previous = Span(layout.rows[PREVIOUS_ROWS[0]], layout.rows[PREVIOUS_ROWS[-1]])
    marked = [(previous, PREVIOUS["actions"], PREVIOUS["state"])]
    if review := layout.span(REVIEW):
        marked += [(review, TYPED_TEXT["actions"], column) for column in (TYPED_TEXT["due"], OWNER_COLUMN)]
    for rows, actions, wanted in marked:
        action, cell = form.formulas.at(actions, rows.first), form.formulas.at(wanted, rows.first)
        _highlight(form, rows.cells(wanted), f"AND(LEN({action})>0,LEN({cell})=0)", fill=missing)


def _mark_refusals(form: Canvas) -> None:
    """Mark every `#KPI …`; where the cell is too narrow for it, the column 说明 of the same row tells it in full."""
    layout = form.layout
    entries, scoring = layout.entries, layout.scored
    areas = [
        Span(scoring.first, layout.row("total")).cells("receipt"),
        Span(FINAL_ROW, GRADE_ROW).cells("score"),
    ]
    if events_total := layout.span(f"{EVENTS} total"):
        areas.append(events_total.cells("score"))
    for area in areas:
        _highlight(form, area, refuses(area.split(":")[0]), **_PROBLEM)
    narrow = f"{LETTER['actual']}{scoring.first}:{LETTER['weighted']}{layout.row('total')}"
    told = form.labels("kpi_short")
    # The status of data entry says itself what is wrong.
    shown = [(layout.span(RATINGS).cells("score"), PREFIX)] if layout.rated else []
    for area, short in (
        (entries.cells("quarter"), PREFIX), (narrow, told), (scoring.cells("target"), told), *shown,
    ):  # fmt: skip
        format = NumberFormat(numFmtId=_SHORT_FORMATS + (short != PREFIX), formatCode=f';;;"{short}"')
        style = DifferentialStyle(numFmt=format, **_PROBLEM)
        rule = Rule(type="expression", dxf=style, formula=[refuses(area.split(":")[0])])
        form.sheet.conditional_formatting.add(area, rule)


def _mark_ratings(form: Canvas) -> None:
    """Whose rating is missing in grey, what is none in red, as in the data entry."""
    if not (rows := form.layout.span(RATINGS)):
        return
    states, labels = rows.cells("weighted"), form.labels
    first = states.partition(":")[0]
    _highlight(form, states, f'{first}="{labels("status_done")}"', font=Font(color=styles.GOOD, bold=True))
    for key, colour in (("rating_unknown", styles.BAD), ("rating_owed", styles.MUTED)):
        _highlight(form, states, f'LEFT({first},1)="{labels.raw(key)[0]}"', font=Font(color=colour))


def _highlight(form: Canvas, area: str, formula: str, **format: object) -> None:
    form.sheet.conditional_formatting.add(area, FormulaRule(formula=[formula], **format))
