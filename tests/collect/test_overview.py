"""The figures of the overview, each held against what was calculated by hand; their sheet; marks in the ranking."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.catalogues import SHIPPED
from tests.support.overviews import (
    BEFORE,
    EAST,
    GONE,
    PEOPLE,
    QUARTER,
    ROLE,
    SALES,
    VISITORS,
    WEST,
    Given,
    collection,
    facts,
    problem,
)
from xlkpi.collect.collection import Collection
from xlkpi.collect.history import COLUMNS, _typed
from xlkpi.collect.overview.facts import Scope
from xlkpi.collect.overview.figures import Overview, Spread, overview
from xlkpi.collect.overview.past import past_people
from xlkpi.collect.overview.texts import signed
from xlkpi.collect.workbook import build
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.problems import ADVICE, ERROR, WARNING

LABELS = {indicator.id: indicator.label for indicator in SHIPPED.role(ROLE).indicators}


@pytest.fixture(scope="module")
def made() -> Collection:
    return collection()


@pytest.fixture(scope="module")
def figures(made: Collection) -> Overview:
    return overview(facts(made))


# --- by hand --------------------------------------------------------------------------------------------------------


def test_the_headline(figures: Overview) -> None:
    """Finals: 0, 50, 70, 80, 90, 100; one without; one form missing."""
    assert (figures.people, figures.expected, figures.arrived) == (7, 8, 7)
    assert figures.spread == Spread(6, pytest.approx(65.0), 75.0, 0.0, 55.0, 87.5, 100.0)
    assert figures.before == Spread(5, pytest.approx(72.4), 77.0, 50.0, 60.0, 85.0, 90.0)
    assert figures.change == -7.4


def test_the_same_people_are_those_of_two_whole_quarters(figures: Overview) -> None:
    """赵一 85 → 90, 钱二 90 → 80, 周五 50 → 50; 孙三 was in post for 40 days, 李四 is new, 冯九 is gone."""
    assert figures.same is not None
    assert figures.same.count == 3
    assert figures.same.before == pytest.approx(75)
    assert figures.same.now == pytest.approx(220 / 3)
    assert [(one.record.person.name, one.before, one.change, one.role_changed) for one in figures.risen] == [
        ("赵一", 85.0, 5.0, False)
    ]
    assert [(one.record.person.name, one.before, one.change, one.role_changed) for one in figures.fallen] == [
        ("钱二", 90.0, -10.0, True)
    ]


def test_departments(figures: Overview) -> None:
    east, west = figures.teams
    assert (east.name, east.people, west.name, west.people) == (EAST, 4, WEST, 3)
    assert east.spread == Spread(3, pytest.approx(80), 80, pytest.approx(70), 75, 85, 90)
    assert west.spread == Spread(3, pytest.approx(50), 50, 0, 25, 75, 100)
    assert east.before == pytest.approx(72.5)  # 85, 60
    assert west.before == pytest.approx((90 + 50 + 77) / 3)


def test_losses_add_up(figures: Overview) -> None:
    """Of 60 points: 6 + 12 + 0 + 0 + 30; of 40 points: 4 + 8 + 30 + 0 + 20. Veto and empty form are left out."""
    visitors, sales = figures.losses
    assert (visitors.label, sales.label) == (LABELS[VISITORS], LABELS[SALES])
    assert (visitors.points, visitors.people, visitors.applied) == (pytest.approx(62), 4, 5)
    assert (sales.points, sales.people, sales.applied) == (pytest.approx(48), 3, 5)
    assert figures.lost == pytest.approx(110)
    assert visitors.share == pytest.approx(62 / 110)
    assert visitors.each == pytest.approx(15.5)
    assert figures.vetoed == (("吴六", (LABELS[SALES],)),)


def test_losses_and_final_make_a_hundred(made: Collection) -> None:
    for record in facts(made).records:
        if record.lost:
            assert sum(record.lost.values()) + (record.final or 0) == pytest.approx(100)


def test_two_posts_lose_by_their_days() -> None:
    """30 days of 90 in a form that lost 10 of 100 in all, 60 days in one that lost 40."""
    one, other = Given("1", "两岗", EAST, "", (90.0, 90.0), 30), Given("1", "两岗", EAST, "", (60.0, 60.0), 60)
    made = collection((one, other), gone=())
    first, second = (ranked.person for ranked in made.ranking)
    both = replace(first, forms=first.forms + second.forms, days=(30, 60), total=70.0, final=70.0)
    made = replace(made, ranking=(replace(made.ranking[0], person=both),))
    (record,) = facts(made).records
    assert record.lost == pytest.approx(
        {LABELS[SALES]: (6 * 30 + 24 * 60) / 90, LABELS[VISITORS]: (4 * 30 + 16 * 60) / 90}
    )


@pytest.mark.parametrize("minimum", [5, 6, 7])
def test_grades_are_compared_from_the_minimum_on(made: Collection, minimum: int) -> None:
    company = SHIPPED.company()
    shares = (0.1, 0.3, 0.3, 0.2, 0.1)
    grades = tuple(replace(grade, share=share) for grade, share in zip(company.grades, shares, strict=True))
    of = replace(facts(made), company=replace(company, grades=grades, share_minimum=minimum))
    counts = {grade.name[0]: grade.count for grade in overview(of).grades}
    assert counts == {"S": 1, "A": 1, "B": 2, "C": 0, "D": 2}
    wanted = [grade.wanted_people for grade in overview(of).grades]
    if minimum <= 6:
        assert wanted == pytest.approx([0.6, 1.8, 1.8, 1.2, 0.6])
    else:
        assert wanted == [None] * 5
    assert sum(grade.share for grade in overview(of).grades) == pytest.approx(1)


@pytest.mark.parametrize(
    ("scope", "people", "mean", "teams"),
    [
        (Scope(EAST), 4, 80.0, ["孙上级", "周上级"]),
        (Scope(WEST), 3, 50.0, ["吴上级"]),
        (Scope(None, "孙上级"), 2, 85.0, [EAST]),
        (Scope(EAST, "周上级"), 2, 70.0, ["周上级"]),
    ],
)
def test_a_part_of_the_company(made: Collection, scope: Scope, people: int, mean: float, teams: list[str]) -> None:
    part = overview(facts(made), scope)
    assert part.people == people
    assert part.spread is not None
    assert part.spread.mean == pytest.approx(mean)
    assert [team.name for team in part.teams] == teams


def test_nothing_collected_and_nobody_with_a_result() -> None:
    for people in ((), (PEOPLE[-1],)):
        figures = overview(facts(collection(people, gone=()), ()))
        assert (figures.spread, figures.before, figures.same, figures.change, figures.losses) == (None,) * 4 + ((),)


def test_a_change_too_small_to_be_seen_has_no_sign() -> None:
    assert [signed(number) for number in (0.004, -0.004, 0.005, -0.005, None)] == [
        "0.00",
        "0.00",
        "+0.01",
        "-0.01",
        "—",
    ]


# --- the quarter before ---------------------------------------------------------------------------------------------


def _history(*forms: Mapping[str, object]) -> pd.DataFrame:
    empty = {column: "" for column, kind in COLUMNS.items() if kind == "str"} | {"role": ROLE}
    return _typed(pd.DataFrame([empty | form for form in forms], columns=list(COLUMNS)))


@pytest.mark.parametrize(("days", "whole"), [(91, False), (92, True), (93, True)])
def test_a_quarter_is_whole_with_all_its_days(days: int, whole: bool) -> None:
    rows = _history({"id": "1", "name": "甲", "days": days, "person_final": 80.0})
    assert [one.whole for one in past_people(rows, QUARTER)] == [whole]


def test_the_posts_of_a_quarter_are_one_person_in_the_last_department() -> None:
    first = {"id": "1", "name": "甲", "department": EAST, "start": "", "days": 30, "person_final": 80.0}
    second = first | {"department": WEST, "start": "2026-10-31", "days": 62, "role": "store-manager"}
    nobody = {"id": "", "name": "", "days": 92, "person_final": 10.0}
    empty = {"id": "2", "name": "乙", "days": 92, "person_final": None}
    one, other = past_people(_history(first, first, second, nobody, empty), QUARTER)
    assert (one.department, one.final, one.whole, one.roles) == (WEST, 80.0, True, {ROLE, "store-manager"})
    assert other.final is None


# --- marks ----------------------------------------------------------------------------------------------------------

PROBLEMS = (
    problem("01", WARNING, "weight", "权重改过"),
    problem("01", ERROR, "number", "须为数字"),
    problem("02", WARNING, "rule", "评分标准改过"),
    problem("04", ADVICE, "unsigned", "没有签名"),
    problem("07", WARNING, "incomplete", "没有填完"),
    problem("没有这张表", ERROR, "stray", "别人的表"),
)


def test_marks_are_errors_and_warnings_of_the_forms_that_count() -> None:
    records = facts(collection(problems=PROBLEMS)).records
    marks = {record.person.name: [each.severity for each in record.marks] for record in records if record.marks}
    assert marks == {"赵一": [ERROR, WARNING], "钱二": [WARNING]}


def test_a_date_in_the_future_is_about_everyone_in_the_file() -> None:
    whole = replace(problem("", WARNING, "saved_ahead", "以后"), sheet=None)
    unread = replace(problem("", ERROR, "file", "读不了"), sheet=None)
    records = facts(collection(problems=(whole, unread))).records
    assert all([each.kind for each in record.marks] == ["saved_ahead"] for record in records)


def test_what_may_still_change_is_listed_with_names() -> None:
    figures = overview(facts(collection(problems=PROBLEMS)))
    assert {doubt.kind: doubt.names for doubt in figures.doubts} == {
        "error": ("赵一",),
        "warning": ("钱二",),
        "unfinished": ("郑七",),
        "missing": (GONE.name,),
    }


# --- the sheet ------------------------------------------------------------------------------------------------------


def _sheet(content: bytes, number: int) -> Worksheet:
    return load_workbook(io.BytesIO(content)).worksheets[number]


def _texts(sheet: Worksheet) -> list[str]:
    return [str(cell) for row in sheet.values for cell in row if cell is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_sheet_shows_the_figures(tmp_path: Path, language: str) -> None:
    made, labels = collection(problems=PROBLEMS), words(language)
    content = build(made, tmp_path, language, facts(made, language=language))
    sheet = _sheet(content, 0)
    texts = _texts(sheet)
    assert sheet.title == labels("sheet_overview")
    assert {"7/8", "65.00", "75.00", "-1.67", "赵一", "62", "48"} <= set(texts)
    assert labels("overview_before", before="72.40", count=5, change="-7.40") in texts
    assert any("吴六" in text and "0" in text for text in texts)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        charts = [parts.read(f"xl/charts/chart{number}.xml").decode() for number in (1, 2)]
    assert len(sheet._charts) == 2
    assert all('<chart><autoTitleDeleted val="1"/><plotArea>' in chart for chart in charts)
    assert not any(text.startswith(("=", "{")) for text in texts)


def test_the_ranking_marks_what_is_doubtful_and_lists_who_is_missing(tmp_path: Path) -> None:
    made, labels = collection(problems=PROBLEMS), words()
    rows = [list(row[1:]) for row in _sheet(build(made, tmp_path, facts=facts(made)), 1).values]
    of = {row[2]: row for row in rows}
    mark = next(row for row in rows if row[0] == labels("rank_word")).index(labels("col_mark"))
    assert [of[name][mark] for name in ("赵一", "钱二", "李四")] == ["⚠ 错误1", "⚠ 警告1", None]
    assert "错误：J10 须为数字\n警告：J10 权重改过" in of["赵一"]
    place = {name: number for number, name in enumerate(row[2] for row in rows)}
    assert place[GONE.name] > place["吴六"]
    assert labels("unranked_missing") in of[GONE.name]
    assert of[GONE.name][0] == "—"


def test_without_doubts_nothing_is_said_of_them(tmp_path: Path) -> None:
    made = collection(PEOPLE[:2], gone=())
    content = build(made, tmp_path, facts=facts(made, BEFORE))
    assert words()("overview_no_doubts") in _texts(_sheet(content, 0))
    assert words()("ranking_marks") not in _texts(_sheet(content, 1))
    assert words()("ranking_unranked") not in _texts(_sheet(content, 1))
