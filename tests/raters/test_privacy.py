"""Nobody sees what is not theirs: looked for in the bytes of every part of every file, and in the names of files."""

from __future__ import annotations

import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from tests.support import raters
from tests.support.archives import parts_of
from tests.support.raters import QUARTER
from xlkpi.common.company_folder import CompanyFolder
from xlkpi.common.quarter import Quarter


def text_of(path: Path) -> str:
    """All parts of a file, and its name, as text; also where Chinese is written as &#21592;."""
    if path.suffix in (".xlsx", ".docx"):
        parts = parts_of(path.read_bytes())
        return path.name + unescape("".join(name + data.decode("utf-8", "replace") for name, data in parts.items()))
    return path.name + unescape(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def everything(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> CompanyFolder:
    """Ratings collected, forms filled with them, guides and letters written."""
    path = tmp_path_factory.mktemp("privacy") / "公司"
    shutil.copytree(prepared, path)
    company, place = CompanyFolder(path), path / "考核" / QUARTER
    raters.run(company, "raters", "collect", QUARTER, "--in-place")
    shutil.copytree(place / "发出", place / "收回")
    assert raters.run(company, "collect", QUARTER).exit_code in (0, 1)
    assert raters.run(company, "guide", QUARTER).exit_code in (0, 1)
    return company


def test_no_rater_of_other_departments_is_named_in_anything_that_people_get(everything: CompanyFolder) -> None:
    place = everything.path / "考核" / QUARTER
    files = [path for name in ("发出", "汇总", "指南") for path in (place / name).rglob("*") if path.is_file()]
    files += everything.history.glob("*.json")
    assert len(files) > 5
    for path in files:
        text = text_of(path)
        for number, name in raters.OUTSIDERS.items():
            assert name not in text, path
            assert f">{number}<" not in text, path
            assert f'"{number}"' not in text, path


def test_a_rater_sees_whom_they_rate_and_nobody_else(everything: CompanyFolder) -> None:
    names = {number: name for number, (name, _) in raters.PEOPLE.items()} | raters.OUTSIDERS
    for rater, path in raters.sent(everything).items():
        own = {pair[0] for pair in raters.ALL_PAIRS if names[pair[1]] == rater}
        seen = {number for number, name in names.items() if name in text_of(path)}
        assert seen == own | {number for number, name in names.items() if name == rater}
        assert not re.search(r"得分|总分|等级[SABCD]", text_of(path).replace("等级说明", "")), rater


def test_no_single_rating_is_kept_but_the_own_one(everything: CompanyFolder) -> None:
    """The combined numbers are no rating that somebody gave, where several people rated."""
    (record,) = everything.history.glob("rated=*.json")
    given = {raters.USUAL[rater] for rater in ("考核员辛荒", "考核员壬日")}
    assert record.read_text("utf-8").count("8.75") == 1
    assert not [point for point in given if f'"quarter",\n{point}' in record.read_text("utf-8")]
    for path in (everything.path / "考核" / QUARTER / "发出").glob("*.xlsx"):
        cells = re.findall(r"<(?:v|t)(?: [^>]*)?>([^<]*)</", text_of(path))
        assert "8.75" in cells or "2026Q4-经理" in path.name
        assert "8.5" not in cells


def test_nothing_says_who_saved_a_file(everything: CompanyFolder) -> None:
    place = everything.ratings(Quarter.parse(QUARTER))
    for path in (*(place / "发出").glob("*.xlsx"), *place.glob("*.xlsx"), everything.raters):
        core = "".join(d.decode() for n, d in parts_of(path.read_bytes()).items() if n.startswith("docProps/"))
        if path != everything.raters:  # typed by hand
            assert re.findall("creator(?: [^>]*)?>([^<]+)<", core) == ["xlkpi"]
            assert re.findall("lastModifiedBy>([^<]+)<", core) in ([], ["xlkpi"])


def test_who_saved_a_returned_workbook_does_not_get_into_forms(company: CompanyFolder) -> None:
    path = raters.returned(company) / raters.sent(company)["考核员庚洪"].name

    def sign(book: object) -> None:
        book.properties.creator = book.properties.lastModifiedBy = "某人亥水"  # type: ignore[attr-defined]
        book.worksheets[0]["J5"] = "备注里的话"  # type: ignore[index]

    raters.change_returned(path, sign)
    raters.run(company, "raters", "collect", QUARTER, "--in-place")
    for form in (company.path / "考核" / QUARTER / "发出").glob("*.xlsx"):
        assert "某人亥水" not in text_of(form)
        assert "备注里的话" not in text_of(form)
    report = text_of(company.ratings(Quarter.parse(QUARTER)) / "评价汇总.xlsx")
    assert "备注里的话" in report
    assert "某人亥水" not in report
    assert "考核员庚洪" not in report  # the remark does not say whose it is


def test_equal_lists_make_equal_bytes(company: CompanyFolder) -> None:
    before = {name: path.read_bytes() for name, path in raters.sent(company).items()}
    raters.run(company, "raters", "make", QUARTER, "--overwrite")
    assert {name: path.read_bytes() for name, path in raters.sent(company).items()} == before
