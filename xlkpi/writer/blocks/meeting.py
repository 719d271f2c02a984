"""The block 面谈记录: last quarter's actions and what became of them, who met when, what was said and agreed."""

from __future__ import annotations

import datetime as dt

from openpyxl.worksheet.datavalidation import DataValidation

from xlkpi.form.blocks.meeting import (
    HELD,
    HELD_CELLS,
    LOW,
    PREVIOUS,
    PREVIOUS_ROWS,
    STATES,
    TEXTS,
    text_id,
)
from xlkpi.form.layout import FIRST, LAST, LETTER, MEETING, Layout
from xlkpi.form.prefill import Presets
from xlkpi.i18n.numbers import plain
from xlkpi.writer import styles
from xlkpi.writer.blocks.canvas import WIDTH, Canvas
from xlkpi.writer.blocks.review import header_row, table_row
from xlkpi.writer.formulas.low_scores import low_line, low_names, veto_words
from xlkpi.writer.styles import height_for

_PREVIOUS = (
    ("about", "C", "D"), ("previous_actions", "E", "H"), ("action_due", "I", "K"), ("action_owner", "L", "N"),
    ("action_state", "O", "O"), ("action_remark", "P", LAST),
)  # fmt: skip
_CARRIED = (("about", "C", "D"), ("actions", "E", "H"), ("due", "I", "K"), ("owner", "L", "N"))
_LINE = (("", "B", "D"), ("", "E", LAST))
_HELD = (("", "B", "D"), ("", "F", "G"), ("", "I", "K"), ("", "L", "N"), ("", "P", LAST))
_LABEL = styles.FIXED_TEXT.but(bold=True)
_ACTION_HEIGHT, _TEXT_HEIGHT, _SHORT_HEIGHT = 50.0, 50.0, 36.0
"""Room for three lines of an action and of most texts, and for two lines of what is short."""
_FEWEST_DAYS, _MOST_DAYS = 92, 183
"""Days before and after the end of the quarter that the input message allows."""


def write_meeting(form: Canvas) -> None:
    """Write 面谈记录."""
    form.section(form.layout.row(f"{MEETING} title"), "meeting", "meeting_hint")
    _previous(form)
    _held(form)
    for field in TEXTS:
        row = _line(form, text_id(field), form.labels(f"meeting_{field}"))
        form.paint.fill(f"E:{LAST}", row, styles.INPUT_TEXT.but(vertical="top"))
        form.sheet.row_dimensions[row].height = _SHORT_HEIGHT if field == "training" else _TEXT_HEIGHT
    _low(form)


def _previous(form: Canvas) -> None:
    """The actions of a quarter before, which `next` writes, and what became of them, which is typed."""
    layout, labels = form.layout, form.labels
    header_row(form, layout.row(f"{MEETING} header"), _PREVIOUS)
    for number, id in enumerate(PREVIOUS_ROWS, start=1):
        row = layout.rows[id]
        table_row(form, row, number, _PREVIOUS, styles.FIXED_TEXT)
        form.paint.fill(f"{LETTER[PREVIOUS['state']]}:{LAST}", row, styles.INPUT_TEXT)
        form.paint.put(f"{LETTER[PREVIOUS['state']]}{row}", None, styles.INPUT_TEXT.but(align="center"))
        form.sheet.row_dimensions[row].height = _ACTION_HEIGHT
    states = [labels(f"state_of_{state}") for state in STATES]
    validation = DataValidation(type="list", formula1=f'"{",".join(states)}"', allow_blank=True, showErrorMessage=True)
    validation.errorStyle = "warning"
    validation.promptTitle, validation.prompt = labels("action_state"), labels("prompt_action_state")
    validation.errorTitle, validation.error = labels("invalid_title"), labels("invalid_action_state")
    letter = LETTER[PREVIOUS["state"]]
    form.validate(validation, f"{letter}{layout.rows[PREVIOUS_ROWS[0]]}:{letter}{layout.rows[PREVIOUS_ROWS[-1]]}")


def action_heights(layout: Layout, presets: Presets, font: str) -> dict[int, float]:
    """Rows → heights in points, of actions of a quarter before that need more room than a form gives them."""
    found = {}
    for row_id in PREVIOUS_ROWS:
        texts = ((presets.get((row_id, PREVIOUS[key])), _span(first, last)) for key, first, last in _CARRIED)
        written = [(str(preset.value), width, styles.FIXED_TEXT) for preset, width in texts if preset is not None]
        height = height_for(font, *written, least=_ACTION_HEIGHT)
        if height > _ACTION_HEIGHT:
            found[layout.rows[row_id]] = height
    return found


def _held(form: Canvas) -> None:
    """When the meeting was, and who took part beside the employee."""
    row, put = form.layout.rows[HELD], form.paint.put
    form.paint.fill(f"{FIRST}:{LAST}", row, _LABEL)
    for _, first, last in _HELD:
        form.merge(first, last, row)
    labels = {"B": "meeting_date", "F": "meeting_superior", "I": "meeting_second_superior", "O": "meeting_others"}
    for letter, key in labels.items():
        put(f"{letter}{row}", form.labels(key), _LABEL)
    typed = styles.INPUT_TEXT.but(align="center")
    for columns in ("H:H", "L:N", f"P:{LAST}"):
        form.paint.fill(columns, row, typed)
    put(f"{LETTER[HELD_CELLS['date']]}{row}", None, typed.but(format="yyyy-mm-dd"))
    form.sheet.row_dimensions[row].height = _SHORT_HEIGHT
    end = form.quarter.last_day
    validation = DataValidation(type="date", operator="between", allow_blank=True, showErrorMessage=True)
    days = (end - dt.timedelta(days=_FEWEST_DAYS), end + dt.timedelta(days=_MOST_DAYS))
    validation.formula1, validation.formula2 = (f"DATE({day.year},{day.month},{day.day})" for day in days)
    validation.errorStyle = "warning"
    example = (end + dt.timedelta(days=8)).isoformat()
    validation.promptTitle, validation.prompt = form.labels("meeting_date"), form.labels("prompt_day", day=example)
    validation.errorTitle, validation.error = form.labels("invalid_title"), form.labels("prompt_day", day=example)
    form.validate(validation, f"{LETTER[HELD_CELLS['date']]}{row}")


def _low(form: Canvas) -> None:
    """The indicators below the company's line, whose causes must be written."""
    line, labels = form.company.low_score, form.labels
    row = _line(form, LOW, labels("meeting_low", line=plain(line)))
    text = styles.COMPUTED_TEXT.but(colour=styles.WARN)
    form.paint.fill(f"E:{LAST}", row, text)
    form.paint.put(f"E{row}", low_line(form.formulas, line), text)
    for column, word in veto_words().items():
        form.sheet[f"{LETTER[column]}{row}"] = word
    form.sheet[f"{LETTER['native']}{row}"] = low_names(form.formulas, line)
    names = labels("list_separator").join(indicator.label for indicator in form.role.indicators)
    form.paint.height(row, (names + labels("low_causes_missing"), _span("E"), text), least=24)


def _line(form: Canvas, id: str, label: str) -> int:
    """A row with a label and one wide cell; returns its row."""
    row = form.layout.rows[id]
    form.paint.fill(f"{FIRST}:{LAST}", row, _LABEL)
    for _, first, last in _LINE:
        form.merge(first, last, row)
    form.paint.put(f"{FIRST}{row}", label, _LABEL)
    return row


def _span(first: str, last: str = LAST) -> float:
    """The width of sheet columns, in characters."""
    return sum(width for letter, width in WIDTH.items() if first <= letter <= last)
