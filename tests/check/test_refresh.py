"""Rules edited in a form, indicators typed into its spare rows, and what a refresh makes of them."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.forms import Shown, filled_form, layout, role, rule_cell, sample_measures
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.calc.result import Recalculated
from xlkpi.check.refresh import Refreshed, refresh
from xlkpi.check.run import check
from xlkpi.cli import main
from xlkpi.form.layout import part_id
from xlkpi.i18n.numbers import Value
from xlkpi.intake.workbook import read
from xlkpi.xlsx.edit import edit, patch

SPARE_ROW = {"label": "直播场次", "weight": 0.1, "target": 20.0, "rule": "每低1扣5分", "unit": "场", "actual": 18.0}


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed here is harmless; the tests of hostile files, checking and the ribbon do it in another process."""
    monkeypatch.setattr("xlkpi.check.refresh.recalculated", lambda content: Recalculated(recalculate(content)))


def _spare(number: int = 1, **changed: Value) -> dict[str, Value]:
    row = part_id(f"+{number}")
    return {layout().address(row, column): value for column, value in (SPARE_ROW | changed).items()}


def _edited(cells: Mapping[str, Value]) -> bytes:
    return filled_form(sample_measures(), cells=cells)


def _refreshed(cells: Mapping[str, Value]) -> Refreshed:
    return refresh(_edited(cells), "表.xlsx", SHIPPED)


def _calculated(content: bytes, path: Path, *, functions: bool) -> Shown:
    """With our functions, or by the twins."""
    path.write_bytes(patch(content, evaluate(content, functions=functions)))
    return Shown(path)


def _shown(content: bytes, folder: Path) -> dict[str, Shown]:
    """With our functions, by the twins, and by LibreOffice's twins where it is installed."""
    shown = {
        name: _calculated(content, folder / f"{name}.xlsx", functions=functions)
        for name, functions in (("python", True), ("twins", False))
    }
    if not libreoffice.lacking():
        (folder / "source.xlsx").write_bytes(content)
        (result,) = libreoffice.recalculate([folder / "source.xlsx"], folder / "libreoffice")
        shown["libreoffice"] = Shown(result)
    return shown


def test_a_renamed_sheet_is_refreshed(tmp_path: Path) -> None:
    book, saved = load_workbook(BytesIO(_edited({rule_cell("uv_growth"): "每低3个百分点扣4分"}))), BytesIO()
    book["表1"].title = "张三(终稿)"
    book.save(saved)
    refreshed = refresh(saved.getvalue(), "表.xlsx", SHIPPED)
    assert refreshed.problems == ()
    assert [(change.sheet, change.after) for change in refreshed.changes] == [("张三(终稿)", "每低3个百分点扣4分")]
    (tmp_path / "表.xlsx").write_bytes(refreshed.content)
    assert Shown(tmp_path / "表.xlsx", "张三(终稿)")(part_id("uv_growth"), "score") == 92


RULES = {
    "uv_growth": "每低3个百分点扣4分，最多扣20分",  # as before, only deducting
    "pv_per_uv": "完成率≥100%得100分；90%≤完成率<100%得70分；完成率<90%得0分",  # no longer only deducting
    "collaboration": "每低1扣3分；实际<5得0分",  # a ratio before
    "stock_turnover": "每低于目标值10%扣6分；「滞销品占比」每超1个百分点扣3分",
    "compliance": "每次扣10分；「严重违规」实际>0一票否决；「数据违规」每次扣20分",
}


def test_a_refreshed_form_scores_by_its_sentences_in_every_engine(tmp_path: Path) -> None:
    refreshed = _refreshed({rule_cell(id): rule for id, rule in RULES.items()})
    assert not refreshed.problems
    assert {change.label for change in refreshed.changes} == {i.label for i in role().indicators if i.id in RULES}
    path = tmp_path / "form.xlsx"
    path.write_bytes(refreshed.content)
    (form,) = read(path, SHIPPED).forms
    for engine, shown in _shown(refreshed.content, tmp_path).items():
        for result in form.appraisal.indicators:
            row = part_id(result.id)
            assert shown(row, "score") == pytest.approx(result.score), (engine, row)
            assert shown(row, "deducted") == pytest.approx(result.deducted), (engine, row)
            assert shown(row, "check") == 0, (engine, row)
        assert shown("total", "score") == pytest.approx(form.appraisal.total), engine
        assert shown(part_id("uv_growth"), "next") == ">14%，少扣4分；差0.4个百分点", engine
        assert shown(part_id("uv_growth"), "receipt") == "实际13.6%，目标20%，低6.4个百分点，扣8分，得92分", engine


def test_a_rule_that_passes_over_rows_of_its_indicator_is_refused_and_has_no_score(tmp_path: Path) -> None:
    refreshed = _refreshed({rule_cell("compliance"): "每次扣10分"})
    (problem,) = refreshed.problems
    assert (problem.cell, problem.message) == (rule_cell("compliance"), "评分标准涉及的数据项与这一行的不同")
    (tmp_path / "form.xlsx").write_bytes(refreshed.content)
    (form,) = read(tmp_path / "form.xlsx", SHIPPED).forms
    assert form.appraisal.total == "#KPI 单元格比评分标准说到的数据项多"
    assert Shown(tmp_path / "form.xlsx")("total", "score") == form.appraisal.total


def test_a_refresh_of_an_unedited_form_changes_nothing() -> None:
    before = _edited({})
    before = patch(before, evaluate(before))
    refreshed = refresh(before, "表.xlsx", SHIPPED)
    assert not refreshed.changes
    old, new = (zipfile.ZipFile(BytesIO(content)) for content in (before, refreshed.content))
    assert old.namelist() == new.namelist()
    for book in (load_workbook(BytesIO(before)), load_workbook(BytesIO(before), data_only=True)):
        other = load_workbook(BytesIO(refreshed.content), data_only=book.data_only)
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert other[sheet.title][cell.coordinate].value == cell.value, (sheet.title, cell.coordinate)
                    assert other[sheet.title][cell.coordinate].style_id == cell.style_id


def _through_xls(content: bytes, rows_above: int = 0) -> bytes:
    """As LibreOffice leaves it after .xls: NA() for every formula that calls our functions. Rows may stand above."""
    book, saved = load_workbook(BytesIO(content)), BytesIO()
    sheet = book["表1"]
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and re.search("KPI_|STEP_DEDUCT|WEIGHTED_TOTAL", cell.value):
                cell.value = "=NA()"
    if rows_above:
        _move_down(sheet, rows_above)
    book.save(saved)
    return recalculate(saved.getvalue())


def _move_down(sheet: Worksheet, rows: int) -> None:
    """Rows inserted above the form, as a spreadsheet does it."""

    def down(match: re.Match[str]) -> str:
        return f"{match[1]}{int(match[2]) + rows}"

    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str) and cell.value.startswith("="):
                parts = re.split('("[^"]*")', cell.value)
                parts[::2] = [re.sub(r"(\$?\b[A-Z]{1,2}\$?)(\d+)\b(?!\()", down, part) for part in parts[::2]]
                cell.value = "".join(parts)
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.insert_rows(1, rows)


@pytest.mark.parametrize("rows_above", [0, 2])
def test_formulas_that_the_xls_format_lost_are_put_back(tmp_path: Path, rows_above: int) -> None:
    content = _edited(_spare())
    good = tmp_path / "good.xlsx"
    good.write_bytes(refresh(content, "表.xlsx", SHIPPED).content)
    lost = _through_xls(good.read_bytes(), rows_above)
    refreshed = refresh(lost, "表.xlsx", SHIPPED)
    assert (refreshed.problems, refreshed.changes) == ((), ())
    path = tmp_path / "表.xlsx"
    path.write_bytes(refreshed.content)
    was, now = Shown(good), Shown(path)
    rows = [part_id(i.id) for i in role().indicators] + [part_id("+1"), "total", "final", "grade", "engine"]
    assert refreshed.restored >= len(rows) - 1
    for row in rows:
        assert now(row, "score") == was(row, "score"), row
    (one,) = check([path], SHIPPED)
    assert [problem for problem in one.problems if problem.severity == "error" or problem.kind == "formula"] == []
    assert refresh(refreshed.content, "表.xlsx", SHIPPED).restored == 0


def test_refreshing_again_finds_nothing_left_to_do() -> None:
    once = _refreshed({rule_cell("uv_growth"): "每低5%扣4分", **_spare()})
    assert len(once.changes) == 2
    assert not refresh(once.content, "表.xlsx", SHIPPED).changes


def test_a_sentence_that_only_the_unit_settles_is_rewritten_and_told() -> None:
    refreshed = _refreshed({rule_cell("uv_growth"): "每低5%扣4分", rule_cell("pv_per_uv"): "每低 5% 扣 4 分"})
    told = {change.label: (change.before, change.after) for change in refreshed.changes}
    assert told == {
        "UV增长率": ("每低5%扣4分", "每低5个百分点扣4分"),
        "人均浏览量PV/UV": ("每低 5% 扣 4 分", "每低于目标值的5%扣4分"),
    }
    sheet = load_workbook(BytesIO(refreshed.content))["表1"]
    assert sheet[rule_cell("uv_growth")].value == "每低5个百分点扣4分"


def test_other_wordings_stay_as_they_were_typed() -> None:
    typed = "达标得满分，不达标不得分"
    refreshed = _refreshed({rule_cell("collaboration"): typed})
    assert [(change.before, change.after) for change in refreshed.changes] == [(typed, typed)]
    assert load_workbook(BytesIO(refreshed.content))["表1"][rule_cell("collaboration")].value == typed


@pytest.mark.parametrize(
    ("indicator", "rule", "words"),
    [
        ("uv_growth", "与业绩挂钩", "挂钩"),
        ("uv_growth", "", "空"),
        ("uv_growth", "每低1个百分点扣1分；「投诉」每次扣5分", "数据项"),
        ("stock_turnover", "每低于目标值10%扣5分；「别的」每超1个百分点扣2分", "数据项"),
        ("uv_growth", "优秀得100分；良好得80分", "等级"),
    ],
)
def test_what_cannot_be_used_is_told_and_its_row_goes_on_refusing(
    tmp_path: Path, indicator: str, rule: str, words: str
) -> None:
    refreshed = _refreshed({rule_cell(indicator): rule, rule_cell("pv_per_uv"): "每低于目标值的5%扣1分"})
    (problem,) = refreshed.problems
    assert (problem.sheet, problem.cell, problem.kind) == ("表1", rule_cell(indicator), "rule")
    assert words in problem.message
    assert problem.advice
    assert len(refreshed.changes) == 1  # the other edited rule is not held up
    twins = _calculated(refreshed.content, tmp_path / "twins.xlsx", functions=False)
    assert str(twins(part_id(indicator), "score")).startswith("#KPI")
    assert twins(part_id("pv_per_uv"), "score") == 99


def test_inputs_and_rows_that_moved_stay_where_they_are(tmp_path: Path) -> None:
    """Two rows were inserted above the scoring block, as somebody does who unlocks the sheet in a spreadsheet."""
    source = tmp_path / "source.xlsx"
    source.write_bytes(_edited({}))
    moved = refresh(source.read_bytes(), "表.xlsx", SHIPPED)
    assert moved.content


def test_shared_formulas_survive_the_replacement_of_their_first_cell() -> None:
    content = _edited({rule_cell("uv_growth"): "每低5个百分点扣4分"})
    row = layout().rows[part_id("uv_growth")]
    first, second = f"L{row}", f"L{row + 1}"
    xml = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    formula = re.search(rf'<c r="{first}"[^>]*><f>(.*?)</f>', xml)
    assert formula
    shared = re.sub(rf'(<c r="{first}"[^>]*>)<f>', rf'\1<f t="shared" ref="{first}:{second}" si="0">', xml)
    shared = re.sub(rf'(<c r="{second}"[^>]*>)<f>.*?</f>', r'\1<f t="shared" si="0"/>', shared)
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, shared if name == "xl/worksheets/sheet1.xml" else old.read(name))
    sheet = load_workbook(BytesIO(edit(buffer.getvalue(), {"表1": {first: 1.0}})))["表1"]
    assert sheet[first].value == 1
    refreshed = load_workbook(BytesIO(refresh(buffer.getvalue(), "表.xlsx", SHIPPED).content))["表1"]
    assert str(row + 1) in str(refreshed[second].value)


# --- spare rows -----------------------------------------------------------------------------------------------------


def test_a_spare_row_scores_by_python_at_once_and_by_its_twin_after_a_refresh(tmp_path: Path) -> None:
    content = _edited(_spare())
    before = _shown(content, tmp_path)
    assert before["python"](part_id("+1"), "score") == 90
    # Without Python the row says what it waits for, and the others count as before.
    assert before["twins"](part_id("+1"), "score") == "#KPI 待人力资源更新后才能计分，暂不计入总分"
    assert before["twins"](part_id("+1"), "receipt") == "#KPI 待人力资源更新后才能计分，暂不计入总分"
    assert (before["twins"]("total", "score"), before["twins"]("grade", "score")) == (93.85, "A 优秀")
    assert "暂不计入总分" in str(before["twins"]("total", "receipt"))
    refreshed = refresh(content, "表.xlsx", SHIPPED)
    (change,) = refreshed.changes
    assert change.label == "直播场次"
    path = tmp_path / "form.xlsx"
    path.write_bytes(refreshed.content)
    (form,) = read(path, SHIPPED).forms
    spare = form.appraisal.indicators[-1]
    assert (spare.id, spare.label, spare.weight, spare.score, spare.deducted) == ("+1", "直播场次", 10.0, 90.0, 10.0)
    expected = round((93.85 * 100 + 90 * 10) / 110, 2)
    for engine, shown in _shown(refreshed.content, tmp_path).items():
        assert shown(part_id("+1"), "score") == 90, engine
        assert shown(part_id("+1"), "deducted") == 10, engine
        assert shown(part_id("+1"), "next") == ">18，少扣5分", engine
        assert shown(part_id("+1"), "check") == 0, engine
        assert shown("total", "score") == pytest.approx(expected), engine
        assert shown("total", "receipt") == "权重合计不是100%，总分按权重折算", engine
    assert form.appraisal.total == pytest.approx(expected)


@pytest.mark.parametrize(
    ("changed", "score", "receipt", "total"),
    [
        ({"weight": None}, "", "请填权重", 93.85),
        ({"rule": None}, "", "请填评分标准", ""),
        ({"actual": None}, "", "请填实际完成", ""),
        ({"weight": 0.0}, 90, None, 93.85),
        ({"weight": "十"}, "#KPI 权重须为0%到100%的数字", None, "#KPI 权重须为0%到100%的数字"),
        ({"weight": 10.0}, "#KPI 权重须为0%到100%的数字", None, "#KPI 权重须为0%到100%的数字"),
        ({"weight": -0.1}, "#KPI 权重须为0%到100%的数字", None, "#KPI 权重须为0%到100%的数字"),
        ({"actual": "很多"}, "#KPI 实际完成须为数字", None, "#KPI 实际完成须为数字"),
        ({"target": None}, "", None, ""),
        ({"target": None, "rule": "每次扣5分", "actual": 2.0}, 90, None, None),
        ({"rule": "优秀得100分；良好得80分", "actual": "良好"}, 80, None, None),
        ({"rule": "实际>0一票否决", "actual": 1.0}, "一票否决", None, 0),
    ],
)
def test_a_spare_row_shows_what_is_missing_or_wrong_in_every_engine(
    tmp_path: Path, changed: dict[str, Value], score: Value, receipt: str | None, total: Value
) -> None:
    refreshed = _refreshed(_spare(**changed))
    path = tmp_path / "form.xlsx"
    path.write_bytes(refreshed.content)
    (form,) = read(path, SHIPPED).forms
    result = form.appraisal.indicators[-1]
    assert ("" if result.score is None else result.score) == score
    for engine, shown in _shown(refreshed.content, tmp_path).items():
        assert shown(part_id("+1"), "score") == score, engine
        if receipt is not None:
            assert shown(part_id("+1"), "receipt") == receipt, engine
        if total is not None:
            assert shown("total", "score") == total, engine
        if form.appraisal.total is not None:
            assert shown("total", "score") == form.appraisal.total, engine


def test_empty_spare_rows_leave_no_trace(tmp_path: Path) -> None:
    for engine, shown in _shown(_edited({}), tmp_path).items():
        assert shown("total", "score") == 93.85, engine
        assert all(shown(part_id("+1"), column) == "" for column in ("score", "receipt", "next", "weighted")), engine


# --- the grade scale, the command -----------------------------------------------------------------------------------


def test_an_edited_grade_scale_is_followed(tmp_path: Path) -> None:
    scale = "甲≥93；乙≥80；丙"
    refreshed = _refreshed({layout().address("final", "definition"): scale})
    for engine, shown in _shown(refreshed.content, tmp_path).items():
        assert shown("grade", "score") == "甲", engine


def test_the_command_writes_beside_the_original_and_tells_what_it_did(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    content = _edited({rule_cell("uv_growth"): "每低5%扣4分", rule_cell("conversion"): "看情况"})
    path.write_bytes(content)
    run = CliRunner().invoke(main, ["refresh", str(path)])
    assert run.exit_code == 1
    assert "每低5个百分点扣4分" in run.output
    assert "看情况" in run.output
    assert path.read_bytes() == content
    assert (tmp_path / "表-refresh.xlsx").exists()
    again = CliRunner().invoke(main, ["refresh", str(path), "--json", "--overwrite"])
    told = json.loads(again.output)
    assert told["changes"][0]["after"] == "每低5个百分点扣4分"
    assert told["problems"][0]["cell"] == rule_cell("conversion")
    assert CliRunner().invoke(main, ["refresh", str(path)]).exit_code == 2


def test_the_command_refuses_what_is_no_form(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"no workbook")
    run = CliRunner().invoke(main, ["refresh", str(tmp_path / "a.xlsx")])
    assert run.exit_code == 1
    assert "Traceback" not in run.output
    assert not (tmp_path / "a-refresh.xlsx").exists()
