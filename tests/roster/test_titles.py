"""Titles of a roster that are no roles: asked once in the company's table, then known."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.engines import libreoffice
from xlkpi.cli import main, rosters
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter
from xlkpi.roster.reader import read_roster
from xlkpi.roster.titles import Titles, headers, read_titles
from xlkpi.writer.sheets.titles import titles_book

QUARTER = Quarter(2026, 4)
ROWS = [
    "工号,姓名,职务,直接上级",
    "1,甲,电商运营岗,王",
    "2,乙,电商运营岗,王",
    "3,丙,打包员,王",
    "4,丁,店长,王",
    "5,王,总裁,",
]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CompanyFolder:
    """A company's folder with a roster, which commands use."""
    folder = CompanyFolder(tmp_path / "公司")
    folder.path.mkdir()
    _roster(folder, *ROWS)
    monkeypatch.setattr(rosters, "company_in_use", lambda: folder)
    return folder


def _roster(folder: CompanyFolder, *rows: str) -> Path:
    path = folder.path / "名册.csv"
    path.write_text("\n".join(rows), "utf-8-sig")
    return path


def _new(folder: CompanyFolder) -> Result:
    arguments = [
        "new",
        "2026Q4",
        "--roster",
        str(folder.path / "名册.csv"),
        "-o",
        str(folder.path / "表"),
        "--overwrite",
    ]
    return CliRunner().invoke(main, arguments)


def _table(folder: CompanyFolder) -> list[list[Any]]:
    return [
        list(row)
        for row in load_workbook(folder.titles).worksheets[0].iter_rows(min_row=3, max_col=3, values_only=True)
        if any(row)
    ]


def _choose(folder: CompanyFolder, **choices: str) -> None:
    book = load_workbook(folder.titles)
    for row in book.worksheets[0].iter_rows(min_row=3):
        row[1].value = choices.get(str(row[0].value), row[1].value)
    book.save(folder.titles)


def test_a_title_is_asked_once_and_then_known(company: CompanyFolder) -> None:
    result = _new(company)
    assert result.exit_code == 1
    assert "已在" in result.output
    assert "1 人，1 张考核表" in result.output
    assert "“电商运营岗”（2人）不是考核岗位" in result.output
    assert "最像的是“电商运营”" in result.output
    assert "已把名册上的 3 个岗位（电商运营岗、打包员、总裁）写进" in result.output
    assert _table(company) == [["电商运营岗", None, 2], ["打包员", None, 1], ["总裁", None, 1]]
    before = company.titles.read_bytes()
    assert "写进" not in _new(company).output
    assert company.titles.read_bytes() == before
    _choose(company, 电商运营岗="电商运营", 打包员="不考核", 总裁="company-head")
    result = _new(company)
    assert result.exit_code == 0, result.output
    assert "4 人，4 张考核表" in result.output
    assert "“打包员”（1人）选了“不考核”，没有生成考核表" in result.output


def test_rows_are_added_and_never_changed(company: CompanyFolder) -> None:
    _new(company)
    book = load_workbook(company.titles)
    sheet = book.worksheets[0]
    sheet["B4"], sheet["C3"], sheet["E3"], sheet["A9"] = "不考核", 77, "问过王总", "自己加的"
    sheet.title = "对应"
    book.save(company.titles)
    _roster(company, *ROWS, "6,己,客服,王", "7,庚,客服,王")
    assert "已把名册上的 1 个岗位（客服）写进" in _new(company).output
    sheet = load_workbook(company.titles)["对应"]
    assert [sheet[place].value for place in ("B4", "C3", "E3", "A9", "A10", "B10", "C10")] == [
        "不考核", 77, "问过王总", "自己加的", "客服", None, 2,
    ]  # fmt: skip
    assert sheet["A10"].style_id == sheet["A3"].style_id
    assert len(sheet.data_validations.dataValidation) == 1


def test_columns_may_be_moved_and_the_count_deleted(company: CompanyFolder) -> None:
    _new(company)
    book = load_workbook(company.titles)
    sheet = book.worksheets[0]
    sheet.delete_cols(3)
    sheet.insert_cols(1)
    book.save(company.titles)
    _roster(company, *ROWS, "6,己,客服,王")
    _new(company)
    sheet = load_workbook(company.titles).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet["A6:C6"]] == [[None, "客服", None]]
    titles = read_titles(company.titles, SHIPPED)
    assert (titles.problems, len(titles.listed)) == ((), 4)


@pytest.mark.parametrize("lock", ["~$岗位对应.xlsx", ".~lock.岗位对应.xlsx#"])
def test_a_table_that_is_open_is_not_written(company: CompanyFolder, lock: str) -> None:
    _new(company)
    before = company.titles.read_bytes()
    (company.path / lock).write_text("x")
    _roster(company, *ROWS, "6,己,客服,王")
    result = _new(company)
    assert (result.exit_code, company.titles.read_bytes()) == (1, before)
    assert "正在Excel里打开，没有写进这些岗位：客服" in result.output


def test_a_locked_table_is_told(company: CompanyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "denied", str(company.titles))

    monkeypatch.setattr(rosters, "write_whole", locked)
    result = _new(company)
    assert result.exit_code == 1
    assert "正在Excel里打开" in result.output
    assert "1 张考核表" in result.output


@pytest.mark.parametrize(
    ("rows", "cells", "said"),
    [
        ([("主播", "电商运营"), ("主播", "店长")], ["B4"], "在第3行已经有了，选的岗位不同"),
        ([("主播", "电商运营"), ("主播", "电商运营")], [], ""),
        ([("主播", "电商营运")], ["B3"], "没有岗位“电商营运”"),
        ([("主播", "xyz")], ["B3"], "没有岗位“xyz”"),
        ([("主播", " 不 考核 ")], [], ""),
        ([("主播", "")], [], ""),
        ([("", "店长")], [], ""),
    ],
)
def test_a_wrong_choice_is_told_at_its_cell(
    company: CompanyFolder, rows: list[tuple[str, str]], cells: list[str], said: str
) -> None:
    company.titles.write_bytes(titles_book([(title, 1) for title, _ in rows], headers(), ["不考核"]))
    book = load_workbook(company.titles)
    for number, (title, choice) in enumerate(rows, start=3):
        book.worksheets[0][f"A{number}"], book.worksheets[0][f"B{number}"] = title or None, choice or None
    book.save(company.titles)
    titles = read_titles(company.titles, SHIPPED)
    assert [problem.cell for problem in titles.problems] == cells
    for problem in titles.problems:
        assert (problem.file, problem.sheet) == ("岗位对应.xlsx", "岗位对应")
        assert said in problem.message
        assert problem.advice
    if cells:
        assert titles.choices == {}
        _roster(company, "工号,姓名,岗位", "1,甲,主播", "2,乙,打包员", "3,丙,店长")
        said = _new(company).output
        assert "岗位对应.xlsx 岗位对应 B" in said
        assert "“打包员”（1人）不是考核岗位" in said
        assert "“主播”（1人）" not in said, "it is told at the choice"


@pytest.mark.parametrize("content", [b"x", b""])
def test_another_file_under_the_name_of_the_table_stays_as_it_is(company: CompanyFolder, content: bytes) -> None:
    company.titles.write_bytes(content)
    result = _new(company)
    assert result.exit_code == 1
    assert "岗位对应.xlsx" in result.output
    assert "1 张考核表" in result.output
    assert company.titles.read_bytes() == content


def test_a_table_without_its_headers_stays_as_it_is(company: CompanyFolder) -> None:
    _new(company)
    book = load_workbook(company.titles)
    book.worksheets[0]["A2"] = "岗位名"
    book.save(company.titles)
    before = company.titles.read_bytes()
    assert "找不到列名“名册上的岗位”和“考核岗位”" in _new(company).output
    assert company.titles.read_bytes() == before


def test_the_table_survives_libreoffice(company: CompanyFolder, tmp_path: Path) -> None:
    libreoffice.require()
    _new(company)
    _choose(company, 电商运营岗="电商运营", 打包员="不考核")
    (saved,) = libreoffice.recalculate([company.titles], tmp_path / "saved")
    company.titles.write_bytes(saved.read_bytes())
    titles = read_titles(company.titles, SHIPPED)
    assert titles.choices == {"电商运营岗": "ecommerce-operations", "打包员": None}
    assert (titles.problems, titles.end) == ((), 6)
    (validation,) = load_workbook(company.titles).worksheets[0].data_validations.dataValidation
    assert "OFFSET" in validation.formula1
    _roster(company, *ROWS, "6,己,客服,王")
    _new(company)
    assert _table(company)[-1] == ["客服", None, 1]


def test_a_chosen_role_counts_before_a_role_of_the_same_name(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("工号,姓名,岗位\n1,甲,店长\n2,乙, 店 长 \n3,丙,\n", "utf-8")
    roster = read_roster(path, SHIPPED, QUARTER, titles={"店长": "ecommerce-operations"})
    assert [each.role for each in roster.assignments] == ["ecommerce-operations"] * 2
    assert [problem.cell for problem in roster.problems] == ["C4"]


def test_without_a_company_a_title_is_told_at_each_row(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("工号,姓名,岗位\n1,甲,电商运营岗\n2,乙,电商运营岗\n", "utf-8")
    roster = read_roster(path, SHIPPED, QUARTER)
    assert ([problem.cell for problem in roster.problems], roster.asked) == (["C2", "C3"], ())
    known = read_roster(path, SHIPPED, QUARTER, titles={})
    assert [problem.cell for problem in known.problems] == ["C2"]
    assert [(title.title, title.people, title.near) for title in known.asked] == [("电商运营岗", 2, "电商运营")]


def test_no_table_is_an_empty_one(tmp_path: Path) -> None:
    assert read_titles(tmp_path / "岗位对应.xlsx", SHIPPED) == Titles()
