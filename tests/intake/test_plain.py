"""Sheets read in one pass: the same cells as the two readers give that read any XML, or none at all."""

from __future__ import annotations

import gc
from contextlib import suppress
from functools import cache
from pathlib import Path
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.support.archives import parts_of, zipped
from tests.support.catalogues import SHIPPED
from tests.support.company import Filled, assignments, workbook
from tests.support.engines import libreoffice
from tests.support.fuzz import examples
from tests.support.hostile import SALES, SHEET, STRINGS, in_cell, outside_of_rows, replaced
from tests.support.spellings import SPELLINGS
from xlkpi.check.run import check_workbook
from xlkpi.i18n.problems import UnreadableError
from xlkpi.intake.workbook import open_workbook
from xlkpi.xlsx.archive import may_hold_cells, reading, unpacked
from xlkpi.xlsx.plain.sheet import PlainCells
from xlkpi.xlsx.plain.workbook import plain_sheets
from xlkpi.xlsx.reader import by_two_readers

FIELDS = (
    "part", "errors", "formulas", "uncalculated", "shown", "formats", "twice", "malformed", "rows", "columns",
)  # fmt: skip
"""Of `StoredCells`."""


@cache
def form() -> bytes:
    return workbook([Filled(assignments()[0])])


def is_plain(content: bytes) -> bool:
    """Whether the sheets are read in one pass; then all that is read of them is what two readers read."""
    parts = unpacked(content, may_hold_cells)
    with reading():
        plain = plain_sheets(parts)
    if plain is None:
        return False
    try:
        stored, values = by_two_readers(parts)
    except UnreadableError as error:
        raise AssertionError("the two readers refuse it") from error
    assert list(plain) == list(stored)
    for title, cells in plain.items():
        for field in FIELDS:
            assert getattr(cells, field) == getattr(stored[title], field), (title, field)
        rows, expected = cells.grid(), values[title]()
        assert rows == expected, title
        assert [list(map(type, row)) for row in rows] == [list(map(type, row)) for row in expected], title
    return True


def test_our_own_forms_are_read_in_one_pass() -> None:
    assert is_plain(form())


@pytest.mark.parametrize("writer", ["LibreOffice", "openpyxl"])
def test_forms_saved_by_other_programs_are_read_in_one_pass(writer: str, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(form())
    if writer == "LibreOffice":
        (path,) = libreoffice.recalculate([path], tmp_path / "saved")
    else:
        load_workbook(path).save(path)
    assert is_plain(path.read_bytes())


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_other_spellings_give_the_same_cells(spelling: str) -> None:
    is_plain(zipped(SPELLINGS[spelling](parts_of(form()))))


CELLS = {
    "numbers": '<c r="{0}" s="1"><v>-12.5E-3</v></c>',
    "a number without format": '<c r="{0}"><v>007</v></c>',
    "an empty number": '<c r="{0}"><f>1</f><v></v></c>',
    "a text of no length": '<c r="{0}" t="str"><f>""</f><v/></c>',
    "an error": '<c r="{0}" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    "true": '<c r="{0}" t="b"><v>1</v></c>',
    "a text of its own": '<c r="{0}" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>',
    "entities": '<c r="{0}" t="str"><f>"&lt;"&amp;"&#10;"</f><v>&#x4E00;&amp;lt;&quot;</v></c>',
    "a value that looks like a style": '<c r="{0}" t="str"><v>a s="5"</v></c>',
    "escapes in a formula": '<c r="{0}" t="str"><f>"_x000D_"</f><v>a</v></c>',
}
"""Cells that are read in one pass."""
OTHER_CELLS = {
    "no number": '<c r="{0}"><v>1_000</v></c>',
    "blanks around a number": '<c r="{0}"><v> 5 </v></c>',
    "a text for a number": '<c r="{0}"><v>many</v></c>',
    "a character that no XML holds": '<c r="{0}" t="str"><v>a\0b</v></c>',
    "a character in the place of a style": '<c r="{0}"\2><v>1</v></c>',
    "a style in a text": '<c r="{0}" t="inlineStr"><is><t>a s="5"</t></is></c>',
    "a style in a formula": '<c r="{0}"><f>LEN(" s="5"")</f><v>1</v></c>',
    "a style twice": '<c r="{0}" s="1" s="1"><v>1</v></c>',
    "a number of its own": '<c r="{0}"><is><t>5</t></is></c>',
    "a text without a value": '<c r="{0}" t="str"><f>1</f></c>',
    "two points": '<c r="{0}" t="n"><v>1.2.3</v></c>',
    "a shared text that is not there": '<c r="{0}" t="s"><v>99999</v></c>',
    "an unknown error": '<c r="{0}" t="e"><v>#SPILL!</v></c>',
    "an unknown kind": '<c r="{0}" t="d"><v>2026-01-01</v></c>',
    "two for true": '<c r="{0}" t="b"><v>2</v></c>',
    "an attribute twice": '<c r="{0}" r="{0}"><v>1</v></c>',
    "blanks that nobody keeps": '<c r="{0}" t="inlineStr"><is><t> a</t></is></c>',
    "an escaped character": '<c r="{0}" t="str"><v>a_x000D_b</v></c>',
    "runs": '<c r="{0}" t="inlineStr"><is><r><t>a</t></r></is></c>',
    "a shared formula": '<c r="{0}"><f t="shared" si="0">1</f><v>1</v></c>',
    "a comment": '<c r="{0}"><!-- --><v>1</v></c>',
    "raw text": '<c r="{0}" t="str"><v><![CDATA[1]]></v></c>',
    "the end of a section": '<c r="{0}" t="str"><v>]]&gt; ]]></v></c>',
    "a return": '<c r="{0}" t="str"><v>a\rb</v></c>',
    "an unknown entity": '<c r="{0}" t="str"><v>&nbsp;</v></c>',
    "no character": '<c r="{0}" t="str"><v>&#1;</v></c>',
    "the cell twice": '<c r="{0}"><v>1</v></c><c r="{0}"><v>2</v></c>',
    "a far reference": '<c r="ZZZ9"><v>1</v></c>',
    "a prefix": '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="{0}"><x:v>1</x:v></x:c>',
}
"""Cells that are left to the readers of any XML, which may refuse them."""


@pytest.mark.parametrize("xml", CELLS.values(), ids=CELLS)
def test_usual_cells_are_read_in_one_pass(xml: str) -> None:
    assert is_plain(in_cell(xml.format(SALES)))


@pytest.mark.parametrize("xml", OTHER_CELLS.values(), ids=OTHER_CELLS)
def test_other_cells_are_not(xml: str) -> None:
    assert not is_plain(in_cell(xml.format(SALES)))


def test_a_sheet_of_many_rows_is_read_in_one_pass() -> None:
    row = '<row r="{0}"><c r="A{0}"><v>{0}.5</v></c><c r="C{0}" t="str"><f>1&amp;{0}</f><v>a</v></c><c r="D{0}"/></row>'
    rows = "".join(row.format(number) for number in range(1_000, 2_500)).encode()
    assert is_plain(replaced(SHEET, b"</sheetData>", rows + b"</sheetData>"))


@pytest.mark.parametrize("huge", [False, True])
def test_only_of_a_huge_form_nothing_stays_in_the_memory(huge: bool) -> None:
    rows = b'<row r="3000"><c r="A3000"><v>1</v></c></row>' if huge else b""
    workbook = open_workbook(replaced(SHEET, b"</sheetData>", rows + b"</sheetData>"), "form.xlsx", SHIPPED)
    assert list(check_workbook(workbook))
    ids = ref(workbook.readings[0].grid.ids)
    del workbook
    open_workbook(form(), "next.xlsx", SHIPPED)
    gc.collect()
    assert (ids() is None) is huge


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="900"/>',
        b'<row r="900"></row>',
        b'<row r="900"/><row r="901" ht="9"></row>',
        b'<row r="900" s="5" customFormat="1"/>',
    ],
)
def test_rows_without_cells_are_read_in_one_pass(rows: bytes) -> None:
    assert is_plain(replaced(SHEET, b"</sheetData>", rows + b"</sheetData>"))


def test_every_cell_has_its_own_style() -> None:
    cells = [f'<c r="{chr(65 + n)}900" s="{n}"{"/" if n % 3 else "><v>1</v></c"}>' for n in range(26)]
    row = f'<row r="900" s="7" customFormat="1"><c r="A900"/>{"".join(cells[1:])}</row>'.encode()
    content = replaced(SHEET, b"</sheetData>", row + b"</sheetData>")
    assert is_plain(content)
    assert len([place for place in _sheet(content).formats if place[0] == 899]) > 1


def test_forms_share_what_is_known_of_their_rows_where_only_styles_have_other_numbers() -> None:
    other = replaced(SHEET, b' s="1"', b' s="2"', 99)
    assert _sheet(other).formulas is _sheet(form()).formulas


def _sheet(content: bytes) -> PlainCells:
    sheets = plain_sheets(unpacked(content, may_hold_cells))
    assert sheets is not None
    return next(iter(sheets.values()))


def test_a_refused_rule_keeps_no_form_in_the_memory() -> None:
    rules = (indicator.rule_text for indicator in SHIPPED.role(assignments()[0].role).indicators)
    rule = next(rule for rule in rules if "<" not in rule)
    changed = replaced(STRINGS, rule.encode(), "看情况扣分".encode())
    workbook = open_workbook(changed, "form.xlsx", SHIPPED)
    assert any(problem.kind == "rule_unreadable" for problem in check_workbook(workbook))
    reading = ref(workbook.readings[0])
    del workbook
    gc.collect()
    assert reading() is None


@pytest.mark.parametrize(
    "rows",
    [
        b"</row>",
        b'<row r="900">#</row>',
        b'<row r="900" ht="<v>5</v>"/>',
        b'<row r="900" ht="<c r="A900"><v>1</v></c>"/>',
        b'<row r="900" xmlns="urn:x"/>',
        b'<row r="900" ht="1" ht="2"/>',
        b'<row r="900" s="1" s="2"/>',
        b'<row r="900" s="1" s="other"/>',
        b'<row r="900" s="123456" s="1"/>',
        b'<row r="900" ht="a s="5""/>',
        b'<row r="900">',
        b'<row r="900"/></row>',
        b"1",
        b'<row r="900">1</row>',
    ],
)
def test_broken_rows_are_left_to_other_readers(rows: bytes) -> None:
    assert not is_plain(replaced(SHEET, b"</sheetData>", rows + b"</sheetData>"))


@pytest.mark.parametrize("rich", [False, True])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<sst ", b'<sst x="1" x="1" '),
        (b"<sst ", b'<sst 1x="1" '),
        (b"<?xml", b"\n<?xml"),
        (b"<si>", b'<si><r><rPr><b val="1" val="1"/></rPr><t>a</t></r></si><si>'),
    ],
)
def test_shared_texts_that_are_not_well_formed_are_left_to_other_readers(old: bytes, new: bytes, rich: bool) -> None:
    text = b"<si><r><rPr><b/></rPr><t>a</t></r></si></sst>" if rich else b"</sst>"
    strings = parts_of(form())[STRINGS].replace(b"</sst>", text)
    assert is_plain(zipped(parts_of(form()) | {STRINGS: strings}))
    parts = unpacked(zipped(parts_of(form()) | {STRINGS: strings.replace(old, new, 1)}), may_hold_cells)
    assert plain_sheets(parts) is None


def test_a_date_is_left_to_the_reader_that_knows_dates() -> None:
    styled = replaced("xl/styles.xml", b'numFmtId="0"', b'numFmtId="14"', 99)
    assert not is_plain(styled)


AROUND = {
    "cells in another namespace": (b"</sheetData>", b'</sheetData><x:c xmlns:x="other" r="A1"><x:v>1</x:v></x:c>'),
    "a comment around the data": (b"<sheetData>", b"<!-- <sheetData></sheetData> --><sheetData>"),
    "data twice": (b"</sheetData>", b"</sheetData><sheetData></sheetData>"),
    "not well formed": (b"</sheetData>", b"</sheetData></cols>"),
    "an instruction": (b"</sheetData>", b"</sheetData><?x y?>"),
    "another prefix for the format": (
        b"</sheetData>",
        b'</sheetData><x:y xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
    ),
}


@pytest.mark.parametrize(("old", "new"), AROUND.values(), ids=AROUND)
def test_a_sheet_with_more_than_its_data_is_left_to_other_readers(old: bytes, new: bytes) -> None:
    with suppress(UnreadableError):
        assert not is_plain(replaced(SHEET, old, new))


def test_cells_outside_of_rows_are_left_to_other_readers() -> None:
    assert not is_plain(outside_of_rows())


_EDITS = st.sampled_from(
    [
        b"",
        b"<",
        b">",
        b" ",
        b'"',
        b"&amp;",
        b"&#9;",
        b"#",
        b"_",
        b"e",
        b"9",
        b"<v/>",
        b"<row>",
        b"</row>",
        b"<c>",
        b"\n",
    ]
)


@settings(max_examples=examples(25), deadline=None)
@given(st.data())
def test_an_edited_workbook_gives_the_same_cells_or_is_left(data: st.DataObject) -> None:
    parts = parts_of(form())
    name = data.draw(st.sampled_from([SHEET, SHEET, STRINGS, "xl/styles.xml", "xl/worksheets/sheet2.xml"]))
    part = parts[name]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(part)))
        part = part[:place] + data.draw(_EDITS) + part[place + data.draw(st.integers(0, 3)) :]
    content = zipped(parts | {name: part})
    with suppress(UnreadableError):  # by the limits, before any sheet is read
        unpacked(content, may_hold_cells)
        is_plain(content)
