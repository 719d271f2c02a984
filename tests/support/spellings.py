"""Valid spellings of a workbook that few programs write, made of one of ours; most programs read them."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.support.archives import Parts

_TRANSITIONAL = re.compile(
    rb'"http://schemas\.openxmlformats\.org/(spreadsheetml|officeDocument|drawingml)/2006/([^"]*)"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _in_all(parts: Parts, change: Callable[[bytes], bytes], ending: str = "") -> Parts:
    return {name: change(data) if name.endswith(ending) else data for name, data in parts.items()}


def strict(parts: Parts) -> Parts:
    """As Excel saves a Strict Open XML Spreadsheet: other namespaces."""

    def name(match: re.Match[bytes]) -> bytes:
        path = match[2].replace(b"extended-properties", b"extendedProperties")
        return b'"http://purl.oclc.org/ooxml/' + match[1] + b"/" + path + b'"'

    renamed = _in_all(parts, lambda data: _TRANSITIONAL.sub(name, data))
    workbook = renamed["xl/workbook.xml"].replace(b"<workbook ", b'<workbook conformance="strict" ', 1)
    return renamed | {"xl/workbook.xml": workbook}


def strict_in_utf_16(parts: Parts) -> Parts:
    spelt = strict(parts)
    sheet = spelt["xl/worksheets/sheet1.xml"].decode().replace("UTF-8", "UTF-16", 1)
    return spelt | {"xl/worksheets/sheet1.xml": sheet.encode("utf-16")}


def backslashes(parts: Parts) -> Parts:
    return {name.replace("/", "\\"): data for name, data in parts.items()}


def backslashes_everywhere(parts: Parts) -> Parts:
    def turned(data: bytes) -> bytes:
        return re.sub(rb'(?:Target|PartName)="[^"]*"', lambda match: match[0].replace(b"/", b"\\"), data)

    spelt = {name: turned(data) if name.endswith(".rels") else data for name, data in parts.items()}
    return backslashes(spelt | {"[Content_Types].xml": turned(parts["[Content_Types].xml"])})


def long_ways(parts: Parts) -> Parts:
    name = "xl/_rels/workbook.xml.rels"
    long = parts[name].replace(b'"worksheets/', b'"./worksheets/').replace(b'"styles', b'"../xl/styles')
    return parts | {name: long}


def other_case(parts: Parts) -> Parts:
    return {name.upper() if name.startswith("xl/") else name.lower(): data for name, data in parts.items()}


def workbook_named_otherwise(parts: Parts) -> Parts:
    moved = {"xl/workbook.xml": "xl/book.xml", "xl/_rels/workbook.xml.rels": "xl/_rels/book.xml.rels"}
    renamed = {moved.get(name, name): data for name, data in parts.items()}
    for name in ("_rels/.rels", "[Content_Types].xml"):
        renamed[name] = renamed[name].replace(b"xl/workbook.xml", b"xl/book.xml")
    return renamed


def blanks_around_numbers(parts: Parts) -> Parts:
    number = re.compile(rb'(<c r="[A-Z]+\d+"(?: s="\d+")?(?: t="[nsb]")?>(?:<f>[^<]*</f>)?<v>)([^<]+)(</v>)')
    return _in_all(parts, lambda data: number.sub(rb"\1 \2\n\3", data), "sheet1.xml")


def no_styles(parts: Parts) -> Parts:
    spelt = {name: data for name, data in parts.items() if name != "xl/styles.xml"}
    for name in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        spelt[name] = re.sub(rb"<(?:Relationship|Override) [^>]*styles\.xml[^>]*/>", b"", spelt[name])
    return spelt


def styles_without_lists(parts: Parts) -> Parts:
    empty = b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts/></styleSheet>'
    return parts | {"xl/styles.xml": empty}


def empty_values(parts: Parts) -> Parts:
    row = b'<row r="900"><c r="B900" t="s"><v/></c><c r="C900"><v></v></c><c r="D900" t="n"><v/></c></row>'
    return _in_all(parts, lambda data: data.replace(b"</sheetData>", row + b"</sheetData>"), "sheet1.xml")


def _with_sheet(attributes: str, kind: str = "", part: str = "", content: bytes = b"") -> Callable[[Parts], Parts]:
    def spell(parts: Parts) -> Parts:
        entry = f'<sheets><sheet xmlns:r="{_RELATION}" name="x" sheetId="999" {attributes}/>'.encode()
        spelt = {name: data.replace(b"<sheets>", entry) for name, data in parts.items()}
        workbook = spelt["xl/workbook.xml"]
        local = re.sub(rb'localSheetId="(\d+)"', lambda m: b'localSheetId="%d"' % (int(m[1]) + 1), workbook)
        relation = f'<Relationship Id="odd" Type="{kind}" Target="{part}"/></Relationships>'.encode()
        if kind:
            name = "xl/_rels/workbook.xml.rels"
            spelt[name] = spelt[name].replace(b"</Relationships>", relation)
        return spelt | {"xl/workbook.xml": local} | ({f"xl/{part}": content} if content else {})

    return spell


_MACROS = (
    b'<xm:macrosheet xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><xm:sheetData/></xm:macrosheet>'
)

SPELLINGS: dict[str, Callable[[Parts], Parts]] = {
    "strict": strict,
    "strict in UTF-16": strict_in_utf_16,
    "backslashes": backslashes,
    "backslashes everywhere": backslashes_everywhere,
    "long ways": long_ways,
    "other case": other_case,
    "the workbook's part has another name": workbook_named_otherwise,
    "blanks around numbers": blanks_around_numbers,
    "no styles": no_styles,
    "styles without lists": styles_without_lists,
    "empty values": empty_values,
    "a sheet without relationship": _with_sheet(""),
    "a sheet with an empty relationship": _with_sheet('r:id=""'),
    "a sheet with an unknown relationship": _with_sheet('r:id="odd"'),
    "a sheet that is not there": _with_sheet('r:id="odd"', f"{_RELATION}/worksheet", "worksheets/none.xml"),
    "a sheet of macros": _with_sheet(
        'r:id="odd"', "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "macros/1.xml", _MACROS
    ),
    "a sheet of dialogs": _with_sheet(
        'r:id="odd"', f"{_RELATION}/dialogsheet", "dialogs/1.xml",
        b'<dialogsheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
    ),
}  # fmt: skip
