"""What programs and people rely on in a generated form: identities, inputs, messages, print, protection."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

import pytest
from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.catalogues import SHIPPED
from tests.support.forms import empty_form, layout, role
from xlkpi.catalogue.role import Measure
from xlkpi.catalogue.units import plausible
from xlkpi.common.person import TYPED_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import COLUMNS, LETTER, PERSON_ROW, SPARE, Layout
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.writer import styles
from xlkpi.writer.workbook import sheets_of_roles, uncalculated

FROZEN_COLUMNS = (
    "id no group label definition weight target rule unit actual achievement deducted score weighted receipt next "
    "remark native effective check owner m1 m2 m3 quarter"
).split()


@cache
def book() -> Workbook:
    return load_workbook(io.BytesIO(empty_form()))


def sheet() -> Worksheet:
    return book()["表1"]


def _row_ids() -> dict[str, int]:
    return {str(cell.value): cell.row for cell in sheet()["A"] if cell.value and cell.row > 1}


def test_sheets_and_their_visibility() -> None:
    assert book().sheetnames == ["表1", "汇总", "填写说明", "评分标准写法", "_xlkpi"]
    assert book()["_xlkpi"].sheet_state == "veryHidden"
    assert {str(row[0].value): row[1].value for row in book()["_xlkpi"].iter_rows()}["quarter"] == "2026Q4"


def test_column_ids_are_the_frozen_ones() -> None:
    ids = [id for cell in sheet()[1] for id in str(cell.value).split("/")]
    assert len(ids) == len(set(ids))
    assert set(FROZEN_COLUMNS) <= set(ids)


def test_every_row_that_a_program_reads_has_its_own_id() -> None:
    ids = _row_ids()
    expected = {f"m:{measure.id}" for measure in role().measures} | {"total", "final", "grade", "person", "engine"}
    expected |= {f"i:{indicator.id}" for indicator in role().indicators}
    expected |= {"i:stock_turnover#2", "i:compliance#2", "i:compliance#3"} | {f"d:{n}" for n in range(1, 8)}
    expected |= {f"g:{n}" for n in range(1, 5)} | {f"{block}:{n}" for block in "br" for n in range(1, 4)}
    expected |= {"events", "c:targets", "c:result", "i:+1", "i:+2"}
    expected |= {f"n:{indicator.id}" for indicator in role().indicators if indicator.note}
    assert set(ids) == expected


def test_identities_and_helpers_are_hidden() -> None:
    assert sheet().row_dimensions[1].hidden
    hidden = {column.letter for column in COLUMNS if column.width == 0}
    assert hidden == {LETTER[id] for id in ("id", "native", "effective", "check", "applies", "compiled", "loss")}
    assert all(sheet().column_dimensions[letter].hidden for letter in hidden)


def _inputs() -> set[str]:
    """The cells that a manager is to fill."""
    cells = {f"{LETTER[field]}{PERSON_ROW}" for field in TYPED_FIELDS}
    for measure in role().measures:
        for column in ("m1", "m2", "m3") if measure.monthly else ("quarter",):
            cells.add(layout().address(f"m:{measure.id}", column))
    for indicator in role().indicators:
        for number, part in enumerate(indicator.parts):
            row = f"i:{indicator.id}" + (f"#{number + 1}" if number else "")
            cells.add(layout().address(row, "remark"))
            if part.target_formula is None and indicator.rule.reads_target(number):
                cells.add(layout().address(row, "target"))
    cells |= {layout().address(f"m:{measure.id}", "remark") for measure in role().measures}
    spare = ("label", "definition", "weight", "target", "rule", "unit", "actual", "remark")
    cells |= {layout().address(f"i:{id}", column) for id in SPARE for column in spare}
    typed = {"events": "CDEFGHIJKLMNOPQ", "review": "IJKLMNOPQ", "confirmation": "IJKLMNOPQ"}
    return cells | {
        f"{letter}{row}" for block, letters in typed.items() for row in layout().span(block) for letter in letters
    }


def test_only_inputs_are_unlocked_and_exactly_they_are_yellow() -> None:
    assert sheet().protection.sheet
    assert not sheet().protection.password
    unlocked = {cell.coordinate for row in sheet().iter_rows() for cell in row if not cell.protection.locked}
    yellow = {
        cell.coordinate
        for row in sheet().iter_rows()
        for cell in row
        if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb == f"00{styles.INPUT}"
    }
    # openpyxl forgets the style of merged cells but the first one when it reads a file.
    inner = {sheet().cell(*place).coordinate for area in sheet().merged_cells.ranges for place in list(area.cells)[1:]}
    assert unlocked - inner == _inputs() - inner
    assert yellow - inner == _inputs() - inner


def test_number_inputs_are_validated_with_a_message_that_excel_can_show() -> None:
    validated: set[str] = set()
    for validation in sheet().data_validations.dataValidation:
        assert 0 < len(validation.prompt) <= 255
        assert 0 < len(validation.promptTitle) <= 32
        assert len(validation.error or "") <= 255
        assert len(validation.errorTitle or "") <= 32
        assert len(validation.formula1 or "") <= 255
        for area in str(validation.sqref).split():
            first_column, first_row, last_column, last_row = range_boundaries(area)
            validated |= {
                sheet().cell(row, column).coordinate
                for row in range(first_row, last_row + 1)
                for column in range(first_column, last_column + 1)
            }
    above = {cell for cell in _inputs() if PERSON_ROW < int(cell[1:]) <= layout().row("total")}
    free = {layout().address(f"i:{id}", "definition") for id in SPARE}
    assert {cell for cell in above - free if cell[0] != LETTER["remark"]} <= validated
    assert {f"{LETTER['score']}{row}" for row in layout().span("events")} <= validated
    assert f"{LETTER['newcomer']}{PERSON_ROW}" in validated


def _formulas() -> dict[str, str]:
    return {
        f"{worksheet.title}!{cell.coordinate}": str(cell.value)
        for worksheet in book().worksheets
        for row in worksheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def test_formulas_keep_the_limits_of_excel() -> None:
    for address, formula in _formulas().items():
        assert len(formula) <= 8192, address
        assert formula.count("(") == formula.count(")"), address
        assert all(len(text) <= 255 for text in formula.split('"')[1::2]), address
        assert _depth(formula) <= 64, address


def _depth(formula: str) -> int:
    depth = deepest = 0
    for character in formula:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def test_formulas_use_only_functions_that_every_host_has() -> None:
    known = set(
        "IF IFERROR AND OR MIN MAX ROUND INT ABS COUNT COUNTA COUNTIF ISTEXT ISNUMBER SUM SUMIF SUMPRODUCT "
        "AVERAGE INDEX MATCH LARGE LEN KPI_SCORE STEP_DEDUCT WEIGHTED_TOTAL KPI_GRADE KPI_ENGINE".split()
    )
    for address, formula in _formulas().items():
        bare = "".join(formula.split('"')[::2])
        used = set(re.findall(r"[A-Z_]+(?=\()", bare))
        assert used <= known, address


def test_no_formula_rounds_in_one_step() -> None:
    """A total of 82.465 that was computed is a trifle less in floating point: not every program rounds it up."""
    one_step = re.compile(r"ROUND\((?:[^()]|\([^()]*\))*,2\)")
    assert [address for address, formula in _formulas().items() if one_step.search(formula)] == []


def test_one_python_call_per_indicator_and_three_per_sheet() -> None:
    formulas = {a: re.sub(r"IFERROR\(LEN\([$A-Z0-9]+\)=0,0\)", "", f) for a, f in _formulas().items()}
    calls = [f for address, f in formulas.items() if address.startswith("表1!") and "IFERROR(" in f]
    python = [f for f in calls if any(name in f for name in ("KPI_SCORE(", "STEP_DEDUCT("))]
    # The spare rows call nothing while they are empty.
    assert len(python) == len(role().indicators) + len(SPARE)
    assert len(calls) == len(python) + 3
    assert all(f.count("IFERROR(") == 1 for f in calls)


def test_only_flows_contain_the_letters_sum() -> None:
    for measure in role().measures:
        if measure.monthly:
            formula = str(sheet()[layout().address(f"m:{measure.id}", "quarter")].value)
            assert ("SUM" in formula) == (measure.aggregate == "sum")


def test_notes_are_the_catalogue_s_and_large_enough_to_read() -> None:
    with zipfile.ZipFile(io.BytesIO(empty_form())) as package:
        (drawing,) = (package.read(n).decode() for n in package.namelist() if n.endswith(".vml"))
    assert drawing.count("width:320px") == sum(bool(indicator.note) for indicator in role().indicators)
    for indicator in role().indicators:
        comment = sheet()[layout().address(f"i:{indicator.id}", "label")].comment
        assert (comment.text if comment else "") == indicator.note


def test_it_prints_on_landscape_a4_one_page_wide() -> None:
    setup = sheet().page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight) == ("landscape", 9, 1, 0)
    assert sheet().sheet_properties.pageSetUpPr.fitToPage
    assert sheet().print_title_rows == "$2:$2"
    assert "&P" in sheet().oddFooter.center.text
    breaks = [page_break.id for page_break in sheet().row_breaks.brk]
    assert breaks[0] == layout().row("scoring title") - 1
    assert {row + 1 for row in breaks} <= set(layout().titles)  # no block is torn


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_stands_alone_at_the_foot_of_a_page(language: str) -> None:
    """However much an engine puts on a page: it prints the smaller, the wider it takes the columns for."""
    forms = sheets_of_roles(SHIPPED.roles().values(), SHIPPED, language)
    with zipfile.ZipFile(io.BytesIO(uncalculated(forms, SHIPPED, Quarter(2026, 4), language))) as package:
        pages = [etree.fromstring(package.read(f"xl/worksheets/sheet{n}.xml")) for n in range(1, len(forms) + 1)]
    for form, page in zip(forms, pages, strict=True):
        titles = Layout(form.role).titles
        breaks = {int(one.get("id", "")) for one in page.iterfind("{*}rowBreaks/{*}brk")}
        given = {int(row.get("r", "")): float(row.get("ht", "15")) for row in page.iterfind("{*}sheetData/{*}row")}
        heights = {row: given.get(row, 15.0) for row in range(2, max(given) + 1)}
        # Points: Excel takes some 897, LibreOffice some 962 with columns as wide as these.
        for capacity in range(890, 978, 5):
            used, ends = 0.0, set()
            for row, height in heights.items():
                if row - 1 in breaks or used + height > capacity:
                    ends.add(row - 1)
                    used = heights[2]
                used += height
            assert ends & {row + below for row in titles for below in (0, 1)} == set(), (form.title, capacity)


def test_text_where_a_number_belongs_stands_out() -> None:
    """In the cell itself, where it is typed: months, quarter values and targets; not where a level is chosen."""
    marked = [
        area
        for rules in sheet().conditional_formatting
        for rule in rules.rules
        if rule.formula and "ISTEXT" in rule.formula[0]
        for area in rules.sqref.ranges
    ]
    for row_id, column in (
        ("m:sales", "m1"),
        ("m:sales", "m3"),
        ("m:rating_design", "quarter"),
        ("i:uv_growth", "target"),
    ):
        place = range_boundaries(layout().address(row_id, column))
        assert any(a.min_col <= place[0] <= a.max_col and a.min_row <= place[1] <= a.max_row for a in marked), row_id
    chosen = uncalculated(sheets_of_roles([SHIPPED.role("admin-supervisor")], SHIPPED), SHIPPED, Quarter(2026, 4))
    (page, *_) = load_workbook(io.BytesIO(chosen)).worksheets
    levels = Layout(SHIPPED.role("admin-supervisor")).span("quarterly")
    texts = [
        r.sqref for r in page.conditional_formatting for rule in r.rules if rule.formula and "ISTEXT" in rule.formula[0]
    ]
    assert not any(area.min_row <= row <= area.max_row for ranges in texts for area in ranges.ranges for row in levels)


def test_it_opens_at_the_first_input_with_labels_frozen() -> None:
    assert sheet().freeze_panes == "E8"
    selections = {selection.activeCell for selection in sheet().sheet_view.selection}
    assert selections == {f"{LETTER['m1']}{layout().row('monthly')}"}
    assert book().active.title == "表1"


def test_merged_cells_hold_only_titles_and_long_texts() -> None:
    for area in sheet().merged_cells.ranges:
        in_head = area.max_row < layout().row("entry title")
        hint = area.min_row == layout().row("quarterly header")
        below = area.min_row >= layout().row("readings title")
        range_or_receipts = area.min_col == 15  # the usual range is wide, receipts tell of all measures
        assert in_head or hint or below or area.min_col == 5 or range_or_receipts, area


@pytest.mark.parametrize("key", ["title", "creator"])
def test_the_file_tells_nothing_of_who_made_it(key: str) -> None:
    value = getattr(book().properties, key)
    assert value in (None, "xlkpi")


def test_no_cell_of_a_form_overlaps_the_hidden_frame() -> None:
    with zipfile.ZipFile(io.BytesIO(empty_form())) as package:
        assert "xl/vbaProject.bin" not in package.namelist()
        assert not [name for name in package.namelist() if "externalLink" in name]


def test_the_notes_are_printed_once_each_under_the_numbers_of_their_indicators() -> None:
    rows = layout().rows
    for number, indicator in enumerate(role().indicators, start=1):
        row = rows[f"n:{indicator.id}"]
        assert (sheet()[f"B{row}"].value, sheet()[f"C{row}"].value) == (number, indicator.label)
    texts = [str(sheet()[f"E{rows[f'n:{indicator.id}']}"].value) for indicator in role().indicators]
    assert texts[1].endswith("“流量与转化”各项权重合计45，这一组只占总分的20%，所以各项按比例折算（10 → 4.44%）。")
    assert texts[5] == "同第5项。"  # as for the order value
    told = [text for text in texts if not text.startswith("同第")]
    assert len(told) == len(set(told)) >= 15


def test_every_form_counts_its_own_pages() -> None:
    setup = sheet().page_setup
    assert (setup.firstPageNumber, setup.useFirstPageNumber) == (1, True)
    assert sheet().oddFooter.center.text == "第&P页，共4页"
    assert len(sheet().row_breaks.brk) == 3


@pytest.mark.parametrize(
    ("unit", "low", "high", "shown"),
    [
        ("元", 0, None, None),
        ("元", None, None, None),
        ("元", 0, 1e9, None),
        ("次", 0, 9_999, "0 ～ 9,999"),
        ("次", 0, 10_000, None),
        ("人", 1, None, "≥1"),
        ("人", 1, 1e9, "≥1"),
        ("%", None, 0.3, "≤30%"),
        ("%", 0, 0.5, "0% ～ 50%"),
        ("分", 0, 10, "0 ～ 10"),
    ],
)
def test_a_usual_range_is_shown_where_it_says_something(
    unit: str, low: float | None, high: float | None, shown: str | None
) -> None:
    assert plausible(Measure("x", "甲", "", unit, "", low=low, high=high), words()) == shown
