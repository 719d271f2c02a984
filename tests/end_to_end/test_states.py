"""What a form shows when it is empty, half filled, wrong, or edited by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.catalogues import SHIPPED, shipped_text, shipped_with
from tests.support.engines import libreoffice
from tests.support.forms import (
    ROLE_ID,
    Measures,
    Shown,
    appraised,
    empty_form,
    filled_form,
    layout,
    recalculated,
    role,
    rule_cell,
    sample_measures,
)
from xlkpi.calc.engine import evaluate
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import COLUMNS, FINAL_ROW, LETTER
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.numbers import Value
from xlkpi.intake.workbook import read
from xlkpi.scoring import reasons
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill, patch

INDICATORS = [indicator.id for indicator in role().indicators]


def _engines(content: bytes, folder: Path) -> dict[str, Shown]:
    """The form as each engine shows it; the last one is LibreOffice, where it is installed."""
    (folder / "twins.xlsx").write_bytes(patch(content, evaluate(content, functions=False)))
    shown = {
        "python": Shown(recalculated(content, folder / "python.xlsx")),
        "twins": Shown(folder / "twins.xlsx"),
    }
    if not libreoffice.lacking():
        (folder / "source.xlsx").write_bytes(content)
        (result,) = libreoffice.recalculate([folder / "source.xlsx"], folder / "libreoffice")
        shown["libreoffice"] = Shown(result)
    return shown


def _with(**changed: list[Value]) -> Measures:
    return sample_measures() | changed


def test_an_empty_form_shows_no_zero_and_no_error(tmp_path: Path) -> None:
    for engine, shown in _engines(empty_form(), tmp_path).items():
        for id in INDICATORS:
            for column in ("actual", "achievement", "deducted", "score", "weighted", "receipt"):
                assert shown(f"i:{id}", column) == "", (engine, id, column)
        for row in ("total", "final", "grade"):
            assert shown(row, "score") == "", (engine, row)


def test_nothing_in_an_empty_form_is_an_error(tmp_path: Path) -> None:
    content = empty_form()
    values = evaluate(content)
    for sheet in ("表1", "汇总"):
        for row in range(1, layout().last_row + 1):
            for column in range(1, len(COLUMNS) + 1):
                assert not isinstance(values(sheet, row, column), dict), (sheet, row, column)


def test_an_empty_month_keeps_the_quarter_empty(tmp_path: Path) -> None:
    content = filled_form(_with(sales=[3_000_000, None, 2_900_000]))
    for engine, shown in _engines(content, tmp_path).items():
        assert shown("m:sales", "quarter") == "", engine
        assert shown("m:sales", "weighted") == "待填1格", engine
        assert shown("i:sales_achievement", "score") == "", engine
        assert shown("i:promotion_ratio", "score") == "", engine
        assert shown("i:pv_per_uv", "score") == 97, engine
        assert shown("total", "score") == "", engine
        assert shown("grade", "score") == "", engine


@pytest.mark.parametrize(
    ("changed", "indicator", "reason"),
    [
        ({"sales": [3_000_000, "三百万", 2_900_000]}, "sales_achievement", "“销售额”须为数字"),
        ({"uv_prev": ["2500000人"]}, "uv_growth", "“上期访客数UV”须为数字"),
        ({"buyers": [0]}, "repurchase", "除数为0：付费用户数"),
        ({"stock_open": [0], "stock_close": [0]}, "stock_turnover", "除数为0：(期初库存+期末库存)÷2"),
        ({"orders_prev": [0]}, "basket_growth", "除数为0：上期支付订单数"),
        ({"late_responses": [0.5, 0, 0]}, "response_timeliness", "次数须为不小于0的整数"),
        ({"violations": [-1, 0, 0]}, "compliance", "次数须为不小于0的整数"),
    ],
)
def test_wrong_data_shows_its_reason_up_to_the_total(
    tmp_path: Path, changed: dict[str, list[Value]], indicator: str, reason: str
) -> None:
    for engine, shown in _engines(filled_form(_with(**changed)), tmp_path).items():
        expected = f"#KPI {reason}"
        assert shown(f"i:{indicator}", "score") == expected, engine
        assert shown(f"i:{indicator}", "receipt") == expected, engine
        assert str(shown("total", "score")).startswith("#KPI"), engine
        assert str(shown("grade", "score")).startswith("#KPI"), engine


@pytest.mark.parametrize("edited", ["看情况打分", "每低5%扣3分并且", ""])
def test_an_unreadable_rule_shows_why(tmp_path: Path, edited: str) -> None:
    for indicator in ("uv_growth", "collaboration"):
        content = filled_form(sample_measures(), cells={rule_cell(indicator): edited})
        for engine, shown in _engines(content, tmp_path).items():
            why = "#KPI 评分标准" if engine == "python" else reasons.cell_text(reasons.RULE_CHANGED)
            assert str(shown(f"i:{indicator}", "score")).startswith(why), (engine, indicator)
            assert str(shown("total", "score")).startswith("#KPI"), (engine, indicator)


@pytest.mark.parametrize("edited", ["按完成率得分", "每低2个百分点扣3分", "每低5个百分点扣3分；实际<10%得0分"])
def test_an_edited_rule_never_scores_by_the_old_one(tmp_path: Path, edited: str) -> None:
    """Python follows the sentence or says what to do; the twin, made from the old one, refuses."""
    content = filled_form(sample_measures(), cells={rule_cell("uv_growth"): edited})
    for engine, shown in _engines(content, tmp_path).items():
        score = shown("i:uv_growth", "score")
        if engine != "python":
            assert score == reasons.cell_text(reasons.RULE_CHANGED), engine
        elif edited == "每低2个百分点扣3分":  # 6.4 points short: three steps
            assert score == 91
            assert shown("i:uv_growth", "check") == 1
        else:
            assert score == reasons.cell_text(reasons.NOT_ONLY_DEDUCTING)


def test_an_edited_rule_of_another_kind_scores_by_python_at_once(tmp_path: Path) -> None:
    content = filled_form(sample_measures(), cells={rule_cell("collaboration"): "每低0.1扣1分"})
    shown = _engines(content, tmp_path)
    assert shown["python"]("i:collaboration", "score") == 98
    assert shown["python"]("i:collaboration", "check") == 1
    assert "1行" in str(shown["python"]("engine", "receipt"))
    assert shown["twins"]("i:collaboration", "score") == reasons.cell_text(reasons.RULE_CHANGED)


def test_the_engine_cell_says_what_scores(tmp_path: Path) -> None:
    shown = _engines(filled_form(sample_measures()), tmp_path)
    assert re.fullmatch(r"Python \(xlkpi \S+\)", str(shown["python"]("engine", "score")))
    for engine in shown.keys() - {"python"}:
        assert shown[engine]("engine", "score") == "内置公式"


def test_a_condition_not_met_gives_its_weight_to_the_rest_of_the_group(tmp_path: Path) -> None:
    half = [value / 2 for value in (820_000, 1_260_000, 760_000)]
    group = ["uv_growth", "pv_per_uv", "conversion", "basket_growth", "silent_share"]
    for engine, shown in _engines(filled_form(_with(organic_uv=half)), tmp_path).items():
        assert shown("i:uv_growth", "score") == "不适用", engine
        assert shown("i:uv_growth", "receipt") == "条件未满足，权重分给同组其他指标", engine
        weights = [float(shown(f"i:{id}", "effective") or 0) for id in group]
        assert weights[0] == 0, engine
        assert sum(weights) == pytest.approx(0.2, abs=1e-12), engine
        assert weights[2] == pytest.approx(0.2 * 15 / 35, abs=1e-12), engine
        assert isinstance(shown("total", "score"), float), engine
        assert "权重已分给同组" in str(shown("grade", "definition")), engine


def test_a_condition_that_costs_the_score_is_told_instead_of_a_receipt(tmp_path: Path) -> None:
    applies = 'applies = "organic_uv / uv >= 0.6"'
    text = shipped_text(f"roles/{ROLE_ID}.toml").replace(applies, f'{applies}\nunmet = "zero"')
    catalogue = shipped_with(tmp_path, {f"roles/{ROLE_ID}.toml": text})
    strict = catalogue.role(ROLE_ID)
    measures = {id: list(values) for id, values in _with(organic_uv=[400_000, 600_000, 300_000]).items()}
    form = uncalculated([PlannedSheet("表1", strict)], catalogue, Quarter(2026, 4))
    content = fill(form, {"表1": typed_cells(strict, measures, {"name": "示例员工", "newcomer": "否"})})
    for engine, shown in _engines(content, tmp_path).items():
        assert shown("i:uv_growth", "score") == 0, engine
        assert shown("i:uv_growth", "receipt") == "条件未满足，得0分", engine


def test_newcomers_are_not_measured_against_a_past_they_do_not_have(tmp_path: Path) -> None:
    blank: dict[str, list[Value]] = {id: [None] for id in ("uv_prev", "sales_prev", "orders_prev", "manuals_prev")}
    for engine, shown in _engines(filled_form(_with(**blank), newcomer="是"), tmp_path).items():
        assert shown("i:uv_growth", "score") == "不适用", engine
        assert shown("i:basket_growth", "score") == "不适用", engine
        assert shown("i:knowledge", "score") == 100, engine
        assert isinstance(shown("total", "score"), float), engine
    for engine, shown in _engines(filled_form(_with(**blank)), tmp_path).items():
        assert shown("i:uv_growth", "score") == "", engine
        assert shown("i:knowledge", "score") == "", engine
        assert shown("total", "score") == "", engine


def test_a_newcomer_is_told_why_an_indicator_does_not_apply(tmp_path: Path) -> None:
    blank: dict[str, list[Value]] = {id: [None] for id in ("uv_prev", "sales_prev", "orders_prev")}
    half = [value / 2 for value in (820_000, 1_260_000, 760_000)]
    content = filled_form(_with(**blank), _with(organic_uv=half), newcomer="是")
    for shown in _engines(content, tmp_path).values():
        assert shown("i:uv_growth", "receipt") == "本季新任职，没有上期数据，权重分给同组其他指标"
        assert shown("i:basket_growth", "receipt") == "本季新任职，没有上期数据，权重分给同组其他指标"
    second = Shown(tmp_path / "twins.xlsx", "表2")
    assert second("i:uv_growth", "receipt") == "条件未满足，权重分给同组其他指标"


def test_a_receipt_tells_of_all_measures_as_the_command_line_does(tmp_path: Path) -> None:
    results = {result.id: str(result.receipt) for result in appraised(sample_measures()).indicators}
    for engine, shown in _engines(filled_form(sample_measures()), tmp_path).items():
        receipt = "实际3.6，目标4，低10%，扣5分；「滞销品占比」实际7%，目标5%，高2个百分点，扣4分，得91分"
        assert shown("i:stock_turnover", "receipt") == receipt, engine
        assert re.sub("，计[0-9]+档", "", results["stock_turnover"]) == receipt
        assert "「数据违规」实际0，扣0分，得90分" in str(shown("i:compliance", "receipt")), engine


@pytest.mark.parametrize(
    ("sales", "shares", "score"),
    [(9_599_999, "79.999992%", 0), (9_600_000, "80%", 80), (9_600_960, "80.01%", 80.008)],
)
def test_a_receipt_has_the_digits_that_decide(tmp_path: Path, sales: int, shares: str, score: float) -> None:
    measures = _with(sales=[3_000_000, 3_500_000, sales - 6_500_000])
    assert f"完成率{shares}" in str(appraised(measures).indicators[0].receipt)
    for engine, shown in _engines(filled_form(measures), tmp_path).items():
        assert f"完成率{shares}" in str(shown("i:sales_achievement", "receipt")), engine
        assert shown("i:sales_achievement", "score") == pytest.approx(score), engine


def test_no_achievement_where_less_is_better(tmp_path: Path) -> None:
    for engine, shown in _engines(filled_form(sample_measures()), tmp_path).items():
        for row in ("promotion_ratio", "after_sales_ratio", "stock_turnover#2", "response_timeliness"):
            assert shown(f"i:{row}", "achievement") == "", (engine, row)
        assert shown("i:resources", "achievement") == pytest.approx(0.9 / 0.95), engine


def test_alerts_show_and_do_not_score(tmp_path: Path) -> None:
    low = _with(sales=[2_700_000, 4_100_000, 4_600_000], severe_violations=[0, 1, 0])
    for engine, shown in _engines(filled_form(low), tmp_path).items():
        text = str(shown("grade", "definition"))
        assert "连续两个月销售额低于目标的80%" in text, engine
        assert "红线" in text, engine
        assert shown("i:sales_achievement", "score") == 95, engine
    across = _with(
        sales=[2_700_000, 5_200_000, 3_500_000],
        sales_last_month_prev=[2_000_000],
    )
    for engine, shown in _engines(filled_form(across), tmp_path).items():
        assert "连续两个月" in str(shown("grade", "definition")), engine
    for engine, shown in _engines(filled_form(sample_measures()), tmp_path).items():
        assert shown("grade", "definition") == "", engine


def test_an_edited_grade_scale_is_followed_by_python_and_refused_by_the_twin(tmp_path: Path) -> None:
    cells = {f"{LETTER['definition']}{FINAL_ROW}": "优≥90；良≥80；中"}
    content = filled_form(sample_measures(), cells=cells)
    shown = _engines(content, tmp_path)
    assert shown["python"]("grade", "score") == "优"
    assert shown["twins"]("grade", "score") == reasons.cell_text(reasons.GRADES_CHANGED)
    assert read(tmp_path / "python.xlsx", SHIPPED).forms[0].appraisal.grade == "优"


def test_an_unreadable_grade_scale_shows_why(tmp_path: Path) -> None:
    cells = {f"{LETTER['definition']}{FINAL_ROW}": "优≥60；良≥80；中"}
    shown = _engines(filled_form(sample_measures(), cells=cells), tmp_path)["python"]
    assert str(shown("grade", "score")).startswith("#KPI 等级须从高到低写")
    assert read(tmp_path / "python.xlsx", SHIPPED).forms[0].appraisal.grade == shown("grade", "score")


def test_text_that_a_person_typed_is_never_a_formula(tmp_path: Path) -> None:
    name = layout().address("person", "name")
    content = fill(empty_form(), {"表1": {name: "=1+1"}})
    path = recalculated(content, tmp_path / "form.xlsx")
    assert Shown(path)("person", "name") == "=1+1"
    assert read(path, SHIPPED).forms[0].appraisal.inputs.person["name"] == "=1+1"


def _event(number: int) -> str:
    return layout().address(f"b:{number}", "score")


@pytest.mark.parametrize(
    ("points", "added"),
    [([3.0, -1.0], 2.0), ([2.5], 2.5), ([4.0, 4.0], 5.0), ([-9.0], -5.0), ([5.0, 5.0, -10.0], 0.0), ([], 0.0)],
)
def test_events_count_beside_the_total_up_to_their_limit(tmp_path: Path, points: list[float], added: float) -> None:
    cells: dict[str, Value] = {_event(number): value for number, value in enumerate(points, start=1)}
    content = filled_form(sample_measures(), cells=cells)
    final = appraised(sample_measures(), events=points).final
    assert final == pytest.approx(93.85 + added)
    for engine, shown in _engines(content, tmp_path).items():
        assert shown("total", "score") == 93.85, engine
        assert shown("events", "score") == added, engine
        assert shown("final", "score") == pytest.approx(final), engine
        assert shown("grade", "score") == appraised(sample_measures(), events=points).grade, engine
    assert read(tmp_path / "python.xlsx", SHIPPED).forms[0].appraisal.final == final


def test_an_event_that_is_no_number_shows_its_reason(tmp_path: Path) -> None:
    content = filled_form(sample_measures(), cells={_event(2): "加两分"})
    for engine, shown in _engines(content, tmp_path).items():
        assert shown("total", "score") == 93.85, engine
        assert shown("final", "score") == shown("grade", "score") == "#KPI 加减分须为数字", engine
    assert read(tmp_path / "python.xlsx", SHIPPED).forms[0].appraisal.final == "#KPI 加减分须为数字"


def test_a_red_line_keeps_the_grade_down_and_not_the_score(tmp_path: Path) -> None:
    crossed = _with(severe_violations=[0, 1, 0])  # 50 of 5 % less
    for engine, shown in _engines(filled_form(crossed), tmp_path).items():
        assert shown("final", "score") == 91.35, engine
        assert shown("grade", "score") == "B 良好", engine
    result = read(tmp_path / "python.xlsx", SHIPPED).forms[0].appraisal
    assert (result.final, result.grade) == (91.35, "B 良好")
    assert appraised(sample_measures()).grade == "A 优秀"


def test_the_biggest_losses_are_named_for_the_review(tmp_path: Path) -> None:
    for engine, shown in _engines(filled_form(sample_measures()), tmp_path).items():
        # 5 of 30 %, 50 of 3 %, 9 of 10 %: the tie goes to the row further up.
        named = [(shown(f"r:{place}", "group"), shown(f"r:{place}", "definition")) for place in (1, 2, 3)]
        assert named == [("销售额达成率", 1.5), ("运营优化提案", 1.5), ("库存周转率", 0.9)], engine
        assert "目标4" in str(shown("r:3", "weight")), engine
    for engine, shown in _engines(empty_form(), tmp_path).items():
        assert shown("r:1", "group") == "", engine


def test_dimensions_are_the_means_of_their_indicators(tmp_path: Path) -> None:
    for engine, shown in _engines(filled_form(sample_measures()), tmp_path).items():
        core = (28.5 + 19.022222222 + 6.79 + 2.82) / 0.6
        assert shown("g:1", "score") == pytest.approx(core, abs=1e-6), engine
        assert shown("g:4", "score") == 90, engine
    incomplete = filled_form(_with(violations=[None, 0, 0]))
    for engine, shown in _engines(incomplete, tmp_path).items():
        assert shown("g:4", "score") == "", engine
        assert shown("g:1", "score") != "", engine
