"""The settings of a company as a workbook: written and read alike, as of a quarter, and every fault at its cell."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.support.catalogues import SHIPPED
from tests.support.paths import CASES
from xlkpi.catalogue.catalogue import Catalogue
from xlkpi.catalogue.toml import CatalogueError
from xlkpi.common.quarter import Quarter
from xlkpi.company.init import make_company
from xlkpi.i18n.languages import EN, HANT

OF_FILES = re.compile(r"company\.toml|part_quarter|grades|share|\btrue\b|\[\[")
FAULTS = tomllib.loads((CASES / "company_books" / "faults.toml").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_company(tmp_path, "晨光小店", SHIPPED)
    return tmp_path


def edit(folder: Path, sheet: str, cells: dict[str, Any], rename: str = "") -> None:
    book = load_workbook(folder / "公司.xlsx")
    for cell, value in cells.items():
        book[sheet][cell] = None if value == "" else value
    book[sheet].title = rename or sheet
    content = io.BytesIO()
    book.save(content)
    (folder / "公司.xlsx").write_bytes(content.getvalue())


def test_what_is_written_is_read(folder: Path) -> None:
    company, samples = Catalogue.of(folder).company(), SHIPPED.company()
    assert company.name == "晨光小店"
    for field in ("grades", "blocks", "events_limit", "red_line_grade", "share_minimum", "part_quarter"):
        assert getattr(company, field) == getattr(samples, field)
    other = Catalogue.of(folder).company(HANT)
    assert (other.grades, other.red_line_grade) == (SHIPPED.company(HANT).grades, "乙")


def test_a_setting_holds_from_its_quarter_on(folder: Path) -> None:
    cells = {
        "A13": "加减分合计最多（分）",
        "B13": 8,
        "C13": "2027Q1",
        "A14": "表上有加减分项",
        "B14": "否",
        "C14": "2027Q3",
    }
    edit(folder, "公司", cells)
    catalogue = Catalogue.of(folder)
    limits = [catalogue.company(None, Quarter.parse(q)).events_limit for q in ("2026Q4", "2027Q1", "2027Q2")]
    assert limits == [5, 8, 8]
    blocks = ["events" in catalogue.company(None, Quarter.parse(q)).blocks for q in ("2027Q2", "2027Q3")]
    assert blocks == [True, False]
    assert catalogue.company().events_limit == 8
    digests = {catalogue.company_digest(Quarter.parse(q)) for q in ("2026Q1", "2026Q4", "2027Q1", "2027Q3")}
    assert len(digests) == 3


def test_shares_do_not_change_what_forms_are_made_of(folder: Path) -> None:
    before = Catalogue.of(folder).company_digest(Quarter(2026, 4))
    edit(folder, "等级", {"C3": "10%", "C4": 0.2, "C5": 0.4, "C6": 0.2, "C7": 0.1})
    after = Catalogue.of(folder)
    assert [grade.share for grade in after.company().grades] == [0.1, 0.2, 0.4, 0.2, 0.1]
    assert after.company_digest(Quarter(2026, 4)) == before


def test_own_words_come_before_the_translations_of_the_program(folder: Path) -> None:
    edit(folder, "用词", {"A3": "晨光小店", "C3": "Dawn Shop", "A4": "店长", "B4": "門市經理", "C4": "Shop keeper"})
    catalogue = Catalogue.of(folder)
    assert catalogue.company(EN).name == "Dawn Shop"
    assert [catalogue.translator(language)("店长") for language in (EN, HANT)] == ["Shop keeper", "門市經理"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_at_its_cell(name: str, folder: Path) -> None:
    case = FAULTS[name]
    edit(folder, case["sheet"], case.get("cells", {}), case.get("rename", ""))
    with pytest.raises(CatalogueError) as caught:
        Catalogue.of(folder).company()
    (line,) = str(caught.value).splitlines()
    assert case["at"] in line
    assert case["says"] in line
    assert not OF_FILES.search(line), "words of company files, which a company's folder does not have"


def test_a_file_that_is_no_workbook(folder: Path) -> None:
    (folder / "公司.xlsx").write_bytes(b"a letter")
    with pytest.raises(CatalogueError, match=r"公司\.xlsx：不是能打开的Excel工作簿"):
        Catalogue.of(folder).company()
