"""A sheet written once with openpyxl, and then stamped for every person.

A template keeps the XML before and after the cells, and each cell by itself. `sheet_xml` gives the sheet again with
other contents in some cells, in a hundredth of the time that openpyxl takes to write it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlkpi.xlsx.archive import coordinates
from xlkpi.xlsx.edit import Content, Formula, stored_value
from xlkpi.xlsx.markup import MAIN, xml
from xlkpi.xlsx.write.saved import saved
from xlkpi.xlsx.write.styles import Look, attributes, fragment, looks_in

_ROW, _FORMULA, _NAME, _NOTE, _SHOWS_NOTES = (
    f"{{{MAIN}}}{name}" for name in ("row", "f", "definedName", "comment", "legacyDrawing")
)
_HEIGHT = re.compile(' ht="[^"]*"')
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no workbook can hold."""
_MOST_CACHED = 8192  # texts: most stand on every form of a role
_NUMBER = re.compile(r' t="n"><v>([^<]+)</v></c>')
_DIFFERENCE = re.compile(r'dxfId="(\d+)"')
_NO_PREFIX = re.compile(rb"<(/?)(?=\w+[\s/>])")
_PLACEHOLDER = re.compile("\ue000([0-9]+)\ue001")


class TemplateCell(NamedTuple):
    """A cell of a template. row, column: from 1. style: the number of its style in the template.

    content: the XML after the style, for a cell that has neither formula nor constant text.
    """

    address: str
    row: int
    column: int
    style: int
    formula: str = ""
    text: str = ""
    content: str = "/>"


@dataclass(frozen=True, eq=False)
class SheetTemplate:
    """A sheet taken apart.

    head, tail: the XML before and after the rows. rows: the opening tag and the cells of each. looks, differences: the
    cell styles and the conditional styles, by number. names: defined names and their ranges, such as Print_Area.
    notes: texts of cell notes by address. drawings: the parts of its chart.
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
        """The addresses of its cells."""
        return frozenset(cell.address for _, cells in self.rows for cell in cells)

    @cached_property
    def formulas(self) -> tuple[tuple[int, int], ...]:
        """Row and column, from 1, of its cells that have a formula."""
        return tuple((cell.row, cell.column) for _, cells in self.rows for cell in cells if cell.formula)

    @cached_property
    def constants(self) -> dict[str, float | str]:
        """The texts and numbers in its cells, by address."""
        cells = [cell for _, cells in self.rows for cell in cells if not cell.formula]
        numbers = {cell.address: float(found[1]) for cell in cells if (found := _NUMBER.fullmatch(cell.content))}
        return {cell.address: cell.text for cell in cells if cell.text} | numbers


def captured(title: str, write: Callable[[Worksheet], object]) -> SheetTemplate:
    """The template of the sheet that `write` fills; title: the sheet's name while it is written."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    write(sheet)
    with zipfile.ZipFile(io.BytesIO(saved(book))) as parts:
        head, rows, tail = _split_sheet(parts.read("xl/worksheets/sheet1.xml"))
        looks, differences = looks_in(parts.read("xl/styles.xml"))
        names = xml(parts.read("xl/workbook.xml")).iter(_NAME)
        return SheetTemplate(
            head, rows, tail, looks, differences,
            {name.get("name", ""): (name.text or "").rpartition("!")[2] for name in names},
            _notes(parts),
            _drawings(parts),
        )  # fmt: skip


def _notes(parts: zipfile.ZipFile) -> dict[str, str]:
    note_parts = [xml(parts.read(name)) for name in parts.namelist() if name.startswith("xl/comments/")]
    return {note.get("ref", ""): "".join(map(str, note.itertext())) for part in note_parts for note in part.iter(_NOTE)}


def _drawings(parts: zipfile.ZipFile) -> dict[str, bytes]:
    """The parts of a chart, as Excel writes them: ExcelJS opens no drawing without the usual prefix."""
    folders = "xl/drawings/drawing", "xl/drawings/_rels/", "xl/charts/"
    found = {name: parts.read(name) for name in parts.namelist() if name.startswith(folders)}
    for name, part in found.items():
        if name.endswith(".rels"):
            found[name] = part.replace(b'Target="/xl/', b'Target="../')
        elif name.startswith("xl/drawings/"):
            found[name] = _NO_PREFIX.sub(rb"<\1xdr:", part).replace(b"xmlns=", b"xmlns:xdr=", 1)
    return found


def _split_sheet(sheet: bytes) -> tuple[str, tuple[tuple[str, tuple[TemplateCell, ...]], ...], str]:
    root = xml(sheet)
    rows = tuple((_opening_tag(row), tuple(map(_cell, row))) for row in root.iter(_ROW))
    for element in list(root.iter(_ROW, _SHOWS_NOTES)):
        element.getparent().remove(element)  # type: ignore[union-attr]
    head, _, tail = etree.tostring(root, encoding="unicode").partition("<sheetData/>")
    return head.replace(' tabSelected="1"', "") + "<sheetData>", rows, "</sheetData>" + tail


def _opening_tag(row: etree._Element) -> str:
    return "<row" + "".join(f' {key}="{value}"' for key, value in attributes(row).items()) + ">"


def _cell(cell: etree._Element) -> TemplateCell:
    address, formula = cell.get("r", ""), cell.find(_FORMULA)
    kind: object = cell.get("t", "n")
    return TemplateCell(
        address,
        *coordinates(address),
        int(cell.get("s", "0")),
        "" if formula is None else escape(formula.text or ""),
        "".join(map(str, cell.itertext())) if kind == "inlineStr" else "",
        f' t="{kind}">{"".join(map(fragment, cell))}</c>' if len(cell) else "/>",
    )


class StampedSheet(NamedTuple):
    """A sheet of a workbook: a template with its own title, and own contents and notes in some cells, by address.

    titles: the titles of the workbook's sheets, for a template that refers to them by `placeholder`.
    unread: addresses of contents that no formula of the template reads. heights: rows → points, where they are not
    those of the template.
    """

    title: str
    template: SheetTemplate
    contents: Mapping[str, Content] = {}
    notes: Mapping[str, str] = {}
    titles: Sequence[str] = ()
    hidden: bool = False
    unread: Set[str] = frozenset()
    heights: Mapping[int, float] = {}

    @property
    def all_notes(self) -> dict[str, str]:
        """The notes of the template and its own ones, from top to bottom."""
        notes = {**self.template.notes, **self.notes}
        return dict(sorted(notes.items(), key=lambda note: coordinates(note[0])))


FormulaValue = Callable[[int, int], Any]
"""Row, column (from 1) → the value of a formula cell."""


class SharedTexts(dict[str, int]):
    """The constant texts of a workbook, and the number by which its cells refer to each; a new one gets the next.

    Every program reads texts by number, and Excel writes them so; a few lose those that stand in the cells themselves.
    """

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number

    def part(self) -> str:
        """The part that holds them."""
        items = "".join(f'<si><t xml:space="preserve">{escaped(text)}</t></si>' for text in self)
        return f'<sst xmlns="{MAIN}" uniqueCount="{len(self)}">{items}</sst>'


def sheet_xml(
    sheet: StampedSheet,
    styles: Sequence[int],
    differences: Sequence[int],
    texts: SharedTexts,
    value: FormulaValue | None,
    end: str = "",
) -> str:
    """The XML of a sheet.

    styles, differences: the number in the workbook of each style, and each conditional style, of the template.
    texts: those of the workbook, to which those of the sheet are added.
    value: the values of formulas; None leaves them without values. end: XML to append at the end of the sheet.
    Raises KeyError for contents of a cell that the template does not have.
    """
    template, contents = sheet.template, sheet.contents
    if missing := contents.keys() - template.addresses:
        raise KeyError(", ".join(sorted(missing)))
    pieces = [template.head]
    add = pieces.append
    for opening, cells in template.rows:
        height = sheet.heights.get(cells[0].row) if cells else None
        add(opening if height is None else _HEIGHT.sub(f' ht="{height:g}"', opening))
        for address, row, column, look, formula, text, held in cells:  # as fields they would take half as long again
            style = styles[look]
            if address in contents:
                content = contents[address]
                if not isinstance(content, Formula):
                    add(f'<c r="{address}" s="{style}"{_content_xml(content, texts)}')
                    continue
                formula = escape(content.text)
            if not formula:
                add(f'<c r="{address}" s="{style}"{_text_xml(text, texts) if text else held}')
                continue
            if sheet.titles:
                formula = _PLACEHOLDER.sub(
                    lambda match: escape(sheet.titles[int(match[1])].replace("'", "''")), formula
                )
            kind, value_element = ("n", "") if value is None else _formula_value(value(row, column))
            add(f'<c r="{address}" s="{style}" t="{kind}"><f>{formula}</f>{value_element}</c>')
        add("</row>")
    tail = _DIFFERENCE.sub(lambda match: f'dxfId="{differences[int(match[1])]}"', template.tail)
    add(tail.removesuffix("</worksheet>") + end + "</worksheet>")
    return "".join(pieces)


def _formula_value(value: Any) -> tuple[str, str]:
    """The cell type and the XML element of a formula's value."""
    kind, text = stored_value(value)
    return kind or "n", f"<v>{escaped(text)}</v>"


def _content_xml(content: float | str | None, texts: SharedTexts) -> str:
    """The XML after the style of a cell that holds a constant."""
    if content is None or content == "":
        return "/>"
    return _text_xml(content, texts) if isinstance(content, str) else value_xml(content)


def _text_xml(text: str, texts: SharedTexts) -> str:
    return f' t="s"><v>{texts[text]}</v></c>'


def value_xml(value: Any) -> str:
    """The XML after the style of a cell that holds a value of a calculation engine."""
    kind, text = stored_value(value)
    return f' t="{kind or "n"}"><v>{escaped(text)}</v></c>'


@lru_cache(_MOST_CACHED)
def escaped(text: str) -> str:
    """Text for an XML element; characters that no workbook can hold are left out."""
    return escape(ILLEGAL.sub("", text), {"\r": "&#13;"})


def placeholder(number: int) -> str:
    """The text that stands in a template for the title of the workbook's sheet of this number, from 0."""
    return f"\ue000{number}\ue001"


_LIST_END = '</sheetData><sheetProtection sheet="1"/></worksheet>'


def list_template(rows: Sequence[Sequence[float | str | None]], look: Look) -> SheetTemplate:
    """The template of a protected sheet with plain rows from cell A1 on; None and "" leave a cell out."""
    cells = (
        tuple(
            _constant(f"{chr(ord('A') + column)}{row}", row, column + 1, content)
            for column, content in enumerate(contents)
            if content is not None and content != ""
        )
        for row, contents in enumerate(rows, start=1)
    )
    lines = tuple((f'<row r="{number}">', line) for number, line in enumerate(cells, start=1))
    return SheetTemplate(f'<worksheet xmlns="{MAIN}"><sheetData>', lines, _LIST_END, (look,))


def _constant(address: str, row: int, column: int, content: float | str) -> TemplateCell:
    cell = TemplateCell(address, row, column, 0)
    return cell._replace(text=content) if isinstance(content, str) else cell._replace(content=value_xml(content))
