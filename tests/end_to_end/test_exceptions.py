"""Indicators that do not count: the form shows the same as Python in every engine, with our functions and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.support import exceptions as made
from tests.support.engines import libreoffice
from tests.support.forms import Shown, differences, recalculated
from xlkpi.appraisal.appraise import Appraisal, appraise
from xlkpi.appraisal.exceptions import situation_words
from xlkpi.calc.engine import evaluate
from xlkpi.catalogue.toml import read_toml
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import EN, HANT
from xlkpi.xlsx.edit import patch

CASES = read_toml(made.CASES / "lines.toml")["cases"]


def _given(case: dict) -> dict:
    return {key: case[key] for key in ("measures", "carried") if key in case}


def _lines(case: dict) -> list[made.Line]:
    return [tuple(line) for line in case.get("lines", [])]


def _appraisal(case: dict) -> Appraisal:
    return appraise(made.role(), made.inputs(*_lines(case), **_given(case)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_python_scores_as_worked_out(case: dict) -> None:
    appraisal = _appraisal(case)
    results = {result.id: result for result in appraisal.indicators}
    for id, score in case.get("scores", {}).items():
        shown = results[id].score
        assert (shown or "") == score if isinstance(score, str) else shown == pytest.approx(score), id
    for id, weight in case.get("weights", {}).items():
        assert results[id].weight == pytest.approx(weight, abs=0.005), id
    assert (appraisal.total or "") == case["total"]
    assert [alert for alert, _ in appraisal.alerts] == case.get("alerts", [])


def _shown_wrong(path: Path, case: dict) -> list[str]:
    shown, appraisal = Shown(CalamineWorkbook.from_path(str(path))), _appraisal(case)
    found = differences(shown, appraisal)
    labels = words(appraisal.inputs.language)
    for id, text in case.get("receipts", {}).items():
        if shown(f"i:{id}", "receipt") != text:
            found.append(f"{id} receipt: {shown(f'i:{id}', 'receipt')!r}")
    for number, text in enumerate(case.get("states", []), start=1):
        if shown(f"x:{number}", "receipt") != text:
            found.append(f"line {number}: {shown(f'x:{number}', 'receipt')!r}")
    alerts = str(shown("grade", "definition") or "")
    for key in ("weight_moved", "missing_open", "exceptions_open"):
        if (labels(key) in alerts) != (key in case.get("alerts", [])):
            found.append(f"alert {key}: {alerts!r}")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_form_shows_it_with_our_functions_and_without(case: dict, tmp_path: Path) -> None:
    content = made.form(*_lines(case), **_given(case))
    assert not _shown_wrong(recalculated(content, tmp_path / "python.xlsx"), case)
    twins = tmp_path / "twins.xlsx"
    twins.write_bytes(patch(content, evaluate(content, functions=False)))
    assert not _shown_wrong(twins, case)


@pytest.mark.parametrize("language", [HANT, EN])
def test_the_form_shows_it_in_other_languages(language: str, tmp_path: Path) -> None:
    """A rated level is typed in the language of the form."""
    labels, role = words(language), made.role(language)
    named = {indicator.id: indicator.label for indicator in role.indicators}
    words_of = situation_words(language)
    lines = [
        (named["opening"], words_of["missing"], "x", "y"),
        (named["training"], words_of["no_occasion"], "x", "y"),
        (named["accuracy"], words_of["not_applicable"], "x", "y"),
    ]
    measures = {"rating": role.indicators[-1].levels[1:2], "projects": [0]}
    given = {"measures": measures, "carried": {"opening": 70.0}, "language": language}
    appraisal = appraise(role, made.inputs(*lines, **given))
    content = made.form(*lines, **given)
    for name, path in (("python", recalculated(content, tmp_path / "python.xlsx")), ("twins", tmp_path / "twins.xlsx")):
        if name == "twins":
            path.write_bytes(patch(content, evaluate(content, functions=False)))
        shown = Shown(CalamineWorkbook.from_path(str(path)))
        assert not differences(shown, appraisal), name
        assert shown("x:1", "receipt") == labels("exception_in_force")
        assert shown("i:training", "receipt") == appraisal.indicators[4].receipt
    assert [result.score for result in appraisal.indicators][1] == 70
    assert str(appraisal.total).startswith("#KPI")


def test_libreoffice_shows_it(tmp_path: Path) -> None:
    libreoffice.require()
    sources = []
    for number, case in enumerate(CASES):
        sources.append(tmp_path / f"{number}.xlsx")
        sources[-1].write_bytes(made.form(*_lines(case), **_given(case)))
    results = libreoffice.recalculate(sources, tmp_path / "libreoffice")
    wrong = {case["name"]: _shown_wrong(path, case) for case, path in zip(CASES, results, strict=True)}
    assert not {name: found for name, found in wrong.items() if found}
