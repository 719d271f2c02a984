"""The look of forms: colours, fonts, the style of every kind of cell, row heights, page setup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.xlsx.archive import coordinates
from xlkpi.xlsx.text_size import PADDING, count_lines, metrics_of

ACCENT = "1F5C99"  # titles and headers
ACCENT_PALE = "DCE8F4"  # headers of sub-blocks
INPUT = "FFF9DB"  # typed
FIXED = "F3F4F6"  # fixed content
LINE = "C9CED6"
TEXT, MUTED, WHITE = "1F2933", "6B7280", "FFFFFF"
BAR = "8FB8DE"  # bars of the dimensions
GROUND = "E9ECF0"  # behind bars
GOOD, WARN, BAD, BAD_PALE = "1B7F4B", "B45309", "B42318", "FDE7E4"


@dataclass(frozen=True)
class Style:
    """The look of one kind of cell; `Painter` applies it. size: in points."""

    size: float = 10
    bold: bool = False
    italic: bool = False
    colour: str = TEXT
    fill: str | None = None
    align: str = "left"
    vertical: str = "center"
    wrap: bool = True
    shrink: bool = False
    format: str = "General"
    border: bool = True
    locked: bool = True
    indent: int = 0

    def but(self, **changes: Any) -> Style:
        """This style with some fields changed."""
        return replace(self, **changes)


TITLE = Style(size=16, bold=True, colour=WHITE, fill=ACCENT, align="center", border=False)
SECTION = Style(size=12, bold=True, colour=ACCENT, border=False, wrap=False)
HINT = Style(size=9, colour=MUTED, border=False, wrap=False, align="right")
HEADER = Style(bold=True, colour=WHITE, fill=ACCENT, align="center")
SUBHEADER = Style(bold=True, colour=ACCENT, fill=ACCENT_PALE, align="center")
FIXED_TEXT = Style(fill=FIXED, indent=1)
FIXED_CENTRE = FIXED_TEXT.but(align="center", indent=0)
FIXED_SMALL = FIXED_TEXT.but(size=9)
# General alignment: numbers right, and a #KPI text left, so that its beginning can be read.
COMPUTED = Style(align="general", wrap=False)
SHRUNK = COMPUTED.but(shrink=True)
"""A computed number in whose place a `#KPI …` may stand: too long a text is made smaller, never cut."""
COMPUTED_TEXT = Style(indent=1)
INPUT_NUMBER = COMPUTED.but(fill=INPUT, locked=False)
INPUT_TEXT = Style(fill=INPUT, locked=False)
BIG = Style(size=15, bold=True, colour=ACCENT, align="center", wrap=False, shrink=True)
PLAIN = Style(border=False)


class Painter:
    """Writes and styles the cells of one sheet; each distinct style is built once."""

    def __init__(self, sheet: Worksheet, font: str) -> None:
        self.sheet, self.font = sheet, font
        self._built: dict[Style, Any] = {}
        self._numbers: dict[int, int] = {}  # id of a part, which is made once and for all → its number in the workbook

    def put(self, address: str, value: object, style: Style) -> Cell:
        """Write a value in a style; None keeps the old value. A str beginning with = becomes a formula (see `text`)."""
        cell: Cell = self.sheet.cell(*coordinates(address))  # type: ignore[assignment]
        if value is not None:
            cell.value = value  # type: ignore[assignment]
        cell._style = copy(self.look(style))  # type: ignore[attr-defined]  # a later style of this cell changes it
        return cell

    def look(self, style: Style) -> Any:
        """A style as openpyxl has it in this workbook."""
        if style not in self._built:
            model = Cell(self.sheet, 1, 1)  # which is not on the sheet
            self._apply(model, style)
            self._built[style] = model._style  # type: ignore[attr-defined]
        return self._built[style]

    def _apply(self, cell: Any, style: Style) -> None:
        """Style a cell. A part that another style has, too, is set by its number: openpyxl takes long to find it."""
        cell._style = StyleArray()
        for name, part in _parts(style, self.font):
            if (number := self._numbers.get(id(part))) is None:
                setattr(cell, name, part)
                self._numbers[id(part)] = getattr(cell._style, f"{name}Id")
            else:
                setattr(cell._style, f"{name}Id", number)
        cell.number_format = style.format

    def text(self, address: str, value: str, style: Style) -> Cell:
        """Write text that somebody typed: never a formula, whatever it begins with."""
        cell = self.put(address, None, style)
        cell.value = value
        cell.data_type = "s"
        return cell

    def fill(self, columns: str, row: int, style: Style) -> None:
        """Style the cells of one row in columns such as "B:P"."""
        first, last = columns.split(":")
        for code in range(ord(first), ord(last) + 1):
            self.put(f"{chr(code)}{row}", None, style)

    def height(self, row: int, *texts: tuple[str, float, Style], least: float = 19) -> None:
        """Set the height of a row to that of its highest wrapped text.

        texts: text, width of its cell in characters, style. least: the height for one line, in points.
        """
        self.sheet.row_dimensions[row].height = max(least, self.needed(*texts))

    def needed(self, *texts: tuple[str, float, Style]) -> float:
        """The height of the highest of some wrapped texts, in points; 0 where all of them fit into one line."""
        return height_for(self.font, *texts, least=0.0)


class Unpainted(Painter):
    """Writes the contents of cells without their looks, which would take half the time; notes the unlocked cells."""

    def __init__(self, sheet: Worksheet, font: str) -> None:
        super().__init__(sheet, font)
        self.typed: set[str] = set()

    def put(self, address: str, value: object, style: Style) -> Cell:
        cell: Cell = self.sheet.cell(*coordinates(address))  # type: ignore[assignment]
        if value is not None:
            cell.value = value  # type: ignore[assignment]
        (self.typed.discard if style.locked else self.typed.add)(address)
        return cell

    def fill(self, columns: str, row: int, style: Style) -> None:
        first, last = columns.split(":")
        (self.typed.difference_update if style.locked else self.typed.update)(
            f"{chr(code)}{row}" for code in range(ord(first), ord(last) + 1)
        )

    def height(self, row: int, *texts: tuple[str, float, Style], least: float = 19) -> None:
        pass

    def needed(self, *texts: tuple[str, float, Style]) -> float:
        return 0.0


def height_for(font: str, *texts: tuple[str, float, Style], least: float = 19) -> float:
    """The height in points of a row with these texts; as `Painter.height`."""
    line_height = metrics_of(font).line_height
    lines = ((count_lines(text, width * 10 / s.size - s.indent, font), s.size) for text, width, s in texts)
    return max([least, *(count * line_height * size / 10 + PADDING for count, size in lines if count > 1)])


def _parts(style: Style, font: str) -> Iterator[tuple[str, Any]]:
    """The parts of a style by the names of a cell's attributes."""
    yield (
        "font",
        _made(Font, name=font, size=style.size, bold=style.bold, italic=style.italic, color=style.colour),
    )
    yield "fill", _made(PatternFill, patternType="solid", fgColor=style.fill) if style.fill else _made(PatternFill)
    yield (
        "alignment",
        _made(
            Alignment,
            horizontal=style.align,
            vertical=style.vertical,
            wrap_text=style.wrap,
            shrink_to_fit=style.shrink,
            indent=0 if style.align == "center" else style.indent,
        ),
    )
    line = _made(Side, style="thin", color=LINE) if style.border else None
    yield "border", _made(Border, left=line, right=line, top=line, bottom=line)
    yield "protection", _made(Protection, locked=style.locked)


@cache
def _made(kind: Callable[..., object], **values: object) -> object:
    return kind(**values)


def fit_page(sheet: Worksheet, *, landscape: bool) -> None:
    """Print on A4, one page wide and as many pages long as it takes."""
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]


def set_footer(sheet: Worksheet, *, left: str = "", center: str = "") -> None:
    """Set the printed footer; &P, &N and &A are page, pages and sheet."""
    footer: Any = sheet.HeaderFooter.oddFooter
    footer.left.text, footer.center.text = left, center
    footer.left.size = footer.center.size = 8 if left or center else None
