"""Names of sheets and files: legal, unique and recognisable, whatever somebody typed."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from xlkpi.form.names import FileNames, SheetNames, own_sheet_names, plain_text

ANY = st.text(max_size=60) | st.sampled_from(
    [
        "",
        "=1+1",
        "a/b",
        "'",
        "'张三'",
        "History",
        "HISTORY",
        "汇总",
        "_XLKPI",
        "CON",
        "con.txt",
        "COM¹",
        "..",
        "a. ",
        "~$a",
    ]
)
MANY = st.lists(st.tuples(ANY, ANY, st.booleans()), max_size=12)


def _folded(names: list[str]) -> set[str]:
    return {name.casefold() for name in names}


@given(MANY)
def test_any_texts_give_legal_and_different_sheets(texts: list[tuple[str, str, bool]]) -> None:
    names = SheetNames()
    given = [names(text, apart, always=always) for text, apart, always in texts]
    assert len(_folded(given) | _folded(own_sheet_names())) == len(given) + len(_folded(own_sheet_names()))
    for name in given:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name)
        assert name[0] != "'" != name[-1]
        assert name.casefold() != "history"
    book = Workbook()
    for name in given:
        book.create_sheet(name)
    content = io.BytesIO()
    book.save(content)
    assert load_workbook(content).sheetnames[1:] == given


@given(MANY)
def test_any_texts_give_legal_and_different_files(texts: list[tuple[str, str, bool]]) -> None:
    names = FileNames()
    given = [names(text, apart, always=always) for text, apart, always in texts]
    assert len(_folded(given)) == len(given)
    for name in given:
        assert name.endswith(".xlsx")
        stem = name.removesuffix(".xlsx")
        assert stem
        assert len(name.encode()) <= 120
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f\u202a-\u202e\u200e\u200f]', name)
        assert stem == stem.strip(" .")
        assert not re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)( *\..*)?", stem)


@given(st.text(max_size=200))
def test_plain_text_stays_what_it_is(text: str) -> None:
    assert plain_text(plain_text(text)) == plain_text(text)


@pytest.mark.parametrize(
    ("text", "apart", "sheet", "file"),
    [
        ("张三", "0012", "张三", "张三.xlsx"),
        ("=1+1", "", "=1+1", "=1+1.xlsx"),
        ("a/b", "", "a b", "a b.xlsx"),
        ("张三\u202e", "", "张三", "张三.xlsx"),
        ("  张\n三 ", "", "张 三", "张 三.xlsx"),
        ("👩‍💻小王", "", "👩‍💻小王", "👩‍💻小王.xlsx"),
        ("甲" * 40, "", "甲" * 30 + "…", "甲" * 37 + "….xlsx"),
        ("History", "0012", "History 0012", "History.xlsx"),
        ("汇总", "", "汇总 2", "汇总.xlsx"),
        ("con", "0012", "con", "_con.xlsx"),
        ("con.txt", "", "con.txt", "_con.txt.xlsx"),
        ("", "0012", "0012", "0012.xlsx"),
        ("'", "", "2", "'.xlsx"),
    ],
)
def test_a_name_keeps_what_it_can(text: str, apart: str, sheet: str, file: str) -> None:
    assert SheetNames()(text, apart) == sheet
    assert FileNames()(text, apart) == file


def test_a_taken_name_gets_what_sets_it_apart() -> None:
    names = SheetNames()
    assert [names("张三", "0012"), names("张三", "0034"), names("张三", "0034"), names("張三", always=True)] == [
        "张三",
        "张三 0034",
        "张三 2",
        "張三 2",
    ]
    assert names("李四", "店长", always=True) == "李四 店长"
    assert names("甲" * 40, "区域经理", always=True) == "甲" * 25 + "… 区域经理"
