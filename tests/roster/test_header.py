"""The headers of rosters: what each may be called, which of several is read, and that no roster breaks the reader."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.catalogues import SHIPPED, TEMPLATES
from xlkpi.common.person import NEEDED_FIELDS, ROSTER_FIELDS
from xlkpi.common.quarter import Quarter
from xlkpi.i18n.labels import words
from xlkpi.i18n.languages import LANGUAGES
from xlkpi.i18n.problems import ADVICE
from xlkpi.roster.header import folded, header_of
from xlkpi.roster.reader import read_roster

QUARTER = Quarter(2026, 4)
LISTED = tomllib.loads((TEMPLATES / "roster.toml").read_text("utf-8"))
BESIDE = ("own", "email", "superior_email")
"""The lists of columns that are no fields: forms do not need them."""
OWN = [name for field in BESIDE for name in LISTED[field]]
NAMES = [(field, name) for field, names in LISTED.items() if field not in ("target", *BESIDE) for name in names]
NEEDED = [words("zh-Hans")(field) for field in NEEDED_FIELDS]


def test_every_field_of_a_roster_is_listed() -> None:
    assert LISTED.keys() == {*ROSTER_FIELDS, "target", *BESIDE}


def test_no_header_means_two_fields() -> None:
    fields: dict[str, set[str]] = {}
    for field, name in [*NAMES, *((field, words(lang)(field)) for lang in LANGUAGES for field in ROSTER_FIELDS)]:
        fields.setdefault(folded(name), set()).add(field)
    fields |= {folded(name): {*fields.get(folded(name), ()), "own"} for name in OWN}
    assert {name: found for name, found in fields.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("field", "name"), NAMES, ids=lambda value: value)
def test_every_listed_header_is_read(field: str, name: str) -> None:
    others = [words("zh-Hans")(needed) for needed in NEEDED_FIELDS if needed != field]
    header = header_of([[f" {name}（必填）*", *others, "手机"]])
    assert header.fields == {
        0: field,
        **dict(enumerate((f for f in NEEDED_FIELDS if f != field), 1)),
        len(others) + 1: "",
    }
    assert (header.twice, header.near) == ({}, {})


@pytest.mark.parametrize("own", OWN)
def test_own_columns_are_neither_read_nor_told(own: str) -> None:
    header = header_of([[*NEEDED, own]])
    assert (header.fields[3], header.twice, header.near) == ("", {}, {})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_roster_breaks_the_reader(data: st.DataObject) -> None:
    """Whatever columns there are: each person is read or told, at a cell of the file."""
    known = [name for _, name in NAMES] + ["目标:销售额", "目标:UV增长率", "手机", "上级姓明", "", "(旧)", "/", "目标:"]
    headers = NEEDED + data.draw(st.lists(st.sampled_from(known) | st.text("工号姓名()/ :*a1", max_size=6), max_size=6))
    headers = data.draw(st.permutations(headers))
    cell = st.sampled_from(
        ["", "1", "甲", "店长", "电商运营", "主播", "90万", "50%", "2026-11-16", "=1+1", "#N/A", "是"]
    )
    rows = data.draw(st.lists(st.lists(cell, min_size=len(headers), max_size=len(headers)), max_size=5))
    titles = data.draw(st.sampled_from([None, {}, {"主播": None}, {"主播": "web-editor"}]))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headers, *rows])
        roster = read_roster(path, SHIPPED, QUARTER, titles=titles)
    filled = [row for row in rows if any(map(str.strip, row))]
    assert len(roster.assignments) <= len(filled)
    told = {problem.cell for problem in roster.problems if problem.severity != ADVICE}
    assert all(problem.message and problem.advice for problem in roster.problems)
    assert len(roster.assignments) == len(rows) or told or len(filled) < len(rows) or titles
