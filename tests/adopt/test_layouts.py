"""A table means the same wherever it stands, however its columns are ordered, and in whatever file it is kept."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adopt.expected import found_rows
from tests.support.tables import CASES, adopt_case, cells_of, workbook
from xlkpi.adopt.adoption import Adoption, adopt
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
