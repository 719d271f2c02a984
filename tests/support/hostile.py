"""Files that nobody should send: builders of hostile workbooks, all from one good form. Cheap: bombs compress well."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from xml.sax.saxutils import escape

from tests.support.archives import Parts, parts_of, zipped
from tests.support.company import Filled, assignments, saved_at, workbook
from tests.support.forms import layout

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


@cache
def good() -> bytes:
    """The filled form of one person of the roster."""
    return workbook([Filled(assignments()[0])])


def with_part(name: str, data: bytes) -> bytes:
    return zipped(parts_of(good()) | {name: data})


def replaced(name: str, old: bytes, new: bytes, count: int = 1) -> bytes:
    """The good form with something else in a part."""
    data = parts_of(good())[name]
    assert old in data, (name, old)
    return with_part(name, data.replace(old, new, count))


def without(*names: str) -> bytes:
    return zipped({name: data for name, data in parts_of(good()).items() if name not in names})


# --- bombs ------------------------------------------------------------------------------------------------------------


def bomb(name: str, size: int) -> bytes:
    """The good form with a part of so many bytes, made without ever holding them."""
    return _with_stream(name, _deflated(size), size)


def lying_bomb() -> bytes:
    """10 GB that the directory gives out for 100 bytes."""
    data, crc = _deflated(10**10)
    return _with_stream(SHEET, (data, crc), 100)


@cache
def _deflated(size: int) -> tuple[bytes, int]:
    """So many spaces, deflated, with their checksum: one compressed megabyte, again and again."""
    block = b" " * 2**20
    one = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = one.compress(block) + one.flush(zlib.Z_FULL_FLUSH)
    blocks = size // len(block)
    end = zlib.compressobj(9, zlib.DEFLATED, -15)
    return chunk * blocks + end.compress(b" " * (size % len(block))) + end.flush(), 0


def _with_stream(name: str, deflated: tuple[bytes, int], size: int) -> bytes:
    """An archive whose last entry is written by hand."""
    data, crc = deflated
    base = zipped({other: part for other, part in parts_of(good()).items() if other != name})
    directory = base.index(b"PK\x01\x02")
    end = base.rindex(b"PK\x05\x06")
    named = name.encode()
    # Sizes beyond 4 GB stand in an extra field.
    extra = struct.pack("<HHQQ", 1, 16, size, len(data))
    fields = struct.pack("<HHHHHLLLHH", 45, 0, 8, 0, 33, crc, len(data), 0xFFFFFFFF, len(named), len(extra))
    fields = fields[:14] + struct.pack("<LL", 0xFFFFFFFF, 0xFFFFFFFF) + fields[22:]
    local = b"PK\x03\x04" + fields + named + extra + data
    entry = b"PK\x01\x02" + struct.pack("<H", 45) + fields + struct.pack("<HHHLL", 0, 0, 0, 0, directory)
    entry += named + extra
    count = struct.unpack("<H", base[end + 10 : end + 12])[0] + 1
    listed = base[directory:end] + entry
    start = directory + len(local)
    tail = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count, count, len(listed), start, 0)
    return base[:directory] + local + listed + tail


def nested() -> bytes:
    """Archives in an archive in an archive."""
    inner = zipped({f"{n}.xml": b" " * 10**6 for n in range(10)})
    for _ in range(4):
        inner = zipped({f"{n}.zip": inner for n in range(10)})
    return with_part("xl/media/image1.zip", inner)


def doctype(declarations: str, reference: str = "&a;") -> bytes:
    """A sheet that declares entities, and uses one as the value of a cell."""
    sheet = f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>{reference}</v></c></row></sheetData></worksheet>'
    return with_part(SHEET, f'<?xml version="1.0"?><!DOCTYPE x [{declarations}]>{sheet}'.encode())


def laughs() -> bytes:
    """A billion of them."""
    more = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return doctype(f'<!ENTITY l0 "ha">{more}', "&l9;")


def laughs_in_utf_16() -> bytes:
    sheet = parts_of(laughs())[SHEET].decode()
    return with_part(SHEET, sheet.replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"))


def cells(rows: Iterator[str] | list[str]) -> bytes:
    return f"<worksheet {MAIN}><sheetData>{''.join(rows)}</sheetData></worksheet>".encode()


def far_away(reference: str = "XFD1048576", prefix: str = "") -> bytes:
    """A used range of the whole sheet by one cell more."""
    space = ' xmlns:x="urn:x"' if prefix else ""
    row = f'<row r="1048576"><{prefix}c r="{reference}"{space}><v>1</v></{prefix}c></row></sheetData>'
    return replaced(SHEET, b"</sheetData>", row.encode())


def million_rows() -> bytes:
    rows = [f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_000_001)]
    return with_part(SHEET, cells(rows))


def outside_of_rows() -> bytes:
    """Readers that look for cells wherever they stand find it."""
    return replaced(SHEET, b"</sheetData>", b'<c r="XFD1048576"><v>1</v></c></sheetData>')


def in_another_namespace() -> bytes:
    """A sheet that reaches far, in a list of sheets as ISO 29500 has it."""
    ours, strict = MAIN[7:-1].encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    return zipped(parts_of(far_away()) | {BOOK: parts_of(good())[BOOK].replace(ours, strict)})


def two_relations() -> bytes:
    """A sheet of two parts: which one counts?"""
    sheets = parts_of(good())[BOOK].replace(b' r:id="rId1"', b' r:id="rId1" y:id="rId2" xmlns:y="urn:y"')
    return with_part(BOOK, sheets)


def in_no_list() -> bytes:
    """A sheet that reaches far, under a name that readers may take for that of another."""
    parts = parts_of(far_away())
    return zipped(parts | {SHEET: parts_of(good())[SHEET], "xl/xl/worksheets/sheet1.xml": parts[SHEET]})


def under_another_name() -> bytes:
    """Far too many tags in a part that is not called XML."""
    parts = parts_of(many_tags())
    data = parts.pop(SHEET)
    relations = parts[RELATIONS].replace(b"sheet1.xml", b"sheet1.bin")
    return zipped(parts | {"xl/worksheets/sheet1.bin": data, RELATIONS: relations})


def in_utf_7() -> bytes:
    """Far too many tags, and no character < among them."""
    tags = b"+ADw-b/+AD4-" * 4_000_000
    return with_part(SHEET, b'<?xml version="1.0" encoding="UTF-7"?>+ADw-a+AD4-' + tags + b"+ADw-/a+AD4-")


def long_formulas() -> bytes:
    formula = "[1]!KPI_SCOR(" * 700_000
    return with_part(SHEET, cells([f"<row><c><f>{formula}</f><v>1</v></c><c><f>{formula}</f></c></row>"]))


def many_tags() -> bytes:
    return with_part(SHEET, cells(["<row/>" * 8_000_000]))


def one_text_everywhere() -> bytes:
    """A text of 32,767 characters in 2,000 cells: 200 MB where every cell has its own."""
    cell = '<c r="{}{}" t="s"><v>0</v></c>'
    rows = ["<row>" + "".join(cell.format(c, n) for c in "ABCDEFGHIJ") + "</row>" for n in range(1, 201)]
    parts = parts_of(with_part(SHEET, cells(rows)))
    parts[STRINGS] = f"<sst {MAIN}><si><t>{'字' * 32767}</t></si></sst>".encode()
    return zipped(_relating(parts, "sharedStrings", "sharedStrings.xml"))


def _relating(parts: Parts, kind: str, target: str) -> Parts:
    if f"/{kind}".encode() in parts[RELATIONS]:
        return parts
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    one = f'<Relationship Id="x{kind}" Type="{base}/{kind}" Target="{target}"/></Relationships>'
    return parts | {RELATIONS: parts[RELATIONS].replace(b"</Relationships>", one.encode())}


def shared_formula() -> bytes:
    """One long formula for 100,000 cells."""
    text = "+".join(["A1"] * 2_000)
    first = f'<c r="B1"><f t="shared" ref="B1:B100000" si="0">{text}</f><v>1</v></c>'
    others = (f'<row r="{n}"><c r="B{n}"><f t="shared" si="0"/><v>1</v></c></row>' for n in range(2, 100_001))
    return with_part(SHEET, cells([f'<row r="1">{first}</row>', *others]))


def many_sheets(count: int) -> bytes:
    """The good form with so many sheets more."""
    parts = parts_of(good())
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets, relations = [], []
    for number in range(count):
        parts[f"xl/worksheets/more{number}.xml"] = cells(["<row><c><v>1</v></c></row>"])
        sheets.append(f'<sheet {MAIN} xmlns:r="{base}" name="m{number}" sheetId="{1000 + number}" r:id="m{number}"/>')
        relations.append(f'<Relationship Id="m{number}" Type="{base}/worksheet" Target="worksheets/more{number}.xml"/>')
    parts[BOOK] = parts[BOOK].replace(b"</sheets>", f"{''.join(sheets)}</sheets>".encode())
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", f"{''.join(relations)}</Relationships>".encode())
    return zipped(parts)


def one_part_for_many_sheets() -> bytes:
    data = parts_of(good())[BOOK]
    first = data[data.index(b"<sheet ") : data.index(b"/>", data.index(b"<sheet ")) + 2]
    more = b"".join(first.replace(b'name="', b'name="%d' % n) for n in range(1_000))
    return replaced(BOOK, b"</sheets>", more + b"</sheets>")


def twice(name: str) -> bytes:
    """A part that stands in the archive twice: which one counts?"""
    parts = parts_of(good())
    buffer = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr(zipfile.ZipInfo(name.upper()), parts[name])
    return buffer.getvalue()


def compressed_otherwise() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as target:
        for name, data in parts_of(good()).items():
            target.writestr(name, data)
    return buffer.getvalue()


def ole(*streams: str) -> bytes:
    """The container of .xls, and of whatever has a password."""
    names = b"".join(name.encode("utf-16-le") for name in streams)
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1016) + names + bytes(2000)


# --- what stands in cells ---------------------------------------------------------------------------------------------

SALES = layout().address("m:sales", "m1")


def in_cell(xml: str, address: str = SALES) -> bytes:
    """The good form with another element in the place of a cell."""
    data = parts_of(good())[SHEET]
    start = data.index(f'<c r="{address}"'.encode())
    opened = data.index(b">", start) + 1
    end = opened if data[opened - 2 : opened] == b"/>" else data.index(b"</c>", start) + 4
    return with_part(SHEET, data[:start] + xml.encode() + data[end:])


def _text(text: str) -> str:
    return f'<c r="{SALES}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _value(value: str, kind: str = "n") -> str:
    return f'<c r="{SALES}" t="{kind}"><v>{value}</v></c>'


CELLS: dict[str, tuple[str, str | None]] = {
    "a number": (_value("1000000"), None),
    "1e308": (_value("1e308"), None),
    "less than any number": (_value("1e-320"), None),
    "a formula": (f'<c r="{SALES}"><f>1000000+5</f><v>1000005</v></c>', None),
    "a formula that asks the network": (f'<c r="{SALES}"><f>WEBSERVICE("http://127.0.0.1:9/")</f><v>1</v></c>', None),
    "a formula that starts a program": (f"""<c r="{SALES}" t="str"><f>cmd|'/C calc'!A0</f><v>x</v></c>""", "现在是“x”"),
    "1e999": (_value("1e999"), "须为数字"),
    "NaN": (_value("NaN"), "须为数字"),
    "infinity": (_value("-INF"), "须为数字"),
    "a number of 400 digits": (_value("9" * 400), "须为数字"),
    "text": (_value("12", "str"), "须为数字，现在是“12”"),
    "a boolean": (_value("1", "b"), "须为数字，现在是“TRUE”"),
    "a date": (_value("2026-10-01T00:00:00", "d"), "须为数字，现在是“2026-10-01"),
    "no date": (_value("99999-99-99", "d"), "须为数字"),
    "an error": (_value("#REF!", "e"), "现在是“#REF!”"),
    "32,767 characters": (_text("字" * 32767), f"现在是“{'字' * 200}…”"),
    "escapes of a terminal": (_text("_x001B_[31m&#x202E;cod"), r"现在是“\x1b[31m\u202ecod”"),
    "a template": (_text("{{ 7 * 7 }}{% for x in y %}&lt;script&gt;"), "{{ 7 * 7 }}{% for x in y %}<script>"),
    "a format": (_text("{0.__class__}{file}%s"), "{0.__class__}{file}%s"),
    "half a character": (_text("&#xD800;"), "不是能打开的Excel工作簿"),
    "a text that is not there": (_value("99999", "s"), "不是能打开的Excel工作簿"),
    "a kind of value that nobody knows": (_value("12", "zz"), "工作表已损坏"),
    "an error that nobody knows": (_value("#NONE", "e"), "工作表已损坏"),
}
"""What stands in a cell for a number, and what is told of it; None: it is a number."""


Build = Callable[[], bytes]
UNREADABLE: dict[str, tuple[Build, str]] = {
    "truncated": (lambda: good()[: len(good()) // 2], "不是能打开的Excel工作簿"),
    "empty": (lambda: b"", "不是能打开的Excel工作簿"),
    "csv renamed": (lambda: "姓名,得分\n张三,90".encode("gb18030"), "不是能打开的Excel工作簿"),
    "xls renamed": (lambda: ole("Workbook"), "旧的 .xls 格式"),
    "password": (lambda: ole("EncryptionInfo", "EncryptedPackage"), "打开密码"),
    "bomb of 10 GB": (lambda: bomb(SHEET, 10**10), "太大"),
    "bomb of 100 MB": (lambda: bomb(SHEET, 10**8), "太大"),
    "bomb that lies": (lying_bomb, "不是能打开的Excel工作簿"),
    "laughs": (laughs, "DTD"),
    "laughs in utf-16": (laughs_in_utf_16, ""),
    "external entity": (lambda: doctype('<!ENTITY a SYSTEM "file:///etc/passwd">'), "DTD"),
    "entity from the network": (lambda: doctype('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;', "1"), "DTD"),
    "no workbook part": (lambda: without(BOOK), "不是能打开的Excel工作簿"),
    "no relations": (lambda: without(RELATIONS), "不是能打开的Excel工作簿"),
    "no sheet part": (lambda: without(SHEET), "工作表不见了"),
    "many tags": (many_tags, "内容太多"),
    "million rows": (million_rows, "内容太多"),
    "one text everywhere": (one_text_everywhere, "内容太多"),
    "shared formula": (shared_formula, "内容太多"),
    "10,000 sheets": (lambda: many_sheets(10_000), "超过 5000 个"),
    "one part for many sheets": (one_part_for_many_sheets, "不是能打开的Excel工作簿"),
    "a part twice": (lambda: twice(SHEET), "不是能打开的Excel工作簿"),
    "compressed otherwise": (compressed_otherwise, "不是能打开的Excel工作簿"),
    "far away": (far_away, "表太大"),
    "far away in another namespace": (lambda: far_away(prefix="x:"), "表太大"),
    "outside of rows": (outside_of_rows, "表太大"),
    "in another namespace": (in_another_namespace, "表太大"),
    "two relations": (two_relations, "不是能打开的Excel工作簿"),
    "under another name": (under_another_name, "内容太多"),
    "utf-7": (in_utf_7, "不是能打开的Excel工作簿"),
    "long formulas": (long_formulas, "内容太多"),
    "outside of any sheet": (lambda: far_away("ZZZ9999999"), "不是能打开的Excel工作簿"),
}
"""Of what there is nothing to read: how it is made, and what is told."""


def calculating(*formulas: str) -> bytes:
    """The good form with formulas: the first for the sales of a month, the others below the form in A2001, A2002, …"""
    first, *others = (f"<f>{escape(formula)}</f><v>1000000</v>" for formula in formulas)
    rows = "".join(f'<row r="{n}"><c r="A{n}">{formula}</c></row>' for n, formula in enumerate(others, start=2001))
    sheet = parts_of(in_cell(f'<c r="{SALES}">{first}</c>'))[SHEET]
    return with_part(SHEET, sheet.replace(b"</sheetData>", f"{rows}</sheetData>".encode()))


FORMULAS: dict[str, tuple[Build, str | None]] = {
    "a search that tries everything": (
        lambda: calculating("+".join(['IFERROR(SEARCH(REPT("*a",60)&"b",REPT("a",30000)),0)'] * 20)), SALES),
    "whole columns beside each other": (
        lambda: calculating("+".join(["SUMPRODUCT((A1:A1048576<>B1:B1048576)*A1:A1048576)"] * 50)), SALES),
    "a text of a gigabyte": (
        lambda: calculating('LEN(SUBSTITUTE(REPT("x",32767),"x",REPT("y",32767)))'), SALES),
    "a text that doubles": (
        lambda: calculating("1", '"xxxxxxxx"', *(f"A{n}&A{n}" for n in range(2001, 2040))), None),
    "sums of all before": (
        lambda: calculating(
            "1", *("+".join(f"SUM(A${one}:A{n})" for one in range(1996, 2001)) for n in range(2000, 12_000))), "A2"),
}  # fmt: skip
"""What takes too long, or too much memory: how it is made, and the cell that is named."""

LONG_AGO = dt.datetime(1990, 1, 1)

READ: dict[str, Build] = {
    # It holds another number than the good form: of two such forms the one that was saved later counts.
    "a formula that never ends": lambda: saved_at(FORMULAS["a search that tries everything"][0](), LONG_AGO),
    "a sheet in no list": in_no_list,
    "nested archives": nested,
    "1,500 sheets": lambda: many_sheets(1_500),
    "macros": lambda: with_part("xl/vbaProject.bin", ole("VBA")),
    "external links": lambda: with_part("xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
    "path traversal": lambda: with_part("../../../../tmp/xlkpi-was-here.xml", b"<x/>"),
    "absolute path": lambda: with_part("/etc/xlkpi-was-here.xml", b"<x/>"),
}
"""What is odd, and read all the same."""
