"""A table means the same wherever it stands, however its columns are ordered, and in whatever file it is kept."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adopt.expected import found_rows
from tests.support.tables import ABOVE, CASES, LEFT, adopt_case, cells_of, workbook
from xlkpi.adopt.adoption import Adoption, adopt
from xlkpi.adopt.words import words
from xlkpi.catalogue.role_file import versions_of
from xlkpi.catalogue.workbooks.role_book import read_role_book, versions
from xlkpi.common.quarter import Quarter
from xlkpi.role_books.book import role_book

QUARTER = Quarter(2026, 4)


def _adopted(path: Path, sheets: list[dict[str, Any]]) -> Adoption:
    path.write_bytes(workbook({"sheets": sheets}))
    return adopt(path, QUARTER)


def _plain(name: str) -> dict[str, Any]:
    """The last sheet of a case that has no merged headings, so that its columns can change places."""
    return dict(adopt_case(CASES / f"{name}.toml")["sheets"][-1])


@pytest.mark.parametrize("name", ["newcomer", "text_targets", "contradictions", "mixed_scales", "hidden"])
@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_columns_does_not_matter(name: str, seed: int, tmp_path: Path) -> None:
    sheet = _plain(name)
    rows = cells_of(sheet["cells"])
    head = next(number for number, row in enumerate(rows) if {"权重", "占比", "标准分"} & set(row))
    width = len(rows[head])
    order = random.Random(seed).sample(range(width), width)
    moved = [
        " | ".join(row) if number < head or "<" in row else " | ".join([*row, *[""] * width][at] for at in order)
        for number, row in enumerate(rows)
    ]
    before = _adopted(tmp_path / "a.xlsx", [sheet])
    after = _adopted(tmp_path / "b.xlsx", [sheet | {"cells": "\n".join(moved)}])
    assert [found_rows(t.draft) for t in after.tables] == [found_rows(t.draft) for t in before.tables]


@given(down=st.integers(0, 6), right=st.integers(0, 4))
@settings(max_examples=15, deadline=None)
def test_where_a_table_stands_does_not_matter(down: int, right: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    sheet, folder = _plain("text_targets"), tmp_path_factory.mktemp("moved")
    lines = [" | " * right + line if right else line for line in sheet["cells"].strip("\n").split("\n")]
    moved = "\n".join(["", *([" | "] * down), *lines])
    before, after = (_adopted(folder / f"{n}.xlsx", [one]) for n, one in enumerate((sheet, sheet | {"cells": moved})))
    assert [found_rows(t.draft) for t in after.tables] == [found_rows(t.draft) for t in before.tables]


@pytest.mark.parametrize(
    "weights", [("30%", "70%"), ("30", "70"), ("0.3", "0.7"), ("'30%", "'70%"), ("'30分", "'70分")]
)
def test_weights_may_be_written_in_any_way(weights: tuple[str, str], tmp_path: Path) -> None:
    cells = f"指标 | 权重 | 评分标准\n回款率 | {weights[0]} | 每低1%扣1分\n客诉 | {weights[1]} | 每次扣5分"
    draft = _adopted(tmp_path / "a.xlsx", [{"name": "内勤", "cells": cells}]).tables[0].draft
    assert [entry["weight"] for entry in draft.data["indicators"]] == [30, 70]
    assert not any("权重" in question.text for question in draft.questions)


@pytest.mark.parametrize(
    "name", ["newcomer", "points", "group_weights", "text_targets", "listed_rules", "shared_weights"]
)
def test_a_draft_survives_the_role_workbook(name: str, tmp_path: Path) -> None:
    """What was adopted, written into a role workbook and read from there, is the same role."""
    case = adopt_case(CASES / f"{name}.toml")
    adoption = _adopted(tmp_path / "a.xlsx", list(case["sheets"]))
    drafts = [table.draft for table in adoption.tables]
    book = read_role_book(role_book(drafts), "岗位/a.xlsx")
    assert not book.faults
    assert [sheet.id for sheet in book.sheets] == [draft.data["id"] for draft in drafts]
    for draft, sheet in zip(drafts, book.sheets, strict=True):
        owners = {"owner": "未注明"}
        data = dict(draft.data) | {"measures": [owners | dict(one) for one in draft.data["measures"]]}
        assert versions(sheet)[-1].role == versions_of(data, "a", data["id"])[-1].role


_HEADINGS = {
    "指标": "label",
    "说明": "definition",
    "目标": "target",
    "占比": "weight",
    "扣分标准": "rule",
    "数据来源": "owner",
}


def _synonyms() -> list[tuple[str, str]]:
    return [(heading, word) for heading, kind in _HEADINGS.items() for word in words("exact", kind) if "月" not in word]


@pytest.mark.parametrize(("heading", "word"), _synonyms())
def test_every_known_heading_is_read_alike(heading: str, word: str, tmp_path: Path) -> None:
    sheet = _plain("text_targets")
    lines = sheet["cells"].strip("\n").split("\n")
    cells = [word if cell.strip() == heading else cell for cell in lines[1].split(" | ")]
    renamed = "\n".join([lines[0], " | ".join(cells), *lines[2:]])
    before, after = _adopted(tmp_path / "a.xlsx", [sheet]), _adopted(tmp_path / "b.xlsx", [sheet | {"cells": renamed}])
    drafts = before.tables[0].draft, after.tables[0].draft
    assert drafts[0].data["indicators"] == drafts[1].data["indicators"]
    assert drafts[0].data["measures"] == drafts[1].data["measures"]


def test_no_heading_has_two_kinds() -> None:
    kinds = (
        "number group subgroup label item content definition formula weight points group_weight target rule standard"
    )
    listed = [
        word
        for kind in [*kinds.split(), "owner", "period", "unit", "direction", "result"]
        for word in words("exact", kind)
    ]
    assert sorted(word for word, times in Counter(listed).items() if times > 1) == []


_BOOKS = [path for path in sorted(CASES.rglob("*.toml")) if adopt_case(path)["file"] != "csv"]


def _unmerged(cells: str) -> str:
    """As programs export tables that know no merged cells: the first cell keeps the text, the others are empty."""
    rows = ([("" if cell.strip() in (LEFT, ABOVE) else cell) for cell in line.split("|")] for line in cells.split("\n"))
    return "\n".join("|".join(row) for row in rows)


def _with_a_note(cells: str) -> str:
    return cells.strip("\n") + "\n |\n注：本表自发布之日起执行 | < | <\n | 审批： | |"


@pytest.mark.parametrize("change", [_unmerged, _with_a_note])
@pytest.mark.parametrize("path", _BOOKS, ids=[path.stem for path in _BOOKS])
def test_merged_cells_and_notes_below_do_not_matter(path: Path, change: Callable[[str], str], tmp_path: Path) -> None:
    if (path.stem, change) == ("shared_weights", _unmerged):
        pytest.skip("without merged cells nobody can tell which indicators share a weight: it is asked")
    sheets = [dict(sheet) for sheet in adopt_case(path)["sheets"]]
    before = _adopted(tmp_path / "a.xlsx", sheets)
    after = _adopted(tmp_path / "b.xlsx", [sheet | {"cells": change(sheet["cells"])} for sheet in sheets])
    assert [found_rows(t.draft) for t in after.tables] == [found_rows(t.draft) for t in before.tables]


@pytest.mark.parametrize("seed", range(40))
def test_damaged_tables_are_read_or_not_but_never_fail(seed: int, tmp_path: Path) -> None:
    """Cells of real tables deleted, doubled, moved and joined: whatever becomes of it can be written and read."""
    pick = random.Random(seed)
    sheet = pick.choice(adopt_case(pick.choice(_BOOKS))["sheets"])
    rows = [[cell.replace("\n", "⏎") for cell in row] for row in cells_of(sheet["cells"])]
    for _ in range(pick.randint(1, 12)):
        row, other = pick.choice(rows), pick.choice(pick.choice(rows))
        place = pick.randrange(len(row))
        match pick.randrange(5):
            case 0:
                row[place] = ""
            case 1:
                row[place] = row[place][: pick.randint(0, 6)] + other
            case 2:
                row.insert(place, other)
            case 3:
                rows.insert(pick.randrange(len(rows)), list(row))
            case _:
                rows[:] = [one for one in rows if one is not row] or [row]
    adoption = _adopted(tmp_path / "a.xlsx", [{"name": "表", "cells": "\n".join("|".join(row) for row in rows)}])
    if adoption.tables:
        read_role_book(role_book([table.draft for table in adoption.tables]), "岗位/a.xlsx")
