"""The programs that CI has anyway: what they save and calculate. All others: `make programs`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.programs import page
from tests.programs.calculating import compared, quarters, same
from tests.programs.engines import ENGINES
from tests.programs.losses import contents, lost
from tests.programs.saving import alike, filled_book, saved
from tests.programs.writers import WRITERS
from tests.support.engines import skip_without
from xlkpi.xlsx.edit import fill

TOLD = {
    "LibreOffice, .xlsx": "",
    "LibreOffice, .xls and back": "formula",
    "openpyxl": "stale",
    "pandas, values only": "overwritten",
}
"""What `check` finds of a file that each program saved: nothing, or one thing for each form."""
FORMS = 3


@pytest.mark.parametrize("name", TOLD)
def test_a_form_that_another_program_saved_is_read_as_it_was(name: str) -> None:
    (writer,) = (writer for writer in WRITERS if writer.name == name)
    skip_without(writer.lacking)
    found = saved(writer, FORMS)
    assert (found.failed, found.inputs, found.scores) == ("", True, True)
    for told in (found.told, found.told_changed):
        assert Counter(problem.kind for problem in told) == ({TOLD[name]: FORMS} if TOLD[name] else {})


@pytest.mark.parametrize("name", ["formualizer", "LibreOffice"])
def test_random_quarters_with_gaps_and_unusable_values_come_to_the_same(name: str) -> None:
    (engine,) = (engine for engine in ENGINES if engine.name == name)
    skip_without(engine.lacking)
    *_, worst = quarters(3)
    found = compared(engine, [worst])
    assert (found.books, found.failed, found.examples) == (1, "", [])
    assert found.scores > 200


def test_every_program_stands_on_the_page() -> None:
    text = page.PAGE.read_text("utf-8")
    assert [one.name for one in (*WRITERS, *ENGINES) if f"\n| {one.name} |" not in text] == [], "run make programs"


def test_what_is_compared_is_compared() -> None:
    assert same(None, "")
    assert same(1 + 1e-10, 1)
    assert same("97.5", 97.5, texts=True)
    assert not any((same(1 + 1e-8, 1), same("97.5", 97.5), same(97.5, "97.5"), same("得分", "得分 "), same("", 0)))
    assert alike({"a": [1, ("b", None)]}, {"a": [1 + 1e-12, ("b", None)]})
    assert not alike({"a": [1, ("b", None)]}, {"a": [1, ("b", 0)]})
    assert not alike({"a": []}, {"a": [1]})


def test_what_is_lost_is_counted(tmp_path: Path) -> None:
    before, after = tmp_path / "before.xlsx", tmp_path / "after.xlsx"
    before.write_bytes(filled_book(FORMS))
    after.write_bytes(fill(filled_book(FORMS), {}))
    assert lost(contents(before), contents(after)) == []
    assert lost(Counter(notes=3, charts=1, panes=2), Counter(notes=1)) == ["2 of 3 notes", "the chart", "all 2 panes"]
