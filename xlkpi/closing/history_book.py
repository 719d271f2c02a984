"""Builds a workbook of the history: a row for each person, quarter and indicator, to be filtered and counted."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from openpyxl import Workbook

from xlkpi.catalogue.catalogue import Catalogue, UnknownRoleError
from xlkpi.catalogue.units import number_format
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.intake.received import OWN
from xlkpi.writer.sheets.tables import CENTRE, COUNT, FINAL, SCORE, TEXT, TableSheet
from xlkpi.xlsx.write.rows import TableValue
from xlkpi.xlsx.write.saved import saved

_LINE = TEXT.but(wrap=False)
_NUMBER = SCORE.but(format="General")
_COLUMNS = (
    ("quarter", "appraisal_period", 10, CENTRE), ("id", "employee_id", 11, CENTRE), ("name", "name", 12, _LINE),
    ("department", "department", 16, _LINE), ("superior", "superior", 12, _LINE), ("role", "post", 18, _LINE),
    ("days", "col_post_days", 8, COUNT), ("label", "indicator", 24, _LINE), ("unit", "unit", 8, CENTRE),
    ("weight", "weight", 9, SCORE), ("target", "target", 13, _NUMBER), ("actual", "actual", 13, _NUMBER),
    ("rule", "rule", 36, _LINE), ("score", "score", 10, SCORE), ("score_before", "col_score_before", 10, SCORE),
    ("deducted", "deducted", 10, SCORE), ("receipt", "receipt", 44, _LINE), ("final", "col_final_form", 11, SCORE),
    ("person_final", "final", 11, FINAL), ("final_before", "col_final_before", 11, SCORE),
    ("person_grade", "grade", 12, CENTRE), ("rank", "rank_word", 8, COUNT),
)  # fmt: skip
"""Column of the history, label, width in characters, style."""
READ = tuple(column for column, *_ in _COLUMNS if column != "quarter")
"""The columns of the history that the workbook is made of."""
MOST_ROWS = 1_000_000
"""A sheet ends soon after."""


def history_book(rows: pd.DataFrame, catalogue: Catalogue, language: str = HANS) -> bytes:
    """The workbook. rows: as `history.load` gives them, with `READ`, not empty. The same rows give the same bytes."""
    labels = words(language)
    book = Workbook()
    sheet = TableSheet(book.worksheets[0], [width for _, _, width, _ in _COLUMNS], labels)
    sheet.sheet.title = labels("history_sheet")
    company = catalogue.company(language)
    sheet.title(labels("history_title", company=company.name), labels("history_note"))
    titles = {role: _title(role, catalogue, language) for role in rows["role"].unique()}
    shown = rows.assign(role=rows["role"].map(titles))[[column for column, *_ in _COLUMNS]]
    values = [[_value(value) for value in row] for row in shown.itertuples(index=False, name=None)]
    table = sheet.table([labels(label) for _, label, _, _ in _COLUMNS], [style for *_, style in _COLUMNS], values)
    places = {column: number for number, (column, *_) in enumerate(_COLUMNS)}
    for row, unit in zip(table, rows["unit"], strict=True):
        for column in ("target", "actual"):
            cell = sheet.sheet[f"{sheet.letter(places[column])}{row}"]
            if isinstance(cell.value, float):
                cell.number_format = number_format(unit, counted=cell.value.is_integer())
    sheet.finish(table.first - 1, columns=3, table=table)
    last = Quarter.parse(max(rows["quarter"])).last_day
    return saved(book, datetime(last.year, last.month, last.day, tzinfo=UTC), OWN)


def _title(role: str, catalogue: Catalogue, language: str) -> str:
    try:
        return catalogue.role(role, language=language).title
    except UnknownRoleError:
        return role


def _value(value: object) -> TableValue:
    if pd.isna(value):  # type: ignore[call-overload]
        return None
    return value if isinstance(value, str | float) else int(value)  # type: ignore[call-overload]
