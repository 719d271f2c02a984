"""What a role says of missing data and of no occasion: in role files and role workbooks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support import exceptions as made
from xlkpi.catalogue.appraising.policies import MISSING, NO_OCCASION
from xlkpi.catalogue.role import Role
from xlkpi.catalogue.role_file import read_versions, versions_of
from xlkpi.catalogue.toml import CatalogueError, read_toml
from xlkpi.catalogue.versions.digest import digest
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.role_book import read_role_book, versions
from xlkpi.role_books.book import role_book
from xlkpi.role_books.draft import draft_of
from xlkpi.role_books.exchange import role_file

FILE = made.CASES / f"{made.ROLE}.toml"


def data(**changes: Any) -> dict[str, Any]:
    """The role's data; missing: of the role, others: indicator → its changes."""
    content = read_toml(FILE)
    own = {key: changes[key] for key in ("missing",) if key in changes}
    return content | own | {"indicators": [one | changes.get(one["id"], {}) for one in content["indicators"]]}


def role(content: dict[str, Any]) -> Role:
    return versions_of(content, FILE.name, made.ROLE)[-1].role


def test_a_role_says_it_for_all_and_an_indicator_for_itself() -> None:
    read = role(data(missing="leave_out"))
    indicators = {indicator.id: indicator for indicator in read.indicators}
    assert read.if_missing(indicators["revenue"]) == "leave_out"
    assert read.if_missing(indicators["opening"]) == "carry_over"
    assert role(data()).if_missing(indicators["revenue"]) == "block"


@pytest.mark.parametrize(
    "changes",
    [{"missing": "zero"}, {"revenue": {"missing": "zero"}}, {"revenue": {"no_occasion": "full"}}],
)
def test_a_digest_changes_with_what_a_role_says(changes: dict[str, Any]) -> None:
    assert digest(role(data(**changes))) != digest(role(data()))


def test_a_digest_is_what_it_was_where_a_role_says_nothing() -> None:
    silent = {id: {"missing": "block"} for id in ("opening", "finished", "accuracy")}
    content = data()
    for indicator in content["indicators"]:
        for key in ("missing", "no_occasion"):
            indicator.pop(key, None)
    before = digest(role(content))
    for indicator in content["indicators"]:
        indicator |= silent.get(indicator["id"], {})
    assert digest(role(content)) == before  # which is what it does anyway


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"missing": "skip"}, "missing"),
        ({"missing": 1}, "missing"),
        ({"revenue": {"missing": "none"}}, "indicators[revenue].missing"),
        ({"revenue": {"no_occasion": "block"}}, "indicators[revenue].no_occasion"),
    ],
)
def test_other_words_are_faults_at_their_key(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(CatalogueError) as error:
        role(data(**changes))
    assert [fault.key for fault in error.value.faults] == [key]


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("no_occasion", NO_OCCASION)
def test_a_role_workbook_reads_back_the_same(missing: str, no_occasion: str, tmp_path: Path) -> None:
    given = data(missing=missing, revenue={"missing": missing, "no_occasion": no_occasion})
    book = read_role_book(role_book([draft_of(given)]), "岗位.xlsx")
    (sheet,) = book.sheets
    assert versions(sheet)[-1].role == role(given)
    path = tmp_path / FILE.name
    path.write_text(role_file(sheet.data), "utf-8")
    assert read_versions(path)[-1].role == role(given)


@pytest.mark.parametrize("block", ["head", "indicators"])
def test_another_word_in_a_role_workbook_is_a_fault_at_its_cell(block: str) -> None:
    opened = load_workbook(io.BytesIO(role_book([draft_of(data(missing="zero"))])))
    page = opened.worksheets[0]
    heading = words.heading(block, "missing")
    cells = [cell for row in page.iter_rows() for cell in row if cell.value == heading]
    name = cells[0] if block == "head" else cells[-1]
    cell = page.cell(name.row, name.column + 1) if block == "head" else page.cell(name.row + 1, name.column)
    cell.value = "看情况"
    content = io.BytesIO()
    opened.save(content)
    (sheet,) = read_role_book(content.getvalue(), "岗位.xlsx").sheets
    assert [fault.cell for fault in sheet.faults] == [cell.coordinate]
