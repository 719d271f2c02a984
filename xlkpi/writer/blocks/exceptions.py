"""The block 不计分事项: indicators that do not apply, whose data is missing, or that had no occasion."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.appraisal.exceptions import situation_words
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.layout import EXCEPTIONS, LAST, LETTER, Span
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import WIDTH, Canvas
from xlkpi.writer.blocks.review import header_row, table_row

_LINE = (
    ("indicator", "C", "D"), ("situation", "E", "E"), ("exception_reason", "F", "L"), ("approver", "M", "N"),
    ("exception_state", "O", LAST),
)  # fmt: skip


def write_exceptions(form: Canvas) -> None:
    """Write 不计分事项: indicator, situation, reason, who approved it, and what becomes of the line."""
    layout, formulas = form.layout, form.formulas
    form.section(layout.row(f"{EXCEPTIONS} title"), "exceptions", "exceptions_hint")
    header_row(form, layout.row(f"{EXCEPTIONS} header"), _LINE)
    lines = layout.span(EXCEPTIONS)
    result = styles.COMPUTED_TEXT.but(size=9)
    for number, row in enumerate(lines, start=1):
        table_row(form, row, number, _LINE, styles.INPUT_TEXT)
        form.paint.fill(f"O:{LAST}", row, result)
        form.paint.put(f"O{row}", formulas.line_state(row), result)
        form.sheet[f"{LETTER['applies']}{row}"] = formulas.in_force(row)
        longest = max((form.labels(key) for key in ("exception_unknown", "exception_in_force")), key=len)
        width = sum(WIDTH[letter] for letter in "OPQ")
        form.paint.height(row, (longest, width, result), least=24)
    _validate(form, lines)


def _validate(form: Canvas, lines: Span) -> None:
    """Offer the indicators of the form and the situations."""
    labels, scoring = form.labels, form.layout.span("scoring")
    names = f"${LETTER['label']}${scoring.first}:${LETTER['label']}${scoring.last}"
    situations = f'"{",".join(situation_words(labels.language).values())}"'
    for field, listed in (("indicator", names), ("situation", situations)):
        validation = DataValidation(type="list", formula1=listed, allow_blank=True, showErrorMessage=True)
        validation.promptTitle, validation.prompt = labels(field), labels(f"prompt_exception_{field}")
        validation.errorTitle, validation.error = labels("invalid_title"), labels("invalid_exception")
        form.validate(validation, lines.cells(EXCEPTION_COLUMNS[field]))
