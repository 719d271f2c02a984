"""The heart of the promise: the form shows the same in every engine, with Python and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.support import scenarios
from tests.support.engines import libreoffice
from tests.support.forms import Measures, Shown, appraised, differences, filled_form, recalculated
from xlkpi.calc.engine import evaluate
from xlkpi.xlsx.edit import patch

# Drawing a whole quarter is slow, and the temporary folder may serve every example.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


def _all_differences(path: Path, quarters: list[Measures], *, newcomer: bool = False) -> list[str]:
    found: list[str] = []
    book = CalamineWorkbook.from_path(str(path))
    for number, measures in enumerate(quarters, start=1):
        appraisal = appraised(measures, newcomer=newcomer)
        found += [f"表{number} {line}" for line in differences(Shown(book, f"表{number}"), appraisal)]
    return found


def _with_twins(content: bytes, path: Path) -> Path:
    """Calculated by formualizer without our functions, so that every score is a built-in formula's."""
    path.write_bytes(patch(content, evaluate(content, functions=False)))
    return path


EDGES: list[Measures] = list(scenarios.every_edge())
BOOKS = 4
"""One workbook of so many forms takes longer than four, and one process would have to calculate it alone."""


@pytest.mark.parametrize("book", range(BOOKS))
def test_every_edge_scores_alike_in_all_engines(tmp_path: Path, book: int) -> None:
    quarters = EDGES[book::BOOKS]
    content = filled_form(*quarters)
    assert not _all_differences(recalculated(content, tmp_path / "python.xlsx"), quarters)
    assert not _all_differences(_with_twins(content, tmp_path / "twins.xlsx"), quarters)
    libreoffice.require()
    source = tmp_path / "form.xlsx"
    source.write_bytes(content)
    (result,) = libreoffice.recalculate([source], tmp_path / "libreoffice")
    assert not _all_differences(result, quarters)


@settings(max_examples=40, suppress_health_check=_SLOW)
@given(scenarios.quarters(), st.booleans())
def test_random_quarters_score_alike_in_formualizer(tmp_path: Path, measures: Measures, newcomer: bool) -> None:
    content = filled_form(measures, newcomer="是" if newcomer else "否")
    assert not _all_differences(recalculated(content, tmp_path / "python.xlsx"), [measures], newcomer=newcomer)
    assert not _all_differences(_with_twins(content, tmp_path / "twins.xlsx"), [measures], newcomer=newcomer)


@settings(max_examples=3, suppress_health_check=_SLOW)
@given(st.lists(scenarios.quarters(), min_size=25, max_size=25), st.booleans())
def test_random_quarters_score_alike_in_libreoffice(
    tmp_path_factory: pytest.TempPathFactory, quarters: list[Measures], newcomer: bool
) -> None:
    libreoffice.require()
    folder = tmp_path_factory.mktemp("forms")
    source = folder / "form.xlsx"
    source.write_bytes(filled_form(*quarters, newcomer="是" if newcomer else "否"))
    (result,) = libreoffice.recalculate([source], folder / "libreoffice")
    assert not _all_differences(result, quarters, newcomer=newcomer)
