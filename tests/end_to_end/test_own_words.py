"""A company's own wordings, from the role file to the printed form: every engine scores them as `xlkpi score` does."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.catalogues import shipped_with
from tests.support.engines import libreoffice
from tests.support.forms import Shown, differences
from tests.support.paths import CASES
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.calc.kept import is_doubtful
from xlkpi.calc.result import Recalculated
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.check.refresh import refresh
from xlkpi.check.run import check
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout, part_id, reading_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.languages import EN, HANS, LANGUAGES
from xlkpi.i18n.numbers import Value, is_number
from xlkpi.intake.workbook import read
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring.scores import kpi_score
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.cells import stored_cells
from xlkpi.xlsx.edit import fill, patch

ROLE = "own-words"
TEXT = (CASES / "own_words" / f"{ROLE}.toml").read_text("utf-8")
EXPECTED = {  # by indicator: actual and score, worked out by hand
    "answered": [(0.9, 100), (0.85, 90), (0.3, 0)],
    "returns": [(0.03, 100), (0.041, 90), (0.2, 0)],
    "on_time": [(0.95, 100), (0.93, 80), (0.899, 0)],
    "intact": [(0.98, 100), (0.96, 80), (0.9, 0)],
    "breaches": [(0, 100), (2, 90), (30, 0)],
    "mistakes": [(0, 100), (1, 60), (3, 0)],
    "enquiries": [(800, 100), (640, 80), (0, 0)],
    "days": [(10, 100), (12, 80), (25, 0)],
    "attitude": [("优秀", 100), ("良好", 80), ("不合格", 0)],
    "costs": [(0.15, 100), (0.18, 94), (0.9, 0)],
    "sales": [(120, 100), (110, 88), (1, 0)],
    "proposals": [(2, 100), (1.5, 0), (0, 0)],
}
DEDUCTED = {"mistakes": [0, 2, 6], "answered": [0, 10, 120], "days": [0, 20, 150]}
"""On the scale of the sentence: an item of 5 points never loses 40."""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return shipped_with(tmp_path_factory.mktemp("company"), {f"roles/{ROLE}.toml": TEXT})


def _form(catalogue: Catalogue, case: int | None, language: str = HANS) -> bytes:
    content = uncalculated([PlannedSheet("表1", catalogue.role(ROLE))], catalogue, Quarter(2026, 4), language)
    if case is None:
        return content
    role = catalogue.role(ROLE, None, language)
    words = dict(zip(catalogue.role(ROLE).levels["attitude"], role.levels["attitude"], strict=True))
    measures: dict[str, list[Value]] = {
        id: [words.get(values[case][0], values[case][0])] for id, values in EXPECTED.items()
    }
    return fill(content, {"表1": typed_cells(role, measures, {"name": "示例员工", "newcomer": "否"})})


@pytest.mark.parametrize("case", range(3))
def test_the_form_scores_in_every_engine_as_python_does(catalogue: Catalogue, case: int, tmp_path: Path) -> None:
    content = _form(catalogue, case)
    formulas = [formula for cells in stored_cells(unpack(content)).values() for formula in cells.formulas.values()]
    assert [formula for formula in formulas if is_doubtful(formula)] == []
    path = tmp_path / "form.xlsx"
    path.write_bytes(recalculate(content))
    (scored,) = read(path, catalogue).forms
    results = {result.id: result for result in scored.appraisal.indicators}
    assert {id: results[id].score for id in EXPECTED} == pytest.approx({id: v[case][1] for id, v in EXPECTED.items()})
    assert {id: results[id].deducted for id in DEDUCTED} == pytest.approx({id: v[case] for id, v in DEDUCTED.items()})
    twins = tmp_path / "twins.xlsx"
    twins.write_bytes(patch(content, evaluate(content, functions=False)))
    libreoffice.require()
    (tmp_path / "source.xlsx").write_bytes(content)
    (office,) = libreoffice.recalculate([tmp_path / "source.xlsx"], tmp_path / "libreoffice")
    for engine in (path, twins, office):
        shown = Shown(engine)
        assert differences(shown, scored.appraisal) == []
        for id, result in results.items():
            row, indicator = part_id(id), scored.appraisal.role.indicators
            deducted = shown(row, "deducted")
            assert float(deducted) == pytest.approx(result.deducted, abs=1e-9), id  # type: ignore[arg-type]
            unit = next(one.unit for one in indicator if one.id == id)
            cell = str(shown(row, "rule"))
            assert kpi_score(shown(row, "actual"), shown(row, "target") or None, cell, unit) == pytest.approx(
                result.score
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_says_how_its_rules_are_read(catalogue: Catalogue, language: str) -> None:
    sheet = load_workbook(io.BytesIO(recalculate(_form(catalogue, None, language))), data_only=True)["表1"]
    role, own = catalogue.role(ROLE, None, language), catalogue.role(ROLE)
    layout = Layout(role)
    assert layout.rows == Layout(own).rows
    for indicator, in_file in zip(role.indicators, own.indicators, strict=True):
        reading = phrase(indicator.rule, language)
        line = sheet[layout.address(reading_id(indicator.id), "definition")].value
        assert in_file.rule_in_file in line
        assert line.endswith(reading)
        rule = sheet[layout.address(part_id(indicator.id), "rule")]
        assert rule.comment.text == line
        assert rule.value == (in_file.rule_text if language == HANS else reading)


def test_own_words_stay_and_what_only_the_row_settles_is_written_out(catalogue: Catalogue) -> None:
    cells = {indicator.id: indicator.rule_text for indicator in catalogue.role(ROLE, None, HANS).indicators}
    assert cells["answered"] == "按实际接通率计算，每低1%扣2分，最高扣至0分"
    assert cells["attitude"] == "满分10分；优秀得10分；良好得8分；合格得6分；不合格得0分"
    assert cells["costs"] == "每超1个百分点扣2分"
    english = {indicator.id: indicator.rule_text for indicator in catalogue.role(ROLE, None, EN).indicators}
    assert english["costs"] == "every 1 pp over: -2"


def test_a_form_in_canonical_words_has_no_notes(catalogue: Catalogue) -> None:
    for role in catalogue.roles().values():
        if role.id != ROLE:
            assert not any(indicator.annotated for indicator in Layout(role).readings)


def test_a_rule_edited_on_the_form_is_read_with_its_row(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlkpi.check.refresh.recalculated", lambda content: Recalculated(recalculate(content)))
    layout = Layout(catalogue.role(ROLE))
    edits = {"intact": "≥97%得10分；<97%得5分", "days": "每拖延2天扣15分", "breaches": "实际≥3得5分；实际<3得2分"}
    cells = {layout.address(part_id(id), "rule"): rule for id, rule in edits.items()}
    path = tmp_path / "edited.xlsx"
    path.write_bytes(recalculate(fill(_form(catalogue, 1), {"表1": cells})))
    before = {r.id: r.score for r in read(path, catalogue).forms[0].appraisal.indicators}
    shown = Shown(path)
    assert {id: shown(part_id(id), "score") for id in edits} == {id: before[id] for id in edits}
    assert "满分是10分，还是100分？" in str(before["intact"])  # `KPI_SCORE` cannot know the weight
    assert str(before["intact"]).startswith("#KPI")
    assert "请联系人力资源更新" in str(shown(reading_id("days"), "definition"))

    refreshed = refresh(path.read_bytes(), "表.xlsx", catalogue)
    told = {
        change.label: (change.after, change.reading) for change in refreshed.changes if change.before in edits.values()
    }
    assert told == {
        "完好率": ("满分10分；实际≥97%得10分；实际<97%得5分", None),
        "交付天数": ("每拖延2天扣15分", "每超2扣15分"),
    }
    (problem,) = refreshed.problems
    assert "满分是5分，还是100分？" in problem.message
    assert problem.advice.count("写：满分") == 2
    path.write_bytes(refreshed.content)
    after, shown = {r.id: r.score for r in read(path, catalogue).forms[0].appraisal.indicators}, Shown(path)
    for id in ("intact", "days"):
        assert is_number(after[id])
        assert shown(part_id(id), "score") == pytest.approx(after[id])
    assert str(shown(reading_id("days"), "definition")).endswith("读作：每超2扣15分")


def _checked(catalogue: Catalogue, path: Path) -> dict[str, str]:
    """What check says of a form, without the signatures that are missing, by row and kind."""
    (one,) = check([path], catalogue, Quarter(2026, 4))
    assert [problem for problem in one.problems if problem.kind == "file"] == []
    return {f"{p.row_id} {p.kind}": f"{p.message}\n{p.advice}" for p in one.problems if p.kind != "unsigned"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_check_has_nothing_against_notes(catalogue: Catalogue, tmp_path: Path, language: str) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(recalculate(_form(catalogue, 1, language)))
    assert _checked(catalogue, path) == {}


def test_check_tells_what_is_asked_of_edited_rules_and_how_they_are_read(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlkpi.check.refresh.recalculated", lambda content: Recalculated(recalculate(content)))
    layout = Layout(catalogue.role(ROLE))
    spare = {"label": "直播场次", "weight": 0, "target": 20, "rule": "每迟一天扣5分", "unit": "天", "actual": 21}
    cells: dict[str, Value] = {layout.address(part_id("+1"), column): value for column, value in spare.items()}
    edits = {"intact": "≥97%得10分；<97%得5分", "breaches": "实际≥3得5分；实际<3得2分"}
    cells |= {layout.address(part_id(id), "rule"): rule for id, rule in edits.items()}
    path = tmp_path / "form.xlsx"
    path.write_bytes(recalculate(fill(_form(catalogue, 1), {"表1": cells})))
    told = _checked(catalogue, path)
    asked = told["i:breaches rule_unreadable"]
    assert "满分是5分，还是100分？（实际0时：40分，还是2分？）" in asked
    assert "可以写：满分5分；实际≥3得5分；实际<3得2分" in asked
    assert "或者写：满分100分；实际≥3得5分；实际<3得2分" in asked
    assert "改写成“满分10分；实际≥97%得10分；实际<97%得5分”" in told["i:intact rule_unreadable"]
    assert "读作：每超1扣5分" in told["i:+1 rule_reading"]
    refreshed = refresh(path.read_bytes(), "表.xlsx", catalogue)
    path.write_bytes(refreshed.content)
    after = _checked(catalogue, path)
    assert "i:intact rule_unreadable" not in after
    assert {key.split()[1] for key in after} <= {"rule", "rule_unreadable", "rule_reading"}
