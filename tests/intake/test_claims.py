"""What the hidden sheet of a returned workbook claims about the company counts for nothing, and is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.archives import parts_of
from tests.support.catalogues import SHIPPED
from tests.support.forms import layout, role, sample_measures
from xlkpi.check.run import check
from xlkpi.cli import main
from xlkpi.common.assignment import Assignment
from xlkpi.common.quarter import Quarter
from xlkpi.form.planned import PlannedSheet
from xlkpi.form.prefill import typed_cells
from xlkpi.form.register import META_SHEET
from xlkpi.i18n.problems import ERROR
from xlkpi.intake.workbook import read
from xlkpi.writer.workbook import workbook
from xlkpi.xlsx.edit import fill
from xlkpi.xlsx.reader import WorkbookReader

POST = Assignment("E001", "张三", "运营部", role().id, "王五", "赵六")
Q4 = Quarter(2026, 4)


def form(claims: dict[str, float | str | None], lite: str | None = None) -> bytes:
    """A filled form with 30 points of events, in whose hidden sheet somebody typed."""
    content = workbook([PlannedSheet("表1", role(), POST)], SHIPPED, Q4, lite=lite)
    cells = typed_cells(role(), sample_measures()) | {layout().address("b:1", "score"): 30}
    content = fill(content, {"表1": cells})
    rows = WorkbookReader(content).rows(META_SHEET)
    places = {str(key): f"B{number}" for number, (key, *_) in enumerate(rows, start=1)}
    return fill(content, {META_SHEET: {places[key]: value for key, value in claims.items()}})


def test_the_limits_of_the_company_count(tmp_path: Path) -> None:
    honest, forged = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    honest.write_bytes(form({}))
    forged.write_bytes(form({"events_limit": 30, "red_line_total": 100}))
    finals = [read(path, SHIPPED).forms[0].appraisal for path in (honest, forged)]
    assert [(found.final, found.grade) for found in finals] == [(finals[0].final, finals[0].grade)] * 2
    fine, told = check([honest, forged], SHIPPED)
    assert not [problem for problem in fine.problems if problem.kind == "setting"]
    said = [(problem.sheet, problem.cell, problem.severity) for problem in told.problems if problem.kind == "setting"]
    assert said == [(META_SHEET, "B5", ERROR), (META_SHEET, "B6", ERROR)]
    messages = "".join(problem.message for problem in told.problems)
    assert "登记的加减分上限是30分，公司的是5分" in messages
    assert "最高100分，公司的是84.99分" in messages


@pytest.mark.parametrize("package", ["https://example.invalid/any-1-py3-none-any.whl", "xlkpi==0.1.0 evil", "xlkpi", 5])
def test_a_returned_form_does_not_choose_the_code_of_the_next_ones(tmp_path: Path, package: str | float) -> None:
    sent = tmp_path / "收回"
    sent.mkdir()
    (sent / "2026Q4-张三.xlsx").write_bytes(form({"lite": package}, lite="xlkpi==0.1.0"))
    (checked,) = check([sent / "2026Q4-张三.xlsx"], SHIPPED)
    assert [problem.severity for problem in checked.problems if problem.kind == "setting"] == [ERROR]
    result = CliRunner().invoke(main, ["next", str(sent), "-o", str(tmp_path / "下季")])
    assert "不是公司的地址" in result.output
    (made,) = (tmp_path / "下季").glob("*.xlsx")
    rows = {str(key): values[0] for key, *values in WorkbookReader(made.read_bytes()).rows(META_SHEET) if values}
    assert str(rows["lite"]).startswith("xlkpi==")
    code = b"".join(part for name, part in parts_of(made.read_bytes()).items() if "webextension" in name)
    assert f"xlwings\\n{rows['lite']}\\n".encode() in code


def test_a_published_version_and_the_companys_own_address_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(form({"lite": "xlkpi==0.0.9"}, lite="xlkpi==0.1.0"))
    (checked,) = check([path], SHIPPED)
    assert not [problem for problem in checked.problems if problem.kind == "setting"]


def test_a_typed_digest_ends_no_comparison(tmp_path: Path) -> None:
    """Weights, rules and texts are compared with the role whatever the register says about where they come from."""
    content = form({})
    number = next(n for n, row in enumerate(WorkbookReader(content).rows(META_SHEET), start=1) if row[0] == "sheet")
    content = fill(content, {META_SHEET: {f"D{number}": "000000000000"}})
    rule, weight = layout().address("i:uv_growth", "rule"), layout().address("i:sales_achievement", "weight")
    path = tmp_path / "表.xlsx"
    path.write_bytes(fill(content, {"表1": {rule: "每低5个百分点扣1分", weight: 0.01}}))
    (checked,) = check([path], SHIPPED)
    found = {(problem.kind, problem.cell) for problem in checked.problems}
    assert {("digest", None), ("rule", rule), ("weights", weight)} <= found
