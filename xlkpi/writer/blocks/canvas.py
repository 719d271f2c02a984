"""The canvas: a form while it is written, with its data and the methods that all blocks use to write on it."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.comments import Comment
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.company import Company
from xlkpi.catalogue.role import Role
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import MONTHS, Quarter
from xlkpi.form.layout import COLUMNS, FIRST, LAST, Layout
from xlkpi.i18n.labels import Labels
from xlkpi.writer import styles
from xlkpi.writer.formulas.sheet import SheetFormulas
from xlkpi.writer.styles import Painter, Unpainted
from xlkpi.xlsx.edit import Content, Formula
from xlkpi.xlsx.text_size import NOTE_WIDTH, note_height

WIDTH = {column.letter: column.width for column in COLUMNS}
"""Width of the sheet columns, in characters."""

_MAX_MESSAGE, _MAX_TITLE = 255, 32  # what Excel reads; the writer does not check


def layout_of(role: Role, company: Company) -> Layout:
    """The layout of a role's form at a company; both in the language of the form."""
    return Layout(role, company.blocks, company.notes, company.ratings.shares)


class Canvas:
    """One form while it is written.

    labels: in the language of the form. summary_row: the person's row on the sheet 汇总. assignment: None without a
    roster. Raises ValueError for an assignment without a day in the quarter.
    """

    _painter: type[Painter] = Painter

    def __init__(
        self,
        sheet: Worksheet,
        role: Role,
        company: Company,
        quarter: Quarter,
        labels: Labels,
        summary_row: int,
        assignment: Assignment | None = None,
    ) -> None:
        self.assignment = assignment
        self.sheet, self.role, self.company, self.quarter, self.labels = sheet, role, company, quarter, labels
        self.summary_row = summary_row
        self.layout = layout_of(role, company)
        self._sections = 0
        self.months = assignment.months(quarter) if assignment else MONTHS
        """The months in the role; the others have no input cells."""
        if not self.months:
            raise ValueError(f"an assignment without a day in {quarter}")
        self.formulas = SheetFormulas(self.layout, labels, self.months)
        self.paint = self._painter(sheet, labels("font"))

    def section(self, row: int, title: str, hint: str | None, **values: object) -> None:
        """Write a block's title, numbered in the order of writing, with a hint at the right."""
        self._sections += 1
        number = self.labels("section_numbers").split()[self._sections - 1]
        numbered = self.labels("section", number=number, title=self.labels(title))
        self.paint.put(f"{FIRST}{row}", numbered, styles.SECTION)
        if hint:
            self.paint.put(f"{LAST}{row}", self.labels(hint, **values), styles.HINT)
        self.sheet.row_dimensions[row].height = 20

    def merge(self, first: str, last: str, row: int, last_row: int | None = None) -> None:
        """Merge cells; each must have its style already."""
        # Worksheet.merge_cells would rebuild every border of the range: half the time of writing a form; and
        # merged_cells.add would look for the range in all the others.
        self.sheet.merged_cells.ranges.add(CellRange(f"{first}{row}:{last}{last_row or row}"))

    def hold(self, contents: Mapping[str, Content]) -> None:
        """Put contents into cells by address; the cells keep their styles."""
        for address, content in contents.items():
            cell = self.sheet[address]
            cell.value = f"={content.text}" if isinstance(content, Formula) else content
            if isinstance(content, str):
                cell.data_type = "s"  # never a formula, whatever it begins with

    def note(self, address: str, text: str) -> None:
        """Add a cell note that is high enough for its text."""
        self.sheet[address].comment = Comment(text, "xlkpi", width=NOTE_WIDTH, height=note_height(text))

    def validate(self, validation: DataValidation, address: str) -> None:
        """Add a validation; its messages are cut to what Excel reads, as the form shows the whole definition anyway."""
        validation.showInputMessage = True
        validation.promptTitle = _cut(validation.promptTitle or "", _MAX_TITLE)
        validation.prompt = _cut(validation.prompt or "", _MAX_MESSAGE)
        validation.error = _cut(validation.error or "", _MAX_MESSAGE)
        self.sheet.add_data_validation(validation)
        validation.add(address)


class ContentCanvas(Canvas):
    """A form of which only the contents of cells are written, not their looks, notes and validations."""

    _painter = Unpainted

    @property
    def typed(self) -> set[str]:
        """The addresses of the unlocked cells."""
        assert isinstance(self.paint, Unpainted)
        return self.paint.typed

    def merge(self, first: str, last: str, row: int, last_row: int | None = None) -> None:
        """Do nothing."""

    def note(self, address: str, text: str) -> None:
        """Do nothing."""

    def validate(self, validation: DataValidation, address: str) -> None:
        """Do nothing."""


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
