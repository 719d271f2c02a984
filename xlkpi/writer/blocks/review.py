"""The blocks 加减分项, 面谈与改进 and 确认: events outside the 100 points, the review meeting, the signatures."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.form.blocks.review import TYPED_TEXT
from xlkpi.form.layout import AGREEMENT, CONFIRMATION, CONFIRMATIONS, EVENTS, FIRST, LAST, LETTER, MEETING, REVIEW
from xlkpi.i18n.numbers import plain
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.styles import Style

# (label key, first sheet column, last sheet column); the blocks use the columns of the scoring block.
_EVENT = (("event", "C", "E"), ("evidence", "F", "L"), ("event_points", "M", "M"), ("remark", "N", LAST))
_LOSS = (
    ("biggest_losses", "C", "D"),
    ("lost", "E", "E"),
    ("receipt", "F", "H"),
    ("actions", "I", "L"),
    ("about", "M", "N"),
    ("due", "O", LAST),
)
_LOSS_WITH_OWNER = (*_LOSS[:-1], ("action_due", "O", "O"), ("action_owner", "P", LAST))
"""With the record of the meeting: who sees to an action has a cell of its own."""
_SIGNED = (
    ("confirmation", "C", "D"), ("confirmed_what", "E", "H"), ("signed_employee", "I", "K"),
    ("signed_superior", "L", "N"), ("signed_second", "O", LAST),
)  # fmt: skip


def write_events(form: Canvas) -> None:
    """Write 加减分项: event, evidence, ± points; the sum is limited."""
    layout, labels, put = form.layout, form.labels, form.paint.put
    limit = plain(form.company.events_limit)
    form.section(layout.row(f"{EVENTS} title"), "events", "events_hint", limit=limit)
    header_row(form, layout.row(f"{EVENTS} header"), _EVENT)
    for number, row in enumerate(layout.span(EVENTS), start=1):
        table_row(form, row, number, _EVENT, styles.INPUT_TEXT)
        put(f"{LETTER['score']}{row}", None, styles.INPUT_NUMBER.but(format="+0.0#;-0.0#;0"))
        form.sheet.row_dimensions[row].height = 24
    points = layout.span(EVENTS).cells("score")
    validation = DataValidation(type="decimal", operator="between", allow_blank=True, showErrorMessage=True)
    validation.formula1, validation.formula2 = f"-{limit}", limit
    validation.errorStyle = "warning"
    validation.promptTitle, validation.prompt = labels("event_points"), labels("prompt_event", limit=limit)
    validation.errorTitle = labels("invalid_title")
    validation.error = labels("invalid_number", low=f"-{limit}", high=limit)
    form.validate(validation, points)
    total = layout.row(f"{EVENTS} total")
    form.paint.fill(f"{FIRST}:{LAST}", total, styles.SUBHEADER)
    put(f"{LETTER['label']}{total}", labels("events_total"), styles.SUBHEADER)
    number_style = styles.SUBHEADER.but(align="general", wrap=False, format="+0.00;-0.00;0.00")
    put(f"{LETTER['score']}{total}", form.formulas.events(form.company.events_limit), number_style)
    form.sheet.row_dimensions[total].height = 22


def write_review(form: Canvas) -> None:
    """Write 面谈与改进: the biggest losses (by formula), the actions, what they are about, and their dates."""
    layout, columns = form.layout, _LOSS_WITH_OWNER if MEETING in form.layout.blocks else _LOSS
    form.section(layout.row(f"{REVIEW} title"), "review", "review_hint")
    header_row(form, layout.row(f"{REVIEW} header"), columns)
    with_actions = AGREEMENT in layout.blocks
    if with_actions:
        form.paint.put(f"F{layout.row(f'{REVIEW} header')}", form.labels("receipt_key_action"), styles.HEADER)
    for place, row in enumerate(layout.span(REVIEW), start=1):
        table_row(form, row, place, columns, styles.COMPUTED_TEXT)
        label, lost, receipt = form.formulas.biggest_loss(place)
        form.paint.put(f"C{row}", label, styles.COMPUTED_TEXT.but(bold=True))
        form.paint.put(f"E{row}", lost, styles.COMPUTED_TEXT.but(format="0.00", align="center"))
        form.paint.put(f"F{row}", receipt, styles.COMPUTED_TEXT.but(size=9))
        form.paint.fill(f"I:{LAST}", row, styles.INPUT_TEXT)
        form.sheet.row_dimensions[row].height = 66 if with_actions else 50 if MEETING in layout.blocks else 34
    # The actions are about the chosen indicator, however the losses are sorted later.
    validate_indicator(form, layout.span(REVIEW).cells(TYPED_TEXT["about"]), "prompt_about")


def validate_indicator(form: Canvas, cells: str, prompt: str) -> None:
    """Offer the indicators of the form in cells. prompt: the key of what is said there."""
    labels = form.labels
    scored = form.layout.scored
    names = f"${LETTER['label']}${scored.first}:${LETTER['label']}${scored.last}"
    validation = DataValidation(type="list", formula1=names, allow_blank=True, showErrorMessage=True)
    validation.errorStyle = "warning"
    validation.promptTitle, validation.prompt = labels("about"), labels(prompt)
    validation.errorTitle, validation.error = labels("invalid_title"), labels("invalid_about")
    form.validate(validation, cells)


def write_confirmation(form: Canvas) -> None:
    """Write 目标确认 (before the quarter) and 结果确认 (after it): who signs what."""
    layout, labels = form.layout, form.labels
    form.section(layout.row(f"{CONFIRMATION} title"), "confirmation_title", None)
    header_row(form, layout.row(f"{CONFIRMATION} header"), _SIGNED)
    for number, (row, key) in enumerate(zip(layout.span(CONFIRMATION), CONFIRMATIONS, strict=True), start=1):
        table_row(form, row, number, _SIGNED, styles.FIXED_TEXT)
        form.paint.put(f"C{row}", labels(f"confirm_{key}"), styles.FIXED_TEXT.but(bold=True))
        form.paint.put(f"E{row}", labels(f"confirm_{key}_what"), styles.FIXED_SMALL)
        form.paint.fill(f"I:{LAST}", row, styles.INPUT_TEXT)
        form.sheet.row_dimensions[row].height = 38


def header_row(form: Canvas, row: int, columns: tuple[tuple[str, str, str], ...]) -> None:
    """Write the header of a table. columns: label key, first and last sheet column of each."""
    table_row(form, row, form.labels("no"), columns, styles.HEADER)
    for key, first, _ in columns:
        form.paint.put(f"{first}{row}", form.labels(key), styles.HEADER)
    form.sheet.row_dimensions[row].height = 20


def table_row(form: Canvas, row: int, number: object, columns: tuple[tuple[str, str, str], ...], style: Style) -> None:
    """Style a row of a table, merge the cells of its columns, and write its number."""
    form.paint.fill(f"{FIRST}:{LAST}", row, style)
    form.paint.put(f"{FIRST}{row}", number, styles.HEADER if style is styles.HEADER else styles.FIXED_CENTRE)
    for _, first, last in columns:
        if first != last:
            form.merge(first, last, row)
