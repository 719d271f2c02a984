"""Finds the sheet of a rater's workbook, its hidden settings, and its cells by row and column id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlkpi.form.grid import address
from xlkpi.form.register import META_SHEET as FORMS_SHEET
from xlkpi.i18n.languages import HANS, LANGUAGES
from xlkpi.i18n.numbers import Value, number_written, value_text
from xlkpi.i18n.problems import UnreadableError
from xlkpi.raters.contract import COLUMN_IDS, CONTRACT_VERSION, META_SHEET, TITLE_ID
from xlkpi.roster.header import folded
from xlkpi.xlsx.cells import StoredCells
from xlkpi.xlsx.reader import WorkbookReader

_TOP, _FEWEST = 20, 6
"""Rows in which the column ids are looked for, and how many of them must be there."""
_NEEDED = ("id", "employee_id", "item", "rating")


@dataclass(frozen=True)
class RaterSheet:
    """The cells of a rater's workbook. settings: of its hidden sheet, as text. first: the row below the ids, from 0."""

    title: str
    settings: Mapping[str, str]
    rows: Sequence[Sequence[object]]
    stored: StoredCells
    columns: Mapping[str, int]
    first: int

    @property
    def language(self) -> str:
        found = self.settings.get("language", "")
        return found if found in LANGUAGES else HANS

    def text(self, row: int, column: str) -> str:
        """A cell as text; "" for an empty one, and for a column that is gone."""
        return self.stored.shown.get((row, self.columns.get(column, -1))) or value_text(self.value(row, column)).strip()

    def value(self, row: int, column: str) -> Value:
        """What a cell holds; None for an empty one. An error is its text."""
        at = self.columns.get(column)
        if at is None:
            return None
        if (row, at) in self.stored.errors:
            return self.stored.errors[row, at]
        value = self.rows[row][at] if at < len(self.rows[row]) else None
        if isinstance(value, bool):
            return str(value).upper()
        return None if value in (None, "") else value if isinstance(value, int | float | str) else str(value)

    def cell(self, row: int, column: str) -> str:
        """The address of a cell; that of the first column where its column is gone."""
        return address(row, self.columns.get(column, 0))

    def is_formula(self, row: int, column: str) -> bool:
        return (row, self.columns.get(column, -1)) in self.stored.formulas

    def numbers(self) -> Iterator[int]:
        """The rows below the ids, but for the headings that people see."""
        headings = range(self.first, min(self.first + _TOP, len(self.rows)))
        skipped = {row for row in headings if self.text(row, "id") in ("id", TITLE_ID)}
        yield from (row for row in range(self.first, len(self.rows)) if row not in skipped)

    @property
    def heading(self) -> str:
        """The title that people see, which names the rater; "" where it is gone."""
        row = next((row for row in range(self.first, len(self.rows)) if self.text(row, "id") == TITLE_ID), None)
        texts = [] if row is None else [value_text(cell) for cell in self.rows[row] if isinstance(cell, str)]
        return max((text for text in texts if folded(text) != TITLE_ID), key=len, default="")


def rater_sheet(content: bytes) -> RaterSheet:
    """The sheet of a rater's workbook. Raises `UnreadableError` where it is none."""
    book = WorkbookReader(content)
    if META_SHEET not in book.titles:
        raise UnreadableError("raters", "rater_is_form" if FORMS_SHEET in book.titles else "rater_not_ours")
    settings = {value_text(row[0]): value_text(row[1]) for row in book.rows(META_SHEET) if len(row) > 1}
    language = settings.get("language") if settings.get("language") in LANGUAGES else HANS
    if number_written(settings.get("contract", "")) != CONTRACT_VERSION:
        shown = settings.get("contract", "") or "?"
        error = UnreadableError("raters", "rater_contract", contract=shown, ours=CONTRACT_VERSION)
        raise error.of(str(language))
    for title in (title for title in book.titles if title != META_SHEET):
        if not book.stored(title).fits:
            continue
        rows = book.rows(title)
        for number, cells in enumerate(rows[:_TOP]):
            columns = {str(cell): at for at, cell in reversed([*enumerate(cells)]) if str(cell) in COLUMN_IDS}
            if len(columns) >= _FEWEST and set(_NEEDED) <= columns.keys():
                return RaterSheet(title, settings, rows, book.stored(title), columns, number + 1)
    raise UnreadableError("raters", "rater_no_ids").of(str(language))
