"""Tables in the layouts of companies become the roles that stand beside them, and nothing of them is lost."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.adopt.expected import cells, differences
from tests.support.tables import ABOVE, CASES, LEFT, adopt_case, cells_of, shown_text, table_file
from xlkpi.adopt.adoption import Adoption, adopt
from xlkpi.adopt.names import title_in
from xlkpi.catalogue.role_file import versions_of
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.catalogue.workbooks import words
from xlkpi.catalogue.workbooks.reading.grid import Grid
from xlkpi.catalogue.workbooks.reading.sheet import read_sheet
from xlkpi.common.quarter import Quarter
from xlkpi.role_books.book import role_book

QUARTER = Quarter(2026, 4)
_OTHER = tuple(words.sheet(name) for name in ("instructions", "questions"))
PATHS = sorted(CASES.rglob("*.toml"))


@pytest.fixture(params=PATHS, ids=[path.stem for path in PATHS], scope="module")
def adopted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Adoption]:
    return request.param, adopt(table_file(request.param, tmp_path_factory.mktemp("adopt")), QUARTER)


def test_tables_become_the_expected_roles(adopted: tuple[Path, Adoption]) -> None:
    path, adoption = adopted
    case = adopt_case(path)
    found = list(differences(case, adoption))
    assert not found, "\n".join(found)
    right, every = cells(case, adoption)
    assert right == every


def test_nothing_of_a_table_is_lost_or_invented(adopted: tuple[Path, Adoption]) -> None:
    """Every text of a sheet is in the originals, among what is left, a heading, or the title; and nothing else is."""
    path, adoption = adopted
    for sheet in adopt_case(path)["sheets"]:
        tables = [table for table in adoption.tables if table.sheet == sheet["name"]]
        if not tables:
            continue
        written = Counter(
            re.sub(r"\s+", "", shown_text(text, path))
            for row in cells_of(sheet["cells"])
            for text in row
            if text and text not in (LEFT, ABOVE)
        )
        kept: Counter[str] = Counter()
        for table in tables:
            draft = table.draft
            headings = {name for texts in draft.originals.values() for name in texts}
            for name in headings:
                kept.update(re.sub(r"\s+", "", part) for part in (name, *name.split("/")))
            for texts in draft.originals.values():
                kept.update(re.sub(r"\s+", "", text) for text in texts.values())
                lines = (text.split("\n") for text in texts.values() if "\n" in text)
                kept.update(re.sub(r"\s+", "", line) for text in lines for line in text)
            for text in draft.left:
                _, _, rest = text.partition(" ")
                kept.update([re.sub(r"\s+", "", rest), re.sub(r"\s+|（填写结果.*", "", rest)])
            kept.update(entry["group"].split("/")[-1] for entry in draft.data["indicators"])
            title = re.sub(r"\s|（.*）$", "", draft.data["title"])
            kept.update(f"{group['weight']:g}%" for group in draft.data["groups"] if "weight" in group)
            kept.update([title, *(f"{name}：{title}" for name in ("岗位", "岗位名称"))])
        lost = [text for text, count in written.items() if kept[text] < count and not _is_used(text, kept)]
        assert not lost, lost
        everything = "".join(written)
        for table in tables:
            for entry in table.draft.data["indicators"]:
                for key in ("label", "definition", "rule"):
                    lines = re.sub(r"^满分[\d.]+分；|…$|得[\d-]+分$", "", entry.get(key, ""), flags=re.M).split("\n")
                    assert all(re.sub(r"\s+", "", line) in everything for line in lines), (key, lines)


def _is_used(text: str, kept: Counter[str]) -> bool:
    """Whether a text is the title of a role, a group with its weight, a heading of the first of two rows, or empty."""
    plain = re.sub(r"^[一二三四五六七八九十]+、|[（(]?\d+(\.\d+)?%[)）]?$|[⏎]", "", text)
    return kept[title_in(text)] > 0 or kept[plain] > 0 or any(text in name.split("/") for name in kept)


def test_what_a_role_file_would_refuse_is_asked(adopted: tuple[Path, Adoption]) -> None:
    """A draft without questions can be used as it is; what is wrong in another has a question at the same entry."""
    _, adoption = adopted
    for table in adoption.tables:
        data = dict(table.draft.data)
        asked = {re.sub(r"\.\w+$", "", question.key) for question in table.draft.questions}
        asked |= {key.replace("measures[", "indicators[") for key in asked}
        general = [
            question.text for question in table.draft.questions if question.key == "" or question.key.endswith(".owner")
        ]
        try:
            versions_of(data, "表", data["id"])
        except CatalogueError as error:
            for fault in error.faults:
                entry = re.sub(r"^measures", "indicators", re.sub(r"\.\w+$", "", fault.key))
                owner = fault.key.endswith(".owner") and any("数据来源" in text for text in general)
                weight = fault.key.endswith(".weight") and any("权重" in text for text in general)
                assert entry in asked or owner or weight, (str(fault), asked)


def test_there_are_at_least_thirty_four_tables() -> None:
    assert sum(len(adopt_case(path)["roles"]) for path in PATHS) >= 34


def test_every_question_stands_at_a_cell_of_its_role(adopted: tuple[Path, Adoption]) -> None:
    """The key of a question finds the cell of its answer in the role workbook, and not only something near it."""
    drafts = [table.draft for table in adopted[1].tables]
    book = load_workbook(io.BytesIO(role_book(drafts)))
    sheets = (name for name in book.sheetnames if name not in _OTHER and not name.startswith("_"))
    for draft, sheet in zip(drafts, sheets, strict=True):
        grid = Grid([list(row) for row in book[sheet].iter_rows(values_only=True)])
        places = read_sheet(grid, sheet).places
        lost = [question.key for question in draft.questions if question.key and question.key not in places]
        assert not lost, (lost, sorted(places))
