"""评价人.xlsx: drafted from the roster, and read with its faults at their cells."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support import raters
from xlkpi.catalogue.appraising.ratings import KINDS
from xlkpi.common.assignment import Assignment
from xlkpi.raters.listing.book import list_book
from xlkpi.raters.listing.listed import RaterList, read_list
from xlkpi.raters.listing.pair import Pair
from xlkpi.raters.listing.suggest import suggested

PEOPLE = [Assignment(number, name, role="host", superior=up) for number, (name, up) in raters.PEOPLE.items()]
GOOD = ("0101", "0102", "同级")


def read(path: Path, *pairs: tuple[str, str, str], counted: tuple[str, ...] = KINDS) -> RaterList:
    from xlkpi.common.company_folder import CompanyFolder

    file = raters.list_raters(CompanyFolder(path), pairs)
    return read_list(file, PEOPLE, ["设计"], counted)


def test_a_list_says_who_rates_whom(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD, ("0101", "0101", "自评"), ("0105", "0101", "下属"), ("0101", "0901", "设计"))
    assert [(pair.rater, pair.kind, pair.relation) for pair in found.pairs] == [
        ("0102", "peers", "同级"), ("0101", "self", "自评"), ("0101", "subordinates", "下级"), ("0901", "", "设计"),
    ]  # fmt: skip
    assert [(p.cell, p.severity) for p in found.problems] == [("C5", "advice")]  # a rater outside of the roster


@pytest.mark.parametrize(
    ("line", "cell", "said"),
    [
        (("0999", "0102", "同级"), "A3", "没有工号“0999”"),
        (("0101", "0998", "其他部门"), "D3", "也没有写评价人姓名"),
        (("0101", "0101", "同级"), "E3", "关系却不是自评"),
        (("0101", "0103", "自评"), "E3", "评价人不是“员工甲天”本人"),
        (("0101", "0103", "朋友"), "E3", "看不懂关系“朋友”"),
        (("0101", "0105", "上级"), "E3", "上级不写在这里"),
        (("0101", "0102", "同级"), "C3", "与第2行重复"),
        (("0101", "0102", "其他部门"), "E3", "会算两次"),
        (("0101", "", "同级"), "C3", "“评价人工号”空着"),
        (("", "0102", "同级"), "A3", "“工号”空着"),
        (("0101", "0102", ""), "E3", "“关系”空着"),
    ],
)
def test_a_line_with_a_fault_is_told_at_its_cell(
    line: tuple[str, str, str], cell: str, said: str, tmp_path: Path
) -> None:
    found = read(tmp_path, GOOD, line)
    (problem,) = [problem for problem in found.problems if problem.severity == "error"]
    assert (problem.file, problem.cell) == ("评价人.xlsx", cell)
    assert said in problem.message
    assert [pair.rater for pair in found.pairs] == ["0102"]


@pytest.mark.parametrize(
    ("line", "severity", "said"),
    [
        (("0101", "0105", "其他部门"), "warning", "直接上级"),
        (("0102", "0103", "下级"), "advice", "名册里“员工丁黄”的上级是“主播组长乙地”"),
    ],
)
def test_a_relation_that_the_roster_contradicts_is_told(
    line: tuple[str, str, str], severity: str, said: str, tmp_path: Path
) -> None:
    (problem,) = read(tmp_path, line).problems
    assert (problem.severity, problem.cell) == (severity, "E2")
    assert said in problem.message


def test_a_name_that_is_not_the_numbers_is_told(tmp_path: Path) -> None:
    from xlkpi.common.company_folder import CompanyFolder

    file = raters.list_raters(CompanyFolder(tmp_path), [GOOD])
    book = load_workbook(file)
    book.worksheets[0]["B2"], book.worksheets[0]["D2"] = "员工丙玄", "员工丁黄"
    book.save(file)
    found = read_list(file, PEOPLE, [], KINDS)
    assert [problem.cell for problem in found.problems] == ["B2", "D2"]
    assert not found.pairs


def test_a_kind_without_a_share_is_told(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, GOOD, counted=("departments",)).problems
    assert (problem.severity, problem.cell) == ("warning", "E2")
    assert "占比是0" in problem.message


def test_a_list_without_its_headings_is_told(tmp_path: Path) -> None:
    from xlkpi.common.company_folder import CompanyFolder

    file = raters.list_raters(CompanyFolder(tmp_path), [GOOD])
    book = load_workbook(file)
    book.worksheets[0]["E1"] = "备注"
    book.save(file)
    (problem,) = read_list(file, PEOPLE, [], KINDS).problems
    assert "没有找到表头" in problem.message


def test_the_draft_has_peers_subordinates_and_lines_to_fill_in(tmp_path: Path) -> None:
    pairs = suggested(PEOPLE, ("self", "peers", "subordinates"), {"host"}, {"host": ["设计"]})
    of = {
        number: [(pair.rater, pair.relation) for pair in pairs if pair.person == number] for number in ("0101", "0105")
    }
    assert of["0101"] == [("0101", "自评"), ("0102", "同级"), ("0103", "同级"), ("0104", "同级"), ("", "设计")]
    assert of["0105"] == [*((f"010{n}", "下级") for n in range(1, 5)), ("0105", "自评"), ("", "设计")]
    path = tmp_path / "评价人.xlsx"
    path.write_bytes(list_book(pairs, ["同级", "下级", "其他部门", "自评", "设计"]))
    found = read_list(path, PEOPLE, ["设计"], KINDS)
    drafted = [(pair.person, pair.rater, pair.kind) for pair in pairs if pair.rater]
    assert [(pair.person, pair.rater, pair.kind) for pair in found.pairs] == drafted
    assert {problem.message for problem in found.problems} == {"“评价人工号”空着"}  # nobody is forgotten


def test_two_superiors_of_one_name_have_no_drafted_subordinates() -> None:
    twice = [*PEOPLE, Assignment("0106", "主播组长乙地", role="host", superior="别人子丑")]
    pairs = suggested(twice, ("subordinates",), {"host"}, {})
    assert pairs == []


def test_only_people_who_are_rated_by_levels_are_drafted() -> None:
    assert suggested(PEOPLE, ("peers",), set(), {}) == []
    assert suggested(PEOPLE, ("peers",), set(), {"host": ["设计"]})[0] == Pair("0101", "员工甲天", "", "", "设计", "")
