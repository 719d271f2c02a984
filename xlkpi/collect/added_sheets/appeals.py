"""Writes the sheet 申诉 of the summary workbook: every appeal, what was ruled, the scores before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from xlkpi.appraisal.appealed import OPEN, REJECTED, STATES, UNSETTLED, UPHELD, Appealed
from xlkpi.appraisal.filled import FilledForm
from xlkpi.appraisal.people import Person
from xlkpi.collect.collection import Collection
from xlkpi.i18n.labels import Labels
from xlkpi.i18n.numbers import is_number, number_text, value_text
from xlkpi.writer import styles
from xlkpi.writer.sheets.tables import CENTRE, SCORE, TEXT, TableSheet, file_link
from xlkpi.xlsx.write.rows import TableValue

APPEALS_WIDTHS = (11, 12, 14, 20, 34, 24, 12, 13, 13, 9, 9, 10, 10, 30, 12, 12, 12, 26)
_STATE = 6
_SMALL = TEXT.but(size=9)
_COLOURS = {OPEN: styles.WARN, UNSETTLED: styles.BAD, UPHELD: styles.GOOD, REJECTED: styles.MUTED}


def appeals_note(collection: Collection, labels: Labels) -> str:
    """How many appeals there are, and what became of them."""
    counts: Mapping[str, int] = Counter(appeal.state for _, _, appeal in collection.appeals)
    return labels(
        "appeals_title_note", count=len(collection.appeals), **{state: counts.get(state, 0) for state in STATES}
    )


def write_appeals(sheet: TableSheet, collection: Collection, folder: Path) -> None:
    """Write every appeal against a form that counts, in the order of the ranking."""
    labels = sheet.labels
    keys = (
        *("employee_id", "name", "department", "appeal_about", "appeal_grounds", "appeal_wanted", "col_state_appeal"),
        *("col_actual_before", "col_actual_ruled", "col_score_before", "col_score_ruled"),
        *(
            "col_final_before",
            "col_final_ruled",
            "appeal_why",
            "appeal_ruler",
            "appeal_day",
            "appeal_until",
            "col_file",
        ),
    )
    cells = [CENTRE, TEXT, TEXT, TEXT, _SMALL, _SMALL, CENTRE, CENTRE, CENTRE, SCORE, SCORE, SCORE, SCORE, _SMALL]
    cells += [CENTRE, CENTRE, CENTRE, _SMALL]
    rows = [_row(person, form, appeal, folder, labels) for person, form, appeal in collection.appeals]
    table = sheet.table([labels(key) for key in keys], cells, rows)
    first = f"{sheet.letter(_STATE)}{table.first}"
    for state, colour in _COLOURS.items():
        rule = FormulaRule([f'LEFT({first},{len(labels(f"appeal_{state}"))})="{labels(f"appeal_{state}")}"'])
        rule.font = Font(color=colour, bold=True)
        sheet.sheet.conditional_formatting.add(sheet.cells(_STATE, table), rule)
    sheet.finish(table.first - 1, columns=2, table=table)


def _row(person: Person, form: FilledForm, one: Appealed, folder: Path, labels: Labels) -> list[TableValue]:
    final_before = (form.before or form.appraisal).final
    state = labels("appeal_overdue") if one.overdue and one.state == OPEN else labels(f"appeal_{one.state}")
    return [
        person.id,
        person.name or labels("nameless"),
        person.department,
        one.label,
        one.grounds,
        one.wanted,
        state,
        _shown(one.actual, one.unit, labels),
        _shown(one.value, one.unit, labels),
        one.score_before,
        one.score,
        final_before,
        form.appraisal.final,
        one.why,
        one.ruler,
        "" if one.day is None else one.day.isoformat(),
        "" if one.until is None else one.until.isoformat(),
        file_link(one.file, one.path, folder),
    ]


def _shown(value: object, unit: str, labels: Labels) -> str:
    return number_text(value, unit == "%", labels) if is_number(value) else value_text(value)
