"""Numbers that contradict those beside them: asked about by `check`, and in the same cases by the form itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.catalogues import SHIPPED
from tests.support.forms import Measures, Shown, filled_form, recalculated, role, sample_measures
from tests.support.own_company import HOST, catalogue_of, change, own_company
from xlkpi.catalogue.plausibility import far_apart, odd_month
from xlkpi.check.run import check
from xlkpi.common.quarter import Quarter
from xlkpi.form.layout import Layout
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import HANS
from xlkpi.i18n.numbers import Value
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.edit import fill

STATUS = {"part": "status_part", "odd_month": "status_month", "odd_quarter": "status_before"}
CASES: tuple[tuple[Measures, set[tuple[str, str]]], ...] = (
    ({}, set()),
    ({"organic_uv": [820000, 1260000, 760000]}, set()),  # all of the visitors came by themselves
    ({"organic_uv": [820000, 1260000, 760001]}, {("m:organic_uv", "part")}),
    ({"repeat_buyers": [60000], "buyers": [50000]}, {("m:repeat_buyers", "part")}),
    ({"repeat_buyers": [60000], "buyers": [None]}, set()),
    ({"organic_uv": [900000, 1260000, None]}, {("m:organic_uv", "part")}),
    ({"sales": [3000000, 23999999, 2900000]}, set()),
    ({"sales": [3000000, 24000000, 2900000]}, {("m:sales", "odd_month")}),
    ({"sales": [3000000, 2900000, 362500]}, {("m:sales", "odd_month"), ("m:new_sales", "part")}),
    ({"sales": [3000000, 2900000, 362501]}, {("m:new_sales", "part")}),
    ({"sales": [3000000, 2900000, 0]}, {("m:new_sales", "part")}),
    ({"uv_prev": [284000]}, {("m:uv_prev", "odd_quarter")}),
    ({"uv_prev": [284001]}, set()),
    ({"uv_prev": [0]}, set()),
)  # fmt: skip


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A form for each case, calculated."""
    path = tmp_path_factory.mktemp("plausible") / "表.xlsx"
    return recalculated(filled_form(*(sample_measures() | dict(case) for case, _ in CASES)), path)


def test_what_contradicts_what_stands_beside_it_is_asked_about(workbook: Path) -> None:
    (found,) = check([workbook], SHIPPED)
    asked: list[set[tuple[str, str]]] = [set() for _ in CASES]
    for problem in found.problems:
        if problem.kind in STATUS:
            asked[int(str(problem.sheet).removeprefix("表")) - 1].add((str(problem.row_id), problem.kind))
    assert asked == [expected for _, expected in CASES]


def test_the_form_asks_in_the_same_cases(workbook: Path) -> None:
    """All months must be there first: until then the status says what is missing."""
    for number, (measures, expected) in enumerate(CASES, start=1):
        shown = Shown(workbook, f"表{number}")
        states = {str(shown(f"m:{measure.id}", "weighted")) for measure in role().measures}
        complete = all(None not in values for values in measures.values())
        wanted = {words(HANS)(STATUS[kind]) for _, kind in expected} if complete else set()
        assert states & set(map(words(HANS), STATUS.values())) == wanted, measures


def test_a_role_may_leave_periods_uncompared(tmp_path: Path) -> None:
    quiet = replace(role(), compare_periods=False)
    content = uncalculated([PlannedSheet("表1", quiet)], SHIPPED, Quarter(2026, 4))
    measures = sample_measures() | {"sales": [3000000, 90000000, 2900000], "uv_prev": [1000]}
    path = recalculated(fill(content, {"表1": typed_cells(quiet, measures)}), tmp_path / "表.xlsx")
    shown = Shown(path)
    assert shown("m:sales", "weighted") == shown("m:uv_prev", "weighted") == words(HANS)("status_done")


@pytest.mark.parametrize(
    ("values", "unit", "place"),
    [
        ([100, 110, 1200], "元", 2), ([1200, 110, 100], "元", 0), ([1000, 1100, 100], "元", 2), ([1, 1, 9], "次", None),
        ([0.02, 0.021, 0.2], "%", 2), ([100, 110, None], "元", None), ([100, 1200], "元", None),
        ([100, "1200", 100], "元", None), ([-100, 110, 1200], "元", None), ([1, 20, 400], "元", 2),
    ],
)  # fmt: skip
def test_one_month_far_from_both_others_is_odd(values: Sequence[Value], unit: str, place: int | None) -> None:
    assert odd_month(values, unit) == place


@pytest.mark.parametrize(
    ("now", "before", "unit", "far"),
    [
        (1000, 100, "元", True), (999, 100, "元", False), (100, 1000, "元", True), (9, 0.5, "次", False),
        (0.2, 0.02, "%", True), (0, 1000, "元", False), (None, 1000, "元", False), ("1000", 1, "元", False),
    ],
)  # fmt: skip
def test_a_quarter_ten_times_the_one_before_is_far(now: Value, before: Value, unit: str, far: bool) -> None:
    assert far_apart(now, before, unit) is far


@pytest.mark.parametrize(
    ("indicator", "target", "asked"),
    [
        ("resources", 0.95, set()),
        ("resources", 1.99, set()),
        ("resources", 2.0, {"rate"}),  # 2 for 2%
        ("uv_growth", 0.2, set()),  # the catalogue's
        ("basket_growth", 0.41, set()),  # the actual is 4.17%
        ("basket_growth", 0.42, {"target_far"}),
        ("basket_growth", 0.004, set()),  # much better than agreed
        ("promotion_ratio", 0.9, set()),  # less is better
        ("collaboration", 7.9, set()),
        ("pv_per_uv", 300.0, {"target_far"}),
    ],
)
def test_a_target_far_from_what_is_possible_is_asked_about(
    tmp_path: Path, indicator: str, target: float, asked: set[str]
) -> None:
    row = f"i:{indicator}"
    cells = {Layout(role()).address(row, "target"): target}
    path = recalculated(filled_form(sample_measures(), cells=cells), tmp_path / "表.xlsx")
    (found,) = check([path], SHIPPED)
    words = {"rate": "的意思是", "target_far": "相差10倍以上"}
    told = [p.message + p.advice for p in found.problems if (p.row_id, p.column_id, p.kind) == (row, "target", "range")]
    assert len(told) == len(asked), told
    assert all(words[key] in text or key == "rate" for key, text in zip(asked, told, strict=True)), told


@pytest.mark.parametrize(
    ("sales", "asked"),
    [(0, False), (300, True), (90000, True), (91000, False), (3000000, False), (900000000, True)],
)
def test_an_actual_a_hundred_times_from_its_target_is_asked_about(tmp_path: Path, sales: float, asked: bool) -> None:
    """The target of the sample is 3,000,000 a month; nothing is asked about 0."""
    wanted = {"sales": [sales] * 3, "sales_target": [9000000] * 3}
    path = recalculated(filled_form(sample_measures() | wanted), tmp_path / "表.xlsx")
    (found,) = check([path], SHIPPED)
    told = [p for p in found.problems if (p.row_id, p.column_id, p.kind) == ("m:sales", "quarter", "range")]
    assert bool(told) is asked


@pytest.mark.parametrize(("numbers", "told"), [([1, 1, 0], True), ([1, 1, 1], False), ([1, 1, 0.5], False)])
def test_an_indicator_without_a_score_is_told_with_its_reason(tmp_path: Path, numbers: list[Value], told: bool) -> None:
    """Counts that are averaged to 0.67 have no score; a fraction that was typed is told at its own cell."""
    company = own_company(tmp_path / "company")
    change(company.roles / "主播.xlsx", {"每月合计": "每月平均"})
    catalogue = catalogue_of(company)
    host = catalogue.role(HOST)
    typed: dict[str, list[Value]] = {measure.id: [0.1, 0.1, 0.1] for measure in host.measures}
    typed |= {measure.id: numbers for measure in host.measures if measure.unit == "次"}
    typed |= {measure.id: [1800000] * 3 for measure in host.measures if measure.unit == "元"}
    content = uncalculated([PlannedSheet("表1", host)], catalogue, Quarter(2026, 4))
    path = recalculated(fill(content, {"表1": typed_cells(host, typed)}), tmp_path / "表.xlsx")
    (found,) = check([path], catalogue)
    unscored = [p for p in found.problems if p.kind == "unscored"]
    assert len(unscored) == told
    assert all("违规次数" in p.message and "整数" in p.message and p.cell and p.severity == "error" for p in unscored)
