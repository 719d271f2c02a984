"""Marks cells in a copy of a workbook, those of problems for example: each marked cell gets another fill and a note.

Only sheets, styles, notes and the parts that refer to them are changed; all other parts are copied byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from xlkpi.i18n.problems import ERROR, Problem
from xlkpi.xlsx.archive import reading
from xlkpi.xlsx.edit import new_cell
from xlkpi.xlsx.markup import MAIN, xml
from xlkpi.xlsx.package import OFFICE, Package, free_id
from xlkpi.xlsx.usual import WORKBOOK, Parts

_VML, _EXCEL = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:excel"
_RED, _YELLOW = "FFFFC7CE", "FFFFE699"
_AUTHOR = "xlkpi"
_BELOW = "\n—\n"
"""Between an earlier note and ours."""
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_AFTER_LEGACY = ("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
"""The elements that follow legacyDrawing in a sheet; the format prescribes their order."""
_EMPTY_VML = f"""<xml xmlns:v="{_VML}" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="{_EXCEL}">
<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>"""


@dataclass(frozen=True)
class Mark:
    """The mark of one cell: the text of its note; red or else yellow."""

    text: str
    red: bool


def marks_of(problems: Sequence[Problem]) -> dict[str, dict[str, Mark]]:
    """The marks of all problems that have a cell: sheet → address → mark."""
    marks: dict[str, dict[str, Mark]] = {}
    for problem in problems:
        if problem.sheet is None or problem.cell is None:
            continue
        cells = marks.setdefault(problem.sheet, {})
        text, before = f"{problem.message}\n→ {problem.advice}", cells.get(problem.cell)
        red = problem.severity == ERROR
        cells[problem.cell] = Mark(f"{before.text}\n{text}", before.red or red) if before else Mark(text, red)
    return marks


def mark(content: bytes, marks: Mapping[str, Mapping[str, Mark]]) -> bytes:
    """The workbook with cells marked; marks: sheet name → cell address → mark.

    Raises `UnreadableError` where the bytes are no workbook of ours.
    """
    with reading():
        package = Package(content)
        styles = _Styles(package)
        for part, sheet in package.sheets:
            if marks.get(sheet):
                _mark_sheet(package, styles, part, marks[sheet])
                package.settle()
        return package.written()


def note(content: bytes | Parts, notes: Mapping[str, Mapping[str, str]], start: str) -> bytes:
    """The workbook with notes on cells, which keep their look; notes: sheet name → cell address → text.

    A note of ours that begins with `start` gives way to the new one; any other stays, with ours below.
    Raises `UnreadableError` where the bytes are no workbook of ours.
    """
    with reading():
        package = Package(content)
        for part, sheet in package.sheets:
            if notes.get(sheet):
                _drop_notes(package, part, notes[sheet], start)
                _add_notes(package, part, package.open(part), notes[sheet])
                package.settle()
        return package.written()


class _Styles:
    """The cell formats of a workbook; the format of a marked cell is a copy with another fill."""

    def __init__(self, package: Package) -> None:
        part = next((part for kind, part in package.related(WORKBOOK) if kind.endswith("/styles")), None)
        if part is None:
            part = package.free_name("xl/styles{}.xml")
            package.add(part, etree.Element(f"{{{MAIN}}}styleSheet", nsmap={None: MAIN}), _STYLES_TYPE)  # type: ignore[dict-item]
            package.relate(WORKBOOK, f"{OFFICE}/styles", part)
        self._package, self._part = package, part
        self._fills: dict[bool, int] = {}
        self._marked: dict[tuple[int, bool], int] = {}

    def marked(self, style: int, red: bool) -> int:
        """The number of the format that equals the format `style` but for the fill."""
        key = style, red
        if key not in self._marked:
            formats = _style_list(self._package.open(self._part), "cellXfs")
            copy = deepcopy(formats[style if style < len(formats) else 0])  # without styles, numbers mean nothing
            copy.set("fillId", str(self._fill(red)))
            copy.set("applyFill", "1")
            self._marked[key] = _append(formats, copy)
        return self._marked[key]

    def _fill(self, red: bool) -> int:
        if red not in self._fills:
            fills = _style_list(self._package.open(self._part), "fills")
            fill = etree.Element(f"{{{MAIN}}}fill")
            pattern = etree.SubElement(fill, f"{{{MAIN}}}patternFill", patternType="solid")
            etree.SubElement(pattern, f"{{{MAIN}}}fgColor", rgb=_RED if red else _YELLOW)
            self._fills[red] = _append(fills, fill)
        return self._fills[red]


_STYLE_LISTS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
"""The first elements of the styles; the format prescribes their order."""
_PLAIN_STYLES = {
    "fonts": "<font/>",
    "fills": '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>',
    "borders": "<border/>",
    "cellXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
}


def _style_list(styles: etree._Element, name: str) -> etree._Element:
    """A list of the styles; where it is missing or empty, those that a cell needs get one plain style each."""
    for number, wanted in enumerate(_STYLE_LISTS):
        there = styles.find(f"{{{MAIN}}}{wanted}")
        if there is not None and not len(there):
            styles.remove(there)
        if wanted in _PLAIN_STYLES and styles.find(f"{{{MAIN}}}{wanted}") is None:
            before = [styles.find(f"{{{MAIN}}}{earlier}") for earlier in _STYLE_LISTS[:number]]
            place = sum(element is not None for element in before)
            plain = f'<{wanted} xmlns="{MAIN}">{_PLAIN_STYLES[wanted]}</{wanted}>'
            styles.insert(place, xml(plain.encode()))
    found = styles.find(f"{{{MAIN}}}{name}")
    assert found is not None
    return found


def _append(parent: etree._Element, child: etree._Element) -> int:
    """Append a child and update the count; returns the child's number."""
    parent.append(child)
    parent.set("count", str(len(parent)))
    return len(parent) - 1


# --- one sheet --------------------------------------------------------------------------------------------------------


def _mark_sheet(package: Package, styles: _Styles, part: str, marks: Mapping[str, Mark]) -> None:
    root = package.open(part)
    cells = {cell.get("r"): cell for cell in root.iter(f"{{{MAIN}}}c")}
    for address, mark in marks.items():
        cell = cells.get(address)
        if cell is None:
            cell = new_cell(root, address)
        cell.set("s", str(styles.marked(int(cell.get("s", "0")), mark.red)))
    _add_notes(package, part, root, {address: mark.text for address, mark in marks.items()})


# --- notes ------------------------------------------------------------------------------------------------------------


def _add_notes(package: Package, sheet: str, root: etree._Element, texts: Mapping[str, str]) -> None:
    related = package.related(sheet)
    comments = _comments(package, sheet)
    drawing = next(
        (part for kind, part in related if kind.endswith("/vmlDrawing") and _is_for_notes(package, part)), None
    )
    if comments is None:
        comments = package.free_name("xl/comments{}.xml")
        notes = etree.Element(f"{{{MAIN}}}comments", nsmap={None: MAIN})  # type: ignore[dict-item]
        etree.SubElement(notes, f"{{{MAIN}}}authors")
        etree.SubElement(notes, f"{{{MAIN}}}commentList")
        package.add(comments, notes, "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml")
        package.relate(sheet, f"{OFFICE}/comments", comments)
    if drawing is None or root.find(f"{{{MAIN}}}legacyDrawing") is None:
        drawing = package.free_name("xl/drawings/vmlDrawing{}.vml")
        package.add(drawing, xml(_EMPTY_VML.encode()), "application/vnd.openxmlformats-officedocument.vmlDrawing")
        _set_legacy_drawing(root, package.relate(sheet, f"{OFFICE}/vmlDrawing", drawing))
    without_note = _write_notes(package.open(comments), texts)
    shapes = package.open(drawing)
    taken = {str(shape.get("id")) for shape in shapes.iter(f"{{{_VML}}}shape")}
    for address in without_note:
        id = free_id("_x0000_s9", taken)
        taken.add(id)
        shapes.append(_shape(id, address, texts[address]))


def _comments(package: Package, sheet: str) -> str | None:
    """The part with a sheet's notes."""
    return next((part for kind, part in package.related(sheet) if kind.endswith("/comments")), None)


def _drop_notes(package: Package, sheet: str, addresses: Collection[str], start: str) -> None:
    """Empty the notes of these cells that begin so, and take such a text from below other notes; boxes stay."""
    comments = _comments(package, sheet)
    if comments is None:
        return
    for note in package.open(comments).iter(f"{{{MAIN}}}comment"):
        text = note.find(f"{{{MAIN}}}text")
        if note.get("ref") not in addresses or text is None:
            continue
        _wrap_plain_text(text)
        for run in list(text):
            said = "".join(map(str, run.itertext()))
            if said.removeprefix(_BELOW).startswith(start):
                text.remove(run)


def _is_for_notes(package: Package, part: str) -> bool:
    """Whether a drawing holds notes: headers and footers have drawings of their own, with pictures."""
    shapes = [shape.find(f"{{{_EXCEL}}}ClientData") for shape in package.peek(part).iter(f"{{{_VML}}}shape")]
    return not shapes or any(data is not None and data.get("ObjectType") == "Note" for data in shapes)


def _set_legacy_drawing(root: etree._Element, id: str) -> None:
    for old in root.findall(f"{{{MAIN}}}legacyDrawing"):
        root.remove(old)
    element = etree.Element(f"{{{MAIN}}}legacyDrawing", nsmap={"r": OFFICE})
    element.set(f"{{{OFFICE}}}id", id)
    later = [sibling for sibling in root if etree.QName(sibling).localname in _AFTER_LEGACY]
    if later:
        later[0].addprevious(element)
    else:
        root.append(element)


def _write_notes(root: etree._Element, texts: Mapping[str, str]) -> list[str]:
    """Write the notes; a cell that has a note keeps it, with ours below. Returns the cells that had none."""
    authors, notes = (_child(root, name, place) for place, name in enumerate(("authors", "commentList")))
    names = [author.text for author in authors]
    if _AUTHOR not in names:
        etree.SubElement(authors, f"{{{MAIN}}}author").text = _AUTHOR
        names.append(_AUTHOR)
    note_of = {note.get("ref"): note for note in notes}
    new = []
    for address, said in texts.items():
        if address in note_of:
            text = _child(note_of[address], "text", 0)
            _wrap_plain_text(text)
            _append_run(text, f"{_BELOW}{said}" if len(text) else said)
        else:
            note = etree.SubElement(notes, f"{{{MAIN}}}comment", ref=address, authorId=str(names.index(_AUTHOR)))
            _append_run(etree.SubElement(note, f"{{{MAIN}}}text"), said)
            new.append(address)
    return new


def _child(parent: etree._Element, name: str, place: int) -> etree._Element:
    """The child of this name; a missing one is added at its place."""
    child = parent.find(f"{{{MAIN}}}{name}")
    if child is None:
        child = etree.Element(f"{{{MAIN}}}{name}")
        parent.insert(place, child)
    return child


def _wrap_plain_text(text: etree._Element) -> None:
    """Turn the plain text of a note into a run: spreadsheets ignore runs beside plain text."""
    plain = text.find(f"{{{MAIN}}}t")
    if plain is not None:
        text.remove(plain)
        _append_run(text, plain.text or "")


def _append_run(parent: etree._Element, text: str) -> None:
    run = etree.SubElement(etree.SubElement(parent, f"{{{MAIN}}}r"), f"{{{MAIN}}}t")
    run.text = re.sub(r"[\x00-\x08\x0b-\x1f]", "", text)
    run.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _shape(id: str, address: str, text: str) -> etree._Element:
    """The box of a note: beside its cell, and high enough for the text."""
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
