"""A sheet written once with openpyxl and then stamped for every person.

A template keeps what stands before and after the cells as it was written, and every cell by itself. `sheet_xml` gives
the same sheet again with other contents in some cells, which takes a hundredth of the time of writing it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.xlsx.archive import MAIN, coordinates, xml
from xlkpi.xlsx.edit import Content, Formula, stored
from xlkpi.xlsx.write.styles import Look, attributes, fragment, looks_in

_ROW, _FORMULA, _NAME, _NOTE, _SHOWS_NOTES = (
    f"{{{MAIN}}}{name}" for name in ("row", "f", "definedName", "comment", "legacyDrawing")
)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DIFFERENCE = re.compile(r'dxfId="(\d+)"')


class TemplateCell(NamedTuple):
    """A cell of a template: its style's number on the template, and its formula, or else all that follows the style."""

    address: str
    row: int
    column: int
    style: int
    formula: str
    content: str


@dataclass(frozen=True, eq=False)
class SheetTemplate:
    """A sheet taken apart.

    names: its defined names and their ranges, such as Print_Area. notes: their texts by address. drawings: the parts
    of its chart.
    """

    head: str
    rows: tuple[tuple[str, tuple[TemplateCell, ...]], ...]
    tail: str
    looks: tuple[Look, ...]
    differences: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    drawings: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def addresses(self) -> frozenset[str]:
        """Of the cells that there are."""
        return frozenset(cell.address for _, cells in self.rows for cell in cells)

    @cached_property
    def formulas(self) -> tuple[tuple[int, int], ...]:
        """Row and column of the cells that have one."""
        return tuple((cell.row, cell.column) for _, cells in self.rows for cell in cells if cell.formula)


def captured(title: str, write: Callable[[Worksheet], object]) -> SheetTemplate:
    """The template of what `write` puts on an empty sheet of this title."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    write(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as parts:
        head, rows, tail = _taken_apart(parts.read("xl/worksheets/sheet1.xml"))
        looks, differences = looks_in(parts.read("xl/styles.xml"))
        names = xml(parts.read("xl/workbook.xml")).iter(_NAME)
        folders = "xl/drawings/drawing", "xl/drawings/_rels/", "xl/charts/"
        return SheetTemplate(
            head, rows, tail, looks, differences,
            {name.get("name", ""): (name.text or "").rpartition("!")[2] for name in names},
            _notes(parts),
            {name: parts.read(name) for name in parts.namelist() if name.startswith(folders)},
        )  # fmt: skip


def _notes(parts: zipfile.ZipFile) -> dict[str, str]:
    written = [xml(parts.read(name)) for name in parts.namelist() if name.startswith("xl/comments/")]
    return {note.get("ref", ""): "".join(map(str, note.itertext())) for part in written for note in part.iter(_NOTE)}


def _taken_apart(sheet: bytes) -> tuple[str, tuple[tuple[str, tuple[TemplateCell, ...]], ...], str]:
    root = xml(sheet)
    rows = tuple((_opening(row), tuple(map(_cell, row))) for row in root.iter(_ROW))
    for taken in list(root.iter(_ROW, _SHOWS_NOTES)):
        taken.getparent().remove(taken)  # type: ignore[union-attr]
    head, _, tail = etree.tostring(root, encoding="unicode").partition("<sheetData/>")
    return head.replace(' tabSelected="1"', "") + "<sheetData>", rows, "</sheetData>" + tail


def _opening(row: etree._Element) -> str:
    return "<row" + "".join(f' {key}="{value}"' for key, value in attributes(row).items()) + ">"


def _cell(cell: etree._Element) -> TemplateCell:
    address, formula = cell.get("r", ""), cell.find(_FORMULA)
    kind: object = cell.get("t", "n")
    return TemplateCell(
        address,
        *coordinates(address),
        int(cell.get("s", "0")),
        "" if formula is None else escape(formula.text or ""),
        f' t="{kind}">{"".join(map(fragment, cell))}</c>' if len(cell) else "/>",
    )


class StampedSheet(NamedTuple):
    """What is printed with a template: the sheet's title, and what some of its cells hold and say.

    titles: of the workbook's sheets, where the template names them by `place_holder`.
    """

    title: str
    template: SheetTemplate
    contents: Mapping[str, Content] = {}
    notes: Mapping[str, str] = {}
    titles: Sequence[str] = ()
    hidden: bool = False

    @property
    def all_notes(self) -> dict[str, str]:
        """The template's notes and the person's, from top to bottom."""
        notes = {**self.template.notes, **self.notes}
        return dict(sorted(notes.items(), key=lambda note: coordinates(note[0])))


FormulaValue = Callable[[int, int], Any]
"""Row, column (from 1) → the value of a formula cell."""


def sheet_xml(
    page: StampedSheet, styles: Sequence[int], differences: Sequence[int], value: FormulaValue | None, end: str = ""
) -> str:
    """The sheet as text, with the numbers of styles in its workbook; formulas without values where there are none.

    `end` stands last in it. Raises KeyError for contents of a cell that the template does not have.
    """
    template, contents = page.template, page.contents
    if missing := contents.keys() - template.addresses:
        raise KeyError(", ".join(sorted(missing)))
    written = [template.head]
    add = written.append
    for opening, cells in template.rows:
        add(opening)
        for cell in cells:
            style, formula = styles[cell.style], cell.formula
            if cell.address in contents:
                content = contents[cell.address]
                if not isinstance(content, Formula):
                    add(f'<c r="{cell.address}" s="{style}"{_content(content)}')
                    continue
                formula = escape(content.text)
            if not formula:
                add(f'<c r="{cell.address}" s="{style}"{cell.content}')
                continue
            if page.titles:
                formula = _HELD.sub(lambda held: escape(page.titles[int(held[1])].replace("'", "''")), formula)
            kind, shown = _value(value, cell)
            add(f'<c r="{cell.address}" s="{style}" t="{kind}"><f>{formula}</f>{shown}</c>')
        add("</row>")
    tail = _DIFFERENCE.sub(lambda found: f'dxfId="{differences[int(found[1])]}"', template.tail)
    add(tail.removesuffix("</worksheet>") + end + "</worksheet>")
    return "".join(written)


def _value(value: FormulaValue | None, cell: TemplateCell) -> tuple[str, str]:
    """The type and the element of a formula's value."""
    if value is None:
        return "n", ""
    kind, text = stored(value(cell.row, cell.column))
    return kind or "n", f"<v>{escaped(text)}</v>"


def _content(content: float | str | None) -> str:
    if content is None or content == "":
        return "/>"
    if isinstance(content, str):
        return f' t="inlineStr"><is><t xml:space="preserve">{escaped(content)}</t></is></c>'
    return value_content(content)


def value_content(value: Any) -> str:
    """What follows the style of a cell that holds a value, as engines give it."""
    kind, text = stored(value)
    return f' t="{kind or "n"}"><v>{escaped(text)}</v></c>'


def escaped(text: str) -> str:
    """Text as it may stand in an element; what no workbook can hold is left out."""
    return escape(_ILLEGAL.sub("", text), {"\r": "&#13;"})


_HELD = re.compile("\ue000([0-9]+)\ue001")


def place_holder(number: int) -> str:
    """What a template calls the workbook's sheet of this number, from 0, until it is printed."""
    return f"\ue000{number}\ue001"


_LIST_END = '</sheetData><sheetProtection sheet="1"/></worksheet>'


def listed(rows: Sequence[Sequence[float | str | None]], look: Look) -> SheetTemplate:
    """The template of a plain list from cell A1 on, protected."""
    cells = (
        tuple(
            TemplateCell(f"{chr(ord('A') + column)}{row}", row, column + 1, 0, "", _content(content))
            for column, content in enumerate(contents)
            if content not in (None, "")
        )
        for row, contents in enumerate(rows, start=1)
    )
    lines = tuple((f'<row r="{number}">', line) for number, line in enumerate(cells, start=1))
    return SheetTemplate(f'<worksheet xmlns="{MAIN}"><sheetData>', lines, _LIST_END, (look,))
