"""The sheet 评分标准写法: every example reads, scores the same in every engine, and every refusal asks its question."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.engines import formualizer, libreoffice
from tests.support.forms import empty_form
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.rules.model import Levels, RuleError
from xlkpi.rules.parser.parse import parse
from xlkpi.scoring.scores import kpi_score
from xlkpi.writer.sheets.rule_wordings import Example, examples, refused


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.kind["en"])
def test_an_example_means_the_same_in_every_language(example: Example) -> None:
    unit = example.unit or None
    rules = {language: parse(example.sentence(language), unit) for language in LANGUAGES}
    scores = {kpi_score(example.actual_value(lang), example.target, rule, unit) for lang, rule in rules.items()}
    assert len(scores) == 1
    assert None not in scores
    for language, rule in rules.items():
        assert isinstance(rule.base, Levels) or rule == rules["zh-Hans"]
        for sentence in example.also.get(language, ()):
            assert parse(sentence, unit) == rule, sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_leaves_a_question_is_refused_with_an_answer(language: str) -> None:
    for one in refused():
        with pytest.raises(RuleError):
            parse(one.sentence[language])
        assert parse(one.better_in(language)) == parse(one.better)


def test_the_examples_calculate_on_the_spot(tmp_path: Path) -> None:
    said = words()
    path = tmp_path / "form.xlsx"
    path.write_bytes(empty_form())
    sheet = load_workbook(path)[said("wordings")]
    rows = {str(sheet[f"C{row}"].value): row for row in range(5, sheet.max_row + 1) if sheet[f"K{row}"].value}
    assert len(rows) == len(examples())
    cells = [f"G{rows[example.sentence('zh-Hans')]}" for example in examples()]
    expected = [
        kpi_score(e.actual_value("zh-Hans"), e.target, e.sentence("zh-Hans"), e.unit or None) for e in examples()
    ]
    (saved,) = libreoffice.recalculate([path], tmp_path / "saved")
    for shown in (
        formualizer.evaluate(path, cells, sheet=sheet.title, functions=True),
        formualizer.evaluate(path, cells, sheet=sheet.title),
        libreoffice.shown(saved, cells, sheet=sheet.title),
    ):
        assert shown == pytest.approx(expected)
