"""A copy of a workbook with cells marked: another fill and a note each, everything else as it was.

The package is patched part by part: sheets, styles, notes and what refers to them; all other parts are copied byte
for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from xlkpi.xlsx.archive import MAIN, reading, xml
from xlkpi.xlsx.package import OFFICE, Package, free

_VML, _EXCEL = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:excel"
_RED, _YELLOW = "FFFFC7CE", "FFFFE699"
_AUTHOR = "xlkpi"
_AFTER_LEGACY = ("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
"""What stands after legacyDrawing in a sheet, in the order that the format asks for."""
_EMPTY_VML = f"""<xml xmlns:v="{_VML}" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="{_EXCEL}">
<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>"""


@dataclass(frozen=True)
class Mark:
    """What a cell gets: the text of its note, and whether it is red rather than yellow."""

    text: str
    red: bool


def mark(content: bytes, marks: Mapping[str, Mapping[str, Mark]]) -> bytes:
    """The workbook with these cells marked. Raises `UnreadableError` where the bytes are no workbook of ours."""
    with reading():
        package = Package(content)
        styles = _Styles(package)
        for part, sheet in package.sheets:
            if marks.get(sheet):
                _mark_sheet(package, styles, part, marks[sheet])
        return package.written()


class _Styles:
    """The cell formats; a marked one is a copy with another fill."""

    def __init__(self, package: Package) -> None:
        (part,) = [part for kind, part in package.related("xl/workbook.xml") if kind.endswith("/styles")]
        self._package, self._part = package, part
        self._fills: dict[bool, int] = {}
        self._marked: dict[tuple[int, bool], int] = {}

    def marked(self, style: int, red: bool) -> int:
        """The number of the format that looks like another, but for its fill."""
        key = style, red
        if key not in self._marked:
            formats = self._package.open(self._part).find(f"{{{MAIN}}}cellXfs")
            assert formats is not None
            copy = deepcopy(formats[style])
            copy.set("fillId", str(self._fill(red)))
            copy.set("applyFill", "1")
            self._marked[key] = _append(formats, copy)
        return self._marked[key]

    def _fill(self, red: bool) -> int:
        if red not in self._fills:
            fills = self._package.open(self._part).find(f"{{{MAIN}}}fills")
            assert fills is not None
            fill = etree.Element(f"{{{MAIN}}}fill")
            pattern = etree.SubElement(fill, f"{{{MAIN}}}patternFill", patternType="solid")
            etree.SubElement(pattern, f"{{{MAIN}}}fgColor", rgb=_RED if red else _YELLOW)
            self._fills[red] = _append(fills, fill)
        return self._fills[red]


def _append(parent: etree._Element, child: etree._Element) -> int:
    """Append, keep the count; the child's number."""
    parent.append(child)
    parent.set("count", str(len(parent)))
    return len(parent) - 1


# --- one sheet --------------------------------------------------------------------------------------------------------


def _mark_sheet(package: Package, styles: _Styles, part: str, marks: Mapping[str, Mark]) -> None:
    root = package.open(part)
    cells = {cell.get("r"): cell for cell in root.iter(f"{{{MAIN}}}c")}
    for address, one in marks.items():
        cell = cells.get(address)
        if cell is None:
            cell = _new_cell(root, address)
        cell.set("s", str(styles.marked(int(cell.get("s", "0")), one.red)))
    _note(package, part, root, marks)


def _new_cell(root: etree._Element, address: str) -> etree._Element:
    """An empty cell at its place, styled as its row or column."""
    data = root.find(f"{{{MAIN}}}sheetData")
    assert data is not None
    letters, number = coordinate_from_string(address)
    column = column_index_from_string(letters)
    row = _placed(data, "row", str(number), number)
    cell = _placed(row, "c", address, column)
    if row.get("customFormat") in ("1", "true"):
        cell.set("s", row.get("s", "0"))
    else:
        for one in root.iter(f"{{{MAIN}}}col"):
            if int(one.get("min", "0")) <= column <= int(one.get("max", "0")):
                cell.set("s", one.get("style", "0"))
    return cell


def _placed(parent: etree._Element, tag: str, reference: str, number: int) -> etree._Element:
    """The row or cell with a number; made, in its order, where there is none."""
    place = len(parent)
    for index, one in enumerate(parent):
        letters = re.sub(r"\d", "", one.get("r", ""))
        found = column_index_from_string(letters) if letters else int(one.get("r", "0"))
        if found == number:
            return one
        if found > number:
            place = index
            break
    child = etree.Element(f"{{{MAIN}}}{tag}", r=reference)
    parent.insert(place, child)
    return child


# --- notes ------------------------------------------------------------------------------------------------------------


def _note(package: Package, sheet: str, root: etree._Element, marks: Mapping[str, Mark]) -> None:
    related = package.related(sheet)
    comments = next((part for kind, part in related if kind.endswith("/comments")), None)
    drawing = next(
        (part for kind, part in related if kind.endswith("/vmlDrawing") and _is_for_notes(package, part)), None
    )
    if comments is None:
        comments = package.free_name("xl/comments{}.xml")
        made = etree.Element(f"{{{MAIN}}}comments", nsmap={None: MAIN})  # type: ignore[dict-item]
        etree.SubElement(made, f"{{{MAIN}}}authors")
        etree.SubElement(made, f"{{{MAIN}}}commentList")
        package.add(comments, made, "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml")
        package.relate(sheet, f"{OFFICE}/comments", comments)
    if drawing is None or root.find(f"{{{MAIN}}}legacyDrawing") is None:
        drawing = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.add(drawing, xml(_EMPTY_VML.encode()), "application/vnd.openxmlformats-officedocument.vmlDrawing")
        _legacy_drawing(root, package.relate(sheet, f"{OFFICE}/vmlDrawing", drawing))
    new = _write_notes(package.open(comments), marks)
    shapes = package.open(drawing)
    taken = {str(shape.get("id")) for shape in shapes.iter(f"{{{_VML}}}shape")}
    for address in new:
        id = free("_x0000_s9", taken)
        taken.add(id)
        shapes.append(_shape(id, address, marks[address].text))


def _is_for_notes(package: Package, part: str) -> bool:
    """Headers and footers have drawings of their own, of pictures."""
    shapes = [shape.find(f"{{{_EXCEL}}}ClientData") for shape in package.peek(part).iter(f"{{{_VML}}}shape")]
    return not shapes or any(data is not None and data.get("ObjectType") == "Note" for data in shapes)


def _legacy_drawing(root: etree._Element, id: str) -> None:
    for old in root.findall(f"{{{MAIN}}}legacyDrawing"):
        root.remove(old)
    element = etree.Element(f"{{{MAIN}}}legacyDrawing", nsmap={"r": OFFICE})
    element.set(f"{{{OFFICE}}}id", id)
    later = [one for one in root if etree.QName(one).localname in _AFTER_LEGACY]
    if later:
        later[0].addprevious(element)
    else:
        root.append(element)


def _write_notes(root: etree._Element, marks: Mapping[str, Mark]) -> list[str]:
    """Write the notes; cells that have one keep it, ours below. Returns the cells that had none."""
    authors, notes = root.find(f"{{{MAIN}}}authors"), root.find(f"{{{MAIN}}}commentList")
    assert authors is not None
    assert notes is not None
    names = [author.text for author in authors]
    if _AUTHOR not in names:
        etree.SubElement(authors, f"{{{MAIN}}}author").text = _AUTHOR
        names.append(_AUTHOR)
    known = {note.get("ref"): note for note in notes}
    new = []
    for address, one in marks.items():
        if address in known:
            text = known[address].find(f"{{{MAIN}}}text")
            assert text is not None
            _lift(text)
            _run(text, f"\n—\n{one.text}")
        else:
            note = etree.SubElement(notes, f"{{{MAIN}}}comment", ref=address, authorId=str(names.index(_AUTHOR)))
            _run(etree.SubElement(note, f"{{{MAIN}}}text"), one.text)
            new.append(address)
    return new


def _lift(text: etree._Element) -> None:
    """Plain text becomes a run: runs beside plain text are not read."""
    plain = text.find(f"{{{MAIN}}}t")
    if plain is not None:
        text.remove(plain)
        _run(text, plain.text or "")


def _run(text: etree._Element, said: str) -> None:
    run = etree.SubElement(etree.SubElement(text, f"{{{MAIN}}}r"), f"{{{MAIN}}}t")
    run.text = re.sub(r"[\x00-\x08\x0b-\x1f]", "", said)
    run.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _shape(id: str, address: str, text: str) -> etree._Element:
    """The box of a note, beside its cell, high enough for the text."""
    letters, number = coordinate_from_string(address)
    row, column = number - 1, column_index_from_string(letters) - 1
    lines = sum(1 + len(line) // 24 for line in text.split("\n"))
    shape = f"""<v:shape xmlns:v="{_VML}" xmlns:x="{_EXCEL}" xmlns:o="urn:schemas-microsoft-com:office:office"
 id="{id}" type="#_x0000_t202" style="position:absolute;width:240pt;height:{24 + 15 * lines}pt;visibility:hidden"
 fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:path o:connecttype="none"/>
<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>
<x:Anchor>{column + 1}, 15, {row}, 2, {column + 4}, 15, {row + 1 + lines}, 2</x:Anchor>
<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""
    return xml(shape.encode())
