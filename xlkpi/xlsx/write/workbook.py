"""Puts stamped sheets together into a workbook: the parts of the file, and the relationships between them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

from xlkpi.common.files import zip_entry
from xlkpi.xlsx.archive import coordinates
from xlkpi.xlsx.edit import Values
from xlkpi.xlsx.markup import MAIN
from xlkpi.xlsx.text_size import NOTE_WIDTH, note_height
from xlkpi.xlsx.write.saved import APPLICATION_PART, saved
from xlkpi.xlsx.write.styles import StyleTable
from xlkpi.xlsx.write.template import SharedTexts, StampedSheet, escaped, sheet_xml

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPES = (
    ("xl/workbook.xml", "officedocument.spreadsheetml.sheet.main"),
    ("xl/worksheets/sheet", "officedocument.spreadsheetml.worksheet"),
    ("xl/comments", "officedocument.spreadsheetml.comments"),
    ("xl/sharedStrings.xml", "officedocument.spreadsheetml.sharedStrings"),
    ("xl/styles.xml", "officedocument.spreadsheetml.styles"),
    ("xl/theme/", "officedocument.theme"),
    ("xl/drawings/drawing", "officedocument.drawing"),
    ("xl/charts/chart", "officedocument.drawingml.chart"),
    ("docProps/core.xml", "package.core-properties"),
    ("docProps/app.xml", "officedocument.extended-properties"),
)
"""The beginnings of part names, and their content types; relationships and note drawings go by file extension."""


def assembled(sheets: Sequence[StampedSheet], values: Values | None = None, *, compress: bool = True) -> bytes:
    """A workbook of these sheets; equal sheets give equal bytes but for the time of writing.

    values: the values of formulas; None leaves them without values. At most one template may have drawings.
    """
    parts = dict(_parts(sheets, values))
    all_parts = {"[Content_Types].xml": _content_types(parts), **parts}
    buffer = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in all_parts.items():
            declaration = "" if name.endswith(".vml") else _DECLARATION  # Excel writes note drawings without one
            data = part if isinstance(part, bytes) else (declaration + part).encode()
            archive.writestr(zip_entry(name), data, method)
    return buffer.getvalue()


def _parts(sheets: Sequence[StampedSheet], values: Values | None) -> Iterator[tuple[str, str | bytes]]:
    yield (
        "_rels/.rels",
        _relations(
            ("rId1", f"{_OFFICE}/relationships/officeDocument", "xl/workbook.xml"),
            ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ("rId3", f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
        ),
    )
    yield "docProps/app.xml", APPLICATION_PART
    yield "docProps/core.xml", _properties(dt.datetime.now(dt.UTC))
    yield "xl/workbook.xml", _workbook(sheets)
    yield (
        "xl/_rels/workbook.xml.rels",
        _relations(
            *((f"rId{n}", f"{_OFFICE}/relationships/worksheet", f"worksheets/sheet{n}.xml") for n in _numbers(sheets)),
            ("styles", f"{_OFFICE}/relationships/styles", "styles.xml"),
            ("texts", f"{_OFFICE}/relationships/sharedStrings", "sharedStrings.xml"),
            ("theme", f"{_OFFICE}/relationships/theme", "theme/theme1.xml"),
        ),
    )
    styles, texts = StyleTable(sheets[0].template.looks[0]), SharedTexts()
    for number, sheet in enumerate(sheets, start=1):
        yield from _sheet(number, sheet, styles, texts, values)
    yield "xl/styles.xml", styles.part()
    yield "xl/sharedStrings.xml", texts.part()
    yield "xl/theme/theme1.xml", _theme()


def _properties(at: dt.datetime) -> str:
    """Author and times: of two files of one form that come back, the one saved later counts."""
    times = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{at:%Y-%m-%dT%H:%M:%SZ}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>xlkpi</dc:creator>{times}</cp:coreProperties>"
    )


def _sheet(
    number: int, sheet: StampedSheet, styles: StyleTable, texts: SharedTexts, values: Values | None
) -> Iterator[tuple[str, str | bytes]]:
    """The parts of a sheet: itself, its notes, its drawings, and their relationships.

    Names and relative targets are those that Excel writes: ExcelJS finds notes and drawings under no others, and
    IronCalc opens no workbook whose sheet has notes by an absolute target.
    """
    template, notes = sheet.template, sheet.all_notes
    cells, differences = [*map(styles.cell, template.looks)], [*map(styles.difference, template.differences)]
    value = None if values is None else lambda row, column: values(sheet.title, row, column)
    end = f'<legacyDrawing xmlns:r="{_OFFICE}/relationships" r:id="notes"/>' if notes else ""
    yield f"xl/worksheets/sheet{number}.xml", sheet_xml(sheet, cells, differences, texts, value, end)
    related = []
    if template.drawings:
        related.append(("rId1", f"{_OFFICE}/relationships/drawing", "../drawings/drawing1.xml"))
        yield from template.drawings.items()
    if notes:
        words, boxes = f"comments{number}.xml", f"drawings/vmlDrawing{number}.vml"
        related.append(("comments", f"{_OFFICE}/relationships/comments", f"../{words}"))
        related.append(("notes", f"{_OFFICE}/relationships/vmlDrawing", f"../{boxes}"))
        yield f"xl/{words}", note_texts(notes)
        yield f"xl/{boxes}", note_boxes(notes, number)
    if related:
        yield f"xl/worksheets/_rels/sheet{number}.xml.rels", _relations(*related)


def _numbers(sheets: Sequence[StampedSheet]) -> range:
    return range(1, len(sheets) + 1)


def _workbook(sheets: Sequence[StampedSheet]) -> str:
    elements = "".join(
        f'<sheet name={quoteattr(sheet.title)} sheetId="{number}" '
        f'state="{"veryHidden" if sheet.hidden else "visible"}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    names = "".join(
        f'<definedName name="{name}" localSheetId="{number}">{escape(_quoted(sheet.title))}!{cells}</definedName>'
        for number, sheet in enumerate(sheets)
        for name, cells in sheet.template.names.items()
    )
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}/relationships"><workbookPr/>'
        f'<bookViews><workbookView activeTab="0"/></bookViews><sheets>{elements}</sheets>'
        f'<definedNames>{names}</definedNames><calcPr calcId="124519" fullCalcOnLoad="1"/></workbook>'
    )


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _relations(*relations: tuple[str, str, str]) -> str:
    elements = "".join(f'<Relationship Id="{id}" Type="{kind}" Target="{target}"/>' for id, kind, target in relations)
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{elements}</Relationships>'


def _content_types(parts: dict[str, str | bytes]) -> str:
    application = "application/vnd.openxmlformats-"
    defaults = (
        ("rels", f"{application}package.relationships+xml"),
        ("vml", f"{application}officedocument.vmlDrawing"),
    )
    elements = [f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in defaults]
    for part in parts:
        if not part.endswith((".rels", ".vml")):
            kind = next(kind for beginning, kind in _TYPES if part.startswith(beginning))
            elements.append(f'<Override PartName="/{part}" ContentType="{application}{kind}+xml"/>')
    return f'<Types xmlns="{_PACKAGE}/content-types">{"".join(elements)}</Types>'


@cache
def _theme() -> bytes:
    """The theme of openpyxl's workbooks: the default font refers to it."""
    with zipfile.ZipFile(io.BytesIO(saved(Workbook()))) as parts:
        return parts.read("xl/theme/theme1.xml")


_AUTHOR = "xlkpi"
_SHAPE_IDS = 1024  # every sheet has a range of this many shape ids


def note_texts(notes: Mapping[str, str]) -> str:
    """The comments part; notes: texts by address."""
    comments = "".join(
        f'<comment ref="{address}" authorId="0" shapeId="0"><text><t xml:space="preserve">{escaped(text)}</t>'
        "</text></comment>"
        for address, text in notes.items()
    )
    authors = f"<authors><author>{_AUTHOR}</author></authors>"
    return f'<comments xmlns="{MAIN}">{authors}<commentList>{comments}</commentList></comments>'


def note_boxes(notes: Mapping[str, str], sheet: int) -> str:
    """The drawing part with the boxes of a sheet's notes; sheet: its number in the workbook, from 1."""
    shapes = (_note_box(number, sheet, address, text) for number, (address, text) in enumerate(notes.items(), start=1))
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        'xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{sheet}"/></o:shapelayout>'
        '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
        '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        f"{''.join(shapes)}</xml>"
    )


def _note_box(number: int, sheet: int, address: str, text: str) -> str:
    row, column = coordinates(address)
    place = f"position:absolute;margin-left:59.25pt;margin-top:1.5pt;width:{NOTE_WIDTH}px;height:{note_height(text)}px"
    return (
        f'<v:shape id="_x0000_s{_SHAPE_IDS * sheet + number}" type="#_x0000_t202" '
        f'style="{place};z-index:{number};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )
