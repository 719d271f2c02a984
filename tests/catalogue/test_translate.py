"""Roles, companies, labels and samples in three languages: every word translated, nothing else changed."""

from __future__ import annotations

import io
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED, role_in, shipped_with, use
from xlkpi.catalogue.company import read_company
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.catalogue.units import number_format
from xlkpi.cli import main
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.i18n.labels import yes_words
from xlkpi.i18n.languages import EN, HANS, HANT, LANGUAGES, simplified_only
from xlkpi.rules.model import Levels
from xlkpi.rules.printer.phrase import phrase
from xlkpi.scoring.reasons import VETOES
from xlkpi.writer.workbook import sheets_of_roles, uncalculated

ROLES = list(SHIPPED.roles())
OTHERS = (HANT, EN)
CHINESE = re.compile("[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
LABELS = tomllib.loads((files("workbook_templates") / "labels.toml").read_text("utf-8"))


def _fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("language", OTHERS)
def test_labels_have_the_same_keys_and_fields_in_every_language(language: str) -> None:
    assert list(LABELS) == list(LANGUAGES)
    given = LABELS[language]
    assert set(given) == set(LABELS[HANS])
    for key, text in LABELS[HANS].items():
        assert _fields(given[key]) == _fields(text), key


@cache
def _shown(language: str) -> dict[str, str]:
    """Address → every text of a workbook of all roles: cells, notes, messages, names of sheets, strings of formulas."""
    content = uncalculated(
        sheets_of_roles(SHIPPED.roles().values(), SHIPPED, language), SHIPPED, Quarter(2026, 4), language
    )
    return dict(_texts(content))


def _texts(content: bytes) -> Iterator[tuple[str, str]]:
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        yield f"{sheet.title}!", sheet.title
        if sheet.sheet_state != "visible":
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    strings = [text for text in str(cell.value).split('"')[1::2] if text not in {*yes_words(), *VETOES}]
                    yield f"{sheet.title}!{cell.coordinate}", " ".join(strings)
                elif isinstance(cell.value, str):
                    yield f"{sheet.title}!{cell.coordinate}", cell.value
                if cell.comment:
                    yield f"{sheet.title}!{cell.coordinate} note", cell.comment.text
        for validation in sheet.data_validations.dataValidation:
            for text in (validation.prompt, validation.error, validation.promptTitle, validation.errorTitle):
                yield f"{sheet.title}!{validation.sqref} message", text or ""


def test_an_english_workbook_has_no_word_of_chinese() -> None:
    assert [(place, text) for place, text in _shown(EN).items() if CHINESE.search(text)] == []


def test_a_traditional_workbook_has_no_simplified_character() -> None:
    texts = {place: "".join(re.findall("[\u3400-\u9fff]", text)) for place, text in _shown(HANT).items()}
    found = [(place, text) for place, text in texts.items() if any(map(simplified_only, text))]
    assert found == []


@pytest.mark.parametrize(
    ("simplified", "taiwan"),
    [
        ("完成率", "達成率"), ("数据", "資料"), ("渠道拓展", "通路拓展"), ("运营", "營運"), ("质量", "品質"),
        ("转化率", "轉換率"), ("复购率", "回購率"), ("库存周转率", "存貨週轉率"), ("静默下单率", "未諮詢直接下單率"),
        ("岗位职责", "工作職掌"), ("直接上级", "直屬主管"), ("隔级上级", "上一級主管"), ("平台后台", "平台後台"),
        ("用户满意度", "用戶滿意度"), ("写“每低5%”", "寫「每低5%」"), ("示例员工丑", "示例員工丑"),
        ("繁體中文的資料庫", "繁體中文的資料庫"), ("Visitors (UV)", "Visitors (UV)"),
    ],
)  # fmt: skip
def test_traditional_texts_have_the_terms_of_taiwan(simplified: str, taiwan: str) -> None:
    assert SHIPPED.translator(HANT)(simplified) == taiwan


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("id", ROLES)
def test_every_role_means_the_same_in_every_language(id: str, language: str) -> None:
    role = SHIPPED.role(id)
    told = SHIPPED.translated(role, language)
    assert SHIPPED.untranslated(role, language) == ()
    assert told.weights == role.weights
    assert list(told.group_weights.values()) == list(role.group_weights.values())
    assert [m.id for m in told.measures] == [m.id for m in role.measures]
    for before, after in zip(role.indicators, told.indicators, strict=True):
        assert after.group in told.group_weights
        assert [part.actual for part in after.parts] == [part.actual for part in before.parts]
        assert [part.label for part in after.parts[1:]] == list(after.rule.labels[1:])
        assert _without_words(after) == _without_words(before)
        assert phrase(after.rule, language) == after.rule_text


def _without_words(indicator: object) -> object:
    rule = indicator.rule  # type: ignore[attr-defined]
    points = [points for _, points in rule.base.levels] if isinstance(rule.base, Levels) else rule.base
    return points, rule.adjustments, rule.cliffs, rule.vetoes, rule.cap, rule.floor, rule.origins


@pytest.mark.parametrize("language", OTHERS)
def test_a_number_is_shown_alike_whatever_its_unit_is_called(language: str) -> None:
    for role in SHIPPED.roles().values():
        told = SHIPPED.translated(role, language)
        for before, after in zip(role.measures, told.measures, strict=True):
            assert number_format(after.unit) == number_format(before.unit), (before.unit, after.unit)
        pairs = ((i.parts, j.parts) for i, j in zip(role.indicators, told.indicators, strict=True))
        for before_part, after_part in (pair for parts in pairs for pair in zip(*parts, strict=True)):
            assert (after_part.unit == "%") == (before_part.unit == "%")
            assert number_format(after_part.unit) == number_format(before_part.unit), after_part.unit


def test_parts_of_a_group_keep_names_of_their_own() -> None:
    for role in SHIPPED.roles().values():
        for language in OTHERS:
            told = SHIPPED.translated(role, language)
            assert len(told.group_weights) == len(role.group_weights), role.id
            assert len({i.label for i in told.indicators}) == len({i.label for i in role.indicators}), role.id


# --- roles that somebody adds -----------------------------------------------------------------------------------------

OWN = """
id = "own"
title = "{title}"
source = "own"
effective_from = "2026Q4"
[[groups]]
path = "{group}"
weight = 1
[[measures]]
id = "orders"
label = "{label}"
definition = "{definition}"
unit = "{unit}"
owner = "{owner}"
[[indicators]]
id = "orders_done"
label = "{indicator}"
group = "{group}"
weight = 1
unit = "{unit}"
definition = "{definition}"
actual = "orders"
target = 100
rule = "{rule}"
"""
KEYS = ("title", "group", "label", "definition", "unit", "owner", "indicator", "rule")
WRITTEN = {
    HANS: ("采茶员", "业绩", "采摘量", "当月采摘的斤数", "单", "茶园", "采摘完成", "按完成率得分；封顶120分"),
    HANT: ("採茶員", "業績", "採摘量", "當月採摘的斤數", "單", "茶園", "採摘達成", "按達成率得分；上限120分"),
    EN: (
        "Tea picker: the one of the southern garden/north", "Results", "Pounds", "Pounds picked in the month",
        "count", "Garden", "Pounds picked", "score = achievement; cap 120",
    ),
}  # fmt: skip


def _own(folder: Path, written: str) -> Role:
    path = folder / "own.toml"
    path.write_text(OWN.format(**dict(zip(KEYS, WRITTEN[written], strict=True))), "utf-8")
    return role_in(path)


@pytest.mark.parametrize("written", LANGUAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_role_without_translations_is_generated_all_the_same(tmp_path: Path, written: str, language: str) -> None:
    role = _own(tmp_path, written)
    missing = SHIPPED.untranslated(role, language)
    assert bool(missing) == (language == EN and written != EN)
    (sheet,) = sheets_of_roles([role], SHIPPED, language)
    texts = dict(_texts(uncalculated([sheet], SHIPPED, Quarter(2026, 4), language)))
    assert phrase(role.indicators[0].rule, language) in texts.values()
    assert ("採摘完成" if (written, language) == (HANS, HANT) else WRITTEN[written][6]) in texts.values()


def test_a_sheet_is_named_as_excel_allows(tmp_path: Path) -> None:
    role = _own(tmp_path, EN)
    titles = [
        sheet.title for sheet in sheets_of_roles([role, role, SHIPPED.role("group-operations-center")], SHIPPED, EN)
    ]
    assert titles == [
        "Tea picker the one of the sout…",
        "Tea picker the one of the so… 2",
        "Group operations management ce…",
    ]


def test_new_says_what_has_no_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _own(tmp_path, HANS)
    use(monkeypatch, shipped_with(tmp_path, {"roles/own.toml": (tmp_path / "own.toml").read_text("utf-8")}))
    run = CliRunner().invoke(main, ["new", "2026Q4", "--role", "own", "--lang", "en", "-o", str(tmp_path / "a.xlsx")])
    assert run.exit_code == 0
    assert "own：6段文字没有en译文" in run.output
    assert "采茶员" in run.output
    assert (tmp_path / "a.xlsx").exists()


# --- the company ------------------------------------------------------------------------------------------------------


def test_the_company_in_every_language() -> None:
    told = {language: SHIPPED.company(language) for language in LANGUAGES}
    assert told[HANS] == SHIPPED.company()
    assert told[HANT].grade_scale == "優≥90；甲≥80；乙≥70；丙≥60；丁"
    assert told[EN].grade_scale == "S Outstanding ≥95; A Excellent ≥85; B Good ≥70; C Needs work ≥60; D Unsatisfactory"
    assert [(t.name, t.red_line_grade) for t in told.values()] == [
        ("云杉电商", "B 良好"), ("雲杉電商", "乙"), ("Spruce E-commerce", "B Good"),
    ]  # fmt: skip
    assert [str(t.red_line_total) for t in told.values()] == ["84.99", "79.99", "84.99"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[en]\nname = "Tea"', "company.toml：en.grades"),
        ('[en]\nred_line_grade = "良"\n[[en.grades]]\nname = "Good"', "company.toml：en.red_line_grade"),
        ('[en]\ncolour = 1\n[[en.grades]]\nname = "Good"', "company.toml：en.colour = 1"),
        ("en = 1", "company.toml：en = 1：须为表"),
    ],
)
def test_faults_of_a_company_s_version(tmp_path: Path, text: str, said: str) -> None:
    head, tail = ("", text) if text.startswith("[") else (text + "\n", "")
    content = f'{head}name = "茶"\nred_line_grade = "良"\n[[grades]]\nname = "良"\n{tail}'
    (tmp_path / "company.toml").write_text(content, "utf-8")
    with pytest.raises(CatalogueError) as caught:
        read_company(tmp_path / "company.toml")
    assert said in str(caught.value)


# --- samples ----------------------------------------------------------------------------------------------------------


def test_samples_are_translated_with_the_words_of_their_levels() -> None:
    for id, told in SHIPPED.samples(EN).items():
        levels = SHIPPED.role(id, language=EN).levels
        assert not [text for text in told.person.values() if CHINESE.search(text)], id
        assert told.person["newcomer"] == "No"
        for measure, values in told.measures.items():
            typed = [value for value in values if isinstance(value, str)]
            assert set(typed) <= set(levels.get(measure, ())), (id, measure)
    assert SHIPPED.samples(HANS) == SHIPPED.samples()


def test_months_are_named_in_the_language_of_the_form() -> None:
    texts = list(_shown(EN).values())
    assert all(month in texts for month in ("Oct", "Nov", "Dec", "Q4 2026 (Oct–Dec)"))
    assert "10月" in _shown(HANT).values()


def test_sections_are_numbered_in_the_manner_of_the_language() -> None:
    for language, titles in ((HANT, ("一、資料輸入", "二、考核評分")), (EN, ("1. Data entry", "2. Scoring"))):
        texts = list(_shown(language).values())
        places = [texts.index(title) for title in titles]
        assert all(first < second for first, second in pairwise(places))


def test_a_workbook_takes_sheets_of_any_name() -> None:
    content = uncalculated([PlannedSheet("甲", SHIPPED.role("web-editor"))], SHIPPED, Quarter(2026, 4), EN)
    assert "甲!" in dict(_texts(content))
