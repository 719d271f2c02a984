"""Printed workbooks: the same as written cell by cell, whoever's they are; whole; and calculated."""

from __future__ import annotations

import datetime as dt
import io
import pickle
import random
import re
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath

import pytest
from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED, shipped_with
from tests.support.cell_by_cell import written
from xlkpi.calc.engine import recalculate
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import measure_id, part_id, target_key
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import Preset
from xlkpi.i18n.languages import EN, HANS, HANT
from xlkpi.writer import templates as press
from xlkpi.writer.person import UNREAD
from xlkpi.writer.workbook import sheets_of_assignments, sheets_of_roles, uncalculated, write_workbook
from xlkpi.xlsx.archive import coordinates, sheet_parts
from xlkpi.xlsx.markup import xml
from xlkpi.xlsx.write.styles import looks_in

Q4 = Quarter(2026, 4)
SPAN = re.compile(r"\$?[A-Z]+\$?[0-9]+(:\$?[A-Z]+\$?[0-9]+)?")
DAYS_SENT = (None, dt.date(2026, 11, 16))
NAMES = ("赵一", "=1+1", "O'Brien & <Söhne>", " 空 格 ", "赵一")
DAYS = (
    (None, None), (None, None), (dt.date(2026, 11, 9), None), (dt.date(2026, 10, 5), dt.date(2026, 12, 30)),
    (None, dt.date(2026, 10, 20)),
)  # fmt: skip


@cache
def roster(seed: int) -> tuple[PlannedSheet, ...]:
    """Forms of a few people: several roles, parts of the quarter, two posts, targets, carried values."""
    draw = random.Random(seed)
    roles = draw.sample(sorted(SHIPPED.roles(Q4)), 3)
    assignments = [_post(draw, number, draw.choice(roles)) for number in range(3)]
    assignments[2:3] = [
        Assignment("002", assignments[2].name, role=roles[0], end=dt.date(2026, 11, 9)),
        Assignment("002", assignments[2].name, "市场部", role=roles[1], start=dt.date(2026, 11, 10)),
    ]
    sheets = sheets_of_assignments(assignments, SHIPPED, quarter=Q4)
    anonymous = PlannedSheet("it's <& 无名", SHIPPED.role(roles[0], Q4))
    return tuple(_preset(draw, sheet) for sheet in (*sheets, anonymous))


def _post(draw: random.Random, number: int, role: str) -> Assignment:
    start, end = draw.choice(DAYS)
    targets = {
        target_key(indicator.id, part): draw.choice((0.12, 3, 1e6))
        for indicator in SHIPPED.role(role, Q4).indicators
        for part in range(len(indicator.parts))
        if draw.random() < 0.3
    }
    texts = (draw.choice(NAMES), draw.choice(("", "运营部")))
    return Assignment(
        f"{number:03}", *texts, role, "王", draw.choice(("", "@何")), start, end, draw.random() < 0.5, targets
    )


def _preset(draw: random.Random, sheet: PlannedSheet) -> PlannedSheet:
    presets = {
        (measure_id(measure.id), "quarter"): Preset(draw.choice((1234.5, 0, 1)), draw.choice(("", "上季\n<第三> & 月")))
        for measure in sheet.role.measures
        if not measure.monthly and measure.id not in sheet.role.levels and draw.random() < 0.5
    }
    presets[part_id("+1"), "label"] = Preset("=临时", " 来自上季 ")
    return PlannedSheet(sheet.title, sheet.role, sheet.assignment, presets)


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist()))
        return {name: archive.read(name) for name in archive.namelist()}


def _sheets(content: bytes) -> dict[str, object]:
    """Every sheet as a tree that names its styles by what they look like."""
    parts = _parts(content)
    looks, differences = looks_in(parts["xl/styles.xml"])
    strings = parts.get("xl/sharedStrings.xml", b"<sst/>")
    shared = ["".join(text.itertext()) for text in xml(strings)]

    def tree(element: etree._Element) -> object:
        given = {str(key): str(value) for key, value in element.attrib.items() if not str(key).startswith("{")}
        tag = etree.QName(element).localname
        children = [tree(child) for child in element if len(child) or child.text or child.attrib or tag != "c"]
        if tag == "c":
            given["s"] = str(looks[int(given.get("s", "0"))])
            if given.get("t") == "n" or not children:
                given.pop("t", None)
            if given.get("t") in ("s", "inlineStr"):  # openpyxl writes texts into the cells themselves
                text = "".join(element.itertext())
                return tag, {**given, "t": "text"}, shared[int(text)] if given["t"] == "s" else text
        if "dxfId" in given:
            given["dxfId"] = differences[int(given["dxfId"])]
        return tag, given, element.text or "", children

    return {sheet: tree(xml(parts[part])) for part, sheet in sheet_parts(parts)}


@pytest.mark.parametrize(("seed", "language"), [(1, HANS), (2, HANT), (3, EN)])
def test_a_printed_workbook_is_the_written_one(seed: int, language: str) -> None:
    given = roster(seed), SHIPPED, Q4, language
    printed, direct = uncalculated(*given), written(*given)
    found, wanted = _sheets(printed), _sheets(direct)
    assert list(found) == list(wanted)
    for sheet, tree in wanted.items():
        if sheet != "_xlkpi":  # a plain list: as text and number it is compared below
            assert found[sheet] == tree, sheet
    for name in ("xl/charts/chart1.xml", "xl/theme/theme1.xml"):
        assert _parts(printed)[name] == _parts(direct)[name], name
    assert _drawing(printed) == _drawing(direct)
    assert _beside(_parts(printed)) == _beside(_parts(direct))


def _drawing(content: bytes) -> list[object]:
    return [(e.tag, dict(e.attrib), e.text) for e in xml(_parts(content)["xl/drawings/drawing1.xml"]).iter()]


def _beside(parts: dict[str, bytes]) -> object:
    """What of the sheets stands in other parts: their names and states, print areas, notes and where they show."""
    book = xml(parts["xl/workbook.xml"])
    sheets = [(sheet.get("name"), sheet.get("state")) for sheet in book.iter("{*}sheet")]
    names = sorted((n.get("localSheetId"), n.get("name"), n.text) for n in book.iter("{*}definedName"))
    notes = [
        [(note.get("ref"), "".join(note.itertext())) for note in xml(part).iter("{*}comment")]
        for name, part in parts.items()
        if name.startswith("xl/comments")
    ]
    shown = [
        re.findall(rb"width:(\d+)px;height:(\d+)px|Row>(\d+)<|Column>(\d+)<", part)
        for name, part in parts.items()
        if name.endswith(".vml")
    ]
    said = {etree.QName(element).localname for element in xml(parts["docProps/core.xml"])}
    return sheets, names, notes, shown, said, [dict(element.attrib) for element in book.iter("{*}calcPr")]


def test_openpyxl_reads_the_same_from_both() -> None:
    given = roster(1)[-2:], SHIPPED, Q4, HANS
    for one, other in zip(
        *(load_workbook(io.BytesIO(write(*given))) for write in (uncalculated, written)), strict=True
    ):
        assert _features(one) == _features(other)


def _features(sheet) -> object:  # type: ignore[no-untyped-def]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    notes = [(c.coordinate, c.comment.text, c.comment.width, c.comment.height) for c in cells if c.comment]
    held = [(c.coordinate, c.value, c.data_type, c.number_format, c.protection.locked) for c in cells]
    page = sheet.print_title_rows, sheet.print_area, sheet.sheet_state, sheet.protection.sheet, sheet.freeze_panes
    validations = [(str(v.sqref), v.type, v.formula1) for v in sheet.data_validations.dataValidation]
    return sheet.title, notes, held, page, validations, sorted(map(str, sheet.merged_cells)), len(sheet._charts)


@pytest.mark.parametrize("seed", [1, 2])
def test_every_part_is_declared_and_every_relation_and_style_is_there(seed: int) -> None:
    parts = _parts(uncalculated(roster(seed), SHIPPED, Q4))
    types = xml(parts.pop("[Content_Types].xml"))
    defaults = {type.get("Extension") for type in types if type.get("Extension")}
    declared = [type.get("PartName") for type in types if type.get("PartName")]
    assert sorted(declared) == sorted(f"/{name}" for name in parts if name.rsplit(".")[-1] not in defaults)
    related: set[str] = set()
    for name in parts:
        xml(parts[name])
        if name.endswith(".rels"):
            relations = list(xml(parts[name]))
            assert len({relation.get("Id") for relation in relations}) == len(relations)
            folder = PurePosixPath(name).parent.parent
            related |= {normpath(str(folder / relation.get("Target", ""))) for relation in relations}
            assert not [target for relation in relations if (target := relation.get("Target", "")).startswith("/")]
            source = parts.get(str(folder / PurePosixPath(name).stem), b"")
            used = re.findall(rb'r:id="(\w+)"', source)
            assert {id.decode() for id in used} <= {relation.get("Id") for relation in relations}
    assert related == {name for name in parts if not name.endswith(".rels")}
    looks, differences = looks_in(parts["xl/styles.xml"])
    assert len(set(looks)) == len(looks)
    shapes: list[bytes] = []
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            assert all(int(style) < len(looks) for style in re.findall(rb' s="(\d+)"', part))
            assert all(int(style) < len(differences) for style in re.findall(rb'dxfId="(\d+)"', part))
        shapes += re.findall(rb'<v:shape id="(\w+)"', part)
    assert len(set(shapes)) == len(shapes) > 0
    book = xml(parts["xl/workbook.xml"])
    places = [int(name.get("localSheetId", "")) for name in book.iter("{*}definedName")]
    assert places == sorted(places)
    assert max(places) < len(list(book.iter("{*}sheet")))


@pytest.mark.parametrize(("seed", "language"), [(1, HANS), (4, EN)])
def test_values_are_those_of_a_whole_recalculation(seed: int, language: str, tmp_path: Path) -> None:
    given = roster(seed), SHIPPED, Q4
    write_workbook(tmp_path / "printed.xlsx", *given, language=language)
    (tmp_path / "calculated.xlsx").write_bytes(recalculate(uncalculated(*given, language)))
    printed, calculated = (_shown(tmp_path / name) for name in ("printed.xlsx", "calculated.xlsx"))
    assert printed == calculated


def _shown(path: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_what_no_formula_reads_is_read_by_none() -> None:
    """Values are kept for everyone with the same inputs: a formula that read a name would show another's."""
    for role in list(SHIPPED.roles(Q4).values())[::4]:
        template = press.form_template(role, SHIPPED, Q4, HANS, Assignment("", "")).template
        for _, cells in template.rows:
            for cell in cells:
                without_texts = re.sub('"[^"]*"', "", cell.formula)
                read = {found[0].replace("$", "") for found in SPAN.finditer(without_texts)}
                assert cell.address in UNREAD or not any(_touches(span, UNREAD) for span in read), cell


def _touches(span: str, addresses: frozenset[str]) -> bool:
    left, top, right, bottom = range_boundaries(span)
    places = map(coordinates, addresses)
    return any(left <= column <= right and top <= row <= bottom for row, column in places)


def test_the_same_parts_whatever_was_printed_before() -> None:
    def parts(sheets: Sequence[PlannedSheet]) -> dict[str, bytes]:
        made = _parts(uncalculated(sheets, SHIPPED, Q4))
        del made["docProps/core.xml"]  # the time
        return made

    given: tuple[Sequence[PlannedSheet], ...] = roster(1), roster(2)
    first = [parts(sheets) for sheets in given]
    for templates in (press._form, press._summary, press._instructions, press.rule_wordings_template):
        templates.cache_clear()
    assert [parts(sheets) for sheets in reversed(given)] == first[::-1]


def test_a_worker_prints_with_the_templates_that_it_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    posts = [Assignment("1", "赵一", role=role, start=start) for role in SHIPPED.role_ids[:3] for start in DAYS_SENT]
    sheets = sheets_of_assignments(posts, SHIPPED, quarter=Q4)
    expected = _parts(uncalculated(sheets, SHIPPED, Q4))
    begin = pickle.loads(pickle.dumps(press.for_workers(posts, SHIPPED, Q4, HANS)))
    for templates in (press._form, press._instructions, press.rule_wordings_template):  # a new process has none
        templates.cache_clear()
    monkeypatch.setattr(press, "captured", lambda *_: pytest.fail("written again"))
    monkeypatch.setattr(press, "_received", {})
    begin()
    printed = _parts(uncalculated(sheets, SHIPPED, Q4))
    assert {**printed, "docProps/core.xml": b""} == {**expected, "docProps/core.xml": b""}


def test_templates_of_a_company_are_for_no_other_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    post, other = Assignment("1", "赵一", role=SHIPPED.role_ids[0]), shipped_with(tmp_path, {})
    monkeypatch.setattr(press, "_received", {})
    press.for_workers([post], other, Q4, HANS)()
    assert len(press._received) == 3
    assert all(other in key or key == (HANS,) for key in press._received)


def test_an_edited_role_is_printed_anew() -> None:
    """Plates are kept by the role itself: an equal id does not make it the same."""
    role = SHIPPED.role("ecommerce-operations", Q4)
    renamed = PlannedSheet("表", type(role)(**{**vars_of(role), "title": "新岗位"}))
    contents = [uncalculated([sheet], SHIPPED, Q4) for sheet in (PlannedSheet("表", role), renamed)]
    titles = [load_workbook(io.BytesIO(content))["表"]["B2"].value for content in contents]
    assert "新岗位" in titles[1]
    assert "新岗位" not in titles[0]


def vars_of(role: object) -> dict[str, object]:
    return {name: getattr(role, name) for name in role.__dataclass_fields__}  # type: ignore[attr-defined]


@pytest.mark.parametrize("title", ["x" * 32, "a/b", "", "汇总"])
def test_a_title_that_no_sheet_can_have_is_refused(title: str) -> None:
    with pytest.raises(ValueError, match="name"):
        uncalculated([PlannedSheet(title, SHIPPED.role("ecommerce-operations"))], SHIPPED, Q4)


def test_two_sheets_of_one_name_are_refused() -> None:
    role = SHIPPED.role("ecommerce-operations")
    with pytest.raises(ValueError, match="another"):
        uncalculated([PlannedSheet("Anna", role), PlannedSheet("ANNA", role)], SHIPPED, Q4)


def test_what_the_plate_does_not_have_is_refused() -> None:
    given = sheets_of_roles([SHIPPED.role("ecommerce-operations")], SHIPPED)
    wrong = PlannedSheet(given[0].title, given[0].role, presets={("person", "loss"): Preset(1)})
    with pytest.raises(KeyError, match="W4"):
        uncalculated([wrong], SHIPPED, Q4)
