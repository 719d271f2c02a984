"""Writes the sheet of one role: head, indicators, data, dimensions, duties, alerts, guidance."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.comments import Comment
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.draft import RoleDraft
from xlkpi.i18n.labels import words as labels_of
from xlkpi.i18n.languages import HANS
from xlkpi.role_books.choices import Choices
from xlkpi.role_books.content import Content, Shown, Values
from xlkpi.role_books.layout import FIXED, HEAD, SPARE, WIDE, layout
from xlkpi.writer import styles
from xlkpi.writer.styles import Painter, Style, fit_page
from xlkpi.xlsx.text_size import NOTE_WIDTH, note_height

_CENTRED = frozenset(
    "weight target unit owner aggregate low high previous newcomer optional lower_is_better unmet share red_line "
    "missing no_occasion effective_from effective_to".split()
)
_SMALL = frozenset({"id", "reading", "originals", "unread", "note", "definition"})


class RoleSheetWriter:
    """Writes one role onto an empty sheet, from the top."""

    def __init__(self, sheet: Worksheet, draft: RoleDraft, choices: Choices) -> None:
        self.sheet, self.draft, self.choices = sheet, draft, choices
        self.content = Content(draft)
        self.paint = Painter(sheet, labels_of(HANS)("font"))
        self.layout = layout(drafted=bool(draft.originals or draft.unread))
        self._row = 0

    def write(self) -> None:
        """Write everything."""
        for letter, width in self.layout.widths.items():
            self.sheet.column_dimensions[letter].width = width
        self._head()
        for block in self.layout.columns:
            self._block(block)
        self._guidance()
        self.sheet.freeze_panes = "C2"
        fit_page(self.sheet, landscape=True)
        self.sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.5, header=0.25, footer=0.25)
        self.sheet.print_title_rows = "1:1"
        self.sheet.print_area = f"A1:{self.layout.printed}{self._row}"
        self.sheet.sheet_view.zoomScale = 90

    # --- head and guidance --------------------------------------------------------------------------------------------

    def _head(self) -> None:
        values = self.content.head()
        self._row = 1
        self.paint.fill("A:G", 1, styles.TITLE.but(align="left", indent=1))
        self.paint.text("A1", words.text("sheet_title"), styles.TITLE.but(align="left", indent=1))
        self._merge("A", "G", 1)
        self.sheet.row_dimensions[1].height = 28
        for fields in HEAD:
            self._row += 1
            for field, (name, first, last) in zip(fields, (("A", "B", "B"), ("D", "E", "E")), strict=False):
                self.paint.put(f"{name}{self._row}", words.heading("head", field), styles.SUBHEADER)
                self._note(f"{name}{self._row}", words.note("head", field))
                self._put(f"{first}{self._row}", values.get(field), styles.INPUT_TEXT.but(indent=1))
                if kind := {"compare_periods": "yes_no", "all_rated": "yes_no", "missing": "missing"}.get(field):
                    self.choices.validate(self.sheet, kind, f"{first}{self._row}:{last}{self._row}")
            self.sheet.row_dimensions[self._row].height = 20

    def _guidance(self) -> None:
        self._title("guidance")
        for text in [*self.content.guidance(), "", ""]:
            self._row += 1
            self.paint.fill("A:G", self._row, styles.INPUT_TEXT.but(indent=1))
            self.paint.text(f"A{self._row}", text, styles.INPUT_TEXT.but(indent=1))
            self._merge("A", "G", self._row)
            self.paint.height(self._row, (text, self.layout.width("A", "G"), styles.INPUT_TEXT))
            if not text:
                self.sheet[f"A{self._row}"].value = None

    # --- tables -------------------------------------------------------------------------------------------------------

    def _block(self, block: str) -> None:
        rows = self.content.rows(block)
        if block == "groups" and not rows:
            return
        self._title(block)
        self._row += 1
        header = self._row
        columns = self.layout.columns[block]
        for field, letter in columns.items():
            last = WIDE.get(block, {}).get(field, letter)
            style = styles.HEADER if field not in FIXED else styles.HEADER.but(fill=styles.MUTED)
            self.paint.fill(f"{letter}:{last}", header, style)
            self.paint.put(f"{letter}{header}", words.heading(block, field), style)
            self._merge(letter, last, header)
            self._note(f"{letter}{header}", words.note(block, field))
        self.sheet.row_dimensions[header].height = 24
        for values in [*rows, *({} for _ in range(SPARE[block]))]:
            self._row += 1
            self._entry(block, columns, values)
        for field, letter in columns.items():
            self.choices.validate_field(self.sheet, field, f"{letter}{header + 1}:{letter}{self._row}")

    def _entry(self, block: str, columns: Mapping[str, str], values: Values) -> None:
        texts: list[tuple[str, float, Style]] = []
        for field, letter in columns.items():
            last = WIDE.get(block, {}).get(field, letter)
            style = _style(field)
            self.paint.fill(f"{letter}:{last}", self._row, style)
            shown = values.get(field)
            self._put(f"{letter}{self._row}", shown, style)
            self._merge(letter, last, self._row)
            if shown is not None and isinstance(shown.value, str):
                texts.append((shown.value, self.layout.width(letter, last), style))
        self.paint.height(self._row, *texts)

    # --- cells --------------------------------------------------------------------------------------------------------

    def _title(self, block: str) -> None:
        self._row += 2
        self.paint.put(f"A{self._row}", words.title(block), styles.SECTION)
        self.sheet.row_dimensions[self._row].height = 22

    def _put(self, address: str, shown: Shown | None, style: Style) -> None:
        if shown is None:
            self.paint.put(address, None, style)
        elif isinstance(shown.value, str):
            self.paint.text(address, shown.value, style)
        else:
            self.paint.put(address, shown.value, style.but(format=shown.format))

    def _note(self, address: str, text: str) -> None:
        self.sheet[address].comment = Comment(text, "xlkpi", width=NOTE_WIDTH, height=note_height(text))

    def _merge(self, first: str, last: str, row: int) -> None:
        if first != last:
            self.sheet.merged_cells.add(f"{first}{row}:{last}{row}")


def _style(field: str) -> Style:
    if field in FIXED:
        return styles.FIXED_SMALL
    style = styles.INPUT_TEXT.but(size=9) if field in _SMALL else styles.INPUT_TEXT
    return style.but(align="center") if field in _CENTRED else style.but(indent=1)
