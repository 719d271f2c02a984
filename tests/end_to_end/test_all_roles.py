"""All roles of the catalogue: against tables written by hand, and in every engine."""

from __future__ import annotations

import io
import random
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED, role_in, shipped_text, shipped_with
from tests.support.engines import libreoffice
from tests.support.forms import Shown, differences
from tests.support.fuzz import examples, seed
from tests.support.paths import CASES
from tests.support.quarters import ROLES, Typed, appraised, differences_of, empty, filled, random_quarter, sample
from xlkpi.appraisal.appraise import appraise
from xlkpi.appraisal.inputs import Inputs
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.calc.kept import is_doubtful
from xlkpi.catalogue.company import BLOCKS
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value
from xlkpi.intake.workbook import read
from xlkpi.rules.parser.parse import parse
from xlkpi.rules.printer.phrase import phrase
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.cells import stored_cells
from xlkpi.xlsx.edit import fill, patch

TABLES = CASES / "roles"


def _table(id: str) -> dict[str, Any]:
    return tomllib.loads((TABLES / f"{id}.toml").read_text("utf-8"))


def test_there_are_the_24_roles_of_the_sources() -> None:
    assert sorted(path.stem for path in TABLES.glob("*.toml")) == ROLES
    assert len(ROLES) == 24


@pytest.mark.parametrize("id", ROLES)
def test_a_role_is_what_its_table_says(id: str) -> None:
    role, table = SHIPPED.role(id), _table(id)
    assert sum(role.weights.values()) == 1
    assert len(role.indicators) == len(table["indicators"])
    for indicator, row in zip(role.indicators, table["indicators"], strict=True):
        part = indicator.parts[0]
        target = "" if part.target is None else part.target
        formula = part.target_formula.text if part.target_formula else ""
        said = [indicator.id, indicator.label, indicator.group, part.unit, target, formula, indicator.rule_text]
        assert said == [*row[:3], *row[4:]]
        assert role.weights[indicator.id] * 100 == Fraction(row[3]), indicator.id
    assert [duty.heading for duty in role.duties] == table["duties"]
    if "shares" in table:
        assert [duty.share for duty in role.duties] == table["shares"]
        assert sum(table["shares"]) == 100
    notes = {indicator.id: indicator.note for indicator in role.indicators}
    for indicator_id, *words in table.get("readings", []):
        assert all(word in notes[indicator_id] for word in words), indicator_id
    for words in table.get("guidance", []):
        assert any(words in line for line in role.guidance), words


@pytest.mark.parametrize("id", ROLES)
def test_rules_are_canonical(id: str) -> None:
    for indicator in SHIPPED.role(id).indicators:
        assert phrase(indicator.rule) == indicator.rule_text
        assert parse(phrase(indicator.rule)) == indicator.rule


# --- whole forms ----------------------------------------------------------------------------------------------------


def _all_engines(typed: Mapping[str, Typed], folder: Path) -> None:
    content = filled(typed)
    formulas = [formula for cells in stored_cells(unpack(content)).values() for formula in cells.formulas.values()]
    assert [formula for formula in formulas if is_doubtful(formula)] == []
    (folder / "python.xlsx").write_bytes(recalculate(content))
    assert not differences_of(folder / "python.xlsx", typed)
    (folder / "twins.xlsx").write_bytes(patch(content, evaluate(content, functions=False)))
    assert not differences_of(folder / "twins.xlsx", typed)
    libreoffice.require()
    (folder / "source.xlsx").write_bytes(content)
    (result,) = libreoffice.recalculate([folder / "source.xlsx"], folder / "libreoffice")
    assert not differences_of(result, typed)


def test_samples_score_alike_in_all_engines(tmp_path: Path) -> None:
    typed = {id: sample(id) for id in ROLES}
    assert all(appraised(id, given).complete for id, given in typed.items())
    _all_engines(typed, tmp_path)


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("turn", range(examples(1)))
def test_random_quarters_of_all_roles_score_alike_in_all_engines(tmp_path: Path, turn: int, gaps: bool) -> None:
    chosen = random.Random(seed(turn))
    _all_engines({id: random_quarter(id, chosen, gaps=gaps) for id in ROLES}, tmp_path)


@pytest.fixture(scope="module")
def empty_book() -> Workbook:
    return load_workbook(io.BytesIO(empty()))


def test_no_two_merged_areas_touch_the_same_cell(empty_book: Workbook) -> None:
    """Excel would offer to repair such a file."""
    for sheet in empty_book.worksheets:
        merged = [cell for area in sheet.merged_cells.ranges for cell in area.cells]
        assert len(merged) == len(set(merged)), sheet.title


def test_every_form_opens_at_a_cell_that_can_be_filled(empty_book: Workbook) -> None:
    for sheet in empty_book.worksheets[: len(ROLES)]:
        (first,) = {selection.activeCell for selection in sheet.sheet_view.selection}
        assert not sheet[first].protection.locked, sheet.title


def test_no_formula_of_an_empty_form_is_an_error_or_a_zero() -> None:
    content = empty()
    values = evaluate(content)
    for id in ROLES:
        role = SHIPPED.role(id)
        layout = Layout(role)
        for row in range(1, layout.last_row + 1):
            shown = [values(role.title, row, column) for column in range(1, 23)]
            assert not any(isinstance(value, dict) for value in shown), (id, row)
        for row_id in ("total", "final", "grade", *(f"i:{indicator.id}" for indicator in role.indicators)):
            assert values(role.title, layout.rows[row_id], 13) == "", (id, row_id)


def test_ties_share_a_rank_and_the_next_one_is_skipped(tmp_path: Path) -> None:
    """Two forms of one role with the same data tie; the ranking lists both."""
    role = SHIPPED.role("web-editor")
    sheets = [PlannedSheet(f"编辑{number}", role) for number in range(1, 4)]
    measures = [measure.id for measure in role.measures]
    given = [("优秀", "优秀"), ("优秀", "优秀"), ("良好", "合格")]
    typed = {
        sheet.title: typed_cells(role, {id: [level] for id, level in zip(measures, levels, strict=True)})
        for sheet, levels in zip(sheets, given, strict=True)
    }
    path = tmp_path / "form.xlsx"
    path.write_bytes(recalculate(fill(uncalculated(sheets, SHIPPED, Quarter(2026, 4)), typed)))
    assert [Shown(path, sheet.title)("final", "rank") for sheet in sheets] == ["排名 1/3", "排名 1/3", "排名 3/3"]
    summary = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("汇总").to_python(skip_empty_area=False)
    assert [row[11] for row in summary[4:7]] == [1, 1, 3]
    assert [row[14] for row in summary[4:7]] == [100, 100, 77.5]


def test_a_veto_shows_what_the_total_is_without_it(tmp_path: Path) -> None:
    """No role of the catalogue has a veto; HR may write one."""
    smallest = (TABLES.parent / "good_roles" / "smallest.toml").read_text("utf-8")
    written = tmp_path / "smallest.toml"
    written.write_text(smallest.replace("每次扣5分；", "每次扣5分；实际>2一票否决；"), "utf-8")
    role = role_in(written)
    given: dict[str, list[Value]] = {
        "sales": [900.0, 0.0, 0.0],
        "visitors": [100.0, 0.0, 0.0],
        "visitors_prev": [100.0],
        "complaints": [3.0, 0.0, 0.0],
        "returns": [0.0, 0.0, 0.0],
    }
    result = appraise(role, Inputs.preset(role, given))
    # 40 × 90 + 20 × 80 over the 60 that are left
    assert (result.total, result.final, result.grade) == (0, 0, "D 不合格")
    assert result.alerts == (("veto", "“投诉”一票否决，总分为0，不计否决为86.67分"),)
    content = uncalculated([PlannedSheet(role.title, role)], SHIPPED, Quarter(2026, 4))
    content = fill(content, {role.title: typed_cells(role, given, {"newcomer": "否"})})
    paths = {"python": tmp_path / "python.xlsx", "twins": tmp_path / "twins.xlsx"}
    paths["python"].write_bytes(recalculate(content))
    paths["twins"].write_bytes(patch(content, evaluate(content, functions=False)))
    for engine, path in paths.items():
        shown = Shown(path, role.title)
        assert not differences(shown, result), engine
        assert shown("total", "receipt") == "一票否决；不计否决为86.67分", engine


def test_a_target_that_is_still_to_be_agreed_is_asked_for(tmp_path: Path) -> None:
    role = SHIPPED.role("operations-manager")
    measures = {measure: list(values) for measure, values in SHIPPED.samples()[role.id].measures.items()}
    content = uncalculated([PlannedSheet(role.title, role)], SHIPPED, Quarter(2026, 4))
    path = tmp_path / "form.xlsx"
    path.write_bytes(recalculate(fill(content, {role.title: typed_cells(role, measures)})))
    shown = Shown(path, role.title)
    for indicator in role.indicators:
        asked = "请先填目标值" if indicator.parts[0].target is None else None
        assert (shown(f"i:{indicator.id}", "receipt") == asked) == (asked is not None), indicator.id
        assert (shown(f"i:{indicator.id}", "score") == "") == (asked is not None), indicator.id


@pytest.mark.parametrize("blocks", [(), ("events",), ("review", "confirmation")])
def test_a_company_may_leave_blocks_out(tmp_path: Path, blocks: tuple[str, ...]) -> None:
    written = shipped_text("company.toml").replace('["events", "review", "confirmation"]', str([*blocks]))
    written = written.replace("events_limit = 5", "events_limit = 2").replace(
        "red_line_grade =", "# red_line_grade =", 1
    )
    catalogue = shipped_with(tmp_path, {"company.toml": written})
    assert (catalogue.company().blocks, catalogue.company().red_line_grade) == (blocks, None)
    role = catalogue.role("ecommerce-operations")
    sample = SHIPPED.samples()[role.id]
    content = uncalculated([PlannedSheet(role.title, role)], catalogue, Quarter(2026, 4))
    path = tmp_path / "form.xlsx"
    path.write_bytes(recalculate(fill(content, {role.title: typed_cells(role, sample.measures)})))
    shown = Shown(path, role.title)
    assert (shown("final", "score"), shown("grade", "score")) == (93.85, "A 优秀")
    assert [shown.has(row) for row in ("events", "r:1", "c:result")] == [block in blocks for block in BLOCKS]
    (form,) = read(path, catalogue).forms
    assert (form.appraisal.final, form.appraisal.inputs.events_limit) == (93.85, 2)
