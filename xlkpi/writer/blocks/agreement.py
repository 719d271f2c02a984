"""The block 核心抓手: what will be done to reach the targets, by whom and until when. Agreed with the targets."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.form.blocks.agreement import KEY_ACTION
from xlkpi.form.layout import AGREEMENT, LAST, LETTER
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import Canvas
from xlkpi.writer.blocks.review import header_row, table_row, validate_indicator

_KEY_ACTION = (
    ("indicator", LETTER[KEY_ACTION["about"]], "D"),
    ("key_action", LETTER[KEY_ACTION["action"]], "M"),
    ("key_action_owner", LETTER[KEY_ACTION["owner"]], "O"),
    ("key_action_due", LETTER[KEY_ACTION["due"]], LAST),
)
_LONGEST = 60
"""Characters of a key action that are shown in full."""


def write_agreement(form: Canvas) -> None:
    """Write the rows of the key actions."""
    layout, labels = form.layout, form.labels
    form.section(layout.row(f"{AGREEMENT} title"), "key_actions", "key_actions_hint")
    header_row(form, layout.row(f"{AGREEMENT} header"), _KEY_ACTION)
    for number, row in enumerate(layout.span(AGREEMENT), start=1):
        table_row(form, row, number, _KEY_ACTION, styles.INPUT_TEXT)
        form.sheet.row_dimensions[row].height = 30
    validate_indicator(form, layout.span(AGREEMENT).cells(KEY_ACTION["about"]), "prompt_key_action_about")
    # A longer text would be cut where the review shows it again.
    validation = DataValidation(type="textLength", operator="lessThanOrEqual", allow_blank=True, showErrorMessage=True)
    validation.formula1, validation.errorStyle = str(_LONGEST), "warning"
    validation.promptTitle, validation.prompt = labels("key_action"), labels("prompt_key_action", count=_LONGEST)
    validation.errorTitle = labels("invalid_title")
    validation.error = labels("invalid_key_action", count=_LONGEST)
    form.validate(validation, layout.span(AGREEMENT).cells(KEY_ACTION["action"]))
