"""The heart of the promise: the form shows the same in every engine, with Python and without."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from python_calamine import CalamineWorkbook

from tests.support import scenarios
from tests.support.engines import libreoffice
from tests.support.forms import Measures, Shown, appraised, differences, filled_form, recalculated
from tests.support.fuzz import examples, seed
from xlkpi.calc.engine import evaluate
from xlkpi.xlsx.edit import patch


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


def _all_engines(folder: Path, quarters: list[Measures], *, newcomer: bool = False) -> None:
    content = filled_form(*quarters, newcomer="是" if newcomer else "否")
    python, twins, source = (folder / f"{name}.xlsx" for name in ("python", "twins", "source"))
    assert not _all_differences(recalculated(content, python), quarters, newcomer=newcomer)
    assert not _all_differences(_with_twins(content, twins), quarters, newcomer=newcomer)
    libreoffice.require()
    source.write_bytes(content)
    (result,) = libreoffice.recalculate([source], folder / "libreoffice")
    assert not _all_differences(result, quarters, newcomer=newcomer)


EDGES: list[Measures] = list(scenarios.every_edge())
BOOKS = 4
"""One workbook of so many forms takes longer than four, and one process would have to calculate it alone."""


@pytest.mark.parametrize("book", range(BOOKS))
def test_every_edge_scores_alike_in_all_engines(tmp_path: Path, book: int) -> None:
    _all_engines(tmp_path, EDGES[book::BOOKS])


@pytest.mark.parametrize("newcomer", [False, True])
def test_random_quarters_score_alike_in_all_engines(tmp_path: Path, newcomer: bool) -> None:
    """Some of them with gaps, texts and zeros where numbers belong."""
    chosen = Random(seed(newcomer))
    _all_engines(tmp_path, [scenarios.random_quarter(chosen) for _ in range(examples(25))], newcomer=newcomer)
