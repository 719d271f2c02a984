"""Forms that were sent before a formula or a word was changed: they are as right as on the day they were made.

`tests/cases/earlier_forms/` holds filled workbooks of earlier builds; the store manager's form has a spare row with its
twin.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.paths import CASES
from xlkpi.check.refresh import refresh
from xlkpi.check.run import check
from xlkpi.i18n.former import former_words, in_words_of_today
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.intake.workbook import read
from xlkpi.scoring import reasons
from xlkpi.xlsx.edit import Formula, edit

FORMS = sorted((CASES / "earlier_forms").glob("*.xlsx"))
NEVER = {"unsigned", "weights", "weights_total", "digest"}
"""What is said of these forms as well by the build that made them, or once their roles are others."""


def _kinds(path: Path) -> set[tuple[str, str | None]]:
    (one,) = check([path], SHIPPED)
    return {(problem.kind, problem.cell) for problem in one.problems if problem.kind not in NEVER}


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_earlier_form_has_no_new_findings(path: Path) -> None:
    assert _kinds(path) == set()
    assert all(form.appraisal.complete for form in read(path, SHIPPED).forms)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_refreshed_earlier_form_has_none_either(path: Path, tmp_path: Path) -> None:
    (tmp_path / path.name).write_bytes(refresh(path.read_bytes(), path.name, SHIPPED).content)
    assert _kinds(tmp_path / path.name) == set()


@pytest.mark.parametrize(
    ("cell", "content", "kind"),
    [
        ("O50", Formula('"实际13.6%，得97分"'), "formula"),  # a receipt
        ("E50", "（本期UV－上期UV）", "label"),
        ("O10", "0 ～ 5", "label"),  # a usual range
        ("N10", Formula('"✓"'), "formula"),  # a status
    ],
)
def test_what_was_changed_in_one_is_found(tmp_path: Path, cell: str, content: Formula | str, kind: str) -> None:
    (path,) = [path for path in FORMS if path.stem.endswith("zh-Hans")]
    title = load_workbook(BytesIO(path.read_bytes())).sheetnames[0]
    (tmp_path / "表.xlsx").write_bytes(edit(path.read_bytes(), {title: {cell: content}}))
    assert kind in {found for found, at in _kinds(tmp_path / "表.xlsx") if at == cell}


@pytest.mark.parametrize("language", LANGUAGES)
def test_former_reasons_stand_for_those_of_today(language: str) -> None:
    changed = (reasons.RULE_CHANGED, reasons.GRADES_CHANGED, reasons.NOT_ONLY_DEDUCTING)
    today = {reasons.cell_text(reason, language) for reason in changed}
    assert {text for text in former_words(language).values() if text.startswith(reasons.PREFIX)} == today


def test_former_words_are_no_words_of_today() -> None:
    for language in LANGUAGES:
        words = former_words(language)
        assert not set(words) & set(words.values())
    formula = 'IFERROR(KPI_ENGINE(COUNT(J9)),"内置公式（未启用Python）")&"说""好"""'
    assert in_words_of_today(formula, "zh-Hans") == 'IFERROR(KPI_ENGINE(COUNT(J9)),"内置公式")&"说""好"""'
