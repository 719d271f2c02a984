"""Writes the sheet 面谈 of the summary workbook: who met when, what is missing, training needed, actions agreed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.meeting import Meeting, below
from xlkpi.collect.board import BoardLine
from xlkpi.collect.collection import Collection
from xlkpi.form.blocks.meeting import CAUSES, STATES
from xlkpi.form.layout import MEETING
from xlkpi.i18n.labels import Labels
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, TEXT, TableSheet, file_link
from xlkpi.xlsx.write.rows import TableValue

MEETINGS_WIDTHS = [12, 13, 12, 14, 12, 13, 22, 26, 30, 30, 26, 30]
_SMALL = TEXT.but(size=9)
_COLUMNS = (
    "superior", "employee_id", "name", "department", "col_met", "meeting_date", "col_present", "col_low",
    "meeting_causes", "meeting_training", "col_previous", "col_file",
)  # fmt: skip
_ACTIONS = ("superior", "employee_id", "name", "department", "action_due", "action_owner", "about", "actions")
_MET = _COLUMNS.index("col_met")


def has_meetings(collection: Collection) -> bool:
    """Whether forms of the quarter have the record of the meeting."""
    if MEETING in collection.catalogue.company(None, collection.quarter).blocks:
        return True
    return any(line.entry and line.entry.form.meeting for line in collection.lines)


def write_meetings(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """Write a line for every expected form, then the actions that were agreed."""
    labels = sheet.labels
    cells = [TEXT, CENTRE, TEXT, TEXT, CENTRE, CENTRE, TEXT, TEXT, _SMALL, TEXT, _SMALL, _SMALL]
    rows = (_line(line, collection, folder, labels) for line in collection.lines)
    table = sheet.table([labels(key) for key in _COLUMNS], cells, rows)
    if len(table):
        for key, colour in (("met_yes", styles.GOOD), ("met_no", styles.WARN)):
            rule = FormulaRule(
                [f'{sheet.letter(_MET)}{table.first}="{labels(key)}"'], font=Font(color=colour, bold=True)
            )
            sheet.sheet.conditional_formatting.add(sheet.cells(_MET, table), rule)
    sheet.heading(labels("meetings_actions"))
    cells = [TEXT, CENTRE, TEXT, TEXT, CENTRE, TEXT, TEXT, TEXT]
    sheet.table([labels(key) for key in _ACTIONS], cells, _actions(collection, labels))
    sheet.finish(table.first - 1, columns=3, table=table)


def _line(line: BoardLine, collection: Collection, folder: Path, labels: Labels) -> list[TableValue]:
    form = line.entry.form if line.entry else None
    meeting = form.meeting if form else None
    received = line.entry.file if line.entry else None
    file = None if received is None or form is None else file_link(received.name, received.path, folder, form.sheet)
    who: list[TableValue] = [*_who(line, labels)]
    if form is None or meeting is None:
        return [*who, labels("met_no"), None, None, None, None, None, None, file]
    return [
        *who,
        labels("met_yes" if meeting.held else "met_no"),
        meeting.date.isoformat() if meeting.date else meeting.date_said,
        labels("list_separator").join(meeting.people) if meeting.begun else "",
        _low(form, meeting, collection, labels),
        meeting.texts[CAUSES],
        meeting.texts["training"],
        _previous(meeting, labels),
        file,
    ]


def _who(line: BoardLine, labels: Labels) -> Iterator[str]:
    yield from (line.who.superior or "—", line.who.id, line.who.name or labels("nameless"), line.who.department)


def _low(form: FilledForm, meeting: Meeting, collection: Collection, labels: Labels) -> str:
    """The indicators below the company's line, and that nobody wrote why."""
    line = collection.catalogue.company(None, collection.quarter).low_score
    low = below(form.appraisal, line)
    names = labels("list_separator").join(result.label for result in low)
    return names + labels("causes_unwritten") if low and not meeting.texts[CAUSES] else names


def _previous(meeting: Meeting, labels: Labels) -> str:
    """What became of last quarter's actions: a line for each."""
    lines = []
    for action in (action for action in meeting.previous if action.actions):
        state = labels(f"state_of_{action.state}") if action.state in STATES else action.said or "—"
        lines.append(labels("previous_line", action=action.actions, state=state))
    return "\n".join(lines)


def _actions(collection: Collection, labels: Labels) -> Iterator[list[TableValue]]:
    for line in collection.lines:
        for review in line.entry.form.reviews if line.entry else ():
            if review.actions:
                yield [*_who(line, labels), review.due, review.owner, review.about or "—", review.actions]
