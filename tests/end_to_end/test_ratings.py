"""Forms with ratings: every engine shows what Python computes, with our functions and without."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from tests.support.forms import Shown, differences
from tests.support.ratings import (
    BOTH,
    FIRST,
    MIXED,
    QUARTER,
    RATED,
    SECOND,
    THIRD,
    THREE,
    Ratings,
    all_rated,
    changed,
    company_with,
    layout_of,
    rated,
    with_rule,
)
from xlkpi.appraisal.appraise import Appraisal
from xlkpi.calc.engine import evaluate, recalculate
from xlkpi.catalogue.appraising.ratings import Shares
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.company import BLOCKS
from xlkpi.check.refresh import refresh
from xlkpi.check.run import check_workbook
from xlkpi.form.blocks.exceptions import EXCEPTION_COLUMNS
from xlkpi.form.layout import LETTER, RATINGS, part_id, rating_id
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.languages import EN, LANGUAGES
from xlkpi.i18n.numbers import is_number
from xlkpi.intake.workbook import open_workbook
from xlkpi.writer.workbook import uncalculated
from xlkpi.xlsx.archive import unpack
from xlkpi.xlsx.edit import edit, patch

LEVELS = "优秀", "良好", "合格", "待改进", "不合格"


def _read(content: bytes, catalogue: Catalogue) -> list[Appraisal]:
    readings = open_workbook(content, "表.xlsx", catalogue).readings
    return [reading.appraisal for reading in readings if reading.appraisal is not None]


def _all_engines(folder: Path, catalogue: Catalogue, content: bytes, forms: int) -> list[Appraisal]:
    """Compare every form in every engine, also its receipts; what Python computes."""
    computed = _read(content, catalogue)
    assert len(computed) == forms
    libreoffice.require()
    source = folder / "source.xlsx"
    source.write_bytes(content)
    results = {"python": recalculate(content), "twins": patch(content, evaluate(content, functions=False))}
    results["libreoffice"] = libreoffice.recalculate([source], folder / "libreoffice")[0].read_bytes()
    for engine, result in results.items():
        path = folder / f"{engine}.xlsx"
        path.write_bytes(result)
        book = CalamineWorkbook.from_path(str(path))
        for number, appraisal in enumerate(computed, start=1):
            shown = Shown(book, f"表{number}")
            assert not differences(shown, appraisal), engine
            for one in appraisal.role.rated:
                (told,) = (r for r in appraisal.indicators if r.id == one.id)
                receipt = str(shown(part_id(one.id), "receipt")).partition("，权重按")[0]  # which the form adds
                assert receipt == (told.receipt or told.score or ""), engine
                assert shown(rating_id(one.id), "score") == shown(part_id(one.id), "score"), engine
    return computed


_STRANGE: list[Ratings] = [
    {FIRST: ("很好", "优秀", 80), SECOND: ("优秀", None, 80), THIRD: ("优秀", "优秀", 101)},
    {FIRST: (None, None, None), SECOND: (None, "优秀", "无"), THIRD: ("优秀", "优秀", "没有")},
    {FIRST: ("优秀", 5, 80), SECOND: ("优秀", "优秀", -1), THIRD: ("优秀", "良好", None)},
    {FIRST: ("合格", "合格", 0), SECOND: ("良好", "优秀", 100), THIRD: ("不合格", "不合格", "none")},
    {FIRST: ("合格", "良好", 33.335), SECOND: ("待改进", "不合格", 66.665), THIRD: ("优秀", "不合格", 1 / 3)},
]


@pytest.mark.parametrize(
    "shares", [Shares(), BOTH, THREE, Shares(superior=0.65, departments=0.35), Shares(1.0, 0.0), Shares(0.0, 0.0, 1.0)]
)
def test_ratings_score_alike_in_all_engines(tmp_path: Path, shares: Shares) -> None:
    pairs = [*product(LEVELS, LEVELS)]
    nobody = 95 if shares.others == 1 else "无"  # somebody must rate
    forms: list[Ratings] = [
        {FIRST: (own, lead, 88.5), SECOND: (lead, own, nobody), THIRD: (own, own, 70)} for own, lead in pairs[::4]
    ]
    catalogue, forms = company_with(tmp_path, shares), [*forms, *_STRANGE]
    computed = _all_engines(tmp_path, catalogue, rated(catalogue, *forms), len(forms))
    assert sum(one.complete for one in computed) > len(forms) // 2


@pytest.mark.parametrize(
    "sentence",
    ["满分20分；优秀得20分；良好得16分；不合格得0分", "优秀得120分；良好得80分；不合格得20分；封顶110分；最低40分"],
)
def test_a_scale_a_cap_and_a_floor_hold_for_every_rating(tmp_path: Path, sentence: str) -> None:
    catalogue = with_rule(tmp_path, THREE, sentence)
    forms: list[Ratings] = [
        {FIRST: ("优秀", "不合格", 20), SECOND: ("良好", "优秀", "无"), THIRD: ("不合格", "不合格", 0)},
        {FIRST: ("优秀", "优秀", 20.1), SECOND: ("优秀", "优秀", 110), THIRD: ("优秀", "优秀", 120)},
    ]
    first, _ = _all_engines(tmp_path, catalogue, rated(catalogue, *forms), len(forms))
    best, least = (100.0, 0.0) if "满分" in sentence else (110.0, 40.0)
    others = 20.0 * 100 / 20 if "满分" in sentence else 20.0
    assert first.indicators[0].score == pytest.approx(best * 0.3 + least * 0.5 + others * 0.2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_with_ratings_speak_their_language(tmp_path: Path, language: str) -> None:
    catalogue = all_rated(tmp_path, THREE)
    layout = layout_of(catalogue, MIXED, language)
    best, good, *_ = layout.rated[0].levels
    forms: list[Ratings] = [
        {i.id: (good, best, 90) for i in layout.rated} | {i.id: (90, 80) for i in layout.opinions[:3]},
        {i.id: (best, good, "none") for i in layout.rated},
    ]
    content = rated(catalogue, *forms, id=MIXED, language=language)
    computed = _all_engines(tmp_path, catalogue, content, len(forms))
    assert all(is_number(r.score) for one in computed for r in one.indicators if r.id in {i.id for i in layout.rated})
    if language == EN:
        shown = load_workbook(tmp_path / "python.xlsx")["表1"]
        texts = {str(cell.value) for row in shown.iter_rows() for cell in row if cell.value}
        assert not [text for text in texts if "评" in text or "評" in text]


def test_opinions_on_computed_scores_change_nothing(tmp_path: Path) -> None:
    catalogue = all_rated(tmp_path, BOTH)
    layout = layout_of(catalogue, MIXED)
    words: Ratings = {i.id: ("良好", "优秀") for i in layout.rated}
    forms: list[Ratings] = [words, words | {i.id: (number * 10, 100) for number, i in enumerate(layout.opinions)}]
    without, beside = _all_engines(tmp_path, catalogue, rated(catalogue, *forms, id=MIXED), len(forms))
    assert without.total == beside.total
    assert without.complete
    assert [r.score for r in without.indicators] == [r.score for r in beside.indicators]
    shown = Shown(tmp_path / "libreoffice.xlsx", "表2")
    assert shown(rating_id(layout.opinions[0].id), "weighted") == "自评比得分低100分；上级评与得分相同"


def test_an_edited_rule_gives_the_points_after_a_refresh(tmp_path: Path) -> None:
    """Before it, a form without functions refuses; the levels on the form and what they stand for follow."""
    catalogue = company_with(tmp_path, THREE)
    edited = "优秀得100分；良好得90分；合格得60分；不合格得0分"
    ratings: Ratings = dict.fromkeys((FIRST, SECOND, THIRD), ("良好", "优秀", 95))
    content = changed(rated(catalogue, ratings), catalogue, {f"i:{FIRST} rule": edited})
    waiting = tmp_path / "待.xlsx"
    waiting.write_bytes(patch(content, evaluate(content, functions=False)))
    assert str(Shown(waiting)(f"i:{FIRST}", "score")).startswith("#KPI")
    fresh = refresh(content, "表.xlsx", catalogue)
    assert [problem.message for problem in fresh.problems] == []
    (computed,) = _all_engines(tmp_path, catalogue, fresh.content, 1)
    assert computed.indicators[0].score == pytest.approx(90 * 0.3 + 100 * 0.5 + 95 * 0.2)
    shown = Shown(tmp_path / "python.xlsx")
    assert "良好90分" in str(shown(f"s:{FIRST}", "definition"))
    assert "良好85分" in str(shown(f"s:{SECOND}", "definition"))


def test_filled_counts_the_ratings_that_count(tmp_path: Path) -> None:
    catalogue = company_with(tmp_path, BOTH)
    forms: list[Ratings] = [{}, {FIRST: ("优秀", None)}, dict.fromkeys((FIRST, SECOND, THIRD), ("优秀", "优秀"))]
    _all_engines(tmp_path, catalogue, rated(catalogue, *forms), len(forms))
    shown = [Shown(tmp_path / "twins.xlsx", f"表{number}")("grade", "filled") for number in (1, 2, 3)]
    assert shown == ["已填 0/6", "已填 1/6", "已填 6/6"]
    status = [Shown(tmp_path / "twins.xlsx", f"表{number}")(f"s:{FIRST}", "weighted") for number in (1, 2, 3)]
    assert status == ["待自评、上级评", "待上级评", "✓"]


def test_a_role_without_rated_indicators_has_the_same_form(tmp_path: Path) -> None:
    """Also where the company has ratings: there is nothing to rate."""
    catalogue = company_with(tmp_path)
    layout = layout_of(catalogue, "brand-manager")
    assert not layout.rated
    assert not layout.span(RATINGS)
    parts = [
        unpack(uncalculated([PlannedSheet("表1", one.role("brand-manager", QUARTER))], one, QUARTER))
        for one in (catalogue, SHIPPED)
    ]
    assert parts[0].keys() == parts[1].keys()
    when = "docProps/core.xml"  # it was made
    assert [name for name in parts[0] if parts[0][name] != parts[1][name] and name != when] == []


def test_without_the_block_nothing_names_a_rating() -> None:
    layout = layout_of(SHIPPED, RATED)
    assert layout.blocks == BLOCKS
    assert not [ids for ids in layout.columns.values() if {"self", "lead", "others"} & {*ids}]
    assert not [row for row in layout.rows if row.startswith("s:")]


def _with_blocks(folder: Path, *blocks: str) -> Catalogue:
    """As `company_with`, and these blocks as well."""
    company = company_with(folder, BOTH)
    settings = folder / "catalogue" / "company.toml"
    more = ", ".join(f'"{block}"' for block in blocks)
    settings.write_text(settings.read_text("utf-8").replace('"ratings"]', f'"ratings", {more}]', 1), "utf-8")
    return type(company).of(folder / "catalogue")


def test_a_form_whose_targets_are_agreed_waits_for_its_ratings(tmp_path: Path) -> None:
    catalogue = _with_blocks(tmp_path, "agreement")
    signed = {f"c:targets {column}": "已签" for column in ("unit", "deducted")}
    ratings: Ratings = dict.fromkeys((FIRST, SECOND, THIRD), ("优秀", "良好"))
    shown = {}
    for name, typed, cells in (
        ("unsigned", {}, {}),
        ("unrated", {}, signed),
        ("rated", ratings, signed),
        ("confirmed", ratings, signed | {f"c:result {column}": "已签" for column in ("unit", "deducted")}),
    ):
        content = changed(rated(catalogue, typed), catalogue, cells)
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(recalculate(content))
        shown[name] = Shown(path)("grade", "filled")
    assert str(shown.pop("unsigned")).startswith("目标商定")
    assert shown == {"unrated": "待评分", "rated": "待确认", "confirmed": "已确认"}


def test_an_indicator_that_does_not_count_waits_for_no_rating(tmp_path: Path) -> None:
    """A line of 不计分事项 says so: its weight goes to the others, and nobody owes a rating."""
    catalogue = _with_blocks(tmp_path, "exceptions")
    label = layout_of(catalogue).role.indicators[0].label
    fields = dict(zip(EXCEPTION_COLUMNS, (label, "不适用", "本季没有此项工作", "考核员乙"), strict=False))
    layout = layout_of(catalogue)
    line = {f"{LETTER[EXCEPTION_COLUMNS[field]]}{layout.rows['x:1']}": value for field, value in fields.items()}
    ratings: Ratings = dict.fromkeys((SECOND, THIRD), ("优秀", "良好"))
    content = edit(rated(catalogue, ratings), {"表1": line})
    (computed,) = _all_engines(tmp_path, catalogue, content, 1)
    assert computed.indicators[0].applies is False
    assert computed.total == pytest.approx(100 * 0.3 + 85 * 0.7)
    assert Shown(tmp_path / "twins.xlsx")(f"s:{FIRST}", "weighted") == ""
    workbook = open_workbook((tmp_path / "python.xlsx").read_bytes(), "表.xlsx", catalogue)
    assert not [p.message for p in check_workbook(workbook) if p.kind == "missing"]
